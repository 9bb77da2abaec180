"""What a preview is made of: its rows, their candidates and lines, the account of the file, the totals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from seatsync.model import Addition, Agreement, Company, CompanyId, Link, Product, SeatRow
from seatsync.status import Decision, Kind, Status


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that a tenant could be.

    ``score`` says from 0 to 1 how alike the names are; ``website`` that its website is that of the portal.
    """

    company_id: CompanyId
    name: str
    score: float
    website: bool = False


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which company a tenant is, or why that is not known.

    ``by_link`` says that a saved link decided, ``by_hand`` that a person made it.
    """

    decision: Decision
    company_id: CompanyId | None
    reason: str
    score: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    by_link: bool = False
    by_hand: bool = False
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Trail:
    """How one tenant of a preview row came to its company, or why it has none."""

    key: str
    portal: str
    tenant: str
    line: int
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class LineView:
    """A counted or uncounted line, as a preview row lists it."""

    addition: Addition
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of the preview.

    ``quantity_now`` is what ConnectWise bills, ``quantity_new`` what the export says; None without that side.
    ``monthly_delta`` is None when the row has no money effect that can be stated.
    ``agreements`` lists where a create could go, the best first. ``locked`` says why a cancel is locked,
    ``match`` why the tenants are this company, ``trails`` the same for each tenant by itself, ``suggestion``
    which mapped tier the row's tier nearly is.
    """

    key: str
    status: Status
    reason: str
    parts: tuple[SeatRow, ...] = ()
    company: Company | None = None
    product: Product | None = None
    agreement: Agreement | None = None
    agreements: tuple[Agreement, ...] = ()
    lines: tuple[LineView, ...] = ()
    change: Kind | None = None
    selectable: bool = False
    selected: bool = False
    locked: str = ""
    quantity_now: Decimal | None = None
    quantity_new: Decimal | None = None
    unit_price: Decimal | None = None
    monthly_delta: Decimal | None = None
    currency: str = ""
    candidates: tuple[Candidate, ...] = ()
    suggestion: str = ""
    match: str = ""
    trails: tuple[Trail, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """Seats to add (positive) or take away (negative); None where the export says no number."""
        if self.quantity_new is None:
            return None
        return self.quantity_new - (self.quantity_now or Decimal(0))

    @property
    def choice(self) -> str:
        """The name under which a person's choice of the row is kept.

        It is the row's key while the change is made by default. What a person has to opt in to has a name of
        its own, so that a box checked for a new quantity is never one for a cancel.
        """
        return self.key if self.selected or self.change is None else f"{self.key} {self.change.value}"

    @property
    def line(self) -> LineView | None:
        """The one billing line of the row, if there is exactly one."""
        return self.lines[0] if len(self.lines) == 1 else None


@dataclass(frozen=True, slots=True)
class ExportCounts:
    """How the rows of a file were accounted for: the parts add up to ``rows``."""

    rows: int
    paid: int
    skipped: int
    expired: int
    no_charge: int
    unreadable: int
    ignored: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a preview: rows by status, and seats and money over the rows chosen by default."""

    by_status: Mapping[Status, int]
    seats_now: Decimal
    seats_new: Decimal
    monthly_delta: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Billed:
    """What ConnectWise bills now for mapped products: counted lines, billable seats, monthly revenue."""

    lines: int
    seats: Decimal
    revenue: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Preview:
    """Every row, the account of the file, and what was left out, in words.

    ``incomplete`` says why orphan detection was skipped; empty when it was not. ``new_links`` are automatic
    matches that are not saved yet.
    """

    rows: tuple[PreviewRow, ...]
    counts: ExportCounts
    totals: Totals
    billed: Billed
    incomplete: str = ""
    left_out: tuple[str, ...] = ()
    new_links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenTenant:
    """Where an earlier export showed a tenant of a company on a tier: the evidence for an orphan."""

    key: str
    tenant: str
    tier: str
    uploaded_at: datetime
    export_name: str
