"""A scan as a run: read everything, then swap the snapshot in; all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.journal import AuditDraft, Operation
from seatsync.keeping import Store
from seatsync.keeping_runs import Operations
from seatsync.model import Book, SnapshotId
from seatsync.people import Permission
from seatsync.ports import ConnectWise
from seatsync.status import OperationStatus
from seatsync.suspicion import suspect

_TELL_EVERY = timedelta(milliseconds=250)
_RATE_KNOWN_AFTER = timedelta(seconds=1)


class ScanCancelled(Exception):
    """Somebody asked the scan to stop."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Teller:
    """Journals how far a scan is, and how long it may still take; asks whether it is to stop.

    Not at every step: a commit costs more than reading a short list.
    """

    operations: Operations
    operation: Operation
    attempt: int
    clock: Callable[[], datetime] = _now
    _told: datetime | None = None
    _from: tuple[datetime, int] | None = field(default=None)

    def __call__(self, done: int, total: int, message: str) -> None:
        """Take in a step. Raises ScanCancelled."""
        now = self.clock()
        if self._told is not None and now - self._told < _TELL_EVERY and done < total:
            return
        self._told = now
        if self.operations.cancel_requested(self.operation.id):
            raise ScanCancelled
        left = self._left(now, done, total)
        said = f"{message}; {left}" if left else message
        self.operations.progress(self.operation.id, self.attempt, done, total, said)

    def _left(self, now: datetime, done: int, total: int) -> str:
        """Say how long the rest takes at the pace so far; empty while that is not known."""
        if not total:
            return ""
        if self._from is None:
            self._from = (now, done)
        begun, before = self._from
        if done == before or now - begun < _RATE_KNOWN_AFTER or done >= total:
            return ""
        seconds = (now - begun).total_seconds() * (total - done) / (done - before)
        return f"about {seconds / 60:.0f} min left" if seconds >= 90 else f"about {seconds:.0f} s left"


def scan(
    store: Store,
    operation: Operation,
    attempt: int,
    connectwise: ConnectWise,
    clock: Callable[[], datetime] = _now,
) -> OperationStatus:
    """Take a snapshot and close the run; on any failure the old snapshot stays."""
    began = clock()
    kept = store.snapshots.all(operation.team_id)

    def earlier() -> Book | None:
        return store.snapshots.book(operation.team_id, kept[0].id) if kept else None

    try:
        book = connectwise.read_book(Teller(store.operations, operation, attempt), earlier)
    except ScanCancelled:
        said = "Cancelled; the snapshot before it stays in use."
        return _close(store, operation, attempt, OperationStatus.CANCELLED, said)
    except (ScanFailed, ConnectWiseError) as error:
        return _close(store, operation, attempt, OperationStatus.FAILED, str(error))
    counts: dict[str, Any] = {
        "companies": len(book.companies),
        "agreements": len(book.agreements),
        "additions": len(book.additions),
        "products": len(book.products),
    }
    suspicion = suspect(book, kept)
    found = counts | {"suspicion": suspicion}
    draft = _draft(operation, "snapshot.save", "ok", found)
    snapshot = store.snapshots.swap_in(operation.team_id, book, began, draft, suspicion)
    seconds = round((clock() - began).total_seconds(), 1)
    said = (
        f"Read {counts['companies']:,} companies, {counts['agreements']:,} agreements and "
        f"{counts['additions']:,} additions in {seconds} s. {suspicion}"
    ).strip()
    detail = {"snapshot": snapshot.id, **found, "requests": connectwise.requests, "seconds": seconds}
    changes = store.snapshots.changes(operation.team_id, snapshot.id)
    if changes is not None:
        detail |= {
            "since": changes.since.isoformat(),
            "changes": dict(changes.counts),
            "other_changes": changes.others,
        }
    return _close(store, operation, attempt, OperationStatus.COMPLETED, said, detail, snapshot.id)


def _close(
    store: Store,
    operation: Operation,
    attempt: int,
    status: OperationStatus,
    message: str,
    detail: dict[str, Any] | None = None,
    snapshot: SnapshotId | None = None,
) -> OperationStatus:
    result = "ok" if status is OperationStatus.COMPLETED else "failed"
    draft = _draft(operation, "scan", result, {"status": status, "message": message})
    store.operations.finish(operation.id, attempt, status, message, detail or {}, draft, snapshot)
    return status


def _draft(operation: Operation, action: str, result: str, after: dict[str, Any]) -> AuditDraft:
    return AuditDraft(
        operation.who,
        operation.team_id,
        Permission.MANAGE,
        action,
        "ConnectWise",
        after=after,
        result=result,
        operation_id=operation.id,
    )
