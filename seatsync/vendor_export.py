"""Read the monthly tenant export: bytes in, seat rows with their problems out."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from seatsync.errors import ExportRefused
from seatsync.export_cells import INSTEAD, Record, Table, delimited_tables
from seatsync.export_columns import (
    EVIDENCE,
    NEEDED,
    Header,
    choose_columns,
    find_header,
    shorten,
    wrong_table,
)
from seatsync.export_values import calendar_day, starts_a_state, tenant_state, whole_number
from seatsync.export_workbook import is_zip, workbook_tables
from seatsync.model import ParsedExport, Problem, SeatRow
from seatsync.status import TenantState

UPLOAD_LIMIT = 50 * 1024 * 1024

_AGAIN = "Correct the export and upload it again."
_GONE = (TenantState.EXPIRED, TenantState.DELETED)
_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall)[\s-]*)?(?:totals?|sum)(?:\s+(?:users|seats|tenants|customers))?[\W\d_]*",
    re.IGNORECASE,
)
_RAW = 200
_OTHERS = 3


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the fields of a table stand: field to position, and the header texts by position."""

    columns: Mapping[str, int]
    headers: tuple[str, ...]
    evidence: tuple[str, ...]
    width: int
    delimiter: str

    def header(self, field: str) -> str:
        """The file's own header of a field; the tenant's where the file lacks the field."""
        return self.headers[self.columns.get(field, self.columns["tenant"])]

    def problem(self, line: int, field: str, raw: str, cure: str) -> Problem:
        """Build a problem of one cell."""
        return Problem(line, self.header(field), shorten(raw, _RAW), cure)


def read_export(
    name: str, content: bytes, *, columns: Mapping[str, str] | None = None, limit: int = UPLOAD_LIMIT
) -> ParsedExport:
    """Read a tenant export from its bytes.

    ``columns`` are a person's choices, field to header as in the file. ``limit`` is in bytes.

    Raises:
        ExportRefused: the file is something else, damaged, or lacks a needed column.
        ColumnUnclear: several columns fit a field, and a person must choose.
    """
    if len(content) > limit:
        raise ExportRefused(
            f'"{name}" is {_size(len(content), 1)}, over the limit of {_size(limit)}. '
            "Upload the tenant list alone, or raise the limit in the settings."
        )
    choices = dict(columns or {})
    tables = workbook_tables(name, content) if is_zip(content) else delimited_tables(name, content)
    header = _pick_table(name, tables, choices)
    table = header.table
    layout = _layout(name, header, choices)
    records = list(islice(table.records(), header.position + 1, None))
    if not any(map(_filled, records)):
        raise ExportRefused(f'"{name}" holds a header and no tenant below it. {INSTEAD}')
    truncated = _cut_off(records, layout, table)
    seat_rows = list(_seat_rows(records, layout, truncated))
    return ParsedExport(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        columns={field: header.cells[index] for field, index in layout.columns.items()},
        seat_rows=tuple(_mark_twins(seat_rows, layout)),
        rows=len(records),
        ignored=len(records) - len(seat_rows),
        encoding=table.encoding,
        delimiter=table.delimiter,
        truncated=truncated,
        notes=tuple(_notes(table, layout)),
    )


def _pick_table(name: str, tables: Iterator[Table], choices: Mapping[str, str]) -> Header:
    """Take the first reading whose header names all needed fields, else the one that comes nearest."""
    headers: list[Header] = []
    wrong = ""
    for table in tables:
        header = find_header(table, choices)
        what = wrong_table(name, header)
        if header.score == len(NEEDED) and not what:
            return header
        wrong = wrong or what
        headers.append(header)
    if wrong:
        raise ExportRefused(wrong)
    if not any(any(header.cells) for header in headers):
        raise ExportRefused(f'"{name}" holds no table. {INSTEAD}')
    return max(headers, key=lambda header: (header.score, len(header.cells)))


def _layout(name: str, header: Header, choices: Mapping[str, str]) -> _Layout:
    """Fix where each field stands."""
    width = max(index for index, cell in enumerate(header.cells) if cell) + 1
    columns = choose_columns(name, header, choices)
    evidence = tuple(field for field in EVIDENCE if field in columns)
    return _Layout(columns, header.cells, evidence, width, header.table.delimiter)


def _filled(record: Record) -> bool:
    """Say whether any cell holds more than white space."""
    return any(cell and not cell.isspace() for cell in record.cells)


def _cut_off(records: Sequence[Record], layout: _Layout, table: Table) -> bool:
    """Say whether the file ends in the middle of its last row.

    A last row without a line break counts as cut when it alone is shorter than the header, or ends with the
    beginning of a state; a row with all its cells is taken as whole.
    """
    *before, last = records
    if last.unclosed or table.cut:
        return True
    if not table.open_end or not _filled(last) or _is_total(_values(last, layout)["tenant"]):
        return False
    if len(last.cells) < layout.width:
        return all(len(record.cells) >= layout.width for record in before if _filled(record))
    ends_with_state = layout.columns.get("state") == layout.width - 1 == len(last.cells) - 1
    return ends_with_state and starts_a_state(last.cells[-1].strip())


def _seat_rows(records: Sequence[Record], layout: _Layout, truncated: bool) -> Iterator[SeatRow]:
    """Yield the seat rows, leaving out blank and totals rows."""
    final = len(records) - 1
    for position, record in enumerate(records):
        cut = truncated and position == final
        values = _values(record, layout)
        if cut or not _ignorable(values, record):
            yield _seat_row(record, values, layout, cut)


def _values(record: Record, layout: _Layout) -> dict[str, str]:
    """Return the cells by field, trimmed but for the tier, which a mapping fits only letter by letter.

    A cell that the row lacks is blank.
    """
    cells = [*record.cells, *[""] * (layout.width - len(record.cells))]
    values = {field: cells[at].strip() for field, at in layout.columns.items()}
    return values | {"tier": cells[layout.columns["tier"]] if values["tier"] else ""}


def _ignorable(values: Mapping[str, str], record: Record) -> bool:
    """Say whether a row is blank or carries totals rather than a tenant."""
    if values["tier"] or values.get("portal") or values.get("state") or values.get("company"):
        return False
    return not record.damaged and (not values["tenant"] or _is_total(values["tenant"]))


def _is_total(text: str) -> bool:
    """Say whether a tenant cell is the label of a totals row."""
    return len(text) <= _RAW and _TOTAL.fullmatch(text) is not None


def _seat_row(record: Record, values: Mapping[str, str], layout: _Layout, cut: bool) -> SeatRow:
    """Build one seat row with the first of its problems."""
    if "state" in values:
        state = tenant_state(values["state"])
    else:
        state = TenantState.PAID if values["tier"] else TenantState.UNKNOWN
    users = whole_number(values["users"])
    problem = _damage(record, layout, cut) or _cell_problem(record.line, values, layout, state, users)
    expires_text = values.get("expires", "")
    expires = calendar_day(expires_text, serial=not layout.delimiter) if expires_text else None
    extra = {field: values[field] for field in layout.evidence if values[field]}
    if expires_text and expires is None:
        extra["expires"] = expires_text
    return SeatRow(
        line=record.line,
        portal=values.get("portal", ""),
        tenant=values["tenant"],
        tier=values["tier"],
        users=None if problem else users,
        state=state,
        raw_state=values.get("state", ""),
        expires=expires,
        problem=problem,
        extra=extra,
    )


def _damage(record: Record, layout: _Layout, cut: bool) -> Problem | None:
    """Find what makes a whole row doubtful, whatever its state: its cells may stand in the wrong columns."""
    if cut:
        cure = "The file is cut off in this row; rows may be missing. Export it again and upload it whole."
    elif record.damaged:
        cure = f"The quotation marks of this row don't pair, so its cells can't be told apart. {_AGAIN}"
    elif layout.delimiter and any(map(str.strip, record.cells[layout.width :])):
        mark = {",": "comma", ";": "semicolon", "\t": "tab"}[layout.delimiter]
        cure = (
            f"The row has {len(record.cells)} cells and the header {layout.width}: "
            f"a {mark} inside a cell is probably not quoted. {_AGAIN}"
        )
    else:
        return None
    raw = layout.delimiter.join(record.cells[: layout.width + 1])
    return layout.problem(record.line, "tenant", raw, cure)


def _cell_problem(
    line: int, values: Mapping[str, str], layout: _Layout, state: TenantState, users: Decimal | None
) -> Problem | None:
    """Find the first cell that can't be read and is needed for a row of this state."""
    if state is TenantState.UNKNOWN and "state" in values:
        text = values["state"]
        what = f'"{shorten(text)}" is not a known status.' if text else "The status is blank."
        return layout.problem(line, "state", text, f"{what} {_AGAIN}")
    if state not in (TenantState.PAID, TenantState.UNKNOWN):
        return None
    for field, what in (("tenant", "tenant name"), ("tier", "license")):
        if not values[field]:
            return layout.problem(line, field, "", f"The {what} is blank. {_AGAIN}")
    text = values["users"]
    if users is None:
        what = f'"{shorten(text)}" is not a whole number.' if text else "The number of users is blank."
        return layout.problem(line, "users", text, f"{what} {_AGAIN}")
    return None


def _mark_twins(seat_rows: Sequence[SeatRow], layout: _Layout) -> Iterator[SeatRow]:
    """Give a problem to each row whose portal and tier occur more than once, unless all have ended."""
    alike: dict[tuple[str, str], list[SeatRow]] = {}
    keys = [(row.key, row.tier) for row in seat_rows]
    for key, row in zip(keys, seat_rows, strict=True):
        alike.setdefault(key, []).append(row)
    clashing = {
        key
        for key, twins in alike.items()
        if key[0] and len(twins) > 1 and any(twin.state not in _GONE for twin in twins)
    }
    for key, row in zip(keys, seat_rows, strict=True):
        if row.problem or key not in clashing:
            yield row
            continue
        twins = alike[key]
        others = [str(twin.line) for twin in twins[: _OTHERS + 1] if twin.line != row.line][:_OTHERS]
        rest = len(twins) - 1 - len(others)
        lines = ", ".join(others) + (f" and {rest:,} more" if rest else "")
        word = "portal" if row.portal else "tenant"
        noun = "lines" if len(twins) > 2 else "line"
        cure = (
            f"The same {word} and license stand on {noun} {lines} too. Keep one of them and upload it again."
        )
        yield replace(row, users=None, problem=layout.problem(row.line, word, row.portal or row.tenant, cure))


def _notes(table: Table, layout: _Layout) -> Iterator[str]:
    """Say what a person should know about how the file was read."""
    if table.sheet:
        yield f'Read from the sheet "{shorten(table.sheet)}" of the workbook.'
    if "state" not in layout.columns:
        yield "The file has no status column: every row with a license counts as paid."
    if "portal" not in layout.columns:
        yield "The file has no portal column: the tenant name is used as key."


def _size(count: int, up: int = 0) -> str:
    """Write a number of bytes for a person, to the tenth of a megabyte below, or with ``up`` 1 above."""
    if count < 1024 * 1024:
        return f"{count:,} bytes"
    tenths = count * 10 // (1024 * 1024) + up
    return f"{tenths // 10}.{tenths % 10} MB"
