"""The undo of a whole push as a durable run: the server's state comes back, also over a killed process."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from seatsync.journal import Operation
from seatsync.model import OperationId
from seatsync.pushes import push
from seatsync.simulator.app import create_app
from seatsync.status import OperationKind
from seatsync.undos import look_back, propose_undo
from seatsync.wiring import Wiring
from tests.contract.proxy import running
from tests.store.making import draft, team_of

from .installation import Installation, until
from .test_durable import TODAY, book, ended, queued


@pytest.fixture
def installation(sqlite_url: str) -> Iterator[Installation]:
    """A SQLite file and a simulator with twelve lines."""
    with running(create_app(book(), today=TODAY)) as url:
        made = Installation(sqlite_url, url)
        yield made
        made.close()


def held(installation: Installation) -> dict[int, dict[str, Any]]:
    """Every member of every line, less its change stamp."""
    return {
        number: {name: value for name, value in line.items() if name != "_info"}
        for number, line in installation.lines().items()
    }


def pushed(wiring: Wiring) -> Operation:
    """Nine updates, four creates and three cancels, carried out."""
    operation = queued(wiring)
    wiring.runner().start(operation)
    return ended(wiring, operation)[0]


def undone(wiring: Wiring, operation: OperationId) -> Operation:
    """An undo of all of an operation, carried out; without a scan any cut trips the brake."""
    proposal = propose_undo(wiring.desk(), operation)
    accepted = proposal.brake.cancels if proposal.brake else None
    started = push(wiring.desk(), proposal, proposal.plan.digest, accepted)
    return ended(wiring, started)[0]


def assert_taken_back(
    installation: Installation, before: Mapping[int, Any], after: Mapping[int, Any]
) -> None:
    """The lines are as before the push; those it created are as after it, and end on their first day."""
    now = held(installation)
    assert {number: now[number] for number in before} == before
    created = set(after) - set(before)
    assert set(now) == set(after)
    assert len(created) == 4
    for number in created:
        assert now[number] == {**after[number], "cancelledDate": after[number]["effectiveDate"]}


def test_an_undo_gives_the_state_back_and_its_undo_that_of_the_push(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        before = held(installation)
        first = pushed(wiring)
        after = held(installation)

        second = undone(wiring, first.id)
        assert (second.status, second.kind, second.undoes) == ("completed", "undo", first.id), second.message
        assert_taken_back(installation, before, after)

        third = undone(wiring, second.id)
        assert third.status == "completed", third.message
        assert held(installation) == after
        assert look_back(wiring.desk(), first.id).undone_by == ()

        undone(wiring, first.id)
        assert_taken_back(installation, before, after)
        assert wiring.store.audit.verify().ok


def test_each_change_of_an_undo_is_audited_with_what_it_put_back(installation: Installation) -> None:
    with Wiring(installation.settings) as wiring:
        undo = undone(wiring, pushed(wiring).id)
        entries = wiring.store.audit.entries(team_of(wiring.store), operation=undo.id)

    assert Counter(entry.action for entry in entries) == {
        "undo.start": 1,
        "undo.update": 9,
        "undo.bill_again": 3,
        "undo.cancel": 4,
        "operation.finish": 1,
    }
    billed = next(e for e in entries if e.action == "undo.bill_again" and e.resource.endswith("line 9010"))
    assert (billed.before, billed.after["cancelled"]) == ({"cancelled": "2026-11-30"}, "none")
    assert billed.resource == "Tarnwick Dental Care Ltd: P-3409, Managed, line 9010"


def test_a_killed_undo_is_finished_by_resume(sqlite_url: str) -> None:
    with running(create_app(book(), today=TODAY, latency_ms=60)) as url:
        installation = Installation(sqlite_url, url)
        before = held(installation)
        with Wiring(installation.settings) as wiring:
            first = pushed(wiring)
            after, sent = held(installation), len(installation.writes())
            plan = propose_undo(wiring.desk(), first.id).plan
            store = wiring.store
            undo = store.operations.open(
                team_of(store),
                OperationKind.UNDO,
                "anna",
                digest=plan.digest,
                changes=plan.changes,
                undoes=first.id,
                audit=draft(store),
            )
        process = installation.start("resume", str(undo.id))
        until(lambda: len(installation.writes()) >= sent + 3, "the first writes")
        installation.kill(process)
        assert len(installation.writes()) < sent + 16, "the undo ended before the kill"

        resumed = installation.run("resume", str(undo.id), "--json")

        assert resumed.returncode == 0, resumed.stderr
        assert_taken_back(installation, before, after)
        with Wiring(installation.settings) as wiring:
            found, outcomes = ended(wiring, undo)
            assert found.status == "completed", found.message
            assert Counter(o.result.value for o in outcomes) == {"updated": 12, "cancelled": 4}
            assert set(look_back(wiring.desk(), first.id).undone_by) == {undo.id}
