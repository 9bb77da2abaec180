"""What a scan found changed since the one before: companies, agreements and additions, before and after."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from seatsync.model import Addition, Agreement, Book, Company, ProductId

MOST = 200
"""How many changes of one kind are kept by name; the others are counted."""

R = TypeVar("R", Company, Agreement, Addition)


class Records(StrEnum):
    """The kinds of record that are compared; the values are the words on screen."""

    COMPANIES = "Companies"
    AGREEMENTS = "Agreements"
    ADDITIONS = "Additions"


class What(StrEnum):
    """The kinds of change, in the order in which they are told."""

    COMPANY_NEW = "company_new"
    COMPANY_RENAMED = "company_renamed"
    COMPANY_GONE = "company_gone"
    AGREEMENT_NEW = "agreement_new"
    AGREEMENT_RENAMED = "agreement_renamed"
    AGREEMENT_ENDED = "agreement_ended"
    AGREEMENT_STATUS = "agreement_status"
    AGREEMENT_GONE = "agreement_gone"
    ADDITION_NEW = "addition_new"
    ADDITION_QUANTITY = "addition_quantity"
    ADDITION_PRICE = "addition_price"
    ADDITION_BILLING = "addition_billing"
    ADDITION_CANCELLED = "addition_cancelled"
    ADDITION_RESUMED = "addition_resumed"
    ADDITION_GONE = "addition_gone"

    @property
    def records(self) -> Records:
        """The kind of record that changed."""
        return _RECORDS[self.value.partition("_")[0]]

    @property
    def label(self) -> str:
        """The word on screen, beside the kind of record."""
        return _LABELS.get(self, self.value.partition("_")[2].capitalize())


_RECORDS = {
    "company": Records.COMPANIES,
    "agreement": Records.AGREEMENTS,
    "addition": Records.ADDITIONS,
}
_LABELS = {
    What.AGREEMENT_STATUS: "Status changed",
    What.ADDITION_QUANTITY: "Quantity changed",
    What.ADDITION_PRICE: "Price changed",
    What.ADDITION_BILLING: "Billing changed",
    What.ADDITION_RESUMED: "Bills again",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two books differ: the record of each, None in the book that lacks it."""

    what: What
    before: Company | Agreement | Addition | None
    after: Company | Agreement | Addition | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A change by name; what does not apply is empty. A new record has no ``before``."""

    what: What
    company: str
    agreement: str = ""
    product: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotChanges:
    """What changed since the snapshot taken at ``since``; ``counts`` covers more than the ``entries``.

    Additions are told where a license was mapped to their product; the changes of all ``others`` are counted.
    """

    since: datetime
    counts: Mapping[What, int] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    others: int = 0

    def of(self, records: Records) -> int:
        """Count the changes of one kind of record."""
        return sum(many for what, many in self.counts.items() if what.records is records)


def standing(agreement: Agreement, day: date) -> str:
    """Say where an agreement stands on a day: ``active``, ``cancelled``, ``ended on 2026-11-10`` ..."""
    return agreement.ineligible(day) or "active"


def _over(stands: str) -> bool:
    return stands in ("cancelled", "expired") or stands.startswith("ended on")


def compare(before: Book, after: Book, days: tuple[date, date]) -> tuple[Difference, ...]:
    """List in what two books differ, as they stood on two days; applied to the first, they give the second.

    A company marked as deleted counts as gone. A line that moved to another agreement or product, or an
    agreement that moved to another company, is gone from one place and new in the other.
    """
    companies = _pairs(_present(before), _present(after), lambda company: company.id)
    agreements = _pairs(
        before.agreements.values(), after.agreements.values(), lambda found: (found.id, found.company_id)
    )
    additions = _pairs(
        before.additions, after.additions, lambda line: (line.id, line.agreement_id, line.product_id)
    )
    found = [each for old, new in companies for each in _company(old, new)]
    found += [each for old, new in agreements for each in _agreement(old, new, days)]
    found += [each for old, new in additions if old != new for each in _addition(old, new)]
    return tuple(found)


def _present(book: Book) -> list[Company]:
    return [company for company in book.companies.values() if not company.deleted]


def _pairs(
    before: Iterable[R], after: Iterable[R], key: Callable[[R], Hashable]
) -> list[tuple[R | None, R | None]]:
    """Put the records of two books side by side."""
    left = {key(record): record for record in before}
    pairs: list[tuple[R | None, R | None]] = [(left.pop(key(record), None), record) for record in after]
    return pairs + [(record, None) for record in left.values()]


def _company(old: Company | None, new: Company | None) -> Iterable[Difference]:
    if old is None or new is None:
        yield Difference(What.COMPANY_NEW if old is None else What.COMPANY_GONE, old, new)
    elif old.name != new.name:
        yield Difference(What.COMPANY_RENAMED, old, new)


def _agreement(old: Agreement | None, new: Agreement | None, days: tuple[date, date]) -> Iterable[Difference]:
    if old is None or new is None:
        yield Difference(What.AGREEMENT_NEW if old is None else What.AGREEMENT_GONE, old, new)
        return
    if old.name != new.name:
        yield Difference(What.AGREEMENT_RENAMED, old, new)
    was, stands = standing(old, days[0]), standing(new, days[1])
    if was != stands:
        ended = _over(stands) and not _over(was)
        yield Difference(What.AGREEMENT_ENDED if ended else What.AGREEMENT_STATUS, old, new)


def _addition(old: Addition | None, new: Addition | None) -> Iterable[Difference]:
    if old is None or new is None:
        yield Difference(What.ADDITION_NEW if old is None else What.ADDITION_GONE, old, new)
        return
    if old.quantity != new.quantity:
        yield Difference(What.ADDITION_QUANTITY, old, new)
    if old.unit_price != new.unit_price:
        yield Difference(What.ADDITION_PRICE, old, new)
    if old.bill_customer != new.bill_customer:
        yield Difference(What.ADDITION_BILLING, old, new)
    if old.cancelled != new.cancelled:
        yield Difference(What.ADDITION_CANCELLED if new.cancelled else What.ADDITION_RESUMED, old, new)


def tell_changes(
    before: Book,
    after: Book,
    times: tuple[datetime, datetime],
    products: Collection[ProductId],
    most: int = MOST,
) -> SnapshotChanges:
    """Say by name what changed between two books, taken at two times; ``products`` are those that count.

    Of each kind of change at most ``most`` are named, those first in the alphabet.
    """
    days = (times[0].date(), times[1].date())
    counts: Counter[What] = Counter()
    entries: list[Entry] = []
    others = 0
    for difference in compare(before, after, days):
        line = difference.after or difference.before
        if isinstance(line, Addition) and line.product_id not in products:
            others += 1
            continue
        counts[difference.what] += 1
        entries.append(_entry(difference, before, after, days))
    order = {what: place for place, what in enumerate(What)}
    entries.sort(key=lambda entry: (order[entry.what], entry.company.casefold(), entry.agreement.casefold()))
    named: Counter[What] = Counter()
    kept = []
    for entry in entries:
        named[entry.what] += 1
        if named[entry.what] <= most:
            kept.append(entry)
    return SnapshotChanges(times[0], dict(counts), tuple(kept), others)


def _entry(difference: Difference, before: Book, after: Book, days: tuple[date, date]) -> Entry:
    what, old, new = difference.what, difference.before, difference.after
    then, now = _value(what, old, days[0]), _value(what, new, days[1])
    record = new if new is not None else old
    book = after if new is not None else before
    match record:
        case Company():
            return Entry(what, record.name, before=then, after=now)
        case Agreement():
            return Entry(what, _company_name(book, record), record.name, before=then, after=now)
        case Addition():
            agreement = book.agreements.get(record.agreement_id)
            product = book.products.get(record.product_id)
            return Entry(
                what,
                _company_name(book, agreement) if agreement else "",
                agreement.name if agreement else "",
                product.identifier if product else "",
                then,
                now,
            )
        case _:
            raise ValueError("a difference without a record")


def _company_name(book: Book, agreement: Agreement) -> str:
    company = book.companies.get(agreement.company_id)
    return company.name if company else ""


def _value(what: What, record: Company | Agreement | Addition | None, day: date) -> str:
    """Write what a change is about, as it stood in one book; empty where there was nothing."""
    match record:
        case None:
            return ""
        case Company():
            return record.name
        case Agreement():
            return record.name if what is What.AGREEMENT_RENAMED else standing(record, day)
        case Addition():
            return _line_value(what, record)


def _line_value(what: What, line: Addition) -> str:
    match what:
        case What.ADDITION_PRICE:
            return "" if line.unit_price is None else _number(line.unit_price)
        case What.ADDITION_BILLING:
            return line.bill_customer
        case What.ADDITION_CANCELLED | What.ADDITION_RESUMED:
            return f"last day {line.cancelled}" if line.cancelled else "no last day"
        case _:
            until = f", last day {line.cancelled}" if line.cancelled and what is What.ADDITION_NEW else ""
            return _number(line.quantity) + until


def _number(value: Decimal) -> str:
    return f"{value.normalize():,f}" if value else "0"
