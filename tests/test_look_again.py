"""A write of unknown outcome: what it holds back, and how looking again settles it without sending."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Never

import pytest

from seatsync.desk import Desk
from seatsync.errors import ConnectWiseError, InvalidChoice, NotFound, NotPermitted
from seatsync.jobs.change import Protocol
from seatsync.journal import UNKNOWN, Operation, Outcome
from seatsync.look_again import look_again
from seatsync.model import Addition, AdditionId, AgreementId, Book, OperationId
from seatsync.people import Person, Role
from seatsync.plan import Cancel, Change, Create, Update
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.store import SqlStore
from tests.jobs.worlds import COMPANY, LINE, NEW_PRODUCT, PLAIN, PRODUCT, TODAY, InMemory
from tests.store.making import draft, tamper, team_of


class Blind(InMemory):
    """Loses the answer of every write, and after the first one can't be read until its sight is back."""

    def __init__(self, fault: str = "drop_after") -> None:
        super().__init__()
        self.blind = False
        self.fault(fault, times=None, method="PATCH")
        self.fault(fault, times=None, method="POST")

    def addition(self, agreement: AgreementId, addition: AdditionId) -> Addition:
        self._look()
        return super().addition(agreement, addition)

    def additions(self, agreement: AgreementId) -> tuple[Addition, ...]:
        self._look()
        return super().additions(agreement)

    def _look(self) -> None:
        if self.blind and self.sent:
            raise ConnectWiseError("ConnectWise failed with error 500.", status=500)


def update(server: InMemory) -> Update:
    return Update("u", COMPANY, PRODUCT, server.agreements[PLAIN], server.held[LINE], Decimal(17), None)


def cancel(server: InMemory) -> Cancel:
    line, last = server.held[LINE], date(2026, 12, 14)
    return Cancel("c", COMPANY, PRODUCT, server.agreements[PLAIN], line, last, None)


def create(server: InMemory, serial: str = "") -> Create:
    agreement = server.agreements[PLAIN]
    parties = ("n", COMPANY, NEW_PRODUCT, agreement)
    return Create(*parties, Decimal(5), TODAY, (PLAIN,), (), None, serial=serial)


def _never() -> Never:
    raise AssertionError("no run may be started")


def desk_of(store: SqlStore, server: InMemory, role: Role = Role.OPERATOR) -> Desk:
    return Desk(
        store.teams.root(), Person("ben", role), store, TODAY, lambda: nullcontext(server), _never, 1024
    )


def pushed(store: SqlStore, server: Blind, *changes: Change) -> Operation:
    """A run whose writes all ended unknown."""
    operations, team = store.operations, team_of(store)
    run = operations.open(team, OperationKind.SEAT_SYNC, "anna", changes=changes, audit=draft(store))
    attempt = operations.claim(run.id)
    for place in range(len(changes)):
        begun = operations.begin(run.id, place, attempt)
        server.blind = True
        server.sent.clear()
        protocol = Protocol(server, TODAY, lambda place=place: operations.sending(run.id, place, attempt))  # type: ignore[misc]
        operations.end(protocol.carry_out(begun), attempt, None)
    said = f"{len(changes)} failed."
    operations.finish(
        run.id, attempt, OperationStatus.COMPLETED_WITH_FAILURES, said, {}, draft(store, "finish")
    )
    server.blind = False
    server.sent.clear()
    assert all(outcome.unknown for outcome in operations.outcomes(run.id))
    return operations.get(team, run.id)


def settled(store: SqlStore, server: InMemory, run: Operation) -> tuple[Operation, Outcome]:
    """The run and its only outcome after looking again; nothing was sent."""
    after, (outcome,) = look_again(desk_of(store, server), run.id)
    assert server.sent == []
    return after, outcome


@pytest.mark.parametrize(
    ("make", "result", "after"),
    [(update, "updated", "17"), (cancel, "cancelled", "0"), (create, "created", "5")],
)
def test_a_write_that_took_effect_is_found_and_the_run_is_complete(
    make: Any, result: str, after: str, store: SqlStore
) -> None:
    server = Blind()
    run = pushed(store, server, make(server))

    found, outcome = settled(store, server, run)

    assert (outcome.result, outcome.after, outcome.unknown) == (result, after, False)
    assert outcome.message == "It was not known whether it took effect. Looked up, and found as wanted."
    assert (found.status, found.message) == (OperationStatus.COMPLETED, f"1 {result}.")
    assert (found.done, found.counts) == (1, {Result(result): 1})
    if isinstance(outcome.change, Create):
        assert outcome.change.made is not None
        assert outcome.change.made.id == AdditionId(9002)
    (entry,) = store.audit.entries(team_of(store), action="operation.look_again")
    assert (entry.who, entry.result, entry.operation_id) == ("ben", "ok", run.id)
    assert (entry.before["result"], entry.after["result"]) == ("failed", result)
    assert store.operations.unknown(team_of(store)) == ()
    assert store.audit.verify().ok


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (update, "Looked up: the quantity is 12, not 17."),
        (cancel, "Looked up: the cancel date is None, not 2026-12-14."),
        (create, "Looked up: there is no new line."),
    ],
)
def test_a_write_that_did_not_take_effect_is_known_not_to_be_done(
    make: Any, said: str, store: SqlStore
) -> None:
    server = Blind("drop_before")
    run = pushed(store, server, make(server))

    found, outcome = settled(store, server, run)

    assert (outcome.result, outcome.unknown) == (Result.FAILED, False)
    assert outcome.message.endswith(said)
    assert (found.status, found.message) == (OperationStatus.COMPLETED_WITH_FAILURES, "1 failed.")
    assert store.operations.unknown(team_of(store)) == ()


def test_a_line_that_is_gone_is_settled_too(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server))
    server.remove_line()

    _, outcome = settled(store, server, run)

    assert (outcome.result, outcome.unknown) == (Result.FAILED, False)
    assert "no longer in ConnectWise" in outcome.message


def test_what_still_cannot_be_read_stays_unknown_with_words(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server))
    server.fault("server_error", method="GET", times=None)

    found, outcome = settled(store, server, run)

    assert outcome.unknown
    assert "Looking it up failed too" in outcome.message
    assert found.status is OperationStatus.COMPLETED_WITH_FAILURES
    (entry,) = store.audit.entries(team_of(store), action="operation.look_again")
    assert entry.result == "failed"


def undecided(store: SqlStore) -> tuple[Blind, Operation]:
    """A create that did not arrive, and a line of another number of seats that somebody added."""
    server = Blind("drop_before")
    run = pushed(store, server, create(server))
    server.faults.clear()
    server.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(7), TODAY)
    server.sent.clear()
    return server, run


def test_a_create_that_cannot_be_told_from_another_line_stays_unknown(store: SqlStore) -> None:
    server, run = undecided(store)

    _, outcome = settled(store, server, run)

    assert outcome.unknown
    assert "whether line 9002 with 7 seats from 2026-11-22 is the one that was meant" in outcome.message
    assert outcome.message.endswith("Scan and look again, or check it in ConnectWise.")


def test_a_new_scan_that_holds_the_line_settles_it(store: SqlStore) -> None:
    """Every later plan counts the line, so that no twin can be made of it any more."""
    server, run = undecided(store)
    later = datetime.now(UTC) + timedelta(hours=1)
    for at in (later - timedelta(days=1), later):
        book = Book({COMPANY.id: COMPANY}, server.agreements, server.lines(), {NEW_PRODUCT.id: NEW_PRODUCT})
        store.snapshots.swap_in(team_of(store), book, at, draft(store))
        _, outcome = settled(store, server, run)
        assert outcome.unknown is (at != later)

    assert outcome.result is Result.FAILED
    assert "the last scan holds it, so that the next plan counts it" in outcome.message


def test_the_serial_number_makes_it_certain(store: SqlStore) -> None:
    """Another line of the same seats and date was added by hand, and somebody changed ours since."""
    server = Blind()
    run = pushed(store, server, create(server, "MSP-0a1b"))
    server.faults.clear()
    server.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY)
    server.held[AdditionId(9002)] = replace(server.held[AdditionId(9002)], quantity=Decimal(8))
    server.sent.clear()

    _, outcome = settled(store, server, run)

    assert outcome.result is Result.CREATED
    assert isinstance(outcome.change, Create)
    assert outcome.change.made is not None
    assert (outcome.change.made.id, outcome.after) == (AdditionId(9002), "8")
    assert "the quantity is 8, not 5" in outcome.message


def test_lines_with_other_serial_numbers_are_not_the_one_and_blank_ones_may_be(store: SqlStore) -> None:
    """A server that dropped the number must not make a twin."""
    for serial, unknown in (("of somebody", False), ("", True)):
        server = Blind("drop_before")
        run = pushed(store, server, replace(create(server, "MSP-0a1b"), key=serial or "n"))
        server.faults.clear()
        server.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY, serial)
        server.sent.clear()

        _, outcome = settled(store, server, run)

        assert outcome.unknown is unknown, outcome.message
        if not unknown:
            assert outcome.message.endswith("there is no new line.")


def test_only_the_chosen_changes_are_looked_at(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server), create(server))
    desk = desk_of(store, server)

    found, outcomes = look_again(desk, run.id, ["n"])

    assert [outcome.unknown for outcome in outcomes] == [True, False]
    assert (found.status, found.message) == (OperationStatus.COMPLETED_WITH_FAILURES, "1 created, 1 failed.")
    found, outcomes = look_again(desk, run.id)
    assert [outcome.result for outcome in outcomes] == ["updated", "created"]
    assert (found.status, found.message) == (OperationStatus.COMPLETED, "1 updated, 1 created.")


def test_an_operation_without_anything_unknown_is_left_as_it_is(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server))
    first = look_again(desk_of(store, server), run.id)
    assert look_again(desk_of(store, server), run.id) == first
    assert len(store.audit.entries(team_of(store), action="operation.look_again")) == 1


def test_what_cannot_be_looked_at_again_is_one_sentence(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server))
    desk = desk_of(store, server)
    with pytest.raises(InvalidChoice, match="has no change zz whose outcome is unknown"):
        look_again(desk, run.id, "zz")
    with pytest.raises(NotFound):
        look_again(desk, OperationId(99))
    with pytest.raises(NotPermitted):
        look_again(desk_of(store, server, Role.VIEWER), run.id)
    going = store.operations.open(
        team_of(store), OperationKind.UNDO, "anna", changes=[update(server)], audit=draft(store)
    )
    with pytest.raises(InvalidChoice, match="has not ended yet"):
        look_again(desk, going.id)


def test_the_words_of_a_stopped_run_stay_when_its_counts_change(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server))
    said = "1 failed. Run stopped: ConnectWise refuses the credentials."
    tamper(store, f"UPDATE operation SET status = 'failed', message = '{said}' WHERE id = {run.id}")

    found, _ = settled(store, server, run)

    assert found.status is OperationStatus.FAILED
    assert found.message == "1 updated. Run stopped: ConnectWise refuses the credentials."


def test_an_outcome_that_somebody_else_settled_meanwhile_stays(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server))
    (before,) = store.operations.outcomes(run.id)
    settled(store, server, run)
    late = replace(before, message=f"{UNKNOWN}: again.")

    store.operations.settle(team_of(store), late, draft(store, "late"))

    assert store.operations.outcomes(run.id)[0].result is Result.UPDATED
    assert store.audit.entries(team_of(store), action="late") == ()


def test_the_unknown_outcomes_of_another_team_are_not_ours(store: SqlStore) -> None:
    server = Blind()
    run = pushed(store, server, update(server))
    east = store.teams.add("East", team_of(store), draft(store))
    (outcome,) = store.operations.unknown(team_of(store))
    assert (outcome.operation_id, outcome.change.key) == (run.id, "u")
    assert store.operations.unknown(east.id) == ()
    with pytest.raises(NotFound):
        store.operations.settle(east.id, outcome, draft(store))
