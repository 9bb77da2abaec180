"""Changing: the routes that create, replace, patch and delete records."""

from seatsync.simulator.bodies import read_body, read_object
from seatsync.simulator.book import COLLECTION_OF, Record
from seatsync.simulator.messages import Answer, Call, answer
from seatsync.simulator.refusals import FieldRefusal, Refusal, invalid, not_found
from seatsync.simulator.rules import check_delete
from seatsync.simulator.state import Simulator
from seatsync.simulator.views import show
from seatsync.simulator.writes import create, patch, replace, settle_references

INVOICES_REFUSED = "Cannot create agreement invoices through the Invoicing API"


def create_record(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Store the record of a POST. Raises Refusal."""
    agreement = call.ids[0] if call.ids else 0
    simulator.records(type_name, agreement)
    made = create(simulator.book, type_name, call.body, simulator.today(), agreement)
    number = simulator.book.next_id(COLLECTION_OF.get(type_name, "additions"))
    record = {"id": number, **made}
    if call.dry:
        return _shown(simulator, type_name, record)
    simulator.store(type_name, None, record)
    return _shown(simulator, type_name, record, 201)


def replace_record(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Store the record of a PUT in place of the present one. Raises Refusal."""
    stored = _stored(simulator, type_name, call)
    made = replace(simulator.book, type_name, stored, call.body, simulator.today())
    return _keep(simulator, type_name, call, stored, made)


def patch_record(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Apply a PATCH. Raises Refusal."""
    stored = _stored(simulator, type_name, call)
    made = patch(simulator.book, type_name, stored, call.body, simulator.today())
    return _keep(simulator, type_name, call, stored, made)


def delete_record(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Remove a record. Raises Refusal."""
    stored = _stored(simulator, type_name, call)
    check_delete(simulator.book, type_name, stored)
    if not call.dry:
        simulator.store(type_name, stored, None)
    return Answer(204, b"", [])


def price_for_company(simulator: Simulator, _type_name: str, call: Call) -> Answer:
    """Answer with the price of a product for a company, which is the catalogue's own here. Raises Refusal."""
    product = simulator.book.catalog.get(call.ids[0])
    if product is None:
        raise not_found("CatalogItem", call.ids[0])
    sent = read_object(read_body(call.body), "CatalogPricing", call.body)
    missing = [name for name in ("company", "quantity", "date") if sent.get(name) is None]
    if missing:
        raise invalid(
            "CatalogPricing",
            *(
                FieldRefusal("MissingRequiredField", f"The {name} field is required.", name)
                for name in missing
            ),
        )
    sent["catalogItem"] = {"id": product["id"]}
    settle_references(simulator.book, "CatalogPricing", sent, sent)
    return _shown(simulator, "CatalogPricing", {**sent, "price": product.get("price")}, 201)


def refuse_invoice(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Refuse to invoice an agreement, always. Raises Refusal."""
    _stored(simulator, type_name, call)
    raise Refusal(400, "ConnectWiseApi", INVOICES_REFUSED)


def _stored(simulator: Simulator, type_name: str, call: Call) -> Record:
    number = call.ids[-1]
    record = simulator.records(type_name, call.ids[0]).get(number)
    if record is None:
        raise not_found(type_name, number)
    return record


def _keep(simulator: Simulator, type_name: str, call: Call, stored: Record, made: Record) -> Answer:
    if call.dry:
        return _shown(simulator, type_name, stored)
    simulator.store(type_name, stored, made)
    return _shown(simulator, type_name, made)


def _shown(simulator: Simulator, type_name: str, record: Record, status: int = 200) -> Answer:
    return answer(show(simulator.book, type_name, record, simulator.today()), status)
