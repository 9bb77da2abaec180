"""The records that the steps pass on: export rows, the ConnectWise book, mappings, links, preview rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NewType

from seatsync.status import LinkSource, TenantState

CompanyId = NewType("CompanyId", int)
AgreementId = NewType("AgreementId", int)
AdditionId = NewType("AdditionId", int)
ProductId = NewType("ProductId", int)
TeamId = NewType("TeamId", int)
ExportId = NewType("ExportId", int)
SnapshotId = NewType("SnapshotId", int)
OperationId = NewType("OperationId", int)

BILLABLE = "Billable"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row of the export can't be read, and how to mend it. ``column`` is the file's own header."""

    line: int
    column: str
    raw: str
    cure: str

    def __str__(self) -> str:
        """Say where, what and how to mend it, as in ``Row 14, column "Users": "1,2x" is ...``."""
        return f'Row {self.line}, column "{self.column}": {self.cure}'


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One row of the export.

    ``line`` is the file's own line number (the header is line 1). ``users`` is None when it was blank or
    unreadable. ``expires`` is None when the cell is absent, blank or not an unambiguous date.
    """

    line: int
    portal: str
    tenant: str
    tier: str
    users: Decimal | None
    state: TenantState
    raw_state: str = ""
    expires: date | None = None
    problem: Problem | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The tenant's stable key: its portal, or its name where the file has no portal."""
        return portal_key(self.portal or self.tenant)


@dataclass(frozen=True, slots=True)
class ParsedExport:
    """What was understood of one file.

    ``columns`` maps a field (``tenant``, ``portal``, ``tier``, ``users``, ``state``, ``expires`` ...) to a
    cell of the file's own ``header``. ``rows`` counts every data row; ``ignored`` those blank or totals.
    """

    name: str
    sha256: str
    columns: Mapping[str, str]
    seat_rows: tuple[SeatRow, ...]
    rows: int
    ignored: int
    encoding: str
    delimiter: str
    truncated: bool = False
    notes: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)


def portal_key(text: str) -> str:
    """Fold case and runs of white space, so that a re-saved file keeps its links."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Company:
    """A ConnectWise company."""

    id: CompanyId
    name: str
    identifier: str = ""
    deleted: bool = False
    website: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A ConnectWise agreement: calendar days, its cycle as read, and when ConnectWise last changed it."""

    id: AgreementId
    name: str
    company_id: CompanyId
    type_name: str = ""
    status: str = "Active"
    cancelled: bool = False
    start: date | None = None
    end: date | None = None
    no_end: bool = False
    bill_start: date | None = None
    next_invoice: date | None = None
    prorate: bool = False
    cycle: str = ""
    currency: str = ""
    parent_id: AgreementId | None = None
    updated: datetime | None = None

    def ineligible(self, today: date, types: frozenset[str] = frozenset()) -> str:
        """Say why the lines of this agreement don't count on ``today``; empty when they do.

        ``types`` is the team's filter on agreement types; empty means every type.
        """
        if self.cancelled or self.status == "Cancelled":
            return "cancelled"
        if self.start is not None and self.start > today:
            return f"starts on {self.start}"
        if self.end is not None and not self.no_end and self.end < today:
            return f"ended on {self.end}"
        if self.status != "Active":
            return self.status.lower() or "not active"
        if types and self.type_name not in types:
            return f'of type "{self.type_name}"'
        return ""


@dataclass(frozen=True, slots=True)
class Product:
    """A catalogue product. ``price`` is the catalogue price of one seat, None when the catalogue has none."""

    id: ProductId
    identifier: str
    description: str = ""
    price: Decimal | None = None
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """One billing line of an agreement. Dates are calendar days.

    What is not compared is known of a line as just read alone: no snapshot keeps it.
    """

    id: AdditionId
    agreement_id: AgreementId
    product_id: ProductId
    quantity: Decimal
    less_included: Decimal = Decimal(0)
    unit_price: Decimal | None = None
    bill_customer: str = BILLABLE
    effective: date | None = None
    cancelled: date | None = None
    description: str = ""
    unit_cost: Decimal | None = field(default=None, compare=False)
    serial: str = field(default="", compare=False)

    @property
    def bills(self) -> bool:
        """Whether an invoice would carry the line."""
        return self.bill_customer == BILLABLE and self.quantity != 0

    def ended(self, today: date) -> bool:
        """Whether the line's cancel date is today or past, so that it counts no more."""
        return self.cancelled is not None and self.cancelled <= today


@dataclass(frozen=True)
class Book:
    """The ConnectWise side: companies, agreements, additions and products of one snapshot."""

    companies: Mapping[CompanyId, Company]
    agreements: Mapping[AgreementId, Agreement]
    additions: tuple[Addition, ...]
    products: Mapping[ProductId, Product]
    agreement_types: tuple[str, ...] = ()

    @cached_property
    def agreements_of(self) -> Mapping[CompanyId, tuple[Agreement, ...]]:
        """Every agreement of a company, by id."""
        found: dict[CompanyId, list[Agreement]] = {}
        for agreement in sorted(self.agreements.values(), key=lambda a: a.id):
            found.setdefault(agreement.company_id, []).append(agreement)
        return {company: tuple(agreements) for company, agreements in found.items()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One scan's result, without its book; ``suspicion`` says why it may not have seen everything."""

    id: SnapshotId
    taken_at: datetime
    companies: int
    agreements: int
    additions: int
    products: int
    suspicion: str = ""


@dataclass(frozen=True, slots=True)
class TierMapping:
    """The saved choice of a tier: a product, or no-charge when ``product_id`` is None."""

    tier: str
    product_id: ProductId | None

    @property
    def no_charge(self) -> bool:
        """Whether seats of the tier leave the preview."""
        return self.product_id is None


@dataclass(frozen=True, slots=True)
class Link:
    """The saved choice portal -> company, both names as they were then; ``reason`` is of an automatic one."""

    key: str
    company_id: CompanyId
    company_name: str
    tenant_name: str
    portal: str = ""
    source: LinkSource = LinkSource.AUTOMATIC
    made_by: str = ""
    made_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A person's word that a tenant is not this company, so that it is never suggested for it again."""

    key: str
    company_id: CompanyId
    company_name: str
    tenant_name: str
    portal: str = ""
    rejected_by: str = ""
    rejected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team; ``parent_id`` is None for the root team."""

    id: TeamId
    name: str
    parent_id: TeamId | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """A kept export; ``declared`` is why a person called it complete, ``incomplete`` what was found of it,
    ``chosen`` the columns, by field, that a person chose.
    """

    id: ExportId
    name: str
    sha256: str
    uploaded_at: datetime
    uploaded_by: str
    columns: Mapping[str, str]
    rows: int
    ignored: int
    truncated: bool
    encoding: str
    delimiter: str
    notes: tuple[str, ...] = ()
    declared: str = ""
    incomplete: str = ""
    header: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether later exports may be compared with this one."""
        return not self.incomplete or bool(self.declared)


def decimals(values: Sequence[Decimal]) -> Decimal:
    """Add up exactly."""
    return sum(values, Decimal(0))


def number(quantity: Decimal) -> str:
    """Write a quantity without exponent and trailing zeros."""
    return f"{quantity.normalize():f}" if quantity else "0"
