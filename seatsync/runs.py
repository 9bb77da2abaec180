"""Start a scan, and watch, stop or take over any tracked run."""

import time
from collections.abc import Callable
from datetime import datetime

from seatsync.desk import Desk
from seatsync.errors import RunInProgress
from seatsync.journal import Operation, Outcome
from seatsync.model import OperationId
from seatsync.people import Permission
from seatsync.status import OperationKind, OperationStatus

_START_SECONDS = 1.0


def start_scan(desk: Desk) -> Operation:
    """Start a scan. Raises NotConfigured, RunInProgress."""
    desk.require(Permission.MANAGE, "scan.start", "ConnectWise")
    with desk.connect():
        pass

    def opened() -> Operation:
        draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise")
        return desk.store.operations.open(desk.team.id, OperationKind.SCAN, desk.person.name, audit=draft)

    operation = open_run(desk, opened)
    desk.runner().start(operation)
    return operation


def open_run(desk: Desk, opened: Callable[[], Operation]) -> Operation:
    """Open a run, past a scan whose process died. Raises RunInProgress, also before a push to resume."""
    try:
        return opened()
    except RunInProgress:
        dead = desk.store.operations.running(desk.team.id)
        if dead is None or not is_dead(desk, dead):
            raise
    if dead.kind is not OperationKind.SCAN:
        raise RunInProgress(
            f"Operation {dead.id} ({dead.kind.label}) was interrupted and has to be finished first. "
            f"It resumes by itself while the app runs, or with: python -m seatsync resume {dead.id}."
        )
    said = "The process that scanned ended before the scan did; the snapshot before it stays in use."
    attempt = desk.store.operations.claim(dead.id)
    draft = desk.draft(Permission.MANAGE, "scan", f"operation {dead.id}", {}, {"message": said}, "failed")
    desk.store.operations.finish(dead.id, attempt, OperationStatus.FAILED, said, {}, draft)
    return opened()


def is_dead(desk: Desk, operation: Operation) -> bool:
    """Say whether the process of an unfinished run has died; a run that just starts is given a moment."""
    if not abandoned(desk, operation):
        return False
    time.sleep(_START_SECONDS)
    return abandoned(desk, desk.store.operations.get(desk.team.id, operation.id))


def pushed_since(desk: Desk, taken: datetime) -> bool:
    """Say whether a push or an undo began after a time, as that of a snapshot."""
    last = desk.store.operations.last_write(desk.team.id)
    return last is not None and last > taken


def recent(desk: Desk, kind: OperationKind | None = None) -> tuple[Operation, ...]:
    """List the team's last runs, newest first; with ``kind``, only those."""
    desk.require(Permission.SEE, "operation.list")
    listed = desk.store.operations.all(desk.team.id)
    return tuple(run for run in listed if kind is None or run.kind is kind)


def under_way(desk: Desk) -> Operation | None:
    """Return the team's run that is under way, if there is one."""
    desk.require(Permission.SEE, "operation.list")
    return desk.store.operations.running(desk.team.id)


def look_up(desk: Desk, operation: OperationId) -> tuple[Operation, tuple[Outcome, ...]]:
    """Return a run of the team with its outcomes. Raises NotFound."""
    desk.require(Permission.SEE, "operation.view", str(operation))
    return desk.store.operations.get(desk.team.id, operation), desk.store.operations.outcomes(operation)


def stop(desk: Desk, operation: OperationId) -> Operation:
    """Ask a run to stop after the change in flight. Raises NotFound."""
    desk.require(Permission.MANAGE, "operation.cancel", str(operation))
    draft = desk.draft(Permission.MANAGE, "operation.cancel", f"operation {operation}")
    return desk.store.operations.request_cancel(desk.team.id, operation, draft)


def abandoned(desk: Desk, operation: Operation) -> bool:
    """Say whether an unfinished run is carried out by no process; so is one in the moment of its start."""
    desk.require(Permission.SEE, "operation.view", str(operation.id))
    if operation.status.finished:
        return False
    with desk.store.operations.run_lock(desk.team.id) as free:
        return free


def take_over(desk: Desk, operation: Operation) -> None:
    """Resume a run whose process died. Raises RunInProgress while it is alive."""
    desk.require(Permission.MANAGE, "operation.resume", f"operation {operation.id}")
    desk.runner().resume(operation)
