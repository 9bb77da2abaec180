"""A write that ConnectWise is too busy to take: sent again only after what was approved was read again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seatsync.jobs.change import Protocol, RefusedCredentials
from seatsync.journal import Outcome
from seatsync.model import ProductId

from .test_change import AFTER, BEFORE, DONE, EVERY, Make, carry_out, create, holds, outcome_of, update
from .worlds import NEW_PRODUCT, PLAIN, TODAY, World


def busy(world: World, make: Make, times: int | None = 1) -> None:
    """Let the server answer the next writes of a change that it is too busy."""
    world.fault("rate_limited", method="POST" if make is create else "PATCH", times=times)


def during_the_wait(world: World, outcome: Outcome, act: Any, **fields: Any) -> Outcome:
    """Carry out a change, and do something each time that it waits."""
    return Protocol(world.connectwise, TODAY, lambda: None, lambda _: act(), **fields).carry_out(outcome)


@EVERY
def test_a_write_that_was_not_taken_is_sent_once_more_after_the_wait(make: Make, world: World) -> None:
    outcome, waited = outcome_of(make, world), []
    busy(world, make)

    ended = carry_out(world, outcome, waited)

    assert (ended.result, ended.message) == (DONE[ended.kind], "")
    assert holds(world) == AFTER[ended.kind]
    assert len(waited) == 1
    assert len(world.writes) == 2


@EVERY
def test_what_changed_during_the_wait_is_left_alone(make: Make, world: World) -> None:
    """The values that were approved are gone: to send the write again would overwrite somebody's work."""
    outcome = outcome_of(make, world)
    busy(world, make)

    def act() -> None:
        if make is create:
            world.add_line(9)
        else:
            world.edit(quantity=Decimal(14))

    ended = during_the_wait(world, outcome, act)

    assert ended.result == "skipped"
    there = "there was no line in the preview, there is one with 9 seats now"
    assert ended.message.startswith(there if make is create else "was 12 in the preview, is 14 now")
    assert len(world.writes) == 1, "the one that was not taken"


@EVERY
def test_an_agreement_that_ended_during_the_wait_is_left_alone(make: Make, world: World) -> None:
    outcome = outcome_of(make, world)
    busy(world, make)

    ended = during_the_wait(world, outcome, lambda: world.edit_agreement(PLAIN, end=date(2026, 11, 20)))

    assert ended.result == "skipped"
    assert "no longer counts: ended on 2026-11-20" in ended.message
    assert holds(world) == BEFORE


@EVERY
def test_a_run_that_is_stopped_during_the_wait_sends_nothing_more(make: Make, world: World) -> None:
    outcome, said = outcome_of(make, world), [""]
    busy(world, make)

    ended = during_the_wait(
        world, outcome, lambda: said.append("run stopped: cancelled"), stopped=lambda: said[-1]
    )

    assert (ended.result, ended.message) == ("skipped", "run stopped: cancelled")
    assert holds(world) == BEFORE
    assert len(world.writes) == 1


@EVERY
def test_the_patience_ends(make: Make, world: World) -> None:
    outcome, waited = outcome_of(make, world), []
    busy(world, make, times=None)

    ended = carry_out(world, outcome, waited)

    assert ended.result == "failed"
    assert ended.message.startswith("Nothing was written. ConnectWise limits the number of requests")
    assert holds(world) == BEFORE
    assert 60 <= sum(waited) <= 120


def test_a_lost_answer_on_the_second_try_is_looked_up(world: World) -> None:
    outcome = outcome_of(update, world)
    busy(world, update)
    world.fault("drop_after", method="PATCH")

    ended = carry_out(world, outcome)

    assert ended.result == "updated"
    assert ended.message.endswith("Looked up, and found as wanted.")
    assert len(world.writes) == 2


def test_a_busy_server_does_not_make_a_create_skip_a_date(world: World) -> None:
    """The wait comes between two dates: both are tried again, in their order."""
    outcome = outcome_of(create, world)
    busy(world, create)

    ended = carry_out(world, outcome)

    assert ended.day == TODAY
    assert [line.product_id for line in world.lines()] == [ProductId(3409), NEW_PRODUCT.id]


@EVERY
def test_a_write_that_was_not_taken_is_journalled_as_not_on_its_way(make: Make, world: World) -> None:
    """A process that dies during the wait leaves nothing that the next one would have to wait for."""
    outcome = outcome_of(make, world)
    busy(world, make)
    told: list[str] = []

    Protocol(
        world.connectwise,
        TODAY,
        lambda: told.append("sending"),
        lambda _: told.append("wait"),
        not_taken=lambda: told.append("not taken"),
    ).carry_out(outcome)

    assert told == ["sending", "not taken", "wait", "sending"]


@EVERY
def test_what_was_looked_up_and_sent_anew_is_not_called_unknown_when_that_fails(
    make: Make, world: World
) -> None:
    """An interrupted write had not arrived, the new one was not taken: nothing is on its way."""
    outcome = outcome_of(make, world, sent=True)
    busy(world, make)
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(world.writes) == 1:
            world.fault("unauthorized", method="GET", times=None)

    with pytest.raises(RefusedCredentials) as refused:
        Protocol(world.connectwise, TODAY, lambda: None, pause).carry_out(outcome)

    assert refused.value.outcome.message.startswith("Nothing was written. ConnectWise refused")
    assert not refused.value.outcome.unknown


def test_after_a_wait_changes_are_tried_again_one_at_a_time(world: World) -> None:
    """All at once they could use up by reading what ConnectWise allows, so that none would ever write."""
    outcome, taken = outcome_of(update, world), []
    busy(world, update, times=2)

    class Turn:
        def __enter__(self) -> None:
            taken.append(len(world.writes))

        def __exit__(self, *_: object) -> None:
            taken.append(len(world.writes))

    ended = Protocol(world.connectwise, TODAY, lambda: None, lambda _: None, in_turn=Turn()).carry_out(
        outcome
    )

    assert ended.result == "updated"
    assert taken == [1, 2, 2, 3], "not the first try; then one after the other"
