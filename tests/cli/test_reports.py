"""Reports of an operation from the command line: which files are written, replaced or refused."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from tests.contract.proxy import running
from tests.jobs.installation import Installation
from tests.jobs.worlds import TODAY

from .conftest import Run
from .test_undo import CANCELLED, CREATED, PUSH, SCAN, UPDATED, Pushed

STEM = "root-operation-2-seat-sync-"


@pytest.fixture
def pushed(scanned: Installation, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pushed]:
    """The scanned installation on a simulator of its own, after a push of three changes."""
    with running(create_app(SimulatedBook.sample(), today=TODAY)) as url:
        scanned.simulator = url
        monkeypatch.setenv("SEATSYNC_CONNECTWISE_URL", url)
        yield Pushed(scanned, run)


def test_an_operation_is_written_as_table_workbook_and_sheets(pushed: Pushed, tmp_path: Path) -> None:
    table, workbook, folder = tmp_path / "out.csv", tmp_path / "out.xlsx", tmp_path / "new" / "sheets"
    options = ["--csv", str(table), "--xlsx", str(workbook), "--html", str(folder)]
    ended = pushed.run("operations", PUSH, *options)
    assert ended.code == 0, ended.err
    assert (
        "set 1 quantity, added 1 line and cancelled 1 for 3 companies from avanan-2026-11.csv." in ended.out
    )
    files = sorted(folder.iterdir())
    assert [file.name.startswith(STEM) for file in files] == [True] * 4
    assert ended.err.splitlines() == [
        f"Written: {table}",
        f"Written: {workbook}",
        *(
            f"Written: {file}"
            for file in sorted(files, key=lambda file: (not file.name.endswith("-index.html"), file.name))
        ),
    ]
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    assert {row["Key"]: row["Result"] for row in rows} == {
        UPDATED: "Updated",
        CREATED: "Created",
        CANCELLED: "Cancelled",
    }
    assert workbook.read_bytes().startswith(b"PK")
    assert all(file.read_text().startswith("<!DOCTYPE html>") for file in files)


def test_the_seat_rows_of_the_export_add_up_to_what_was_written(pushed: Pushed, tmp_path: Path) -> None:
    table = tmp_path / "out.csv"
    pushed.run("operations", PUSH, "--csv", str(table))
    said = {row["Key"]: row for row in csv.DictReader(table.read_text("utf-8-sig").splitlines())}
    assert said[UPDATED]["Seat rows"].endswith(f"= {said[UPDATED]['After']}")
    assert f": {said[CREATED]['After']} (row " in said[CREATED]["Seat rows"]
    assert "can't be told" not in said[CANCELLED]["Seat rows"]


def test_json_tells_the_sentence_and_the_files(pushed: Pushed, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    shown = pushed.here("operations", PUSH, "--html", str(folder))
    assert sorted(shown["files"]) == sorted(map(str, folder.iterdir()))
    assert shown["sentence"] == pushed.pushed["sentence"]
    assert shown["sentence"].startswith("Operation 2 by local on ")
    assert "files" not in pushed.here("operations", PUSH)
    assert "read 66 companies" in pushed.here("operations", SCAN)["sentence"]


def test_a_sheet_is_never_replaced_and_nothing_is_written_beside_it(pushed: Pushed, tmp_path: Path) -> None:
    folder, table = tmp_path / "sheets", tmp_path / "out.csv"
    pushed.run("operations", PUSH, "--html", str(folder))
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    handed_out = len(audited(pushed))
    ended = pushed.run("operations", PUSH, "--html", str(folder), "--csv", str(table))
    assert (ended.code, ended.out) == (1, "")
    assert "-index.html already, and evidence is not replaced. Give another folder" in ended.err
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert not table.exists()
    assert len(audited(pushed)) == handed_out


def audited(pushed: Pushed) -> list[str]:
    """The resources of the reports that the audit log tells of."""
    return [each["resource"] for each in pushed.here("audit") if each["action"] == "report.export"]


def test_a_table_that_is_replaced_is_said_so(pushed: Pushed, tmp_path: Path) -> None:
    table = tmp_path / "out.csv"
    table.write_text("old")
    assert pushed.run("operations", PUSH, "--csv", str(table)).err == f"Replaced: {table}\n"
    assert "Key" in table.read_text("utf-8-sig")
    assert audited(pushed) == ["operation 2"]


def test_what_cannot_be_reported_is_one_sentence(pushed: Pushed, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    out = str(tmp_path / "out")
    refusals = {
        ("--csv", out): "A report is of one operation. Give its ID",
        (SCAN, "--csv", out): "Operation 1 (Scan) changes no billing line",
        (SCAN, "--html", out): "Operation 1 (Scan) changes no billing line",
        ("99", "--csv", out): "The team has no operation 99.",
        (PUSH, "--html", str(file)): "is a file. Give a folder",
        (PUSH, "--html", str(file / "in")): "can't be made",
        (PUSH, "--xlsx", str(tmp_path / "no" / "out.xlsx")): "can't be written",
    }
    for arguments, words in refusals.items():
        ended = pushed.run("operations", *arguments)
        assert (ended.code, ended.out) == (1, ""), arguments
        assert words in ended.err, ended.err
        assert "Traceback" not in ended.err
    assert file.read_text() == "mine"
    assert not (tmp_path / "out").exists()


def test_a_sentence_is_told_after_a_push_and_an_undo(pushed: Pushed) -> None:
    plan = json.loads(pushed.run("undo", PUSH, "--select", UPDATED, "--json").out)
    done = pushed.run("undo", PUSH, "--select", UPDATED, "--digest", plan["digest"])
    assert done.code == 0
    assert done.out.splitlines()[-1].endswith(
        "undid changes of operation 2: it set 1 quantity back, let 0 lines bill again and cancelled 0 "
        "for 1 company."
    )
