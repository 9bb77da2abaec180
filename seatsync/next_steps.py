"""What comes after a push or an undo: a new scan, and then another look at the export."""

from dataclasses import dataclass
from enum import StrEnum

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.model import ExportId
from seatsync.people import Permission
from seatsync.runs import under_way
from seatsync.status import OperationKind, Result


class Step(StrEnum):
    """The step that comes next."""

    WAIT = "wait"
    SCAN = "scan"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step after an operation, how many of its changes were not written, and the export to look at.

    ``running`` is the run to wait for.
    """

    step: Step
    left: int
    export: ExportId | None = None
    running: Operation | None = None


def after(desk: Desk, operation: Operation) -> NextStep | None:
    """Say what comes after an operation; None after a scan, and while the operation goes on."""
    desk.require(Permission.SEE, "operation.view", str(operation.id))
    if operation.kind is OperationKind.SCAN or not operation.status.finished:
        return None
    left = operation.counts.get(Result.FAILED, 0) + operation.counts.get(Result.SKIPPED, 0)
    running = under_way(desk)
    if running is not None:
        return NextStep(Step.WAIT, left, operation.export_id, running)
    snapshot, ended = desk.store.snapshots.latest(desk.team.id), operation.finished_at
    scanned = snapshot is not None and ended is not None and snapshot.taken_at > ended
    return NextStep(Step.REVIEW if scanned else Step.SCAN, left, operation.export_id)
