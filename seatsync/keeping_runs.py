"""What the desk and the jobs need of the journal of runs and of the audit log, as Protocols."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from seatsync.journal import AuditDraft, AuditEntry, AuditVerdict, Operation, Outcome
from seatsync.model import CompanyId, ExportId, OperationId, SnapshotId, TeamId
from seatsync.plan import Change
from seatsync.status import OperationKind, OperationStatus


class Operations(Protocol):
    """The journal of tracked runs. ``attempt`` numbers the runner: a runner that lost the run can't write."""

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
        """Record a queued run and its changes. Raises RunInProgress, DigestMismatch if pushed."""

    def get(self, team: TeamId, operation: OperationId) -> Operation:
        """Return one. Raises NotFound."""

    def all(self, team: TeamId, limit: int = 200) -> tuple[Operation, ...]:
        """List the runs, newest first."""

    def last_write(self, team: TeamId) -> datetime | None:
        """Return when the last run began that writes to ConnectWise, a push or an undo; None without one."""

    def outcomes(self, operation: OperationId) -> tuple[Outcome, ...]:
        """List the outcomes in the plan's order."""

    def running(self, team: TeamId) -> Operation | None:
        """Return the run under way."""

    def unfinished(self) -> tuple[Operation, ...]:
        """List the queued and running runs of all teams, oldest first."""

    def claim(self, operation: OperationId) -> int:
        """Mark a run as running and return the attempt's number; older attempts are fenced off."""

    def begin(self, operation: OperationId, position: int, attempt: int) -> Outcome:
        """Journal *started*, return the outcome as it stood before. Raises RunInProgress when fenced off."""

    def sending(self, operation: OperationId, position: int, attempt: int) -> None:
        """Journal that a write is about to leave. Raises RunInProgress when fenced off."""

    def not_taken(self, operation: OperationId, position: int, attempt: int) -> None:
        """Journal that ConnectWise did not take a write: none is on its way. Raises RunInProgress."""

    def end(self, outcome: Outcome, attempt: int, audit: AuditDraft | None) -> None:
        """Journal the end of a change and its audit entry, in one transaction."""

    def progress(self, operation: OperationId, attempt: int, done: int, total: int, message: str) -> None:
        """Record how far a run without changes has come."""

    def tell(self, operation: OperationId, attempt: int, message: str) -> None:
        """Record what a run is waiting for."""

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
        """Close a run."""

    def unknown(self, team: TeamId) -> tuple[Outcome, ...]:
        """List the outcomes of all the team's runs of which it is not known whether the write took effect."""

    def outcomes_of(self, team: TeamId, company: CompanyId) -> tuple[Outcome, ...]:
        """List the outcomes of a company in the team's runs, oldest first."""

    def settle(self, team: TeamId, outcome: Outcome, audit: AuditDraft) -> None:
        """Journal what an outcome that was unknown turned out to be, and how its ended run stands then."""

    def request_cancel(self, team: TeamId, operation: OperationId, audit: AuditDraft) -> Operation:
        """Ask a run to stop after the change in flight. Raises NotFound."""

    def cancel_requested(self, operation: OperationId) -> bool:
        """Say whether somebody asked the run to stop."""

    def run_lock(self, team: TeamId) -> AbstractContextManager[bool]:
        """Hold the team's run lock, which dies with the process; yields False when another holds it."""


class Audit(Protocol):
    """The append-only log."""

    def append(self, draft: AuditDraft) -> None:
        """Add an entry that belongs to no other write."""

    def entries(
        self,
        team: TeamId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        who: str = "",
        action: str = "",
        text: str = "",
        operation: OperationId | None = None,
        limit: int | None = None,
    ) -> tuple[AuditEntry, ...]:
        """List entries, oldest first; with ``limit``, the newest that many."""

    def entry(self, team: TeamId, seq: int) -> AuditEntry:
        """Return one entry by its number. Raises NotFound."""

    def head(self, team: TeamId) -> int:
        """Return the number of the team's last entry, 0 before the first."""

    def verify(self) -> AuditVerdict:
        """Recompute the hash chain of all teams."""
