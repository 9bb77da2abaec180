"""Join the export with the book, company by product, and give every preview row one status and its reason."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from seatsync.absent import Absence, absent_row
from seatsync.completeness import Evidence, find_incomplete
from seatsync.lines import Key, Lines, gather_lines
from seatsync.model import (
    AgreementId,
    Book,
    Link,
    Rejection,
    SeatRow,
    TierMapping,
)
from seatsync.preview import ExportCounts, Preview, PreviewRow, SeenTenant, Totals
from seatsync.resolve import Resolver
from seatsync.rows import Ground, group_row, seat_row
from seatsync.rules import Rules
from seatsync.seats import Seat, Treatment, count_seats, sort_seats
from seatsync.status import Status
from seatsync.sums import add_up
from seatsync.tiers import mapped_products
from seatsync.unknowns import Unknowns

_ORDER = {status: place for place, status in enumerate(Status)}
_ON_ROWS = (Treatment.PAID, Treatment.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that one preview is computed from.

    ``rows`` and ``ignored`` are the file's own counts. ``baseline`` holds the keys of the paid tenants of the
    last accepted export, None without one. ``declared`` says that a person called the file complete.
    ``agreements`` are the choices, by row key, of where a create goes. ``rejections`` are the companies that
    a person ruled out for a tenant, ``unknowns`` the lines that an earlier write may have changed.
    """

    seat_rows: Sequence[SeatRow]
    rows: int
    ignored: int
    truncated: bool
    book: Book
    mappings: Sequence[TierMapping]
    links: Sequence[Link]
    today: date
    rules: Rules = field(default_factory=Rules)
    baseline: frozenset[str] | None = None
    baseline_name: str = ""
    seen: Sequence[SeenTenant] = ()
    declared: bool = False
    agreements: Mapping[str, AgreementId] = field(default_factory=dict)
    rejections: Sequence[Rejection] = ()
    unknowns: Unknowns = field(default_factory=Unknowns)


def reconcile(given: Inputs) -> Preview:
    """Compute the preview; the same inputs in any order give the same preview."""
    mappings = {mapping.tier: mapping for mapping in given.mappings}
    products = mapped_products(given.mappings)
    rules = given.rules
    lines = gather_lines(given.book, products, rules.agreement_types, given.today, rules.currency)
    resolver = Resolver(given.book.companies, given.links, given.rejections)
    seats = sort_seats(given.seat_rows, mappings, resolver, given.today)
    incomplete = "" if given.declared else find_incomplete(_evidence(given, seats, lines), given.rules)
    ground = Ground(given.book, lines, given.today, given.rules, given.agreements, mappings)
    absence = Absence(ground, seats, resolver, given.seen, skip_orphans=bool(incomplete))
    built = list(_rows(ground, seats, absence))
    rows = sorted((given.unknowns.hold_back(row) for row in built if row is not None), key=_place)
    counts = count_seats(seats, given.rows, given.ignored)
    return Preview(
        rows=tuple(rows),
        counts=counts,
        totals=total(rows),
        billed=lines.billed,
        incomplete=incomplete,
        left_out=_left_out(counts, silent=0 if incomplete else built.count(None)),
        new_links=resolver.new_links(seat.row for seat in seats),
    )


def _evidence(given: Inputs, seats: Sequence[Seat], lines: Lines) -> Evidence:
    billed = {c for (c, _), views in lines.counted.items() if any(v.addition.bills for v in views)}
    return Evidence(
        usable=sum(seat.treatment in (Treatment.PAID, Treatment.NO_CHARGE) for seat in seats),
        truncated=given.truncated,
        keys={seat.row.key for seat in seats},
        baseline=given.baseline,
        baseline_name=given.baseline_name,
        billed=billed,
        present={seat.company_id for seat in seats if seat.company_id is not None},
    )


def _rows(ground: Ground, seats: Sequence[Seat], absence: Absence) -> Iterator[PreviewRow | None]:
    """Yield every preview row, and None for each billing line that needs no row."""
    summed: set[str] = set()
    for key, members in _joined(seats, ground.lines):
        parts = [seat for seat in members if seat.treatment in _ON_ROWS and not seat.repeated]
        summed.update(seat.key for seat in parts)
        if parts:
            yield group_row(ground, key, parts, repeated=any(seat.repeated for seat in members))
        elif key in ground.lines.counted:
            row = absent_row(absence, key, shown=bool(members))
            if row is not None or not members:
                yield row
    for seat in seats:
        if seat.key not in summed and seat.treatment in (*_ON_ROWS, Treatment.SKIPPED):
            yield seat_row(ground, seat)


def _joined(seats: Sequence[Seat], lines: Lines) -> Iterator[tuple[Key, list[Seat]]]:
    """Join seats with counted lines on company and product; yield each key, sorted, with its seats, if any.

    Seats without a company or a product stay out.
    """
    members: dict[Key, list[Seat]] = {key: [] for key in lines.counted}
    for seat in seats:
        if seat.company_id is None or seat.product_id is None:
            continue
        if seat.treatment in (*_ON_ROWS, Treatment.SKIPPED):
            members.setdefault((seat.company_id, seat.product_id), []).append(seat)
    yield from sorted(members.items(), key=itemgetter(0))


def _place(row: PreviewRow) -> tuple[int, str, str]:
    name = row.company.name if row.company else row.parts[0].tenant if row.parts else ""
    return _ORDER[row.status], name.casefold(), row.key


def total(rows: Iterable[PreviewRow]) -> Totals:
    """Count rows by status, and add up seats and money over the rows chosen by default."""
    listed = list(rows)
    chosen = add_up(row for row in listed if row.selected)
    counts = Counter(row.status for row in listed)
    return Totals(counts, chosen.seats_now, chosen.seats_new, chosen.money)


def _left_out(counts: ExportCounts, silent: int) -> tuple[str, ...]:
    said = (
        (counts.expired, "export row", "expired or deleted"),
        (counts.no_charge, "export row", "on a no-charge license"),
        (counts.ignored, "export row", "blank or totals"),
        (silent, "billing line", "not in the export and without anything to decide"),
    )
    return tuple(f"{count} {noun}{'' if count == 1 else 's'} {what}" for count, noun, what in said if count)
