"""Whether a scan may have seen less than there is: a restricted role shortens lists without an error."""

from collections.abc import Sequence
from decimal import Decimal

from seatsync.model import Book, Snapshot

SHARP_FALL = Decimal("0.2")
"""A fall of more than this share is suspected."""
FEW = 5
"""A fall by fewer records than this is never suspected, unless nothing is left."""

_LISTS = ("companies", "agreements", "additions", "products")


def suspect(book: Book, kept: Sequence[Snapshot]) -> str:
    """Say, with the numbers, which lists fell sharply since the last trusted snapshot; empty for none.

    ``kept`` are the kept snapshots, newest first. A suspected one is no measure while an older one is kept:
    the same short lists would else pass at the second scan.
    """
    before = next((snapshot for snapshot in kept if not snapshot.suspicion), kept[0] if kept else None)
    if before is None:
        return ""
    fallen = [
        f"{now:,} {name} where there were {then:,}"
        for name in _LISTS
        for then, now in [(getattr(before, name), len(getattr(book, name)))]
        if _falls_sharply(then, now)
    ]
    if not fallen:
        return ""
    return (
        f"ConnectWise shows {' and '.join(fallen)} at the scan of {before.taken_at:%Y-%m-%d}. Unless so many "
        "were removed, the API member's security role hides the rest: check it, then scan again."
    )


def _falls_sharply(then: int, now: int) -> bool:
    lost = then - now
    return (now == 0 < then) or (lost >= FEW and lost > SHARP_FALL * then)
