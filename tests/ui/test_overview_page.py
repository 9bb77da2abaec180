"""The Overview: the way to a first push, what waits, and the last operations."""

from typing import Any
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.model import ExportId, OperationId
from seatsync.people import Permission, Person, Role
from seatsync.previews import build_preview, upload
from seatsync.pushes import propose, push
from seatsync.runs import start_scan
from seatsync.status import OperationKind, OperationStatus, Status
from seatsync.steps import Stage, find_way
from seatsync.ui.session import installation, reset_installation
from seatsync.upkeep import clear_mapping, map_tier, tiers_in_use
from seatsync.worksheet import by_status
from tests.ui.conftest import OpenPage, upload_sample, words

OVERVIEW = "streamlit_app.py"


def wait(desk: Desk, operation: OperationId) -> None:
    """Wait until a run has ended well."""
    ended = wait_for(desk.store, desk.team.id, operation, lambda _: None)
    assert ended.status is OperationStatus.COMPLETED


def primary(page: AppTest) -> list[str]:
    """The labels of the page's primary buttons."""
    return [button.label for button in page.button if button.proto.type == "primary"]


def links(page: AppTest, to: str) -> list[Any]:
    """The links in the page itself that lead to another page with something in its address."""
    found = [link for link in page.get("page_link") if link.proto.query_string]
    return [link for link in found if link.proto.page.strip("/") == to]


def test_an_empty_installation_lists_five_steps_and_one_button(open_empty: OpenPage) -> None:
    page = open_empty(OVERVIEW)
    assert not page.exception
    said = words(page)
    for step in ("ConnectWise connected", "Scan ConnectWise", "Map the", "Upload the", "Review and push"):
        assert step in said
    assert primary(page) == ["Scan ConnectWise"]
    assert "avanan" in words(page)


def test_without_a_connection_the_first_step_is_to_connect(
    open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("URL", "COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID"):
        monkeypatch.delenv(f"SEATSYNC_CONNECTWISE_{part}")
    reset_installation()
    assert primary(open_empty(OVERVIEW)) == ["Connect ConnectWise"]


def test_wrong_settings_are_one_sentence(open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATSYNC_IN_FLIGHT", "many")
    reset_installation()
    page = open_empty(OVERVIEW)
    assert not page.exception
    assert len(page.error) == 1
    assert "IN" in page.error[0].value
    assert "Correct them and start again" in page.error[0].value


def test_after_scan_and_mapping_the_next_step_is_the_upload(open_page: OpenPage) -> None:
    assert primary(open_page(OVERVIEW)) == ["Upload the export"]


def test_an_export_comes_before_mapping_while_its_licenses_are_unknown(desk: Desk) -> None:
    for mapping in desk.store.choices.mappings(desk.team.id):
        clear_mapping(desk, mapping.tier)
    step = find_way(desk, tiers_in_use(desk), connected=True).next
    assert step is not None
    assert step.stage is Stage.UPLOAD


def test_unmapped_licenses_of_the_last_export_are_named_and_come_next(
    november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(OVERVIEW)
    assert primary(page) == ["Map the licenses"]
    assert "Archiving" in words(page)


def test_with_every_license_mapped_the_next_step_is_the_review(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(OVERVIEW)
    for tier in ("Email & Collaboration Advanced Protect", "email advanced protect", "Archiving Add-on Only"):
        map_tier(desk, tier, None)
    assert primary(page.run()) == ["Map the licenses"]
    map_tier(desk, "Partner Demo", None)
    assert primary(page.run()) == ["Review the changes"]


def test_what_waits_is_counted_by_status_with_the_way_to_its_rows(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(OVERVIEW)
    assert not page.exception
    sums = by_status(build_preview(desk, november).preview.rows)
    waits = {link.proto.query_string: link.proto.label for link in links(page, "preview")}
    expected = {
        status: found.rows
        for status, found in sums.items()
        if status not in (Status.NO_CHANGE, Status.SKIPPED)
    }
    assert list(waits) == [f"export={november}&status={status.value}" for status in expected]
    assert all(status.label in waits[f"export={november}&status={status.value}"] for status in expected)
    said = words(page)
    for status, rows in expected.items():
        assert f"{rows:,}" in said, status
    assert f"{sums[Status.NO_CHANGE].rows:,} rows billed as they should be" in said


def test_the_band_says_how_old_things_are_what_is_ready_and_what_needs_a_person(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(OVERVIEW)
    band = {metric.label: (metric.value, metric.delta) for metric in page.metric}
    assert list(band) == ["Snapshot", "Last export", "Ready to push", "Need a person"]
    sums = by_status(build_preview(desk, november).preview.rows)
    ready = sums[Status.READY]
    assert band["Ready to push"][0] == f"{ready.rows:,}"
    assert all(f"{sum_:+,.2f} {code}" in band["Ready to push"][1] for code, sum_ in ready.money.items())
    waiting = [found for status, found in sums.items() if status.needs_person]
    seats = sum(found.seats_new for found in waiting)
    assert band["Need a person"] == (f"{sum(found.rows for found in waiting)}", f"{seats} seats wait")
    assert band["Last export"][1] == "63 rows"


def test_before_an_export_nothing_is_said_to_be_ready(open_page: OpenPage) -> None:
    page = open_page(OVERVIEW)
    assert not page.exception
    band = {metric.label: (metric.value, metric.delta) for metric in page.metric}
    assert band["Last export"][0] == "None yet"
    assert band["Ready to push"] == band["Need a person"] == ("–", "Needs an export")
    assert "What waits" not in words(page)


def test_an_unreadable_row_has_no_seats_of_which_anything_is_known(
    november: ExportId, open_page: OpenPage
) -> None:
    assert "unknown" in [element.value for element in open_page(OVERVIEW).markdown]


def test_the_movers_of_the_last_two_months_lead_to_their_rows(desk: Desk, open_page: OpenPage) -> None:
    for month in ("2026-10", "2026-11"):
        build_preview(desk, upload_sample(desk, f"avanan-{month}.csv"))
    page = open_page(OVERVIEW)
    assert "Biggest movers, 2026-10 to 2026-11" in words(page).replace("*", "")
    shown = links(page, "explore")
    assert len(shown) == 10
    company = next(
        link for link in desk.store.choices.links(desk.team.id) if link.key.startswith("scarworth")
    )
    assert f"by=company&row={company.company_id}" in [link.proto.query_string for link in shown]
    assert "1,190 → 1,204" in words(page)
    assert "+14" in words(page)


def test_one_export_has_no_movers_and_a_trend_of_one_month(november: ExportId, open_page: OpenPage) -> None:
    page = open_page(OVERVIEW)
    assert "They appear with the second month's export." in words(page)
    assert links(page, "explore") == []
    assert "seats without a known price are left out" in words(page)


def test_the_button_of_the_scan_starts_it_here(open_empty: OpenPage) -> None:
    page = open_empty(OVERVIEW)
    page.button[0].click().run()
    assert not page.exception
    desk = installation().desk()
    (scan,) = desk.store.operations.all(desk.team.id)
    assert scan.kind is OperationKind.SCAN
    wait(desk, scan.id)
    page.run()
    assert primary(page) == ["Upload the export"]


def test_a_viewer_is_told_who_takes_the_next_step(
    open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame.LOCAL_ADMIN", Person("vera", Role.VIEWER))
    page = open_empty(OVERVIEW)
    assert not page.exception
    assert primary(page) == []
    assert "Scan ConnectWise: for an operator or an admin of the team." in words(page)


def test_after_a_push_the_next_steps_are_a_scan_and_then_the_rows_that_need_a_person(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    for tier in {use.tier for use in tiers_in_use(desk) if not use.mapped}:
        map_tier(desk, tier, None)
    proposal = propose(desk, november, "default", with_ticks=True)
    wait(desk, push(desk, proposal, proposal.plan.digest).id)
    page = open_page(OVERVIEW)
    assert primary(page) == ["Scan again"]
    assert "The last export is pushed" not in words(page)
    assert "data/samples" not in words(page)
    wait(desk, start_scan(desk).id)
    waiting = sum(row.status.needs_person for row in build_preview(desk, november).preview.rows)
    page = open_page(OVERVIEW)
    assert primary(page) == [f"Resolve {waiting} rows"]
    assert "data/samples" not in words(page)


def test_the_last_operations_are_listed(open_page: OpenPage) -> None:
    page = open_page(OVERVIEW)
    runs = next(table.value for table in page.dataframe if "Kind" in table.value)
    assert list(runs["Kind"]) == ["Scan"]


def test_hostile_names_show_as_text(desk: Desk, open_page: OpenPage) -> None:
    tier = "**bold** <b>x</b> :smile: $x$"
    upload(desk, "a.csv", f"Tenant,Portal,License,Users,Status\nA,p1,{tier},3,Paid\n".encode())
    page = open_page(OVERVIEW)
    assert tier in words(page)
    said = "\n".join(str(element.value) for kind in ("markdown", "caption") for element in page.get(kind))
    assert "bold" in said
    for live in ("**bold**", "<b>x", ":smile:", "$x$"):
        assert live not in said


def test_the_overview_says_what_is_running(
    scanned: object, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watcher is off, so that the run that nobody carries out stays queued."""
    monkeypatch.setattr("seatsync.jobs.durable.DurableRunner._watch", Mock())
    desk = installation().desk()
    draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise")
    desk.store.operations.open(desk.team.id, OperationKind.SCAN, "Ada", audit=draft)
    page = open_page(OVERVIEW)
    assert "started by Ada" in words(page)
    assert page.dataframe[0].value["Status"][0] == ["… Queued"]
    assert "Stop" in [button.label for button in page.button]
