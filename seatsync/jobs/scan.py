"""A scan as a run: read everything, then swap the snapshot in; all or nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.journal import AuditDraft, Operation
from seatsync.people import Permission
from seatsync.ports import ConnectWise, Store
from seatsync.status import OperationStatus


class ScanCancelled(Exception):
    """Somebody asked the scan to stop."""


def scan(
    store: Store,
    operation: Operation,
    attempt: int,
    connectwise: ConnectWise,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> OperationStatus:
    """Take a snapshot and close the run; on any failure the old snapshot stays."""
    operations = store.operations
    began = clock()

    def progress(done: int, total: int, message: str) -> None:
        if operations.cancel_requested(operation.id):
            raise ScanCancelled
        operations.progress(operation.id, attempt, done, total, message)

    def draft(result: str, after: dict[str, object]) -> AuditDraft:
        return AuditDraft(
            operation.who,
            operation.team_id,
            Permission.MANAGE,
            "scan",
            "ConnectWise",
            after=after,
            result=result,
            operation_id=operation.id,
        )

    try:
        book = connectwise.read_book(progress)
    except ScanCancelled:
        said = "Cancelled; the snapshot before it stays in use."
        status = OperationStatus.CANCELLED
        operations.finish(operation.id, attempt, status, said, {}, draft("refused", {"message": said}))
        return status
    except (ScanFailed, ConnectWiseError) as error:
        status = OperationStatus.FAILED
        operations.finish(
            operation.id, attempt, status, str(error), {}, draft("failed", {"message": str(error)})
        )
        return status
    counts: dict[str, object] = {
        "companies": len(book.companies),
        "agreements": len(book.agreements),
        "additions": len(book.additions),
        "products": len(book.products),
    }
    snapshot = store.snapshots.swap_in(operation.team_id, book, began, draft("ok", counts))
    seconds = round((clock() - began).total_seconds(), 1)
    detail = {"snapshot": snapshot.id, **counts, "requests": connectwise.requests, "seconds": seconds}
    said = (
        f"Read {counts['companies']} companies, {counts['agreements']} agreements and "
        f"{counts['additions']} additions in {seconds} s."
    )
    operations.finish(
        operation.id,
        attempt,
        OperationStatus.COMPLETED,
        said,
        detail,
        draft("ok", {"message": said}),
        snapshot.id,
    )
    return OperationStatus.COMPLETED
