"""Tables for files: problems and movements, with no cell that a spreadsheet would run."""

import csv
import io
from decimal import Decimal

from python_calamine import CalamineWorkbook

from seatsync.comparison import Move, Movement
from seatsync.model import Problem
from seatsync.present import (
    MOVEMENT_COLUMNS,
    PROBLEM_COLUMNS,
    movement_cells,
    problem_cells,
    to_csv,
    to_xlsx,
)
from tests.factories import seat

HOSTILE = '=HYPERLINK("http://evil.example";"x")'
BAD = seat(HOSTILE, None, line=7, problem=Problem(7, "Users", "=1+1", "Correct it."))
MOVED = Movement(Move.ENDED, HOSTILE, "-p", "@tier", Decimal(12), None)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def sheet_rows(content: bytes) -> list[list[object]]:
    return list(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())


def test_a_problem_row_says_line_tenant_column_raw_text_and_cure() -> None:
    (row,) = csv_rows(to_csv(PROBLEM_COLUMNS, [problem_cells(BAD)]))
    assert (row["Line"], row["Column"], row["How to mend it"]) == ("7", "Users", "Correct it.")
    assert row["In the file"] == "'=1+1"
    assert row["Tenant"].startswith("'=")


def test_a_problem_row_in_a_workbook_is_text() -> None:
    head, row = sheet_rows(to_xlsx(PROBLEM_COLUMNS, [problem_cells(BAD)], "Problems"))
    assert head == list(PROBLEM_COLUMNS)
    assert row[0] == 7
    assert row[4] == "'=1+1"


def test_a_movement_keeps_its_numbers_and_defuses_its_names() -> None:
    (row,) = csv_rows(to_csv(MOVEMENT_COLUMNS, [movement_cells(MOVED, whole=True)]))
    assert (row["What"], row["Seats before"], row["Seats now"], row["Difference"]) == (
        "No longer paid",
        "12",
        "",
        "-12",
    )
    assert [row[name][0] for name in ("Tenant", "Portal", "License")] == ["'", "'", "'"]
    _, cells = sheet_rows(to_xlsx(MOVEMENT_COLUMNS, [movement_cells(MOVED, whole=True)], "Moved"))
    assert (cells[4], cells[6]) == (12, -12)


def test_a_column_of_sums_is_written_with_cents_and_stays_a_number() -> None:
    columns, rows = ("Tenant", "2026-11", "Seats"), [("A", Decimal("12.5"), Decimal(12))]
    assert csv_rows(to_csv(columns, rows, ["2026-11"])) == [
        {"Tenant": "A", "2026-11": "12.50", "Seats": "12"}
    ]
    assert sheet_rows(to_xlsx(columns, rows, "Explore", ["2026-11"]))[1] == ["A", 12.5, 12]
