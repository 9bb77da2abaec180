"""What each limit means: a sentence, its unit, its default, and what it lets pass, told by an example."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from seatsync.rules import Rules

LINES, SEATS, REVENUE, TENANTS = 100, 1000, 10000, 100
"""How much is billed, and how many tenants there are, in the examples."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a team: ``read`` takes it from the rules, ``example`` says what it lets pass.

    A ``share`` is a Decimal of 1, which is shown in percent; another is a whole number.
    """

    name: str
    label: str
    meaning: str
    read: Callable[[Rules], Any]
    example: Callable[[Rules], str]
    share: bool = True

    @property
    def default(self) -> str:
        """The default, with its unit."""
        return self.said(Rules())

    def said(self, rules: Rules) -> str:
        """Write the limit of some rules with its unit."""
        value = self.read(rules)
        return percent(value) if self.share else f"{value:,}"


def percent(share: Decimal) -> str:
    """Write a share of 1 in percent."""
    return f"{(share * 100).normalize():f} %" if share else "0 %"


def least_tenants(rules: Rules) -> int:
    """Return how many of TENANTS paid tenants a whole export holds at least."""
    return _least(rules.tenants_kept)


def least_companies(rules: Rules) -> int:
    """Return how many of TENANTS billed companies a whole first export holds at least."""
    return _least(rules.companies_seen)


def most_cancels(rules: Rules, lines: int = LINES) -> int:
    """Return how many of so many lines a plan may cancel without a typed confirmation."""
    return int(max(Decimal(rules.brakes.cancels), rules.brakes.cancel_share * lines))


def most_seats(rules: Rules) -> Decimal:
    """Return how many of SEATS seats a plan may take off without a typed confirmation."""
    return rules.brakes.seat_share * SEATS


def most_revenue(rules: Rules) -> Decimal:
    """Return how much of REVENUE a month a plan may take off without a typed confirmation."""
    return rules.brakes.revenue_share * REVENUE


def _least(share: Decimal) -> int:
    return int((share * TENANTS).to_integral_value(ROUND_CEILING))


def _of_tenants(rules: Rules) -> str:
    least = least_tenants(rules)
    if not least:
        return "No export counts as incomplete for the tenants that it lacks."
    return (
        f"Of {TENANTS:,} paid tenants, {least:,} have to be in the new export; with {least - 1:,} it counts "
        "as incomplete."
    )


def _of_companies(rules: Rules) -> str:
    least = least_companies(rules)
    if not least:
        return "No first export counts as incomplete for the companies that it lacks."
    return (
        f"Of {TENANTS:,} companies billed, {least:,} have to be in the file; with {least - 1:,} it counts as "
        "incomplete."
    )


def _of_few(rules: Rules) -> str:
    passed = most_cancels(rules, 0)
    return f"However few lines are billed, {passed:,} cancels pass."


def _of_lines(rules: Rules) -> str:
    passed = most_cancels(rules)
    return f"With {LINES:,} lines billed, {passed:,} cancels pass; {passed + 1:,} have to be typed."


def _of_seats(rules: Rules) -> str:
    return (
        f"With {SEATS:,} seats billed, a plan that takes off {_short(most_seats(rules))} passes; more than "
        "that has to be typed."
    )


def _of_revenue(rules: Rules) -> str:
    return (
        f"With {REVENUE:,} a month billed, a plan that takes off {_short(most_revenue(rules))} passes; more "
        "than that has to be typed."
    )


def _short(value: Decimal) -> str:
    return f"{value.normalize():,f}" if value else "0"


TENANTS_KEPT = Limit(
    "tenants_kept",
    "Paid tenants that must be there (%)",
    "The share of the paid tenants of the last accepted export that the next one has to hold.",
    lambda rules: rules.tenants_kept,
    _of_tenants,
)
COMPANIES_SEEN = Limit(
    "companies_seen",
    "Billed companies that must be there (%)",
    "For a first export: the share of the companies billed for a mapped product that the file has to hold.",
    lambda rules: rules.companies_seen,
    _of_companies,
)
CANCELS = Limit(
    "cancels",
    "Cancels that always pass",
    "So many additions one push may cancel, whatever their share is.",
    lambda rules: rules.brakes.cancels,
    _of_few,
    share=False,
)
CANCEL_SHARE = Limit(
    "cancel_share",
    "Lines cancelled (%)",
    "The share of the billed additions that one push may cancel.",
    lambda rules: rules.brakes.cancel_share,
    _of_lines,
)
SEAT_SHARE = Limit(
    "seat_share",
    "Seats lowered (%)",
    "The share of the billed seats by which one push may lower them in all.",
    lambda rules: rules.brakes.seat_share,
    _of_seats,
)
REVENUE_SHARE = Limit(
    "revenue_share",
    "Monthly revenue lowered (%)",
    "The share of the monthly revenue, by currency, by which one push may lower it.",
    lambda rules: rules.brakes.revenue_share,
    _of_revenue,
)
