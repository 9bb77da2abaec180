"""Resolve a tier by its saved mapping, count its seats, and suggest what one without a mapping may bill."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from seatsync.model import Product, ProductId, SeatRow, TierMapping
from seatsync.status import TenantState

# Check Point names the same package "Email & Collaboration ...", "Email ..." or by the rest alone.
_PREFIXES = ("emailandcollaboration", "email")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class TierUse:
    """How many paid tenants and seats of one export are on a tier, and whether the tier has a mapping."""

    tier: str
    tenants: int
    seats: Decimal
    mapped: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a tier without a mapping may bill, never applied by itself: a product, or no-charge when None.

    ``near`` is the mapped tier that this one is nearly the same as; empty when the product bears its name.
    """

    product: Product | None
    near: str = ""


def mapped_products(mappings: Iterable[TierMapping]) -> frozenset[ProductId]:
    """Return the products that some tier is mapped to."""
    return frozenset(mapping.product_id for mapping in mappings if mapping.product_id is not None)


def count_tiers(rows: Iterable[SeatRow], mapped: Iterable[str]) -> tuple[TierUse, ...]:
    """Count readable paid rows by tier: unmapped tiers first, then the most seats first."""
    known = frozenset(mapped)
    found: dict[str, TierUse] = {}
    for row in rows:
        if row.problem is not None or row.state is not TenantState.PAID or row.users is None:
            continue
        use = found.get(row.tier) or TierUse(row.tier, 0, Decimal(0), row.tier in known)
        found[row.tier] = TierUse(row.tier, use.tenants + 1, use.seats + row.users, use.mapped)
    return tuple(sorted(found.values(), key=lambda use: (use.mapped, -use.seats, use.tier)))


def resolve_tier(tier: str, mappings: Mapping[str, TierMapping]) -> TierMapping | None:
    """Return the mapping of exactly this tier, case included; None when there is none."""
    return mappings.get(tier)


def near_miss(tier: str, mappings: Mapping[str, TierMapping]) -> str | None:
    """Return the one mapped tier that differs only in case, white space, ``&`` for ``and`` or the prefix.

    The prefix is ``Email & Collaboration ``, or its short form ``Email ``. A suggestion, never applied; None
    when none is near, or several that are mapped differently.
    """
    wanted = _likeness(tier)
    near = sorted(mapped for mapped in mappings if mapped != tier and _likeness(mapped) == wanted)
    alike = len({mappings[mapped].product_id for mapped in near}) == 1
    return near[0] if wanted and alike else None


def suggest(
    tier: str, mappings: Mapping[str, TierMapping], products: Mapping[ProductId, Product]
) -> Suggestion | None:
    """Suggest what a tier bills: what its near miss does, or the one active product that bears its name.

    None when neither is known, when the two disagree, and when the near miss bills a product that is not in
    ``products`` or inactive.
    """
    near = near_miss(tier, mappings)
    named = namesake(tier, products.values())
    if near is None:
        return None if named is None else Suggestion(named)
    meant = mappings[near].product_id
    if named is not None and named.id != meant:
        return None
    product = None if meant is None else products.get(meant)
    if meant is not None and (product is None or product.inactive):
        return None
    return Suggestion(product, near)


def namesake(tier: str, products: Iterable[Product]) -> Product | None:
    """Return the one active product whose description or identifier is the tier's text.

    Compared trimmed and case-folded; None when there is none, or several.
    """
    wanted = tier.strip().casefold()
    found = [
        product
        for product in products
        if not product.inactive
        and wanted in (product.description.strip().casefold(), product.identifier.strip().casefold())
    ]
    return found[0] if wanted and len(found) == 1 else None


def _likeness(tier: str) -> str:
    """Fold away what may differ between two spellings of a tier."""
    letters = _SPACE.sub("", tier).casefold().replace("&", "and")
    for prefix in _PREFIXES:
        if letters.startswith(prefix) and letters != prefix:
            return letters.removeprefix(prefix)
    return letters
