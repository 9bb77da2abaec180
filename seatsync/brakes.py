"""Brakes: how much one plan may cut before a person has to type the number of cancels."""

from dataclasses import dataclass
from decimal import Decimal

from seatsync.errors import BrakeTripped
from seatsync.model import decimals
from seatsync.plan import Plan
from seatsync.preview import Billed
from seatsync.rules import BrakeLimits
from seatsync.status import Kind


@dataclass(frozen=True, slots=True)
class Brake:
    """A plan over the limits: the number to type, and each limit it passes, with its numbers."""

    cancels: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        """Say what the plan cuts and what is needed to go on."""
        return f"{' '.join(self.reasons)} To go on all the same, give the number of cancels: {self.cancels}."


def find_brake(plan: Plan, billed: Billed, limits: BrakeLimits) -> Brake | None:
    """Compare a plan with what is billed now; None when it stays within every limit."""
    cancels = len(plan.of(Kind.CANCEL))
    reasons = []
    allowed = max(Decimal(limits.cancels), limits.cancel_share * billed.lines)
    if cancels > allowed:
        reasons.append(
            f"The plan cancels {cancels} of {billed.lines} lines; at most {int(allowed)} are allowed."
        )
    seats = -decimals([change.seats for change in plan.changes])
    if seats > limits.seat_share * billed.seats:
        share = _share(seats, billed.seats)
        reasons.append(
            f"It lowers the seats billed by {seats.normalize():f} of {billed.seats.normalize():f}{share}."
        )
    for currency, delta in sorted(plan.money.items()):
        revenue = billed.revenue.get(currency, Decimal(0))
        if -delta > limits.revenue_share * revenue and delta < 0:
            share = _share(-delta, revenue)
            reasons.append(f"It lowers monthly revenue by {-delta:.2f} of {revenue:.2f} {currency}{share}.")
    return Brake(cancels, tuple(reasons)) if reasons else None


def _share(part: Decimal, whole: Decimal) -> str:
    return f" ({part / whole * 100:.1f} %)" if whole else ""


def check_brake(brake: Brake | None, accepted: int | None) -> None:
    """Let a plan pass its brake. Raises BrakeTripped unless the right number of cancels was given."""
    if brake is not None and accepted != brake.cancels:
        raise BrakeTripped(str(brake))
