"""The journal of tracked runs: every step is committed before the next begins."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, select, type_coerce, update

from seatsync.errors import NotFound, NotReady
from seatsync.journal import UNKNOWN, AuditDraft, Operation, Outcome, concluded_anew, planned
from seatsync.model import CompanyId, ExportId, OperationId, SnapshotId, TeamId
from seatsync.plan import Change
from seatsync.status import ENDED, OperationKind, OperationStatus, Result
from seatsync.store.audit import record
from seatsync.store.codec import change_to_json
from seatsync.store.engine import Database, only
from seatsync.store.lock import RunLocks
from seatsync.store.operation_rows import (
    UNDER_WAY,
    fence,
    no_change,
    outcome_of,
    read_operation,
    read_operations,
    read_outcome,
    read_outcomes,
    refuse_second,
    set_operation,
)
from seatsync.store.rows import add, add_all, columns_of, lock_team, require_export
from seatsync.store.tables import OPERATION, OUTCOME


class SqlOperations:
    """The runs journalled in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._locks = RunLocks(database)

    def open(
        self,
        team: TeamId,
        kind: OperationKind,
        who: str,
        *,
        digest: str = "",
        export: ExportId | None = None,
        snapshot: SnapshotId | None = None,
        changes: Sequence[Change] = (),
        undoes: OperationId | None = None,
        audit: AuditDraft,
    ) -> Operation:
        """Record a queued run and its changes; the audit entry also carries the run's number.

        Raises RunInProgress, DigestMismatch when the digest was pushed already, and NotFound.
        """
        values = {"team_id": team, "kind": kind, "who": who, "export_id": export, "snapshot_id": snapshot}
        values |= {"digest": digest, "total": len(changes), "started_at": self._database.clock()}
        blank = {"done": 0, "message": "", "detail": {}, "cancel_requested": False, "attempt": 0}
        blank |= {"undoes": undoes}
        with self._database.writing() as connection:
            refuse_second(connection, team, lock_team(connection, team), digest)
            if export is not None:
                require_export(connection, team, export)
            status = {"status": OperationStatus.QUEUED, "finished_at": None}
            made = OperationId(add(connection, OPERATION, values | blank | status))
            add_all(connection, OUTCOME, map(_outcome_values, planned(changes, made)))
            record(self._database, connection, replace(audit, operation_id=made))
            return read_operation(connection, team, made)

    def get(self, team: TeamId, operation: OperationId) -> Operation:
        """Return one. Raises NotFound."""
        with self._database.reading() as connection:
            return read_operation(connection, team, operation)

    def all(self, team: TeamId, limit: int = 200) -> tuple[Operation, ...]:
        """List the runs, newest first."""
        with self._database.reading() as connection:
            return read_operations(connection, OPERATION.c.team_id == team, limit)

    def last_write(self, team: TeamId) -> datetime | None:
        """Return when the last run began that writes to ConnectWise, a push or an undo; None without one."""
        newest = (
            select(OPERATION.c.started_at)
            .where(OPERATION.c.team_id == team, OPERATION.c.kind != OperationKind.SCAN)
            .order_by(OPERATION.c.id.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            found: datetime | None = connection.execute(newest).scalar()
        return found

    def outcomes(self, operation: OperationId) -> tuple[Outcome, ...]:
        """List the outcomes in the plan's order."""
        with self._database.reading() as connection:
            return read_outcomes(connection, operation)

    def running(self, team: TeamId) -> Operation | None:
        """Return the run under way."""
        with self._database.reading() as connection:
            found = read_operations(connection, and_(OPERATION.c.team_id == team, UNDER_WAY))
        return found[0] if found else None

    def unfinished(self) -> tuple[Operation, ...]:
        """List the queued and running runs of all teams, oldest first."""
        with self._database.reading() as connection:
            return read_operations(connection, UNDER_WAY, oldest_first=True)

    def claim(self, operation: OperationId) -> int:
        """Mark a run as running and return the number of this attempt; older attempts can't write any more.

        Raises NotFound, and NotReady when the run has ended.
        """
        taken = (
            update(OPERATION)
            .where(OPERATION.c.id == operation, UNDER_WAY)
            .values(attempt=OPERATION.c.attempt + 1, status=OperationStatus.RUNNING)
            .returning(OPERATION.c.attempt)
        )
        with self._database.writing() as connection:
            attempt: int | None = only(connection, taken)
            if attempt is not None:
                return attempt
            if only(connection, select(OPERATION.c.id).where(OPERATION.c.id == operation)) is None:
                raise NotFound(f"There is no operation {operation}. Look it up under Operations.")
        raise NotReady(f"Operation {operation} has ended, so that there is nothing to go on with.")

    def begin(self, operation: OperationId, position: int, attempt: int) -> Outcome:
        """Journal *started*, return the outcome as it stood before; one that has ended stays as it is.

        Raises RunInProgress when fenced off, and NotFound.
        """
        with self._database.writing() as connection:
            fence(connection, operation, attempt)
            before = read_outcome(connection, operation, position)
            if before.result is Result.PLANNED:
                connection.execute(_at(operation, position).values(result=Result.STARTED))
        return before

    def sending(self, operation: OperationId, position: int, attempt: int) -> None:
        """Journal that a write is about to leave. Raises RunInProgress when fenced off, and NotFound."""
        self._set_sent(operation, position, attempt, True)

    def not_taken(self, operation: OperationId, position: int, attempt: int) -> None:
        """Journal that a write was not taken: none is on its way. Raises RunInProgress, NotFound."""
        self._set_sent(operation, position, attempt, False)

    def _set_sent(self, operation: OperationId, position: int, attempt: int, sent: bool) -> None:
        values = {"sent": sent, "sent_at": self._database.clock() if sent else None}
        with self._database.writing() as connection:
            fence(connection, operation, attempt)
            if connection.execute(_at(operation, position).values(**values)).rowcount == 0:
                raise no_change(operation, position)

    def end(self, outcome: Outcome, attempt: int, audit: AuditDraft | None) -> None:
        """Journal the end of a change and its audit entry, in one transaction.

        ``sent`` stays as journalled. Raises RunInProgress when fenced off, and NotFound.
        """
        operation, position = outcome.operation_id, outcome.position
        with self._database.writing() as connection:
            fence(connection, operation, attempt)
            ends = _at(operation, position).values(**_end_values(outcome))
            if connection.execute(ends.where(OUTCOME.c.result.not_in(ENDED))).rowcount:
                set_operation(connection, operation, done=OPERATION.c.done + 1)
            elif not connection.execute(ends).rowcount:
                raise no_change(operation, position)
            if audit is not None:
                record(self._database, connection, replace(audit, operation_id=operation))

    def unknown(self, team: TeamId) -> tuple[Outcome, ...]:
        """List the outcomes of the team's runs of which it is not known whether the write took effect."""
        wanted = (
            select(*columns_of(OUTCOME, Outcome))
            .join(OPERATION, OPERATION.c.id == OUTCOME.c.operation_id)
            .where(OPERATION.c.team_id == team, OUTCOME.c.result == Result.FAILED, OUTCOME.c.sent)
            .where(OUTCOME.c.message.startswith(UNKNOWN))
            .order_by(OUTCOME.c.operation_id, OUTCOME.c.position)
        )
        with self._database.reading() as connection:
            return tuple(outcome_of(row) for row in connection.execute(wanted))

    def outcomes_of(self, team: TeamId, company: CompanyId) -> tuple[Outcome, ...]:
        """List the outcomes of a company in the team's runs, oldest first."""
        wanted = (
            select(*columns_of(OUTCOME, Outcome))
            .join(OPERATION, OPERATION.c.id == OUTCOME.c.operation_id)
            # The number occurs in the text of every change of the company, and of few others.
            .where(OPERATION.c.team_id == team, type_coerce(OUTCOME.c.change, Text).contains(str(company)))
            .order_by(OUTCOME.c.operation_id, OUTCOME.c.position)
        )
        with self._database.reading() as connection:
            found = [outcome_of(row) for row in connection.execute(wanted)]
        return tuple(outcome for outcome in found if outcome.change.company.id == company)

    def settle(self, team: TeamId, outcome: Outcome, audit: AuditDraft) -> None:
        """Journal what an outcome that was unknown turned out to be, and how its ended run stands then.

        One that somebody else settled meanwhile stays as it is. Raises NotFound.
        """
        operation, position = outcome.operation_id, outcome.position
        with self._database.writing() as connection:
            lock_team(connection, team)
            run = read_operation(connection, team, operation)
            before = read_outcomes(connection, operation)
            if not run.status.finished or not before[position].unknown:
                return
            connection.execute(_at(operation, position).values(**_end_values(outcome)))
            status, message = concluded_anew(run, before, read_outcomes(connection, operation))
            set_operation(connection, operation, status=status, message=message)
            record(self._database, connection, replace(audit, operation_id=operation))

    def progress(self, operation: OperationId, attempt: int, done: int, total: int, message: str) -> None:
        """Record how far a run without changes has come. Raises RunInProgress, NotFound."""
        with self._database.writing() as connection:
            fence(connection, operation, attempt)
            set_operation(connection, operation, done=done, total=total, message=message)

    def tell(self, operation: OperationId, attempt: int, message: str) -> None:
        """Record what a run is waiting for. Raises RunInProgress, NotFound."""
        with self._database.writing() as connection:
            fence(connection, operation, attempt)
            set_operation(connection, operation, message=message)

    def finish(
        self,
        operation: OperationId,
        attempt: int,
        status: OperationStatus,
        message: str,
        detail: Mapping[str, Any],
        audit: AuditDraft,
        snapshot: SnapshotId | None = None,
    ) -> None:
        """Close a run; without ``snapshot`` the run keeps its own. Raises RunInProgress, NotFound."""
        values: dict[str, Any] = {"status": status, "message": message, "detail": detail}
        values["finished_at"] = self._database.clock()
        if snapshot is not None:
            values["snapshot_id"] = snapshot
        with self._database.writing() as connection:
            fence(connection, operation, attempt)
            set_operation(connection, operation, **values)
            record(self._database, connection, replace(audit, operation_id=operation))

    def request_cancel(self, team: TeamId, operation: OperationId, audit: AuditDraft) -> Operation:
        """Ask a run to stop after the change in flight; one that has ended stays so. Raises NotFound."""
        with self._database.writing() as connection:
            lock_team(connection, team)
            run = read_operation(connection, team, operation)
            if not run.status.finished:
                set_operation(connection, operation, cancel_requested=True)
                record(self._database, connection, replace(audit, operation_id=operation))
            return read_operation(connection, team, operation)

    def cancel_requested(self, operation: OperationId) -> bool:
        """Say whether somebody asked the run to stop."""
        asked = select(OPERATION.c.cancel_requested).where(OPERATION.c.id == operation)
        with self._database.reading() as connection:
            return bool(only(connection, asked))

    def run_lock(self, team: TeamId) -> AbstractContextManager[bool]:
        """Hold the team's run lock, which dies with the process; yields False when another holds it."""
        return self._locks.hold(team)


def _at(operation: OperationId, position: int) -> Any:
    return update(OUTCOME).where(OUTCOME.c.operation_id == operation, OUTCOME.c.position == position)


def _end_values(outcome: Outcome) -> dict[str, Any]:
    return {
        "result": outcome.result,
        "before": outcome.before,
        "after": outcome.after,
        "day": outcome.day,
        "request_id": outcome.request_id,
        "message": outcome.message,
        # A create has learned which line it made.
        "change": change_to_json(outcome.change),
    }


def _outcome_values(outcome: Outcome) -> dict[str, Any]:
    values = {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}
    return values | {"change": change_to_json(outcome.change)}
