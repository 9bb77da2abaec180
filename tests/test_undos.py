"""The plan of an undo: what takes each outcome back, what can't be, and what was undone already."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.brakes import Brake
from seatsync.desk import Desk
from seatsync.errors import BrakeTripped, DigestMismatch, InvalidChoice, NotFound, NotPermitted, PushRefused
from seatsync.journal import NO_OPERATION, UNKNOWN, Operation, Outcome
from seatsync.model import (
    Addition,
    AdditionId,
    Company,
    CompanyId,
    OperationId,
    Product,
    ProductId,
)
from seatsync.people import Person, Role
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.pushes import Proposal, push
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.store import SqlStore
from seatsync.undos import look_back, propose_undo, take_back
from tests.factories import agreement, book, line
from tests.store.making import draft, team_of

TODAY = date(2026, 11, 22)
CONTOSO, PRODUCT, AGREEMENT = (
    Company(CompanyId(250), "Contoso Ltd"),
    Product(ProductId(3409), "AV-EAP"),
    agreement(),
)
LINE, MADE = line(), line(9100, "5", effective=TODAY)
LAST_DAY = date(2026, 11, 30)
UPDATE = Update("u", CONTOSO, PRODUCT, AGREEMENT, LINE, Decimal(17), Decimal("20.00"))
CREATE = Create(
    "n", CONTOSO, PRODUCT, AGREEMENT, Decimal(5), TODAY, (AGREEMENT.id,), (), Decimal("20.00"), made=MADE
)
CANCEL = Cancel("c", CONTOSO, PRODUCT, AGREEMENT, LINE, LAST_DAY, Decimal("-48.00"))
BILLED_AGAIN = BillAgain(
    "c", CONTOSO, PRODUCT, AGREEMENT, replace(LINE, cancelled=LAST_DAY), None, Decimal("48.00")
)
RESULTS = {
    Update: Result.UPDATED,
    Create: Result.CREATED,
    Cancel: Result.CANCELLED,
    BillAgain: Result.UPDATED,
}


def outcome(change: Change, result: Result | None = None, **fields: Any) -> Outcome:
    """A change that was carried out, unless another result is given."""
    return Outcome(NO_OPERATION, 0, change, result or RESULTS[type(change)], sent=True, **fields)


# --- what takes one outcome back ---


def test_an_update_is_taken_back_by_the_old_quantity() -> None:
    assert take_back(outcome(UPDATE)) == replace(
        UPDATE, addition=line(quantity="17"), quantity=Decimal(12), monthly_delta=Decimal("-20.00")
    )


def test_a_cancelled_line_bills_again() -> None:
    assert take_back(outcome(CANCEL)) == BILLED_AGAIN


def test_a_line_that_had_a_later_cancel_date_gets_it_back() -> None:
    later = replace(LINE, cancelled=date(2027, 3, 31))
    taken = take_back(outcome(replace(CANCEL, addition=later)))
    assert isinstance(taken, BillAgain)
    assert (taken.addition.cancelled, taken.until) == (LAST_DAY, date(2027, 3, 31))


def test_a_created_line_is_cancelled_on_its_own_first_day() -> None:
    later = replace(MADE, effective=date(2026, 12, 1))
    taken = take_back(outcome(replace(CREATE, made=later), day=date(2026, 12, 1)))
    assert taken == Cancel(
        "n", CONTOSO, PRODUCT, AGREEMENT, later, date(2026, 12, 1), monthly_delta=Decimal("-20.00")
    )


def test_a_line_that_bills_again_is_cancelled_as_it_was() -> None:
    assert take_back(outcome(BILLED_AGAIN)) == CANCEL


def test_money_that_was_not_known_stays_so() -> None:
    taken = take_back(outcome(replace(UPDATE, monthly_delta=None)))
    assert isinstance(taken, Update)
    assert taken.monthly_delta is None


@pytest.mark.parametrize(
    ("became", "words"),
    [
        (outcome(UPDATE, Result.SKIPPED), "Nothing was written, so there is nothing to undo."),
        (outcome(UPDATE, Result.FAILED, message="Nothing was written. No."), "Nothing was written, so there"),
        (
            outcome(UPDATE, Result.FAILED, message=f"{UNKNOWN}: lost."),
            "Look again first.",
        ),
        (
            outcome(replace(CREATE, made=None), day=date(2026, 12, 1)),
            "Cancel it in ConnectWise on 2026-12-01, its first day.",
        ),
        (
            outcome(replace(CREATE, made=replace(MADE, effective=None))),
            "Cancel it in ConnectWise on 2026-11-22",
        ),
    ],
)
def test_what_cannot_be_taken_back_says_why_and_what_to_do(became: Outcome, words: str) -> None:
    said = take_back(became)
    assert isinstance(said, str)
    assert words in said


# --- undo, and undo of undo, over any line ---

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
SEATS = st.integers(0, 500).map(Decimal)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Any change that a push makes, on a line of any quantity and cancel date."""
    held = replace(LINE, quantity=draw(SEATS), cancelled=draw(st.none() | DAYS))
    money = draw(st.none() | st.decimals(-999, 999, places=2))
    match draw(st.sampled_from(["update", "cancel", "create"])):
        case "update":
            return replace(UPDATE, addition=held, quantity=draw(SEATS), monthly_delta=money)
        case "cancel":
            return replace(CANCEL, addition=held, last_day=draw(DAYS), monthly_delta=money)
        case _:
            made = replace(MADE, quantity=draw(SEATS), effective=draw(DAYS))
            return replace(CREATE, quantity=made.quantity, made=made, monthly_delta=money)


def carried_out(change: Change, lines: Mapping[AdditionId, Addition]) -> dict[AdditionId, Addition]:
    """The lines after a change that expects them as they are."""
    if isinstance(change, Create):
        assert change.made is not None
        return {**lines, change.made.id: change.made}
    held = lines[change.addition.id]
    assert held == change.addition, "the change expects another line than there is"
    match change:
        case Update():
            after = replace(held, quantity=change.quantity)
        case Cancel():
            after = replace(held, cancelled=change.last_day)
        case BillAgain():
            after = replace(held, cancelled=change.until)
    return {**lines, held.id: after}


@given(changes())
def test_an_undo_gives_the_first_state_back_and_its_undo_the_second(change: Change) -> None:
    first = {} if isinstance(change, Create) else {change.addition.id: change.addition}
    second = carried_out(change, first)
    undo = take_back(outcome(change))
    assert not isinstance(undo, str)
    undone = carried_out(undo, second)
    if isinstance(change, Create):
        (made,) = undone.values()
        assert made == replace(
            MADE, quantity=made.quantity, effective=made.effective, cancelled=made.effective
        )
    else:
        assert undone == first
    again = take_back(outcome(undo))
    assert not isinstance(again, str)
    assert carried_out(again, undone) == second
    assert again.monthly_delta == change.monthly_delta
    assert take_back(outcome(again)) == undo


# --- the plan of an operation, from what a store keeps ---


class Idle:
    """A runner that starts nothing."""

    def start(self, operation: Operation) -> None:
        """Leave it queued."""

    def resume(self, operation: Operation) -> None:
        """Leave it as it is."""


def desk_of(store: SqlStore, role: Role = Role.OPERATOR) -> Desk:
    return Desk(
        store.teams.root(),
        Person("anna", role),
        store,
        TODAY,
        lambda: nullcontext(),  # type: ignore[arg-type, return-value]
        Idle,
        10**6,
    )


def ended(
    store: SqlStore, *became: Outcome, undoes: OperationId | None = None, digest: str = ""
) -> OperationId:
    """A push, or an undo, that has ended with these outcomes."""
    kind = OperationKind.SEAT_SYNC if undoes is None else OperationKind.UNDO
    operations, audit = store.operations, draft(store)
    changes = [each.change for each in became]
    run = operations.open(
        team_of(store), kind, "anna", digest=digest, changes=changes, undoes=undoes, audit=audit
    )
    attempt = operations.claim(run.id)
    for place, each in enumerate(became):
        operations.begin(run.id, place, attempt)
        operations.sending(run.id, place, attempt)
        operations.end(replace(each, operation_id=run.id, position=place), attempt, None)
    operations.finish(run.id, attempt, OperationStatus.COMPLETED, "Done.", {}, audit)
    return run.id


def undone(store: SqlStore, operation: OperationId, *keys: str) -> OperationId:
    """An undo of an operation that was carried out as planned."""
    plan = propose_undo(desk_of(store), operation, keys or "all").plan
    return ended(store, *map(outcome, plan.changes), undoes=operation, digest=plan.digest)


def test_the_plan_takes_back_what_was_written_in_the_order_of_a_push(store: SqlStore) -> None:
    skipped = outcome(replace(UPDATE, key="s"), Result.SKIPPED, message="already 17")
    run = ended(store, outcome(UPDATE), outcome(CREATE), outcome(CANCEL), skipped)
    plan = propose_undo(desk_of(store), run).plan
    assert [(each.key, each.kind.value) for each in plan.changes] == [
        ("u", "update"),
        ("c", "bill_again"),
        ("n", "cancel"),
    ]
    assert plan.money == {"USD": Decimal("8.00")}
    assert (plan.undoes, plan.export_id, plan.snapshot_id) == (run, None, None)
    assert [each.why for each in look_back(desk_of(store), run).outcomes if each.change is None] == [
        "Nothing was written, so there is nothing to undo."
    ]


def test_a_created_line_is_known_by_the_journal(store: SqlStore) -> None:
    run = ended(store, outcome(CREATE, after="5", day=TODAY))
    (change,) = propose_undo(desk_of(store), run).plan.changes
    assert isinstance(change, Cancel)
    assert (change.addition, change.last_day) == (MADE, TODAY)


def test_some_changes_are_chosen_by_key(store: SqlStore) -> None:
    run = ended(store, outcome(UPDATE), outcome(CREATE), outcome(replace(UPDATE, key="s"), Result.SKIPPED))
    whole, part = propose_undo(desk_of(store), run).plan, propose_undo(desk_of(store), run, ["n", "n"]).plan
    assert [each.key for each in part.changes] == ["n"]
    assert part.digest != whole.digest
    with pytest.raises(InvalidChoice, match=f"Operation {run} has no change zz"):
        propose_undo(desk_of(store), run, ["zz"])
    with pytest.raises(
        InvalidChoice, match=r"Change s of operation \d+ can't be chosen. Nothing was written"
    ):
        propose_undo(desk_of(store), run, ["n", "s"])


def test_what_was_undone_is_not_offered_again_and_says_by_which_operation(store: SqlStore) -> None:
    run = ended(store, outcome(UPDATE), outcome(CREATE))
    first = undone(store, run, "u")
    back = look_back(desk_of(store), run)
    assert [(each.undone_by, each.why) for each in back.outcomes] == [
        (first, f"Undone by operation {first}."),
        (None, ""),
    ]
    assert back.said == (f"1 of 2 changes undone by operation {first}.",)
    second = undone(store, run)
    back = look_back(desk_of(store), run)
    assert back.undone_by == (first, second)
    assert back.said == (f"Undone by operation {first} and operation {second}.",)
    assert propose_undo(desk_of(store), run).plan.changes == ()
    assert look_back(desk_of(store), second).said == (f"It undoes operation {run}.",)


def test_an_undo_can_be_undone_and_then_the_first_again(store: SqlStore) -> None:
    """Each time under another digest, so that none is taken for one that was pushed already."""
    run = ended(store, outcome(UPDATE), outcome(CANCEL))
    digests = [propose_undo(desk_of(store), run).plan.digest]
    undo = undone(store, run)
    redo = undone(store, undo)
    assert look_back(desk_of(store), run).undone_by == ()
    assert look_back(desk_of(store), undo).undone_by == (redo,)
    plan = propose_undo(desk_of(store), run).plan
    assert [each.key for each in plan.changes] == ["u", "c"]
    assert plan.digest not in digests
    last = undone(store, run)
    assert look_back(desk_of(store), run).undone_by == (last,)
    assert look_back(desk_of(store), undo).undone_by == (redo,)


def test_an_undo_that_failed_leaves_the_change_to_be_tried_again(store: SqlStore) -> None:
    run = ended(store, outcome(CANCEL))
    (change,) = propose_undo(desk_of(store), run).plan.changes
    first = propose_undo(desk_of(store), run).plan
    kept = outcome(change, Result.FAILED, message="Looked up: it is still cancelled on 2026-11-30.")
    ended(store, kept, undoes=run, digest=first.digest)
    again = propose_undo(desk_of(store), run).plan
    assert again.changes == first.changes
    assert again.digest != first.digest


def test_the_operation_of_another_team_is_not_found(store: SqlStore) -> None:
    east = store.teams.add("East", team_of(store), draft(store))
    run = ended(store, outcome(UPDATE))
    with pytest.raises(NotFound, match=f"no operation {run}"):
        propose_undo(replace(desk_of(store), team=east), run)


def test_a_scan_and_a_run_that_has_not_ended_cannot_be_undone(sqlite_store: SqlStore) -> None:
    store, team = sqlite_store, team_of(sqlite_store)
    scan = store.operations.open(team, OperationKind.SCAN, "anna", audit=draft(store))
    with pytest.raises(InvalidChoice, match=f"^Operation {scan.id} is a scan"):
        propose_undo(desk_of(store), scan.id)
    attempt = store.operations.claim(scan.id)
    store.operations.finish(scan.id, attempt, OperationStatus.COMPLETED, "", {}, draft(store))
    queued = store.operations.open(
        team, OperationKind.SEAT_SYNC, "anna", changes=[UPDATE], audit=draft(store)
    )
    with pytest.raises(InvalidChoice, match=rf"^Operation {queued.id} \(Seat Sync\) has not ended yet"):
        propose_undo(desk_of(store), queued.id)


# --- the two steps ---


def test_an_undo_is_started_by_its_digest_alone(store: SqlStore) -> None:
    run = ended(store, outcome(replace(UPDATE, quantity=Decimal(7), monthly_delta=Decimal(-20))))
    desk = desk_of(store)
    proposal = propose_undo(desk, run)
    with pytest.raises(DigestMismatch):
        push(desk, proposal, "another")
    started = push(desk, proposal, proposal.plan.digest)
    assert (started.kind, started.undoes, started.total) == (OperationKind.UNDO, run, 1)
    assert started.digest == proposal.plan.digest
    told = [(entry.action, entry.resource, entry.result) for entry in store.audit.entries(desk.team.id)][-2:]
    assert told == [("undo.start", f"operation {run}", "refused"), ("undo.start", f"operation {run}", "ok")]


def test_a_digest_that_was_spent_is_refused(sqlite_store: SqlStore) -> None:
    run = ended(sqlite_store, outcome(UPDATE))
    before = propose_undo(desk_of(sqlite_store), run).plan
    undone(sqlite_store, run)
    after = propose_undo(desk_of(sqlite_store), run)
    with pytest.raises(DigestMismatch):
        push(desk_of(sqlite_store), after, before.digest)
    with pytest.raises(PushRefused, match="No change is chosen, so there is nothing to undo"):
        push(desk_of(sqlite_store), after, after.plan.digest)


def test_a_viewer_may_neither_plan_nor_start_an_undo(sqlite_store: SqlStore) -> None:
    run = ended(sqlite_store, outcome(UPDATE))
    proposal = propose_undo(desk_of(sqlite_store), run)
    viewer = desk_of(sqlite_store, Role.VIEWER)
    with pytest.raises(NotPermitted):
        propose_undo(viewer, run)
    with pytest.raises(NotPermitted):
        push(viewer, proposal, proposal.plan.digest)
    told = [(entry.action, entry.result) for entry in sqlite_store.audit.entries(viewer.team.id)][-2:]
    assert told == [("undo.plan", "refused"), ("undo.start", "refused")]


def braked(store: SqlStore, creates: int) -> tuple[Desk, Proposal]:
    """The undo of a push of so many creates, where ten lines of 100 seats in all are billed."""
    lines = [line(9000 + number, "10") for number in range(10)]
    taken = datetime(2026, 11, 22, 9, tzinfo=UTC)
    store.snapshots.swap_in(team_of(store), book(*lines), taken, draft(store))
    made = [
        replace(
            CREATE, key=f"n{number}", made=replace(MADE, id=AdditionId(9100 + number), quantity=Decimal(1))
        )
        for number in range(creates)
    ]
    run = ended(store, *map(outcome, made))
    desk = desk_of(store)
    return desk, propose_undo(desk, run)


def test_an_undo_that_cancels_much_trips_the_brake_of_a_push(sqlite_store: SqlStore) -> None:
    desk, proposal = braked(sqlite_store, 4)
    assert isinstance(proposal.brake, Brake)
    assert proposal.brake.reasons[0] == "The plan cancels 4 of 10 lines; at most 3 are allowed."
    with pytest.raises(BrakeTripped):
        push(desk, proposal, proposal.plan.digest)
    assert push(desk, proposal, proposal.plan.digest, 4).total == 4


def test_a_small_undo_trips_no_brake(sqlite_store: SqlStore) -> None:
    _, proposal = braked(sqlite_store, 1)
    assert proposal.brake is None
