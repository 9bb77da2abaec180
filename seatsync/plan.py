"""Changes as data: Create, Update, Cancel, BillAgain; the plan that sorts them, and its digest."""

import hashlib
import json
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal

from seatsync.errors import InvalidChoice
from seatsync.model import (
    BILLABLE,
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    ExportId,
    OperationId,
    Product,
    SnapshotId,
    TeamId,
)
from seatsync.preview import Preview, PreviewRow
from seatsync.status import Kind


@dataclass(frozen=True, slots=True)
class Update:
    """Set the quantity of ``addition``, decided while it and its agreement were as given here."""

    key: str
    company: Company
    product: Product
    agreement: Agreement
    addition: Addition
    quantity: Decimal
    monthly_delta: Decimal | None
    kind: Literal[Kind.UPDATE] = Kind.UPDATE

    @property
    def seats(self) -> Decimal:
        """How many billable seats the change adds."""
        return (self.quantity - self.addition.quantity) * (self.addition.bill_customer == BILLABLE)


@dataclass(frozen=True, slots=True)
class Create:
    """Add a line for ``product`` to ``agreement``.

    ``counted`` lists the company's counted agreements and ``known`` the lines of the product that they held,
    cancelled ones included, when the create was decided. ``made`` is the line that came of it: None before
    the push, and in journals from before it was kept. ``serial`` is the serial number by which the line is
    known again, empty where the team sets none.
    """

    key: str
    company: Company
    product: Product
    agreement: Agreement
    quantity: Decimal
    effective: date
    counted: tuple[AgreementId, ...]
    known: tuple[AdditionId, ...]
    monthly_delta: Decimal | None
    kind: Literal[Kind.CREATE] = Kind.CREATE
    made: Addition | None = None
    serial: str = ""

    @property
    def seats(self) -> Decimal:
        """How many billable seats the change adds."""
        return self.quantity


@dataclass(frozen=True, slots=True)
class Cancel:
    """Let ``addition`` bill for the last time on ``last_day``."""

    key: str
    company: Company
    product: Product
    agreement: Agreement
    addition: Addition
    last_day: date
    monthly_delta: Decimal | None
    kind: Literal[Kind.CANCEL] = Kind.CANCEL

    @property
    def seats(self) -> Decimal:
        """How many billable seats the change adds: none, it takes them all away."""
        return -self.addition.quantity * (self.addition.bill_customer == BILLABLE)


@dataclass(frozen=True, slots=True)
class BillAgain:
    """Take the cancel date of ``addition`` back; ``until`` is the date that it had before, None for none."""

    key: str
    company: Company
    product: Product
    agreement: Agreement
    addition: Addition
    until: date | None
    monthly_delta: Decimal | None
    kind: Literal[Kind.BILL_AGAIN] = Kind.BILL_AGAIN

    @property
    def seats(self) -> Decimal:
        """How many billable seats the change adds."""
        return self.addition.quantity * (self.addition.bill_customer == BILLABLE)


Change = Update | Create | Cancel | BillAgain
_UNDECIDED = frozenset({"made", "serial", "unit_cost"})
_ORDER = {Kind.UPDATE: 0, Kind.CREATE: 1, Kind.BILL_AGAIN: 2, Kind.CANCEL: 3}


@dataclass(frozen=True)
class Plan:
    """The chosen changes in the order in which they are pushed.

    A push is planned from an export and a snapshot; an undo from the operation that it ``undoes``, and
    ``earlier`` lists the undos of that so far. ``currency`` gives, by row key, the currency of a change's
    money effect.
    """

    team_id: TeamId
    export_id: ExportId | None
    export_sha256: str
    snapshot_id: SnapshotId | None
    changes: tuple[Change, ...]
    currency: Mapping[str, str]
    undoes: OperationId | None = None
    earlier: tuple[OperationId, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Name the plan: any other team, source, choice or before-value gives another digest.

        The source is the export and the snapshot, or the operation undone and the undos of it so far.
        """
        source: dict[str, object] = {"undoes": [self.undoes, *self.earlier]}
        if self.undoes is None:
            source = {"export": [self.export_id, self.export_sha256], "snapshot": self.snapshot_id}
        content = {"team": self.team_id, **source, "changes": [_decided(change) for change in self.changes]}
        text = json.dumps(content, sort_keys=True, default=_plain, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """List the changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    @property
    def decreases(self) -> tuple[Update | Cancel, ...]:
        """List the changes that bill fewer seats."""
        return tuple(
            change
            for change in self.changes
            if isinstance(change, Cancel)
            or (isinstance(change, Update) and change.quantity < change.addition.quantity)
        )

    @property
    def quantities(self) -> tuple[Decimal, Decimal]:
        """Add up the quantities of the lines, before the changes and after them."""
        before, after = Decimal(0), Decimal(0)
        for change in self.changes:
            if isinstance(change, Update | Cancel):
                before += change.addition.quantity
            if isinstance(change, Update | Create):
                after += change.quantity
            if isinstance(change, BillAgain):
                after += change.addition.quantity
        return before, after

    @property
    def money(self) -> dict[str, Decimal]:
        """Add up the monthly money effect by currency, over the changes that have one."""
        sums: dict[str, Decimal] = {}
        for change in self.changes:
            if change.monthly_delta is not None:
                currency = self.currency.get(change.key, "")
                sums[currency] = sums.get(currency, Decimal(0)) + change.monthly_delta
        return sums

    @property
    def without_money(self) -> int:
        """Count the changes whose money effect can't be stated, so that ``money`` lacks them."""
        return sum(change.monthly_delta is None for change in self.changes)


def _decided(change: Change) -> dict[str, object]:
    """Return what was decided of a change, without what came of it or is known only of a live line."""
    return asdict(change, dict_factory=lambda pairs: {k: v for k, v in pairs if k not in _UNDECIDED})


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def choose(
    preview: Preview, select: str | Collection[str], ticks: Mapping[str, bool]
) -> tuple[PreviewRow, ...]:
    """Return the chosen rows: ``default``, ``all`` that can be chosen, or the rows with the given keys.

    ``ticks`` are the checkboxes that a person set, by ``PreviewRow.choice``; they apply to ``default`` alone.
    Raises InvalidChoice for a key that is not in the preview or can't be chosen.
    """
    if select == "all":
        return tuple(row for row in preview.rows if row.selectable)
    if select == "default":
        return tuple(row for row in preview.rows if row.selectable and ticks.get(row.choice, row.selected))
    rows = {row.key: row for row in preview.rows}
    keys = dict.fromkeys([select] if isinstance(select, str) else select)
    for key in keys:
        row = rows.get(key)
        if row is None:
            raise InvalidChoice(
                f"Row {key} is not in this preview. Build the preview again and choose from it."
            )
        if not row.selectable:
            raise InvalidChoice(f"Row {key} ({row.status.label}) can't be chosen. {row.reason}")
    return tuple(rows[key] for key in keys)


def make_plan(
    rows: Sequence[PreviewRow],
    book: Book,
    today: date,
    types: frozenset[str],
    *,
    team_id: TeamId,
    export_id: ExportId,
    export_sha256: str,
    snapshot_id: SnapshotId,
) -> Plan:
    """Turn chosen rows into a plan dated ``today``; ``types`` is the team's filter on agreement types."""
    changes = in_order(_change(row, book, today, types) for row in rows)
    currency = {row.key: row.currency for row in rows}
    return Plan(team_id, export_id, export_sha256, snapshot_id, changes, currency)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Sort changes into the order in which they are shown and pushed."""

    def place(change: Change) -> tuple[int, str, str]:
        return _ORDER[change.kind], change.company.name.casefold(), change.key

    return tuple(sorted(changes, key=place))


def _change(row: PreviewRow, book: Book, today: date, types: frozenset[str]) -> Change:
    company, product, agreement = row.company, row.product, row.agreement
    if company is None or product is None or agreement is None or row.quantity_new is None:
        raise InvalidChoice(f"Row {row.key} ({row.status.label}) can't be chosen. {row.reason}")
    if row.change is Kind.CREATE:
        counted = tuple(
            a.id for a in book.agreements_of.get(company.id, ()) if not a.ineligible(today, types)
        )
        known = tuple(
            sorted(a.id for a in book.additions if a.product_id == product.id and a.agreement_id in counted)
        )
        return Create(
            row.key, company, product, agreement, row.quantity_new, today, counted, known, row.monthly_delta
        )
    line = row.line
    if line is None:
        raise InvalidChoice(f"Row {row.key} ({row.status.label}) has no single billing line to change.")
    if row.change is Kind.CANCEL:
        day = last_day(line.addition, agreement, today)
        return Cancel(row.key, company, product, agreement, line.addition, day, row.monthly_delta)
    return Update(row.key, company, product, agreement, line.addition, row.quantity_new, row.monthly_delta)


def last_day(addition: Addition, agreement: Agreement, today: date) -> date:
    """Return the last day of the current billing period, never before the line's own effective date."""
    if agreement.next_invoice is not None and agreement.next_invoice > today:
        day = agreement.next_invoice - timedelta(days=1)
    else:
        day = today.replace(day=monthrange(today.year, today.month)[1])
    return max(day, addition.effective) if addition.effective is not None else day


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after ``day``."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
