"""A ConnectWise in memory that keeps account of every write, with mishaps and other editors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from seatsync.connectwise.drafts import Drafts
from seatsync.errors import ConnectWiseError, NotNow
from seatsync.model import (
    BILLABLE,
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    OperationId,
    Product,
    ProductId,
)
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.ports import Check, Progress, Written, nothing

from .worlds import Leaving

TODAY = date(2026, 11, 22)
NAMES = ("Tarnwick Dental Care Ltd", "Brambeck Freight Ltd", "Quillhaven Law LLP", "Ostermere Foods Inc")
SEATS, MORE = ProductId(3409), ProductId(3410)
PRODUCTS = (Product(SEATS, "AV-EAP", price=Decimal(4)), Product(MORE, "AV-ECP", price=Decimal(6)))
ON_ITS_WAY = 8
"""For how many moments a late write is on its way."""

EDITS = (
    *("this", "this", "quantity", "wanted", "back", "cancel", "price", "billing", "delete", "add", "over"),
    "invoice",
)
"""What others do by hand; *this* is the line that is being changed."""

Place = tuple[OperationId, int]
"""An operation and the position of a change in it."""


class PowerCut(BaseException):
    """The process is gone: nothing may catch this."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A write of SeatSync that took effect: for which change, the line before and after it, and when."""

    place: Place
    change: Change
    before: Addition | None
    after: Addition
    at: int


@dataclass
class Market:
    """Four companies with two agreements each.

    ``moment`` counts what happens; at each, ``meanwhile`` may do something, but ``settled`` says that nobody
    else edits: between the reads of a change and its write no server can rule a race out. ``faults`` are
    the fates of the next writes, and of so many reads as ``blind`` says none succeeds. ``before_write`` is
    called with each write that arrives.
    """

    before_write: Callable[[Change], None]
    meanwhile: Callable[[], None]
    agreements: dict[AgreementId, Agreement] = field(default_factory=dict)
    held: dict[AdditionId, Addition] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    touched: dict[AdditionId, int] = field(default_factory=dict)
    moment: int = 0
    settled: bool = False
    blind: int = 0
    current: tuple[Place, Change] | None = None
    _on_their_way: list[tuple[int, Callable[[], object]]] = field(default_factory=list)
    _last_id: int = 9000

    def __post_init__(self) -> None:
        self.drafts = Drafts()
        self.companies = {
            CompanyId(250 + n): Company(CompanyId(250 + n), name) for n, name in enumerate(NAMES)
        }
        for company in self.companies:
            for extra in (0, 100):
                number = AgreementId(company + extra)
                self.agreements[number] = Agreement(
                    number,
                    f"Agreement {number}",
                    company,
                    type_name="Managed Services",
                    start=date(2024, 1, 1),
                    no_end=True,
                    bill_start=date(2024, 1, 1),
                    next_invoice=date(2026, 12, 15),
                    prorate=extra == 0,
                    cycle="Monthly",
                    currency="USD",
                )
            self.add(AgreementId(company), SEATS, Decimal(12))
        self.add(AgreementId(250), MORE, Decimal(5))

    def add(self, agreement: AgreementId, product: ProductId, quantity: Decimal, **more: Any) -> Addition:
        """Add a line, as somebody does it by hand."""
        self._last_id += 1
        price = next(each.price for each in PRODUCTS if each.id == product)
        given = {"less_included": Decimal(0), "unit_price": price, "effective": date(2025, 1, 1)}
        made = Addition(AdditionId(self._last_id), agreement, product, quantity, **(given | more))
        self.held[made.id] = replace(made, description="Seats", unit_cost=Decimal(2))
        self.touched[made.id] = self.moment
        return self.held[made.id]

    def edit(self, line: AdditionId, **changes: Any) -> None:
        """Change a line, as somebody does it by hand."""
        self.held[line] = replace(self.held[line], **changes)
        self.touched[line] = self.moment

    def remove(self, line: AdditionId) -> None:
        """Delete a line, as somebody does it by hand."""
        del self.held[line]
        self.touched[line] = self.moment

    def meddle(self, kind: str, which: int, quantity: Decimal) -> None:
        """Do what somebody does by hand in ConnectWise."""
        lines = sorted(self.held)
        line = lines[which % len(lines)] if lines else None
        agreement = sorted(self.agreements)[which % len(self.agreements)]
        change = self.current[1] if self.current else None
        match kind:
            case "wanted" if isinstance(change, Update) and change.addition.id in self.held:
                self.edit(change.addition.id, quantity=change.quantity)
            case "wanted" if isinstance(change, Cancel) and change.addition.id in self.held:
                self.edit(change.addition.id, cancelled=change.last_day)
            case "wanted" if isinstance(change, Create):
                product, first = change.product.id, change.effective
                self.add(change.agreement.id, product, change.quantity, effective=first)
            case "this" if isinstance(change, Create):
                self.add(change.agreement.id, change.product.id, quantity)
            case "this" if change is not None and change.addition.id in self.held:
                self.edit(change.addition.id, quantity=quantity)
            case "back" if isinstance(change, Update) and change.addition.id in self.held:
                self.edit(change.addition.id, quantity=change.addition.quantity)
            case "add":
                self.add(agreement, (SEATS, MORE)[which % 2], quantity)
            case "over":
                was = self.agreements[agreement]
                self.agreements[agreement] = replace(was, cancelled=not was.cancelled)
            case "invoice":
                moved = date(2026, 12, 15 + which)
                self.agreements[agreement] = replace(self.agreements[agreement], next_invoice=moved)
            case "delete" if line is not None:
                self.remove(line)
            case "quantity" if line is not None:
                self.edit(line, quantity=quantity)
            case "cancel" if line is not None:
                self.edit(line, cancelled=None if self.held[line].cancelled else date(2026, 12, 31))
            case "price" if line is not None:
                self.edit(line, unit_price=quantity + 1)
            case "billing" if line is not None:
                self.edit(line, bill_customer="NoCharge")

    def state(self) -> dict[AdditionId, tuple[object, ...]]:
        """Every field of every line."""
        return {
            number: tuple(getattr(line, name) for name in Addition.__dataclass_fields__)
            for number, line in self.held.items()
        }

    def pass_by(self) -> None:
        """Let a moment pass: what is on its way arrives, and others act."""
        self.moment += 1
        due = [act for at, act in self._on_their_way if at <= self.moment]
        self._on_their_way = [(at, act) for at, act in self._on_their_way if at > self.moment]
        for act in due:
            act()
        self.meanwhile()

    def pause(self, _seconds: float) -> None:
        """Wait, as the protocol does; nobody holds a line still meanwhile."""
        self.settled = False
        self.pass_by()

    # --- the port ---

    def writer(self, leaving: Callable[[], None] = nothing) -> Leaving:
        return Leaving(self, leaving)

    @property
    def waits(self) -> int:
        return 0

    @property
    def requests(self) -> int:
        return self.moment

    @property
    def wait_left(self) -> float:
        return 0.0

    def check(self) -> tuple[Check, ...]:
        return ()

    def read_book(self, progress: Progress, earlier: Callable[[], Book | None]) -> Book:
        lines = tuple(replace(line, unit_cost=None, serial="") for line in self.held.values())
        return Book(
            dict(self.companies),
            dict(self.agreements),
            lines,
            {each.id: each for each in PRODUCTS},
            ("Managed Services",),
        )

    def _look(self) -> None:
        self.pass_by()
        if self.blind:
            self.blind -= 1
            raise ConnectWiseError("ConnectWise failed with error 500.", status=500)

    def agreement(self, agreement: AgreementId) -> Agreement:
        self._look()
        self.settled = True
        return self.agreements[agreement]

    def addition(self, agreement: AgreementId, addition: AdditionId) -> Addition:
        self._look()
        if addition not in self.held:
            raise ConnectWiseError("ConnectWise found nothing.", status=404, code="NotFound")
        return self.held[addition]

    def additions(self, agreement: AgreementId) -> tuple[Addition, ...]:
        self._look()
        return tuple(line for line in self.held.values() if line.agreement_id == agreement)

    def set_quantity(self, agreement: AgreementId, addition: AdditionId, quantity: Decimal) -> Written:
        return self._write(addition, lambda line: replace(line, quantity=quantity))

    def set_cancelled(self, agreement: AgreementId, addition: AdditionId, day: date | None) -> Written:
        return self._write(addition, lambda line: replace(line, cancelled=day))

    def create_addition(
        self,
        agreement: AgreementId,
        product: ProductId,
        quantity: Decimal,
        effective: date,
        serial: str = "",
    ) -> Written:
        price = next(each.price for each in PRODUCTS if each.id == product)
        made = Addition(AdditionId(0), agreement, product, quantity, Decimal(0), price, BILLABLE, effective)
        return self._write(None, lambda _: replace(made, unit_cost=Decimal(2), serial=serial))

    def _write(self, addition: AdditionId | None, wanted: Callable[[Addition | None], Addition]) -> Written:
        assert self.current is not None
        place, change = self.current
        try:
            self.pass_by()
            fate = self.faults.pop() if self.faults else ""
            return self._meet(fate, place, change, addition, wanted)
        finally:
            self.settled = False

    def _meet(
        self,
        fate: str,
        place: Place,
        change: Change,
        addition: AdditionId | None,
        wanted: Callable[[Addition | None], Addition],
    ) -> Written:
        lost = ConnectWiseError("ConnectWise did not answer.", outcome_unknown=True)
        match fate:
            case "refused":
                raise ConnectWiseError('ConnectWise refused ("addition object is invalid").', status=400)
            case "unauthorized":
                raise ConnectWiseError("ConnectWise refused the credentials.", status=401)
            case "busy":
                raise NotNow("ConnectWise limits the number of requests.", status=429, retry_after=1.0)
            case "lost before":
                raise lost
        self.before_write(change)
        if fate == "ignored":
            unchanged = self.held.get(addition) if addition else None
            return Written(unchanged or replace(wanted(None), id=AdditionId(self._last_id + 77)), "r")

        def arrive() -> Addition | None:
            before = self.held.get(addition) if addition else None
            if addition and before is None:
                return None
            after = wanted(before)
            if addition is None:
                self._last_id += 1
                after = replace(after, id=AdditionId(self._last_id))
            self.held[after.id] = after
            self.applied.append(Applied(place, change, before, after, self.moment))
            return after

        if fate == "late":
            self._on_their_way.append((self.moment + ON_ITS_WAY, arrive))
            raise lost
        after = arrive()
        assert after is not None
        if fate == "lost after":
            raise lost
        self.pass_by()
        return Written(after, "r")


def as_wanted(change: Change, lines: Iterator[Addition]) -> bool:
    """Say whether the lines show what a change was to bring about."""
    for line in lines:
        match change:
            case Create():
                same = line.product_id == change.product.id and line.agreement_id == change.agreement.id
                if same and line.quantity == change.quantity and line.cancelled is None:
                    return True
            case Update():
                if line.id == change.addition.id and line.quantity == change.quantity:
                    return True
            case Cancel():
                if line.id == change.addition.id and line.cancelled == change.last_day:
                    return True
            case BillAgain():
                if line.id == change.addition.id and line.cancelled == change.until:
                    return True
    return False
