"""The Snapshot page: what is scanned, how old it is, and a scan that renews it."""

import pytest

from seatsync.jobs.durable import wait_for
from seatsync.runs import recent
from seatsync.ui.session import installation, reset_installation
from tests.ui.conftest import OpenPage, words

PAGE = "pages/snapshot.py"


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
