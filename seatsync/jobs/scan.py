"""A scan as a run: read everything, then swap the snapshot in; all or nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.journal import AuditDraft, Operation
from seatsync.keeping import Store
from seatsync.model import SnapshotId
from seatsync.people import Permission
from seatsync.ports import ConnectWise
from seatsync.status import OperationStatus


class ScanCancelled(Exception):
    """Somebody asked the scan to stop."""


def _now() -> datetime:
    return datetime.now(UTC)


def scan(
    store: Store,
    operation: Operation,
    attempt: int,
    connectwise: ConnectWise,
    clock: Callable[[], datetime] = _now,
) -> OperationStatus:
    """Take a snapshot and close the run; on any failure the old snapshot stays."""
    operations, began = store.operations, clock()

    def progress(done: int, total: int, message: str) -> None:
        if operations.cancel_requested(operation.id):
            raise ScanCancelled
        operations.progress(operation.id, attempt, done, total, message)

    try:
        book = connectwise.read_book(progress)
    except ScanCancelled:
        said = "Cancelled; the snapshot before it stays in use."
        return _close(store, operation, attempt, OperationStatus.CANCELLED, said)
    except (ScanFailed, ConnectWiseError) as error:
        return _close(store, operation, attempt, OperationStatus.FAILED, str(error))
    counts = {
        "companies": len(book.companies),
        "agreements": len(book.agreements),
        "additions": len(book.additions),
        "products": len(book.products),
    }
    draft = _draft(operation, "snapshot.save", "ok", counts)
    snapshot = store.snapshots.swap_in(operation.team_id, book, began, draft)
    seconds = round((clock() - began).total_seconds(), 1)
    said = (
        f"Read {counts['companies']} companies, {counts['agreements']} agreements and "
        f"{counts['additions']} additions in {seconds} s."
    )
    detail = {"snapshot": snapshot.id, **counts, "requests": connectwise.requests, "seconds": seconds}
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
