"""What preview rows come to: how many, seats, and money by currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from seatsync.preview import PreviewRow

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """What some rows come to: how many, seats billed and in the export, and money by currency.

    ``difference`` adds up the rows whose export says a number. ``silent`` rows have no money effect that can
    be stated.
    """

    rows: int = 0
    seats_now: Decimal = _NOTHING
    seats_new: Decimal = _NOTHING
    difference: Decimal = _NOTHING
    money: Mapping[str, Decimal] = field(default_factory=dict)
    silent: int = 0


def add_up(rows: Iterable[PreviewRow]) -> Sums:
    """Sum up rows; currencies are never added to each other."""
    count, silent, now, new, moved = 0, 0, _NOTHING, _NOTHING, _NOTHING
    money: dict[str, Decimal] = {}
    for row in rows:
        count += 1
        now += row.quantity_now or _NOTHING
        new += row.quantity_new or _NOTHING
        moved += row.difference or _NOTHING
        if row.monthly_delta is None:
            silent += 1
        else:
            money[row.currency] = money.get(row.currency, _NOTHING) + row.monthly_delta
    return Sums(count, now, new, moved, money, silent)
