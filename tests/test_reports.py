"""Reports of an operation: their sources, their table, their files, and how they are handed out."""

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from seatsync import reports
from seatsync.errors import InvalidChoice, NotFound, NotPermitted
from seatsync.evidence_sheet import sheet
from seatsync.journal import UNKNOWN
from seatsync.model import Company, CompanyId, OperationId, SnapshotId, Team, TeamId
from seatsync.people import Permission, Person, Role
from seatsync.present import to_csv, to_xlsx
from seatsync.report import Report, find_parts, parts_sentence, report_stem, sheet_name
from seatsync.report_table import REPORT_COLUMNS, report_cells
from seatsync.status import OperationKind, OperationStatus, Result, TenantState
from seatsync.store import SqlStore
from tests.factories import EAP, ECP, ECP_TIER, MAPPINGS, link, seat, unreadable
from tests.reporting import DONE, RUN, TEAM, TWO, Reader, entry, hostile_report, report
from tests.store.making import draft, parsed, team_of
from tests.test_undos import CANCEL, CONTOSO, CREATE, UPDATE, desk_of, ended, outcome, undone

# --- the rows of the export behind a number ---


def test_seat_rows_are_found_by_link_and_mapping() -> None:
    rows = (
        *TWO,
        seat("Contoso US", "3", tier=ECP_TIER),
        seat("Contoso US", "3", tier="Demo"),
        seat("Contoso US", "3", tier="Unmapped"),
        seat("Stranger", "3"),
        unreadable("Contoso US"),
    )
    found = find_parts(rows, [link("Contoso US")], MAPPINGS)
    assert {key: [str(row.users) for row in parts] for key, parts in found.items()} == {
        (CONTOSO.id, EAP): ["12", "5"],
        (CONTOSO.id, ECP): ["3"],
    }


def test_rows_that_add_up_are_named_as_the_source() -> None:
    assert parts_sentence(entry(parts=TWO)) == "Contoso US: 12 (row 3) + Contoso EU: 5 (row 9) = 17"
    assert parts_sentence(entry(parts=(seat(users="17", line=4),))) == "Contoso Ltd: 17 (row 4)"


@pytest.mark.parametrize(
    ("parts", "words"), [(TWO[:1], "add up to 12."), ((), "hold none of this company and product.")]
)
def test_rows_that_no_longer_add_up_are_not_called_the_source(parts: tuple[Any, ...], words: str) -> None:
    said = parts_sentence(entry(parts=parts))
    assert said.startswith("Which rows made the number can't be told any more")
    assert said.endswith(words)


def test_the_source_of_a_cancel_is_what_is_not_there() -> None:
    cancelled = outcome(CANCEL)
    assert parts_sentence(entry(cancelled)) == "No row of the export is of this company and product."
    expired = seat(users="3", state=TenantState.EXPIRED, line=6, expires=date(2026, 10, 1))
    assert parts_sentence(entry(cancelled, parts=(expired,))) == (
        "Contoso Ltd: expired, expires 2026-10-01 (row 6)"
    )
    assert "can't be told any more" in parts_sentence(entry(cancelled, parts=TWO))


# --- the table ---


def cells(found: Report) -> dict[str, str]:
    content = to_csv(REPORT_COLUMNS, [report_cells(found, each) for each in found.entries])
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return row


def test_a_row_of_the_table_tells_everything_of_a_change() -> None:
    row = cells(report(entry(parts=TWO, undone_by=OperationId(6))))
    wanted = {
        "Result": "Updated",
        "Company": "Contoso Ltd",
        "Before": "12",
        "After": "17",
        "Approved": "17",
        "Unit price": "4.00",
        "Monthly effect": "20.00",
        "Currency": "USD",
        "Seat rows": "Contoso US: 12 (row 3) + Contoso EU: 5 (row 9) = 17",
        "Undone by": "6",
        "Request": "7f3a-1",
        "Line id": "9001",
        "Who": "anna",
        "Started": "2026-11-22T10:31:02Z",
        "Export SHA-256": "ab12" * 16,
        "Uploaded by": "bert",
        "Snapshot taken": "2026-11-22T08:31:02Z",
        "Digest": "5f2c" * 16,
        "Report made by": "carl",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert list(row) == list(REPORT_COLUMNS)


def test_a_change_that_was_not_written_has_no_money_effect() -> None:
    row = cells(report(entry(outcome(UPDATE, Result.FAILED, before="12", message=f"{UNKNOWN}: lost."))))
    assert (row["Result"], row["After"], row["Approved"], row["Monthly effect"]) == ("Unknown", "", "17", "")


def test_an_undo_has_no_export_and_names_what_it_undoes() -> None:
    run = replace(RUN, kind=OperationKind.UNDO, undoes=OperationId(4))
    found = replace(report(entry(), export=None, snapshot=None), operation=run)
    row = cells(found)
    assert (row["Undoes"], row["Export"], row["Seat rows"], row["Snapshot"]) == ("4", "", "", "")
    text = Reader(sheet(found, CONTOSO)).text
    assert "UndoesOperation 4" in text
    assert "Evidence of an undo" in text


def test_the_workbook_holds_numbers_and_no_formula_under_a_frozen_filtered_header() -> None:
    found, _ = hostile_report("=1+1")
    content = to_xlsx(REPORT_COLUMNS, [report_cells(found, each) for each in found.entries], "Operation 5")
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    told = dict(zip(map(str, head), row, strict=True))
    numbers = ("Before", "After", "Unit price", "Monthly effect", "Line id")
    assert [told[name] for name in numbers] == [12, 17, 4, 20, 9001]
    assert {told[name] for name in ("Company", "Product", "Message", "Who", "Team", "Export")} == {"'=1+1"}
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert 'state="frozen"' in xml
    assert '<autoFilter ref="A1:' in xml


# --- file names ---


def test_files_are_named_by_team_operation_kind_and_day() -> None:
    assert report_stem(TEAM, RUN) == "root-operation-5-seat-sync-2026-11-22"
    assert sheet_name(TEAM, RUN, CONTOSO) == "root-operation-5-seat-sync-2026-11-22-contoso-ltd-250.html"


@given(st.text(max_size=80), st.text(max_size=600))
def test_no_name_makes_a_file_name_unsafe(team: str, company: str) -> None:
    name = sheet_name(Team(TeamId(1), team), RUN, Company(CompanyId(250), company))
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-250\.html", name)
    assert len(name) < 140
    assert name.startswith(f"{report_stem(Team(TeamId(1), team), RUN)}-")


def test_companies_of_one_name_have_files_of_their_own() -> None:
    names = {sheet_name(TEAM, RUN, Company(CompanyId(number), "Contoso")) for number in (1, 2)}
    assert len(names) == 2


# --- handed out at a desk ---


def handed_out(store: SqlStore) -> list[dict[str, str]]:
    """The hashes by file name of every report that the audit log tells of."""
    entries = store.audit.entries(team_of(store), action="report.export")
    assert {(each.who, each.permission, each.result) for each in entries} == {("anna", Permission.SEE, "ok")}
    return [dict(each.after["sha256"]) for each in entries]


def test_every_report_is_audited_with_the_hash_of_the_file(store: SqlStore) -> None:
    run, desk = ended(store, outcome(UPDATE), outcome(CANCEL)), desk_of(store)
    stem = report_stem(desk.team, store.operations.get(team_of(store), run))
    made = {
        f"{stem}.csv": reports.report_csv(desk, run),
        f"{stem}.xlsx": reports.report_xlsx(desk, run),
        f"{stem}-contoso-ltd-250.html": reports.report_sheet(desk, run, CONTOSO.id),
        f"{stem}.zip": reports.report_zip(desk, run),
    }
    hashes = [{name: hashlib.sha256(content).hexdigest()} for name, content in made.items()]
    *single, packed = handed_out(store)
    assert single == hashes[:-1]
    assert {name: packed[name] for name in hashes[-1]} == hashes[-1]
    # The log is checked by counting the entries of a run: one more would hide that another was cut off.
    of_the_run = store.audit.entries(team_of(store), operation=run)
    assert "report.export" not in {each.action for each in of_the_run}


def test_the_zip_holds_the_index_and_one_sheet_per_company(store: SqlStore) -> None:
    other = Company(CompanyId(251), "Fabrikam Inc")
    run = ended(store, outcome(UPDATE), outcome(replace(CANCEL, company=other)))
    desk = desk_of(store)
    names = reports.page_names(desk, run)
    with zipfile.ZipFile(io.BytesIO(reports.report_zip(desk, run))) as packed:
        assert tuple(packed.namelist()) == names
        index = packed.read(names[0]).decode()
        hashes = {name: hashlib.sha256(packed.read(name)).hexdigest() for name in names}
    (told,) = handed_out(store)
    assert hashes.items() <= told.items(), "a sheet taken out of the ZIP is known by its hash, too"
    targets = [value for key, value in Reader(index).attributes if key == "href"]
    assert tuple(targets) == names[1:]
    assert tuple(reports.report_pages(desk, run)) == names
    assert len(handed_out(store)) == 2, "names alone hand nothing out"


def test_a_report_knows_its_export_its_rows_and_its_undo(store: SqlStore) -> None:
    team, audit = team_of(store), draft(store)
    rows = [seat("Contoso US", "12", line=3), seat("Contoso EU", "5", line=9)]
    kept, _ = store.exports.add(team, parsed(*rows, sha256="ab" * 32), "bert", audit)
    store.choices.save_link(team, link("Contoso US"), audit)
    for mapping in MAPPINGS:
        store.choices.save_mapping(team, mapping, audit)
    run = store.operations.open(
        team, OperationKind.SEAT_SYNC, "anna", export=kept.id, snapshot=SnapshotId(7), changes=[UPDATE],
        audit=audit,
    )  # fmt: skip
    attempt = store.operations.claim(run.id)
    store.operations.begin(run.id, 0, attempt)
    store.operations.end(replace(DONE, operation_id=run.id), attempt, None)
    store.operations.finish(run.id, attempt, OperationStatus.COMPLETED, "Done.", {}, audit)
    undo = undone(store, run.id)
    text = Reader(reports.report_sheet(desk_of(store), run.id, CONTOSO.id).decode()).text
    for words in (
        "from nov.csv.",
        "abababababab, 2 rows",
        "Contoso US: 12 (row 3) + Contoso EU: 5 (row 9) = 17",
        "Snapshot 7 of ConnectWise, whose time is not kept any more",
        f"Undone later by operation {undo}: 1 of 1 written change.",
    ):
        assert words in text, words


def test_a_snapshot_that_was_dropped_is_dated_by_its_scan(store: SqlStore) -> None:
    team, audit = team_of(store), draft(store)
    scan = store.operations.open(team, OperationKind.SCAN, "anna", audit=audit)
    attempt = store.operations.claim(scan.id)
    store.operations.finish(
        scan.id, attempt, OperationStatus.COMPLETED, "Read.", {}, audit, snapshot=SnapshotId(7)
    )
    run = store.operations.open(
        team, OperationKind.SEAT_SYNC, "anna", snapshot=SnapshotId(7), changes=[UPDATE], audit=audit
    )
    text = Reader(reports.report_sheet(desk_of(store), run.id, CONTOSO.id).decode()).text
    assert f"Snapshot 7 of ConnectWise, taken {scan.started_at:%Y-%m-%d %H:%M} UTC" in text


def test_what_has_no_report_is_refused_in_a_sentence(store: SqlStore) -> None:
    scan = store.operations.open(team_of(store), OperationKind.SCAN, "anna", audit=draft(store))
    desk = desk_of(store)
    with pytest.raises(InvalidChoice, match=r"\(Scan\) changes no billing line, so there is nothing"):
        reports.report_csv(desk, scan.id)
    with pytest.raises(NotFound, match="The team has no operation 99"):
        reports.report_zip(desk, OperationId(99))
    attempt = store.operations.claim(scan.id)
    store.operations.finish(scan.id, attempt, OperationStatus.FAILED, "No.", {}, draft(store))
    run = ended(store, outcome(UPDATE))
    with pytest.raises(InvalidChoice, match=f"Operation {run} has no change for company 999"):
        reports.report_sheet(desk, run, CompanyId(999))
    assert store.audit.entries(desk.team.id, action="report.export") == ()


def test_whoever_sees_operations_takes_their_reports_and_nobody_else(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended(store, outcome(UPDATE))
    assert reports.report_csv(desk_of(store, Role.VIEWER), run)
    monkeypatch.setattr(Person, "may", Mock(return_value=False))
    for made in (reports.report_csv, reports.report_xlsx, reports.report_pages, reports.report_zip):
        with pytest.raises(NotPermitted):
            made(desk_of(store, Role.VIEWER), run)
    refused = store.audit.entries(team_of(store), action="report.export")
    assert [each.result for each in refused] == ["ok", "refused", "refused", "refused", "refused"]


def test_the_price_and_the_line_are_those_of_what_was_made() -> None:
    assert (entry(outcome(CREATE)).line, entry(outcome(CREATE)).unit_price) == (9100, Decimal("4.00"))
    planned = outcome(replace(CREATE, made=None), Result.SKIPPED)
    assert (entry(planned).line, entry(planned).unit_price) == (None, CREATE.product.price)
