"""The rows of a preview as somebody works through them: searched, filtered, sorted, grouped by client."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import compress
from typing import Any

from seatsync.model import CompanyId
from seatsync.preview import PreviewRow
from seatsync.previews import Review
from seatsync.searching import finder
from seatsync.status import Status
from seatsync.sums import Sums, add_up

_NOTHING = Decimal(0)
_REMEMBERED = 32
_MANY, _FEW = 500, 100


class Order(StrEnum):
    """What the rows are sorted by."""

    STATUS = "status"
    CLIENT = "client"
    RISE = "rise"
    FALL = "fall"
    MONEY = "money"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _ORDERS[self]


_ORDERS = {
    Order.STATUS: "Status",
    Order.CLIENT: "Company",
    Order.RISE: "Seats added",
    Order.FALL: "Seats removed",
    Order.MONEY: "Monthly effect",
}


@dataclass(frozen=True, slots=True)
class View:
    """Which rows are wanted, and in which order; an empty choice wants them all.

    ``words`` all have to occur in a row, in any case.
    """

    statuses: frozenset[Status] = frozenset()
    words: str = ""
    companies: frozenset[CompanyId] = frozenset()
    licenses: frozenset[str] = frozenset()
    order: Order = Order.STATUS
    grouped: bool = False
    """Whether the rows of one client stand together, under a line that sums them up."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a row by its place in the preview, or a client with the places of its rows.

    ``member`` says that the row stands under the line of its client.
    """

    places: tuple[int, ...]
    client: bool = False
    member: bool = False


class Worksheet:
    """A review, with what its rows are found and sorted by worked out once."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.rows = review.preview.rows
        self._found: dict[View, tuple[Line, ...]] = {}

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What a search looks into, row by row, case-folded."""
        return tuple(map(_text, self.rows))

    @cached_property
    def licenses(self) -> tuple[str, ...]:
        """The licenses of the rows, by name."""
        return tuple(sorted({part.tier for row in self.rows for part in row.parts if part.tier}))

    @cached_property
    def companies(self) -> Mapping[CompanyId, str]:
        """The companies of the rows, by name."""
        found = {row.company.id: row.company.name for row in self.rows if row.company is not None}
        return dict(sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0])))

    @cached_property
    def sums(self) -> Mapping[Status, Sums]:
        """The sums of every status that occurs."""
        return by_status(self.rows)

    @cached_property
    def selectable(self) -> tuple[bool, ...]:
        """Whether each row can be chosen."""
        return tuple(row.selectable for row in self.rows)

    @cached_property
    def _defaults(self) -> tuple[bool, ...]:
        return tuple(row.selectable and row.selected for row in self.rows)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {row.choice: place for place, row in enumerate(self.rows)}

    @cached_property
    def _default_sums(self) -> Sums:
        return add_up(compress(self.rows, self._defaults))

    def find(self, view: View) -> tuple[Line, ...]:
        """Return the lines that a view wants, in its order; the same ones again for the same view."""
        found = self._found.get(view)
        if found is None:
            found = self._find(view)
            if len(self._found) >= _REMEMBERED:
                self._found = {}
            self._found[view] = found
        return found

    def _find(self, view: View) -> tuple[Line, ...]:
        fits = finder(view.words)
        places = [
            place for place, row in enumerate(self.rows) if _wanted(row, view) and fits(self.texts[place])
        ]
        if view.order is not Order.STATUS:
            places.sort(key=lambda place: _SORTS[view.order](self.rows[place]))
        return _grouped(self.rows, places) if view.grouped else tuple(Line((place,)) for place in places)

    def chosen(self, ticks: Mapping[str, bool]) -> tuple[bool, ...]:
        """Say of each row whether its box is checked: as a person left it, else the default."""
        chosen = list(self._defaults)
        for key, value in ticks.items():
            place = self._places.get(key)
            if place is not None and self.selectable[place]:
                chosen[place] = value
        return tuple(chosen)

    def add_up_chosen(self, chosen: Sequence[bool]) -> Sums:
        """Sum up the chosen rows; where few differ from the default, only those are counted anew."""
        other = [place for place, box in enumerate(chosen) if box is not self._defaults[place]]
        if len(self.rows) < _MANY or len(other) > _FEW:
            return add_up(compress(self.rows, chosen))
        more = add_up(self.rows[place] for place in other if chosen[place])
        less = add_up(self.rows[place] for place in other if not chosen[place])
        base = self._default_sums
        money = {
            code: sum_ + more.money.get(code, _NOTHING) - less.money.get(code, _NOTHING)
            for code, sum_ in {**dict.fromkeys(more.money, _NOTHING), **base.money}.items()
        }
        return Sums(
            base.rows + more.rows - less.rows,
            base.seats_now + more.seats_now - less.seats_now,
            base.seats_new + more.seats_new - less.seats_new,
            base.difference + more.difference - less.difference,
            money,
            base.silent + more.silent - less.silent,
        )


def _wanted(row: PreviewRow, view: View) -> bool:
    return (
        (not view.statuses or row.status in view.statuses)
        and (not view.companies or (row.company is not None and row.company.id in view.companies))
        and (not view.licenses or any(part.tier in view.licenses for part in row.parts))
    )


def _text(row: PreviewRow) -> str:
    said = [row.company.name if row.company else ""]
    said += [row.product.identifier, row.product.description] if row.product else []
    said += [row.agreement.name] if row.agreement else []
    said += [text for part in row.parts for text in (part.tenant, part.portal, part.tier)]
    return "\n".join(said).casefold()


def client_of(row: PreviewRow) -> str:
    """Name whose row it is: the company, or the tenants while that is not known."""
    return row.company.name if row.company else " + ".join(dict.fromkeys(part.tenant for part in row.parts))


def _effect(row: PreviewRow) -> Decimal:
    return abs(row.monthly_delta) if row.monthly_delta is not None else Decimal(-1)


# The preview's own order is by status; ties keep it, since sorting is stable.
_SORTS: Mapping[Order, Callable[[PreviewRow], Any]] = {
    Order.CLIENT: lambda row: client_of(row).casefold(),
    Order.RISE: lambda row: -(row.difference or _NOTHING),
    Order.FALL: lambda row: row.difference or _NOTHING,
    Order.MONEY: lambda row: -_effect(row),
}


def _grouped(rows: Sequence[PreviewRow], places: Iterable[int]) -> tuple[Line, ...]:
    """Put the rows of one client together, where its first row stands, under a line for all of them."""
    groups: dict[object, list[int]] = {}
    for place in places:
        company = rows[place].company
        groups.setdefault(company.id if company else rows[place].key, []).append(place)
    lines: list[Line] = []
    for group in groups.values():
        several = len(group) > 1
        if several:
            lines.append(Line(tuple(group), client=True))
        lines.extend(Line((place,), member=several) for place in group)
    return tuple(lines)


def by_status(rows: Iterable[PreviewRow]) -> dict[Status, Sums]:
    """Sum up the rows of each status that occurs, in the order of the statuses."""
    sorted_: dict[Status, list[PreviewRow]] = {}
    for row in rows:
        sorted_.setdefault(row.status, []).append(row)
    return {status: add_up(sorted_[status]) for status in Status if status in sorted_}
