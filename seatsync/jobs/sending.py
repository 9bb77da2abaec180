"""What a change sends: the one write of it, with the day that is written, to the port or to its drafts."""

from datetime import date
from typing import TypeVar, assert_never

from seatsync.model import Agreement
from seatsync.plan import BillAgain, Cancel, Change, Create, Update, first_of_next_month
from seatsync.ports import WriteRequest, Writes

T = TypeVar("T")


def send(change: Change, day: date | None, to: Writes[T]) -> T:
    """Hand the write of a change to ``to``; ``day`` is the effective date of a create.

    Raises ConnectWiseError where ``to`` sends it.
    """
    agreement = change.agreement.id
    match change:
        case Update():
            return to.set_quantity(agreement, change.addition.id, change.quantity)
        case Create():
            product, first = change.product.id, day or change.effective
            return to.create_addition(agreement, product, change.quantity, first, change.serial)
        case Cancel():
            return to.set_cancelled(agreement, change.addition.id, change.last_day)
        case BillAgain():
            return to.set_cancelled(agreement, change.addition.id, change.until)
        case _:
            assert_never(change)


def requests_of(change: Change, drafts: Writes[WriteRequest]) -> tuple[WriteRequest, ...]:
    """Describe what a change sends; a create one request a date, each for when the one before is refused."""
    return tuple(send(change, day, drafts) for day in days_of(change))


def days_of(change: Change) -> tuple[date | None, ...]:
    """List the days that a change may write, in the order in which they are tried."""
    match change:
        case Create():
            return effective_dates(change.effective, change.agreement)
        case Cancel():
            return (change.last_day,)
        case BillAgain():
            return (change.until,)
        case Update():
            return (None,)
        case _:
            assert_never(change)


def effective_dates(wanted: date, agreement: Agreement) -> tuple[date, ...]:
    """List the effective dates to try: as wanted, the first of next month, then what the agreement says.

    ConnectWise refuses a date before the billing start, or inside an invoiced period without proration.
    """
    later = first_of_next_month(wanted)
    known = {day for day in (agreement.bill_start, agreement.next_invoice) if day is not None and day > later}
    return (wanted, later, *sorted(known))
