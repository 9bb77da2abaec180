"""What the limits are said to let pass is what they let pass."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.brakes import find_brake
from seatsync.completeness import Evidence, find_incomplete
from seatsync.limit_words import (
    CANCEL_SHARE,
    CANCELS,
    COMPANIES_SEEN,
    LINES,
    REVENUE,
    REVENUE_SHARE,
    SEAT_SHARE,
    SEATS,
    TENANTS,
    TENANTS_KEPT,
    Limit,
    least_companies,
    least_tenants,
    most_cancels,
    most_revenue,
    most_seats,
)
from seatsync.model import CompanyId, ExportId, SnapshotId, TeamId
from seatsync.plan import Cancel, Change, Plan, Update
from seatsync.preview import Billed
from seatsync.rules import BrakeLimits, Rules
from tests.store.making import agreement, company, line, product

SHARES = st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 1000)
ABOUT = (company(), product(), agreement())


def rules(**limits: Decimal | int) -> Rules:
    return Rules(brakes=BrakeLimits(**limits))  # type: ignore[arg-type]


def stops(*changes: Change, limits: Rules, lines: int = LINES) -> bool:
    plan = Plan(TeamId(1), ExportId(1), "aa", SnapshotId(1), changes, {each.key: "USD" for each in changes})
    billed = Billed(lines, Decimal(SEATS), {"USD": Decimal(REVENUE)})
    return find_brake(plan, billed, limits.brakes) is not None


def cancels(many: int) -> list[Change]:
    ended = replace(line(quantity="0"), bill_customer="DoNotBill")
    return [Cancel(f"c{place}", *ABOUT, ended, date(2026, 11, 30), None) for place in range(many)]


def lowered(seats: int, money: Decimal = Decimal(0)) -> Change:
    return Update("u", *ABOUT, line(quantity=str(SEATS)), Decimal(SEATS - seats), -money)


@given(SHARES, st.integers(0, 20), st.sampled_from([0, LINES]))
def test_as_many_cancels_pass_as_are_said_and_one_more_does_not(share: Decimal, few: int, lines: int) -> None:
    limits = rules(cancels=few, cancel_share=share, seat_share=Decimal(1))
    passed = most_cancels(limits, lines)
    assert not stops(*cancels(passed), limits=limits, lines=lines)
    assert stops(*cancels(passed + 1), limits=limits, lines=lines)


@given(SHARES)
def test_as_many_seats_pass_as_are_said(share: Decimal) -> None:
    limits = rules(seat_share=share)
    passed = int(most_seats(limits))
    assert not stops(lowered(passed), limits=limits)
    assert passed == SEATS or stops(lowered(passed + 1), limits=limits)


@given(SHARES)
def test_as_much_revenue_passes_as_is_said(share: Decimal) -> None:
    limits = rules(revenue_share=share, seat_share=Decimal(1))
    passed = most_revenue(limits)
    assert not stops(lowered(0, passed), limits=limits)
    assert stops(lowered(0, passed + Decimal("0.01")), limits=limits)


def incomplete(limits: Rules, tenants: int | None = None, companies: int = 0) -> bool:
    keys = [str(number) for number in range(TENANTS)]
    billed = [CompanyId(number) for number in range(TENANTS)]
    here = keys[: tenants or 0]
    baseline = None if tenants is None else keys
    evidence = Evidence(1, False, here, baseline, "october.csv", billed, billed[:companies])
    return bool(find_incomplete(evidence, limits))


@given(SHARES)
def test_an_export_with_as_many_tenants_as_are_said_is_whole(share: Decimal) -> None:
    limits = Rules(tenants_kept=share, companies_seen=share)
    for least in (least_tenants(limits), least_companies(limits)):
        assert not incomplete(limits, tenants=least)
        assert not incomplete(limits, companies=least)
        assert not least or incomplete(limits, tenants=least - 1)
        assert not least or incomplete(limits, companies=least - 1)


@pytest.mark.parametrize(
    ("limit", "default", "example"),
    [
        (TENANTS_KEPT, "80 %", "Of 100 paid tenants, 80 have to be in the new export; with 79 it"),
        (COMPANIES_SEEN, "50 %", "Of 100 companies billed, 50 have to be in the file; with 49 it"),
        (CANCELS, "3", "However few lines are billed, 3 cancels pass."),
        (CANCEL_SHARE, "10 %", "With 100 lines billed, 10 cancels pass; 11 have to be typed."),
        (SEAT_SHARE, "20 %", "With 1,000 seats billed, a plan that takes off 200 passes"),
        (REVENUE_SHARE, "20 %", "With 10,000 a month billed, a plan that takes off 2,000 passes"),
    ],
)
def test_each_limit_says_its_default_and_an_example(limit: Limit, default: str, example: str) -> None:
    assert limit.default == default
    assert limit.example(Rules()).startswith(example)
    assert limit.meaning.endswith(".")


def test_a_limit_of_nothing_is_told_without_a_negative_number() -> None:
    none = Rules(tenants_kept=Decimal(0), companies_seen=Decimal(0))
    assert TENANTS_KEPT.example(none).startswith("No export counts as incomplete")
    assert COMPANIES_SEEN.example(none).startswith("No first export counts as incomplete")
    assert TENANTS_KEPT.said(none) == "0 %"
