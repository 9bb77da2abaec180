"""Changes as data: Create, Update, Cancel; the plan they make, its totals, brakes and digest."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from seatsync.model import Addition, AdditionId, Agreement, AgreementId, Company, Product
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


@dataclass(frozen=True, slots=True)
class Create:
    """Add a line for ``product`` to ``agreement``.

    ``counted`` lists the company's counted agreements and ``known`` the lines of the product that they held,
    cancelled ones included, when the create was decided.
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


Change = Update | Create | Cancel
