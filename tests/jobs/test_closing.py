"""A runner that closes, or whose process is asked to end, finishes what is in flight and leaves the rest."""

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator

import pytest

from seatsync.journal import Operation
from seatsync.simulator.app import create_app
from seatsync.status import Kind, OperationKind, OperationStatus
from seatsync.wiring import Wiring
from tests.contract.proxy import running
from tests.store.making import draft, team_of

from .installation import Installation, until
from .test_durable import TODAY, assert_all_written_once, book, changes, queued


@pytest.fixture
def installation(sqlite_url: str) -> Iterator[Installation]:
    """A SQLite file and a simulator with twelve lines, in which every answer takes 60 ms."""
    with running(create_app(book(), today=TODAY, latency_ms=60)) as url:
        made = Installation(sqlite_url, url)
        yield made
        made.close()


def assert_left_in_good_order(installation: Installation, operation: Operation) -> None:
    """What was sent is journalled as done, nothing is half-way, and the run waits to be resumed."""
    with Wiring(installation.settings) as wiring:
        found = wiring.store.operations.get(team_of(wiring.store), operation.id)
        outcomes = wiring.store.operations.outcomes(operation.id)
    counts = Counter(outcome.result.value for outcome in outcomes)
    done = sum(outcome.result.written for outcome in outcomes)
    assert found.status is OperationStatus.RUNNING
    assert 0 < done < 16
    assert counts["planned"] == 16 - done, counts
    assert len(installation.writes()) == done
    assert not [outcome for outcome in outcomes if outcome.sent and not outcome.result.written]


def test_closing_finishes_the_changes_in_flight_and_a_new_process_the_rest(
    installation: Installation,
) -> None:
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        wiring.runner().start(operation)
        until(lambda: len(installation.writes()) >= 2, "the first writes")

    assert_left_in_good_order(installation, operation)
    with Wiring(installation.settings) as wiring:
        wiring.runner(watch=True)
        assert_all_written_once(installation, wiring, operation)
    assert len(installation.writes()) == 16


def test_a_command_that_is_asked_to_terminate_does_the_same_and_says_how_to_go_on(
    installation: Installation,
) -> None:
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
    process = installation.start("resume", str(operation.id), SEATSYNC_IN_FLIGHT="2")
    until(lambda: len(installation.writes()) >= 2, "the first writes")

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"python -m seatsync resume {operation.id}" in said
    assert "Traceback" not in said
    assert_left_in_good_order(installation, operation)
    resumed = installation.run("resume", str(operation.id), "--json")
    assert resumed.returncode == 0, resumed.stderr
    with Wiring(installation.settings) as wiring:
        assert_all_written_once(installation, wiring, operation)
    assert len(installation.writes()) == 16


def test_a_command_that_is_asked_to_terminate_in_its_last_change_ends_as_if_nothing_had_been(
    installation: Installation,
) -> None:
    with Wiring(installation.settings) as wiring:
        operations, team = wiring.store.operations, team_of(wiring.store)
        (only,) = changes(wiring)[:1]
        kind, told = OperationKind.SEAT_SYNC, draft(wiring.store)
        operation = operations.open(team, kind, "anna", digest="d", changes=[only], audit=told)
        installation.fault("slow", method="PATCH", seconds=2)
        process = installation.start("resume", str(operation.id), "--json")
        until(lambda: operations.outcomes(operation.id)[0].sent, "the write to leave")

        process.send_signal(signal.SIGTERM)
        out, said = process.communicate(timeout=30)

    assert process.returncode == 0, said
    assert json.loads(out)["status"] == "completed"
    assert "python -m seatsync resume" not in said


def told_to_wait(installation: Installation) -> tuple[Operation, "subprocess.Popen[str]"]:
    """A push in another process that ConnectWise told to wait for a minute, be it a read or a write."""
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        process = installation.start("resume", str(operation.id), "--json")
        until(lambda: len(installation.writes()) >= 2, "the first writes")
        installation.fault("rate_limited", seconds=60)
        operations, team = wiring.store.operations, team_of(wiring.store)
        until(lambda: "asks to wait" in operations.get(team, operation.id).message, "the wait")
    return operation, process


def go_on(installation: Installation) -> None:
    """Take requests again."""
    installation.fault("rate_limited", rate=0)


def test_a_command_that_is_asked_to_terminate_does_not_sit_a_wait_out(installation: Installation) -> None:
    operation, process = told_to_wait(installation)

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)

    assert process.returncode == 1
    assert f"python -m seatsync resume {operation.id}" in said
    go_on(installation)
    assert installation.run("resume", str(operation.id), "--json").returncode == 0
    with Wiring(installation.settings) as wiring:
        assert_all_written_once(installation, wiring, operation)


def test_a_run_that_is_cancelled_does_not_sit_a_wait_out(installation: Installation) -> None:
    operation, process = told_to_wait(installation)

    assert installation.run("cancel", str(operation.id)).returncode == 0
    process.communicate(timeout=20)

    assert process.returncode == 2
    with Wiring(installation.settings) as wiring:
        found = wiring.store.operations.get(team_of(wiring.store), operation.id)
        outcomes = wiring.store.operations.outcomes(operation.id)
    assert found.status is OperationStatus.CANCELLED
    done = sum(outcome.result.written for outcome in outcomes)
    # A line that was added when the wait began can't be read back, and so is not called created.
    unknown = [o for o in outcomes if o.message.startswith("Outcome unknown: ConnectWise answered")]
    assert {o.change.kind for o in unknown} <= {Kind.CREATE}
    messages = Counter(outcome.message for outcome in outcomes)
    assert messages["run stopped: cancelled"] == 16 - done - len(unknown) > 0, messages
    assert sum(entry["status"] in (200, 201) for entry in installation.writes()) == done + len(unknown)
