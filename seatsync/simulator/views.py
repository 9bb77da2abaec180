"""Records as ConnectWise answers with them: names behind references, computed members, nothing unset."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Any, Final

from seatsync.simulator.book import CARRIED, Record, SimulatedBook
from seatsync.simulator.schema import SCHEMAS, schema

Work = Callable[[SimulatedBook, Record, date], Any]

_CENT: Final = Decimal("0.01")
# Wide enough for the product of any two doubles: an absurd quantity must not fail the answer.
_WIDE: Final = Context(prec=2000, rounding=ROUND_HALF_EVEN)


def day_of(value: object) -> date | None:
    """Return the calendar day of a stored date: its first ten characters; None where there is none."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None
    except ValueError:
        return None


def id_of(reference: object) -> int:
    """Return the id in a reference; 0, which no record has, where there is none."""
    found = reference.get("id") if isinstance(reference, dict) else None
    return found if isinstance(found, int) else 0


def agreement_status(agreement: Mapping[str, Any], today: date) -> str:
    """Work out the status that ConnectWise derives from the flag and the dates."""
    start, end = day_of(agreement.get("startDate")), day_of(agreement.get("endDate"))
    if agreement.get("cancelledFlag"):
        return "Cancelled"
    if start is not None and start > today:
        return "Inactive"
    if end is not None and not agreement.get("noEndingDateFlag") and end < today:
        return "Expired"
    return "Active"


def show(
    book: SimulatedBook, type_name: str, record: Record, today: date, names: tuple[str, ...] | None = None
) -> Record:
    """Return a stored record as an answer holds it, or only the members of those names."""
    if names is None:
        worked = {name: work(book, record, today) for name, work in _WORKED_OUT[type_name].items()}
        shown = {name: value for name, value in {**record, **worked}.items() if value is not None}
    else:
        shown = {}
        for name, work in _plan(type_name, names):
            value = record.get(name) if work is None else work(book, record, today)
            if value is not None:
                shown[name] = value
    if book.quirks.unset_as_blank:
        unset = [name for name in _blanks(type_name) if names is None or name in names]
        shown = {**dict.fromkeys(unset, ""), **shown}
    return shown


@lru_cache(maxsize=512)
def _plan(type_name: str, names: tuple[str, ...]) -> tuple[tuple[str, Work | None], ...]:
    """Return the named members that the type has, each with the work that it takes."""
    members, worked = schema(type_name), _WORKED_OUT[type_name]
    return tuple((name, worked.get(name)) for name in names if name in members)


@lru_cache
def _blanks(type_name: str) -> tuple[str, ...]:
    return tuple(name for name, member in schema(type_name).items() if member.kind in ("text", "day"))


def _decimal(record: Record, name: str) -> Decimal:
    value = record.get(name)
    return value if isinstance(value, Decimal) else Decimal(0)


def _seats(line: Record) -> Decimal:
    return _decimal(line, "quantity")


def _billed(_book: SimulatedBook, line: Record, _today: date) -> Decimal:
    return _WIDE.subtract(_seats(line), _decimal(line, "lessIncluded"))


def _extended(unit: str) -> Work:
    def work(_book: SimulatedBook, line: Record, _today: date) -> Decimal:
        return _WIDE.multiply(_seats(line), _decimal(line, unit))

    return work


def _margin(_book: SimulatedBook, line: Record, _today: date) -> Decimal:
    each = _WIDE.subtract(_decimal(line, "unitPrice"), _decimal(line, "unitCost"))
    return _WIDE.multiply(_seats(line), each)


def _prorated(unit: str, *, extended: bool) -> Work:
    def work(book: SimulatedBook, line: Record, today: date) -> Decimal:
        days, month = _days_to_bill(book.agreements.get(line["agreementId"], {}), line, today)
        amount = _WIDE.multiply(_decimal(line, unit), Decimal(days))
        if extended:
            amount = _WIDE.multiply(amount, _seats(line))
        return _WIDE.quantize(_WIDE.divide(amount, Decimal(month)), _CENT)

    return work


def _days_to_bill(agreement: Record, addition: Record, today: date) -> tuple[int, int]:
    """Return how many days of its month a prorated line bills that starts within this one, of how many."""
    start = day_of(addition.get("effectiveDate"))
    if not agreement.get("prorateFlag") or start is None:
        return 0, 1
    if (start.year, start.month) != (today.year, today.month) or start.day == 1:
        return 0, 1
    days = monthrange(start.year, start.month)[1]
    return days - start.day + 1, days


def _status_of_owner(book: SimulatedBook, line: Record, today: date) -> str:
    return agreement_status(book.agreements.get(line["agreementId"], {}), today)


def _status(_book: SimulatedBook, agreement: Record, today: date) -> str:
    return agreement_status(agreement, today)


def _parent(book: SimulatedBook, agreement: Record, _today: date) -> Record | None:
    reference = agreement.get("parentAgreement")
    if not isinstance(reference, dict):
        return None
    parent = book.agreements.get(reference["id"], {})
    kind = book.agreement_types.get(id_of(parent.get("type")), {})
    shown = {"id": reference["id"], "name": parent.get("name"), "type": kind.get("name")}
    return {name: value for name, value in {**shown, "chargeFirmFlag": False}.items() if value is not None}


def _named(name: str, of: str) -> Work:
    """Show the present names of a referenced record, or the reference as stored where it is gone."""
    collection, members = CARRIED[of], tuple(name for name in schema(of) if name not in ("id", "_info"))

    def work(book: SimulatedBook, record: Record, _today: date) -> Record | None:
        reference = record.get(name)
        if reference is None:
            return None
        number = reference.get("id")
        target: Record = book.collection(collection).get(number) or reference
        shown = {"id": number}
        for member in members:
            value = target.get(member)
            if value is not None:
                shown[member] = value
        return shown

    return work


_COMPUTED: Final[Mapping[str, Mapping[str, Work]]] = {
    "Agreement": {"parentAgreement": _parent, "agreementStatus": _status},
    "Addition": {
        "billedQuantity": _billed,
        "extPrice": _extended("unitPrice"),
        "extCost": _extended("unitCost"),
        "margin": _margin,
        "prorateCost": _prorated("unitCost", extended=False),
        "proratePrice": _prorated("unitPrice", extended=False),
        "extendedProrateCost": _prorated("unitCost", extended=True),
        "extendedProratePrice": _prorated("unitPrice", extended=True),
        "agreementStatus": _status_of_owner,
    },
}
_WORKED_OUT: Final[Mapping[str, Mapping[str, Work]]] = {
    type_name: {
        **{name: _named(name, m.of) for name, m in members.items() if m.kind == "ref" and m.of in CARRIED},
        **_COMPUTED.get(type_name, {}),
    }
    for type_name, members in SCHEMAS.items()
}
