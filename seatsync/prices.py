"""What one seat of a product costs a company a month, as far as the snapshot says so."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from seatsync.lines import Key, Lines, gather_lines, months_in_cycle
from seatsync.model import BILLABLE, Agreement, Book, ProductId
from seatsync.preview import LineView
from seatsync.rules import Rules


@dataclass(frozen=True, slots=True)
class Price:
    """What a seat costs for ``months``; ``included`` seats of the company are not billed."""

    unit: Decimal
    currency: str
    months: int = 1
    included: Decimal = Decimal(0)

    def monthly(self, seats: Decimal) -> Decimal:
        """Return what seats cost a month, none of them included."""
        return seats * self.unit / self.months


class PriceList:
    """The prices of one snapshot's lines, and of the catalogue where a company has no line that counts."""

    def __init__(self, book: Book, products: frozenset[ProductId], rules: Rules, today: date) -> None:
        self._products = book.products
        self._currency = rules.currency
        self._lines: Lines = gather_lines(book, products, rules.agreement_types, today, rules.currency)
        self._known: dict[Key, Price | None] = {}

    def price(self, key: Key) -> Price | None:
        """Return the price for a company and product; None when it is not known, or not one price alone."""
        if key not in self._known:
            counted = self._lines.counted.get(key, ())
            self._known[key] = (
                self._of_line(counted[0])
                if len(counted) == 1
                else None
                if counted
                else self._of_catalogue(key)
            )
        return self._known[key]

    def _of_line(self, line: LineView) -> Price | None:
        addition = line.addition
        if addition.bill_customer != BILLABLE:
            return Price(Decimal(0), self._in(line.agreement)) if addition.bill_customer else None
        months = months_in_cycle(line.agreement.cycle)
        if addition.unit_price is None or months is None:
            return None
        return Price(addition.unit_price, self._in(line.agreement), months, addition.less_included)

    def _of_catalogue(self, key: Key) -> Price | None:
        """Price seats without a line as a new line would be, where all of the company's agreements agree."""
        product = self._products.get(key[1])
        agreements = self._lines.eligible.get(key[0], ())
        terms = {(self._in(each), months_in_cycle(each.cycle)) for each in agreements}
        if product is None or product.price is None or len(terms) != 1:
            return None
        currency, months = terms.pop()
        return None if months is None else Price(product.price, currency, months)

    def _in(self, agreement: Agreement) -> str:
        return agreement.currency or self._currency
