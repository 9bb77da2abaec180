"""Creating, replacing and patching records: what a body may do, and what is filled in for it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from seatsync.simulator.bodies import read_body, read_object, read_operations, read_value
from seatsync.simulator.book import CARRIED, Record, SimulatedBook
from seatsync.simulator.refusals import FieldRefusal, invalid, invalid_field, unknown_member
from seatsync.simulator.rules import check
from seatsync.simulator.schema import schema

API_MEMBER: Final = "seatsync-api"
SOMEONE_ELSE: Final = "frontdesk"

_FROM_AGREEMENT_TYPE: Final = (
    *("employeeCompRate", "employeeCompNotExceed", "invoicingCycle", "billTime", "billExpenses"),
    *("billProducts", "billingCycle", "applicationUnits", "applicationCycle", "prorateFlag"),
)


def stamp(by: str) -> dict[str, str]:
    """Return the ``_info`` of a record that ``by`` changes now."""
    return {"lastUpdated": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "updatedBy": by}


def create(book: SimulatedBook, type_name: str, body: bytes, today: date, agreement: int = 0) -> Record:
    """Read a POST body into a new record without an id, not stored yet; what is unset gets its default.

    ``agreement`` is the owner of an addition. Raises Refusal.
    """
    sent = _read_whole(type_name, body)
    _require(type_name, sent)
    settle_references(book, type_name, sent, sent)
    record = {**_defaults(book, type_name, sent, today, agreement), **sent}
    if agreement:
        record["agreementId"] = agreement
    check(book, type_name, record, frozenset(record), today)
    return {**record, "_info": stamp(API_MEMBER)}


def replace(book: SimulatedBook, type_name: str, stored: Record, body: bytes, today: date) -> Record:
    """Read a PUT body into the record that takes the place of a stored one, not stored yet.

    Members left out are unset, price and cost too, but for those that the server works out. Raises Refusal.
    """
    sent = _read_whole(type_name, body)
    _require(type_name, sent, put=True)
    settle_references(book, type_name, sent, sent)
    kept = {name: value for name, value in stored.items() if schema(type_name)[name].computed}
    record = {**kept, **sent}
    check(book, type_name, record, frozenset(sent), today)
    return {**record, "_info": stamp(API_MEMBER)}


def patch(book: SimulatedBook, type_name: str, stored: Record, body: bytes, today: date) -> Record:
    """Apply a PATCH body to a copy of a record and return the copy, not stored yet.

    A computed member or a sub-path such as ``product/id`` changes nothing and still counts as success, as on
    the vendor's server. Raises Refusal.
    """
    changed: Record = dict(stored)
    operations = read_operations(read_body(body), body)
    touched = {name for op in operations if (name := _apply(type_name, op, changed, body))}
    _require(type_name, changed, frozenset(touched) if type_name != "Addition" else None)
    settle_references(book, type_name, changed, touched)
    if type_name == "Addition" and "product" in touched:
        product = book.catalog[changed["product"]["id"]]
        changed |= {k: v for k, v in _from_catalogue(product).items() if k not in touched}
    check(book, type_name, changed, frozenset(touched), today)
    return {**changed, "_info": stamp(API_MEMBER)}


def settle_references(book: SimulatedBook, type_name: str, record: Record, names: Iterable[str]) -> None:
    """Turn references to records of the book, by id, identifier or name, into their ids. Raises Refusal."""
    for name in list(names):
        member, reference = schema(type_name)[name], record.get(name)
        if member.kind != "ref" or reference is None:
            continue
        if member.of in CARRIED:
            target = _referenced(book.collection(CARRIED[member.of]), reference)
            found = None if target is None else {"id": target["id"]}
        else:
            found = reference if reference.get("id") is not None else None
        if found is None:
            raise invalid_field(type_name, name, f"The {name} could not be found.")
        record[name] = found


def _referenced(records: Mapping[int, Record], reference: Mapping[str, Any]) -> Record | None:
    if reference.get("id") is not None:
        return records.get(reference["id"])
    for name in ("identifier", "name"):
        if text := reference.get(name):
            return next((record for record in records.values() if record.get(name) == text), None)
    return None


def _read_whole(type_name: str, body: bytes) -> Record:
    read = read_object(read_body(body), type_name, body)
    return {name: value for name, value in read.items() if value is not None}


def _apply(type_name: str, operation: Mapping[str, Any], record: Record, body: bytes) -> str:
    path = str(operation["path"]).removeprefix("/")
    name, _, rest = path.partition("/")
    member = schema(type_name).get(name)
    if member is None:
        raise unknown_member(name, type_name, body.decode("utf-8", "replace").find(path))
    if member.computed or rest:
        return ""
    removed = operation["op"] == "remove"
    value = None if removed else read_value(name, member, operation.get("value"), body, type_name)
    if value is None:
        record.pop(name, None)
    else:
        record[name] = value
    return name


def _require(
    type_name: str, record: Mapping[str, Any], among: frozenset[str] | None = None, *, put: bool = False
) -> None:
    missing = [
        FieldRefusal("MissingRequiredField", f"The {name} field is required.", name)
        for name, member in schema(type_name).items()
        if (member.required or (put and member.required_by_put))
        and record.get(name) is None
        and (among is None or name in among)
    ]
    if missing:
        raise invalid(type_name, *missing)


def _defaults(book: SimulatedBook, type_name: str, sent: Record, today: date, agreement: int) -> Record:
    now = f"{today}T00:00:00Z"
    match type_name:
        case "Addition":
            return {
                "quantity": Decimal(1),
                "lessIncluded": Decimal(0),
                "effectiveDate": now,
                "sequenceNumber": Decimal(len(book.lines(agreement)) + 1),
                "prorateCurrentPeriodFlag": False,
                **_from_catalogue(book.catalog[sent["product"]["id"]]),
            }
        case "Agreement":
            kind = book.agreement_types[sent["type"]["id"]]
            billing = sent.get("billStartDate", now)
            return {
                **{name: kind[name] for name in _FROM_AGREEMENT_TYPE if kind.get(name) is not None},
                "startDate": now,
                "billStartDate": billing,
                "nextInvoiceDate": billing,
                "noEndingDateFlag": "endDate" not in sent,
                "cancelledFlag": False,
            }
        case "AgreementType":
            return {"defaultFlag": False, "inactiveFlag": False}
        case _:
            return {"productClass": "NonInventory", "inactiveFlag": False, "serializedFlag": False}


def _from_catalogue(product: Record) -> Record:
    taken = {
        "description": product.get("description"),
        "invoiceDescription": product.get("customerDescription") or product.get("description"),
        "unitPrice": product.get("price") or Decimal(0),
        "unitCost": product.get("cost") or Decimal(0),
        "taxableFlag": product.get("taxableFlag", False),
    }
    return {name: value for name, value in taken.items() if value is not None}
