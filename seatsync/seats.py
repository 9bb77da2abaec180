"""Seat rows sorted by what the preview does with them: bill, show, or leave out."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from seatsync.model import CompanyId, ProductId, SeatRow, TierMapping
from seatsync.preview import ExportCounts, Resolution
from seatsync.resolve import Resolver
from seatsync.status import TenantState
from seatsync.tiers import resolve_tier


class Treatment(StrEnum):
    """What becomes of one seat row; each row of the file has exactly one, or is ignored."""

    PAID = "paid"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    NO_CHARGE = "no_charge"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat row with its treatment, its company and its product as far as they are known."""

    row: SeatRow
    key: str
    treatment: Treatment
    resolution: Resolution
    mapping: TierMapping | None
    repeated: bool

    @property
    def company_id(self) -> CompanyId | None:
        """The tenant's company, None when unresolved."""
        return self.resolution.company_id

    @property
    def product_id(self) -> ProductId | None:
        """The tier's product, None when the tier is unmapped or no-charge."""
        return self.mapping.product_id if self.mapping else None


def sort_seats(
    rows: Iterable[SeatRow], mappings: Mapping[str, TierMapping], resolver: Resolver, today: date
) -> tuple[Seat, ...]:
    """Give every seat row its treatment; the result does not depend on the order of ``rows``."""
    ordered = sorted(rows, key=_content)
    resolver.settle(ordered)
    places = Counter((row.key, row.tier) for row in ordered)
    numbered: Counter[tuple[str, str]] = Counter()
    seats = []
    for row in ordered:
        place = (row.key, row.tier)
        numbered[place] += 1
        seats.append(
            Seat(
                row,
                _row_key(row, numbered[place]),
                treat(row, mappings.get(row.tier), today),
                resolver.resolve(row.key, row.tenant),
                resolve_tier(row.tier, mappings),
                repeated=places[place] > 1,
            )
        )
    return tuple(seats)


def _content(row: SeatRow) -> tuple[object, ...]:
    """Order rows by what they say; the line number decides only between rows that say the same."""
    said = (
        row.key,
        row.tier,
        row.tenant,
        row.users,
        row.state,
        row.raw_state,
        row.portal,
        row.expires,
        row.problem,
    )
    return (*map(str, said), row.line)


def _row_key(row: SeatRow, number: int) -> str:
    digest = hashlib.sha256(f"{row.key}\0{row.tier}".encode(errors="surrogatepass")).hexdigest()[:12]
    return f"t{digest}" if number == 1 else f"t{digest}-{number}"


def treat(row: SeatRow, mapping: TierMapping | None, today: date) -> Treatment:
    """Say what becomes of a row under the mapping of its tier, None where it has none."""
    if row.problem is not None:
        return Treatment.UNREADABLE
    match row.state:
        case TenantState.EXPIRED | TenantState.DELETED:
            return Treatment.EXPIRED
        case TenantState.TRIAL if row.expires is not None and row.expires < today:
            return Treatment.EXPIRED
        case TenantState.TRIAL | TenantState.NOT_FOR_RESALE:
            return Treatment.SKIPPED
        case TenantState.PAID if mapping is not None and mapping.no_charge:
            return Treatment.NO_CHARGE
        case TenantState.PAID if row.users is not None:
            return Treatment.PAID
        case _:
            return Treatment.UNREADABLE


def count_seats(seats: Sequence[Seat], rows: int, ignored: int) -> ExportCounts:
    """Account for every row of the file; ``rows`` and ``ignored`` are the file's own counts."""
    count = Counter(seat.treatment for seat in seats)
    return ExportCounts(
        rows=rows,
        paid=count[Treatment.PAID],
        skipped=count[Treatment.SKIPPED],
        expired=count[Treatment.EXPIRED],
        no_charge=count[Treatment.NO_CHARGE],
        unreadable=count[Treatment.UNREADABLE],
        ignored=ignored,
    )
