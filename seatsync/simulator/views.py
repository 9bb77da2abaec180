"""Records as ConnectWise answers with them: names behind references, computed members, nothing unset."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from seatsync.simulator.book import Record, SimulatedBook
from seatsync.simulator.schema import schema

_CENT: Final = Decimal("0.01")


def day_of(value: object) -> date | None:
    """Return the calendar day of a stored date: its first ten characters."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


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


def show(book: SimulatedBook, type_name: str, record: Record, today: date) -> Record:
    """Return a stored record as an answer holds it."""
    match type_name:
        case "Agreement":
            shown = _agreement(book, record, today)
        case "Addition":
            shown = _addition(book, record, today)
        case "Company":
            shown = {**record, "currency": _named(book.currencies, record.get("currency"))}
        case _:
            shown = dict(record)
    return _unset(shown, type_name, blank=book.quirks.unset_as_blank)


def _agreement(book: SimulatedBook, record: Record, today: date) -> Record:
    return {
        **record,
        "company": _named(book.companies, record.get("company"), "identifier", "name"),
        "type": _named(book.agreement_types, record.get("type"), "name"),
        "parentAgreement": _parent(book, record.get("parentAgreement")),
        "currency": _named(book.currencies, record.get("currency")),
        "agreementStatus": agreement_status(record, today),
    }


def _addition(book: SimulatedBook, record: Record, today: date) -> Record:
    agreement = book.agreements[record["agreementId"]]
    quantity = record.get("quantity") or Decimal(0)
    included = record.get("lessIncluded") or Decimal(0)
    price, cost = record.get("unitPrice") or Decimal(0), record.get("unitCost") or Decimal(0)
    share = _period_share(agreement, record, today)
    return {
        **record,
        "product": _named(book.catalog, record.get("product"), "identifier", "serializedFlag"),
        "billedQuantity": quantity - included,
        "extPrice": quantity * price,
        "extCost": quantity * cost,
        "margin": quantity * (price - cost),
        "prorateCost": (cost * share).quantize(_CENT),
        "proratePrice": (price * share).quantize(_CENT),
        "extendedProrateCost": (cost * share * quantity).quantize(_CENT),
        "extendedProratePrice": (price * share * quantity).quantize(_CENT),
        "agreementStatus": agreement_status(agreement, today),
    }


def _period_share(agreement: Record, addition: Record, today: date) -> Decimal:
    """Return the part of this month that a prorated line bills when it starts after the month's first day."""
    start = day_of(addition.get("effectiveDate"))
    if not agreement.get("prorateFlag") or start is None:
        return Decimal(0)
    if (start.year, start.month) != (today.year, today.month) or start.day == 1:
        return Decimal(0)
    days = monthrange(start.year, start.month)[1]
    return Decimal(days - start.day + 1) / days


def _named(records: Mapping[int, Record], reference: Any, *names: str) -> Record | None:
    if not isinstance(reference, dict):
        return None
    target = records.get(reference["id"], reference)
    members = names or tuple(name for name in target if name not in ("id", "_info"))
    return {"id": reference["id"], **{name: target[name] for name in members if target.get(name) is not None}}


def _parent(book: SimulatedBook, reference: Any) -> Record | None:
    if not isinstance(reference, dict):
        return None
    parent = book.agreements[reference["id"]]
    type_name = book.agreement_types[parent["type"]["id"]]["name"]
    return {"id": reference["id"], "name": parent["name"], "type": type_name, "chargeFirmFlag": False}


def _unset(record: Record, type_name: str, *, blank: bool) -> Record:
    shown = {name: value for name, value in record.items() if value is not None}
    if blank:
        unset = {name: "" for name, m in schema(type_name).items() if m.kind in ("text", "day")}
        shown = {**unset, **shown}
    return shown
