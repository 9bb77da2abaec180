"""Rows, problems, movements, outcomes and audit entries as tables; CSV and XLSX are made harmless."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from seatsync.answers import cents, instant, money
from seatsync.comparison import Movement
from seatsync.journal import AuditEntry, Outcome
from seatsync.model import SeatRow, number
from seatsync.preview import PreviewRow

if TYPE_CHECKING:
    import pandas as pd

PREVIEW_COLUMNS = (
    "Status",
    "Tenants",
    "Company",
    "Licenses",
    "Product",
    "Agreement",
    "Billed now",
    "Seats in export",
    "Difference",
    "Unit price",
    "Monthly effect",
    "Currency",
    "Reason",
    "Key",
)
PROBLEM_COLUMNS = ("Line", "Tenant", "License", "Column", "In the file", "How to mend it")
MOVEMENT_COLUMNS = (
    "What",
    "Tenant",
    "Portal",
    "License",
    "Seats before",
    "Seats now",
    "Difference",
    "Remark",
)
OUTCOME_COLUMNS = (
    "Result",
    "Change",
    "Company",
    "Product",
    "Agreement",
    "Before",
    "After",
    "Date",
    "Message",
    "Request",
)
AUDIT_COLUMNS = (
    "Number",
    "Time",
    "Who",
    "Team",
    "Permission",
    "Action",
    "Resource",
    "Before",
    "After",
    "Result",
    "Operation",
    "Hash",
)

# Excel and its kin run a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_WIDTHS = {
    **dict.fromkeys(("Reason", "Message", "Remark", "How to mend it", "What was done", "Seat rows"), 60),
    **dict.fromkeys(("Company", "Tenant", "Tenants"), 32),
    **dict.fromkeys(("Agreement", "Started", "Finished", "Uploaded", "Snapshot taken", "Report made"), 22),
    **dict.fromkeys(("Request", "Digest", "Export", "Export SHA-256"), 22),
}
_PRICE, _CENTS = "#,##0.00####", "#,##0.00"
_MONEY = {"Unit price": _PRICE, "Monthly effect": _CENTS}

Cell = str | int | Decimal | None


def preview_cells(row: PreviewRow) -> tuple[Cell, ...]:
    """Return a preview row's cells in the order of ``PREVIEW_COLUMNS``."""
    return (
        row.status.label,
        " + ".join(dict.fromkeys(part.tenant for part in row.parts)),
        row.company.name if row.company else "",
        " + ".join(dict.fromkeys(part.tier for part in row.parts)),
        row.product.identifier if row.product else "",
        row.agreement.name if row.agreement else "",
        row.quantity_now,
        row.quantity_new,
        row.difference,
        row.unit_price,
        row.monthly_delta,
        row.currency,
        row.reason,
        row.key,
    )


def problem_cells(row: SeatRow) -> tuple[Cell, ...]:
    """Return the cells of a seat row with a problem in the order of ``PROBLEM_COLUMNS``."""
    if row.problem is None:
        return (row.line, row.tenant, row.tier, "", "", "")
    return (row.line, row.tenant, row.tier, row.problem.column, row.problem.raw, row.problem.cure)


def movement_cells(movement: Movement, whole: bool) -> tuple[Cell, ...]:
    """Return a movement's cells in the order of ``MOVEMENT_COLUMNS``; ``whole`` says that the file is."""
    return (
        movement.move.said(whole),
        movement.tenant,
        movement.portal,
        movement.tier,
        movement.seats_before,
        movement.seats_after,
        movement.difference,
        movement.what,
    )


def outcome_cells(outcome: Outcome) -> tuple[Cell, ...]:
    """Return an outcome's cells in the order of ``OUTCOME_COLUMNS``."""
    change = outcome.change
    return (
        outcome.result.value.capitalize(),
        change.kind.label,
        change.company.name,
        change.product.identifier,
        change.agreement.name,
        outcome.before,
        outcome.after,
        outcome.day.isoformat() if outcome.day else "",
        outcome.message,
        outcome.request_id,
    )


def audit_cells(entry: AuditEntry) -> tuple[Cell, ...]:
    """Return an audit entry's cells in the order of ``AUDIT_COLUMNS``."""
    return (
        entry.seq,
        instant(entry.at),
        entry.who,
        entry.team,
        entry.permission,
        entry.action,
        entry.resource,
        said(entry.before),
        said(entry.after),
        entry.result,
        entry.operation_id,
        entry.hash,
    )


def said(values: object) -> str:
    """Write the before or after of an audit entry in one line."""
    if not isinstance(values, dict):
        return ""
    return ", ".join(f"{name}: {value}" for name, value in values.items() if value not in ("", None))


def preview_frame(rows: Sequence[PreviewRow]) -> "pd.DataFrame":
    """Tabulate preview rows: columns ``PREVIEW_COLUMNS``, index ``Key``, quantities and money as numbers."""
    import pandas as pd  # costs every command half a second, and only the screen needs it

    frame = pd.DataFrame([preview_cells(row) for row in rows], columns=list(PREVIEW_COLUMNS))
    numeric = ["Billed now", "Seats in export", "Difference", "Unit price", "Monthly effect"]
    for column in numeric:
        frame[column] = pd.to_numeric(frame[column].map(_plain_number), errors="coerce")
    text = [column for column in PREVIEW_COLUMNS if column not in numeric]
    return frame.astype(dict.fromkeys(text, "string")).set_index("Key", drop=False)


def _plain_number(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def harmless(cell: str) -> str:
    """Return text that a spreadsheet shows as it is and never runs."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _text(cell: Cell, form: str | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return money(cell) if form == _PRICE else cents(cell) if form == _CENTS else number(cell)
    return harmless(cell) if isinstance(cell, str) else str(cell)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], sums: Iterable[str] = ()) -> bytes:
    """Write a table as UTF-8 CSV with a byte-order mark, which Excel needs; formulas are made harmless.

    ``sums`` are columns of money besides those known to be.
    """
    form = _MONEY | dict.fromkeys(sums, _CENTS)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_text(cell, form.get(column)) for cell, column in zip(row, columns, strict=True)])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], sheet: str, sums: Iterable[str] = ()
) -> bytes:
    """Write a table as a workbook of one sheet; text is written as text, so that none of it is a formula.

    ``sums`` are columns of money besides those known to be.
    """
    import xlsxwriter  # costs start-up time that most commands don't need

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(sheet[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    page.freeze_panes(1, 0)
    money_columns = _MONEY | dict.fromkeys(sums, _CENTS)
    form = {name: book.add_format({"num_format": places}) for name, places in money_columns.items()}
    last = 0
    for place, column in enumerate(columns):
        page.write_string(0, place, column, head)
        # Room for the arrow of the filter beside the name.
        page.set_column(place, place, _WIDTHS.get(column, max(12, len(column) + 5)))
    for last, row in enumerate(rows, start=1):
        for column, (place, cell) in zip(columns, enumerate(row), strict=True):
            if isinstance(cell, Decimal | int):
                page.write_number(last, place, cell, form.get(column))
            elif cell:
                page.write_string(last, place, harmless(cell)[:32767])
    page.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    return out.getvalue()
