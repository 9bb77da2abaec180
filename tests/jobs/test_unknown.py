"""From a lost answer that can't be looked up to its settling, against both servers."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from seatsync.jobs.change import Protocol
from seatsync.jobs.lookup import look_again
from seatsync.journal import Outcome
from seatsync.verify import PREVIEW

from .test_change import AFTER, BEFORE, DONE, EVERY, Make, create, holds, outcome_of
from .worlds import NEW_PRODUCT, PLAIN, TODAY, Simulated, World


class Blind:
    """Reads before the write, and never after: then every read fails on the server."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.struck = False

    def __getattr__(self, name: str) -> Any:
        if self.world.writes and name in ("addition", "additions") and not self.struck:
            self.world.fault("server_error", method="GET", times=None)
            self.struck = True
        return getattr(self.world.connectwise, name)


def sees_again(world: World) -> None:
    """Let the server answer reads again."""
    if isinstance(world, Simulated):
        wish = {"name": "server_error", "method": "GET", "rate": 0}
        world.control.post("/simulator/faults", json=wish).raise_for_status()
    else:
        world.faults.clear()  # type: ignore[attr-defined]


def lost(world: World, make: Make, fault: str) -> Outcome:
    """A change whose answer was lost and which could not be looked up."""
    outcome = outcome_of(make, world)
    world.fault(fault, method="POST" if make is create else "PATCH")
    ended = Protocol(Blind(world), TODAY, lambda: None, lambda _: None).carry_out(outcome)
    sees_again(world)
    ended = replace(ended, sent=True)  # as the journal has it
    assert ended.unknown, ended.message
    return ended


@EVERY
@pytest.mark.parametrize("fault", ["drop_after", "truncated_json"])
def test_a_lost_write_that_took_effect_is_settled_later_by_reading(
    make: Make, fault: str, world: World
) -> None:
    unknown = lost(world, make, fault)
    sent = len(world.writes)

    ended = look_again(unknown, world.connectwise, PREVIEW, frozenset())

    assert ended.result == DONE[ended.kind]
    assert holds(world) == AFTER[ended.kind]
    assert len(world.writes) == sent == 1


@EVERY
@pytest.mark.parametrize("fault", ["drop_before", "server_error"])
def test_a_lost_write_that_did_not_is_known_not_to_be_done(make: Make, fault: str, world: World) -> None:
    unknown = lost(world, make, fault)
    sent = len(world.writes)

    ended = look_again(unknown, world.connectwise, PREVIEW, frozenset())

    assert (ended.result, ended.unknown) == ("failed", False)
    assert holds(world) == BEFORE
    assert len(world.writes) == sent == 1


@EVERY
def test_a_server_that_is_slow_is_waited_for_and_nothing_is_lost(make: Make, simulated: Simulated) -> None:
    outcome = outcome_of(make, simulated)
    method = "POST" if make is create else "PATCH"
    wish = {"name": "slow", "method": method, "times": 1, "seconds": 0.3}
    simulated.control.post("/simulator/faults", json=wish).raise_for_status()

    ended = Protocol(simulated.connectwise, TODAY, lambda: None).carry_out(outcome)

    assert (ended.result, ended.message) == (DONE[ended.kind], "")
    assert holds(simulated) == AFTER[ended.kind]
    assert len(simulated.writes) == 1


@pytest.mark.parametrize("hand", ["cancelled", "changed"])
def test_an_interrupted_create_whose_line_somebody_touched_is_unknown_and_not_sent_again(
    hand: str, world: World
) -> None:
    """Neither counts as the line that was meant: to send it again could bill the seats twice."""
    outcome = outcome_of(create, world, sent=True)
    connectwise = world.connectwise
    made = connectwise.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY).addition
    if hand == "cancelled":
        connectwise.writer().set_cancelled(PLAIN, made.id, TODAY)
    else:
        connectwise.writer().set_quantity(PLAIN, made.id, Decimal(8))

    ended = Protocol(connectwise, TODAY, _unsent, lambda _: None).carry_out(outcome)

    assert ended.unknown
    assert f"whether line {made.id} with" in ended.message
    assert world.writes == ["POST", "PATCH"], "only those of somebody else"


def _unsent() -> None:
    raise AssertionError("nothing may be sent")
