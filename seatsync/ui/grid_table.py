"""The table of preview rows that the grid shows: its cells, the sums of a client, its columns."""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd
import streamlit as st

from seatsync.present import preview_frame
from seatsync.preview import PreviewRow
from seatsync.status import Status
from seatsync.sums import add_up
from seatsync.ui.looks import colour, count_column, marked, money_column, text_column
from seatsync.ui.session import Keys
from seatsync.ui.words import counted
from seatsync.worksheet import Line, Worksheet

PUSH, OPEN = "Push", "Details"
ORDER = (
    PUSH,
    OPEN,
    "Status",
    "Company",
    "Product",
    "Billed now",
    "Seats in export",
    "Difference",
    "Monthly effect",
    "Currency",
    "Reason",
    "Licenses",
    "Tenants",
    "Agreement",
    "Unit price",
)
_NUMBERS = frozenset({"Billed now", "Seats in export", "Difference", "Monthly effect", "Unit price"})
_whole_tables: WeakKeyDictionary[Worksheet, pd.DataFrame] = WeakKeyDictionary()


def table_of(
    sheet: Worksheet, lines: Sequence[Line], names: Sequence[str], boxes: Sequence[bool | None]
) -> pd.DataFrame:
    """Tabulate lines for the grid, indexed by name; a line without a box has no value there."""
    frame = _whole(sheet).iloc[[line.places[0] for line in lines]].copy()
    frame.index = pd.Index(list(names), dtype="string")
    if any(line.client for line in lines):
        _sum_up(sheet, frame, lines)
    frame.insert(0, PUSH, pd.Series(list(boxes), index=frame.index, dtype="boolean"))
    return frame


def _sum_up(sheet: Worksheet, frame: pd.DataFrame, lines: Sequence[Line]) -> None:
    """Write the sums of each client into its line."""
    columns = {name: frame[name].tolist() for name in ORDER[1:]}
    for place, line in enumerate(lines):
        if line.member:
            columns["Company"][place] = f"    {columns['Company'][place]}"
        if not line.client:
            continue
        rows = [sheet.rows[each] for each in line.places]
        sums = add_up(rows)
        currency = next(iter(sums.money)) if len(sums.money) == 1 else ""
        values = {
            "Status": [],
            "Company": columns["Company"][place],
            "Billed now": float(sums.seats_now),
            "Seats in export": float(sums.seats_new),
            "Difference": float(sums.difference),
            "Monthly effect": float(sums.money[currency]) if currency else None,
            "Currency": currency,
            "Reason": f"{counted(len(rows), 'row')} of this company.",
        }
        for name, column in columns.items():
            column[place] = values.get(name, None if name in _NUMBERS else "")
    for name, column in columns.items():
        frame[name] = pd.Series(column, index=frame.index, dtype=frame[name].dtype)


def _whole(sheet: Worksheet) -> pd.DataFrame:
    """Tabulate every row of a worksheet, once."""
    found = _whole_tables.get(sheet)
    if found is None:
        found = _whole_tables[sheet] = _tabulated(sheet.rows)
    return found


def _tabulated(rows: Sequence[PreviewRow]) -> pd.DataFrame:
    frame = preview_frame(rows).drop(columns="Key")
    frame["Status"] = [[marked(row.status)] for row in rows]
    frame["Company"] = [
        name if row.company else f"tenant: {tenants}" if tenants else ""
        for row, name, tenants in zip(rows, frame["Company"], frame["Tenants"], strict=True)
    ]
    frame["Agreement"] = [
        "Choose agreement" if awaits_agreement(row) else name
        for row, name in zip(rows, frame["Agreement"], strict=True)
    ]
    # A number's format has a sign for nothing too: a row without a change shows none.
    frame["Difference"] = frame["Difference"].where(frame["Difference"] != 0)
    frame[OPEN] = "Open"
    return frame.astype(dict.fromkeys(("Company", "Agreement", OPEN), "string"))


def awaits_agreement(row: PreviewRow) -> bool:
    """Say whether a new line waits for somebody to choose among several agreements."""
    return (
        row.status is Status.NO_ADDITION
        and not row.selectable
        and row.agreement is None
        and bool(row.agreements)
    )


def columns_of(sheet: Worksheet, opened: Callable[[], None]) -> dict[str, Any]:
    """Configure the columns; ``opened`` is called when the button of a row is pressed."""
    currencies = {row.currency for row in sheet.rows if row.monthly_delta is not None}
    effect = f"Monthly {next(iter(currencies))}" if len(currencies) == 1 else "Monthly"
    even = bool((_whole(sheet)["Difference"].dropna() % 1 == 0).all())
    return {
        PUSH: st.column_config.CheckboxColumn(width=60, pinned=True, help="Checked rows are pushed."),
        OPEN: st.column_config.ButtonColumn(
            width=54,
            pinned=True,
            type="tertiary",
            key=Keys.details_button,
            on_click=opened,
            help="Show the row in full, beside the table.",
        ),
        "Status": st.column_config.MultiselectColumn(
            width=134,
            pinned=True,
            help="What a push does with each status is told at the filter above.",
            options=[marked(status) for status in Status],
            color=[colour(status) for status in Status],
        ),
        "Tenants": text_column("Tenants", 190, "As they stand in the export."),
        "Company": text_column(
            "Company", 205, "The company in ConnectWise; the tenant while it is not known."
        ),
        "Licenses": text_column("Licenses", 190),
        "Product": text_column("Product", 70),
        "Agreement": text_column("Agreement", 180),
        "Billed now": count_column("Billed", "Seats on the billing line in ConnectWise now.", 54),
        "Seats in export": count_column("Export", "Seats in the export.", 56),
        "Difference": st.column_config.NumberColumn(
            "Diff.",
            width=50,
            help="Seats in the export less seats billed now.",
            format="%+,.0f" if even else "%+,.2f",
        ),
        "Unit price": money_column("Unit price"),
        "Monthly effect": money_column(effect, "Change of what is billed each month.", 92, sign=True),
        "Currency": None if len(currencies) == 1 else text_column("Currency", 66),
        "Reason": text_column("Reason", 620),
    }
