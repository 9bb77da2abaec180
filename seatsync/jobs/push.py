"""A push or undo as a run: changes in their order, each journalled and audited, until done or stopped."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import takewhile
from threading import Condition, Lock
from typing import assert_never

from seatsync.jobs.change import Protocol, RefusedAgreement, RefusedCredentials
from seatsync.jobs.words import since
from seatsync.journal import AuditDraft, Operation, Outcome, resource_of, summary
from seatsync.keeping_runs import Operations
from seatsync.model import AgreementId, number
from seatsync.people import Permission
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.ports import ConnectWise
from seatsync.status import ENDED, OperationKind, OperationStatus, Result
from seatsync.unknowns import Unknowns

FAILURES_IN_A_ROW = 10
REHEARSES = "the team only rehearses by now"


class PushRun:
    """One attempt at one push or undo; several threads may carry out its changes at once.

    ``rehearses`` says whether the team only rehearses by now, so that nothing more may be sent.
    """

    def __init__(
        self,
        operations: Operations,
        operation: Operation,
        attempt: int,
        connectwise: ConnectWise,
        today: Callable[[], date],
        rehearses: Callable[[], bool] = lambda: False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._operations = operations
        self._operation = operation
        self._attempt = attempt
        self._connectwise = connectwise
        self._today = today
        self._rehearses = rehearses
        self._pause = pause
        self._lock = Condition()
        self._in_turn = Lock()
        self._stopped = ""
        self._over: dict[AgreementId, str] = {}
        self._in_flight: set[object] = set()
        self._unknowns: Unknowns | None = None
        self._failed: dict[int, bool] = {}
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
        with self._alone(outcome.change):
            outcome = self._carry_out(outcome)
            self._operations.end(outcome, self._attempt, draft_of(self._operation, outcome))
            self._count(outcome)
        return outcome.result

    @contextmanager
    def _alone(self, change: Change) -> Iterator[None]:
        """Wait until no other change of the same line, or create in the same place, is in flight."""
        place = _place(change)
        with self._lock:
            self._lock.wait_for(lambda: place not in self._in_flight)
            self._in_flight.add(place)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(place)
                self._lock.notify_all()

    def _carry_out(self, outcome: Outcome) -> Outcome:
        operations, operation, attempt = self._operations, self._operation, self._attempt
        protocol = Protocol(
            self._connectwise,
            self._today(),
            lambda: operations.sending(operation.id, outcome.position, attempt),
            self._pause,
            stopped=lambda: self._stop_reason(outcome),
            in_turn=self._in_turn,
            not_taken=lambda: operations.not_taken(operation.id, outcome.position, attempt),
            since=since(operation.undoes),
        )
        try:
            return protocol.carry_out(outcome)
        except RefusedCredentials as refused:
            with self._lock:
                self._stopped = "run stopped: ConnectWise refuses the credentials"
            return refused.outcome
        except RefusedAgreement as refused:
            agreement = outcome.change.agreement
            with self._lock:
                self._over[agreement.id] = (
                    f"agreement stopped: ConnectWise takes no more changes of {agreement.name}; "
                    f"see the change of {outcome.change.company.name} that failed"
                )
            return refused.outcome

    def _stop_reason(self, outcome: Outcome) -> str:
        """Say why nothing new may be sent for a change; empty when it may."""
        with self._lock:
            stopped = self._stopped or self._over.get(outcome.change.agreement.id, "")
        if stopped:
            return stopped
        if self._operations.cancel_requested(self._operation.id):
            return "run stopped: cancelled"
        if self._rehearses():
            return f"run stopped: {REHEARSES}"
        return self._held_back().why_not(outcome.change)

    def _held_back(self) -> Unknowns:
        """Return the lines of unknown outcome: while this run goes on, only a failure of its own adds one."""
        # Read under the lock: what a failure outdates must not be kept after it.
        with self._lock:
            if self._unknowns is None:
                self._unknowns = Unknowns.of(self._operations.unknown(self._operation.team_id))
            return self._unknowns

    def _count(self, outcome: Outcome) -> None:
        """Count the failures in a row, in the plan's order: a failure may take longer than its neighbours."""
        failed = outcome.result is Result.FAILED
        with self._lock:
            self._failed[outcome.position] = failed
            if failed:
                self._unknowns = None
            self._failures = self._row(max(self._failed))
            if failed and self._row(outcome.position) >= FAILURES_IN_A_ROW and not self._stopped:
                self._stopped = f"run stopped: {FAILURES_IN_A_ROW} failures in a row"

    def _row(self, position: int) -> int:
        """Count the failures around a position that have nothing between them but what has not ended."""
        if not self._failed[position]:
            return 0
        ended = sorted(self._failed)
        place = ended.index(position)
        before = takewhile(self._failed.__getitem__, reversed(ended[:place]))
        after = takewhile(self._failed.__getitem__, ended[place + 1 :])
        return 1 + sum(1 for _ in before) + sum(1 for _ in after)

    def close(self, outcomes: Sequence[Outcome]) -> OperationStatus:
        """Journal how the run ended, once every change has its outcome."""
        status, message = self.conclude(outcomes)
        operation, draft = self._operation, end_of(self._operation, status, message)
        self._operations.finish(operation.id, self._attempt, status, message, {}, draft)
        return status

    def conclude(self, outcomes: Sequence[Outcome]) -> tuple[OperationStatus, str]:
        """Say how the run ended."""
        with self._lock:
            stopped = self._stopped
        cancelled = self._operations.cancel_requested(self._operation.id)
        halted = sum(outcome.message.startswith("run stopped") for outcome in outcomes)
        said = summary(outcomes)
        if stopped:
            return OperationStatus.FAILED, f"{said} {stopped[0].upper()}{stopped[1:]}."
        if cancelled and halted:
            return OperationStatus.CANCELLED, f"{said} Cancelled before {halted} of {len(outcomes)} changes."
        if any(outcome.message.startswith(f"run stopped: {REHEARSES}") for outcome in outcomes):
            return OperationStatus.CANCELLED, f"{said} Stopped: {REHEARSES}."
        if any(outcome.needs_eye for outcome in outcomes):
            return OperationStatus.COMPLETED_WITH_FAILURES, said
        return OperationStatus.COMPLETED, said


def end_of(operation: Operation, status: OperationStatus, message: str) -> AuditDraft:
    """Draft the audit entry of the end of a run."""
    return AuditDraft(
        operation.who,
        operation.team_id,
        Permission.MANAGE,
        "operation.finish",
        f"operation {operation.id}",
        after={"status": status, "message": message},
        result="failed" if status is OperationStatus.FAILED else "ok",
        operation_id=operation.id,
    )


def _place(change: Change) -> object:
    if isinstance(change, Create):
        return change.company.id, change.product.id
    return change.addition.id


def draft_of(operation: Operation, outcome: Outcome) -> AuditDraft:
    """Draft the audit entry of one change."""
    change = outcome.change
    before, wanted = _values(change, outcome)
    after: dict[str, object] = {"result": outcome.result, "message": outcome.message}
    after |= wanted if outcome.result.written else {"wanted": wanted}
    verb = "undo" if operation.kind is OperationKind.UNDO else "push"
    done = {Result.SKIPPED: "refused", Result.FAILED: "failed"}.get(outcome.result, "ok")
    return AuditDraft(
        who=operation.who,
        team_id=operation.team_id,
        permission=Permission.MANAGE,
        action=f"{verb}.{change.kind}",
        resource=resource_of(change),
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
            serial = {"serial": change.serial} if change.serial else {}
            return before, {"quantity": number(change.quantity), "effective": effective, **serial}
        case Cancel():
            return before, {"cancelled": str(change.last_day)}
        case BillAgain():
            return {"cancelled": str(change.addition.cancelled)}, {"cancelled": str(change.until or "none")}
        case _:
            assert_never(change)
