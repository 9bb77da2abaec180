"""Judge the lines that no seat row of the export bills: orphaned, ending, duplicated, or locked, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from seatsync.lines import Key, monthly
from seatsync.model import CompanyId, SeatRow, number
from seatsync.preview import LineView, PreviewRow, SeenTenant
from seatsync.resolve import Resolver
from seatsync.rows import Ground, line_notes, multiple_reason, with_lines
from seatsync.seats import Seat, Treatment
from seatsync.status import Kind, Status, TenantState


@dataclass
class Absence:
    """What the absence of a company and product from the export is judged by.

    ``skip_orphans`` is set for an incomplete export: no line is called orphaned then.
    """

    ground: Ground
    seats: Sequence[Seat]
    resolver: Resolver
    seen: Sequence[SeenTenant]
    skip_orphans: bool

    @cached_property
    def _by_company(self) -> dict[CompanyId, list[Seat]]:
        found: dict[CompanyId, list[Seat]] = {}
        for seat in self.seats:
            if seat.company_id is not None:
                found.setdefault(seat.company_id, []).append(seat)
        return found

    @cached_property
    def _unresolved(self) -> tuple[tuple[Seat, frozenset[CompanyId]], ...]:
        """Pair each seat row whose company is open with the companies it could be."""
        return tuple(
            (seat, self.resolver.could_be(seat.row))
            for seat in self.seats
            if seat.company_id is None and seat.treatment not in (Treatment.EXPIRED, Treatment.NO_CHARGE)
        )

    @cached_property
    def _seen(self) -> dict[Key, SeenTenant]:
        """Find, by company and product, the last earlier sighting in an export."""
        found: dict[Key, SeenTenant] = {}
        for sighting in sorted(self.seen, key=lambda s: (s.uploaded_at, s.key, s.tier)):
            company = self.resolver.was(sighting.key, sighting.tenant)
            mapping = self.ground.tiers.get(sighting.tier)
            if company is not None and mapping is not None and mapping.product_id is not None:
                found[company, mapping.product_id] = sighting
        return found

    def of(self, company: CompanyId) -> Sequence[Seat]:
        """List the seat rows of a company, whatever their treatment."""
        return self._by_company.get(company, [])

    def lock(self, key: Key) -> str:
        """Say why the line must not be cancelled yet; empty when it may be."""
        company, product = key
        for seat in self.of(company):
            if seat.treatment is Treatment.PAID and seat.mapping is None:
                return f"{_named(seat.row)} is unmapped and may be the same seats. Map its license first."
            if seat.treatment is Treatment.UNREADABLE:
                return f"{_named(seat.row)} can't be read and may be the same seats. Mend the export first."
            if seat.treatment is Treatment.SKIPPED and not seat.row.tier:
                return f"{_named(seat.row)} is skipped and names no license: it may be the same seats."
        for seat, companies in self._unresolved:
            if company in companies and seat.product_id in (product, None):
                return f"{_named(seat.row)} has no company yet and could be this one. Pick its company first."
        return ""

    def evidence(self, key: Key) -> str:
        """Say what is known of how the seats went."""
        company, product = key
        for seat in self.of(company):
            if seat.treatment is Treatment.EXPIRED and seat.product_id in (product, None):
                return _expired(seat.row)
        for seat in self.of(company):
            if seat.treatment is Treatment.NO_CHARGE:
                return f'{seat.row.tenant} is on "{seat.row.tier}" now, which is no-charge.'
        sighting = self._seen.get(key)
        if sighting is not None:
            return (
                f'Last seen as "{sighting.tenant}" on "{sighting.tier}" in {sighting.export_name} '
                f"({sighting.uploaded_at:%Y-%m-%d})."
            )
        return "Never seen in an export."


def _named(row: SeatRow) -> str:
    name = " ".join((row.tenant or row.portal).split()) or "a blank tenant"
    return f"the export row of {name} (row {row.line})"


def _expired(row: SeatRow) -> str:
    what = "Deleted" if row.state is TenantState.DELETED else "Expired"
    on = f" on {row.expires}" if row.expires else ""
    return f"{what}{on} as {row.tenant} in this export."


def absent_row(absence: Absence, key: Key, *, shown: bool) -> PreviewRow | None:
    """Build the row of lines that the export does not bill; None when they need none.

    ``shown`` says that the export holds a skipped or repeated row of the same company and product, so that
    the line is no orphan.
    """
    ground = absence.ground
    lines = ground.lines.counted[key]
    base = with_lines(
        ground,
        PreviewRow(
            key=f"c{key[0]}-p{key[1]}",
            status=Status.MULTIPLE_ADDITIONS,
            reason=multiple_reason(lines),
            company=ground.book.companies.get(key[0]),
            product=ground.product(key[1]),
        ),
        lines,
    )
    if len(lines) > 1:
        return base
    line, addition = lines[0], lines[0].addition
    if shown or not addition.bills:
        return None
    notes = line_notes(line, ground.today)
    if addition.cancelled is not None:
        said = "Not in the export, and already cancelled."
        return replace(base, status=Status.NO_CHANGE, reason=" ".join((said, *notes)))
    if absence.skip_orphans:
        return None
    return _orphan(absence, key, base, line, notes)


def _orphan(absence: Absence, key: Key, base: PreviewRow, line: LineView, notes: Sequence[str]) -> PreviewRow:
    lock = absence.lock(key)
    money = monthly(line, line.addition.quantity)
    said = f"ConnectWise bills {number(line.addition.quantity)}, the export has no such seats."
    return replace(
        base,
        status=Status.ORPHANED,
        reason=" ".join(filter(None, (said, absence.evidence(key), lock and f"Locked: {lock}", *notes))),
        change=Kind.CANCEL,
        quantity_new=Decimal(0),
        selectable=not lock,
        locked=lock,
        monthly_delta=None if money is None else -money,
    )
