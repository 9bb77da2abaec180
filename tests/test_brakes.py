"""How much one plan may cut before a person types the number of cancels."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from seatsync.brakes import Brake, check_brake, find_brake
from seatsync.errors import BrakeTripped
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Company,
    CompanyId,
    ExportId,
    Product,
    ProductId,
    SnapshotId,
    TeamId,
)
from seatsync.plan import Cancel, Change, Create, Plan, Update
from seatsync.preview import Billed
from seatsync.rules import BrakeLimits

LIMITS = BrakeLimits()
CONTOSO = Company(CompanyId(250), "Contoso Ltd")
PRODUCT = Product(ProductId(3409), "AV-EAP")
AGREEMENT = Agreement(AgreementId(81), "Managed Services", CONTOSO.id)


def line(seats: int, bill_customer: str = "Billable") -> Addition:
    return Addition(AdditionId(9001), AGREEMENT.id, PRODUCT.id, Decimal(seats), bill_customer=bill_customer)


def cancel(seats: int = 0, delta: str | None = None, key: str = "c", bills: str = "Billable") -> Cancel:
    money = None if delta is None else Decimal(delta)
    return Cancel(key, CONTOSO, PRODUCT, AGREEMENT, line(seats, bills), date(2026, 11, 30), money)


def update(before: int, after: int, delta: str | None = None, key: str = "u") -> Update:
    money = None if delta is None else Decimal(delta)
    return Update(key, CONTOSO, PRODUCT, AGREEMENT, line(before), Decimal(after), money)


def create(seats: int, delta: str | None = None, key: str = "n") -> Create:
    money = None if delta is None else Decimal(delta)
    day = date(2026, 11, 22)
    return Create(key, CONTOSO, PRODUCT, AGREEMENT, Decimal(seats), day, (AGREEMENT.id,), (), money)


def plan(*changes: Change, currency: Mapping[str, str] | None = None) -> Plan:
    named = currency or {change.key: "USD" for change in changes}
    return Plan(TeamId(1), ExportId(1), "aa", SnapshotId(1), changes, named)


def billed(lines: int = 100, seats: str = "1000", **revenue: str) -> Billed:
    return Billed(lines, Decimal(seats), {name: Decimal(amount) for name, amount in revenue.items()})


def reasons(*changes: Change, of: Billed, currency: Mapping[str, str] | None = None) -> Sequence[str]:
    brake = find_brake(plan(*changes, currency=currency), of, LIMITS)
    return brake.reasons if brake else ()


@pytest.mark.parametrize(
    ("cancels", "lines", "said"),
    [
        (3, 5, ""),
        (4, 5, "The plan cancels 4 of 5 lines; at most 3 are allowed."),
        (4, 39, "The plan cancels 4 of 39 lines; at most 3 are allowed."),
        (4, 40, ""),
        (10, 100, ""),
        (11, 100, "The plan cancels 11 of 100 lines; at most 10 are allowed."),
        (11, 109, "The plan cancels 11 of 109 lines; at most 10 are allowed."),
        (11, 110, ""),
    ],
)
def test_the_limit_on_cancels_is_three_or_a_tenth_of_the_lines(cancels: int, lines: int, said: str) -> None:
    assert " ".join(reasons(*[cancel()] * cancels, of=billed(lines))) == said


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (80, ""),
        (79, "It lowers the seats billed by 21 of 100 (21.0 %)."),
        (100, ""),
        (150, ""),
    ],
)
def test_the_limit_on_seats_is_a_fifth(after: int, said: str) -> None:
    assert " ".join(reasons(update(100, after), of=billed(seats="100"))) == said


def test_seats_that_are_added_make_up_for_those_that_go() -> None:
    assert reasons(update(100, 60), create(20), of=billed(seats="100")) == ()
    assert reasons(update(100, 60), create(19), of=billed(seats="100")) == (
        "It lowers the seats billed by 21 of 100 (21.0 %).",
    )


def test_a_line_that_bills_nothing_lowers_nothing() -> None:
    assert reasons(cancel(500, bills="DoNotBill"), of=billed(seats="100")) == ()


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        ("-20.00", ""),
        ("-20.01", "It lowers monthly revenue by 20.01 of 100.00 USD (20.0 %)."),
        ("500.00", ""),
    ],
)
def test_the_limit_on_revenue_is_a_fifth(delta: str, said: str) -> None:
    assert " ".join(reasons(update(1, 1, delta), of=billed(USD="100"))) == said


def test_each_currency_is_judged_by_itself() -> None:
    """Growth in one does not hide a loss in another."""
    changes = (update(10, 10, "-30", key="e"), update(10, 10, "900", key="d"))

    found = reasons(*changes, of=billed(EUR="100", USD="1000"), currency={"e": "EUR", "d": "USD"})

    assert found == ("It lowers monthly revenue by 30.00 of 100.00 EUR (30.0 %).",)


def test_money_that_can_not_be_stated_trips_nothing() -> None:
    assert reasons(update(10, 10, None), of=billed(USD="0")) == ()


def test_with_nothing_billed_any_cut_trips_and_no_share_is_told() -> None:
    nothing = billed(lines=0, seats="0")

    assert reasons(create(5, "20"), of=nothing) == ()
    assert reasons(update(5, 4, "-4"), of=nothing) == (
        "It lowers the seats billed by 1 of 0.",
        "It lowers monthly revenue by 4.00 of 0.00 USD.",
    )


def test_an_empty_plan_trips_nothing() -> None:
    assert find_brake(plan(), billed(lines=0, seats="0"), LIMITS) is None


def test_the_limits_are_settings() -> None:
    strict = BrakeLimits(0, Decimal(0), Decimal(0), Decimal(0))

    brake = find_brake(plan(cancel(1, "-4")), billed(USD="100"), strict)

    assert brake is not None
    assert (brake.cancels, len(brake.reasons)) == (1, 3)


@pytest.mark.parametrize("accepted", [None, 0, 3, 5])
def test_only_the_right_number_of_cancels_passes(accepted: int | None) -> None:
    brake = Brake(4, ("The plan cancels 4 of 5 lines; at most 3 are allowed.",))

    check_brake(brake, 4)
    check_brake(None, accepted)
    with pytest.raises(BrakeTripped) as caught:
        check_brake(brake, accepted)
    assert str(caught.value) == (
        "The plan cancels 4 of 5 lines; at most 3 are allowed. "
        "To go on all the same, give the number of cancels: 4."
    )


def test_a_plan_without_cancels_passes_with_zero() -> None:
    brake = find_brake(plan(update(100, 10)), billed(seats="100"), LIMITS)

    assert brake is not None
    assert brake.cancels == 0
    check_brake(brake, 0)
