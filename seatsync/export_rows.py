"""Build seat rows from the records below the header: each row once, with the first of its problems."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from seatsync.export_cells import DELIMITERS, Record
from seatsync.export_columns import EVIDENCE, Header, rival_states, shorten
from seatsync.export_values import (
    calendar_day,
    is_error,
    quoted,
    says_nothing,
    tenant_state,
    trim,
    whole_number,
)
from seatsync.model import Problem, SeatRow
from seatsync.status import TenantState

_AGAIN = "Correct the export and upload it again."
BILLABLE = (TenantState.PAID, TenantState.UNKNOWN)
_COUNTED = r"(?:users|seats|tenants|customers|licenses)"
_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall)[\s-]*)?(?:totals?|sum|totaal|totale|gesamt(?:summe|ergebnis)?|summe)"
    rf"(?:\s+(?:number\s+)?(?:of\s+)?{_COUNTED})?[\W\d_]*{_COUNTED}?[\W\d_]*",
    re.IGNORECASE,
)
_SUBTOTAL = re.compile(r".*\S\s+total", re.IGNORECASE)
_RAW = 200
_SAMPLE = 1_000


class Values(NamedTuple):
    """The cells of a row by field, trimmed; blank where the row or the file lacks the cell."""

    tenant: str
    portal: str
    tier: str
    users: str
    state: str
    company: str
    expires: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of a table stand: field to position, and the header texts by position.

    ``width`` ends with the last column that has a name, ``usual`` is the number of cells of most rows.
    ``rivals`` are the columns that could hold the state and were not taken.
    """

    columns: Mapping[str, int]
    headers: tuple[str, ...]
    evidence: tuple[tuple[str, int], ...]
    rivals: tuple[int, ...]
    width: int
    usual: int
    delimiter: str
    pick: Callable[[Sequence[str]], tuple[str, ...]]

    @property
    def last_field(self) -> str:
        """The field in the last column; blank when nothing is read from it."""
        return next((field for field, at in self.columns.items() if at == self.width - 1), "")

    def problem(self, line: int, field: str, raw: str, cure: str) -> Problem:
        """Build a problem of one cell; the tenant's where the file lacks the field."""
        return self.problem_at(line, self.columns.get(field, self.columns["tenant"]), raw, cure)

    def problem_at(self, line: int, column: int, raw: str, cure: str) -> Problem:
        """Build a problem of the cell in a column."""
        return Problem(line, self.headers[column], shorten(raw, _RAW), _once(cure))


@lru_cache(maxsize=256)
def _once(cure: str) -> str:
    """Return one text for all that are equal: a hundred thousand rows may have the same problem."""
    return cure


def lay_out(header: Header, columns: Mapping[str, int], records: Iterable[Record]) -> Layout:
    """Fix where each field stands. ``records`` are those below the header, of which the first are sampled."""
    sizes = Counter(len(record.cells) for record in islice(records, _SAMPLE) if filled(record))
    return Layout(
        columns=columns,
        headers=header.cells,
        evidence=tuple((field, columns[field]) for field in EVIDENCE if field in columns),
        rivals=rival_states(header, columns),
        width=max(index for index, cell in enumerate(header.cells) if cell) + 1,
        usual=max(sizes, key=lambda size: (sizes[size], -abs(size - len(header.cells))), default=0),
        delimiter=header.table.delimiter,
        pick=itemgetter(*(columns.get(field, -1) for field in Values._fields)),
    )


def filled(record: Record) -> bool:
    """Say whether any cell holds more than white space."""
    return any(cell and not cell.isspace() for cell in record.cells)


def row_values(record: Record, layout: Layout) -> tuple[list[str], Values]:
    """Return all cells, trimmed and filled up, and those of the fields.

    The tier is left as it is, because a mapping fits it only letter by letter.
    """
    cells = [*map(str.strip, record.cells)]
    if len(cells) < layout.width:
        cells += [""] * (layout.width - len(cells))
    cells.append("")  # where a field without a column is looked up
    found = Values._make(layout.pick(cells))
    if found.tier and found.tier != (raw := record.cells[layout.columns["tier"]]):
        found = found._replace(tier=raw)
    if not (found.tenant + found.portal + found.tier + found.state).isascii():
        tenant, portal, state = trim(found.tenant), trim(found.portal), trim(found.state)
        tier = found.tier if trim(found.tier) else ""
        found = found._replace(tenant=tenant, portal=portal, tier=tier, state=state)
    if says_nothing(found.portal):
        found = found._replace(portal="")
    if says_nothing(found.tier.strip()):
        found = found._replace(tier="")
    return cells, found


def is_total(text: str) -> bool:
    """Say whether a cell is the label of a totals row."""
    return len(text) <= _RAW and _TOTAL.fullmatch(text) is not None


def ignorable(record: Record, cells: Sequence[str], values: Values) -> bool:
    """Say whether a row is blank or carries totals rather than a tenant.

    Such a row holds figures and labels of totals, and nothing that could be a piece of a tenant's row.
    """
    tenant, portal, tier, _, state, company, expires = values
    licensed = tier and not is_total(tier)
    if record.damaged or state or company or (tenant and portal) or (licensed and (tenant or portal)):
        return False
    if not (tenant or portal or tier):
        return not expires and not any(map(_is_word, cells))
    label = tenant or portal or tier
    if not (is_total(label) or (not tenant and len(label) <= _RAW and _SUBTOTAL.fullmatch(label))):
        return False
    return not any(_is_word(cell) for cell in cells if cell not in (tenant, portal, tier))


def _is_word(cell: str) -> bool:
    """Say whether a cell is neither a figure, nor a mark of none, nor the label of a total."""
    if cell.isdigit() or not any(map(str.isalpha, cell)) or says_nothing(cell):
        return False
    return cell.casefold() != "unlimited" and not is_total(cell)


def seat_row(record: Record, cells: Sequence[str], values: Values, layout: Layout, cut: bool) -> SeatRow:
    """Build one seat row with the first of its problems."""
    if "state" in layout.columns:
        state = tenant_state(values.state)
    else:
        state = TenantState.PAID if values.tier else TenantState.UNKNOWN
    users = whole_number(values.users)
    problem = None
    if cut or record.damaged or len(record.cells) != layout.width:
        problem = _damage(record, cells, layout, cut)
    if problem is None and "#" in values.tenant + values.portal + values.tier:
        problem = _error(record.line, values, layout)
    if problem is None and state in BILLABLE:
        problem = _cell_problem(record.line, cells, values, layout, state, users is None)
    expires = None
    extra = {field: cell for field, at in layout.evidence if (cell := cells[at])}
    if values.expires:
        expires = calendar_day(values.expires, serial=not layout.delimiter)
        if expires is None:
            extra["expires"] = values.expires
    return SeatRow(
        record.line,
        "" if is_error(values.portal) else values.portal,
        values.tenant,
        values.tier,
        None if problem else users,
        state,
        values.state,
        expires,
        problem,
        extra,
    )


def _damage(record: Record, cells: Sequence[str], layout: Layout, cut: bool) -> Problem | None:
    """Find what makes a whole row doubtful, whatever its state: its cells may stand in the wrong columns."""
    size, mark = len(record.cells), DELIMITERS.get(layout.delimiter, "")
    if cut:
        cure = "The file is cut off in this row; rows may be missing. Export it again and upload it whole."
    elif record.unclosed:
        cure = (
            "A quotation mark of this row is never closed: it doesn't belong there, or the file is cut off. "
            "Export it again and upload it whole."
        )
    elif record.damaged:
        cure = f"The quotation marks of this row don't pair, so its cells can't be told apart. {_AGAIN}"
    elif mark and _has_too_many(size, cells, layout):
        cure = (
            f"The row has {size} cells and the header {len(layout.headers)}: "
            f"a {mark} inside a cell is probably not quoted. {_AGAIN}"
        )
    elif mark and size < min(layout.usual, layout.width) and _may_be_shifted(size, cells, layout):
        cure = (
            f"The row has {size} cells and the others {layout.usual}: a {mark} is probably missing before "
            f"the number of users. {_AGAIN}"
        )
    else:
        return None
    raw = layout.delimiter.join(record.cells[: layout.width + 1])
    return layout.problem(record.line, "tenant", raw, cure)


def _error(line: int, values: Values, layout: Layout) -> Problem | None:
    """Find a cell that names the tenant or the license and holds an error of a spreadsheet."""
    for field, text in (("tenant", values.tenant), ("portal", values.portal), ("tier", values.tier)):
        if is_error(text.strip()):
            what = f"{quoted(shorten(text))} is an error of the spreadsheet, or a formula without a result."
            return layout.problem(line, field, text, f"{what} {_AGAIN}")
    return None


def _has_too_many(size: int, cells: Sequence[str], layout: Layout) -> bool:
    """Say whether a row has more cells than it should, so that some may stand right of their column.

    Blank cells at the end do no harm where all names stand left of the users: a shifted row has no number.
    """
    if any(cells[len(layout.headers) :]):
        return True
    if size <= layout.usual or any(cells[layout.width :]):
        return size > layout.usual
    names = max(layout.columns["tenant"], layout.columns.get("portal", 0))
    return size > len(layout.headers) and names > layout.columns["users"]


def _may_be_shifted(size: int, cells: Sequence[str], layout: Layout) -> bool:
    """Say whether a row with too few cells may hold its number of users left of where it is looked for."""
    at = layout.columns["users"]
    before = cells[max(at - layout.width + size, 0) : at]
    return whole_number(cells[at]) is not None and any(whole_number(cell) is not None for cell in before)


def _cell_problem(
    line: int, cells: Sequence[str], values: Values, layout: Layout, state: TenantState, unread: bool
) -> Problem | None:
    """Find the first cell that can't be read and is needed for a row that may have to be billed."""
    if state is TenantState.UNKNOWN and "state" in layout.columns:
        text = values.state
        what = f"{quoted(shorten(text))} is not a known status." if text else "The status is blank."
        return layout.problem(line, "state", text, f"{what} {_AGAIN}")
    for field, text, what in (("tenant", values.tenant, "tenant name"), ("tier", values.tier, "license")):
        if not text:
            return layout.problem(line, field, "", f"The {what} is blank. {_AGAIN}")
    if not values.portal and is_total(values.tenant):
        cure = "The row may be a total rather than a tenant. Remove it, or write the tenant's name in full."
        return layout.problem(line, "tenant", values.tenant, cure)
    if unread:
        text = values.users
        what = f"{quoted(shorten(text))} is not a whole number." if text else "The number of users is blank."
        return layout.problem(line, "users", text, f"{what} {_AGAIN}")
    for rival in layout.rivals:
        if cells[rival] and tenant_state(cells[rival]) not in BILLABLE:
            said, other = quoted(shorten(values.state)), quoted(shorten(cells[rival]))
            cure = (
                f'{said} is the status, and column "{shorten(layout.headers[rival])}" says {other}. {_AGAIN}'
            )
            return layout.problem_at(line, rival, cells[rival], cure)
    return None
