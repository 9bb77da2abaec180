"""How a status and a result look: sign, colour and a word of help; and how columns do."""

from typing import Any, Literal

import streamlit as st

from seatsync.preview import PreviewRow
from seatsync.status import Result, Status
from seatsync.worksheet import client_of

_MARKS = {
    Status.READY: ("↻", "green"),
    Status.NO_CHANGE: ("=", "gray"),
    Status.NO_ADDITION: ("+", "blue"),
    Status.ORPHANED: ("⊘", "orange"),
    Status.UNMATCHED: ("?", "red"),
    Status.AMBIGUOUS: ("≈", "red"),
    Status.LICENSE_UNMAPPED: ("◇", "violet"),
    Status.MULTIPLE_ADDITIONS: ("×", "yellow"),
    Status.SKIPPED: ("–", "gray"),
    Status.UNREADABLE: ("!", "red"),
}
RESULT_MARKS = {
    Result.PLANNED: "Planned",
    Result.STARTED: "… Started",
    Result.UPDATED: "✓ Updated",
    Result.CREATED: "✓ Created",
    Result.CANCELLED: "✓ Cancelled",
    Result.SKIPPED: "– Skipped",
    Result.FAILED: "! Failed",
}


def marked(status: Status) -> str:
    """Return a status for a table cell: a sign and the word."""
    return f"{_MARKS[status][0]} {status.label}"


def colour(status: Status) -> str:
    """Return a status's colour, for a badge."""
    return _MARKS[status][1]


def status_help() -> str:
    """Say, status by status, what a push does with such a row."""
    return "\n".join(f"- **{status.label}**: {status.on_push}" for status in Status)


def row_title(row: PreviewRow) -> str:
    """Name a row for a list: company or tenants, product or licenses, status."""
    what = row.product.identifier if row.product else ""
    what = what or " + ".join(dict.fromkeys(part.tier for part in row.parts))
    return " · ".join(filter(None, (client_of(row), what, row.status.label)))


ROW, _HEAD = 33, 34


def table_height(rows: int, most: int | None = None) -> int:
    """Return the height in pixels of a table with rows of ROW, of which at most ``most`` are seen at once."""
    return _HEAD + ROW * (rows if most is None else min(rows, most))


def count_column(label: str, help_text: str | None = None, width: int = 90) -> Any:
    """Configure a column of seats: right aligned, thousands separated."""
    return st.column_config.NumberColumn(label, help=help_text, width=width, format="localized")


def money_column(label: str, help_text: str | None = None, width: int = 100, sign: bool = False) -> Any:
    """Configure a column of money: two places, thousands separated."""
    return st.column_config.NumberColumn(
        label, help=help_text, width=width, format="%+,.2f" if sign else "%,.2f"
    )


def text_column(
    label: str, width: int, help_text: str | None = None, align: Literal["right"] | None = None
) -> Any:
    """Configure a column of plain text of a fixed width in pixels; without ``align``, as it is written.

    Text written from right to left is cut where it is told to stand left.
    """
    return st.column_config.TextColumn(label, width=width, help=help_text, alignment=align)
