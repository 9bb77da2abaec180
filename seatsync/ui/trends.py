"""The months at a glance: who moved most, and seats and money by license over the kept exports."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from seatsync.explore import Pivot
from seatsync.holdings import Holdings
from seatsync.question import Measure, list_columns, list_currencies
from seatsync.standing import Mover, movers, trend
from seatsync.ui.charts import draw, short
from seatsync.ui.text import plain, seats

EXPLORE = "pages/explore.py"
_MOST = 5
_WIDTHS = (0.58, 0.24, 0.18)


def show_movers(holdings: Holdings) -> None:
    """Show who won and who lost the most seats since the month before, each with the way to its rows."""
    columns = list_columns(holdings.files, whole=True)[-2:]
    if len(columns) < 2:
        st.markdown("**Biggest movers**")
        st.caption("They appear with the second month's export.")
        return
    before, after = columns
    st.markdown(f"**Biggest movers**, {before.label} to {after.label}")
    up, down = movers(holdings, _MOST)
    if not up and not down:
        st.caption("Nobody's seats changed.")
    _listed(up)
    _listed(down)


def _listed(found: Sequence[Mover]) -> None:
    for mover in found:
        name, span, change = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
        name.page_link(
            EXPLORE,
            label=plain(short(mover.label)),
            query_params={"by": mover.dimension.value, "row": mover.key},
        )
        span.markdown(f"{seats(mover.before)} → {seats(mover.after)}", text_alignment="right")
        moved = f"{mover.difference.normalize():+,f}"
        change.markdown(f":{'green' if mover.difference > 0 else 'red'}[{moved}]", text_alignment="right")


def show_trends(holdings: Holdings) -> None:
    """Draw seats and monthly money by license over the last months; nothing without a whole export."""
    if not list_columns(holdings.files, whole=True):
        return
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        _trend(holdings, Measure.SEATS, ())
    with right.container(border=True, height="stretch"):
        _trend(holdings, Measure.MONEY, list_currencies(holdings))


def _trend(holdings: Holdings, measure: Measure, currencies: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        code = _currency(currencies)
    found = trend(holdings, measure, code)
    what = f"Monthly {code}" if measure.of_money else "Seats"
    draw(
        found,
        title=what,
        height=240,
        legend="bottom",
        money=measure.of_money,
        alt=f"{what} by license, by month.",
    )
    st.caption(plain(_summed(found, what)))


def _summed(found: Pivot, what: str) -> str:
    """Say what the last month comes to, what it changed, and of how many seats that is not known."""
    total, places = found.total, 2 if what != "Seats" else 0
    last = total.cells[-1] or Decimal(0)
    said = f"{last:,.{places}f} in {found.columns[-1].label}"
    if len(found.columns) > 1:
        said += f", {last - (total.cells[-2] or Decimal(0)):+,.{places}f} since {found.columns[-2].label}"
    if total.unpriced:
        said += f"; {seats(total.unpriced)} seats without a known price are left out"
    return f"{said}."


def _currency(currencies: Sequence[str]) -> str:
    """Head the card, and ask for one of several currencies: they are never added up."""
    code = next(iter(currencies), "")
    if len(currencies) < 2:
        st.markdown(f"**{f'Monthly {plain(code)}' if code else 'Seats'} by license**", width="content")
        return code
    st.markdown("**Monthly money by license**", width="content")
    chosen = st.segmented_control(
        "Currency", currencies, default=code, required=True, label_visibility="collapsed"
    )
    return chosen or code
