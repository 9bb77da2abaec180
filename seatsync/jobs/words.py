"""What a change sends, in API terms, and what a person does where ConnectWise did something else."""

from collections.abc import Collection, Sequence
from typing import assert_never

from seatsync.journal import UNKNOWN
from seatsync.model import Addition, AdditionId, OperationId, number
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.verify import PREVIEW


def describe(change: Change) -> str:
    """Say in API terms what a change sends."""
    match change:
        case Update():
            return f"PATCH quantity {number(change.quantity)} to line {change.addition.id}"
        case Cancel():
            return f"PATCH cancelledDate {change.last_day} to line {change.addition.id}"
        case BillAgain():
            return f"PATCH cancelledDate {change.until or '(removed)'} to line {change.addition.id}"
        case Create():
            return (
                f"POST {number(change.quantity)} x {change.product.identifier} "
                f"to agreement {change.agreement.id}, effective {change.effective}"
            )
        case _:
            assert_never(change)


def since(undoes: OperationId | None) -> str:
    """Say when a line was as a change expects it: in the preview, or after the operation undone."""
    return PREVIEW if undoes is None else f"after operation {undoes}"


def by_hand(change: Change) -> str:
    """Say what a person does when ConnectWise keeps a cancel date; empty for any other change."""
    if not isinstance(change, BillAgain):
        return ""
    line = f"line {change.addition.id} ({change.product.identifier}) of {change.agreement.name}"
    if change.until is None:
        return f" Take the cancel date out of {line} in ConnectWise by hand."
    return f" Set the cancel date of {line} to {change.until} in ConnectWise by hand."


def in_place_of(made: Sequence[Addition], why: str, scanned: Collection[AdditionId] = ()) -> str:
    """Say what a look-up found in place of the line that was meant; ``why`` is what it was looked up for.

    ``made`` are the new lines that could be it, ``scanned`` those that a later scan holds.
    """
    if not made:
        return f"{why} Looked up: there is no new line."
    listed = ", ".join(
        f"line {line.id} with {number(line.quantity)} seats from {line.effective}" for line in made
    )
    said = f"{why} Looked up: it can't be told whether {listed} is the one that was meant"
    if all(line.id in scanned for line in made):
        return f"{said}, but the last scan holds it, so that the next plan counts it."
    return f"{UNKNOWN}: {said}. Scan and look again, or check it in ConnectWise."
