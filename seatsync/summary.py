"""Say in one sentence what an operation did, and in a few words what became of each change."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_never

from seatsync.journal import Operation, Outcome
from seatsync.model import number
from seatsync.plan import BillAgain, Cancel, Create, Update
from seatsync.status import Kind, OperationKind, OperationStatus, Result

_HALTED = "run stopped"
"""How the message begins of a change that a stopped run did not come to."""

_RECORDS = (
    ("companies", "company", "companies"),
    ("agreements", "agreement", ""),
    ("additions", "addition", ""),
    ("products", "product", ""),
)


def counted(many: int, noun: str, plural: str = "") -> str:
    """Say how many, as in ``1,204 seats`` or ``1 company``."""
    return f"{many:,} {noun if many == 1 else plural or f'{noun}s'}"


def moment(at: datetime) -> str:
    """Write a time to the minute, as in ``2026-11-22 13:19 UTC``."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def listed(parts: Sequence[str]) -> str:
    """Join words as a sentence does: commas, and the last one with ``and``."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def sum_up(operation: Operation, outcomes: Sequence[Outcome], export: str = "", company: str = "") -> str:
    """Say in one sentence what an operation did, from its outcomes; ``export`` is the name of its export.

    With ``company``, the outcomes are those of one company, named so, and are told alone.
    """
    lead = f"Operation {operation.id} by {operation.who} on {moment(operation.started_at)}"
    if operation.kind is OperationKind.SCAN:
        return f"{lead} {_scanned(operation)}."
    written = [outcome for outcome in outcomes if outcome.result.written]
    whose = company or counted(len({each.change.company.id for each in written}), "company", "companies")
    source = f" from {export}" if export else ""
    if written:
        did = f"{_led(operation)}{_did(operation, written, all_kinds=not company)} for {whose}{source}"
    else:
        did = f"{_led_to_nothing(operation)} for {company}{source}" if company else ""
        did = did or f"{_led_to_nothing(operation)}{source}"
    rest = _not_written(operation, outcomes)
    return f"{lead} {did}; {rest}." if rest else f"{lead} {did}."


def _scanned(operation: Operation) -> str:
    match operation.status:
        case OperationStatus.QUEUED:
            return "is a scan of ConnectWise that has not begun yet"
        case OperationStatus.RUNNING:
            return "is scanning ConnectWise"
        case OperationStatus.CANCELLED:
            return "was a scan of ConnectWise that was cancelled; the snapshot before it stays in use"
        case OperationStatus.FAILED:
            return "was a scan of ConnectWise that failed; the snapshot before it stays in use"
        case OperationStatus.COMPLETED | OperationStatus.COMPLETED_WITH_FAILURES:
            read = listed([counted(operation.detail.get(key, 0), *nouns) for key, *nouns in _RECORDS])
            return f"read {read} from ConnectWise"
        case _:
            assert_never(operation.status)


def _led(operation: Operation) -> str:
    """Lead over to what was written."""
    undid = f"undid changes of operation {operation.undoes}" if operation.undoes is not None else ""
    match operation.status:
        case OperationStatus.QUEUED | OperationStatus.RUNNING:
            return f"is undoing changes of operation {operation.undoes}: so far it " if undid else "so far "
        case OperationStatus.CANCELLED:
            return f"{undid} until it was cancelled: it " if undid else "was cancelled after it "
        case OperationStatus.FAILED:
            return f"{undid} until it was stopped: it " if undid else "was stopped after it "
        case OperationStatus.COMPLETED | OperationStatus.COMPLETED_WITH_FAILURES:
            return f"{undid}: it " if undid else ""
        case _:
            assert_never(operation.status)


def _led_to_nothing(operation: Operation) -> str:
    undo = f"was to undo operation {operation.undoes}, " if operation.undoes is not None else ""
    match operation.status:
        case OperationStatus.QUEUED | OperationStatus.RUNNING:
            return f"{undo}has written nothing to ConnectWise yet"
        case OperationStatus.CANCELLED:
            return f"{undo}was cancelled before it wrote anything to ConnectWise"
        case OperationStatus.FAILED:
            return f"{undo}was stopped before it wrote anything to ConnectWise"
        case OperationStatus.COMPLETED | OperationStatus.COMPLETED_WITH_FAILURES:
            return f"{undo}wrote nothing to ConnectWise"
        case _:
            assert_never(operation.status)


def _did(operation: Operation, written: Sequence[Outcome], *, all_kinds: bool) -> str:
    """Count what was written by kind; without ``all_kinds``, what did not occur is left out."""
    kinds = Counter(outcome.kind for outcome in written)
    quantities = counted(kinds[Kind.UPDATE], "quantity", "quantities")
    cancelled = kinds[Kind.CANCEL]
    if operation.kind is OperationKind.UNDO:
        lines = counted(kinds[Kind.BILL_AGAIN], "line")
        said = {Kind.UPDATE: f"set {quantities} back", Kind.BILL_AGAIN: f"let {lines} bill again"}
    else:
        lines = counted(kinds[Kind.CREATE], "line")
        said = {Kind.UPDATE: f"set {quantities}", Kind.CREATE: f"added {lines}"}
    said[Kind.CANCEL] = f"cancelled {cancelled:,}" if all_kinds else f"cancelled {counted(cancelled, 'line')}"
    return listed([words for kind, words in said.items() if all_kinds or kinds[kind]])


def _not_written(operation: Operation, outcomes: Sequence[Outcome]) -> str:
    """Say how many changes were not written, by why, and of how many that is not known."""
    fates = Counter(_fate(operation, outcome) for outcome in outcomes if not outcome.result.written)
    words = (
        ("skipped", "was skipped", "were skipped"),
        ("failed", "failed", "failed"),
        ("unknown", "has an unknown outcome", "have unknown outcomes"),
        ("halted", "was not reached", "were not reached"),
        ("open", "is still to come", "are still to come"),
    )
    return listed(
        [f"{fates[fate]:,} {one if fates[fate] == 1 else many}" for fate, one, many in words if fates[fate]]
    )


def _fate(operation: Operation, outcome: Outcome) -> str:
    if outcome.result is Result.SKIPPED:
        return "halted" if outcome.message.startswith(_HALTED) else "skipped"
    if outcome.result is Result.FAILED:
        return "unknown" if outcome.unknown else "failed"
    if not operation.status.finished:
        return "open"
    return "unknown" if outcome.sent else "halted"


def is_later(outcome: Outcome) -> bool:
    """Say whether a line was created, and starts on a later day than was planned."""
    change = outcome.change
    if not isinstance(change, Create) or outcome.result is not Result.CREATED:
        return False
    return outcome.day is not None and outcome.day > change.effective


def meant(outcome: Outcome) -> str:
    """Say what a change was to do, as in ``set the quantity from 12 to 17``."""
    change = outcome.change
    match change:
        case Update():
            return f"set the quantity from {number(change.addition.quantity)} to {number(change.quantity)}"
        case Create():
            return f"add a line of {_seats(change.quantity)} from {change.effective} on"
        case Cancel():
            seats = _seats(change.addition.quantity)
            return f"cancel the line of {seats} with {change.last_day} as its last day"
        case BillAgain():
            back = (
                f"put the cancel date back to {change.until}" if change.until else "take the cancel date out"
            )
            return f"{back}, so that the line of {_seats(change.addition.quantity)} bills again"
        case _:
            assert_never(change)


def deed(outcome: Outcome) -> str:
    """Say what was done for a change, or what was meant and why nothing can be said to be done."""
    change = outcome.change
    if outcome.unknown or (outcome.result is Result.STARTED and outcome.sent):
        return f"Unknown whether it was written. It was to {meant(outcome)}."
    if outcome.result is Result.FAILED:
        return f"Failed. It was to {meant(outcome)}."
    if outcome.result is Result.SKIPPED:
        return f"Skipped, nothing was written. It was to {meant(outcome)}."
    if not outcome.result.written:
        return f"Not written. It was to {meant(outcome)}."
    match change:
        case Update():
            return f"The quantity was set from {outcome.before} to {outcome.after}."
        case Create():
            later = f", not from {change.effective} as planned" if is_later(outcome) else ""
            return f"A line of {_seats(change.quantity)} was added; it bills from {outcome.day}{later}."
        case Cancel():
            seats = _seats(change.addition.quantity)
            return f"The line of {seats} was cancelled; its last day is {outcome.day}."
        case BillAgain():
            back = f"put back to {outcome.day}" if outcome.day else "taken out"
            return f"The cancel date was {back}; the line of {_seats(change.addition.quantity)} bills again."
        case _:
            assert_never(change)


def _seats(quantity: Decimal) -> str:
    return f"{number(quantity)} seat{'' if quantity == 1 else 's'}"
