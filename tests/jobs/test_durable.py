"""Durable runs on real databases and servers: to the end, alone, and on again after a kill."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seatsync.errors import DigestMismatch, NotFound, RunInProgress
from seatsync.jobs import durable
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation, Outcome
from seatsync.model import AdditionId, AgreementId, Company, CompanyId, Product, ProductId
from seatsync.people import Permission
from seatsync.plan import Cancel, Change, Create, Update
from seatsync.runs import start_scan, stop
from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.status import OperationKind, OperationStatus
from seatsync.wiring import Wiring
from tests.contract.proxy import running
from tests.store.making import draft, team_of

from .installation import Installation, until

TODAY = date(2026, 11, 22)
LINES = 12


@pytest.fixture(autouse=True)
def quick_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watcher of this process look round often."""
    monkeypatch.setattr(durable, "_POLL_SECONDS", 0.05)
    monkeypatch.setattr(durable, "_WATCH_SECONDS", 0.2)


def book() -> SimulatedBook:
    """One agreement with twelve lines of 10 seats on one product, and two products that no line bills."""
    dates = {"startDate": "2024-01-01T00:00:00Z", "billStartDate": "2024-01-01T00:00:00Z"}
    line = {"agreementId": 81, "product": {"id": 3409}, "billCustomer": "Billable", "unitPrice": 4}
    content: dict[str, Any] = {
        "companies": [{"id": 250, "identifier": "tarnwick", "name": "Tarnwick Dental Care Ltd"}],
        "agreementTypes": [{"id": 1, "name": "Managed Services"}],
        "catalog": [
            {"id": number, "identifier": f"P-{number}", "description": "Seats", "price": 4}
            for number in range(3409, 3416)
        ],
        "agreements": [
            {
                "id": 81,
                "name": "Managed",
                "company": {"id": 250},
                "type": {"id": 1},
                "contact": {"id": 5250},
                "prorateFlag": True,
                **dates,
            }
        ],
        "additions": [
            {**line, "id": 9001 + n, "quantity": 10, "effectiveDate": "2024-02-01T00:00:00Z"}
            for n in range(LINES)
        ],
    }
    return SimulatedBook.from_json(content)


@pytest.fixture
def installation(sqlite_url: str) -> Iterator[Installation]:
    """A SQLite file and a simulator in which every answer takes 60 ms."""
    with running(create_app(book(), today=TODAY, latency_ms=60)) as url:
        made = Installation(sqlite_url, url)
        yield made
        made.close()


def changes(wiring: Wiring) -> list[Change]:
    """Update nine lines, create on four products, cancel three lines."""
    desk = wiring.desk()
    with desk.connect() as connectwise:
        agreement = connectwise.agreement(AgreementId(81))
        lines = connectwise.additions(agreement.id)
    company = Company(CompanyId(250), "Tarnwick Dental Care Ltd")
    product = Product(ProductId(3409), "P-3409")
    made: list[Change] = [
        Update(f"u{line.id}", company, product, agreement, line, Decimal(line.id - 8980), None)
        for line in lines[:9]
    ]
    made += [
        Create(
            f"n{number}",
            company,
            Product(ProductId(number), f"P-{number}"),
            agreement,
            Decimal(5),
            TODAY,
            (agreement.id,),
            (),
            None,
        )
        for number in range(3411, 3415)
    ]
    return made + [
        Cancel(f"c{line.id}", company, product, agreement, line, date(2026, 11, 30), None)
        for line in lines[9:]
    ]


def queued(wiring: Wiring, digest: str = "d") -> Operation:
    """A push that is recorded and not started."""
    store = wiring.store
    return store.operations.open(
        team_of(store),
        OperationKind.SEAT_SYNC,
        "anna",
        digest=digest,
        changes=changes(wiring),
        audit=draft(store),
    )


def ended(wiring: Wiring, operation: Operation) -> tuple[Operation, tuple[Outcome, ...]]:
    """The run after its end, with its outcomes."""
    found = wait_for(wiring.store, operation.team_id, operation.id, lambda _: None)
    return found, wiring.store.operations.outcomes(operation.id)


def assert_all_written_once(installation: Installation, wiring: Wiring, operation: Operation) -> None:
    """Every change done, once, as planned; every one in the audit log; the log's chain whole."""
    found, outcomes = ended(wiring, operation)
    assert found.status == "completed", found.message
    assert Counter(o.result.value for o in outcomes) == {"updated": 9, "created": 4, "cancelled": 3}
    held = installation.lines()
    assert [held[9001 + n]["quantity"] for n in range(9)] == [21 + n for n in range(9)]
    assert [held[9010 + n]["cancelledDate"] for n in range(3)] == ["2026-11-30T00:00:00Z"] * 3
    new = [line["product"]["id"] for number, line in held.items() if number > 9012]
    assert sorted(new) == [3411, 3412, 3413, 3414]
    taken = [entry["method"] for entry in installation.writes() if entry["status"] != 429]
    assert taken.count("POST") == 4
    entries = wiring.store.audit.entries(team_of(wiring.store), operation=operation.id)
    actions = Counter(entry.action for entry in entries)
    assert (actions["push.update"], actions["push.create"], actions["push.cancel"]) == (9, 4, 3)
    assert actions["operation.finish"] == 1
    assert wiring.store.audit.verify().ok


def test_a_push_runs_to_its_end_without_its_starter(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        wiring.runner().start(operation)

        assert_all_written_once(installation, wiring, operation)
        assert len(installation.writes()) == 16


def test_a_wait_that_connectwise_asks_for_is_told_during_a_push(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "_WAIT_SECONDS", 0.1)
    said: list[str] = []
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        installation.fault("rate_limited", times=1, method="PATCH", seconds=3)
        wiring.runner().start(operation)
        found = wait_for(wiring.store, operation.team_id, operation.id, lambda now: said.append(now.message))
    assert any(message.startswith("ConnectWise asks to wait: going on in") for message in said)
    assert found.status == "completed"
    assert "wait" not in found.message


def killed_in_mid_push(installation: Installation) -> Operation:
    """A push whose process was killed after some, and not all, of its writes had arrived."""
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
    process = installation.start("resume", str(operation.id))
    until(lambda: len(installation.writes()) >= 3, "the first writes")
    installation.kill(process)
    assert len(installation.writes()) < 16, "the push ended before the kill"
    return operation


def test_a_killed_push_is_finished_by_resume(installation: Installation) -> None:
    operation = killed_in_mid_push(installation)

    resumed = installation.run("resume", str(operation.id), "--json")

    assert resumed.returncode == 0, resumed.stderr
    with Wiring(installation.settings) as wiring:
        assert_all_written_once(installation, wiring, operation)


def test_a_killed_push_is_finished_by_the_watcher_of_a_new_process(installation: Installation) -> None:
    operation = killed_in_mid_push(installation)

    with Wiring(installation.settings) as wiring:
        wiring.runner(watch=True)
        assert_all_written_once(installation, wiring, operation)


@pytest.mark.postgres
def test_a_killed_push_is_finished_on_postgres(postgres_url: str) -> None:
    with running(create_app(book(), today=TODAY, latency_ms=60)) as url:
        installation = Installation(postgres_url, url)
        operation = killed_in_mid_push(installation)

        with Wiring(installation.settings) as wiring:
            wiring.runner(watch=True)
            assert_all_written_once(installation, wiring, operation)


def test_a_create_on_its_way_when_its_process_was_killed_is_not_doubled(sqlite_url: str) -> None:
    """The server goes on with a request whose sender died: the next process must wait for it to show up."""
    with running(create_app(book(), today=TODAY)) as url:
        installation = Installation(sqlite_url, url)
        installation.fault("slow", method="POST", times=4, seconds=4)
        with Wiring(installation.settings) as wiring:
            operations = wiring.store.operations
            creates = [change for change in changes(wiring) if isinstance(change, Create)]
            operation = operations.open(
                team_of(wiring.store),
                OperationKind.SEAT_SYNC,
                "anna",
                changes=creates,
                audit=draft(wiring.store),
            )
            process = installation.start("resume", str(operation.id))
            until(lambda: any(o.sent for o in operations.outcomes(operation.id)), "a write to be sent")
            installation.kill(process)
            assert installation.writes() == [], "none has arrived yet"

            wiring.runner(watch=True)
            found, outcomes = ended(wiring, operation)

        assert found.status == "completed", found.message
        assert {o.result.value for o in outcomes} == {"created"}
        assert "Sent before an interruption, and found as wanted." in {o.message for o in outcomes}
        new = [line["product"]["id"] for number, line in installation.lines().items() if number > 9012]
        assert sorted(new) == [3411, 3412, 3413, 3414]


def test_a_run_that_is_alive_is_not_taken_over(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        with wiring.store.operations.run_lock(operation.team_id) as held:
            assert held
            with pytest.raises(RunInProgress, match=f"Operation {operation.id} is running"):
                wiring.runner(watch=True).resume(operation)
            time.sleep(3 * durable._WATCH_SECONDS)
            assert wiring.store.operations.get(operation.team_id, operation.id).status == "queued"
    assert installation.writes() == []


def test_a_run_that_dbos_calls_ended_is_started_anew(installation: Installation) -> None:
    """The journal decides: whatever it calls unfinished is gone on with."""
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        runner = wiring.runner()
        with wiring.store.operations.run_lock(operation.team_id):
            wiring.store.operations.claim(operation.id)
        real, runner._connect = runner._connect, _broken
        runner.start(operation)
        found, outcomes = ended(wiring, operation)

        assert found.status == "failed"
        assert found.message == "SeatSync met a defect (ZeroDivisionError: broken)."
        assert {o.result.value for o in outcomes} == {"skipped"}
        runner._connect = real
        second = queued(wiring, "e")
        runner.start(second)
        assert_all_written_once(installation, wiring, second)


def _broken(team: object, stop: object) -> Any:
    raise ZeroDivisionError("broken")


def test_a_second_run_of_the_team_is_refused_and_told_who_runs_which(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        desk = wiring.desk()

        # Held as by the process that carries the run out.
        with (
            wiring.store.operations.run_lock(desk.team.id),
            pytest.raises(
                RunInProgress, match=rf"^anna runs operation {operation.id} \(Seat Sync\) for team"
            ),
        ):
            start_scan(wiring.desk())
        with pytest.raises(RunInProgress, match="anna runs operation"):
            queued(wiring, "e")
        assert installation.writes() == []


def test_a_digest_that_was_pushed_is_refused(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        first = queued(wiring)
        wiring.runner().start(first)
        ended(wiring, first)
        before = len(installation.writes())

        with pytest.raises(DigestMismatch, match=f"pushed already as operation {first.id}"):
            queued(wiring)
        assert len(installation.writes()) == before


def test_a_cancel_from_another_process_lets_the_change_in_flight_finish(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        process = installation.start("resume", str(operation.id), "--json", SEATSYNC_IN_FLIGHT="1")
        until(lambda: installation.writes(), "the first write")

        stop(wiring.desk(), operation.id)
        process.communicate(timeout=30)
        found, outcomes = ended(wiring, operation)

    assert process.returncode == 2
    assert found.status == "cancelled"
    done = [o for o in outcomes if o.result == "updated"]
    assert 0 < len(done) < 16
    assert len(installation.writes()) == len(done), "what was sent is journalled, and nothing else was sent"
    assert {o.message for o in outcomes if o.result == "skipped"} == {"run stopped: cancelled"}


def test_a_scan_is_a_run_too(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        desk = wiring.desk()
        operation = start_scan(desk)
        found, _ = ended(wiring, operation)

        assert found.status == "completed", found.message
        assert found.detail["additions"] == LINES
        assert found.snapshot_id == desk.snapshot().id
        assert desk.store.operations.running(desk.team.id) is None


def test_a_scan_that_fails_leaves_the_snapshot_before_it(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        desk = wiring.desk()
        ended(wiring, start_scan(desk))
        before = desk.snapshot()
        installation.fault("unauthorized")

        found, _ = ended(wiring, start_scan(desk))

        assert found.status == "failed"
        assert "refused the credentials" in found.message
        assert desk.snapshot() == before
        (entry,) = desk.store.audit.entries(desk.team.id, action="scan", operation=found.id)
        assert entry.result == "failed"


def test_the_operation_of_another_team_is_not_found(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        other = replace(wiring.desk(), team=replace(wiring.desk().team, id=operation.team_id + 1))

        with pytest.raises(NotFound):
            stop(other, operation.id)


def test_runs_are_kept_beside_the_database(tmp_path: Path, installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        ended(wiring, start_scan(wiring.desk()))

    assert (tmp_path / "seatsync-runs.db").exists()
    assert AdditionId(9001) in installation.lines()


def test_a_scan_whose_process_died_is_closed_by_the_next_one(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        desk = wiring.desk()
        draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise")
        dead = wiring.store.operations.open(desk.team.id, OperationKind.SCAN, "anna", audit=draft)
        fresh = start_scan(desk)
        closed = wiring.store.operations.get(desk.team.id, dead.id)
        assert closed.status is OperationStatus.FAILED
        assert closed.message.startswith("The process that scanned ended before the scan did")
        assert wait_for(wiring.store, desk.team.id, fresh.id, lambda _: None).status.finished


def test_a_push_whose_process_died_is_named_with_the_way_to_finish_it(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        dead = queued(wiring)
        with pytest.raises(RunInProgress, match=rf"was interrupted .* python -m seatsync resume {dead.id}\."):
            start_scan(wiring.desk())
        assert installation.writes() == []
