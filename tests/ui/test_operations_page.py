"""The Operations page: every run, and what became of each change."""

from unittest.mock import Mock

import pytest
from starlette.applications import Starlette

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation
from seatsync.model import ExportId
from seatsync.people import Permission, Person, Role
from seatsync.pushes import propose, push
from seatsync.status import Kind, OperationKind, Result
from tests.ui.conftest import OpenPage, words

PAGE = "pages/operations.py"


@pytest.fixture
def pushed(desk: Desk, november: ExportId, simulator: Starlette) -> Operation:
    """A push of the November sample in which one line had changed in ConnectWise meanwhile."""
    proposal = propose(desk, november)
    drifted = proposal.plan.of(Kind.UPDATE)[-1]
    simulator.state.simulator.book.line(drifted.agreement.id, drifted.addition.id)["quantity"] = 999
    operation = push(desk, proposal, proposal.plan.digest, proposal.brake.cancels if proposal.brake else None)
    return wait_for(desk.store, desk.team.id, operation.id, lambda _: None)


def test_an_empty_installation_leads_to_the_scan(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert not page.exception
    assert "first operation is the scan" in words(page)


def test_a_push_is_listed_as_seat_sync_with_its_counts(pushed: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE)
    assert not page.exception
    runs = page.dataframe[0].value
    assert list(runs["Kind"]) == ["Seat Sync", "Scan"]
    assert runs["Updated"][0] == pushed.counts[Result.UPDATED]
    assert runs["Skipped"][0] == 1


def test_the_outcomes_list_what_was_skipped_first(pushed: Operation, open_page: OpenPage) -> None:
    outcomes = open_page(PAGE, operation=str(pushed.id)).dataframe[1].value
    assert [list(result) for result in outcomes["Result"][:2]] == [["Skipped"], ["Updated"]]
    assert "is 999 now" in outcomes["Message"][0]
    assert outcomes["Request"][1]


def test_the_address_chooses_the_run(pushed: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE, operation="1")
    assert "Scan of" in words(page)
    assert len(page.dataframe) == 1


@pytest.mark.parametrize("named", ["999", "x", "-1", "１"])
def test_a_run_that_is_not_there_is_one_sentence(named: str, pushed: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE, operation=named)
    assert not page.exception
    assert [error.value.replace("\\", "") for error in page.error] == [
        "The address names an operation that this team does not have. Choose one above."
    ]


def test_a_kind_filters_the_list(pushed: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE)
    page.segmented_control[0].set_value("Scan").run()
    assert list(page.dataframe[0].value["Kind"]) == ["Scan"]
    assert "Scan of" in words(page)


@pytest.fixture
def queued(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """A queued run that no process carries out, as after a crash; the watcher is off."""
    monkeypatch.setattr("seatsync.jobs.durable.DurableRunner.resume", Mock())
    draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise")
    return desk.store.operations.open(desk.team.id, OperationKind.SCAN, "Ada", audit=draft)


def test_a_run_under_way_can_be_stopped(desk: Desk, queued: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE, operation=str(queued.id))
    next(button for button in page.button if button.label == "Stop").click().run()
    assert not page.exception
    assert desk.store.operations.get(desk.team.id, queued.id).cancel_requested


def test_a_run_whose_process_died_can_be_resumed(
    queued: Operation, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_over = Mock()
    monkeypatch.setattr("seatsync.ui.run_details.take_over", take_over)
    page = open_page(PAGE, operation=str(queued.id))
    next(button for button in page.button if button.label == "Resume").click().run()
    assert [call.args[1].id for call in take_over.call_args_list] == [queued.id]
    assert [toast.value for toast in page.toast] == [f"Operation {queued.id} is resumed."]


def test_a_run_that_is_alive_offers_no_resume(desk: Desk, queued: Operation, open_page: OpenPage) -> None:
    with desk.store.operations.run_lock(desk.team.id):
        page = open_page(PAGE, operation=str(queued.id))
    assert "Stop" in [button.label for button in page.button]
    assert "Resume" not in [button.label for button in page.button]


def test_a_viewer_sees_runs_but_can_neither_stop_nor_resume_them(
    queued: Operation, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE, operation=str(queued.id))
    assert not page.exception
    assert not {"Stop", "Resume"} & {button.label for button in page.button}
