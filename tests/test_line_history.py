"""What a row's seats were, export by export and push by push."""

from dataclasses import replace
from decimal import Decimal

from seatsync.desk import Desk
from seatsync.line_history import Event, history_of
from seatsync.model import ExportId
from seatsync.preview import PreviewRow
from seatsync.previews import build_preview, upload
from seatsync.pushes import Proposal, propose
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.store import SqlStore
from tests.store.making import draft
from tests.test_previews import EXPORT, scanned

OCTOBER = EXPORT.replace(b"17", b"11")
WITHOUT = b"Tenant,Portal,License,Users,Status\nLitware,litware,Email Advanced Protect,4,Paid\n"


def row_of(desk: Desk, export: ExportId) -> PreviewRow:
    (row,) = [each for each in build_preview(desk, export).preview.rows if each.company]
    return row


def pushed(desk: Desk, proposal: Proposal, result: Result = Result.UPDATED) -> None:
    """Journal a push of a plan as if it had been carried out."""
    operations, plan = desk.store.operations, proposal.plan
    run = operations.open(
        desk.team.id,
        OperationKind.SEAT_SYNC,
        "anna",
        digest=plan.digest,
        export=plan.export_id,
        changes=plan.changes,
        audit=draft(desk.store),
    )
    attempt = operations.claim(run.id)
    for position, _ in enumerate(plan.changes):
        outcome = operations.begin(run.id, position, attempt)
        operations.end(replace(outcome, result=result, before="12", after="17"), attempt, None)
    operations.finish(run.id, attempt, OperationStatus.COMPLETED, "done", {}, draft(desk.store))


def told(events: tuple[Event, ...]) -> list[tuple[str, str, Decimal | None]]:
    return [(event.source, event.what, event.seats) for event in events]


def test_every_export_and_push_of_a_row_is_told_newest_first(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    upload(desk, "aug.csv", WITHOUT)
    upload(desk, "oct.csv", OCTOBER)
    export = upload(desk, "nov.csv", EXPORT).export.id
    row = row_of(desk, export)
    pushed(desk, propose(desk, export))
    assert told(history_of(desk, row)) == [
        ("Push by anna", "The quantity was set from 12 to 17.", Decimal(17)),
        ("nov.csv", "Export uploaded", Decimal(17)),
        ("oct.csv", "Export uploaded", Decimal(11)),
        ("aug.csv", "Export uploaded, not in it", None),
    ]
    assert history_of(desk, row)[0].operation == 1


def test_what_was_not_written_is_not_told(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "nov.csv", EXPORT).export.id
    row = row_of(desk, export)
    pushed(desk, propose(desk, export), Result.SKIPPED)
    assert [event.source for event in history_of(desk, row)] == ["nov.csv"]


def test_a_row_whose_company_is_not_known_has_no_history(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "aug.csv", WITHOUT).export.id
    (row, *_) = build_preview(desk, export).preview.rows
    assert row.company is None
    assert history_of(desk, row) == ()
