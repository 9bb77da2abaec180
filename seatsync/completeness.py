"""Whether an export is whole enough to conclude that what it lacks is gone."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from seatsync.model import CompanyId, SeatRow
from seatsync.rules import Rules


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the completeness of one export is judged by.

    ``keys`` are the tenants that occur in the file in any state; ``baseline`` the paid tenants of the last
    accepted export, None when there is none. ``billed`` are the companies billed for a mapped product and
    ``present`` those of them that occur in the file.
    """

    usable: int
    truncated: bool
    keys: Collection[str]
    baseline: Collection[str] | None
    baseline_name: str
    billed: Collection[CompanyId]
    present: Collection[CompanyId]


def find_incomplete(evidence: Evidence, rules: Rules) -> str:
    """Say, with the numbers, why the export must not be read as whole; empty when it may."""
    if not evidence.usable:
        return "The file has no usable row."
    if evidence.truncated:
        return "The last row of the file is cut off, so rows may be missing after it."
    if evidence.baseline:
        held = len(set(evidence.baseline) & set(evidence.keys))
        if _short(held, len(evidence.baseline), rules.tenants_kept):
            return (
                f"The file holds {held} of the {len(evidence.baseline)} paid tenants of the last accepted "
                f"export ({evidence.baseline_name}); at least {_percent(rules.tenants_kept)} are needed."
            )
        return ""
    held = len(set(evidence.billed) & set(evidence.present))
    if _short(held, len(evidence.billed), rules.companies_seen):
        return (
            f"Of the {len(evidence.billed)} companies billed for a mapped product, {held} occur in the file; "
            f"at least {_percent(rules.companies_seen)} are needed while there is no earlier export."
        )
    return ""


def paid_keys(rows: Collection[SeatRow]) -> frozenset[str]:
    """Return the keys of the tenants that have a paid row."""
    return frozenset(row.key for row in rows if row.state == "paid")


def _short(held: int, of: int, share: Decimal) -> bool:
    return of > 0 and Decimal(held) < share * of


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
