"""Each file of tests/exports ends as the expectation beside it says: the right counts, or the right refusal.

A workbook is kept as ``NAME.xlsx.json``, which lists its sheets row by row, and is made when it is read.
"""

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from seatsync.errors import ColumnUnclear, ExportRefused
from seatsync.model import ParsedExport
from seatsync.status import TenantState
from seatsync.vendor_export import read_export

EXPORTS = Path(__file__).parent / "exports"
EXPECTED = ".expected.json"
FILES = sorted(path.name for path in EXPORTS.iterdir() if not path.name.endswith(EXPECTED))
ENDED = (TenantState.EXPIRED, TenantState.DELETED)
SKIPPED = (TenantState.TRIAL, TenantState.NOT_FOR_RESALE)


def content_of(name: str) -> bytes:
    """Return the bytes of a sample; those of a workbook are made from its description."""
    content = (EXPORTS / name).read_bytes()
    return workbook(json.loads(content)) if name.endswith(".xlsx.json") else content


def workbook(sheets: dict[str, Any]) -> bytes:
    """Make a workbook of sheets with ``rows``, and where they are ``hidden`` or have ``merged`` ranges."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": date(2026, 11, 30)})
        for title, described in sheets.items():
            sheet = book.add_worksheet(title)
            if described.get("hidden"):
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
            for number, row in enumerate(described["rows"]):
                for place, cell in enumerate(row):
                    write_cell(sheet, number, place, cell)
            for cells in described.get("merged", ()):
                sheet.merge_range(cells, described["rows"][int(cells[1:].split(":")[0]) - 1][0])
    return buffer.getvalue()


def write_cell(sheet: Any, row: int, column: int, cell: Any) -> None:
    """Write a text, number, boolean, ``date`` or ``formula``; a formula without ``value`` is not computed."""
    if isinstance(cell, dict) and "date" in cell:
        sheet.write_datetime(row, column, date.fromisoformat(cell["date"]))
    elif isinstance(cell, dict):
        sheet.write_formula(row, column, cell["formula"], None, cell.get("value", ""))
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)


def told(export: ParsedExport) -> dict[str, Any]:
    """Say how a file was read, as an expectation says it."""
    kinds = Counter(
        "unreadable"
        if row.problem
        else "expired"
        if row.state in ENDED
        else "skipped"
        if row.state in SKIPPED
        else "paid"
        for row in export.seat_rows
    )
    return {
        "columns": dict(export.columns),
        "encoding": export.encoding,
        "delimiter": export.delimiter,
        "rows": export.rows,
        **{kind: kinds[kind] for kind in ("paid", "skipped", "expired", "unreadable")},
        "ignored": export.ignored,
        "truncated": export.truncated,
        "seats": {str(row.line): str(row.users) for row in export.seat_rows if row.users is not None},
        "problems": [
            [row.problem.line, row.problem.column, row.problem.raw] for row in export.seat_rows if row.problem
        ],
        "notes": list(export.notes),
    }


@pytest.mark.parametrize("name", FILES)
def test_a_file_ends_as_its_expectation_says(name: str) -> None:
    expected = json.loads((EXPORTS / f"{name}{EXPECTED}").read_text("utf-8"))
    shown = name.removesuffix(".json")
    if "unclear" in expected:
        with pytest.raises(ColumnUnclear) as asked:
            read_export(shown, content_of(name))
        assert {"unclear": asked.value.field, "candidates": list(asked.value.candidates)} == expected
    elif "refused" in expected:
        with pytest.raises(ExportRefused) as refused:
            read_export(shown, content_of(name))
        assert str(refused.value).startswith(expected["refused"])
    else:
        export = read_export(shown, content_of(name))
        assert told(export) == expected
        kinds = ("paid", "skipped", "expired", "unreadable", "ignored")
        assert export.rows == sum(expected[kind] for kind in kinds)


def test_no_expectation_lacks_its_file() -> None:
    expectations = {path.name.removesuffix(EXPECTED) for path in EXPORTS.glob(f"*{EXPECTED}")}
    assert expectations == set(FILES)
    assert len(FILES) >= 100
