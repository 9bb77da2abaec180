"""A team's own rules: which agreements count, when an export is whole, how much one plan may cut."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """How much one plan may cut without a typed confirmation; shares are of 1."""

    cancels: int = 3
    cancel_share: Decimal = Decimal("0.10")
    seat_share: Decimal = Decimal("0.20")
    revenue_share: Decimal = Decimal("0.20")


@dataclass(frozen=True, slots=True)
class Rules:
    """A team's own settings that decide how an export is read against the book, and what a push writes.

    ``owner_tag`` begins the serial number of the lines that a push adds; empty for none. With ``rehearse``
    no push or undo of the team writes anything.
    """

    agreement_types: frozenset[str] = frozenset()
    tenants_kept: Decimal = Decimal("0.80")
    companies_seen: Decimal = Decimal("0.50")
    currency: str = "USD"
    brakes: BrakeLimits = BrakeLimits()
    owner_tag: str = ""
    rehearse: bool = False
