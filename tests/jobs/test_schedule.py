"""Scans on a schedule: started once when due, skipped or made up for, and never in the way of closing."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from seatsync.desk import Desk
from seatsync.errors import DatabaseError
from seatsync.jobs import schedule as schedule_module
from seatsync.jobs.durable import wait_for
from seatsync.jobs.schedule import Scheduler, settle
from seatsync.journal import AuditEntry, Operation
from seatsync.people import Permission
from seatsync.runs import start_scan
from seatsync.schedules import SCHEDULE, next_due, read_cron, save_schedule
from seatsync.simulator.app import create_app
from seatsync.status import OperationKind
from seatsync.upkeep import save_timezone
from seatsync.wiring import Wiring
from tests.contract.proxy import running

from .installation import Installation, until
from .worlds import TODAY, simulated_book

MONDAYS = "0 6 * * 1"
HOUR = timedelta(hours=1)


@pytest.fixture
def installation(sqlite_url: str) -> Iterator[Installation]:
    """A SQLite file and a simulator of its own."""
    with running(create_app(simulated_book(), today=TODAY)) as url:
        made = Installation(sqlite_url, url)
        yield made
        made.close()


@pytest.fixture
def wiring(installation: Installation) -> Iterator[Wiring]:
    """The installation, opened in this process."""
    with Wiring(installation.settings) as opened:
        yield opened


def weekly(wiring: Wiring) -> datetime:
    """Save a schedule for every Monday, and return the first time at which it is due."""
    save_schedule(wiring.desk(), MONDAYS)
    due = next_due(read_cron(MONDAYS), "UTC", datetime.now(UTC))
    assert due is not None
    return due


def scheduler(wiring: Wiring, now: datetime) -> Scheduler:
    """What a process runs, with a clock that stands still."""
    return Scheduler(
        wiring.store, lambda team: wiring.desk(team.name, SCHEDULE), wiring.timezone, lambda: now
    )


def scans(wiring: Wiring) -> tuple[Operation, ...]:
    """The scans of the root team, after the end of the last."""
    desk = wiring.desk()
    for run in desk.store.operations.all(desk.team.id):
        wait_for(wiring.store, desk.team.id, run.id, lambda _: None)
    return tuple(run for run in desk.store.operations.all(desk.team.id) if run.kind is OperationKind.SCAN)


def skipped(wiring: Wiring) -> list[str]:
    """Why scheduled scans of the root team did not start."""
    desk = wiring.desk()
    return [str(entry.after["message"]) for entry in log(desk) if entry.action == "scan.skip"]


def log(desk: Desk) -> tuple[AuditEntry, ...]:
    """What the schedule did in the root team."""
    return desk.store.audit.entries(desk.team.id, who="schedule")


def test_without_a_schedule_nothing_starts(wiring: Wiring) -> None:
    scheduler(wiring, datetime.now(UTC) + timedelta(days=400)).look_round()
    assert scans(wiring) == ()
    assert log(wiring.desk()) == ()


def test_a_scan_starts_when_it_is_due_and_once(wiring: Wiring) -> None:
    due = weekly(wiring)
    scheduler(wiring, due - timedelta(seconds=1)).look_round()
    assert scans(wiring) == ()

    for _ in range(2):
        now = scheduler(wiring, due)
        now.look_round()
        now.look_round()

    (scan,) = scans(wiring)
    assert (scan.who, scan.status) == ("schedule", "completed")
    assert wiring.desk().snapshot().id == scan.snapshot_id
    assert {entry.action: entry.operation_id for entry in log(wiring.desk())} == {
        "scan.start": scan.id,
        "snapshot.save": scan.id,
        "scan": scan.id,
    }
    assert skipped(wiring) == []
    assert wiring.store.audit.verify().ok


def test_the_next_due_time_starts_the_next_scan(wiring: Wiring) -> None:
    due = weekly(wiring)
    kept = scheduler(wiring, due)
    kept.look_round()
    scans(wiring)
    kept._clock = lambda: due + timedelta(days=7)
    kept.look_round()
    assert len(scans(wiring)) == 2


def test_a_schedule_is_read_on_the_clock_of_the_team(wiring: Wiring) -> None:
    save_timezone(wiring.desk(), "Asia/Kathmandu")
    save_schedule(wiring.desk(), MONDAYS)
    due = next_due(read_cron(MONDAYS), "Asia/Kathmandu", datetime.now(UTC))
    assert due is not None
    assert due.strftime("%H:%M") == "00:15", "06:00 at 05:45 ahead of UTC"
    scheduler(wiring, due - timedelta(seconds=1)).look_round()
    assert scans(wiring) == ()
    scheduler(wiring, due).look_round()
    assert len(scans(wiring)) == 1


def test_a_time_that_was_missed_is_made_up_for_once(wiring: Wiring) -> None:
    due = weekly(wiring)
    for late in (23 * HOUR, 24 * HOUR):
        scheduler(wiring, due + late).look_round()
    assert len(scans(wiring)) == 1


def test_a_time_that_was_missed_by_more_than_a_day_is_skipped_and_told_once(wiring: Wiring) -> None:
    due = weekly(wiring)
    for late in (25 * HOUR, 26 * HOUR):
        scheduler(wiring, due + late).look_round()
    assert scans(wiring) == ()
    (why,) = skipped(wiring)
    assert "did not run within 24 hours of its time" in why


def test_after_weeks_of_pause_only_the_last_time_is_made_up_for(wiring: Wiring) -> None:
    due = weekly(wiring)
    scheduler(wiring, due + timedelta(weeks=5, hours=1)).look_round()
    assert len(scans(wiring)) == 1
    assert skipped(wiring) == []


def test_a_time_before_the_schedule_was_saved_was_not_missed(wiring: Wiring) -> None:
    now = datetime.now(UTC)
    save_schedule(wiring.desk(), "0 * * * *")
    scheduler(wiring, now).look_round()
    assert scans(wiring) == ()
    assert skipped(wiring) == []


def test_a_time_before_the_zone_was_changed_was_not_missed(wiring: Wiring) -> None:
    """Each zone has a due time of its own in the last hour, and none was the team's when it came."""
    save_schedule(wiring.desk(), "30 * * * *")
    for zone in ("Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin"):
        now = datetime.now(UTC)
        save_timezone(wiring.desk(), zone)
        scheduler(wiring, now).look_round()
    assert scans(wiring) == ()


def test_a_missed_scan_is_not_made_up_for_when_somebody_scanned_meanwhile(wiring: Wiring) -> None:
    save_schedule(wiring.desk(), "0 * * * *")
    desk = wiring.desk(person=SCHEDULE)
    due = datetime.now(UTC)
    start_scan(wiring.desk())
    assert len(scans(wiring)) == 1

    settle(desk, due, due + HOUR)

    assert len(scans(wiring)) == 1
    assert skipped(wiring) == ["The scheduled scan was skipped: somebody scanned after its time."]


def test_a_due_scan_is_skipped_while_another_run_is_under_way_and_not_queued(wiring: Wiring) -> None:
    due = weekly(wiring)
    desk = wiring.desk()
    draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise")
    with desk.store.operations.run_lock(desk.team.id) as held:
        assert held
        busy = desk.store.operations.open(desk.team.id, OperationKind.SEAT_SYNC, "anna", audit=draft)
        scheduler(wiring, due).look_round()
        scheduler(wiring, due + HOUR).look_round()
        assert desk.store.operations.all(desk.team.id) == (busy,)
    (why,) = skipped(wiring)
    assert why.startswith(
        f"The scheduled scan was skipped. anna runs operation {busy.id} (Seat Sync) for team"
    )
    wiring.runner().start(busy)
    assert scans(wiring) == (), "it is not made up for afterwards"
    scheduler(wiring, due + 2 * HOUR).look_round()
    assert scans(wiring) == ()


def test_without_a_connection_the_scan_fails_with_the_sentence_and_is_not_repeated(
    sqlite_url: str,
) -> None:
    settings = replace(
        Installation(sqlite_url, "https://unused.example").settings,
        connectwise_url=None,
        connectwise_company=None,
        connectwise_public_key=None,
        connectwise_private_key=None,
        connectwise_client_id=None,
    )
    with Wiring(settings) as wiring:
        due = weekly(wiring)
        for _ in range(3):
            scheduler(wiring, due + HOUR).look_round()
        (scan,) = scans(wiring)
        assert scan.status == "failed"
        assert scan.message.startswith("ConnectWise is not configured for this team.")
        assert [entry.result for entry in log(wiring.desk())] == ["ok", "failed"]


def test_each_team_has_a_schedule_of_its_own(wiring: Wiring) -> None:
    root = wiring.desk()
    draft = root.draft(Permission.MANAGE, "team.add", "East")
    east = wiring.store.teams.add("East", root.team.id, draft)
    save_schedule(wiring.desk("East"), MONDAYS)
    due = next_due(read_cron(MONDAYS), "UTC", datetime.now(UTC))
    assert due is not None
    scheduler(wiring, due).look_round()
    assert scans(wiring) == ()
    (scan,) = wiring.store.operations.all(east.id)
    wait_for(wiring.store, east.id, scan.id, lambda _: None)


def test_a_team_whose_schedule_is_damaged_keeps_no_other_waiting(wiring: Wiring) -> None:
    root = wiring.desk()
    draft = root.draft(Permission.MANAGE, "team.add", "East")
    east = wiring.store.teams.add("East", root.team.id, draft)
    wiring.store.teams.save_scan_schedule(root.team.id, "nonsense", draft)
    save_schedule(wiring.desk("East"), MONDAYS)
    due = next_due(read_cron(MONDAYS), "UTC", datetime.now(UTC))
    assert due is not None
    scheduler(wiring, due).look_round()
    (scan,) = wiring.store.operations.all(east.id)
    wait_for(wiring.store, east.id, scan.id, lambda _: None)


def test_a_database_that_was_away_is_asked_again(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    due = weekly(wiring)
    kept = scheduler(wiring, due)
    with monkeypatch.context() as broken:
        broken.setattr(wiring.store.audit, "entries", away)
        kept.look_round()
    assert scans(wiring) == ()
    kept.look_round()
    assert len(scans(wiring)) == 1


def away(*_: object, **__: object) -> None:
    raise DatabaseError("The database can't be reached.")


def test_whoever_finds_another_process_settling_leaves_it_to_that_one(wiring: Wiring) -> None:
    due = weekly(wiring)
    kept = scheduler(wiring, due)
    with wiring.store.operations.run_lock(schedule_module._SETTLING):
        kept.look_round()
        assert scans(wiring) == ()
    kept.look_round()
    assert len(scans(wiring)) == 1


def test_an_open_installation_keeps_the_schedules_and_closes_at_once(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Wiring(installation.settings) as wiring:
        due = weekly(wiring)
        monkeypatch.setattr(schedule_module, "_POLL_SECONDS", 0.05)
        monkeypatch.setattr(schedule_module, "last_due", lambda *_: due)
        wiring.keep_schedules()
        wiring.keep_schedules()
        assert [thread.name for thread in threading.enumerate()].count("seatsync-schedule") == 1
        desk = wiring.desk()
        until(lambda: desk.store.operations.all(desk.team.id), "the scheduled scan")
        assert len(scans(wiring)) == 1
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert "seatsync-schedule" not in [thread.name for thread in threading.enumerate()]


def test_a_scheduler_that_was_never_started_can_be_closed(wiring: Wiring) -> None:
    scheduler(wiring, datetime.now(UTC)).close()
