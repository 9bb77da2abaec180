"""Writing additions: what a POST and a PATCH may do, and the rules that refuse them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from seatsync.simulator.bodies import read_body, read_object, read_operations, read_value
from seatsync.simulator.book import Record, SimulatedBook
from seatsync.simulator.refusals import FieldRefusal, Refusal, invalid_addition, unknown_member
from seatsync.simulator.schema import schema
from seatsync.simulator.views import agreement_status, day_of

API_MEMBER: Final = "seatsync-api"
SOMEONE_ELSE: Final = "frontdesk"

BEFORE_BILLING_START: Final = "effectiveDate cannot be less than the agreement billing start date"
ALREADY_INVOICED: Final = (
    "Since this period has already been invoiced there will not be an invoice generated for additional "
    "products for this period. Please prorate the agreement or update the start date to on or after the Next "
    "Invoice Date."
)


def stamp(by: str) -> dict[str, str]:
    """Return the ``_info`` of a record that ``by`` changes now."""
    return {"lastUpdated": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "updatedBy": by}


def create(book: SimulatedBook, agreement: int, body: bytes, today: date) -> Record:
    """Read a POST body into a new line, not stored yet; unset members come from the catalogue.

    Raises Refusal.
    """
    sent = {k: v for k, v in read_object(read_body(body), "Addition", body).items() if v is not None}
    _require(sent)
    product = _product(book, sent["product"])
    defaults = {
        "quantity": Decimal(1),
        "lessIncluded": Decimal(0),
        "effectiveDate": f"{today}T00:00:00Z",
        "sequenceNumber": Decimal(len(book.additions.get(agreement, {})) + 1),
        "prorateCurrentPeriodFlag": False,
    }
    line = {**defaults, **_from_catalogue(product), **sent, "product": {"id": product["id"]}}
    touched = frozenset({*line, "product"})
    _check(book, book.agreements[agreement], line, touched, today)
    return {"id": book.next_addition_id(), **line, "agreementId": agreement, "_info": stamp(API_MEMBER)}


def patch(book: SimulatedBook, line: Record, body: bytes, today: date) -> Record:
    """Apply a PATCH body to a copy of a line and return the copy, not stored yet.

    A computed member or a sub-path such as ``product/id`` changes nothing and still counts as success, as on
    the vendor's server. Raises Refusal.
    """
    changed: Record = dict(line)
    operations = read_operations(read_body(body), body)
    touched = {name for op in operations if (name := _apply(op, changed, body))}
    _require(changed)
    if "product" in touched:
        product = _product(book, changed["product"])
        changed["product"] = {"id": product["id"]}
        changed |= {k: v for k, v in _from_catalogue(product).items() if k not in touched}
    _check(book, book.agreements[line["agreementId"]], changed, frozenset(touched), today)
    return {**changed, "_info": stamp(API_MEMBER)}


def refuse_delete(book: SimulatedBook, line: Record) -> None:
    """Refuse, where the book says so, to delete a line that an invoice carries. Raises Refusal."""
    start = day_of(line.get("effectiveDate"))
    next_invoice = day_of(book.agreements[line["agreementId"]].get("nextInvoiceDate"))
    if book.quirks.keep_invoiced_lines and start and next_invoice and start < next_invoice:
        # Invented text: no public source shows what the vendor answers here.
        raise invalid_addition(FieldRefusal("InvalidField", "The addition has been invoiced.", "id"))


def _apply(operation: Mapping[str, Any], line: Record, body: bytes) -> str:
    path = str(operation["path"]).removeprefix("/")
    name, _, rest = path.partition("/")
    member = schema("Addition").get(name)
    if member is None:
        raise unknown_member(name, "Addition", body.decode("utf-8", "replace").find(path))
    if member.computed or rest:
        return ""
    value = None if operation["op"] == "remove" else read_value(name, member, operation.get("value"), body)
    if value is None:
        line.pop(name, None)
    else:
        line[name] = value
    return name


def _require(line: Mapping[str, Any]) -> None:
    missing = [
        FieldRefusal("MissingRequiredField", f"The {name} field is required.", name)
        for name, member in schema("Addition").items()
        if member.required and line.get(name) is None
    ]
    if missing:
        raise invalid_addition(*missing)


def _product(book: SimulatedBook, reference: Mapping[str, Any]) -> Record:
    for product in book.catalog.values():
        if product["id"] == reference.get("id") or (
            reference.get("id") is None and product["identifier"] == reference.get("identifier")
        ):
            return product
    raise _invalid("product", "The product could not be found.")


def _from_catalogue(product: Record) -> Record:
    taken = {
        "description": product.get("description"),
        "invoiceDescription": product.get("customerDescription") or product.get("description"),
        "unitPrice": product.get("price") or Decimal(0),
        "unitCost": product.get("cost") or Decimal(0),
        "taxableFlag": product.get("taxableFlag", False),
    }
    return {name: value for name, value in taken.items() if value is not None}


def _check(
    book: SimulatedBook, agreement: Record, line: Record, touched: frozenset[str], today: date
) -> None:
    whole = book.quirks.validate_whole_record
    problems = [*_billing_start(agreement, line, touched if not whole else frozenset({"effectiveDate"}))]
    problems += _invoiced(agreement, line, touched)
    problems += _invented_rules(book, agreement, line, touched, today)
    if problems:
        raise invalid_addition(*problems)


def _billing_start(agreement: Record, line: Record, touched: Iterable[str]) -> Sequence[FieldRefusal]:
    start, billing = day_of(line.get("effectiveDate")), day_of(agreement.get("billStartDate"))
    if "effectiveDate" in touched and start and billing and start < billing:
        return [FieldRefusal("InvalidField", BEFORE_BILLING_START, "effectiveDate")]
    return []


def _invoiced(agreement: Record, line: Record, touched: Iterable[str]) -> Sequence[FieldRefusal]:
    # Judged only when the date is being set: every older line began in a period that was invoiced since.
    start, invoiced_to = day_of(line.get("effectiveDate")), day_of(agreement.get("nextInvoiceDate"))
    if agreement.get("prorateFlag") or "effectiveDate" not in touched or not (start and invoiced_to):
        return []
    return [FieldRefusal("InvalidField", ALREADY_INVOICED, "effectiveDate")] if start < invoiced_to else []


def _invented_rules(
    book: SimulatedBook, agreement: Record, line: Record, touched: frozenset[str], today: date
) -> Sequence[FieldRefusal]:
    """Rules that surely exist, in words of the simulator's own: no public source shows the vendor's."""
    start, cancelled = day_of(line.get("effectiveDate")), day_of(line.get("cancelledDate"))
    end = None if agreement.get("noEndingDateFlag") else day_of(agreement.get("endDate"))
    product = book.catalog[line["product"]["id"]]
    texts: list[tuple[str, str]] = []
    if start and cancelled and cancelled < start and touched & {"effectiveDate", "cancelledDate"}:
        texts.append(("cancelledDate", "cancelledDate cannot be less than effectiveDate"))
    if start and end and start > end and "effectiveDate" in touched:
        texts.append(("effectiveDate", "effectiveDate cannot be greater than the agreement end date"))
    if "product" in touched and product.get("inactiveFlag"):
        texts.append(("product", "The product is inactive."))
    if "product" in touched and product.get("productClass") == "Bundle":
        texts.append(("product", "A bundle cannot be an addition."))
    if "product" in touched and agreement_status(agreement, today) == "Cancelled":
        texts.append(("agreementId", "The agreement is cancelled."))
    return [FieldRefusal("InvalidField", text, name) for name, text in texts]


def _invalid(name: str, text: str) -> Refusal:
    return invalid_addition(FieldRefusal("InvalidField", text, name))
