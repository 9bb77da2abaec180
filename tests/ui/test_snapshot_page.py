"""The Snapshot page: what is scanned, how old it is, and a scan that renews it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from seatsync.jobs.durable import wait_for
from seatsync.model import ExportId
from seatsync.people import Permission
from seatsync.runs import recent
from seatsync.suspicion import suspect
from seatsync.ui.session import installation, reset_installation
from tests.ui.conftest import OpenPage, words

PAGE = "pages/snapshot.py"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_an_empty_installation_says_to_scan(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert not page.exception
    assert "No snapshot yet" in words(page)
    assert [button.label for button in page.button] == ["Scan ConnectWise now"]


def test_without_a_connection_it_leads_to_setup(
    open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("URL", "COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID"):
        monkeypatch.delenv(f"SEATSYNC_CONNECTWISE_{part}")
    reset_installation()
    page = open_empty(PAGE)
    assert "not configured" in words(page)
    assert not page.button


def test_a_scan_started_here_fills_the_snapshot(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    page.button[0].click().run()
    assert not page.exception
    desk = installation().desk()
    operation = recent(desk)[0]
    wait_for(desk.store, desk.team.id, operation.id, lambda _: None)
    page.run()
    metrics = {metric.label: metric.value for metric in page.metric}
    assert metrics["Companies"] == "66"
    assert list(page.dataframe[0].value["Kind"]) == ["Scan"]


def test_a_scan_that_saw_far_less_is_suspected_on_the_pages_that_build_on_it(
    open_page: OpenPage, november: ExportId
) -> None:
    desk = installation().desk()
    held = desk.store.snapshots.book(desk.team.id, desk.snapshot().id)
    fewer = replace(held, additions=held.additions[:9])
    draft = desk.draft(Permission.MANAGE, "snapshot.save", "ConnectWise")
    said = suspect(fewer, desk.store.snapshots.all(desk.team.id))
    desk.store.snapshots.swap_in(desk.team.id, fewer, NOON, draft, said)
    for page in (open_page(PAGE), open_page("pages/preview.py", export=str(november))):
        shown = words(page)
        assert "The scan may not have seen everything" in shown
        assert "9 additions where there were" in shown


def test_a_failed_scan_keeps_the_old_snapshot_and_says_why(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSYNC_CONNECTWISE_PRIVATE_KEY", "another-key")
    reset_installation()
    page = open_page(PAGE)
    page.button[0].click().run()
    desk = installation().desk()
    wait_for(desk.store, desk.team.id, recent(desk)[0].id, lambda _: None)
    page.run()
    assert "did not complete" in words(page)
    assert {metric.label: metric.value for metric in page.metric}["Companies"] == "66"
    assert page.dataframe[0].value["Message"][0]
