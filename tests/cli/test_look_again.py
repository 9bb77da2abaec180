"""The command look-again, and a team that only rehearses, on the command line."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.store import open_store
from seatsync.upkeep import save_rules
from seatsync.wiring import Wiring
from tests.contract.proxy import running
from tests.jobs.installation import Installation
from tests.jobs.worlds import TODAY
from tests.store.making import tamper

from .conftest import NOVEMBER, Run

UPDATED, CREATED = "c274-p3409", "c292-p3409"
OPTIONS = ("push", "1", "--select", f"{UPDATED},{CREATED}")


@pytest.fixture
def here(scanned: Installation, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """The scanned installation on a simulator of its own, with the November export."""
    with running(create_app(SimulatedBook.sample(), today=TODAY)) as url:
        scanned.simulator = url
        monkeypatch.setenv("SEATSYNC_CONNECTWISE_URL", url)
        run("preview", str(NOVEMBER), "--json")
        yield scanned


def answered(run: Run, *arguments: str, code: int = 0) -> Any:
    ended = run(*arguments, "--json")
    assert ended.code == code, f"{arguments}: {ended.err}"
    return json.loads(ended.out)


def pushed_into_the_dark(here: Installation, run: Run) -> None:
    """A push of an update and a create, which took effect, and of which the journal does not know it."""
    digest = answered(run, *OPTIONS, code=2)["digest"]
    answered(run, *OPTIONS, "--digest", digest)
    with open_store(here.database, secret_key="private-key") as store:
        lost = "result = 'failed', message = 'Outcome unknown: lost.'"
        tamper(
            store,
            f"UPDATE outcome SET {lost} WHERE operation_id = 2",
            "UPDATE operation SET status = 'completed_with_failures', message = '2 failed.' WHERE id = 2",
        )


def test_looking_again_settles_what_was_unknown_and_sends_nothing(here: Installation, run: Run) -> None:
    pushed_into_the_dark(here, run)
    sent = len(here.writes())
    shown = answered(run, "operations", "2")
    assert [outcome["unknown"] for outcome in shown["outcomes"]] == [True, True]

    one = answered(run, "look-again", "2", "--select", UPDATED, code=2)
    assert {o["key"]: (o["result"], o["unknown"]) for o in one["outcomes"]} == {
        UPDATED: ("updated", False),
        CREATED: ("failed", True),
    }
    all_ = answered(run, "look-again", "2")

    assert (all_["status"], all_["updated"], all_["created"], all_["failed"]) == ("completed", 1, 1, 0)
    assert all_ == answered(run, "operations", "2")
    assert len(here.writes()) == sent
    assert run("look-again", "2").code == 0, "nothing is left, and that is no error"


def test_a_new_plan_leaves_such_lines_out_until_they_are_settled(here: Installation, run: Run) -> None:
    pushed_into_the_dark(here, run)
    refused = run("push", "1", "--select", UPDATED)
    assert (refused.code, refused.out) == (1, "")
    assert "Held back: the outcome of operation 2 is unknown: look again." in refused.err
    preview = answered(run, "preview", str(NOVEMBER), code=2)
    (row,) = [row for row in preview["rows"] if row["key"] == UPDATED]
    assert (row["selectable"], row["selected"]) == (False, False)
    assert "operation 2" in row["locked"]


def test_what_cannot_be_looked_at_again_is_one_sentence(here: Installation, run: Run) -> None:
    pushed_into_the_dark(here, run)
    for arguments, words in {
        ("99",): "The team has no operation 99.",
        ("x",): 'OPERATION_ID is a whole number, not "x".',
        ("2", "--select", "zz"): "Operation 2 has no change zz whose outcome is unknown.",
    }.items():
        ended = run("look-again", *arguments)
        assert (ended.code, ended.out) == (1, "")
        assert words in ended.err


def only_rehearse(here: Installation, tag: str = "") -> None:
    with Wiring(here.settings) as wiring:
        desk = wiring.desk()
        save_rules(desk, replace(desk.rules, rehearse=True, owner_tag=tag))


def test_a_team_that_only_rehearses_says_so_loudly_and_writes_nothing(here: Installation, run: Run) -> None:
    only_rehearse(here, "MSP Ops")
    plan = run(*OPTIONS, "--json")
    assert "REHEARSAL. This team only rehearses" in plan.err
    digest = json.loads(plan.out)["digest"]

    said = answered(run, *OPTIONS, "--digest", digest, code=2)

    assert (said["status"], said["operation"]) == ("rehearsed", None)
    update, create = said["outcomes"]
    (request,) = update["would_send"]
    assert (request["method"], request["body"]) == (
        "PATCH",
        '[{"op":"replace","path":"quantity","value":17}]',
    )
    assert request["path"].endswith(f"/additions/{update['addition_id']}")
    bodies = [json.loads(each["body"]) for each in create["would_send"]]
    assert [body["effectiveDate"][:10] for body in bodies] == ["2026-11-22", "2026-12-01"]
    assert {body["serialNumber"][:8] for body in bodies} == {"MSP Ops-"}
    assert here.writes() == []
    assert [each["kind"] for each in answered(run, "operations")] == ["scan"]

    shown = run(*OPTIONS, "--digest", digest).out
    assert f"{request['method']} {request['path']} {request['body']}" in shown
    assert "If that date is refused: POST" in shown


def test_an_undo_of_such_a_team_only_rehearses_too(here: Installation, run: Run) -> None:
    digest = answered(run, *OPTIONS, code=2)["digest"]
    answered(run, *OPTIONS, "--digest", digest)
    sent = len(here.writes())
    only_rehearse(here)
    plan = answered(run, "undo", "2", code=2)
    said = answered(run, "undo", "2", "--digest", plan["digest"], code=2)
    assert (said["status"], said["undoes"]) == ("rehearsed", 2)
    assert all(outcome["would_send"] for outcome in said["outcomes"])
    assert len(here.writes()) == sent
