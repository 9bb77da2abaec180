"""Undo on the Operations page: offered, planned, chosen, confirmed, and its result."""

from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation
from seatsync.model import ExportId
from seatsync.people import Person, Role
from seatsync.plan import Create
from seatsync.pushes import propose, push
from seatsync.status import OperationKind
from seatsync.ui import undo
from seatsync.undos import look_back, propose_undo
from tests.ui.conftest import OpenPage, words

PAGE = "pages/operations.py"
UPDATED, CREATED, CANCELLED = "c274-p3409", "c292-p3409", "c275-p3409"


@pytest.fixture
def pushed(desk: Desk, november: ExportId) -> Operation:
    """A push of one update, one create and one cancel."""
    proposal = propose(desk, november, [UPDATED, CREATED, CANCELLED])
    operation = push(desk, proposal, proposal.plan.digest)
    return wait_for(desk.store, desk.team.id, operation.id, lambda _: None)


def button(test: AppTest, label: str) -> Button:
    """The one button with a label."""
    (found,) = [b for b in test.button if b.label == label]
    return found


def labels(test: AppTest) -> list[str]:
    """The labels of the buttons."""
    return [b.label for b in test.button]


def last(desk: Desk) -> Operation:
    """The last run, once it is finished."""
    return wait_for(desk.store, desk.team.id, desk.store.operations.all(desk.team.id)[0].id, lambda _: None)


def test_a_push_is_undone_from_its_page(pushed: Operation, desk: Desk, open_page: OpenPage) -> None:
    (line,) = [
        each.change for each in look_back(desk, pushed.id).outcomes if each.outcome.change.key == UPDATED
    ]
    assert line is not None
    assert not isinstance(line, Create)
    test = open_page(PAGE, operation=str(pushed.id))
    button(test, "Undo…").click().run()
    assert not test.exception
    assert "Undo Seat Sync of" in words(test)
    assert "3 changes: 1 update, 1 line billed again and 1 cancel." in words(test)
    (table,) = [t.value for t in test.dataframe if "Was done" in t.value.columns]
    assert len(table) == 3
    assert [b.label for b in test.button if b.proto.type == "primary"] == ["Review and undo 3 changes"]

    button(test, "Review and undo 3 changes").click().run()
    button(test, "Undo 3 changes in ConnectWise").click().run()
    assert not test.exception
    operation = last(desk)
    assert (operation.kind, operation.undoes, operation.status) == (
        OperationKind.UNDO,
        pushed.id,
        "completed",
    )
    with desk.connect() as connectwise:
        assert connectwise.addition(line.agreement.id, line.addition.id).quantity == line.quantity

    after = open_page(PAGE, operation=str(operation.id))
    assert f"It undoes operation {pushed.id}." in words(after)
    assert "Undo…" in labels(after), "an undo can be undone"
    before = open_page(PAGE, operation=str(pushed.id))
    assert f"Undone by operation {operation.id}." in words(before)
    assert "Undo…" not in labels(before)


def test_only_the_checked_changes_are_undone(
    pushed: Operation, desk: Desk, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "_choose", Mock(return_value=[0]))
    test = open_page(PAGE, operation=str(pushed.id), undo=str(pushed.id))
    assert "1 change: 1 update, 0 lines billed again and 0 cancels." in words(test)
    button(test, "Review and undo 1 change").click().run()
    button(test, "Undo 1 change in ConnectWise").click().run()
    assert [o.change.key for o in desk.store.operations.outcomes(last(desk).id)] == [UPDATED]
    rest = open_page(PAGE, operation=str(pushed.id))
    assert "1 of 3 changes undone by operation" in words(rest)
    button(rest, "Undo…").click().run()
    assert [each.label for each in rest.expander] == ["1 change left out"]
    (left,) = [t.value for t in rest.dataframe if "Why" in t.value.columns]
    assert list(left["Why"]) == [f"Undone by operation {last(desk).id}."]


def test_with_nothing_checked_nothing_can_be_confirmed(
    pushed: Operation, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "_choose", Mock(return_value=[]))
    test = open_page(PAGE, operation=str(pushed.id), undo=str(pushed.id))
    assert not test.exception
    assert button(test, "Review and undo 0 changes").disabled


def test_an_undo_is_rehearsed_and_left_without_a_write(
    pushed: Operation, desk: Desk, open_page: OpenPage
) -> None:
    test = open_page(PAGE, operation=str(pushed.id), undo=str(pushed.id))
    button(test, "Rehearse").click().run()
    (table,) = [t.value for t in test.dataframe if "What would happen" in t.value.columns]
    assert all("would send PATCH" in told for told in table["What would happen"])
    button(test, "Leave as it is").click().run()
    assert "Seat Sync of" in words(test)
    assert "Undo…" in labels(test)
    assert last(desk).id == pushed.id


def test_a_plan_that_changed_after_it_was_shown_is_not_carried_out(
    pushed: Operation, desk: Desk, open_page: OpenPage
) -> None:
    test = open_page(PAGE, operation=str(pushed.id), undo=str(pushed.id))
    button(test, "Review and undo 3 changes").click().run()
    proposal = propose_undo(desk, pushed.id, [UPDATED])
    push(desk, proposal, proposal.plan.digest)
    done = last(desk)
    button(test, "Undo 3 changes in ConnectWise").click().run()
    assert not test.exception
    assert last(desk).id == done.id
    assert "The plan has changed since it was approved, so nothing was written" in words(test)


def test_a_scan_and_a_viewer_are_offered_no_undo(
    pushed: Operation, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Undo…" not in labels(open_page(PAGE, operation="1"))
    asked = open_page(PAGE, operation="1", undo="1")
    assert "Scan of" in words(asked)
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    test = open_page(PAGE, operation=str(pushed.id), undo=str(pushed.id))
    assert not test.exception
    assert "Undo…" not in labels(test)
    assert not [label for label in labels(test) if label.startswith("Review and undo")]
