"""Reports on the Operations page: the sentence, the files offered, and what is in them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation
from seatsync.model import ExportId
from seatsync.people import Permission, Person, Role
from seatsync.pushes import propose, push
from seatsync.status import OperationKind
from seatsync.ui import downloads
from tests.ui.conftest import OpenPage, words

PAGE = "pages/operations.py"
UPDATED, CREATED, CANCELLED = "c274-p3409", "c292-p3409", "c275-p3409"


@pytest.fixture
def pushed(desk: Desk, november: ExportId) -> Operation:
    """A push of one update, one create and one cancel."""
    proposal = propose(desk, november, [UPDATED, CREATED, CANCELLED])
    operation = push(desk, proposal, proposal.plan.digest)
    return wait_for(desk.store, desk.team.id, operation.id, lambda _: None)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, Callable[[], bytes]]]:
    """The downloads that a page offers: by file name, the label and what makes the file."""
    found: dict[str, tuple[str, Callable[[], bytes]]] = {}

    def offer(label: str, data: Callable[[], bytes], name: str, *more: Any, **options: Any) -> bool:
        found[name] = (label, data)
        return False

    monkeypatch.setattr(downloads.st, "download_button", Mock(side_effect=offer))
    return found


def test_the_page_says_in_one_sentence_what_happened(pushed: Operation, open_page: OpenPage) -> None:
    page = open_page(PAGE, operation=str(pushed.id))
    assert not page.exception
    said = words(page)
    assert f"Operation {pushed.id} by local on " in said
    assert "set 1 quantity, added 1 line and cancelled 1 for 3 companies from avanan-2026-11.csv." in said
    assert "read 66 companies" in words(open_page(PAGE, operation="1"))


def test_table_workbook_and_every_sheet_are_offered(
    pushed: Operation, open_page: OpenPage, offered: dict[str, tuple[str, Callable[[], bytes]]]
) -> None:
    page = open_page(PAGE, operation=str(pushed.id))
    assert not page.exception
    stem = f"root-operation-{pushed.id}-seat-sync-{pushed.started_at:%Y-%m-%d}"
    assert {name: label for name, (label, _) in offered.items()} == {
        f"{stem}.csv": "CSV",
        f"{stem}.xlsx": "XLSX",
        f"{stem}.zip": "Evidence sheets",
    }
    made = {name.rpartition(".")[2]: make() for name, (_, make) in offered.items()}
    assert made["csv"].count(b"\r\n") == 4
    assert made["xlsx"].startswith(b"PK")
    assert len(zipfile.ZipFile(io.BytesIO(made["zip"])).namelist()) == 4


def test_the_sheet_of_one_company_is_chosen_by_its_name(
    pushed: Operation, open_page: OpenPage, offered: dict[str, tuple[str, Callable[[], bytes]]]
) -> None:
    page = open_page(PAGE, operation=str(pushed.id))
    (picker,) = [box for box in page.selectbox if box.label == "Evidence sheet of"]
    assert picker.options[0] == "All 3 companies (ZIP)"
    assert picker.options[1:] == sorted(picker.options[1:], key=str.casefold)
    offered.clear()
    picker.select_index(1).run()
    assert not page.exception
    (name,) = [name for name in offered if name.endswith(".html")]
    label, make = offered[name]
    assert label == "Evidence sheet"
    assert f'<h1 class="name"><bdi>{picker.options[1]}</bdi></h1>' in make().decode()


def test_nothing_is_offered_for_a_scan_and_a_viewer_takes_reports_too(
    pushed: Operation,
    open_page: OpenPage,
    offered: dict[str, tuple[str, Callable[[], bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not open_page(PAGE, operation="1").exception
    assert offered == {}
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    assert not open_page(PAGE, operation=str(pushed.id)).exception
    assert len(offered) == 3


def test_a_run_under_way_tells_its_progress_and_no_sentence(
    desk: Desk, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The progress is drawn anew by itself; a sentence beside it would grow old."""
    monkeypatch.setattr("seatsync.jobs.durable.DurableRunner.resume", Mock())
    draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise")
    queued = desk.store.operations.open(desk.team.id, OperationKind.SCAN, "Ada", audit=draft)
    page = open_page(PAGE, operation=str(queued.id))
    assert f"Operation {queued.id}, started by Ada." in words(page)
    assert f"Operation {queued.id} by Ada" not in words(page)
