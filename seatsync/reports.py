"""Hand out reports of an operation, as CSV, XLSX and evidence sheets; every one is audited with its hash."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice
from seatsync.evidence_sheet import index_page, sheet
from seatsync.model import CompanyId, OperationId, SnapshotId
from seatsync.people import Permission
from seatsync.report import Entry, Origin, Report, find_parts, has_report, report_stem, sheet_name
from seatsync.status import OperationKind
from seatsync.summary import sum_up
from seatsync.undos import LookBack, look_back

_ACTION = "report.export"


def sentence_of(desk: Desk, back: LookBack) -> str:
    """Say in one sentence what an operation did."""
    export = back.operation.export_id
    name = desk.store.exports.get(desk.team.id, export).name if export is not None else ""
    return sum_up(back.operation, [each.outcome for each in back.outcomes], name)


def report_csv(desk: Desk, operation: OperationId) -> bytes:
    """Return what became of each change as CSV. Raises NotFound, and InvalidChoice for a scan."""
    from seatsync.present import to_csv  # pandas costs start-up time
    from seatsync.report_table import REPORT_COLUMNS, report_cells

    report = _gather(desk, operation)
    content = to_csv(REPORT_COLUMNS, [report_cells(report, entry) for entry in report.entries])
    return _handed_out(desk, report, {f"{_stem(report)}.csv": content})[f"{_stem(report)}.csv"]


def report_xlsx(desk: Desk, operation: OperationId) -> bytes:
    """Return what became of each change as a workbook. Raises NotFound, and InvalidChoice for a scan."""
    from seatsync.present import to_xlsx
    from seatsync.report_table import REPORT_COLUMNS, report_cells

    report = _gather(desk, operation)
    rows = [report_cells(report, entry) for entry in report.entries]
    content = to_xlsx(REPORT_COLUMNS, rows, f"Operation {report.operation.id}")
    return _handed_out(desk, report, {f"{_stem(report)}.xlsx": content})[f"{_stem(report)}.xlsx"]


def report_sheet(desk: Desk, operation: OperationId, company: CompanyId) -> bytes:
    """Return the evidence sheet of one company as HTML.

    Raises NotFound, and InvalidChoice for a scan or a company without a change.
    """
    report = _gather(desk, operation)
    found = next((each for each in report.companies if each.id == company), None)
    if found is None:
        raise InvalidChoice(
            f"Operation {operation} has no change for company {company}. "
            "Look its changes up under Operations."
        )
    name, content = sheet_name(report.team, report.operation, found), sheet(report, found).encode()
    return _handed_out(desk, report, {name: content})[name]


def report_pages(desk: Desk, operation: OperationId) -> Mapping[str, bytes]:
    """Return, by file name, the evidence sheet of every company and the index of them, which comes first.

    Raises NotFound, and InvalidChoice for a scan.
    """
    report = _gather(desk, operation)
    return _handed_out(desk, report, _pages(report))


def page_names(desk: Desk, operation: OperationId) -> tuple[str, ...]:
    """List the names of the files of ``report_pages``, so that their place can be looked at first.

    Raises NotFound, and InvalidChoice for a scan.
    """
    return tuple(_pages(_gather(desk, operation)))


def report_zip(desk: Desk, operation: OperationId) -> bytes:
    """Return the files of ``report_pages`` as one ZIP. Raises NotFound, and InvalidChoice for a scan."""
    report = _gather(desk, operation)
    pages, out = _pages(report), io.BytesIO()
    at = report.made_at.astimezone(UTC)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in pages.items():
            member = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(member, content)
    name = f"{_stem(report)}.zip"
    return _handed_out(desk, report, {name: out.getvalue(), **pages})[name]


def _pages(report: Report) -> dict[str, bytes]:
    pages = {f"{_stem(report)}-index.html": index_page(report).encode()}
    for company in report.companies:
        pages[sheet_name(report.team, report.operation, company)] = sheet(report, company).encode()
    return pages


def _stem(report: Report) -> str:
    return report_stem(report.team, report.operation)


def _handed_out(desk: Desk, report: Report, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Audit what leaves the house, so that a file shown later can be told from one that was changed."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    # Not filed under the run: the log is checked by counting the entries that a run itself owes.
    resource = f"operation {report.operation.id}"
    desk.store.audit.append(desk.draft(Permission.SEE, _ACTION, resource, {}, {"sha256": hashes}))
    return files


def _gather(desk: Desk, operation: OperationId) -> Report:
    """Collect all that is known of an operation; nothing is read from ConnectWise."""
    desk.require(Permission.SEE, _ACTION, f"operation {operation}")
    back = look_back(desk, operation)
    if not has_report(back.operation, back.outcomes):
        raise InvalidChoice(
            f"Operation {operation} ({back.operation.kind.label}) changes no billing line, so there is "
            "nothing to report. Choose a push or an undo under Operations."
        )
    team, store, export = desk.team.id, desk.store, back.operation.export_id
    rows = store.exports.seat_rows(team, export) if export is not None else ()
    parts = find_parts(rows, store.choices.links(team), store.choices.mappings(team))
    currency = desk.rules.currency
    entries = tuple(
        Entry(
            each.outcome,
            each.outcome.change.agreement.currency or currency,
            parts.get((each.outcome.change.company.id, each.outcome.change.product.id), ()),
            each.undone_by,
        )
        for each in back.outcomes
    )
    return Report(
        team=desk.team,
        operation=back.operation,
        entries=entries,
        made_at=datetime.now(UTC),
        made_by=desk.person.name,
        export=store.exports.get(team, export) if export is not None else None,
        snapshot=_origin(desk, back.operation.snapshot_id),
    )


def _origin(desk: Desk, snapshot: SnapshotId | None) -> Origin | None:
    """Say when a snapshot was taken: it is dropped after a few scans, and then its scan still tells."""
    if snapshot is None:
        return None
    team, store = desk.team.id, desk.store
    taken = {kept.id: kept.taken_at for kept in store.snapshots.all(team)}
    if snapshot not in taken:
        newest = store.operations.all(team, 1)
        runs = store.operations.all(team, newest[0].id) if newest else ()
        scans = (run for run in runs if run.kind is OperationKind.SCAN and run.snapshot_id == snapshot)
        return Origin(snapshot, next((scan.started_at for scan in scans), None))
    return Origin(snapshot, taken[snapshot])
