"""Build one preview row from seat rows of the export: its status, numbers, money and reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from seatsync.lines import Key, Lines, monthly
from seatsync.model import (
    BILLABLE,
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Product,
    ProductId,
    SeatRow,
    TierMapping,
    decimals,
    number,
)
from seatsync.preview import LineView, PreviewRow, Trail
from seatsync.rules import Rules
from seatsync.seats import Seat, Treatment
from seatsync.status import Decision, Kind, Status
from seatsync.tiers import near_miss


@dataclass(frozen=True)
class Ground:
    """What every row is judged against; ``tiers`` are the mapped ones."""

    book: Book
    lines: Lines
    today: date
    rules: Rules
    agreements: Mapping[str, AgreementId]
    tiers: Mapping[str, TierMapping]

    def product(self, product: ProductId) -> Product:
        """Return a product, or a stand-in for one that left the catalogue."""
        return self.book.products.get(product) or Product(product, f"product {product}", inactive=True)

    def currency(self, agreement: Agreement) -> str:
        """Return the currency of an agreement's lines."""
        return agreement.currency or self.rules.currency


def group_row(ground: Ground, key: Key, parts: Sequence[Seat], *, repeated: bool) -> PreviewRow:
    """Build the row of one company and product from its seat rows.

    ``repeated`` says that further seat rows of the same company and product stand twice in the file.
    """
    company, product = ground.book.companies[key[0]], ground.product(key[1])
    rows = tuple(
        sorted((seat.row for seat in parts), key=lambda row: (row.tenant.casefold(), row.key, row.tier))
    )
    base = PreviewRow(
        key=f"c{company.id}-p{product.id}",
        status=Status.UNREADABLE,
        reason="",
        parts=rows,
        company=company,
        product=product,
        match=" ".join(dict.fromkeys(f"{s.row.tenant}: {s.resolution.reason}" for s in parts)),
        trails=_trails(parts),
    )
    base = with_lines(ground, base, ground.lines.counted.get(key, ()))
    unreadable = [seat.row for seat in parts if seat.treatment is Treatment.UNREADABLE]
    if unreadable or repeated:
        reasons = [str(row.problem) for row in unreadable]
        if repeated:
            reasons.append("Other rows of this company and product stand twice in the export.")
        if repeated or len(rows) > len(unreadable):
            reasons.append("A partial sum is not pushed.")
        return replace(base, reason=" ".join(reasons))
    base = replace(base, quantity_new=decimals([row.users for row in rows if row.users is not None]))
    if len(base.lines) > 1:
        row = replace(base, status=Status.MULTIPLE_ADDITIONS, reason=multiple_reason(base.lines))
    elif base.lines:
        row = _compared(base, base.lines[0], ground.today)
    else:
        row = _without_line(ground, key, base)
    said = (_sum(rows), row.reason, *_flags(parts))
    return replace(row, reason=" ".join(filter(None, said)))


def _trails(parts: Sequence[Seat]) -> tuple[Trail, ...]:
    """Tell each tenant's way to its company once, however many licenses it has."""
    found: dict[tuple[str, str], Trail] = {}
    for seat in sorted(parts, key=lambda seat: (seat.row.tenant.casefold(), seat.row.key, seat.row.line)):
        row = seat.row
        trail = Trail(row.key, row.portal or row.tenant, row.tenant, row.line, seat.resolution)
        found.setdefault((row.key, row.tenant), trail)
    return tuple(found.values())


def _flags(parts: Sequence[Seat]) -> tuple[str, ...]:
    """Repeat on the row what a person should check about its links."""
    if any(seat.resolution.renamed for seat in parts):
        return ("Renamed since it was linked: check.",)
    return ()


def _sum(rows: Sequence[SeatRow]) -> str:
    if len(rows) < 2:
        return ""
    parts = [(row.tenant, row.users or Decimal(0)) for row in rows]
    listed = " + ".join(f"{tenant} {number(users)}" for tenant, users in parts)
    return f"{listed} = {number(decimals([users for _, users in parts]))}."


def with_lines(ground: Ground, row: PreviewRow, lines: tuple[LineView, ...]) -> PreviewRow:
    """Put the counted lines of its company and product on a row."""
    if not lines:
        return row
    one = lines[0] if len(lines) == 1 else None
    return replace(
        row,
        lines=lines,
        agreement=one.agreement if one else None,
        quantity_now=decimals([view.addition.quantity for view in lines]),
        unit_price=one.addition.unit_price if one else None,
        currency=ground.currency(lines[0].agreement),
    )


def multiple_reason(lines: Sequence[LineView]) -> str:
    """List the lines that bill the same product."""
    listed = "; ".join(
        f"{view.agreement.name}, line {view.addition.id}, {number(view.addition.quantity)} seats"
        for view in lines
    )
    return (
        f"{len(lines)} lines bill this product ({listed}). Resolve the duplicate in ConnectWise, "
        "or narrow the agreement types."
    )


def line_notes(line: LineView, today: date) -> tuple[str, ...]:
    """Say what is special about a line: that it bills nothing, is not monthly, starts or ends later."""
    addition, agreement = line.addition, line.agreement
    notes = []
    if addition.bill_customer != BILLABLE:
        kind = addition.bill_customer
        notes.append(f"The line is {kind}, so it bills nothing." if kind else "Whether it bills is not said.")
    elif addition.unit_price is None:
        notes.append("The line has no unit price, so its money effect is unknown.")
    elif monthly(line, Decimal(1)) is None:
        notes.append(f'Its billing cycle "{agreement.cycle}" is left out of the monthly total.')
    elif agreement.cycle and "month" not in agreement.cycle.casefold():
        notes.append(f'The money is converted to a month from the billing cycle "{agreement.cycle}".')
    if addition.less_included:
        notes.append(f"{number(addition.less_included)} included seats are not billed.")
    if addition.effective is not None and addition.effective > today:
        notes.append(f"The line starts on {addition.effective}.")
    if addition.cancelled is not None:
        notes.append(f"The line ends on {addition.cancelled}.")
    return tuple(notes)


def _compared(row: PreviewRow, line: LineView, today: date) -> PreviewRow:
    now, new = line.addition.quantity, row.quantity_new or Decimal(0)
    notes = line_notes(line, today)
    if now == new:
        said = f"ConnectWise bills {number(now)}, as the export says."
        return replace(row, status=Status.NO_CHANGE, reason=" ".join((said, *notes)))
    said = f"ConnectWise bills {number(now)}, the export says {number(new)}."
    chosen = True
    if new == 0:
        chosen, said = False, f"The export says 0; ConnectWise bills {number(now)}. Check before choosing it."
    elif line.addition.cancelled is not None:
        chosen = False
    before, after = monthly(line, now), monthly(line, new)
    return replace(
        row,
        status=Status.READY,
        reason=" ".join((said, *notes)),
        change=Kind.UPDATE,
        selectable=True,
        selected=chosen,
        monthly_delta=None if before is None or after is None else after - before,
    )


def _without_line(ground: Ground, key: Key, row: PreviewRow) -> PreviewRow:
    seats, product = row.quantity_new or Decimal(0), ground.product(key[1])
    if seats == 0:
        return replace(
            row, status=Status.NO_CHANGE, reason="The export says 0 and no line bills this product."
        )
    billing = ground.lines.billing
    eligible = sorted(ground.lines.eligible.get(key[0], ()), key=lambda a: (a.id not in billing, a.id))
    chosen = ground.agreements.get(row.key)
    agreement = next((a for a in eligible if a.id == chosen), eligible[0] if len(eligible) == 1 else None)
    gone = product.inactive
    price, money = product.price, None
    if agreement is not None and price is not None:
        line = LineView(Addition(AdditionId(0), agreement.id, product.id, seats, unit_price=price), agreement)
        money = monthly(line, seats)
    return replace(
        row,
        status=Status.NO_ADDITION,
        reason=" ".join((_where(eligible, agreement, product, seats), *_twins(ground, key))),
        agreement=agreement,
        agreements=tuple(eligible),
        change=Kind.CREATE,
        selectable=agreement is not None and not gone,
        unit_price=price,
        monthly_delta=money,
        currency=ground.currency(agreement) if agreement else "",
    )


def _where(
    eligible: Sequence[Agreement], agreement: Agreement | None, product: Product, seats: Decimal
) -> str:
    if product.inactive:
        return f"{product.identifier} is not active in the catalogue, so no line can be added for it."
    if agreement is not None:
        price = "" if product.price is not None else " The catalogue has no price for it."
        said = f"No line bills {product.identifier}; {number(seats)} seats can be added to {agreement.name}."
        return said + price
    if not eligible:
        return (
            f"No line bills {product.identifier}, and the company has no agreement that counts to add it to."
        )
    listed = ", ".join(f"{a.name} ({a.id})" for a in eligible)
    return f"No line bills {product.identifier}. Choose the agreement to add it to: {listed}."


def _twins(ground: Ground, key: Key) -> tuple[str, ...]:
    """Name the lines of the same product that don't count, so that no twin is made unawares."""
    return tuple(
        f"A line of it with {number(view.addition.quantity)} seats stands {why}: check before adding another."
        for view, why in ground.lines.uncounted.get(key, ())
    )


def seat_row(ground: Ground, seat: Seat) -> PreviewRow:
    """Build the row of one seat row that is not summed: skipped, unreadable, unresolved or unmapped."""
    row, resolution = seat.row, seat.resolution
    company = ground.book.companies.get(seat.company_id) if seat.company_id is not None else None
    base = PreviewRow(
        key=seat.key,
        status=Status.UNREADABLE,
        reason=str(row.problem or ""),
        parts=(row,),
        company=company,
        product=ground.product(seat.product_id) if seat.product_id is not None else None,
        quantity_new=row.users,
        candidates=resolution.candidates if company is None else (),
        suggestion="" if seat.mapping or not row.tier else near_miss(row.tier, ground.tiers) or "",
        match=resolution.reason,
        trails=_trails((seat,)),
    )
    match seat.treatment:
        case Treatment.UNREADABLE:
            return replace(base, quantity_new=None)
        case Treatment.SKIPPED:
            base = replace(base, status=Status.SKIPPED, reason=_skipped(seat))
            if seat.company_id is None or seat.product_id is None:
                return base
            return with_lines(ground, base, ground.lines.counted.get((seat.company_id, seat.product_id), ()))
        case _:
            return _unresolved(base, seat)


def _skipped(seat: Seat) -> str:
    what = "Not for resale" if seat.row.state == "not_for_resale" else "Proof of concept"
    until = f" until {seat.row.expires}" if seat.row.expires and what == "Proof of concept" else ""
    return f'{what}{until} ("{seat.row.raw_state}" in the export): not billed.'


def _unresolved(row: PreviewRow, seat: Seat) -> PreviewRow:
    tier = f'The license "{seat.row.tier}" has no mapping.'
    if row.suggestion:
        tier += f' It is nearly "{row.suggestion}": map it, if it is the same.'
    if row.company is not None:
        return replace(
            row,
            status=Status.LICENSE_UNMAPPED,
            reason=" ".join((tier, "Map it to a product, or mark it no-charge.", *_flags((seat,)))),
        )
    ambiguous = seat.resolution.decision is Decision.AMBIGUOUS
    said = (seat.resolution.reason, "" if seat.mapping else tier)
    return replace(
        row,
        status=Status.AMBIGUOUS if ambiguous else Status.UNMATCHED,
        reason=" ".join(filter(None, said)),
    )
