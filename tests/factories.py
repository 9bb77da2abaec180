"""One-line factories for records, and a preview from what matters to a test."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    Link,
    Problem,
    Product,
    ProductId,
    SeatRow,
    TierMapping,
    portal_key,
)
from seatsync.preview import Preview, PreviewRow
from seatsync.reconcile import Inputs, reconcile
from seatsync.status import LinkSource, TenantState

TODAY = date(2026, 11, 22)
EAP, ECP = ProductId(3409), ProductId(3410)
EAP_TIER, ECP_TIER = "Email Advanced Protect", "Email Complete Protect"
MAPPINGS = (TierMapping(EAP_TIER, EAP), TierMapping(ECP_TIER, ECP), TierMapping("Demo", None))
CONTOSO, FABRIKAM = CompanyId(250), CompanyId(251)


def seat(tenant: str = "Contoso Ltd", users: str | None = "12", **fields: Any) -> SeatRow:
    """A seat row; paid, on the first tier, its portal made from its name."""
    state = fields.pop("state", TenantState.PAID)
    given = {
        "line": 2,
        "portal": tenant.split()[0].casefold() if tenant else "",
        "tenant": tenant,
        "tier": EAP_TIER,
        "users": None if users is None else Decimal(users),
        "state": state,
        "raw_state": state.value,
    }
    return SeatRow(**(given | fields))


def unreadable(tenant: str = "Contoso Ltd", **fields: Any) -> SeatRow:
    """A seat row whose count can't be read."""
    problem = Problem(
        7, "Users", "1,2x", '"1,2x" is not a whole number. Correct the export and upload it again.'
    )
    return seat(tenant, None, problem=problem, **fields)


def line(number: int = 9001, quantity: str = "12", **fields: Any) -> Addition:
    """A billing line of the first agreement, for the first product, at 4.00."""
    given = {
        "id": AdditionId(number),
        "agreement_id": AgreementId(81),
        "product_id": EAP,
        "quantity": Decimal(quantity),
        "unit_price": Decimal("4.00"),
        "effective": date(2025, 1, 1),
    }
    return Addition(**(given | fields))


def agreement(number: int = 81, company: CompanyId = CONTOSO, **fields: Any) -> Agreement:
    """An active monthly agreement in US dollars."""
    given = {
        "id": AgreementId(number),
        "name": f"Agreement {number}",
        "company_id": company,
        "type_name": "Managed Services",
        "start": date(2024, 1, 1),
        "no_end": True,
        "next_invoice": date(2026, 12, 1),
        "cycle": "Monthly",
        "currency": "USD",
    }
    return Agreement(**(given | fields))


def book(
    *lines: Addition, agreements: Sequence[Agreement] = (), companies: Mapping[int, str] | None = None
) -> Book:
    """A book of Contoso and Fabrikam, with an agreement each unless others are given."""
    named = companies or {250: "Contoso Ltd", 251: "Fabrikam Inc"}
    held = agreements or (agreement(81, CONTOSO), agreement(82, FABRIKAM))
    return Book(
        companies={CompanyId(id_): Company(CompanyId(id_), name) for id_, name in named.items()},
        agreements={each.id: each for each in held},
        additions=tuple(lines),
        products={
            EAP: Product(EAP, "AV-EAP", price=Decimal("4.00")),
            ECP: Product(ECP, "AV-ECP", price=Decimal("5.50")),
        },
        agreement_types=tuple(sorted({each.type_name for each in held})),
    )


def link(
    tenant: str = "Contoso Ltd", company: CompanyId = CONTOSO, name: str = "Contoso Ltd", **fields: Any
) -> Link:
    """A link made by hand for the portal that ``seat`` gives the tenant."""
    given = {"tenant_name": tenant, "source": LinkSource.BY_HAND}
    return Link(portal_key(tenant.split()[0]), company, name, **(given | fields))


def preview(seat_rows: Sequence[SeatRow], held: Book, **fields: Any) -> Preview:
    """Reconcile rows with a book on the test day, all three tiers mapped."""
    given = {
        "seat_rows": seat_rows,
        "rows": len(seat_rows),
        "ignored": 0,
        "truncated": False,
        "book": held,
        "mappings": MAPPINGS,
        "links": (),
        "today": TODAY,
    }
    return reconcile(Inputs(**(given | fields)))


def only(found: Preview, key: str = "c250-p3409") -> PreviewRow:
    """The one row with a key."""
    (row,) = [row for row in found.rows if row.key == key]
    return row
