"""What may be asked of the kept exports, and how a question stands in a page's address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from seatsync.holdings import File, Holdings
from seatsync.months import stand_for_months

T = TypeVar("T", bound=StrEnum)

SHOWN = 12
"""How many of the last columns are shown unless others are asked for."""


class Dimension(StrEnum):
    """What the rows of a pivot are."""

    COMPANY = "company"
    TENANT = "tenant"
    LICENSE = "license"
    PRODUCT = "product"

    @property
    def label(self) -> str:
        """The word on screen."""
        return self.value.capitalize()

    @property
    def plural(self) -> str:
        """The word for several."""
        return "companies" if self is Dimension.COMPANY else f"{self.value}s"

    @property
    def unnamed(self) -> str:
        """What a row is called whose value is not known."""
        return _UNNAMED[self]


_UNNAMED = {
    Dimension.COMPANY: "Not linked",
    Dimension.TENANT: "No name",
    Dimension.LICENSE: "No license",
    Dimension.PRODUCT: "Not mapped",
}


class Measure(StrEnum):
    """What the cells of a pivot say; a change is against the column before."""

    SEATS = "seats"
    SEAT_CHANGE = "seat-change"
    MONEY = "money"
    MONEY_CHANGE = "money-change"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _MEASURES[self]

    @property
    def of_money(self) -> bool:
        """Whether the cells are money, of one currency."""
        return self in (Measure.MONEY, Measure.MONEY_CHANGE)

    @property
    def of_change(self) -> bool:
        """Whether the cells are changes."""
        return self in (Measure.SEAT_CHANGE, Measure.MONEY_CHANGE)


_MEASURES = {
    Measure.SEATS: "Seats",
    Measure.SEAT_CHANGE: "Change of seats",
    Measure.MONEY: "Monthly money",
    Measure.MONEY_CHANGE: "Change of money",
}


class Order(StrEnum):
    """How the rows of a pivot are sorted."""

    SIZE = "size"
    CHANGE = "change"
    NAME = "name"

    @property
    def label(self) -> str:
        """The words on screen."""
        return {"size": "Largest first", "change": "Largest change", "name": "Name"}[self.value]


class Drawing(StrEnum):
    """How a pivot is drawn."""

    STACKED = "stacked"
    LINES = "lines"
    NONE = "none"

    @property
    def label(self) -> str:
        """The word on screen."""
        return {"stacked": "Stacked", "lines": "Lines", "none": "No chart"}[self.value]


@dataclass(frozen=True, slots=True)
class Column:
    """A month, or one of its exports where each has a column: ``key`` names it in an address.

    ``file`` is the place of its export in the holdings; ``whole`` says that what it lacks is gone.
    """

    key: str
    label: str
    file: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``columns`` are in time order; of changes, the first is only what the next changed from.

    Every one of ``words`` has to occur in a strand; only ``licenses`` are looked at, unless there are none.
    """

    dimension: Dimension
    measure: Measure
    columns: tuple[Column, ...]
    words: str = ""
    licenses: tuple[str, ...] = ()
    currency: str = ""
    order: Order = Order.SIZE


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an address asks it, with what can be chosen instead.

    ``first`` and ``last`` are the columns from which to which is shown. ``row`` is the key of the pivot row
    whose seat rows are shown, None without one.
    """

    question: Question
    columns: Sequence[Column]
    first: Column
    last: Column
    currencies: Sequence[str]
    licenses: Sequence[str]
    several: bool
    every_file: bool
    drawing: Drawing
    row: str | None

    @property
    def shown(self) -> Sequence[Column]:
        """The columns from the first to the last that is asked for."""
        return self.columns[self.columns.index(self.first) : self.columns.index(self.last) + 1]


def list_columns(files: Sequence[File], *, every_file: bool = False, whole: bool = False) -> list[Column]:
    """List the months, each with the file that stands for it; with ``every_file`` all files, in time order.

    With ``whole``, months without a whole file are left out.
    """
    dated = [file.dated for file in files]
    if not every_file:
        places = stand_for_months(dated)
        months = [(str(dated[place].month), place) for place in places]
        listed = [Column(month, month, place, dated[place].whole) for month, place in months]
        return [column for column in listed if column.whole or not whole]
    found: list[Column] = []
    taken: dict[str, int] = {}
    for place, each in enumerate(dated):
        at = str(each.at)
        taken[at] = taken.get(at, 0) + 1
        label = at if taken[at] == 1 else f"{at} · {taken[at]}"
        found.append(Column(f"{at}~{each.export.id}", label, place, each.whole))
    return found


def list_currencies(holdings: Holdings) -> list[str]:
    """List the currencies of the strands, the team's own first."""
    found = {strand.currency for strand in holdings.strands if strand.currency}
    return sorted(found or {holdings.currency}, key=lambda code: (code != holdings.currency, code))


def list_licenses(holdings: Holdings) -> list[str]:
    """List the licenses with seats that count, by name."""
    return sorted(
        {each.tier for each in holdings.strands if any(each.seats)}, key=lambda t: (t.casefold(), t)
    )


def read_address(given: Mapping[str, Sequence[str]], holdings: Holdings) -> Asked:
    """Read a question from the parameters of an address; what is unknown or outdated is as if not given.

    The holdings hold at least one file.
    """

    def last_of(name: str) -> str:
        return next(reversed(given.get(name, ())), "")

    several = len(list_columns(holdings.files)) < len(holdings.files)
    every_file = several and last_of("files") == "all"
    columns = list_columns(holdings.files, every_file=every_file)
    first, last = _range(columns, last_of("from"), last_of("to"))
    measure = _one(Measure, last_of("measure"), Measure.SEATS)
    currencies, licenses = list_currencies(holdings), list_licenses(holdings)
    asked = last_of("currency")
    begin, end = columns.index(first), columns.index(last)
    question = Question(
        _one(Dimension, last_of("by"), Dimension.COMPANY),
        measure,
        tuple(columns[max(begin - measure.of_change, 0) : end + 1]),
        last_of("find"),
        tuple(tier for tier in licenses if tier in given.get("license", ())),
        asked if asked in currencies else currencies[0],
        _one(Order, last_of("sort"), Order.CHANGE if measure.of_change else Order.SIZE),
    )
    return Asked(
        question,
        columns,
        first,
        last,
        currencies,
        licenses,
        several,
        every_file,
        _one(Drawing, last_of("chart"), Drawing.STACKED),
        last_of("row") if given.get("row") else None,
    )


def _range(columns: Sequence[Column], first: str, last: str) -> tuple[Column, Column]:
    places = {column.key: place for place, column in enumerate(columns)}
    end = places.get(last, len(columns) - 1)
    begin = places.get(first, max(0, end + 1 - SHOWN))
    return columns[begin if begin <= end else max(0, end + 1 - SHOWN)], columns[end]


def _one(kind: type[T], given: str, default: T) -> T:
    return kind(given) if given in set(kind) else default
