"""While a write has an unknown outcome its line is held back: in the preview, plan, undo and push."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from seatsync.errors import InvalidChoice
from seatsync.jobs.push import PushRun
from seatsync.journal import UNKNOWN, Operation, Outcome
from seatsync.model import AgreementId, Company, CompanyId, OperationId, Product, ProductId
from seatsync.plan import Cancel, Change, Create, Update
from seatsync.previews import build_preview, upload
from seatsync.pushes import propose
from seatsync.status import OperationKind, OperationStatus, Result, Status
from seatsync.store import SqlStore
from seatsync.undos import look_back, propose_undo
from seatsync.unknowns import Unknowns
from tests.factories import agreement, line
from tests.jobs.worlds import COMPANY, LINE, NEW_PRODUCT, PLAIN, PRODUCT, TODAY, InMemory
from tests.store.making import draft, team_of
from tests.test_look_again import Blind
from tests.test_previews import EXPORT, desk_of, scanned

CONTOSO, SEATS = Company(CompanyId(250), "Contoso Ltd"), Product(ProductId(3409), "AV-EAP")
UPDATE = Update("u", CONTOSO, SEATS, agreement(), line(), Decimal(15), None)
CANCEL = Cancel("c", CONTOSO, SEATS, agreement(), line(), date(2026, 11, 30), None)
CREATE = Create("n", CONTOSO, SEATS, agreement(), Decimal(17), TODAY, (AgreementId(81),), (), None)
WORDS = "the outcome of operation {} is unknown: look again"


def left_unknown(store: SqlStore, *changes: Change) -> Operation:
    """A run whose writes were sent, and nobody knows what became of them."""
    operations, team = store.operations, team_of(store)
    run = operations.open(team, OperationKind.SEAT_SYNC, "anna", changes=changes, audit=draft(store))
    attempt = operations.claim(run.id)
    for place in range(len(changes)):
        outcome = operations.begin(run.id, place, attempt)
        operations.sending(run.id, place, attempt)
        ended = replace(outcome, result=Result.FAILED, message=f"{UNKNOWN}: lost.")
        operations.end(ended, attempt, None)
    operations.finish(run.id, attempt, OperationStatus.COMPLETED_WITH_FAILURES, "", {}, draft(store))
    return run


def known_again(store: SqlStore, run: Operation) -> None:
    """Settle every outcome of a run as not done."""
    for outcome in store.operations.outcomes(run.id):
        store.operations.settle(team_of(store), replace(outcome, message="It is not there."), draft(store))


@pytest.mark.parametrize("change", [UPDATE, CANCEL, CREATE])
def test_a_row_whose_line_is_unknown_cannot_be_chosen_until_it_is_settled(
    change: Change, sqlite_store: SqlStore
) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "nov.csv", EXPORT).export.id
    run = left_unknown(sqlite_store, change)

    (row,) = build_preview(desk, export).preview.rows

    assert (row.status, row.selectable, row.selected) == (Status.READY, False, False)
    assert row.reason.startswith(f"Held back: {WORDS.format(run.id)}. ConnectWise bills 12")
    assert row.locked
    for select in ("default", "all"):
        assert propose(desk, export, select).plan.changes == ()
    with pytest.raises(InvalidChoice, match=f"can't be chosen. Held back: {WORDS.format(run.id)}"):
        propose(desk, export, [row.key])

    known_again(sqlite_store, run)
    assert len(propose(desk, export, "default").plan.changes) == 1


def test_the_rows_of_other_lines_are_not_held_back(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "nov.csv", EXPORT).export.id
    others = Company(CompanyId(251), "Fabrikam Inc")
    left_unknown(sqlite_store, replace(UPDATE, company=others, addition=line(9002)))

    (row,) = build_preview(desk, export).preview.rows

    assert (row.selectable, row.selected, row.locked) == (True, True, "")


def test_an_undo_of_such_a_line_waits_too(sqlite_store: SqlStore) -> None:
    operations, team = sqlite_store.operations, team_of(sqlite_store)
    desk = desk_of(sqlite_store)
    done = operations.open(team, OperationKind.SEAT_SYNC, "anna", changes=[UPDATE], audit=draft(sqlite_store))
    attempt = operations.claim(done.id)
    begun = operations.begin(done.id, 0, attempt)
    operations.end(replace(begun, result=Result.UPDATED, after="15"), attempt, None)
    operations.finish(done.id, attempt, OperationStatus.COMPLETED, "", {}, draft(sqlite_store))
    run = left_unknown(sqlite_store, replace(UPDATE, quantity=Decimal(20)))

    (back,) = look_back(desk, done.id).outcomes

    assert (back.change, back.why) == (None, f"Held back: {WORDS.format(run.id)}.")
    with pytest.raises(InvalidChoice, match="look again"):
        propose_undo(desk, done.id, ["u"])
    known_again(sqlite_store, run)
    assert len(propose_undo(desk, done.id).plan.changes) == 1


def test_the_push_looks_once_more_and_skips_what_became_unknown_since(sqlite_store: SqlStore) -> None:
    """Planned before the other run ended: its line, and a create of its company and product, are left."""
    server = InMemory()
    place = server.agreements[PLAIN]
    changes: list[Change] = [
        Update("u", COMPANY, PRODUCT, place, server.held[LINE], Decimal(17), None),
        Create("n", COMPANY, NEW_PRODUCT, place, Decimal(5), TODAY, (PLAIN,), (), None),
    ]
    before = left_unknown(sqlite_store, *changes)
    operations = sqlite_store.operations
    run = operations.open(
        team_of(sqlite_store), OperationKind.SEAT_SYNC, "anna", changes=changes, audit=draft(sqlite_store)
    )
    push = PushRun(operations, run, operations.claim(run.id), server, lambda: TODAY)

    assert [push.change(0), push.change(1)] == ["skipped", "skipped"]

    assert server.sent == []
    outcomes = operations.outcomes(run.id)
    assert {outcome.message for outcome in outcomes} == {WORDS.format(before.id)}
    assert push.conclude(outcomes) == (OperationStatus.COMPLETED, "2 skipped.")


def test_an_unknown_line_is_known_by_its_number_and_by_its_place() -> None:
    def why(change: Change, unknown: Change) -> str:
        sent = Outcome(OperationId(5), 0, unknown, Result.FAILED, sent=True, message=f"{UNKNOWN}: lost.")
        return Unknowns.of([sent]).why_not(change)

    elsewhere = Company(CompanyId(251), "Fabrikam Inc")
    assert why(UPDATE, CANCEL) == why(CREATE, CANCEL) == why(UPDATE, CREATE) == WORDS.format(5)
    assert why(replace(UPDATE, company=elsewhere), CANCEL) == WORDS.format(5), "the same line"
    assert why(replace(UPDATE, company=elsewhere), CREATE) == ""
    assert why(replace(CREATE, product=Product(ProductId(1), "X")), CREATE) == ""


def test_a_change_that_becomes_unknown_holds_back_the_next_one_of_its_line(sqlite_store: SqlStore) -> None:
    """In one run, as after a journal that holds two changes of one line."""
    server = Blind()
    place, line_ = server.agreements[PLAIN], server.held[LINE]
    changes = [Update(f"u{n}", COMPANY, PRODUCT, place, line_, Decimal(17 + n), None) for n in range(2)]
    operations = sqlite_store.operations
    run = operations.open(
        team_of(sqlite_store), OperationKind.SEAT_SYNC, "anna", changes=changes, audit=draft(sqlite_store)
    )
    push = PushRun(operations, run, operations.claim(run.id), server, lambda: TODAY)
    server.blind = True

    assert [push.change(0), push.change(1)] == ["failed", "skipped"]

    assert server.sent == ["PATCH"]
    assert operations.outcomes(run.id)[1].message == WORDS.format(run.id)
