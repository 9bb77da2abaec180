"""Which effective date a create ends with: today, the first of next month, or what the agreement says."""

from datetime import date
from decimal import Decimal

import pytest

from seatsync.jobs.change import Protocol
from seatsync.jobs.sending import effective_dates
from seatsync.journal import Outcome, planned
from seatsync.model import Agreement, AgreementId, CompanyId
from seatsync.plan import Create

from .worlds import COMPANY, ENDING, INVOICED, NEW_PRODUCT, ONE_MONTH, PLAIN, STARTING, TODAY, World

BEFORE_START = "effectiveDate cannot be less than the agreement billing start date"
INVOICED_ALREADY = "Since this period has already been invoiced"


def create(world: World, number: AgreementId, fault: str = "") -> Outcome:
    """Carry out a create in an agreement."""
    agreement = world.connectwise.agreement(number)
    change = Create("n", COMPANY, NEW_PRODUCT, agreement, Decimal(5), TODAY, (number,), (), None)
    if fault:
        world.fault(fault, method="POST")
    return Protocol(world.connectwise, TODAY, lambda: None, lambda _: None).carry_out(planned([change])[0])


@pytest.mark.parametrize(
    ("agreement", "day", "tries"),
    [
        pytest.param(PLAIN, date(2026, 11, 22), 1, id="today"),
        pytest.param(ONE_MONTH, date(2026, 12, 1), 2, id="first of next month"),
        pytest.param(STARTING, date(2027, 1, 15), 3, id="billing start"),
        pytest.param(INVOICED, date(2027, 2, 1), 3, id="next invoice"),
    ],
)
def test_a_refused_date_is_followed_by_a_later_one(
    agreement: AgreementId, day: date, tries: int, world: World
) -> None:
    ended = create(world, agreement)

    assert (ended.result, ended.day) == ("created", day)
    assert [(line.effective, line.quantity) for line in world.lines(agreement)][-1:] == [(day, 5)]
    assert world.writes == ["POST"] * tries
    said = "" if tries == 1 else f"ConnectWise refused 2026-11-22; effective {day}."
    assert ended.message == said


def test_when_every_date_is_refused_nothing_is_added_and_each_refusal_is_told(world: World) -> None:
    ended = create(world, ENDING)

    assert ended.result == "failed"
    assert ended.message.startswith("ConnectWise refused every effective date. 2026-11-22: ")
    assert "2026-12-01: " in ended.message
    assert INVOICED_ALREADY in ended.message
    assert world.lines(ENDING) == ()


def test_a_refusal_that_is_not_about_the_date_is_not_followed_by_another_date(world: World) -> None:
    world.refuse_writes()

    ended = create(world, PLAIN)

    assert ended.result == "failed"
    assert len(world.writes) == 1


def test_a_lost_answer_ends_the_search_for_a_date(world: World) -> None:
    """The line of the first date may exist: a second date would make a twin of it."""
    ended = create(world, PLAIN, "drop_before")

    assert ended.result == "failed"
    assert world.writes == ["POST"]
    assert world.lines(PLAIN)[1:] == ()


def test_a_date_that_was_refused_is_journalled_as_not_on_its_way(world: World) -> None:
    told: list[str] = []
    agreement = world.connectwise.agreement(ONE_MONTH)
    (outcome,) = planned(
        [Create("n", COMPANY, NEW_PRODUCT, agreement, Decimal(5), TODAY, (ONE_MONTH,), (), None)]
    )

    Protocol(
        world.connectwise, TODAY, lambda: told.append("sending"), not_taken=lambda: told.append("not taken")
    ).carry_out(outcome)

    assert told == ["sending", "not taken", "sending"]


def test_before_each_further_date_the_lines_are_read_again(world: World) -> None:
    """Somebody adds the line in the moment in which the first date is refused."""
    agreement = world.connectwise.agreement(ONE_MONTH)
    change = Create("n", COMPANY, NEW_PRODUCT, agreement, Decimal(5), TODAY, (ONE_MONTH, PLAIN), (), None)

    def somebody_adds() -> None:
        world.connectwise.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(7), TODAY)

    (outcome,) = planned([change])
    ended = Protocol(world.connectwise, TODAY, somebody_adds, lambda _: None).carry_out(outcome)

    assert ended.result == "skipped"
    assert "there is one with 7 seats now" in ended.message
    assert world.writes == ["POST", "POST"], "somebody's, and the refused one"


def test_a_line_that_was_added_on_a_later_date_is_found_after_an_interruption(world: World) -> None:
    agreement = world.connectwise.agreement(ONE_MONTH)
    change = Create("n", COMPANY, NEW_PRODUCT, agreement, Decimal(5), TODAY, (ONE_MONTH,), (), None)
    world.connectwise.writer().create_addition(ONE_MONTH, NEW_PRODUCT.id, Decimal(5), date(2026, 12, 1))
    sent = Outcome(planned([change])[0].operation_id, 0, change, sent=True)

    ended = Protocol(world.connectwise, TODAY, lambda: None, lambda _: None).carry_out(sent)

    assert (ended.result, ended.day) == ("created", date(2026, 12, 1))
    assert world.writes == ["POST"]


@pytest.mark.parametrize(
    ("wanted", "bill_start", "next_invoice", "dates"),
    [
        (date(2026, 11, 22), None, None, ["2026-11-22", "2026-12-01"]),
        (date(2026, 12, 31), None, None, ["2026-12-31", "2027-01-01"]),
        (date(2028, 1, 31), None, None, ["2028-01-31", "2028-02-01"]),
        (date(2026, 11, 22), date(2026, 11, 25), date(2026, 12, 1), ["2026-11-22", "2026-12-01"]),
        (
            date(2026, 11, 22),
            date(2027, 3, 1),
            date(2027, 1, 1),
            ["2026-11-22", "2026-12-01", "2027-01-01", "2027-03-01"],
        ),
    ],
)
def test_the_dates_to_try_are_in_order_and_each_once(
    wanted: date, bill_start: date | None, next_invoice: date | None, dates: list[str]
) -> None:
    agreement = Agreement(AgreementId(1), "A", CompanyId(1), bill_start=bill_start, next_invoice=next_invoice)

    assert [str(day) for day in effective_dates(wanted, agreement)] == dates
