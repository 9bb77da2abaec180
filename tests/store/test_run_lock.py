"""The run lock lets one runner of a team work, and dies with it; what it had committed stays."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from seatsync.errors import DatabaseError
from seatsync.model import TeamId
from seatsync.status import OperationKind, Result
from seatsync.store import SqlStore, open_store

from .making import draft, team_of, update

RUNNER = """
import sys, time
from dataclasses import replace
from seatsync.status import Result
from seatsync.store import open_store
store = open_store(sys.argv[1])
(run,) = store.operations.unfinished()
with store.operations.run_lock(run.team_id) as held:
    attempt = store.operations.claim(run.id)
    ended = replace(store.operations.begin(run.id, 0, attempt), result=Result.UPDATED)
    store.operations.end(ended, attempt, None)
    store.operations.begin(run.id, 1, attempt)
    store.operations.sending(run.id, 1, attempt)
    print(held, flush=True)
    time.sleep(60)
"""


def free(store: SqlStore, team: TeamId) -> bool:
    with store.operations.run_lock(team) as held:
        return held


def freed(store: SqlStore, team: TeamId) -> bool:
    """Wait a little: a database server notices the death of a client a moment later."""
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        if free(store, team):
            return True
        time.sleep(0.02)
    return False


def test_a_killed_runner_leaves_its_journal_and_frees_the_lock(database_url):
    with open_store(database_url) as store:
        team = team_of(store)
        changes = [update("a"), update("b"), update("c")]
        run = store.operations.open(
            team, OperationKind.SEAT_SYNC, "anna", changes=changes, audit=draft(store)
        )
        command = [sys.executable, "-c", RUNNER, database_url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as runner:
            assert runner.stdout.readline() == "True\n"
            assert not free(store, team)
            runner.send_signal(signal.SIGKILL)
        assert freed(store, team)
        outcomes = store.operations.outcomes(run.id)
        assert [one.result for one in outcomes] == [Result.UPDATED, Result.STARTED, Result.PLANNED]
        assert [one.sent for one in outcomes] == [False, True, False]
        assert store.operations.claim(run.id) == 2
        assert store.audit.verify().ok


def test_the_lock_is_free_again_after_the_block(store):
    for _ in range(2):
        assert free(store, team_of(store))


def test_the_lock_is_free_again_after_an_error_in_the_block(store):
    with pytest.raises(ValueError, match="defect"), store.operations.run_lock(team_of(store)):
        raise ValueError("defect")
    assert free(store, team_of(store))


def assert_other_threads_wait(store: SqlStore) -> None:
    found = []
    with store.operations.run_lock(TeamId(1)) as held:
        thread = threading.Thread(target=lambda: found.append(free(store, TeamId(1))))
        thread.start()
        thread.join()
        assert held
        assert found == [False]
        assert not free(store, TeamId(1))
    assert free(store, TeamId(1))


def test_another_thread_of_the_same_process_does_not_get_the_lock(store):
    assert_other_threads_wait(store)


def test_in_memory_another_thread_does_not_get_the_lock_either():
    with open_store("sqlite://") as store:
        assert_other_threads_wait(store)


def test_another_store_on_the_same_database_does_not_get_the_lock(database_url):
    with open_store(database_url) as one, open_store(database_url) as two:
        with one.operations.run_lock(TeamId(1)) as held:
            assert held
            assert not free(two, TeamId(1))
        assert free(two, TeamId(1))


def test_each_team_has_a_lock_of_its_own(store):
    with store.operations.run_lock(TeamId(1)) as one, store.operations.run_lock(TeamId(2)) as two:
        assert (one, two) == (True, True)


def test_the_lock_does_not_hold_up_other_writes(store):
    with store.operations.run_lock(team_of(store)):
        store.audit.append(draft(store))
    assert len(store.audit.entries(team_of(store))) == 1


def test_a_lock_file_that_cannot_be_used_is_named(sqlite_store, tmp_path):
    (tmp_path / "seatsync.db.run-1.lock").mkdir()
    with (
        pytest.raises(
            DatabaseError, match=r"The run lock .*seatsync\.db\.run-1\.lock can't be used: Is a dir"
        ),
        sqlite_store.operations.run_lock(TeamId(1)),
    ):
        pass


@pytest.mark.postgres
def test_a_server_that_went_away_is_told(postgres_store, postgres_server):
    with postgres_store.operations.run_lock(TeamId(1)) as held:
        assert held
        postgres_server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'seatsync_%'"
        )
    assert postgres_store.teams.root().name == "Root"
