"""Compare a change with the line as freshly read: as approved, already so, or drifted, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from seatsync.model import BILLABLE, Addition, Agreement, number
from seatsync.plan import BillAgain, Cancel, Change, Create, Update

PREVIEW = "in the preview"
"""When a line was as a push expects it."""

BEFORE = "before the write"


@dataclass(frozen=True, slots=True)
class AsApproved:
    """Nothing differs from what was approved; the change may be written."""


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """Somebody did it already; nothing is left to write."""

    words: str


@dataclass(frozen=True, slots=True)
class Drift:
    """Something differs from what was approved; nothing may be written."""

    words: str


Verdict = AsApproved | AlreadySo | Drift


def verify(
    change: Update | Cancel | BillAgain,
    line: Addition,
    agreement: Agreement,
    today: date,
    since: str = PREVIEW,
) -> Verdict:
    """Judge a change of a line by the line and its agreement as they are now.

    ``since`` says in words when the line was as the change expects it.
    """
    drift = [
        *_agreement_drift(change.agreement, agreement, today, since),
        *_line_drift(change.addition, line, since),
    ]
    match change:
        case Update():
            return _verify_update(change, line, today, drift, since)
        case Cancel():
            return _verify_cancel(change, line, agreement, today, drift, since)
        case BillAgain():
            return _verify_bill_again(change, line, today, drift, since)
        case _:
            assert_never(change)


def _verify_update(change: Update, line: Addition, today: date, drift: list[str], since: str) -> Verdict:
    if line.cancelled != change.addition.cancelled:
        drift.append(_was("the cancel date ", change.addition.cancelled, line.cancelled, since))
    elif line.ended(today):
        drift.append(f"the line ended on {line.cancelled}")
    if not drift and line.quantity == change.quantity:
        return AlreadySo(f"already {number(line.quantity)}")
    return _verdict([*_quantity_drift(change.addition, line, since), *drift])


def _verify_cancel(
    change: Cancel, line: Addition, agreement: Agreement, today: date, drift: list[str], since: str
) -> Verdict:
    drift = [*_quantity_drift(change.addition, line, since), *drift]
    if line.cancelled is not None and line.cancelled != change.addition.cancelled:
        return AlreadySo(f"already cancelled on {line.cancelled}")
    # A line that never is to bill ends on its own first day, whatever was invoiced meanwhile.
    never_bills = change.last_day == line.effective
    if agreement.next_invoice != change.agreement.next_invoice and not never_bills:
        was, now = change.agreement.next_invoice, agreement.next_invoice
        drift.append(_was("the next invoice date ", was, now, since))
    # A run that is resumed late must not end a line in the past; one that never billed may be.
    if change.last_day < today and not never_bills:
        drift.append(f"the last day {change.last_day} is over")
    return _verdict(drift)


def _verify_bill_again(
    change: BillAgain, line: Addition, today: date, drift: list[str], since: str
) -> Verdict:
    drift = [*_quantity_drift(change.addition, line, since), *drift]
    if not drift and line.cancelled == change.until:
        return AlreadySo(
            f"already billed until {line.cancelled}" if line.cancelled else "already billed again"
        )
    if line.cancelled != change.addition.cancelled:
        drift.append(_was("the cancel date ", change.addition.cancelled, line.cancelled, since))
    if change.until is not None and change.until < today:
        drift.append(f"the cancel date before, {change.until}, is over")
    return _verdict(drift)


def verify_create(change: Create, lines: Iterable[Addition], agreement: Agreement, today: date) -> Verdict:
    """Judge a create by every line that the company's counted agreements hold now."""
    present = [line for line in lines if line.product_id == change.product.id and not line.ended(today)]
    if present:
        line = present[0]
        if len(present) == 1 and line.quantity == change.quantity:
            return AlreadySo(f"already {number(line.quantity)} (line {line.id})")
        total = " + ".join(number(line.quantity) for line in present)
        return Drift(
            f"there was no line in the preview, there is one with {total} seats now (line {line.id})"
        )
    return _verdict(_agreement_drift(change.agreement, agreement, today, PREVIEW))


def made_line(change: Create, lines: Sequence[Addition], dates: Sequence[date]) -> Addition | None:
    """Find the line that an unanswered create left behind; None when there is none, or more than one fits.

    ``dates`` are the effective dates that may have been sent. A line that was given a serial number is known
    by that alone.
    """
    if change.serial:
        marked = [line for line in lines if line.serial == change.serial and line.id not in change.known]
        return marked[0] if len(marked) == 1 else None
    fitting = [
        line
        for line in lines
        if line.id not in change.known
        and line.agreement_id == change.agreement.id
        and line.product_id == change.product.id
        and line.quantity == change.quantity
        and line.effective in dates
        and line.cancelled is None
    ]
    return fitting[0] if len(fitting) == 1 else None


def unlike_intent(change: Change, line: Addition, day: date | None) -> str:
    """Compare what a write sets with the line after it; empty when it is as meant.

    ``day`` is the date that was written by a create.
    """
    wrong: list[str] = []
    match change:
        case Update():
            if line.quantity != change.quantity:
                wrong.append(f"the quantity is {number(line.quantity)}, not {number(change.quantity)}")
        case Cancel() | BillAgain():
            day = change.last_day if isinstance(change, Cancel) else change.until
            if day is None and line.cancelled is not None:
                wrong.append(f"it is still cancelled on {line.cancelled}")
            elif line.cancelled != day:
                wrong.append(f"the cancel date is {line.cancelled}, not {day}")
        case Create():
            if line.quantity != change.quantity:
                wrong.append(f"the quantity is {number(line.quantity)}, not {number(change.quantity)}")
            if line.product_id != change.product.id:
                wrong.append(f"the product is {line.product_id}, not {change.product.id}")
            if day is not None and line.effective != day:
                wrong.append(f"the effective date is {line.effective}, not {day}")
            if line.cancelled is not None:
                wrong.append(f"it is cancelled on {line.cancelled}")
            if line.bill_customer != BILLABLE:
                wrong.append(f"the billing is {line.bill_customer}, not {BILLABLE}")
        case _:
            assert_never(change)
    return "; ".join(wrong)


def beside_intent(change: Change, line: Addition, live: Addition | None, since: str = PREVIEW) -> str:
    """Say what else of a line differs after a write, beside what the write sets; empty when nothing does.

    ``live`` is the line as it was read just before the write, None where that is not known any more. A PATCH
    makes ConnectWise work on the whole record, and no public source says that price and cost stay.
    """
    if isinstance(change, Create):
        kept = line.serial == change.serial or not change.serial
        return "" if kept else f'the serial number is "{line.serial}", not "{change.serial}"'
    before, when = (change.addition, since) if live is None else (live, BEFORE)
    others = _line_drift(before, line, when)
    if isinstance(change, Update):
        if line.cancelled != before.cancelled:
            others.append(_was("the cancel date ", before.cancelled, line.cancelled, when))
    else:
        if line.quantity != before.quantity:
            others.append(_was("the quantity ", before.quantity, line.quantity, when))
    if live is not None and line.description != live.description:
        others.append(_was("the description ", live.description, line.description, when))
    if live is not None and live.unit_cost is not None and line.unit_cost != live.unit_cost:
        others.append(_was("the unit cost ", live.unit_cost, line.unit_cost, when))
    return "; ".join(others)


def _quantity_drift(before: Addition, now: Addition, since: str) -> list[str]:
    if now.quantity == before.quantity:
        return []
    return [_was("", number(before.quantity), number(now.quantity), since)]


def _line_drift(before: Addition, now: Addition, since: str) -> list[str]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("the product ", before.product_id, now.product_id),
        ("the agreement ", before.agreement_id, now.agreement_id),
        ("the effective date ", before.effective, now.effective),
        ("the billing ", before.bill_customer, now.bill_customer),
        ("the unit price ", before.unit_price, now.unit_price),
        ("the included seats ", before.less_included, now.less_included),
    )
    return [_was(what, was, is_now, since) for what, was, is_now in pairs if was != is_now]


def _agreement_drift(before: Agreement, now: Agreement, today: date, since: str) -> list[str]:
    drift = []
    if now.company_id != before.company_id:
        drift.append(_was("the agreement's company ", before.company_id, now.company_id, since))
    if now.type_name != before.type_name:
        drift.append(_was("the agreement's type ", before.type_name, now.type_name, since))
    why = now.ineligible(today)
    if why:
        drift.append(f"the agreement {now.name} no longer counts: {why}")
    return drift


def _was(what: str, before: object, now: object, since: str) -> str:
    return f"{what}was {_text(before)} {since}, is {_text(now)} now"


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return number(value)
    return "none" if value is None or value == "" else str(value)


def _verdict(drift: Sequence[str]) -> Verdict:
    return Drift("; ".join(drift)) if drift else AsApproved()
