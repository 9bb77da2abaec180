"""Durable runs on DBOS: a scan or a push goes on without its starter, and resumes after its process died.

DBOS keeps which runs are under way; the journal in the store decides what was written. Each process has an
executor id of its own, because DBOS by itself would resume what another live process is running. A run is
taken over only when its team's run lock is free: the system frees it when the process that held it dies.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from dbos import DBOS, SetWorkflowID

from seatsync.errors import RunInProgress, SeatSyncError
from seatsync.jobs.push import PushRun, draft_of, end_of
from seatsync.jobs.scan import scan
from seatsync.journal import UNKNOWN, Operation
from seatsync.keeping import Store
from seatsync.model import OperationId, TeamId
from seatsync.ports import ConnectWise
from seatsync.status import ENDED, OperationKind, OperationStatus, Result

PROTOCOL_VERSION = "2"
"""Which steps a run has for DBOS: it goes on with none that has others."""

_POLL_SECONDS = 0.5
_WATCH_SECONDS = 2.0
_WAIT_SECONDS = 1.0
# So many changes more than requests in flight: while one is journalled, another uses its place.
_BESIDE = 4
# As long as one write and its look-up may take; what is killed meanwhile is looked up when it is resumed.
_CLOSE_SECONDS = 150.0

_runtime: "DurableRunner | None" = None


@DBOS.workflow(name="seatsync.run")
def _run(team: int, operation: int) -> str:
    assert _runtime is not None
    return _runtime.run(TeamId(team), OperationId(operation))


class DurableRunner:
    """Starts runs, carries them out, and takes over those whose process died.

    ``connect`` opens a team's ConnectWise, whose waits end when its second argument says so; ``today`` is the
    team's calendar day, ``database`` is where DBOS keeps its own tables. One runner a process.
    """

    def __init__(
        self,
        store: Store,
        connect: Callable[[TeamId, Callable[[], bool] | None], AbstractContextManager[ConnectWise]],
        today: Callable[[TeamId], date],
        database: str,
        in_flight: int,
    ) -> None:
        self._store = store
        self._connect = connect
        self._today = today
        self._in_flight = in_flight
        self._closing = threading.Event()
        self._ended = threading.Condition()
        self._pushing: set[OperationId] = set()
        self._watcher: threading.Thread | None = None
        # What concerns people is in the journal; the library is to write nothing on their screen.
        logging.getLogger("dbos").handlers = [logging.NullHandler()]
        DBOS(
            config={
                "name": "seatsync",
                "system_database_url": database,
                "application_version": PROTOCOL_VERSION,
                "executor_id": f"{os.uname().nodename}-{os.getpid()}-{uuid4().hex[:8]}",
                "log_level": "CRITICAL",
                "notification_listener_polling_interval_sec": 0.2,
            }
        )

    def launch(self, *, watch: bool) -> None:
        """Begin to carry out runs; with ``watch``, also take over the runs of processes that died."""
        global _runtime
        _runtime = self
        DBOS.launch()
        if watch:
            self._watcher = threading.Thread(target=self._watch, name="seatsync-watch", daemon=True)
            self._watcher.start()

    def close(self) -> None:
        """Stop taking on runs. A push under way finishes its changes in flight; the rest is resumed later."""
        global _runtime
        self._closing.set()
        if self._watcher is not None:
            self._watcher.join()
        with self._ended:
            self._ended.wait_for(lambda: not self._pushing, _CLOSE_SECONDS)
        DBOS.destroy()
        _runtime = None

    def start(self, operation: Operation) -> None:
        """Start a queued run."""
        with SetWorkflowID(_workflow_id(operation)):
            DBOS.start_workflow(_run, operation.team_id, operation.id)

    def resume(self, operation: Operation) -> None:
        """Take over a run whose process died. Raises RunInProgress while it is alive."""
        if operation.status.finished:
            return
        with self._store.operations.run_lock(operation.team_id) as free:
            if not free:
                raise RunInProgress(f"Operation {operation.id} is running; it needs no resuming.")
        status = DBOS.get_workflow_status(_workflow_id(operation))
        if status is None:
            self.start(operation)
        elif status.app_version == PROTOCOL_VERSION and status.status == "PENDING":
            DBOS.resume_workflow(_workflow_id(operation))
        elif status.app_version != PROTOCOL_VERSION or status.status not in ("ENQUEUED", "DELAYED"):
            # DBOS holds the run for ended or for another version's, the journal does not: the journal is
            # right, and says what is left.
            with SetWorkflowID(f"{_workflow_id(operation)}-{uuid4().hex[:8]}"):
                DBOS.start_workflow(_run, operation.team_id, operation.id)

    def _watch(self) -> None:
        """Resume what is found ownerless twice in a row: a run that starts has no lock for a moment."""
        suspects: set[OperationId] = set()
        while not self._closing.wait(_WATCH_SECONDS if suspects else _POLL_SECONDS):
            try:
                suspects = self._look_round(suspects)
            except Exception:  # noqa: BLE001 - the edge of a thread: a database that is away comes back
                suspects = set()

    def _look_round(self, suspects: set[OperationId]) -> set[OperationId]:
        found = set()
        for operation in self._store.operations.unfinished():
            with self._store.operations.run_lock(operation.team_id) as free:
                ownerless = free
            if ownerless and operation.id in suspects:
                with suppress(RunInProgress):
                    self.resume(operation)
            elif ownerless:
                found.add(operation.id)
        return found

    def run(self, team: TeamId, operation: OperationId) -> str:
        """Carry out a run to its end, as the only runner of its team."""
        with self._hold(team, operation) as held:
            if held is None:
                return "finished"
            attempt = self._store.operations.claim(operation)
            try:
                stop = None if held.kind is OperationKind.SCAN else partial(self._stops, operation)
                with self._counted(held), self._connect(team, stop) as connectwise:
                    return self._carry_out(held, attempt, connectwise)
            except RunInProgress:
                return "left to another process"
            except SeatSyncError as error:
                return self._give_up(held, attempt, str(error))
            except Exception as error:
                # A defect must not leave the run open for ever; a runner that is closing must.
                if self._closing.is_set():
                    raise
                defect = f"SeatSync met a defect ({type(error).__name__}: {error})."
                return self._give_up(held, attempt, defect)

    @contextmanager
    def _counted(self, operation: Operation) -> Iterator[None]:
        """Count a push or undo as under way, for whoever closes this runner."""
        with self._ended:
            self._pushing |= {operation.id} if operation.kind is not OperationKind.SCAN else set()
        try:
            yield
        finally:
            with self._ended:
                self._pushing.discard(operation.id)
                self._ended.notify_all()

    @contextmanager
    def _hold(self, team: TeamId, operation: OperationId) -> Iterator[Operation | None]:
        """Wait for the team's run lock; yield None when another runner finished the run meanwhile."""
        operations = self._store.operations
        while True:
            with operations.run_lock(team) as free:
                if free:
                    found = operations.get(team, operation)
                    yield None if found.status.finished else found
                    return
            if self._closing.wait(_POLL_SECONDS):
                raise RunInProgress(f"Operation {operation} waits for another run of the team.")

    def _carry_out(self, operation: Operation, attempt: int, connectwise: ConnectWise) -> str:
        # One step for the whole: the journal knows of each change whether it was carried out.
        if operation.kind is OperationKind.SCAN:
            return DBOS.run_step({"name": "scan"}, scan, self._store, operation, attempt, connectwise)
        return DBOS.run_step({"name": "push"}, self._push, operation, attempt, connectwise)

    def _push(self, operation: Operation, attempt: int, connectwise: ConnectWise) -> str:
        operations, team = self._store.operations, operation.team_id
        run = PushRun(
            operations,
            operation,
            attempt,
            connectwise,
            lambda: self._today(team),
            lambda: self._store.teams.rules(team).rehearse,
            partial(self._pause, operation.id),
        )
        places = [outcome.position for outcome in operations.outcomes(operation.id)]
        with ThreadPoolExecutor(self._in_flight + _BESIDE, thread_name_prefix="seatsync-push") as pool:
            futures = [pool.submit(self._unless_closing, run, place) for place in places]
            self._await(futures, operation, attempt, connectwise)
        outcomes = operations.outcomes(operation.id)
        if self._closing.is_set() and any(outcome.result not in ENDED for outcome in outcomes):
            return "left to be resumed"
        return run.close(outcomes)

    def _pause(self, operation: OperationId, seconds: float) -> None:
        """Let a change wait, until somebody asks the run to stop. Raises RunInProgress when this closes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._closing.wait(min(left, _WAIT_SECONDS))
            if self._stops(operation):
                return

    def _stops(self, operation: OperationId) -> bool:
        """Say whether somebody asked the run to stop. Raises RunInProgress when this closes."""
        if self._closing.is_set():
            raise RunInProgress(f"Operation {operation} is left to be resumed.")
        return self._store.operations.cancel_requested(operation)

    def _unless_closing(self, run: PushRun, place: int) -> None:
        if not self._closing.is_set():
            run.change(place)

    def _await(
        self, futures: list[Future[Any]], operation: Operation, attempt: int, connectwise: ConnectWise
    ) -> None:
        """Wait for the changes, telling meanwhile when ConnectWise asks to wait."""
        said = ""
        while wait(futures, timeout=_WAIT_SECONDS, return_when=FIRST_EXCEPTION).not_done:
            left = connectwise.wait_left
            told = f"ConnectWise asks to wait: going on in {left:.0f} s" if left > _WAIT_SECONDS else ""
            if told != said:
                self._store.operations.tell(operation.id, attempt, told)
                said = told
            if any(future.done() and future.exception() for future in futures):
                break
        for future in futures:
            future.result()

    def _give_up(self, operation: Operation, attempt: int, why: str) -> str:
        """Close a run that can't go on: what was not sent is skipped, what was sent is unknown."""
        operations = self._store.operations
        for outcome in operations.outcomes(operation.id):
            if outcome.result in (Result.PLANNED, Result.STARTED):
                ended = replace(outcome, result=Result.SKIPPED, message=f"run stopped: {why}")
                if outcome.sent:
                    words = f"{UNKNOWN}: sent, then the run stopped. {why} Look again."
                    ended = replace(outcome, result=Result.FAILED, message=words)
                operations.end(ended, attempt, draft_of(operation, ended))
        status = OperationStatus.FAILED
        operations.finish(operation.id, attempt, status, why, {}, end_of(operation, status, why))
        return status


def _workflow_id(operation: Operation) -> str:
    return f"seatsync-{operation.team_id}-{operation.id}"


def wait_for(
    store: Store, team: TeamId, operation: OperationId, watch: Callable[[Operation], None]
) -> Operation:
    """Wait until a run is finished, telling ``watch`` each time how far it is. Raises NotFound."""
    while True:
        found = store.operations.get(team, operation)
        watch(found)
        if found.status.finished:
            return found
        time.sleep(0.1)
