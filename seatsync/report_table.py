"""A report of an operation as a table: one row for each change, with its source, its money and its run."""

from decimal import Decimal

from seatsync.answers import instant
from seatsync.present import Cell
from seatsync.report import Entry, Report, approved, parts_sentence
from seatsync.summary import deed

REPORT_COLUMNS = (
    "Result",
    "Change",
    "Company",
    "Product",
    "Agreement",
    "Before",
    "After",
    "Approved",
    "Date",
    "Unit price",
    "Monthly effect",
    "Currency",
    "What was done",
    "Message",
    "Seat rows",
    "Undone by",
    "Request",
    "Company id",
    "Product id",
    "Agreement id",
    "Line id",
    "Operation",
    "Kind",
    "Undoes",
    "Run status",
    "Who",
    "Started",
    "Finished",
    "Team",
    "Export",
    "Export SHA-256",
    "Uploaded",
    "Uploaded by",
    "Snapshot",
    "Snapshot taken",
    "Digest",
    "Key",
    "Report made",
    "Report made by",
)


def report_cells(report: Report, entry: Entry) -> tuple[Cell, ...]:
    """Return all that is known of one change in the order of ``REPORT_COLUMNS``."""
    outcome, change = entry.outcome, entry.change
    return (
        "Unknown" if outcome.unknown else outcome.result.value.capitalize(),
        change.kind.label,
        change.company.name,
        change.product.identifier,
        change.agreement.name,
        _quantity(outcome.before),
        _quantity(outcome.after),
        approved(change),
        outcome.day.isoformat() if outcome.day else "",
        entry.unit_price,
        entry.monthly_effect,
        entry.currency,
        deed(outcome),
        outcome.message,
        parts_sentence(entry) if report.export is not None else "",
        entry.undone_by,
        outcome.request_id,
        change.company.id,
        change.product.id,
        change.agreement.id,
        entry.line,
        *_run_cells(report),
        change.key,
        instant(report.made_at),
        report.made_by,
    )


def _run_cells(report: Report) -> tuple[Cell, ...]:
    run, export, snapshot = report.operation, report.export, report.snapshot
    return (
        run.id,
        run.kind.label,
        run.undoes,
        run.status.label,
        run.who,
        instant(run.started_at),
        instant(run.finished_at) if run.finished_at else "",
        report.team.name,
        report.export_name,
        export.sha256 if export else "",
        instant(export.uploaded_at) if export else "",
        export.uploaded_by if export else "",
        snapshot.id if snapshot else None,
        instant(snapshot.taken_at) if snapshot and snapshot.taken_at else "",
        run.digest,
    )


def _quantity(text: str) -> Cell:
    """Return a journalled quantity as a number; it is text so that nothing of it is lost."""
    return Decimal(text) if text else None
