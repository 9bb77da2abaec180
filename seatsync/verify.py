"""Compare a change with the line as freshly read: as approved, already so, or drifted, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from seatsync.model import Addition, Agreement, number
from seatsync.plan import Cancel, Create, Update


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


def verify_update(change: Update, line: Addition, agreement: Agreement, today: date) -> Verdict:
    """Judge an update by the line and its agreement as they are now."""
    drift = [*_agreement_drift(change.agreement, agreement, today), *_line_drift(change.addition, line)]
    if line.cancelled != change.addition.cancelled:
        drift.append(_was("the cancel date ", change.addition.cancelled, line.cancelled))
    elif line.ended(today):
        drift.append(f"the line ended on {line.cancelled}")
    if not drift and line.quantity == change.quantity:
        return AlreadySo(f"already {number(line.quantity)}")
    if line.quantity != change.addition.quantity:
        drift.insert(0, _was("", number(change.addition.quantity), number(line.quantity)))
    return _verdict(drift)


def verify_cancel(change: Cancel, line: Addition, agreement: Agreement, today: date) -> Verdict:
    """Judge a cancel by the line and its agreement as they are now."""
    drift = [*_agreement_drift(change.agreement, agreement, today), *_line_drift(change.addition, line)]
    if line.quantity != change.addition.quantity:
        drift.insert(0, _was("", number(change.addition.quantity), number(line.quantity)))
    if line.cancelled is not None and line.cancelled != change.addition.cancelled:
        return AlreadySo(f"already cancelled on {line.cancelled}")
    if agreement.next_invoice != change.agreement.next_invoice:
        drift.append(_was("the next invoice date ", change.agreement.next_invoice, agreement.next_invoice))
    # A run that is resumed late must not end a line in the past; one that never billed may be.
    if change.last_day < today and change.last_day != line.effective:
        drift.append(f"the last day {change.last_day} is over")
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
    return _verdict(_agreement_drift(change.agreement, agreement, today))


def made_line(change: Create, lines: Sequence[Addition], dates: Sequence[date]) -> Addition | None:
    """Find the line that an unanswered create left behind; None when there is none, or more than one fits.

    ``dates`` are the effective dates that may have been sent.
    """
    fitting = [
        line
        for line in lines
        if line.id not in change.known
        and line.agreement_id == change.agreement.id
        and line.product_id == change.product.id
        and line.quantity == change.quantity
        and line.effective in dates
    ]
    return fitting[0] if len(fitting) == 1 else None


def unlike_intent(change: Update | Cancel | Create, line: Addition, day: date | None) -> str:
    """Compare the line after a write with what was meant; empty when it is as meant.

    ``day`` is the date that was written by a create.
    """
    wrong: list[str] = []
    match change:
        case Update():
            if line.quantity != change.quantity:
                wrong.append(f"the quantity is {number(line.quantity)}, not {number(change.quantity)}")
            if line.cancelled != change.addition.cancelled:
                wrong.append(f"the cancel date is {line.cancelled}, not {change.addition.cancelled}")
            wrong.extend(_line_drift(change.addition, line))
        case Cancel():
            if line.cancelled != change.last_day:
                wrong.append(f"the cancel date is {line.cancelled}, not {change.last_day}")
            if line.quantity != change.addition.quantity:
                wrong.append(f"the quantity is {number(line.quantity)}")
            wrong.extend(_line_drift(change.addition, line))
        case Create():
            if line.quantity != change.quantity:
                wrong.append(f"the quantity is {number(line.quantity)}, not {number(change.quantity)}")
            if line.product_id != change.product.id:
                wrong.append(f"the product is {line.product_id}, not {change.product.id}")
            if day is not None and line.effective != day:
                wrong.append(f"the effective date is {line.effective}, not {day}")
            if line.cancelled is not None:
                wrong.append(f"it is cancelled on {line.cancelled}")
        case _:
            assert_never(change)
    return "; ".join(wrong)


def _line_drift(before: Addition, now: Addition) -> list[str]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("the product ", before.product_id, now.product_id),
        ("the agreement ", before.agreement_id, now.agreement_id),
        ("the effective date ", before.effective, now.effective),
        ("the billing ", before.bill_customer, now.bill_customer),
        ("the unit price ", before.unit_price, now.unit_price),
        ("the included seats ", before.less_included, now.less_included),
    )
    return [_was(what, was, is_now) for what, was, is_now in pairs if was != is_now]


def _agreement_drift(before: Agreement, now: Agreement, today: date) -> list[str]:
    drift = []
    if now.company_id != before.company_id:
        drift.append(_was("the agreement's company ", before.company_id, now.company_id))
    if now.type_name != before.type_name:
        drift.append(_was("the agreement's type ", before.type_name, now.type_name))
    why = now.ineligible(today)
    if why:
        drift.append(f"the agreement {now.name} no longer counts: {why}")
    return drift


def _was(what: str, before: object, now: object) -> str:
    return f"{what}was {_text(before)} in the preview, is {_text(now)} now"


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return number(value)
    return "none" if value is None or value == "" else str(value)


def _verdict(drift: Sequence[str]) -> Verdict:
    return Drift("; ".join(drift)) if drift else AsApproved()
