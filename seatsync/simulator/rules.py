"""The rules of the business that refuse a write, in the vendor's words where they are known."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from seatsync.simulator.book import Record, SimulatedBook
from seatsync.simulator.refusals import FieldRefusal, invalid, invalid_field
from seatsync.simulator.views import agreement_status, day_of, id_of

BEFORE_BILLING_START: Final = "effectiveDate cannot be less than the agreement billing start date"
ALREADY_INVOICED: Final = (
    "Since this period has already been invoiced there will not be an invoice generated for additional "
    "products for this period. Please prorate the agreement or update the start date to on or after the Next "
    "Invoice Date."
)

Problem = tuple[str, str]


def check(book: SimulatedBook, type_name: str, record: Record, touched: frozenset[str], today: date) -> None:
    """Refuse a record that a write would leave against a rule; ``touched`` are the members it sets.

    Raises Refusal, with every rule that is broken.
    """
    if type_name == "Addition":
        problems = list(_of_addition(book, record, touched, today))
    elif type_name == "Agreement":
        problems = list(_of_agreement(record, touched))
    else:
        problems = []
    if problems:
        raise invalid(type_name, *(FieldRefusal("InvalidField", text, name) for name, text in problems))


def check_delete(book: SimulatedBook, type_name: str, record: Record) -> None:
    """Refuse to delete what others stand on, and an invoiced line where the book says so. Raises Refusal.

    The words are invented: no public source shows what the vendor answers here.
    """
    number = record["id"]
    if type_name == "Addition":
        start = day_of(record.get("effectiveDate"))
        next_invoice = day_of(book.agreements[record["agreementId"]].get("nextInvoiceDate"))
        refused = book.quirks.keep_invoiced_lines and start and next_invoice and start < next_invoice
        text = "The addition has been invoiced."
    else:
        refused = _IN_USE[type_name](book, number)
        text = f"Record {number} is in use."
    if refused:
        raise invalid_field(type_name, "id", text)


def _of_addition(
    book: SimulatedBook, line: Record, touched: frozenset[str], today: date
) -> Iterator[Problem]:
    agreement = book.agreements[line["agreementId"]]
    start, invoiced_to = day_of(line.get("effectiveDate")), day_of(agreement.get("nextInvoiceDate"))
    billing = day_of(agreement.get("billStartDate"))
    dated = "effectiveDate" in touched
    if (dated or book.quirks.validate_whole_record) and start and billing and start < billing:
        yield "effectiveDate", BEFORE_BILLING_START
    # Judged only when the date is being set: every older line began in a period that was invoiced since.
    if dated and not agreement.get("prorateFlag") and start and invoiced_to and start < invoiced_to:
        yield "effectiveDate", ALREADY_INVOICED
    yield from _in_own_words(book, agreement, line, touched, today)


def _in_own_words(
    book: SimulatedBook, agreement: Record, line: Record, touched: frozenset[str], today: date
) -> Iterator[Problem]:
    """Rules that surely exist, in words of the simulator's own: no public source shows the vendor's."""
    start, cancelled = day_of(line.get("effectiveDate")), day_of(line.get("cancelledDate"))
    end = None if agreement.get("noEndingDateFlag") else day_of(agreement.get("endDate"))
    if start and cancelled and cancelled < start and touched & {"effectiveDate", "cancelledDate"}:
        yield "cancelledDate", "cancelledDate cannot be less than effectiveDate"
    if start and end and start > end and "effectiveDate" in touched:
        yield "effectiveDate", "effectiveDate cannot be greater than the agreement end date"
    if "product" not in touched:
        return
    product = book.catalog.get(id_of(line["product"]), {})
    if product.get("inactiveFlag"):
        yield "product", "The product is inactive."
    if product.get("productClass") == "Bundle":
        yield "product", "A bundle cannot be an addition."
    if agreement_status(agreement, today) == "Cancelled":
        yield "agreementId", "The agreement is cancelled."


def _of_agreement(agreement: Record, touched: frozenset[str]) -> Iterator[Problem]:
    start, end = day_of(agreement.get("startDate")), day_of(agreement.get("endDate"))
    if start and end and end < start and touched & {"startDate", "endDate"}:
        yield "endDate", "endDate cannot be less than startDate"
    if id_of(agreement.get("parentAgreement")) == agreement.get("id"):
        yield "parentAgreement", "An agreement cannot be its own parent."


def _agreement_in_use(book: SimulatedBook, number: int) -> bool:
    parents = (id_of(agreement.get("parentAgreement")) for agreement in book.agreements.values())
    return bool(book.additions.get(number)) or number in parents


def _type_in_use(book: SimulatedBook, number: int) -> bool:
    return any(id_of(agreement.get("type")) == number for agreement in book.agreements.values())


def _product_in_use(book: SimulatedBook, number: int) -> bool:
    return any(
        id_of(line.get("product")) == number for lines in book.additions.values() for line in lines.values()
    )


_IN_USE: Final[dict[str, Callable[[SimulatedBook, int], bool]]] = {
    "Agreement": _agreement_in_use,
    "AgreementType": _type_in_use,
    "CatalogItem": _product_in_use,
}
