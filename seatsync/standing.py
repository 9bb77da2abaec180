"""What the kept exports say in short: seats and money by license over the months, and who moved most."""

from dataclasses import dataclass
from decimal import Decimal

from seatsync.explore import Pivot, key_of, pivot
from seatsync.holdings import Holdings, Strand
from seatsync.model import decimals
from seatsync.question import SHOWN, Dimension, Measure, Question, list_columns

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Mover:
    """A company, or a tenant without one, whose seats differ from the export before."""

    dimension: Dimension
    key: str
    label: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """Seats won (positive) or lost (negative)."""
        return self.after - self.before


def movers(holdings: Holdings, most: int) -> tuple[list[Mover], list[Mover]]:
    """Return who won and who lost the most seats between the last two whole months, the largest first.

    Who has a row that can't be read in either is left out, and so is a move of nothing.
    """
    columns = list_columns(holdings.files, whole=True)[-2:]
    if len(columns) < 2:
        return [], []
    before, after = (column.file for column in columns)
    groups: dict[tuple[Dimension, str], list[Strand]] = {}
    for strand in holdings.strands:
        by = Dimension.TENANT if strand.company_id is None else Dimension.COMPANY
        groups.setdefault((by, key_of(strand, by)), []).append(strand)
    found = []
    for (by, key), strands in groups.items():
        if any(strand.unread[before] or strand.unread[after] for strand in strands):
            continue
        was, now = (decimals([each.seats[file] or _NONE for each in strands]) for file in (before, after))
        if was != now:
            found.append(Mover(by, key, strands[-1].company or strands[-1].tenant, was, now))
    found.sort(key=lambda each: (-abs(each.difference), each.label.casefold(), each.key))
    up = [each for each in found if each.difference > 0]
    return up[:most], [each for each in found if each.difference < 0][:most]


def trend(holdings: Holdings, measure: Measure, currency: str = "") -> Pivot:
    """Return seats or money by license over the last whole months."""
    columns = tuple(list_columns(holdings.files, whole=True)[-SHOWN:])
    return pivot(holdings, Question(Dimension.LICENSE, measure, columns, currency=currency))
