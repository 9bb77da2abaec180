"""Seats and money over the kept exports as a pivot: a dimension by months, its totals, the rows behind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from seatsync.holdings import Amounts, Held, Holdings, Strand
from seatsync.model import decimals
from seatsync.question import Column, Dimension, Order, Question
from seatsync.searching import finder

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class PivotRow:
    """One value of the dimension. A cell is None where what it says is not known.

    ``last`` is the seats or money of the last column, also where the cells are changes; ``change`` what came
    of it over the columns. ``unread`` counts rows that can't be read, ``unpriced`` the seats in the last
    column whose price is not known.
    """

    key: str
    label: str
    cells: Amounts
    last: Decimal | None
    change: Decimal | None
    unread: int = 0
    unpriced: Decimal = _NONE


@dataclass(frozen=True, slots=True)
class Pivot:
    """The answer: a cell for each of ``columns``; ``total`` adds up what is known, whatever the rows lack."""

    columns: Sequence[Column]
    rows: Sequence[PivotRow]
    total: PivotRow

    def moved(self, sign: int) -> tuple[int, Decimal]:
        """Count the rows that grew (``sign`` 1) or shrank (-1) over the columns, and add up by how much."""
        moves = [row.change for row in self.rows if row.change and (row.change > 0) is (sign > 0)]
        return len(moves), decimals(moves)


def pivot(holdings: Holdings, asked: Question) -> Pivot:
    """Answer a question; rows in which nothing was ever counted are left out."""
    groups = group(holdings, asked)
    labels = _labels(asked.dimension, groups)
    files = [column.file for column in asked.columns]
    rows, sums = [], [_NONE] * len(files)
    for key, strands in groups.items():
        known = _known([each.money if asked.measure.of_money else each.seats for each in strands], files)
        unread = sum(strand.unread[file] for strand in strands for file in files if strand.unread[file])
        if unread or any(cell is None or cell for cell in known):
            rows.append(_row(key, labels[key], known, unread, _unpriced(strands, files, asked), asked))
            sums = [sum_ + cell if cell else sum_ for sum_, cell in zip(sums, known, strict=True)]
    unread, unpriced = sum(row.unread for row in rows), decimals([row.unpriced for row in rows])
    total = _row("", "Total", sums, unread, unpriced, asked)
    shown = asked.columns[1:] if asked.measure.of_change else asked.columns
    return Pivot(tuple(shown), tuple(sorted(rows, key=_SORTED[asked.order])), total)


def group(holdings: Holdings, asked: Question) -> dict[str, list[Strand]]:
    """Sort the strands that a question is about by the key of its dimension."""
    fits = finder(asked.words)
    only = frozenset(asked.licenses)
    found: dict[str, list[Strand]] = {}
    for strand in holdings.strands:
        if (only and strand.tier not in only) or not fits(strand.said):
            continue
        if asked.measure.of_money and strand.currency not in ("", asked.currency):
            continue
        found.setdefault(key_of(strand, asked.dimension), []).append(strand)
    return found


def drill(holdings: Holdings, asked: Question, key: str) -> list[Held]:
    """List the seat rows behind one row of a pivot, by tenant, license and time; also those not counted."""
    files = {column.file for column in asked.columns}
    strands = group(holdings, asked).get(key, [])
    strands.sort(key=lambda each: (each.tenant.casefold(), each.key, each.tier))
    return [held for strand in strands for held in strand.rows if held.file in files]


def rank(found: Pivot, most: int) -> tuple[list[PivotRow], PivotRow | None]:
    """Return the ``most`` rows with the largest cells, the largest first, and the rest summed as one row.

    Rows of which nothing is known to be there are in neither.
    """
    ranked = sorted(filter(_weight, found.rows), key=lambda row: (-_weight(row), *_by_name(row)))
    if len(ranked) <= most:
        return ranked, None
    rest = ranked[most:]
    cells = [decimals([cell for row in rest if (cell := row.cells[place])]) for place in _places(found)]
    return ranked[:most], PivotRow("", f"{len(rest):,} others", tuple(cells), None, None)


def _places(found: Pivot) -> range:
    return range(len(found.columns))


def key_of(strand: Strand, dimension: Dimension) -> str:
    """Return what groups a strand with others of the same value."""
    match dimension:
        case Dimension.COMPANY:
            return "none" if strand.company_id is None else str(strand.company_id)
        case Dimension.PRODUCT:
            return "none" if strand.product_id is None else str(strand.product_id)
        case Dimension.LICENSE:
            return strand.tier
        case Dimension.TENANT:
            return strand.key


def _labels(dimension: Dimension, groups: Mapping[str, Sequence[Strand]]) -> dict[str, str]:
    """Name each key; where two have one name, by what tells them apart."""
    named = {key: _label(dimension, strands[-1]) for key, strands in groups.items()}
    taken: dict[str, int] = {}
    for label in named.values():
        taken[label] = taken.get(label, 0) + 1
    return {
        key: f"{label} ({groups[key][-1].portal if dimension is Dimension.TENANT else key})"
        if taken[label] > 1
        else label
        for key, label in named.items()
    }


def _label(dimension: Dimension, strand: Strand) -> str:
    match dimension:
        case Dimension.COMPANY:
            said = strand.company
        case Dimension.PRODUCT:
            said = strand.product
        case Dimension.LICENSE:
            said = strand.tier
        case Dimension.TENANT:
            said = strand.tenant
    return said.strip() or dimension.unnamed


def _known(parts: Sequence[Amounts], files: Sequence[int]) -> list[Decimal | None]:
    """Add up what is known in each file; None where nothing is, and something is there."""
    if len(parts) == 1:
        return [parts[0][file] for file in files]
    cells: list[Decimal | None] = []
    for file in files:
        known = decimals([part[file] or _NONE for part in parts])
        cells.append(None if not known and any(part[file] is None for part in parts) else known)
    return cells


def _unpriced(strands: Iterable[Strand], files: Sequence[int], asked: Question) -> Decimal:
    if not asked.measure.of_money or not files:
        return _NONE
    last = files[-1]
    return decimals([each.seats[last] or _NONE for each in strands if each.money[last] is None])


def _row(
    key: str, label: str, known: Sequence[Decimal | None], unread: int, unpriced: Decimal, asked: Question
) -> PivotRow:
    """Make a row of what is known in each column that is looked at."""
    cells = tuple(known)
    if asked.measure.of_change:
        cells = tuple(_minus(now, was) for was, now in pairwise(known))
    last, first = (known[-1], known[0]) if known else (None, None)
    return PivotRow(key, label, cells, last, _minus(last, first), unread, unpriced)


def _minus(now: Decimal | None, was: Decimal | None) -> Decimal | None:
    return None if now is None or was is None else now - was


def _weight(row: PivotRow) -> Decimal:
    return max((abs(cell) for cell in row.cells if cell), default=_NONE)


def _by_name(row: PivotRow) -> tuple[str, str]:
    return row.label.casefold(), row.key


_SORTED: Mapping[Order, Callable[[PivotRow], tuple[object, ...]]] = {
    Order.SIZE: lambda row: (-(row.last or _NONE), *_by_name(row)),
    Order.CHANGE: lambda row: (-abs(row.change or _NONE), *_by_name(row)),
    Order.NAME: _by_name,
}
