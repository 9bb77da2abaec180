"""What a report of an operation is made of: each change with its seat rows, its source, its file names."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_never

from seatsync.journal import Operation, Outcome
from seatsync.model import (
    AdditionId,
    Company,
    CompanyId,
    ExportRecord,
    Link,
    OperationId,
    ProductId,
    SeatRow,
    SnapshotId,
    Team,
    TierMapping,
    decimals,
    number,
)
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.status import OperationKind, TenantState
from seatsync.summary import sum_up

_LONGEST = 40
_OTHER = re.compile(r"[^a-z0-9]+")
_SHORT_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one change, with the seat rows that belong to its company and product.

    ``currency`` is that of its money. ``undone_by`` is the undo that took the change back.
    """

    outcome: Outcome
    currency: str
    parts: tuple[SeatRow, ...] = ()
    undone_by: OperationId | None = None

    @property
    def change(self) -> Change:
        """The change as approved, and for a create the line that came of it."""
        return self.outcome.change

    @property
    def line(self) -> AdditionId | None:
        """The billing line that was changed or made; None where none was."""
        change = self.change
        if isinstance(change, Create):
            return change.made.id if change.made is not None else None
        return change.addition.id

    @property
    def unit_price(self) -> Decimal | None:
        """The line's own price of one seat for a billing cycle; the catalogue's before a line is made."""
        change = self.change
        if not isinstance(change, Create):
            return change.addition.unit_price
        made = change.made.unit_price if change.made is not None else None
        return change.product.price if made is None else made

    @property
    def monthly_effect(self) -> Decimal | None:
        """What the change does to the monthly bill; None when nothing was written or it is not known."""
        return self.change.monthly_delta if self.outcome.result.written else None

    @property
    def paid(self) -> tuple[SeatRow, ...]:
        """The seat rows that count."""
        return tuple(part for part in self.parts if part.state is TenantState.PAID and part.users is not None)

    @property
    def agrees(self) -> bool:
        """Whether the seat rows that count add up to what was approved."""
        change, seats = self.change, decimals([part.users or Decimal(0) for part in self.paid])
        if isinstance(change, Update | Create):
            return bool(self.paid) and seats == change.quantity
        return not self.paid


@dataclass(frozen=True, slots=True)
class Origin:
    """The snapshot that a push was planned on; ``taken_at`` is None when that is not kept any more."""

    id: SnapshotId
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """An operation with all that is known of it, as it stood when the report was ``made_at``, ``made_by``."""

    team: Team
    operation: Operation
    entries: tuple[Entry, ...]
    made_at: datetime
    made_by: str
    export: ExportRecord | None = None
    snapshot: Origin | None = None

    @property
    def sentence(self) -> str:
        """What happened."""
        return sum_up(self.operation, [entry.outcome for entry in self.entries], self.export_name)

    @property
    def export_name(self) -> str:
        """The name of the export; empty for an undo."""
        return self.export.name if self.export is not None else ""

    @property
    def companies(self) -> tuple[Company, ...]:
        """The companies with a change, by name."""
        return companies_of(entry.outcome for entry in self.entries)

    def of(self, company: CompanyId) -> tuple[Entry, ...]:
        """Return the entries of one company, in the order in which they were carried out."""
        return tuple(entry for entry in self.entries if entry.change.company.id == company)


def approved(change: Change) -> Decimal:
    """Return the quantity that was to be billed."""
    match change:
        case Update() | Create():
            return change.quantity
        case Cancel():
            return Decimal(0)
        case BillAgain():
            return change.addition.quantity
        case _:
            assert_never(change)


def companies_of(outcomes: Iterable[Outcome]) -> tuple[Company, ...]:
    """List the companies of outcomes, by name."""
    found = {outcome.change.company.id: outcome.change.company for outcome in outcomes}
    return tuple(sorted(found.values(), key=lambda company: (company.name.casefold(), company.id)))


def monthly_effects(entries: Iterable[Entry]) -> dict[str, Decimal]:
    """Add up what was written by currency; amounts of several currencies are never added together."""
    sums: dict[str, Decimal] = {}
    for entry in entries:
        if entry.monthly_effect is not None:
            sums[entry.currency] = sums.get(entry.currency, Decimal(0)) + entry.monthly_effect
    return dict(sorted(sums.items()))


def short(digest: str) -> str:
    """Cut a digest to what a person compares."""
    return digest[:_SHORT_DIGEST]


def find_parts(
    rows: Iterable[SeatRow], links: Iterable[Link], mappings: Iterable[TierMapping]
) -> Mapping[tuple[CompanyId, ProductId], tuple[SeatRow, ...]]:
    """Sort the seat rows of an export by company and product, as the links and mappings are now.

    A plan keeps the sum and not its parts: ``Entry.agrees`` says whether these still are its parts.
    """
    company = {link.key: link.company_id for link in links}
    product = {mapping.tier: mapping.product_id for mapping in mappings}
    found: dict[tuple[CompanyId, ProductId], list[SeatRow]] = {}
    for row in rows:
        owner, billed = company.get(row.key), product.get(row.tier)
        if owner is not None and billed is not None and row.problem is None:
            found.setdefault((owner, billed), []).append(row)
    return {key: tuple(parts) for key, parts in found.items()}


def parts_sentence(entry: Entry) -> str:
    """Say which seat rows of the export made the number, or that this can't be told any more."""
    paid = [
        (f"{part.tenant or part.portal}: {number(part.users or Decimal(0))} (row {part.line})")
        for part in entry.paid
    ]
    total = number(decimals([part.users or Decimal(0) for part in entry.paid]))
    if not entry.agrees:
        now = f"add up to {total}" if paid else "hold none of this company and product"
        return (
            "Which rows made the number can't be told any more: by the links, mappings and rules of today "
            f"the rows of the export {now}."
        )
    if paid:
        return " + ".join(paid) + (f" = {total}" if len(paid) > 1 else "")
    gone = [f"{part.tenant or part.portal}: {_state(part)} (row {part.line})" for part in entry.parts]
    return ", ".join(gone) or "No row of the export is of this company and product."


def _state(part: SeatRow) -> str:
    said = part.state.value.replace("_", " ")
    return f"{said}, expires {part.expires}" if part.expires is not None else said


def report_stem(team: Team, operation: Operation) -> str:
    """Name the files of an operation: team, number, kind and day in UTC, in letters that any system takes."""
    kind = slug(operation.kind.label)
    day = operation.started_at.astimezone(UTC).date()
    return f"{slug(team.name) or f'team-{team.id}'}-operation-{operation.id}-{kind}-{day}"


def sheet_name(team: Team, operation: Operation, company: Company) -> str:
    """Name the file of one company's sheet; the company's id tells two of the same name apart."""
    parts = (report_stem(team, operation), slug(company.name), str(company.id))
    return f"{'-'.join(filter(None, parts))}.html"


def slug(text: str) -> str:
    """Reduce a name to at most 40 small letters of ASCII, digits and hyphens; it may end up empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", plain.casefold()).strip("-")[:_LONGEST].strip("-")


def has_report(operation: Operation, outcomes: Sequence[object]) -> bool:
    """Say whether there is anything to report: a scan changes no line."""
    return operation.kind is not OperationKind.SCAN and bool(outcomes)
