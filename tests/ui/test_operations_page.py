"""The Operations page: every run, and what became of each change."""

from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from starlette.applications import Starlette

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation
from seatsync.model import ExportId, OperationId
from seatsync.people import Permission, Person, Role
from seatsync.pushes import propose, push
from seatsync.runs import recent
from seatsync.status import Kind, OperationKind, Result
from seatsync.ui import outcomes
from seatsync.ui.session import Keys
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
    listed = open_page(PAGE, operation=str(pushed.id)).dataframe[1].value
    assert [list(result) for result in listed["Result"][:2]] == [["– Skipped"], ["✓ Updated"]]
    assert "is 999 now" in listed["Message"][0]
    assert listed["Message"][1].startswith("The quantity was set from ")
    assert listed["Before"][0] != listed["Wanted"][0]


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


def test_a_status_filters_the_list(pushed: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE)
    box = next(box for box in page.selectbox if box.label == "Status")
    assert box.options == ["Completed 2"]
    page.segmented_control[0].set_value("Undo").run()
    assert not page.exception
    page = open_page(PAGE, operation=str(pushed.id))
    assert list(page.dataframe[0].value["From"]) == ["avanan-2026-11.csv", ""]


def test_a_change_is_shown_in_full_with_its_request_id(
    pushed: Operation, desk: Desk, open_page: OpenPage
) -> None:
    page = open_page(PAGE, operation=str(pushed.id))
    became = desk.store.operations.outcomes(pushed.id)
    updated = next(each for each in became if each.result is Result.UPDATED)
    page.session_state[Keys.outcome_open] = (pushed.id, updated.position)
    page.run()
    assert not page.exception
    assert [code.value for code in page.code] == [updated.request_id]
    (facts,) = [table.value for table in page.dataframe if "Value" in table.value.columns]
    said = dict(zip(facts["What"], facts["Value"], strict=True))
    assert (said["Seats before"], said["Seats after"]) == (updated.before, updated.after)
    assert updated.change.product.identifier in said["Product"]
    skipped = next(each for each in became if each.result is Result.SKIPPED)
    page.session_state[Keys.outcome_open] = (pushed.id, skipped.position)
    page.run()
    assert skipped.message in words(page)
    assert not page.code, "nothing was sent, so that there is no request"


def test_a_click_opens_the_change_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Mock()
    monkeypatch.setattr(outcomes, "put", kept)
    for row in (2, 9):
        monkeypatch.setattr(outcomes, "get", Mock(return_value=SimpleNamespace(row=row)))
        outcomes._open(OperationId(3), (17, 0, 5))
    kept.assert_called_once_with(Keys.outcome_open, (OperationId(3), 5))


def test_what_was_not_written_leads_to_a_scan_and_then_to_the_preview(
    pushed: Operation, desk: Desk, open_page: OpenPage
) -> None:
    page = open_page(PAGE, operation=str(pushed.id))
    assert "1 change failed or was skipped." in words(page)
    assert [b.label for b in page.button if b.proto.type == "primary"] == ["Scan again and review"]
    next(b for b in page.button if b.label == "Scan again and review").click().run()
    assert not page.exception
    newest = recent(desk)[0]
    assert newest.kind is OperationKind.SCAN
    wait_for(desk.store, desk.team.id, newest.id, lambda _: None)
    page = open_page(PAGE, operation=str(pushed.id))
    assert "ConnectWise was scanned after this operation" in words(page)
    next(b for b in page.button if b.label == "Review what is left").click().run()
    assert not page.exception
    assert page.title[0].value == "Avanan Seats"
    assert page.query_params["export"] == str(pushed.export_id)


def test_a_viewer_is_told_who_can_scan(
    pushed: Operation, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE, operation=str(pushed.id))
    assert "An operator or an admin of the team can scan." in words(page)
    assert "Scan again and review" not in [b.label for b in page.button]


def test_the_table_follows_the_address(pushed: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE, operation=str(pushed.id))
    page.query_params["operation"] = "1"
    page.run()
    assert "Scan of" in words(page)
    assert page.session_state[f"{Keys.runs_table}-{pushed.id}-2"]["selection"]["rows"] == [1]


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
    assert "No process carries this run out." in words(page)
