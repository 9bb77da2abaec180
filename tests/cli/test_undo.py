"""The command undo: two steps, partial, refused, undone again, and what a run says of its undos."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.upkeep import save_rules
from seatsync.wiring import Wiring
from tests.contract.proxy import running
from tests.jobs.installation import Installation
from tests.jobs.worlds import TODAY

from .conftest import NOVEMBER, Run

UPDATED, CREATED, CANCELLED = "c274-p3409", "c292-p3409", "c275-p3409"
SCAN, PUSH = "1", "2"


class Pushed:
    """An installation after a push of one update, one create and one cancel; it runs commands."""

    def __init__(self, installation: Installation, run: Run) -> None:
        self.installation = installation
        self.run = run
        self.before = self.held()
        self.here("preview", str(NOVEMBER), code=2)
        options = ["1", "--select", f"{UPDATED},{CREATED},{CANCELLED}"]
        plan = self.here("push", *options, code=2)
        self.pushed = self.here("push", *options, "--digest", plan["digest"])
        self.after = self.held()

    def here(self, *arguments: str, code: int = 0) -> Any:
        ended = self.run(*arguments, "--json")
        assert ended.code == code, f"{arguments}: {ended.err}"
        return json.loads(ended.out)

    def held(self) -> dict[int, dict[str, Any]]:
        """Every member of every line, less its change stamp."""
        lines = self.installation.lines()
        return {
            number: {name: value for name, value in line.items() if name != "_info"}
            for number, line in lines.items()
        }

    def undo(self, operation: str, *options: str, code: int = 0) -> Any:
        """Both steps of an undo."""
        plan = self.here("undo", operation, *options, code=2)
        return self.here("undo", operation, *options, "--digest", plan["digest"], code=code)


@pytest.fixture
def pushed(scanned: Installation, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pushed]:
    """The scanned installation on a simulator of its own, after the push."""
    with running(create_app(SimulatedBook.sample(), today=TODAY)) as url:
        scanned.simulator = url
        monkeypatch.setenv("SEATSYNC_CONNECTWISE_URL", url)
        yield Pushed(scanned, run)


def test_an_undo_is_planned_and_then_carried_out_by_its_digest(pushed: Pushed) -> None:
    assert {o["key"]: o["result"] for o in pushed.pushed["outcomes"]} == {
        UPDATED: "updated",
        CREATED: "created",
        CANCELLED: "cancelled",
    }
    sent = len(pushed.installation.writes())

    plan = pushed.here("undo", PUSH, code=2)
    assert (plan["operation"], plan["status"], plan["undoes"], plan["left_out"]) == (None, "planned", 2, [])
    told = {
        o["key"]: (o["change"], o["result"], o["before"], o["after"], o["date"]) for o in plan["outcomes"]
    }
    was = {o["key"]: o for o in pushed.pushed["outcomes"]}
    assert told == {
        UPDATED: ("update", "planned", was[UPDATED]["after"], was[UPDATED]["before"], None),
        CANCELLED: ("bill_again", "planned", "0", was[CANCELLED]["before"], None),
        CREATED: ("cancel", "planned", was[CREATED]["after"], "0", was[CREATED]["date"]),
    }
    assert len(pushed.installation.writes()) == sent

    done = pushed.here("undo", PUSH, "--digest", plan["digest"])
    assert (done["operation"], done["status"], done["undoes"]) == (3, "completed", 2)
    assert (done["updated"], done["created"], done["cancelled"], done["failed"]) == (2, 0, 1, 0)
    now = pushed.held()
    (made,) = set(pushed.after) - set(pushed.before)
    assert was[CREATED]["addition_id"] == made
    assert {number: now[number] for number in pushed.before} == pushed.before
    first_day = pushed.after[made]["effectiveDate"]
    assert now[made] == {**pushed.after[made], "cancelledDate": first_day}


def test_a_run_says_what_it_undoes_and_what_undid_it(pushed: Pushed) -> None:
    pushed.undo(PUSH, "--select", UPDATED)

    shown = pushed.here("operations", PUSH)
    assert (shown["kind"], shown["undoes"], shown["undone_by"]) == ("seat_sync", None, [3])
    assert {o["key"]: o["undone_by"] for o in shown["outcomes"]} == {
        UPDATED: 3,
        CREATED: None,
        CANCELLED: None,
    }
    undo = pushed.here("operations", "3")
    assert (undo["kind"], undo["undoes"], undo["undone_by"]) == ("undo", 2, [])
    assert [(each["id"], each["kind"], each["undoes"]) for each in pushed.here("operations")] == [
        (3, "undo", 2),
        (2, "seat_sync", None),
        (1, "scan", None),
    ]
    assert "1 of 3 changes undone by operation 3." in pushed.run("operations", PUSH).out
    pushed.undo(PUSH)
    said = pushed.run("operations", PUSH).out
    assert "Undone by operation 3 and operation 4." in said
    assert "It undoes operation 2." in pushed.run("operations", "4").out


def test_a_second_undo_finds_nothing_left_and_an_undo_can_be_undone(pushed: Pushed) -> None:
    first = pushed.undo(PUSH)
    plan = pushed.here("undo", PUSH)
    assert plan["outcomes"] == []
    assert {each["message"] for each in plan["left_out"]} == {"Undone by operation 3."}
    again = pushed.run("undo", PUSH, "--digest", first["digest"])
    assert (again.code, again.out) == (1, "")
    assert "The plan has changed since it was approved" in again.err

    pushed.undo("3")
    assert pushed.held() == pushed.after
    pushed.undo(PUSH)
    now = pushed.held()
    assert {number: now[number] for number in pushed.before} == pushed.before


def test_a_line_that_changed_since_is_skipped_and_waits_for_a_person(pushed: Pushed) -> None:
    plan = pushed.here("undo", PUSH, code=2)
    line = next(o["addition_id"] for o in plan["outcomes"] if o["key"] == UPDATED)
    agreement = next(o["agreement"]["id"] for o in plan["outcomes"] if o["key"] == UPDATED)
    edit(pushed.installation, agreement, line, {"quantity": 99})

    rehearsed = pushed.here("undo", PUSH, "--rehearse", code=2)
    assert (rehearsed["status"], rehearsed["undoes"]) == ("rehearsed", 2)
    done = pushed.here("undo", PUSH, "--digest", plan["digest"], code=2)
    (skipped,) = [o for o in done["outcomes"] if o["result"] == "skipped"]
    assert "after operation 2, is 99 now" in skipped["message"]
    assert pushed.held()[line]["quantity"] == 99


def edit(installation: Installation, agreement: int, line: int, members: dict[str, Any]) -> None:
    """Change a line behind the back of the API."""
    wish = {"agreement": agreement, "addition": line, "set": members}
    httpx.post(f"{installation.simulator}/simulator/edit", json=wish, trust_env=False).raise_for_status()


def test_what_cannot_be_undone_is_one_sentence(pushed: Pushed) -> None:
    sent = len(pushed.installation.writes())
    refusals = {
        (SCAN,): "Operation 1 is a scan, which writes nothing to ConnectWise",
        ("99",): "The team has no operation 99.",
        ("x",): 'OPERATION_ID is a whole number, not "x".',
        (PUSH, "--select", "zz"): "Operation 2 has no change zz.",
        (PUSH, "--digest", "another"): "The plan has changed since it was approved",
        (PUSH, "--digest", "another", "--rehearse"): "The plan has changed since it was approved",
    }
    for arguments, words in refusals.items():
        ended = pushed.run("undo", *arguments)
        assert (ended.code, ended.out) == (1, ""), arguments
        assert words in ended.err
        assert "Traceback" not in ended.err
    assert len(pushed.installation.writes()) == sent


def test_an_undo_that_cuts_much_needs_the_number_of_cancels(pushed: Pushed) -> None:
    with Wiring(pushed.installation.settings) as wiring:
        desk = wiring.desk()
        strict = replace(desk.rules.brakes, cancels=0, cancel_share=Decimal(0))
        save_rules(desk, replace(desk.rules, brakes=strict))
    sent = len(pushed.installation.writes())
    plan = pushed.here("undo", PUSH, code=2)
    assert plan["brake"]["cancels"] == 1
    ended = pushed.run("undo", PUSH, "--digest", plan["digest"])
    assert (ended.code, ended.out) == (1, "")
    assert "The plan cancels 1 of " in ended.err
    assert len(pushed.installation.writes()) == sent
    done = pushed.here("undo", PUSH, "--digest", plan["digest"], "--accept-brakes", "1")
    assert done["cancelled"] == 1
