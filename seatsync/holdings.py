"""Who held how many seats in each kept export: one strand a tenant and license, followed over the files."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from seatsync.lines import Key
from seatsync.model import Book, CompanyId, Link, ProductId, SeatRow, TierMapping, portal_key
from seatsync.months import Dated
from seatsync.prices import PriceList
from seatsync.rules import Rules
from seatsync.seats import Treatment, treat

Amounts = tuple[Decimal | None, ...]

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Held:
    """One seat row: the place of its file, and what becomes of it; only a paid one counts."""

    file: int
    row: SeatRow
    treatment: Treatment

    @property
    def seats(self) -> Decimal | None:
        """The seats that count; None where the row does not."""
        return self.row.users if self.treatment is Treatment.PAID else None


@dataclass(frozen=True, slots=True)
class Strand:
    """One tenant on one license over all files, by their places; ``tenant`` is its latest name.

    ``seats`` are those that count, 0 where there is none and None where no row of a file can be read, of
    which ``unread`` counts. ``money`` is a month's at the prices of the snapshot, in ``currency``; None where
    seats or price are not known. ``company`` is the name of ``company_id``, empty while it is not linked;
    ``said`` is all that a search looks at, case folded.
    """

    key: str
    tier: str
    tenant: str
    portal: str
    company_id: CompanyId | None
    company: str
    product_id: ProductId | None
    product: str
    rows: tuple[Held, ...]
    seats: Amounts
    unread: tuple[int, ...]
    said: str
    money: Amounts = ()
    currency: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A kept export with the account of its rows: ``counts`` by treatment; ``by_name`` without portals."""

    dated: Dated
    counts: Mapping[Treatment, int]
    by_name: bool = False


@dataclass(frozen=True)
class Holdings:
    """The kept exports in time order, and every strand that occurs in them.

    ``currency`` is the team's own. ``older`` counts the kept exports that are not looked at.
    """

    files: tuple[File, ...] = ()
    strands: tuple[Strand, ...] = ()
    currency: str = ""
    older: int = 0


@dataclass(frozen=True)
class Ground:
    """What seat rows are read against: the choices of the team, and its snapshot where there is one."""

    mappings: Sequence[TierMapping]
    links: Sequence[Link]
    book: Book | None
    rules: Rules
    today: date


def gather_holdings(files: Sequence[tuple[Dated, Sequence[SeatRow]]], ground: Ground) -> Holdings:
    """Follow every tenant and license over the files, which are in time order."""
    mapped = {mapping.tier: mapping for mapping in ground.mappings}
    by_name = [bool(rows) and not any(row.portal for row in rows) for _, rows in files]
    portals = _portals_by_name(rows for (_, rows), named in zip(files, by_name, strict=True) if not named)
    found: dict[tuple[str, str], list[Held]] = {}
    accounts = []
    for place, (dated, rows) in enumerate(files):
        counts: Counter[Treatment] = Counter()
        for row in rows:
            treatment = treat(row, mapped.get(row.tier), ground.today)
            counts[treatment] += 1
            key = portals.get(row.key, row.key) if by_name[place] else row.key
            found.setdefault((key, row.tier), []).append(Held(place, row, treatment))
        accounts.append(File(dated, counts, by_name[place]))
    names = _Names(ground)
    strands = [names.strand(key, mapped.get(key[1]), held, len(files)) for key, held in sorted(found.items())]
    return Holdings(tuple(accounts), tuple(_priced(strands, ground)), ground.rules.currency)


def _portals_by_name(files: Iterable[Sequence[SeatRow]]) -> Mapping[str, str]:
    """Find the one portal that bears a name, to recognise the tenant in a file that has no portals."""
    found: dict[str, set[str]] = {}
    for rows in files:
        for row in rows:
            found.setdefault(portal_key(row.tenant), set()).add(row.key)
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


class _Names:
    """The companies of tenants and the products of licenses, by the choices saved."""

    def __init__(self, ground: Ground) -> None:
        self._links = {link.key: link for link in ground.links}
        self._companies = ground.book.companies if ground.book else {}
        self._products = ground.book.products if ground.book else {}

    def strand(
        self, key: tuple[str, str], mapping: TierMapping | None, held: Sequence[Held], files: int
    ) -> Strand:
        tenant, tier = key
        link = self._links.get(tenant) or self._links.get(held[-1].row.key)
        company = self._companies.get(link.company_id) if link else None
        product = mapping.product_id if mapping else None
        named = self._products.get(product) if product is not None else None
        seats: list[Decimal | None] = [_NONE] * files
        unread, read = [0] * files, [False] * files
        for each in held:
            if each.treatment is Treatment.UNREADABLE:
                unread[each.file] += 1
            elif each.treatment is Treatment.PAID:
                seats[each.file] = (seats[each.file] or _NONE) + (each.row.users or _NONE)
                read[each.file] = True
        for file in range(files):
            if unread[file] and not read[file]:
                seats[file] = None
        portal = next((each.row.portal for each in reversed(held) if each.row.portal), "")
        said = (company.name if company else link.company_name) if link else ""
        identifier = named.identifier if named else f"product {product}" if product is not None else ""
        names = dict.fromkeys(each.row.tenant for each in held)
        return Strand(
            key=tenant,
            tier=tier,
            tenant=held[-1].row.tenant,
            portal=portal,
            company_id=link.company_id if link else None,
            company=said,
            product_id=product,
            product=identifier,
            rows=tuple(held),
            seats=tuple(seats),
            unread=tuple(unread),
            said="\n".join((*names, portal, tier, said, identifier)).casefold(),
        )


def _priced(strands: Sequence[Strand], ground: Ground) -> Iterable[Strand]:
    """Put a month's money on each strand; what a line includes is taken off its first strands."""
    products = frozenset(each.product_id for each in strands if each.product_id is not None)
    prices = PriceList(ground.book, products, ground.rules, ground.today) if ground.book else None
    left: dict[Key, list[Decimal]] = {}
    for strand in strands:
        company, product = strand.company_id, strand.product_id
        price = None
        if prices is not None and company is not None and product is not None:
            price = prices.price((company, product))
        if price is None or company is None or product is None:
            yield replace(strand, money=tuple(_NONE if seats == 0 else None for seats in strand.seats))
            continue
        included = left.setdefault((company, product), [price.included] * len(strand.seats))
        money: list[Decimal | None] = []
        for place, seats in enumerate(strand.seats):
            free = min(included[place], seats or _NONE)
            included[place] -= free
            money.append(None if seats is None else price.monthly(seats - free))
        yield replace(strand, money=tuple(money), currency=price.currency)
