"""One change, against both servers: what comes of it, what the server holds, how often it was written."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from seatsync.jobs.change import Protocol, RefusedCredentials
from seatsync.journal import Outcome, planned
from seatsync.model import CompanyId, ProductId
from seatsync.plan import Cancel, Create, Update

from .worlds import COMPANY, LINE, NEW_PRODUCT, PLAIN, PRODUCT, TODAY, World

LAST_DAY = date(2026, 12, 14)


def update(world: World, seats: int = 17) -> Update:
    """Set line 9001 from 12 to ``seats``, decided on what the server holds now."""
    connectwise = world.connectwise
    line = connectwise.addition(PLAIN, LINE)
    return Update("u", COMPANY, PRODUCT, connectwise.agreement(PLAIN), line, Decimal(seats), None)


def cancel(world: World) -> Cancel:
    """Cancel line 9001 on the day before the next invoice."""
    connectwise = world.connectwise
    line = connectwise.addition(PLAIN, LINE)
    return Cancel("c", COMPANY, PRODUCT, connectwise.agreement(PLAIN), line, LAST_DAY, None)


def create(world: World) -> Create:
    """Add 5 seats of a product that no line bills."""
    agreement = world.connectwise.agreement(PLAIN)
    return Create("n", COMPANY, NEW_PRODUCT, agreement, Decimal(5), TODAY, (PLAIN,), (), None)


Make = Callable[[World], Update | Cancel | Create]
EVERY = pytest.mark.parametrize("make", [update, cancel, create])
ON_A_LINE = pytest.mark.parametrize("make", [update, cancel])
DONE = {"update": "updated", "cancel": "cancelled", "create": "created"}


def outcome_of(make: Make, world: World, **fields: Any) -> Outcome:
    """The planned outcome, with every request so far forgotten."""
    (outcome,) = planned([make(world)])
    return Outcome(outcome.operation_id, 0, outcome.change, before=outcome.before, **fields)


def carry_out(world: World, outcome: Outcome, waited: list[float] | None = None) -> Outcome:
    """Carry out a change, checking that each write was journalled before it left."""
    journalled: list[str] = []
    already = len(world.writes)

    def sending() -> None:
        assert len(world.writes) - already == len(journalled), "a write left before the journal knew of it"
        journalled.append("sending")

    pauses = waited if waited is not None else []
    ended = Protocol(world.connectwise, TODAY, sending, pauses.append).carry_out(outcome)
    assert len(world.writes) - already == len(journalled)
    return ended


def holds(world: World) -> list[tuple[int, str, str | None]]:
    """Product, seats and cancel date of each line of the agreement."""
    return [
        (line.product_id, f"{line.quantity:f}".removesuffix(".0"), str(line.cancelled or "") or None)
        for line in world.lines()
    ]


BEFORE = [(3409, "12", None)]
AFTER = {
    "update": [(3409, "17", None)],
    "cancel": [(3409, "12", "2026-12-14")],
    "create": [(3409, "12", None), (3411, "5", None)],
}


@EVERY
def test_a_change_that_was_approved_is_written_once(make: Make, world: World) -> None:
    outcome = outcome_of(make, world)

    ended = carry_out(world, outcome)

    assert (ended.result, ended.message) == (DONE[ended.kind], "")
    assert holds(world) == AFTER[ended.kind]
    assert len(world.writes) == 1
    assert ended.request_id
    assert ended.after == {"update": "17", "cancel": "0", "create": "5"}[ended.kind]
    assert ended.day == {"update": None, "cancel": LAST_DAY, "create": TODAY}[ended.kind]


DRIFTS: dict[str, dict[str, Any]] = {
    "was 12 in the preview, is 14 now": {"quantity": Decimal(14)},
    "the billing was Billable in the preview, is DoNotBill now": {"bill_customer": "DoNotBill"},
    "the unit price was 4 in the preview, is 3.5 now": {"unit_price": Decimal("3.5")},
    "the included seats was 0 in the preview, is 2 now": {"less_included": Decimal(2)},
    "the effective date was 2024-02-01 in the preview, is 2024-03-01 now": {"effective": date(2024, 3, 1)},
    "the product was 3409 in the preview, is 3410 now": {"product_id": ProductId(3410)},
}


@ON_A_LINE
@pytest.mark.parametrize("words", DRIFTS)
def test_a_line_that_differs_from_the_preview_is_left_alone(make: Make, words: str, world: World) -> None:
    outcome = outcome_of(make, world)
    world.edit(**DRIFTS[words])

    ended = carry_out(world, outcome)

    assert ended.result == "skipped"
    assert words in ended.message
    assert world.writes == []


AGREEMENT_DRIFTS: dict[str, dict[str, Any]] = {
    "no longer counts: ended on 2026-11-20": {"end": date(2026, 11, 20)},
    "no longer counts: cancelled": {"cancelled": True},
    "the agreement's company was 250 in the preview, is 251 now": {"company_id": CompanyId(251)},
    "the agreement's type was Managed Services in the preview, is Project now": {"type_name": "Project"},
}


@EVERY
@pytest.mark.parametrize("words", AGREEMENT_DRIFTS)
def test_an_agreement_that_no_longer_counts_is_left_alone(make: Make, words: str, world: World) -> None:
    outcome = outcome_of(make, world)
    world.edit_agreement(PLAIN, **AGREEMENT_DRIFTS[words])

    ended = carry_out(world, outcome)

    assert ended.result == "skipped"
    assert words in ended.message
    assert world.writes == []


def test_an_update_of_a_line_that_somebody_cancelled_is_skipped(world: World) -> None:
    """Even when its quantity is the wanted one: it will not be billed."""
    outcome = outcome_of(update, world)
    world.edit(quantity=Decimal(17), cancelled=date(2026, 12, 31))

    ended = carry_out(world, outcome)

    assert ended.result == "skipped"
    assert "the cancel date was none in the preview, is 2026-12-31 now" in ended.message
    assert world.writes == []


def test_a_cancel_is_skipped_when_the_invoice_date_moved(world: World) -> None:
    outcome = outcome_of(cancel, world)
    world.edit_agreement(PLAIN, next_invoice=date(2027, 1, 15))

    ended = carry_out(world, outcome)

    assert (ended.result, world.writes) == ("skipped", [])
    assert "the next invoice date was 2026-12-15 in the preview, is 2027-01-15 now" in ended.message


def test_what_somebody_did_by_hand_is_skipped(world: World) -> None:
    updating, cancelling = outcome_of(update, world), outcome_of(cancel, world)

    world.edit(quantity=Decimal(17))
    assert carry_out(world, updating).message == "already 17"
    world.edit(quantity=Decimal(12), cancelled=date(2026, 11, 30))
    assert carry_out(world, cancelling).message == "already cancelled on 2026-11-30"
    assert world.writes == []


def test_a_line_that_somebody_added_is_not_doubled(world: World) -> None:
    same, other = outcome_of(create, world), outcome_of(create, world)
    world.connectwise.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY)

    assert carry_out(world, same).message.startswith("already 5 (line ")
    world.connectwise.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(2), TODAY)
    assert "there is one with 5 + 2 seats now" in carry_out(world, other).message
    assert world.writes == ["POST", "POST"], "only those of somebody else"


@ON_A_LINE
def test_a_line_that_is_gone_is_skipped(make: Make, world: World) -> None:
    outcome = outcome_of(make, world)
    world.remove_line()

    ended = carry_out(world, outcome)

    assert ended.result == "skipped"
    assert ended.message == "the line or its agreement is no longer in ConnectWise"
    assert world.writes == []


@EVERY
def test_a_refused_write_fails_with_the_words_of_connectwise(make: Make, world: World) -> None:
    world.refuse_writes()
    outcome = outcome_of(make, world)

    ended = carry_out(world, outcome)

    assert ended.result == "failed"
    assert ended.message.startswith("Nothing was written. ConnectWise refused")
    assert holds(world) == BEFORE
    assert len(world.writes) == 1


@EVERY
@pytest.mark.parametrize("fault", ["drop_after", "truncated_json"])
def test_a_lost_answer_to_a_write_that_was_done_is_looked_up(make: Make, fault: str, world: World) -> None:
    outcome = outcome_of(make, world)
    world.fault(fault, method="POST" if make is create else "PATCH")

    ended = carry_out(world, outcome)

    assert ended.result == DONE[ended.kind]
    assert ended.message.endswith("Looked up, and found as wanted.")
    assert holds(world) == AFTER[ended.kind]
    assert len(world.writes) == 1


@EVERY
@pytest.mark.parametrize("fault", ["drop_before", "server_error", "ignored_write"])
def test_a_write_that_was_not_done_fails_and_is_not_sent_again(make: Make, fault: str, world: World) -> None:
    outcome = outcome_of(make, world)
    world.fault(fault, method="POST" if make is create else "PATCH")

    ended = carry_out(world, outcome)

    assert ended.result == "failed"
    said = {"update": "the quantity is 12, not 17", "cancel": "the cancel date is None, not 2026-12-14"}
    assert ended.message.endswith(f"Looked up: {said.get(ended.kind, 'there is no new line')}.")
    assert holds(world) == BEFORE
    assert len(world.writes) == 1


@EVERY
def test_when_the_look_up_fails_too_the_outcome_is_said_to_be_unknown(make: Make, world: World) -> None:
    outcome = outcome_of(make, world)

    class Blind:
        """Reads before the write, and never after."""

        def __getattr__(self, name: str) -> Any:
            if world.writes and name in ("addition", "additions"):
                world.fault("unauthorized", method="GET")
            return getattr(world.connectwise, name)

    world.fault("drop_after", method="POST" if make is create else "PATCH")
    ended = Protocol(Blind(), TODAY, lambda: None).carry_out(outcome)

    assert ended.result == "failed"
    assert ended.message.startswith("Outcome unknown: ConnectWise's answer was lost")
    assert ended.message.endswith("Look again, or check it in ConnectWise.")
    assert len(world.writes) == 1


@EVERY
def test_refused_credentials_stop_the_run_and_carry_the_outcome(make: Make, world: World) -> None:
    outcome = outcome_of(make, world)
    world.fault("unauthorized", times=None)

    with pytest.raises(RefusedCredentials) as caught:
        carry_out(world, outcome)

    assert caught.value.outcome.result == "failed"
    assert caught.value.outcome.message.startswith("Nothing was written. ConnectWise refused")
    assert world.writes == []


@EVERY
def test_an_interrupted_write_that_arrived_is_found_and_not_sent_again(make: Make, world: World) -> None:
    outcome = outcome_of(make, world, sent=True)
    carry_out(world, outcome_of(make, world))

    ended = carry_out(world, outcome)

    assert ended.result == DONE[ended.kind]
    assert ended.message == "Sent before an interruption, and found as wanted."
    assert holds(world) == AFTER[ended.kind]
    assert len(world.writes) == 1


@EVERY
@pytest.mark.parametrize("ago", [None, 0, 4, 3600])
def test_an_interrupted_write_that_never_arrived_is_sent_after_the_time_to_arrive(
    make: Make, ago: int | None, world: World
) -> None:
    """A create could make a twin and is given a minute, a PATCH ten seconds; each since it was sent."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    outcome = outcome_of(
        make, world, sent=True, sent_at=None if ago is None else now - timedelta(seconds=ago)
    )
    waited: list[float] = []

    ended = Protocol(world.connectwise, TODAY, lambda: None, waited.append, lambda: now).carry_out(outcome)

    assert ended.result == DONE[ended.kind]
    assert holds(world) == AFTER[ended.kind]
    assert len(world.writes) == 1
    assert len(waited) == max((60 if make is create else 10) - (ago or 0), 0)


@EVERY
def test_an_interrupted_write_of_a_stopped_run_is_looked_up_and_not_sent_again(
    make: Make, world: World
) -> None:
    outcome = outcome_of(make, world, sent=True)
    stopped = "run stopped: cancelled"
    never = Protocol(world.connectwise, TODAY, _unsent, lambda _: None, stopped=lambda: stopped)

    ended = never.carry_out(outcome)

    assert ended.result == "failed"
    assert ended.message == (
        "Sent before an interruption. Looked up: not done; not sent again, run stopped: cancelled."
    )
    assert world.writes == []


def _unsent() -> None:
    raise AssertionError("nothing may be sent")


def test_an_interrupted_create_that_arrives_late_is_not_doubled(world: World) -> None:
    outcome, waited = outcome_of(create, world, sent=True), []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            world.connectwise.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY)

    ended = Protocol(world.connectwise, TODAY, lambda: None, pause).carry_out(outcome)

    assert (ended.result, len(waited)) == ("created", 3)
    assert holds(world) == AFTER["create"]
    assert world.writes == ["POST"]


@EVERY
def test_an_interrupted_write_that_cannot_be_looked_up_is_not_called_unwritten(
    make: Make, world: World
) -> None:
    outcome = outcome_of(make, world, sent=True)
    world.fault("server_error", method="GET", times=None)

    ended = carry_out(world, outcome)

    assert ended.result == "failed"
    assert ended.message.startswith("Outcome unknown: it was sent before an interruption")
    assert world.writes == []


@EVERY
def test_what_changed_while_a_read_was_held_back_is_seen(make: Make, world: World) -> None:
    """The agreement was read before the wait, the line after it: both are read anew."""
    outcome = outcome_of(make, world)
    held = Held(world)

    ended = Protocol(held, TODAY, _unsent, lambda _: None).carry_out(outcome)

    assert ended.result == "skipped"
    assert "no longer counts: ended on 2026-11-20" in ended.message
    assert world.writes == []


class Held:
    """Holds the first read of lines back for a while, in which the agreement ends."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.waits = 0

    def __getattr__(self, name: str) -> Any:
        if name in ("addition", "additions") and not self.waits:
            self.waits = 1
            self._world.edit_agreement(PLAIN, end=date(2026, 11, 20))
        return getattr(self._world.connectwise, name)


def test_a_server_that_holds_back_every_look_gets_no_write(world: World) -> None:
    outcome = outcome_of(update, world)

    class Always:
        waits = property(lambda _: next(numbers))

        def __getattr__(self, name: str) -> Any:
            return getattr(world.connectwise, name)

    numbers = count()
    ended = Protocol(Always(), TODAY, _unsent, lambda _: None).carry_out(outcome)

    assert ended.result == "failed"
    assert ended.message == "Nothing was written. ConnectWise asked to wait during every look at the line."


def test_an_interrupted_write_that_somebody_changed_since_is_not_called_unsent(world: World) -> None:
    outcome = outcome_of(update, world, sent=True)
    world.edit(quantity=Decimal(14))

    ended = Protocol(world.connectwise, TODAY, _unsent, lambda _: None).carry_out(outcome)

    assert ended.result == "failed"
    assert ended.message == ("Sent before an interruption. Looked up: was 12 in the preview, is 14 now.")


@ON_A_LINE
def test_an_interrupted_write_whose_line_is_gone_is_not_called_unsent(make: Make, world: World) -> None:
    outcome = outcome_of(make, world, sent=True)
    world.remove_line()

    ended = Protocol(world.connectwise, TODAY, _unsent, lambda _: None).carry_out(outcome)

    assert ended.result == "failed"
    assert ended.message == (
        "Sent before an interruption. Looked up: the line or its agreement is no longer in ConnectWise."
    )
