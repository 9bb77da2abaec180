"""The JSON of ConnectWise to records and back: the only place that knows the API's field names."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from seatsync.connectwise.row import Row
from seatsync.errors import ConnectWiseError
from seatsync.model import (
    BILLABLE,
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Company,
    CompanyId,
    Product,
    ProductId,
)

AGREEMENT_FIELDS = (
    "id,name,type,company,agreementStatus,cancelledFlag,startDate,endDate,noEndingDateFlag,billStartDate,"
    "nextInvoiceDate,prorateFlag,billingCycle,currency,parentAgreement,_info"
)
ADDITION_FIELDS = (
    "id,agreementId,product,quantity,lessIncluded,unitPrice,billCustomer,"
    "effectiveDate,cancelledDate,description"
)
LIVE_ADDITION_FIELDS = f"{ADDITION_FIELDS},unitCost,serialNumber"
COMPANY_FIELDS = "id,identifier,name,deletedFlag,website"
PRODUCT_FIELDS = "id,identifier,description,price,inactiveFlag,productClass"
TYPE_FIELDS = "id,name"

Json = None | bool | int | str | Decimal | Sequence["Json"] | Mapping[str, "Json"]


def count(body: object) -> int:
    """Take the answer of a count. Raises ConnectWiseError."""
    number = Row(body, "a count").number("count") if isinstance(body, dict) else None
    if number is None or number != number.to_integral_value():
        raise ConnectWiseError("ConnectWise sent something else than a count. Try again.")
    return int(number)


def codebase(body: object) -> str:
    """Take the codebase from the company's discovery record; empty when it names none."""
    return Row(body, "the discovery record").text("Codebase") if isinstance(body, dict) else ""


def company(row: Row) -> Company:
    """Read a company, or a reference to one."""
    name = row.text("name") or row.text("identifier")
    return Company(
        CompanyId(row.id()), name, row.text("identifier"), row.flag("deletedFlag"), row.text("website")
    )


def agreement(row: Row) -> Agreement:
    """Read an agreement."""
    parent = row.reference("parentAgreement")
    record = row.reference("_info")
    return Agreement(
        id=AgreementId(row.id()),
        name=row.text("name"),
        company_id=CompanyId(row.required("company").id()),
        type_name=_name(row.reference("type")),
        status=row.text("agreementStatus"),
        cancelled=row.flag("cancelledFlag"),
        start=row.day("startDate"),
        end=row.day("endDate"),
        no_end=row.flag("noEndingDateFlag"),
        bill_start=row.day("billStartDate"),
        next_invoice=row.day_if_clear("nextInvoiceDate"),
        prorate=row.flag("prorateFlag"),
        cycle=_name(row.reference("billingCycle")),
        currency=_currency(row.reference("currency")),
        parent_id=AgreementId(parent.id()) if parent and parent.values.get("id") else None,
        updated=record.moment("lastUpdated") if record else None,
    )


def addition(row: Row, asked: AgreementId) -> Addition:
    """Read a line; one that names no agreement belongs to the agreement asked for."""
    return Addition(
        id=AdditionId(row.id()),
        agreement_id=AgreementId(row.id("agreementId")) if row.values.get("agreementId") else asked,
        product_id=ProductId(row.required("product").id()),
        quantity=row.number("quantity") or Decimal(0),
        less_included=row.number("lessIncluded") or Decimal(0),
        unit_price=row.number("unitPrice"),
        bill_customer=row.text("billCustomer"),
        effective=row.day("effectiveDate"),
        cancelled=row.day("cancelledDate"),
        description=row.text("description"),
        unit_cost=row.number("unitCost"),
        serial=row.text("serialNumber"),
    )


def product(row: Row) -> Product:
    """Read a catalogue product."""
    return Product(
        ProductId(row.id()),
        row.text("identifier"),
        row.text("description"),
        row.number("price"),
        row.flag("inactiveFlag"),
    )


def quantity_patch(quantity: Decimal) -> str:
    """Write the body that replaces a line's quantity."""
    return _dump([{"op": "replace", "path": "quantity", "value": quantity}])


def cancel_patch(day: date | None) -> str:
    """Write the body that sets the last day on which a line bills, or takes it back.

    A date of null would break the published type of the member; no source shows either way at work.
    """
    if day is None:
        return _dump([{"op": "remove", "path": "cancelledDate"}])
    return _dump([{"op": "replace", "path": "cancelledDate", "value": _midnight(day)}])


def new_addition(product_id: ProductId, quantity: Decimal, effective: date, serial: str = "") -> str:
    """Write the body that adds a billable line at the catalogue's price; a blank ``serial`` is left out."""
    return _dump(
        {
            "product": {"id": product_id},
            "quantity": quantity,
            "billCustomer": BILLABLE,
            "effectiveDate": _midnight(effective),
            **({"serialNumber": serial} if serial else {}),
        }
    )


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _name(reference: Row | None) -> str:
    return reference.text("name") if reference else ""


def _currency(reference: Row | None) -> str:
    """Return the currency's code, else whatever names it."""
    if reference is None:
        return ""
    return reference.text("currencyCode") or reference.text("currencyIdentifier") or reference.text("name")


def _dump(value: Json) -> str:
    """Write JSON with decimals digit by digit: the standard encoder would need a float."""
    match value:
        case Decimal():
            if not value.is_finite():
                raise ValueError("only a finite number can be written")
            return str(int(value)) if value == int(value) else format(value, "f")
        case str() | bool() | int() | None:
            return json.dumps(value)
        case Mapping():
            return "{" + ",".join(f"{json.dumps(key)}:{_dump(item)}" for key, item in value.items()) + "}"
        case _:
            return "[" + ",".join(_dump(item) for item in value) + "]"
