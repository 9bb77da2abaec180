"""The undo of one change, against both servers: the state before comes back, or words say why it does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seatsync.jobs.change import Protocol
from seatsync.jobs.rehearsal import rehearse
from seatsync.journal import Outcome, planned
from seatsync.model import AdditionId, OperationId
from seatsync.plan import Change
from seatsync.status import Result
from seatsync.undos import take_back

from .test_change import ON_A_LINE, Make, cancel, carry_out, create, outcome_of, update
from .worlds import LINE, PLAIN, TODAY, InMemory, Simulated, World

PUSHED = OperationId(5)


def lines(world: World) -> dict[int, Any]:
    """Every field of every line: the server's own members where it has any, less its change stamp."""
    if isinstance(world, Simulated):
        held = world.control.get("/simulator/state").json()["additions"]
        return {line["id"]: {name: value for name, value in line.items() if name != "_info"} for line in held}
    assert isinstance(world, InMemory)
    return dict(world.held)


def done(make: Make, world: World) -> Outcome:
    """A change that was carried out."""
    ended = carry_out(world, outcome_of(make, world))
    assert ended.result.written, ended.message
    return ended


def undo_of(outcome: Outcome) -> Outcome:
    """The planned outcome of the undo."""
    change = take_back(outcome)
    assert not isinstance(change, str), change
    (undo,) = planned([change])
    return undo


def undo(world: World, outcome: Outcome, today: date = TODAY) -> Outcome:
    """Carry out an undo, or try to."""
    return Protocol(world.connectwise, today, lambda: None, since=f"after operation {PUSHED}").carry_out(
        outcome
    )


@ON_A_LINE
def test_an_undo_gives_a_line_back_field_by_field_and_its_undo_the_push(make: Make, world: World) -> None:
    before = lines(world)
    pushed = done(make, world)
    after = lines(world)

    ended = undo(world, undo_of(pushed))
    assert ended.result is Result.UPDATED, ended.message
    assert (ended.message, ended.after) == ("", "12")
    assert ended.request_id
    assert lines(world) == before

    again = undo(world, undo_of(ended))
    assert again.result is pushed.result, again.message
    assert lines(world) == after
    undo(world, undo_of(again))
    assert lines(world) == before


def test_an_undo_of_a_create_differs_only_by_the_line_that_ends_on_its_first_day(world: World) -> None:
    before = lines(world)
    pushed = done(create, world)
    after = lines(world)
    (made,) = set(after) - set(before)

    ended = undo(world, undo_of(pushed))

    assert (ended.result, ended.before, ended.after, ended.day) == (Result.CANCELLED, "5", "0", TODAY)
    assert {number: line for number, line in lines(world).items() if number != made} == before
    (line,) = [each for each in world.lines() if each.id == made]
    assert (line.cancelled, line.effective) == (TODAY, TODAY)
    again = undo(world, undo_of(ended))
    assert again.result is Result.UPDATED
    assert lines(world) == after


def test_a_create_is_undone_after_the_next_invoice_too(world: World) -> None:
    """A month later the next invoice date has moved on; the line's own first day has not."""
    pushed = done(create, world)
    world.edit_agreement(PLAIN, next_invoice=date(2027, 1, 15))

    ended = undo(world, undo_of(pushed), date(2026, 12, 20))

    assert (ended.result, ended.day) == (Result.CANCELLED, TODAY), ended.message


def test_a_line_that_was_to_end_later_gets_that_date_back(world: World) -> None:
    world.edit(cancelled=date(2027, 3, 31))
    before = lines(world)
    pushed = done(cancel, world)

    ended = undo(world, undo_of(pushed))

    assert (ended.result, ended.day) == (Result.UPDATED, date(2027, 3, 31))
    assert lines(world) == before


CHANGED = [
    (update, {"quantity": Decimal(19)}, "was 17 after operation 5, is 19 now"),
    (update, {"unit_price": Decimal("3.5")}, "the unit price was 4 after operation 5, is 3.5 now"),
    (
        update,
        {"cancelled": date(2026, 12, 31)},
        "the cancel date was none after operation 5, is 2026-12-31 now",
    ),
    (cancel, {"quantity": Decimal(14)}, "was 12 after operation 5, is 14 now"),
    (cancel, {"cancelled": date(2026, 12, 31)}, "was 2026-12-14 after operation 5, is 2026-12-31 now"),
]


@pytest.mark.parametrize(("make", "edit", "words"), CHANGED)
def test_a_line_that_changed_since_is_left_alone(
    make: Make, edit: dict[str, Any], words: str, world: World
) -> None:
    planned_undo = undo_of(done(make, world))
    world.edit(**edit)
    sent = len(world.writes)

    ended = undo(world, planned_undo)

    assert ended.result is Result.SKIPPED
    assert words in ended.message
    assert len(world.writes) == sent


@pytest.mark.parametrize(("make", "words"), [(update, "already 12"), (cancel, "already billed again")])
def test_what_somebody_undid_by_hand_is_skipped(make: Make, words: str, world: World) -> None:
    planned_undo = undo_of(done(make, world))
    if make is update:
        world.edit(quantity=Decimal(12))
    else:
        world.connectwise.writer().set_cancelled(PLAIN, LINE, None)  # type: ignore[arg-type]

    assert undo(world, planned_undo).message == words
    assert undo(world, planned_undo).result is Result.SKIPPED


BY_HAND = f" Take the cancel date out of line {LINE} (AV-EAP) of Agreement 81 in ConnectWise by hand."


def test_a_cancel_date_that_connectwise_keeps_is_told_with_what_to_do_by_hand(world: World) -> None:
    """It answers 200 and keeps the date: no public source shows that it lets go of one."""
    pushed = done(cancel, world)
    world.fault("ignored_write", method="PATCH")

    ended = undo(world, undo_of(pushed))

    assert ended.result is Result.FAILED
    assert ended.message.endswith(f"Looked up: it is still cancelled on 2026-12-14.{BY_HAND}")


def test_an_answer_that_claims_to_let_go_of_a_cancel_date_is_checked_by_reading(world: World) -> None:
    pushed = done(cancel, world)

    class Liar:
        """Answers that the date is gone, and keeps it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(world.connectwise, name)

        def writer(self, _leaving: Any) -> Any:
            return self

        def set_cancelled(self, agreement: Any, addition: Any, day: date | None) -> Any:
            written = world.connectwise.writer().set_cancelled(agreement, addition, date(2026, 12, 14))
            return replace(written, addition=replace(written.addition, cancelled=day))

    ended = Protocol(Liar(), TODAY, lambda: None).carry_out(undo_of(pushed))

    assert ended.result is Result.FAILED
    assert ended.message == (
        f"ConnectWise took the request. Looked up: it is still cancelled on 2026-12-14.{BY_HAND}"
    )


def test_a_refused_request_to_bill_again_is_told_with_what_to_do_by_hand(simulated: Simulated) -> None:
    pushed = done(cancel, simulated)
    simulated.refuse_writes()

    ended = undo(simulated, undo_of(pushed))

    assert ended.result is Result.FAILED
    assert ended.message.startswith("Nothing was written. ConnectWise refused")
    assert ended.message.endswith(BY_HAND)


@ON_A_LINE
@pytest.mark.parametrize("fault", ["drop_after", "truncated_json"])
def test_a_lost_answer_is_looked_up(make: Make, fault: str, world: World) -> None:
    before = lines(world)
    planned_undo = undo_of(done(make, world))
    world.fault(fault, method="PATCH")

    ended = undo(world, planned_undo)

    assert ended.result is Result.UPDATED
    assert ended.message.endswith("Looked up, and found as wanted.")
    assert lines(world) == before


@ON_A_LINE
def test_an_interrupted_undo_that_arrived_is_found_and_not_sent_again(make: Make, world: World) -> None:
    planned_undo = undo_of(done(make, world))
    undo(world, planned_undo)
    sent = len(world.writes)

    ended = undo(world, replace(planned_undo, sent=True))

    assert ended.result is Result.UPDATED
    assert ended.message == "Sent before an interruption, and found as wanted."
    assert len(world.writes) == sent


def test_a_rehearsal_of_an_undo_says_what_would_be_sent_and_sends_nothing(world: World) -> None:
    undos = [undo_of(done(cancel, world))]
    sent = len(world.writes)
    (told,) = rehearse(undos, world.connectwise, TODAY, PUSHED)
    assert told.outcome.message == f"As approved; would send PATCH cancelledDate (removed) to line {LINE}."
    world.edit(quantity=Decimal(14))
    (told,) = rehearse(undos, world.connectwise, TODAY, PUSHED)
    assert told.outcome.message == "was 12 after operation 5, is 14 now"
    assert len(world.writes) == sent


def test_the_line_of_a_create_is_kept_as_it_reads(world: World) -> None:
    """Also of one whose answer was lost: the look-up finds the line."""
    for fault in ("", "drop_after"):
        if fault:
            (made,) = [line for line in world.lines() if line.id != LINE]
            world.connectwise.writer().set_cancelled(PLAIN, made.id, TODAY)
            world.fault(fault, method="POST")
        outcome = outcome_of(lambda world: known(create(world), world), world)
        change = carry_out(world, outcome).change
        newest = max(world.lines(), key=lambda line: line.id)
        assert change == replace(outcome.change, made=newest)  # type: ignore[call-arg]


def known(change: Any, world: World) -> Change:
    """The create, knowing the lines that there are."""
    numbers = tuple(AdditionId(line.id) for line in world.lines() if line.product_id == change.product.id)
    made: Change = replace(change, known=numbers)
    return made
