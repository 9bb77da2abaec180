"""Unknown outcomes and rehearsals on screen: the button that settles, what is held back, and the setting."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation
from seatsync.model import ExportId
from seatsync.people import Person, Role
from seatsync.pushes import propose, push
from seatsync.status import OperationKind, Result
from seatsync.store import SqlStore
from seatsync.upkeep import save_rules
from tests.store.making import tamper
from tests.ui.conftest import OpenPage, words

UPDATED = "c274-p3409"


@pytest.fixture
def lost(desk: Desk, november: ExportId) -> Operation:
    """A push of one update that took effect, and of which the journal does not know it."""
    proposal = propose(desk, november, [UPDATED])
    operation = push(desk, proposal, proposal.plan.digest)
    wait_for(desk.store, desk.team.id, operation.id, lambda _: None)
    assert isinstance(desk.store, SqlStore)
    tamper(
        desk.store,
        f"UPDATE outcome SET result = 'failed', message = 'Outcome unknown: lost.' "
        f"WHERE operation_id = {operation.id}",
        f"UPDATE operation SET status = 'completed_with_failures', message = '1 failed.' "
        f"WHERE id = {operation.id}",
    )
    return operation


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def test_the_operations_page_settles_an_unknown_outcome(
    lost: Operation, desk: Desk, open_page: OpenPage, simulator: Starlette
) -> None:
    page = open_page("pages/operations.py", operation=str(lost.id))
    assert not page.exception
    assert "The outcome of 1 change is unknown." in words(page)

    page = press(page, "Look again")

    assert not page.exception
    assert [toast.value for toast in page.toast] == [
        f"Looked again at operation {lost.id}. Every outcome is known now."
    ]
    assert "Look again" not in labels(page)
    (outcome,) = desk.store.operations.outcomes(lost.id)
    assert outcome.result is Result.UPDATED
    assert desk.store.operations.get(desk.team.id, lost.id).status == "completed"


def test_what_stays_unknown_is_said_and_can_be_looked_at_again(
    lost: Operation, desk: Desk, open_page: OpenPage, simulator: Starlette
) -> None:
    faults = simulator.state.simulator.faults
    faults.set({"name": "unauthorized", "method": "GET", "path": "additions", "rate": 1})
    page = press(open_page("pages/operations.py", operation=str(lost.id)), "Look again")
    assert not page.exception
    assert "1 change still unknown." in page.toast[0].value
    assert "Look again" in labels(page)


def test_a_viewer_sees_that_an_outcome_is_unknown_and_can_do_nothing(
    lost: Operation, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page("pages/operations.py", operation=str(lost.id))
    assert not page.exception
    assert "The outcome of 1 change is unknown." in words(page)
    assert "Look again" not in labels(page)


def test_the_push_page_leaves_such_a_line_out(
    lost: Operation, desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page("pages/push.py", export=str(november))
    assert not page.exception
    assert "Review and push 17 changes" in labels(page)
    preview = open_page("pages/preview.py", export=str(november))
    assert not preview.exception
    said = "\n".join(str(frame.value.to_csv()) for frame in preview.dataframe)
    assert f"the outcome of operation {lost.id} is unknown: look again" in said


def test_a_team_that_only_rehearses_is_told_so_and_can_push_nothing(
    desk: Desk, november: ExportId, open_page: OpenPage, simulator: Starlette
) -> None:
    save_rules(desk, replace(desk.rules, rehearse=True))
    page = open_page("pages/push.py", export=str(november))
    assert not page.exception
    assert "REHEARSAL. This team only rehearses" in words(page).replace("*", "")
    assert not [label for label in labels(page) if label.startswith("Review and push")]

    page = press(page, "Rehearse the push of 18 changes")

    assert not page.exception
    (table,) = [frame.value for frame in page.dataframe if "Would send" in frame.value.columns]
    assert len(table) == 18
    assert '[{"op":"replace","path":"quantity","value":' in table["Would send"][0]
    assert table["Would send"][0].startswith("PATCH finance/agreements/")
    runs = desk.store.operations.all(desk.team.id)
    assert [run.kind for run in runs] == [OperationKind.SCAN]


def test_the_setting_switched_on_behind_an_open_confirmation_still_holds(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = press(open_page("pages/push.py", export=str(november)), "Review and push 18 changes")
    save_rules(desk, replace(desk.rules, rehearse=True))
    page = press(page, "Push 18 changes to ConnectWise")
    assert "This team only rehearses" in words(page)
    assert [run.kind for run in desk.store.operations.all(desk.team.id)] == [OperationKind.SCAN]


def test_setup_keeps_the_tag_and_the_rehearsal_and_warns_of_the_tag(desk: Desk, open_page: OpenPage) -> None:
    page = open_page("pages/setup.py")
    assert "Staff see the serial number in ConnectWise, and it may print on invoices." in words(page)
    next(box for box in page.text_input if box.label == "Owner tag of new lines").set_value("MSP Ops")
    next(box for box in page.checkbox if box.label == "Only rehearse").set_value(True)
    page = press(page, "Save limits")
    assert not page.exception
    assert (desk.rules.owner_tag, desk.rules.rehearse) == ("MSP Ops", True)
    (entry,) = desk.store.audit.entries(desk.team.id, action="rules.save")
    assert (entry.after["owner_tag"], entry.after["rehearse"]) == ("MSP Ops", True)
    assert (entry.before["owner_tag"], entry.before["rehearse"]) == ("", False)
