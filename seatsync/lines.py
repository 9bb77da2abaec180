"""Which lines of ConnectWise count, by company and product, and what they bill a month."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from seatsync.model import BILLABLE, Addition, Agreement, AgreementId, Book, CompanyId, ProductId
from seatsync.preview import Billed, LineView

Key = tuple[CompanyId, ProductId]

# Names of billing cycles, as a ConnectWise administrator words them; money of an unknown one is left out.
_CYCLES: tuple[tuple[re.Pattern[str], int | None], ...] = (
    (re.compile(r"bi.?annual|biennial|(two|2|three|3) year"), None),
    (re.compile(r"semi.?annual|half.?year|6 month|six month"), 6),
    (re.compile(r"quarter|3 month|three month"), 3),
    (re.compile(r"annual|year|12 month"), 12),
    (re.compile(r"^(calendar |per )?month(ly)?$"), 1),
)


@dataclass(frozen=True)
class Lines:
    """The lines of mapped products: those that count and those that don't, by company and product.

    ``billing`` are the agreements that hold a counted line, ``eligible`` a company's agreements that count.
    """

    counted: Mapping[Key, tuple[LineView, ...]]
    uncounted: Mapping[Key, tuple[tuple[LineView, str], ...]]
    eligible: Mapping[CompanyId, tuple[Agreement, ...]]
    billing: frozenset[AgreementId]
    billed: Billed


def gather_lines(
    book: Book, products: Collection[ProductId], types: frozenset[str], today: date, currency: str
) -> Lines:
    """Sort the book's lines of ``products`` into those that count on ``today`` and those that don't.

    ``types`` is the team's filter on agreement types, empty for every type; ``currency`` is the one of an
    agreement that names none.
    """
    wanted = frozenset(products)
    counted: dict[Key, list[LineView]] = {}
    uncounted: dict[Key, list[tuple[LineView, str]]] = {}
    for addition in sorted(book.additions, key=lambda a: a.id):
        agreement = book.agreements.get(addition.agreement_id)
        if agreement is None or addition.product_id not in wanted:
            continue
        key = (agreement.company_id, addition.product_id)
        view = LineView(addition, agreement)
        why = _why_not(addition, agreement, types, today)
        if why:
            uncounted.setdefault(key, []).append((view, why))
        else:
            counted.setdefault(key, []).append(view)
    eligible = {
        company: tuple(a for a in agreements if not a.ineligible(today, types))
        for company, agreements in book.agreements_of.items()
    }
    return Lines(
        {key: tuple(views) for key, views in counted.items()},
        {key: tuple(views) for key, views in uncounted.items()},
        eligible,
        frozenset(view.agreement.id for views in counted.values() for view in views),
        _billed([view for views in counted.values() for view in views], currency),
    )


def _why_not(addition: Addition, agreement: Agreement, types: frozenset[str], today: date) -> str:
    reason = agreement.ineligible(today, types)
    if reason:
        return (
            f"in {agreement.name}, which is {reason}"
            if not reason.startswith(("starts", "ended"))
            else (f"in {agreement.name}, which {reason}")
        )
    if addition.ended(today):
        return f"in {agreement.name}, cancelled on {addition.cancelled}"
    return ""


def months_in_cycle(cycle: str) -> int | None:
    """Return how many months a billing cycle spans; None when its name is not one that can be converted.

    An agreement without a billing cycle is taken as monthly, which is what ConnectWise makes a new one.
    """
    name = cycle.strip().casefold()
    if not name:
        return 1
    for pattern, months in _CYCLES:
        if pattern.search(name):
            return months
    return None


def monthly(line: LineView, quantity: Decimal) -> Decimal | None:
    """Return what a line would bill a month with ``quantity`` seats; None when that can't be said.

    Included seats are not billed, and a line that is not billable bills nothing.
    """
    addition = line.addition
    if addition.bill_customer != BILLABLE:
        return Decimal(0) if addition.bill_customer else None
    months = months_in_cycle(line.agreement.cycle)
    if addition.unit_price is None or months is None:
        return None
    return max(quantity - addition.less_included, Decimal(0)) * addition.unit_price / months


def _billed(views: Collection[LineView], currency: str) -> Billed:
    seats = Decimal(0)
    revenue: dict[str, Decimal] = {}
    for view in views:
        if view.addition.bill_customer == BILLABLE:
            seats += view.addition.quantity
        amount = monthly(view, view.addition.quantity)
        if amount:
            code = view.agreement.currency or currency
            revenue[code] = revenue.get(code, Decimal(0)) + amount
    return Billed(len(views), seats, revenue)
