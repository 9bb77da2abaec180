"""How one change ends: done, skipped or failed, with what the journal keeps of it."""

from dataclasses import replace
from typing import assert_never

from seatsync.journal import BESIDE, Outcome
from seatsync.model import Addition, number
from seatsync.plan import BillAgain, Cancel, Create, Update
from seatsync.status import Kind, Result

GONE = "the line or its agreement is no longer in ConnectWise"
_DONE = {
    Kind.UPDATE: Result.UPDATED,
    Kind.CREATE: Result.CREATED,
    Kind.CANCEL: Result.CANCELLED,
    Kind.BILL_AGAIN: Result.UPDATED,
}


def done(outcome: Outcome, line: Addition, message: str, beside: str = "") -> Outcome:
    """Close a change by the line as it is now; a create keeps that line, so that it can be undone.

    ``beside`` says what else of the line is not as it was.
    """
    change = outcome.change
    after, day = number(line.quantity), outcome.day
    match change:
        case Update():
            pass
        case Create():
            day, change = line.effective, replace(change, made=line)
        case Cancel():
            after, day = "0", change.last_day
        case BillAgain():
            day = change.until
        case _:
            assert_never(change)
    told = f"{BESIDE}: {beside}. Check the line in ConnectWise." if beside else ""
    message = " ".join(filter(None, (message, told)))
    result = _DONE[change.kind]
    return replace(outcome, change=change, result=result, after=after, day=day, message=message)


def skipped(outcome: Outcome, words: str) -> Outcome:
    """Close a change of which nothing was written, because of ``words``."""
    return replace(outcome, result=Result.SKIPPED, after="", day=None, message=words)


def failed(outcome: Outcome, words: str, request_id: str = "") -> Outcome:
    """Close a change that was tried and did not take effect, or of which that is not known."""
    return replace(outcome, result=Result.FAILED, after="", message=words, request_id=request_id)
