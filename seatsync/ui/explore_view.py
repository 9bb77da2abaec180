"""The answer on the Explore page: its numbers, the chart, the pivot, and the seat rows behind one row."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.explore import Pivot, PivotRow
from seatsync.holdings import Holdings
from seatsync.provenance import (
    FILE_COLUMNS,
    NO_PRICE,
    UNKNOWN,
    file_cells,
    file_remark,
    incomplete,
    pivot_cells,
    pivot_columns,
    remarks,
)
from seatsync.question import Asked, Drawing
from seatsync.ui.charts import MOST, draw, headed
from seatsync.ui.downloads import offer_files, safe_name
from seatsync.ui.explore_tools import clear_filters, open_row, show_drawings
from seatsync.ui.looks import ROW, count_column, table_height, text_column
from seatsync.ui.session import Keys, get
from seatsync.ui.text import plain

_TALLEST = 14
_WITHOUT_SCROLLING = 6
_OPEN, _CHANGE, _UNREAD = "open", "change", "unread"
_WIDTH = 1040


def show_no_export() -> None:
    """Say what to do while no export is kept."""
    with st.container(border=True):
        st.markdown("**:material/query_stats: No export is kept yet**")
        st.caption("The seats of every export that is uploaded can be followed here from month to month.")
        if st.button("Upload the export", icon=":material/upload_file:", type="primary"):
            st.switch_page("pages/preview.py")


def show_answer(holdings: Holdings, asked: Asked, found: Pivot, team: str) -> None:
    """Show the numbers, the chart and the pivot of an answer, or why there is nothing to show."""
    warned = incomplete(asked, holdings)
    if warned:
        st.caption(f":orange[:material/warning:] {plain(warned)}")
    if not found.columns:
        st.info(
            "One export is kept, and a change needs two: it appears with the export of the next month.",
            icon=":material/trending_up:",
        )
        return
    if not found.rows:
        _nothing(asked)
        return
    _show_numbers(asked, found)
    _show_chart(asked, found)
    _show_pivot(asked, found)
    with st.container(horizontal=True, vertical_alignment="center"):
        money = [column.label for column in found.columns] if asked.question.measure.of_money else []
        offer_files(
            file_name(asked, found, team),
            "explore",
            pivot_columns(asked, found),
            lambda: pivot_cells(asked, found),
            "this table",
            sums=[*money, "Change"] if money else (),
        )
    st.caption(plain(" ".join(remarks(asked, holdings, found))))
    _show_exports(holdings, asked)


def _nothing(asked: Asked) -> None:
    if not asked.question.words and not asked.question.licenses:
        st.info("No seat is paid for in these exports.", icon=":material/search_off:")
        return
    st.info("No seat fits the search and the licenses chosen.", icon=":material/filter_alt_off:")
    st.button("Clear search and licenses", icon=":material/filter_alt_off:", on_click=clear_filters)


def value_said(value: Decimal | None, asked: Asked, *, sign: bool = False) -> str:
    """Write a value of the pivot: seats or money."""
    if value is None:
        return UNKNOWN
    places = 2 if asked.question.measure.of_money else 0
    return f"{value:{'+' if sign and value else ''},.{places}f}"


def _show_numbers(asked: Asked, found: Pivot) -> None:
    question, total = asked.question, found.total
    noun = question.dimension.plural
    what = f"Monthly {question.currency}" if question.measure.of_money else "Seats"
    since, last = question.columns[0], question.columns[-1]
    standing, moved, up, down = st.columns(4)
    _card(standing, f"{what} in {last.label}", value_said(total.last, asked), _latest(asked, total))
    if since is last:
        _card(moved, noun.capitalize(), f"{sum(row.key != 'none' for row in found.rows):,}")
        return
    _card(moved, f"Change since {since.label}", value_said(total.change, asked, sign=True), _share(total))
    for place, label, sign in ((up, "Grew", 1), (down, "Shrank", -1)):
        many, sum_ = found.moved(sign)
        _card(place, label, f"{many:,}", value_said(sum_, asked, sign=True) if many else None)


def _card(place: DeltaGenerator, label: str, value: str, delta: str | None = None) -> None:
    still = delta is None or delta.startswith("0")
    looks: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off"} if still else {}
    place.metric(label, value, delta, border=True, height="stretch", **looks)


def _latest(asked: Asked, total: PivotRow) -> str | None:
    """Say what the last column changed from the one before it."""
    columns, cells = asked.question.columns, total.cells
    if len(columns) < 2:
        return None
    if asked.question.measure.of_change:
        change = cells[-1]
    else:
        change = (cells[-1] or Decimal(0)) - (cells[-2] or Decimal(0))
    return f"{value_said(change, asked, sign=True)} since {columns[-2].label}"


def _share(total: PivotRow) -> str | None:
    first = (total.last or Decimal(0)) - (total.change or Decimal(0))
    return f"{(total.change or Decimal(0)) / first:+.1%}" if first else None


def _show_chart(asked: Asked, found: Pivot) -> None:
    question = asked.question
    what = question.measure.label + (f", {question.currency}" if question.measure.of_money else "")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"{what} by {question.dimension.value}{_drawn(asked, found)}", width="content")
        if len(found.columns) > 1:
            show_drawings(asked)
    if asked.drawing is Drawing.NONE and len(found.columns) > 1:
        return
    top = found.rows[0]
    draw(
        found,
        title=what,
        kind=asked.drawing,
        money=question.measure.of_money,
        alt=f"{what} by {question.dimension.value}, {found.columns[0].label} to {found.columns[-1].label}. "
        f"Total {value_said(found.total.last, asked)}. First row of the table below: {top.label}.",
    )


def _drawn(asked: Asked, found: Pivot) -> str:
    rest = len(found.rows) - MOST
    if rest <= 0 or asked.drawing is Drawing.NONE:
        return ""
    others = "the others are left out" if asked.drawing is Drawing.LINES else "the others together"
    return f": the {MOST} largest, {others}"


def _show_pivot(asked: Asked, found: Pivot) -> None:
    keys: list[str | None] = [None, *(row.key for row in found.rows)]
    rows = (found.total, *found.rows)
    st.dataframe(
        _frame(asked, found, rows),
        hide_index=True,
        row_height=ROW,
        height=table_height(len(rows), _TALLEST),
        placeholder=UNKNOWN,
        column_config=_columns(asked, found, keys),
        alt=f"{asked.question.measure.label} by {asked.question.dimension.value} and month",
    )


def _frame(asked: Asked, found: Pivot, rows: Sequence[PivotRow]) -> pd.DataFrame:
    """Tabulate the total and the rows; columns are named by the key of the month that they are of."""
    table: dict[str, Any] = {
        _OPEN: ["", *("Open" for _ in found.rows)],
        "name": ["Total", *(row.label for row in found.rows)],
    }
    # With a year of months, what stands after them is out of sight.
    if len(asked.question.columns) > 1:
        table[_CHANGE] = numbers([row.change for row in rows])
    for place, column in enumerate(found.columns):
        table[column.key] = numbers([row.cells[place] for row in rows])
    if found.total.unpriced:
        table[NO_PRICE] = numbers([row.unpriced for row in rows])
    if found.total.unread:
        table[_UNREAD] = [row.unread for row in rows]
    return pd.DataFrame(table)


def numbers(values: Sequence[Decimal | None]) -> "pd.Series[float]":
    """Return a column of numbers in which what is not known is missing."""
    return pd.Series([None if value is None else float(value) for value in values], dtype="float64")


def _columns(asked: Asked, found: Pivot, keys: Sequence[str | None]) -> dict[str, Any]:
    measure, dimension = asked.question.measure, asked.question.dimension
    form = ("%+,.2f" if measure.of_change else "%,.2f") if measure.of_money else "%,.0f"
    form = "%+,.0f" if measure is measure.SEAT_CHANGE else form
    width = 104 if measure.of_money else 78
    before = asked.question.columns[0].label
    return {
        _OPEN: st.column_config.ButtonColumn(
            "Rows",
            width=54,
            pinned=True,
            type="tertiary",
            key=Keys.explore_button,
            on_click=_open,
            args=(keys,),
            help="Show the rows of the exports that a line is made of.",
        ),
        "name": st.column_config.TextColumn(
            dimension.label, width=240, pinned=len(found.columns) > _WITHOUT_SCROLLING
        ),
        **{
            column.key: st.column_config.NumberColumn(
                headed(column), width=width if column.whole else width + 60, format=form
            )
            for column in found.columns
        },
        _CHANGE: st.column_config.NumberColumn(
            "Change",
            width=width,
            pinned=len(found.columns) > _WITHOUT_SCROLLING,
            format="%+,.2f" if measure.of_money else "%+,.0f",
            help=f"From {before} to {asked.last.label}.",
        ),
        NO_PRICE: count_column("No price", f"Seats in {asked.last.label} whose price is not known.", 76),
        _UNREAD: count_column("Unreadable", "Rows of the exports shown that can't be read.", 84),
    }


def _open(keys: Sequence[str | None]) -> None:
    click = get(Keys.explore_button)
    key = keys[click.row] if click is not None and click.row < len(keys) else None
    if key is not None:
        open_row(key)


def _show_exports(holdings: Holdings, asked: Asked) -> None:
    """Show on demand what each kept export holds and counts, the latest first."""
    panel = st.expander("The exports behind it", icon=":material/description:", on_change="rerun")
    if not panel.open:
        return
    shown = {column.file for column in asked.question.columns}
    cells = [
        (*file_cells(file), file_remark(file, place in shown))
        for place, file in reversed(list(enumerate(holdings.files)))
    ]
    counts = {name: count_column(name, None, 72) for name in FILE_COLUMNS[2:]}
    panel.dataframe(
        pd.DataFrame(cells, columns=[*FILE_COLUMNS, "Remark"]),
        hide_index=True,
        row_height=ROW,
        height=table_height(len(cells), _TALLEST),
        placeholder="",
        column_config={
            **counts,
            "Month": text_column("Month", 84),
            "File": text_column("File", 176),
            "Not billed": count_column("Not billed", "Proof of concept, or not for resale.", 72),
            "No-charge": count_column("No-charge", "Paid, on a license that is marked no-charge.", 76),
            "Unreadable": count_column("Unreadable", None, 80),
            "Remark": text_column("Remark", 230),
        },
        alt="The kept exports and how their rows are counted",
    )


def file_name(asked: Asked, found: Pivot, team: str) -> str:
    """Name a download after the team and what is asked, without its ending."""
    question = asked.question
    first, last = found.columns[0].label, found.columns[-1].label
    return safe_name(team, "explore", question.dimension.value, question.measure.value, first, last)
