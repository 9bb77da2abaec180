"""The licenses of the newest export and of the saved mappings: what waits, what is mapped, what to mend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from seatsync.desk import Desk
from seatsync.model import Book, Product, TierMapping, decimals
from seatsync.people import Permission
from seatsync.searching import finder
from seatsync.tiers import Suggestion, TierUse, suggest
from seatsync.upkeep import tiers_in_use


class Trouble(StrEnum):
    """What is wrong with the product of a mapping."""

    GONE = "gone"
    INACTIVE = "inactive"

    @property
    def label(self) -> str:
        """What to do, in few words."""
        return {"gone": "Product gone: choose another", "inactive": "Product inactive: choose another"}[self]

    @property
    def advice(self) -> str:
        """What is wrong and what to do, in a sentence."""
        return {
            "gone": "Its product is not in the last scan: choose another, or scan again.",
            "inactive": "Its product is inactive in ConnectWise: choose another, or make it active there and "
            "scan again.",
        }[self]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A license of the newest export without a mapping, and what it may bill."""

    use: TierUse
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A saved mapping: its product as of the last scan, its use in the newest export, who saved it when.

    ``use`` is None when no paid row of the newest export is on the license.
    """

    tier: str
    product: Product | None
    no_charge: bool
    use: TierUse | None
    saved_by: str = ""
    saved_at: datetime | None = None
    trouble: Trouble | None = None

    @property
    def seats(self) -> Decimal:
        """The seats on the license in the newest export."""
        return self.use.seats if self.use else Decimal(0)


@dataclass(frozen=True, slots=True)
class Licenses:
    """Every license that is in use or mapped; ``export`` names the newest export, empty without one."""

    export: str
    waiting: tuple[Waiting, ...]
    mapped: tuple[Mapped, ...]
    mappings: Mapping[str, TierMapping]

    @property
    def seats_waiting(self) -> Decimal:
        """The seats of all waiting licenses."""
        return decimals([each.use.seats for each in self.waiting])


def list_licenses(desk: Desk, book: Book) -> Licenses:
    """List the waiting licenses, most seats first, and the mappings: those to mend first, then most seats."""
    exports = desk.store.exports.all(desk.team.id)
    uses = tiers_in_use(desk)
    saved = desk.store.choices.mappings(desk.team.id)
    mappings = {mapping.tier: mapping for mapping in saved}
    return Licenses(
        exports[0].name if exports else "",
        tuple(Waiting(use, suggest(use.tier, mappings, book.products)) for use in uses if not use.mapped),
        _mapped(saved, uses, book, _savings(desk)),
        mappings,
    )


def matching(mapped: Iterable[Mapped], words: str) -> tuple[Mapped, ...]:
    """Return the mappings in whose license, product or description every word occurs, in any case."""
    fits = finder(words)
    return tuple(each for each in mapped if fits(_haystack(each)))


def _haystack(mapped: Mapped) -> str:
    product = mapped.product
    named = f"{product.identifier}\n{product.description}" if product else ""
    return f"{mapped.tier}\n{named}\n{'no-charge' if mapped.no_charge else ''}".casefold()


def _mapped(
    saved: Sequence[TierMapping],
    uses: Sequence[TierUse],
    book: Book,
    savings: Mapping[str, tuple[str, datetime]],
) -> tuple[Mapped, ...]:
    used = {use.tier: use for use in uses}
    found = []
    for mapping in saved:
        product = None if mapping.product_id is None else book.products.get(mapping.product_id)
        trouble = None
        if not mapping.no_charge and (product is None or product.inactive):
            trouble = Trouble.INACTIVE if product else Trouble.GONE
        who, at = savings.get(mapping.tier, ("", None))
        use = used.get(mapping.tier)
        found.append(Mapped(mapping.tier, product, mapping.no_charge, use, who, at, trouble))
    return tuple(sorted(found, key=lambda each: (not each.trouble, -each.seats, each.tier.casefold())))


def _savings(desk: Desk) -> dict[str, tuple[str, datetime]]:
    """Return who saved each mapping last, and when, as far back as the audit log is kept.

    Everybody who may see a mapping may know whose it is, as with a link; the log itself stays closed.
    """
    desk.require(Permission.SEE, "mapping.list")
    entries = desk.store.audit.entries(desk.team.id, action="mapping.save")
    return {entry.resource: (entry.who, entry.at) for entry in entries if entry.result == "ok"}
