"""Read the monthly tenant export: bytes in, seat rows with their problems out."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from seatsync.errors import ExportRefused
from seatsync.export_cells import INSTEAD, Record, Table, delimited_tables
from seatsync.export_columns import (
    NEEDED,
    Header,
    choose_columns,
    daily_report,
    find_header,
    fold,
    shorten,
    unused_columns,
    wrong_table,
)
from seatsync.export_reading import Reading, read_rows
from seatsync.export_rows import Layout, Values, filled, lay_out, row_values
from seatsync.export_values import is_day, whole_number
from seatsync.export_workbook import is_zip, workbook_tables
from seatsync.model import ParsedExport

UPLOAD_LIMIT = 50 * 1024 * 1024

_OTHERS = 3
_LISTED = 8
_FEWEST_DAYS = 4
_DAY_COLUMNS = 4


def read_export(
    name: str, content: bytes, *, columns: Mapping[str, str] | None = None, limit: int = UPLOAD_LIMIT
) -> ParsedExport:
    """Read a tenant export from its bytes.

    ``columns`` are a person's choices, field to header as in the file. ``limit`` is in bytes.

    Raises:
        ExportRefused: the file is something else, damaged, or lacks a needed column.
        ColumnUnclear: several columns fit a field, and a person must choose.
    """
    check_size(name, len(content), limit)
    choices = dict(columns or {})
    tables = workbook_tables(name, content) if is_zip(content) else delimited_tables(name, content)
    header = _pick_table(name, tables, choices)
    table = header.table
    layout = lay_out(header, choose_columns(name, header, choices), _below(header))
    _refuse_other_rows(name, header, layout)
    reading = read_rows(_below(header), layout, table)
    if not reading.seat_rows:
        raise ExportRefused(f'"{name}" holds a header and no tenant below it. {INSTEAD}')
    _refuse_daily(name, reading, header, layout)
    return ParsedExport(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        columns={field: header.cells[index] for field, index in layout.columns.items()},
        seat_rows=reading.seat_rows,
        rows=reading.rows,
        ignored=reading.rows - len(reading.seat_rows),
        encoding=table.encoding,
        delimiter=table.delimiter,
        header=header.cells,
        truncated=reading.truncated,
        notes=tuple(_notes(table, layout, reading)),
    )


def check_size(name: str, size: int, limit: int = UPLOAD_LIMIT) -> None:
    """Raise ExportRefused for a file of more than ``limit`` bytes, so that it need not be read."""
    if size > limit:
        raise ExportRefused(
            f'"{name}" is {_size(size, 1)}, over the limit of {_size(limit)}. '
            "Upload the tenant list alone, or raise the limit in the settings."
        )


def _refuse_other_rows(name: str, header: Header, layout: Layout) -> None:
    """Raise ExportRefused where rows stand above the header, or two headers differ: either would be lost."""
    if header.other:
        raise ExportRefused(
            f'"{name}" holds two tables, with headers on lines {header.line} and {header.other}. '
            "Save the tenant list as a file of its own and upload that."
        )
    for record in islice(header.table.records(), header.position):
        _, values = row_values(record, layout)
        if values.tenant and values.tier and whole_number(values.users) is not None:
            raise ExportRefused(
                f'"{name}" has its header on line {header.line} and rows above it. '
                "Move the header to the top and upload the file again."
            )


def _below(header: Header) -> Iterator[Record]:
    """Return the records below the header."""
    return islice(header.table.records(), header.position + 1, None)


def _pick_table(name: str, tables: Iterable[Table], choices: Mapping[str, str]) -> Header:
    """Take the one reading whose header names all needed fields, else the one that comes nearest."""
    headers: list[Header] = []
    wrong = ""
    for table in tables:
        header = find_header(table, choices)
        what = wrong_table(name, header)
        if header.score == len(NEEDED) and not what and table.delimiter:
            return header
        wrong = wrong or what
        headers += [] if what else [header]
    lists = [header for header in headers if header.score == len(NEEDED)]
    full = [header for header in lists if any(map(filled, _below(header)))] or lists
    if found := [header for header in full if not header.table.hidden]:
        return _only_sheet(name, found)
    if full:
        raise ExportRefused(
            f'"{name}" holds a tenant list on a hidden sheet alone, "{shorten(full[0].table.sheet)}". '
            "Unhide it, or save it as a file of its own, and upload that."
        )
    if wrong:
        raise ExportRefused(wrong)
    if not any(any(header.cells) for header in headers):
        raise ExportRefused(f'"{name}" holds no table. {INSTEAD}')
    return max(headers, key=lambda header: (header.score, len(header.cells)))


def _only_sheet(name: str, found: Sequence[Header]) -> Header:
    """Return the only one of some sheets. Raises ExportRefused when there are more."""
    if len(found) > 1:
        titles = " and ".join(f'"{shorten(header.table.sheet)}"' for header in found[:_OTHERS])
        raise ExportRefused(
            f'"{name}" holds a tenant list on more than one sheet: {titles}. '
            "Save the one to read as a file of its own and upload that."
        )
    return found[0]


def _refuse_daily(name: str, reading: Reading, header: Header, layout: Layout) -> None:
    """Raise ExportRefused for a report in which the same tenants stand again for each day."""
    doubtful = sum(row.problem is not None for row in reading.seat_rows)
    named = sum(bool(row.tenant and row.tier) for row in reading.seat_rows)
    if 2 * doubtful < reading.rows or named + len(reading.totals) < _FEWEST_DAYS:
        return
    keys = {(row.key, row.tier) for row in reading.seat_rows}
    if not keys or 2 * len(keys) > len(reading.seat_rows):
        return
    columns = [*range(layout.width)]
    tenants: set[tuple[str, str]] = set()
    rows = 0
    for cells, values in _named(header, layout):
        rows += 1
        tenants.add((values.tenant, values.tier))
        columns = [at for at in columns if _tells_days(cells[at], layout, at)]
        if not columns:
            return
    if rows < _FEWEST_DAYS or 2 * len(tenants) > rows:
        return
    for at in columns[:_DAY_COLUMNS]:
        days = {(values.tenant, values.tier, cells[at]) for cells, values in _named(header, layout)}
        if len(days) == rows:
            raise ExportRefused(daily_report(name))


def _named(header: Header, layout: Layout) -> Iterator[tuple[list[str], Values]]:
    """Return the rows that name a tenant and a license: their cells, and those of the fields."""
    rows = (row_values(record, layout) for record in _below(header))
    return ((cells, values) for cells, values in rows if values.tenant and values.tier)


def _tells_days(cell: str, layout: Layout, column: int) -> bool:
    """Say whether a cell is a date, or stands in a column of days."""
    return is_day(cell, serial=not layout.delimiter) or fold(layout.headers[column]) == "day"


def _notes(table: Table, layout: Layout, reading: Reading) -> Iterator[str]:
    """Say what a person should know about how the file was read."""
    if table.sheet:
        yield f'Read from the sheet "{shorten(table.sheet)}" of the workbook.'
    if "state" not in layout.columns:
        yield "The file has no status column: every row with a license counts as paid."
    if "portal" not in layout.columns:
        yield "The file has no portal column: the tenant name is used as key."
    if unused := unused_columns(layout.headers, layout.columns.values()):
        yield f"Columns not used: {unused}."
    if reading.totals:
        lines = _lines(reading.totals)
        yield f"Taken for totals, not for tenants: {lines}."
    if reading.nameless:
        yield f"Without a portal, so that the tenant name is used as key: {_lines(reading.nameless)}."
    if reading.open_number:
        yield (
            f"The file ends with the number of users of line {reading.open_number} and no line break: make "
            "sure that no digit is missing there."
        )


def _lines(lines: Sequence[int]) -> str:
    """List lines for a sentence, the first few by number."""
    named = ", ".join(f"{line}" for line in lines[:_LISTED])
    rest = len(lines) - _LISTED
    return f"{'line' if len(lines) == 1 else 'lines'} {named}" + (f" and {rest:,} more" if rest > 0 else "")


def _size(count: int, up: int = 0) -> str:
    """Write a number of bytes for a person, to the tenth of a megabyte below, or with ``up`` 1 above."""
    if count < 1024 * 1024:
        return f"{count:,} bytes"
    tenths = count * 10 // (1024 * 1024) + up
    return f"{tenths // 10}.{tenths % 10} MB"
