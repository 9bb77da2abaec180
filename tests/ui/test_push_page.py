"""The page Push: the plan, its confirmation, the run and what became of it."""

import time
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation
from seatsync.links import link_company
from seatsync.model import ExportId
from seatsync.people import Permission, Person, Role
from seatsync.previews import build_preview, tick
from seatsync.status import Kind, OperationKind, Result, Status
from seatsync.ui import frame
from seatsync.upkeep import book_of, clear_mapping
from seatsync.worksheet import Worksheet

from .conftest import OpenPage, words

PAGE = "pages/push.py"


def button(test: AppTest, label: str) -> Button:
    """The one button with a label."""
    (found,) = [b for b in test.button if b.label == label]
    return found


def choose(desk: Desk, export: ExportId, *keys: str) -> None:
    """Check the boxes of these rows and of no other."""
    rows = build_preview(desk, export).preview.rows
    tick(desk, export, {row.choice: row.key in keys for row in rows if row.selectable})


def keys_of(desk: Desk, export: ExportId, status: Status) -> list[str]:
    """The keys of the rows of a status that can be pushed."""
    rows = build_preview(desk, export).preview.rows
    return [row.key for row in rows if row.status is status and row.selectable]


def key_of_company(desk: Desk, export: ExportId, name: str) -> str:
    """The key of the one row of a company that can be pushed."""
    rows = build_preview(desk, export).preview.rows
    (found,) = [row.key for row in rows if row.selectable and row.company and row.company.name == name]
    return found


def confirm(test: AppTest, changes: int) -> AppTest:
    """Open the confirmation, and press its button."""
    button(test, f"Review and push {changes} change{'' if changes == 1 else 's'}").click().run()
    button(test, f"Push {changes} changes to ConnectWise").click().run()
    return test


def ended(desk: Desk, kind: OperationKind = OperationKind.SEAT_SYNC) -> Operation:
    """The last run of a kind, once it is finished."""
    operation = next(run for run in desk.store.operations.all(desk.team.id) if run.kind is kind)
    return wait_for(desk.store, desk.team.id, operation.id, lambda _: None)


def test_without_an_export_the_page_leads_to_the_upload(open_page: OpenPage) -> None:
    test = open_page(PAGE)
    assert "No export is uploaded yet" in words(test)
    assert "Open Avanan Seats" in {link.proto.label for link in test.get("page_link")}


def test_a_viewer_may_not_open_the_page(
    open_page: OpenPage, november: ExportId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "LOCAL_ADMIN", Person("vera", Role.VIEWER))
    test = open_page(PAGE)
    assert 'lacks "psa:agreements.manage"' in words(test)
    assert not [b for b in test.button if "push" in b.label.lower()]


def test_without_a_mapping_the_page_leads_to_the_mappings(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    for mapping in desk.store.choices.mappings(desk.team.id):
        clear_mapping(desk, mapping.tier)
    test = open_page(PAGE)
    assert "No license is mapped yet" in words(test)
    assert "Open Mappings" in {link.proto.label for link in test.get("page_link")}


def test_the_plan_is_stated_with_every_decrease_and_the_money(
    open_page: OpenPage, november: ExportId
) -> None:
    said = words(open_page(PAGE))
    assert "18 changes: 18 updates, 0 creates and 0 cancels." in said
    assert "+6.50 EUR and +138.50 USD" in said
    assert "Drumford Plant Hire Ltd · AV-EAP: 31 to 24" in said


def test_creates_and_cancels_carry_their_dates(open_page: OpenPage, desk: Desk, november: ExportId) -> None:
    creates, cancels = keys_of(desk, november, Status.NO_ADDITION), keys_of(desk, november, Status.ORPHANED)
    choose(desk, november, creates[0], cancels[0])
    test = open_page(PAGE)
    assert not test.exception
    tables = {tuple(table.value.columns): table.value for table in test.dataframe}
    (created,) = [table for columns, table in tables.items() if "Effective" in columns]
    (cancelled,) = [table for columns, table in tables.items() if "Last day" in columns]
    assert list(created["Effective"]) == ["2026-11-22"]
    assert cancelled["Last day"].min() >= "2026-11-22"


def test_the_confirmation_names_every_new_line_and_what_happens_to_its_date(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    choose(desk, november, key_of_company(desk, november, "Thornrigg Roofing Ltd"))
    test = open_page(PAGE)
    line = "Thornrigg Roofing Ltd · AV-EAP: 13 seats from 2026-11-22"
    other_day = "If ConnectWise refuses the date, the line starts on the first of next month"
    assert (words(test).count(line), words(test).count(other_day)) == (1, 1)
    button(test, "Review and push 1 change").click().run()
    assert (words(test).count(line), words(test).count(other_day)) == (2, 2)


def test_a_line_that_starts_later_than_planned_is_told_and_stands_first(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    """The agreement is invoiced past today already, so that ConnectWise refuses the planned date."""
    choose(desk, november, key_of_company(desk, november, "Thornrigg Roofing Ltd"), "c274-p3409")
    confirm(open_page(PAGE), 2)
    operation = ended(desk)
    outcomes = desk.store.operations.outcomes(operation.id)
    assert [(o.kind, str(o.day or "")) for o in outcomes] == [
        (Kind.UPDATE, ""),
        (Kind.CREATE, "2027-01-01"),
    ]
    test = open_page(PAGE)
    assert "1 created with a later date than planned" in words(test)
    (table,) = [t.value for t in test.dataframe if "Message" in t.value.columns]
    assert list(table["Company"]) == ["Thornrigg Roofing Ltd", "Brambeck Freight Ltd"]
    assert "effective 2027-01-01" in str(table["Message"][0])


def test_nothing_chosen_is_said_so(open_page: OpenPage, desk: Desk, november: ExportId) -> None:
    choose(desk, november)
    test = open_page(PAGE)
    assert "No row is chosen" in words(test)
    assert "Back to the rows of this export" in {link.proto.label for link in test.get("page_link")}


def test_a_confirmed_push_is_carried_out_and_its_result_stays(
    open_page: OpenPage, desk: Desk, november: ExportId, simulator: Starlette
) -> None:
    (key,) = [key for key in keys_of(desk, november, Status.READY) if key == "c274-p3409"]
    choose(desk, november, key)
    test = confirm(open_page(PAGE), 1)
    assert not test.exception
    operation = ended(desk)
    assert operation.status == "completed"
    (outcome,) = desk.store.operations.outcomes(operation.id)
    assert (outcome.kind, outcome.after) == (Kind.UPDATE, "17")
    again = open_page(PAGE)
    assert "This plan was pushed" in words(again)
    assert "Last push of this export" in words(again)
    assert "Open in Operations" in {link.proto.label for link in again.get("page_link")}
    assert not [b for b in again.button if b.label.startswith("Review and push")]
    button(again, "Scan again").click().run()
    assert not again.exception
    assert ended(desk, OperationKind.SCAN).started_at > operation.started_at


def test_a_box_checked_for_a_new_quantity_is_not_one_for_a_cancel(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    key = key_of_company(desk, november, "Craymarsh Estate Agents Ltd")
    choose(desk, november, key)
    (other,) = [c.id for c in book_of(desk).companies.values() if c.name == "Yarlcombe Haulage Ltd"]
    link_company(desk, "craymarsh-estate-agents", other)
    (row,) = [row for row in build_preview(desk, november).preview.rows if row.key == key]
    assert (row.status, row.change, row.selectable) == (Status.ORPHANED, Kind.CANCEL, True)
    assert not build_preview(desk, november).ticked(row)
    sheet = Worksheet(build_preview(desk, november))
    assert not sheet.chosen({key: True})[sheet.rows.index(row)]
    assert "No row is chosen" in words(open_page(PAGE))


def test_nothing_is_written_when_the_dialog_is_left(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_page(PAGE)
    button(test, "Review and push 18 changes").click().run()
    button(test, "Not now").click().run()
    assert not test.exception
    assert not [run for run in desk.store.operations.all(desk.team.id) if run.kind is OperationKind.SEAT_SYNC]
    assert not [b for b in test.button if b.label == "Not now"]


def test_a_plan_that_changed_after_it_was_shown_is_not_pushed(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_page(PAGE)
    button(test, "Review and push 18 changes").click().run()
    choose(desk, november, keys_of(desk, november, Status.READY)[0])
    button(test, "Push 18 changes to ConnectWise").click().run()
    assert "The plan has changed since it was approved, so nothing was written" in words(test)
    assert not [run for run in desk.store.operations.all(desk.team.id) if run.kind is OperationKind.SEAT_SYNC]


def test_a_tripped_brake_wants_the_number_of_cancels(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    rules = desk.rules
    brakes = replace(rules.brakes, cancels=0, cancel_share=rules.brakes.cancel_share * 0)
    draft = desk.draft(Permission.ADMINISTER, "rules.save", "rules")
    desk.store.teams.save_rules(desk.team.id, replace(rules, brakes=brakes), draft)
    choose(desk, november, keys_of(desk, november, Status.ORPHANED)[0])
    test = open_page(PAGE)
    assert "This plan cuts a lot" in words(test)
    button(test, "Review and push 1 change").click().run()
    assert button(test, "Push 1 changes to ConnectWise").disabled
    test.number_input[0].set_value(7).run()
    button(test, "Push 1 changes to ConnectWise").click().run()
    assert "give the number of cancels: 1" in words(test)
    test.number_input[0].set_value(1).run()
    button(test, "Push 1 changes to ConnectWise").click().run()
    assert ended(desk).counts[Result.CANCELLED] == 1


def test_a_rehearsal_says_what_would_be_sent_and_writes_nothing(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    choose(desk, november, "c274-p3409")
    test = open_page(PAGE)
    button(test, "Rehearse").click().run()
    assert not test.exception
    (table,) = [t.value for t in test.dataframe if "What would happen" in t.value.columns]
    assert "would send" in table["What would happen"][0]
    assert not [run for run in desk.store.operations.all(desk.team.id) if run.kind is OperationKind.SEAT_SYNC]


def test_a_push_under_way_is_shown_instead_of_a_plan(
    open_page: OpenPage, desk: Desk, november: ExportId, simulator: Starlette
) -> None:
    simulator.state.simulator.latency = 0.5
    confirm(open_page(PAGE), 18)
    started = time.monotonic()
    test = open_page(PAGE)
    assert "A push is under way" in words(test)
    assert "started by local" in words(test)
    assert not [b for b in test.button if b.label.startswith("Review and push")]
    button(test, "Stop").click().run()
    simulator.state.simulator.latency = 0.0
    assert ended(desk).status in ("cancelled", "completed_with_failures", "completed")
    assert time.monotonic() - started < 20
