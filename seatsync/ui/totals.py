"""What a preview comes to: what is checked, and the sums of every status."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import compress

import streamlit as st

from seatsync.status import Status
from seatsync.ui.looks import ROW, colour, count_column, marked, table_height, text_column
from seatsync.ui.text import amounts, plain, seats
from seatsync.ui.words import counted
from seatsync.worksheet import Line, Worksheet

_WIDTH = 930


def show_totals(sheet: Worksheet, chosen: Sequence[bool]) -> None:
    """Show what is checked, seats now and then, money by currency, and how many rows need a person."""
    sums = sheet.add_up_chosen(chosen)
    waiting = sum(found.rows for status, found in sheet.sums.items() if status.needs_person)
    moved = f" ({sums.difference.normalize():+,f})" if sums.difference else ""
    shown: list[tuple[str, str, str]] = [
        ("Chosen", f"{sums.rows:,}", "Rows whose Push box is checked: the changes of the push."),
        (
            f"Seats billed{moved}",
            f"{seats(sums.seats_now)} → {seats(sums.seats_new)}" if moved else seats(sums.seats_now),
            "On the chosen rows, now and after the push.",
        ),
    ]
    silent = f" {counted(sums.silent, 'row')} left out: the price is not known." if sums.silent else ""
    for currency in sorted(sums.money) or [""]:
        value = "none" if not sums.money else f"{sums.money[currency]:+,.2f}"
        why = f"What the chosen rows change in each month's bill.{silent}"
        shown.append((f"Monthly {currency or 'effect'}", value, why))
    shown.append(("Need a person", f"{waiting:,}", "Rows that bill nothing right before somebody decides."))
    widths = [0.8, 1.5, *(1 for _ in shown[2:-1]), 0.9]
    for place, (label, value, why) in zip(st.columns(widths), shown, strict=True):
        place.metric(label, value, border=True, height="stretch", help=why)
    if sums.silent:
        st.caption(f"{counted(sums.silent, 'chosen row')} left out of the monthly effect: no known price.")


def offer_by_status(sheet: Worksheet, chosen: Sequence[bool]) -> None:
    """Offer the sums of each status, in a drawer."""
    if st.button("By status", icon=":material/functions:", help="Rows, seats and money of every status."):
        _show_by_status(sheet, chosen)


@st.dialog("By status", width=_WIDTH, position="right")
def _show_by_status(sheet: Worksheet, chosen: Sequence[bool]) -> None:
    statuses, preview = sheet.sums, sheet.review.preview
    checked = Counter(row.status for row in compress(sheet.rows, chosen))
    st.dataframe(
        {
            "Status": [[marked(status)] for status in statuses],
            "Rows": [found.rows for found in statuses.values()],
            "Chosen": [checked[status] for status in statuses],
            "Billed": _numbers(found.seats_now for found in statuses.values()),
            "Export": _numbers(found.seats_new for found in statuses.values()),
            "Monthly effect": [amounts(sums.money) if sums.money else "" for sums in statuses.values()],
            "On push": [status.on_push for status in statuses],
        },
        hide_index=True,
        height=table_height(len(statuses)),
        row_height=ROW,
        column_config={
            "Status": st.column_config.MultiselectColumn(
                width=150,
                options=[marked(status) for status in Status],
                color=[colour(status) for status in Status],
            ),
            "Rows": count_column("Rows", width=50),
            "Chosen": count_column("Chosen", width=60),
            "Billed": count_column("Billed", "Seats on their billing lines in ConnectWise now.", 58),
            "Export": count_column("Export", "Seats in the export.", 58),
            "Monthly effect": text_column(
                "Monthly effect", 165, "If every row of the status were pushed.", align="right"
            ),
            "On push": text_column("On push", 330),
        },
        alt="Sums by status",
    )
    if left := left_out_sentence(sheet):
        st.caption(left)
    billed = preview.billed
    revenue = f", {amounts(billed.revenue).replace('+', '')} a month" if billed.revenue else ""
    st.caption(
        f"ConnectWise bills {counted(billed.lines, 'line')} of mapped products now: "
        f"{seats(billed.seats)} seats{plain(revenue)}."
    )


def _numbers(quantities: Iterable[Decimal]) -> list[float]:
    return [float(quantity) for quantity in quantities]


def shown_sentence(sheet: Worksheet, lines: Sequence[Line], chosen: Sequence[bool]) -> str:
    """Say in Markdown how many rows are shown, and how many checked ones are not."""
    shown = [line.places[0] for line in lines if not line.client]
    hidden = sum(chosen) - sum(chosen[place] for place in shown)
    said = f"{len(shown):,} of {counted(len(sheet.rows), 'row')} shown."
    return f"{said} **{counted(hidden, 'chosen row')} not shown.**" if hidden else said


def left_out_sentence(sheet: Worksheet) -> str:
    """Say in Markdown what of the file and of ConnectWise has no row at all; empty when everything has."""
    left = sheet.review.preview.left_out
    return f"Left out, without a row: {plain('; '.join(left))}." if left else ""
