"""Read the records below the header, each once: seat rows, ignored rows, a last row that is cut off."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from seatsync.export_cells import Record, Table
from seatsync.export_columns import fold, names_columns
from seatsync.export_plain import plain_rows
from seatsync.export_rows import (
    BILLABLE,
    Layout,
    Values,
    ignorable,
    is_total,
    row_values,
    seat_row,
)
from seatsync.export_twins import mark_twins
from seatsync.export_values import (
    says_nothing,
    starts_a_day,
    starts_a_number,
    starts_a_state,
    tenant_state,
)
from seatsync.model import SeatRow

# No name of a column holds a digit, and telling so is far quicker than folding the names of tenants.
_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The seat rows of a table, and what a person should know of them.

    ``rows`` counts all records. ``totals`` are the lines of the totals rows, ``nameless`` those without a
    portal in a file that has such a column, ``open_number`` that of a number at the very end of the file.
    """

    seat_rows: tuple[SeatRow, ...]
    rows: int
    totals: tuple[int, ...]
    truncated: bool
    nameless: tuple[int, ...]
    open_number: int


def read_rows(records: Iterator[Record], layout: Layout, table: Table) -> Reading:
    """Read every record below the header, each once."""
    plain_row = plain_rows(layout)
    seat_rows, totals = list[SeatRow](), list[int]()
    sizes, ends = Counter[int](), set[str]()
    comparing = layout.last_field in ("tier", "expires")
    bare = list[tuple[Record, list[str], Values]]()
    rows, last, cut, torn, other = 0, 0, False, False, False
    for record, following in pairwise(chain(records, (None,))):
        assert record is not None
        rows += 1
        row = None if following is None or other else plain_row(record)
        if row is None:
            cells, values = row_values(record, layout)
            torn = torn or record.unclosed
            if following is None:
                cut = table.cut or _cut_off(record, cells, values, layout, table, sizes, ends)
            if not cut and ignorable(record, cells, values):
                if any(map(is_total, cells)):
                    totals.append(record.line)
                elif any(cells):
                    bare.append((record, cells, values))
                continue
            row = seat_row(record, cells, values, layout, cut)
            if other or (row.problem is not None and not record.damaged):
                row, other = _among_headers(row, cells, layout, other)
            last = row.line if following is None else 0
        if bare:
            # Figures alone are a total below the tenants; between them they are a piece of somebody's row.
            seat_rows += [seat_row(*each, layout, cut=False) for each in bare]
            bare.clear()
        seat_rows.append(row)
        if table.open_end:
            sizes[len(record.cells)] += 1
            if comparing:
                ends.add(record.cells[layout.width - 1].strip() if len(record.cells) >= layout.width else "")
    nameless = [row.line for row in seat_rows if not (row.portal or row.problem)]
    mark_twins(seat_rows, layout)
    return Reading(
        seat_rows=tuple(seat_rows),
        rows=rows,
        totals=tuple(sorted([*totals, *(each[0].line for each in bare)])),
        truncated=cut or torn,
        nameless=tuple(nameless) if "portal" in layout.columns else (),
        open_number=last if table.open_end and layout.last_field == "users" and not cut else 0,
    )


def _cut_off(
    record: Record,
    cells: Sequence[str],
    values: Values,
    layout: Layout,
    table: Table,
    sizes: Counter[int],
    ends: AbstractSet[str],
) -> bool:
    """Say whether the file ends in the middle of this row, its last.

    A last row without a line break counts as cut when most others have more cells, when its last cell is one
    that is needed and blank, or when that is the beginning of a state, a number or a date, or ends within a
    word of another license. A number of users can't be told from its beginning; of that the notes warn.
    """
    if record.unclosed or not table.open_end or not any(cells):
        return record.unclosed
    size = len(record.cells)
    if is_total(values.tenant) and any(map(str.isdigit, "".join(cells))):
        return False
    if size < layout.width:
        return 2 * sum(count for other, count in sizes.items() if other <= size) <= sizes.total()
    if ignorable(record, cells, values):
        return False
    end = cells[layout.width - 1]
    needed = tenant_state(values.state) in BILLABLE if values.state else True
    match layout.last_field:
        case "users":
            return needed and starts_a_number(end)
        case "tenant" | "portal" | "tier" | "state" if not end:
            return needed
        case "state" if starts_a_state(end):
            return True
        case "expires" if end and not says_nothing(end):
            return starts_a_day(end, ends)
        case "tier" if end not in ends:
            return any(map(re.compile(rf"{re.escape(end)}(?<=[^\W\d_])[^\W\d_]").match, ends))
    return False


def _among_headers(row: SeatRow, cells: Sequence[str], layout: Layout, other: bool) -> tuple[SeatRow, bool]:
    """Give a problem to a header that stands among the rows, and to a row below one of another table.

    ``other`` says that the columns of a header above the row stand otherwise; it is returned for the next.
    """
    header = names_columns(cell for cell in cells if cell and not _DIGIT.search(cell))
    other = other or (
        header and any(fold(cells[at]) != fold(layout.headers[at]) for at in layout.columns.values())
    )
    if header:
        cure = "The row is a header again, as when two files are joined. Remove it and upload the file again."
    elif other:
        cure = "The row stands below a second header, whose columns differ. Save each table as a file."
    else:
        return row, other
    problem = layout.problem(row.line, "tenant", row.tenant, cure)
    return replace(row, users=None, problem=problem), other
