"""A push or undo as a run: changes in their order, each journalled and audited, until done or stopped."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from threading import Condition
from typing import assert_never

from seatsync.errors import ConnectWiseError
from seatsync.jobs.change import Protocol, RefusedCredentials
from seatsync.journal import AuditDraft, Operation, Outcome
from seatsync.keeping import Operations
from seatsync.model import OperationId, number
from seatsync.people import Permission
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.ports import ConnectWise
from seatsync.status import ENDED, OperationKind, OperationStatus, Result
from seatsync.verify import PREVIEW

FAILURES_IN_A_ROW = 10


class PushRun:
    """One attempt at one push or undo; several threads may carry out its changes at once."""

    def __init__(
        self,
        operations: Operations,
        operation: Operation,
        attempt: int,
        connectwise: ConnectWise,
        today: Callable[[], date],
    ) -> None:
        self._operations = operations
        self._operation = operation
        self._attempt = attempt
        self._connectwise = connectwise
        self._today = today
        self._lock = Condition()
        self._stopped = ""
        self._failures = 0
        self._active = 0

    def change(self, position: int) -> str:
        """Carry out the change at ``position`` unless it is done already; return its result."""
        with self._lock:
            # So many changes at once could fail together that more than ten in a row would be sent.
            self._lock.wait_for(lambda: not self._active or self._failures + self._active < FAILURES_IN_A_ROW)
            self._active += 1
        try:
            return self._change(position)
        finally:
            with self._lock:
                self._active -= 1
                self._lock.notify_all()

    def _change(self, position: int) -> str:
        outcome = self._operations.begin(self._operation.id, position, self._attempt)
        if outcome.result in ENDED:
            self._count(outcome)
            return outcome.result
        stop = self._stop_reason()
        if stop and not outcome.sent:
            outcome = replace(outcome, result=Result.SKIPPED, message=stop)
        else:
            outcome = self._carry_out(outcome, stop)
        self._operations.end(outcome, self._attempt, draft_of(self._operation, outcome))
        self._count(outcome)
        return outcome.result

    def _carry_out(self, outcome: Outcome, stop: str) -> Outcome:
        operations, operation, attempt = self._operations, self._operation, self._attempt
        protocol = Protocol(
            self._connectwise,
            self._today(),
            lambda: operations.sending(operation.id, outcome.position, attempt),
            stopped=stop,
            since=since(operation.undoes),
        )
        try:
            return protocol.carry_out(outcome)
        except RefusedCredentials as refused:
            with self._lock:
                self._stopped = "run stopped: ConnectWise refuses the credentials"
            return refused.outcome

    def _stop_reason(self) -> str:
        with self._lock:
            if self._stopped:
                return self._stopped
        if self._operations.cancel_requested(self._operation.id):
            return "run stopped: cancelled"
        return ""

    def _count(self, outcome: Outcome) -> None:
        with self._lock:
            self._failures = self._failures + 1 if outcome.result is Result.FAILED else 0
            if self._failures >= FAILURES_IN_A_ROW and not self._stopped:
                self._stopped = f"run stopped: {FAILURES_IN_A_ROW} failures in a row"

    def conclude(self, outcomes: Sequence[Outcome]) -> tuple[OperationStatus, str]:
        """Say how the run ended, once every change has its outcome."""
        with self._lock:
            stopped = self._stopped
        cancelled = self._operations.cancel_requested(self._operation.id)
        halted = sum(outcome.message.startswith("run stopped") for outcome in outcomes)
        said = summary(outcomes)
        if stopped:
            return OperationStatus.FAILED, f"{said} {stopped[0].upper()}{stopped[1:]}."
        if cancelled and halted:
            return OperationStatus.CANCELLED, f"{said} Cancelled before {halted} of {len(outcomes)} changes."
        if any(outcome.result is Result.FAILED for outcome in outcomes):
            return OperationStatus.COMPLETED_WITH_FAILURES, said
        return OperationStatus.COMPLETED, said


def summary(outcomes: Sequence[Outcome]) -> str:
    """Count what became of the changes, in one sentence."""
    order = (Result.UPDATED, Result.CREATED, Result.CANCELLED, Result.SKIPPED, Result.FAILED)
    counts = [(sum(o.result is result for o in outcomes), result) for result in order]
    said = ", ".join(f"{count} {result.value}" for count, result in counts if count)
    return f"{said or 'nothing to do'}.".capitalize()


def draft_of(operation: Operation, outcome: Outcome) -> AuditDraft:
    """Draft the audit entry of one change."""
    change = outcome.change
    before, wanted = _values(change, outcome)
    after: dict[str, object] = {"result": outcome.result, "message": outcome.message}
    after |= wanted if outcome.result.written else {"wanted": wanted}
    verb = "undo" if operation.kind is OperationKind.UNDO else "push"
    line = "new line" if isinstance(change, Create) else f"line {change.addition.id}"
    done = {Result.SKIPPED: "refused", Result.FAILED: "failed"}.get(outcome.result, "ok")
    return AuditDraft(
        who=operation.who,
        team_id=operation.team_id,
        permission=Permission.MANAGE,
        action=f"{verb}.{change.kind}",
        resource=f"{change.company.name}: {change.product.identifier}, {change.agreement.name}, {line}",
        before=before,
        after={**after, "request_id": outcome.request_id},
        result=done,
        operation_id=operation.id,
    )


def _values(change: Change, outcome: Outcome) -> tuple[dict[str, object], dict[str, object]]:
    """Return what the line held before a change and what was meant to be written."""
    before: dict[str, object] = {"quantity": outcome.before} if outcome.before else {}
    match change:
        case Update():
            return before, {"quantity": number(change.quantity)}
        case Create():
            effective = str(outcome.day or change.effective)
            return before, {"quantity": number(change.quantity), "effective": effective}
        case Cancel():
            return before, {"cancelled": str(change.last_day)}
        case BillAgain():
            return {"cancelled": str(change.addition.cancelled)}, {"cancelled": str(change.until or "none")}
        case _:
            assert_never(change)


def since(undoes: OperationId | None) -> str:
    """Say when a line was as a change expects it: in the preview, or after the operation undone."""
    return PREVIEW if undoes is None else f"after operation {undoes}"


def rehearse(
    outcomes: Sequence[Outcome], connectwise: ConnectWise, today: date, undoes: OperationId | None = None
) -> tuple[Outcome, ...]:
    """Do every read of a push or an undo and no write; each outcome says what would be sent, or why not."""

    def unsent() -> None:
        raise ConnectWiseError("A rehearsal writes nothing.")

    protocol = Protocol(connectwise, today, unsent, since=since(undoes))
    return tuple(protocol.rehearse(outcome) for outcome in outcomes)
