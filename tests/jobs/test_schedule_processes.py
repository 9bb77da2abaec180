"""Several processes on one database: one scan for a due time, whoever looks first, and whoever dies."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from seatsync.schedules import next_due, read_cron, save_schedule
from seatsync.simulator.app import create_app
from seatsync.wiring import Wiring
from tests.contract.proxy import running

from .installation import ROOT, SECONDS, Installation, until
from .worlds import TODAY, simulated_book

PROCESSES = 2
HOURS = 4
# Looks round at each hour that it is told, and says so; the clock is what it is told.
REPLICA = """
import sys
from datetime import datetime
from seatsync.jobs.schedule import Scheduler
from seatsync.schedules import SCHEDULE
from seatsync.settings import load_settings
from seatsync.wiring import Wiring

now = []
with Wiring(load_settings()) as wiring:
    wiring.runner(watch=True)
    desk = lambda team: wiring.desk(team.name, SCHEDULE)
    scheduler = Scheduler(wiring.store, desk, wiring.timezone, lambda: now[-1])
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    for line in sys.stdin:
        now.append(datetime.fromisoformat(line.strip()))
        for _ in range(5):
            scheduler.look_round()
        sys.stdout.write("looked\\n")
        sys.stdout.flush()
"""


class Replicas:
    """Processes of one installation that look round when they are told the time."""

    def __init__(self, installation: Installation) -> None:
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-c", REPLICA],
                cwd=ROOT,
                env=installation.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            for _ in range(PROCESSES)
        ]
        installation.started += self.processes
        for process in self.processes:
            self.expect(process, "ready")

    def expect(self, process: "subprocess.Popen[str]", word: str) -> None:
        """Wait for a process to say a word."""
        assert process.stdout is not None
        assert process.stdout.readline() == f"{word}\n"

    def tell(self, now: datetime) -> None:
        """Tell all of them the time at once, and wait until all have looked."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{now.isoformat()}\n")
            process.stdin.flush()
        for process in self.processes:
            self.expect(process, "looked")

    def close(self) -> None:
        """Let all end, as a server that is stopped."""
        for process in self.processes:
            process.communicate(timeout=SECONDS)
            assert process.returncode == 0


@pytest.fixture
def installation(database_url: str) -> Iterator[Installation]:
    """A database, once on SQLite and once on PostgreSQL, and a simulator of its own."""
    with running(create_app(simulated_book(), today=TODAY)) as url:
        made = Installation(database_url, url)
        yield made
        made.close()


def test_of_several_processes_one_starts_the_scan_at_each_due_time(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        desk = wiring.desk()
        save_schedule(desk, "0 * * * *")
        due = next_due(read_cron("0 * * * *"), "UTC", datetime.now(UTC))
        assert due is not None
        replicas = Replicas(installation)
        for hour in range(HOURS):
            replicas.tell(due + timedelta(hours=hour, seconds=1))
            until(lambda: desk.store.operations.running(desk.team.id) is None, "the end of the scan")
        replicas.close()

        runs = desk.store.operations.all(desk.team.id)
        assert [run.message for run in runs if run.status != "completed"] == []
        assert [run.who for run in runs] == ["schedule"] * HOURS
        entries = desk.store.audit.entries(desk.team.id, who="schedule")
        started = [entry.after["due"] for entry in entries if entry.action == "scan.start"]
        assert started == [f"{due + timedelta(hours=hour):%Y-%m-%dT%H:%MZ}" for hour in range(HOURS)]
        assert [entry.action for entry in entries].count("scan.skip") == 0
        assert desk.store.audit.verify().ok


def test_of_several_processes_one_tells_that_a_scan_was_skipped(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        desk = wiring.desk()
        save_schedule(desk, "0 6 * * 1")
        due = next_due(read_cron("0 6 * * 1"), "UTC", datetime.now(UTC))
        assert due is not None
        replicas = Replicas(installation)
        replicas.tell(due + timedelta(days=2))
        replicas.close()

        assert desk.store.operations.all(desk.team.id) == ()
        (entry,) = desk.store.audit.entries(desk.team.id, who="schedule")
        assert entry.action == "scan.skip"


def test_a_scan_whose_process_was_killed_is_finished_by_another_and_not_repeated(
    installation: Installation,
) -> None:
    with Wiring(installation.settings) as wiring:
        desk = wiring.desk()
        save_schedule(desk, "0 6 * * 1")
        due = next_due(read_cron("0 6 * * 1"), "UTC", datetime.now(UTC))
        assert due is not None
        installation.fault("slow", times=3, seconds=2)
        replicas = Replicas(installation)
        replicas.tell(due)
        for process in replicas.processes:
            installation.kill(process)
        assert desk.store.operations.running(desk.team.id) is not None, "the scan ended before the kill"

        fresh = Replicas(installation)
        fresh.tell(due + timedelta(minutes=1))
        until(lambda: desk.store.operations.running(desk.team.id) is None, "the end of the scan")
        fresh.close()

        (scan,) = desk.store.operations.all(desk.team.id)
        assert (scan.who, scan.status) == ("schedule", "completed")
