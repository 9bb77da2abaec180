"""How many agreements and counted lines each agreement type has."""

from collections.abc import Collection
from dataclasses import dataclass

from seatsync.desk import Desk
from seatsync.lines import gather_lines
from seatsync.people import Permission
from seatsync.tiers import mapped_products


@dataclass(frozen=True, slots=True)
class TypeCount:
    """An agreement type: its agreements that run today, and their counted lines of mapped products."""

    name: str
    agreements: int
    lines: int


def count_types(desk: Desk) -> tuple[TypeCount, ...]:
    """Count by agreement type what would count if every type did; agreements without a type come last.

    A type that a scan found but that no agreement has counts 0.
    """
    desk.require(Permission.SEE, "agreement_types.list")
    team, store = desk.team.id, desk.store
    products = mapped_products(store.choices.mappings(team))
    book = store.snapshots.book(team, desk.snapshot().id, products)
    lines = gather_lines(book, products, frozenset(), desk.today, desk.rules.currency)
    agreements, counted = dict.fromkeys(book.agreement_types, 0), dict.fromkeys(book.agreement_types, 0)
    for agreement in book.agreements.values():
        if not agreement.ineligible(desk.today):
            agreements[agreement.type_name] = agreements.get(agreement.type_name, 0) + 1
    for views in lines.counted.values():
        for view in views:
            name = view.agreement.type_name
            counted[name] = counted.get(name, 0) + 1
    names = sorted({*agreements, *counted}, key=lambda name: (not name, name.casefold(), name))
    return tuple(TypeCount(name, agreements.get(name, 0), counted.get(name, 0)) for name in names)


def lines_of(counts: Collection[TypeCount], chosen: Collection[str]) -> int:
    """Add up the lines that count under a choice of types; an empty choice means every agreement."""
    return sum(count.lines for count in counts if not chosen or count.name in chosen)
