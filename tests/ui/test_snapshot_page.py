"""The Snapshot page: what is scanned, how old it is, and a scan that renews it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from pandas import DataFrame
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.jobs.scan import scan
from seatsync.journal import Operation
from seatsync.model import Book, ExportId
from seatsync.people import Permission, Person, Role
from seatsync.runs import recent
from seatsync.status import OperationKind
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
    (scans,) = [table.value for table in page.dataframe]
    assert (list(scans["Additions"]), list(scans["Status"][0])) == ([255], ["✓ Completed"])
    assert "There was no earlier snapshot to compare with." in words(page)


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
    assert [list(status) for status in page.dataframe[0].value["Status"]] == [["× Failed"], ["✓ Completed"]]
    assert "refused the credentials" in page.warning[0].value.replace("\\", "")
    failed = open_page(PAGE, operation=str(recent(desk)[0].id))
    assert [text.value for text in failed.text if "refused the credentials" in text.value]


def scan_again(desk: Desk, change: Callable[[Book], Book]) -> Operation:
    """A scan that found ConnectWise changed, as the job of a scan journals it."""
    team, store = desk.team.id, desk.store
    held = store.snapshots.book(team, desk.snapshot().id)
    draft = desk.draft(Permission.MANAGE, "scan", "ConnectWise")
    run = store.operations.open(team, OperationKind.SCAN, "Ada", audit=draft)
    reading = SimpleNamespace(read_book=lambda *_: change(held), requests=70)
    scan(store, run, store.operations.claim(run.id), reading)  # type: ignore[arg-type]
    return store.operations.get(team, run.id)


def renamed_and_fewer(held: Book) -> Book:
    """The book with one company renamed, a mapped line gone, and a line of no mapped product gone."""
    first = min(held.companies.values(), key=lambda company: company.id)
    mapped = [line.id for line in held.additions if held.products[line.product_id].identifier == "AV-EAP"]
    others = [line.id for line in held.additions if held.products[line.product_id].identifier[:3] != "AV-"]
    gone = {mapped[0], others[0]}
    return replace(
        held,
        companies={**held.companies, first.id: replace(first, name="**[x](javascript:1)** :smile:")},
        additions=tuple(line for line in held.additions if line.id not in gone),
    )


def changes_of(page: AppTest) -> DataFrame:
    """The table of what a scan found changed."""
    (table,) = [table.value for table in page.dataframe if "Change" in table.value.columns]
    return table


def test_what_changed_since_the_last_scan_is_told_by_name(open_page: OpenPage) -> None:
    scan_again(installation().desk(), renamed_and_fewer)
    page = open_page(PAGE)
    assert not page.exception
    assert "1 company renamed. 1 addition gone. 1 more change is on additions of products" in words(page)
    table = changes_of(page)
    assert list(table["Change"]) == ["≠ Company renamed", "− Addition gone"]
    assert table["After"][0] == "**[x](javascript:1)** :smile:"
    assert table["Product"][1] == "AV-EAP"
    kinds = page.segmented_control[0]
    assert kinds.options == ["All 2", "Companies 1", "Additions 1"]
    kinds.set_value("Additions").run()
    assert list(changes_of(page)["Change"]) == ["− Addition gone"]
    metrics = {metric.label: metric.delta for metric in page.metric}
    assert (metrics["Companies"], metrics["Additions"]) == ("as before", "-2")


def test_an_older_scan_shows_what_it_changed_by_its_address(open_page: OpenPage) -> None:
    desk = installation().desk()
    older = scan_again(desk, renamed_and_fewer)
    scan_again(desk, lambda held: held)
    page = open_page(PAGE)
    assert "Nothing changed." in words(page)
    assert list(page.dataframe[0].value["Changes"].fillna(-1)) == [0, 3, -1]
    assert changes_of(open_page(PAGE, operation=str(older.id)))["Change"][0] == "≠ Company renamed"


def test_a_scan_whose_snapshot_was_dropped_still_tells_its_counts(open_page: OpenPage) -> None:
    desk = installation().desk()
    oldest = scan_again(desk, renamed_and_fewer)
    for _ in range(5):
        scan_again(desk, lambda held: held)
    page = open_page(PAGE, operation=str(oldest.id))
    assert "1 company renamed. 1 addition gone." in words(page)
    assert "went with the snapshot: the last five are kept" in words(page)
    assert len(page.dataframe) == 1


def test_while_a_scan_goes_on_the_old_snapshot_is_shown_and_no_other_can_start(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.jobs.durable.DurableRunner.resume", Mock())
    desk = installation().desk()
    draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise")
    desk.store.operations.open(desk.team.id, OperationKind.SCAN, "Ada", audit=draft)
    page = open_page(PAGE)
    assert not page.exception
    assert "stays in use until a scan has read everything" in words(page)
    assert [button.label for button in page.button] == ["Stop"]
    assert {metric.label: metric.value for metric in page.metric}["Companies"] == "66"


def test_a_viewer_sees_the_snapshot_and_can_not_scan(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE)
    assert not page.exception
    assert not page.button
    assert "Only an operator or an admin of the team may scan." in words(page)
    assert len(page.dataframe) == 1
