"""Shapes of the invented sample clients, and the ordinary ones: one tenant, one agreement, one seat line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

EAP: Final = "Email Advanced Protect"
ECP: Final = "Email Complete Protect"
EBP: Final = "Email Basic Protect"
PRODUCT: Final = {EAP: "AV-EAP", ECP: "AV-ECP", EBP: "AV-EBP"}

Months = tuple[str | None, str | None, str | None]
"""Text of September, October, November; None where the export lacks the row."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an agreement."""

    product: str
    quantity: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deal:
    """One agreement; a child belongs to the client's first."""

    lines: tuple[Line, ...] = ()
    kind: str = "Managed Services"
    name: str = "Managed Services"
    cycle: str = "Monthly"
    child: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One row of the exports, over the three months. ``renamed`` is its name in November alone."""

    tier: str
    users: Months
    name: str = ""
    renamed: str = ""
    portal: str = ""
    region: str = ""
    states: tuple[str, str, str] = ("Paid", "Paid", "Paid")
    add_ons: str = ""
    limit: str = "Unlimited"
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """One client; without ``in_book`` ConnectWise does not know it."""

    name: str
    tenants: tuple[Tenant, ...] = ()
    deals: tuple[Deal, ...] = (Deal(),)
    currency: str = "USD"
    in_book: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)


def _regular(row: str) -> Client:
    """Read ``name | tier | billed | September October November | currency | tenant name``."""
    name, short, billed, counts, currency, tenant_name = [cell.strip() for cell in row.split("|")]
    tier = {"EAP": EAP, "ECP": ECP, "EBP": EBP}[short]
    first, second, third = (None if count == "." else count for count in counts.split())
    tenant = Tenant(tier, (first, second, third), name=tenant_name)
    return Client(name, (tenant,), (Deal((Line(PRODUCT[tier], billed),)),), currency)


REGULAR: Final = tuple(
    _regular(row)
    for row in """
    Tarnwick Dental Care Ltd            | EAP |  24 | 24 24 24 | USD |
    Quillcote, Marsh & Partners LLP     | EAP |  11 | 10 11 11 | USD |
    Marlthwaite Joinery Ltd             | EBP |   8 |  8  8  8 | USD |
    Brasserie Émeline                   | EAP |   7 |  7  7  7 | EUR |
    Wetherholt Packaging Inc            | EAP |  63 | 61 63 63 | USD | Wetherholt Packaging
    Ulvermere Chartered Surveyors       | EAP |  19 | 19 19 19 | USD |
    Ganthurst Logistics LLC             | ECP |  45 | 44 45 45 | USD |
    Rushcombe Primary Care Group        | EAP | 118 | 115 118 118 | USD |
    Dunnfold & Daughters Brewing        | EAP |  14 | 14 14 14 | USD | Dunnfold and Daughters Brewing
    Iskthwaite Steelwork Ltd            | EAP |  33 | 33 33 33 | USD |
    Farrgate Recruitment Ltd            | EBP |   5 |  5  5  5 | USD |
    Nollerdale Garden Centre Ltd        | EAP |   9 |  9  9  9 | EUR |
    Pellworth Pharmacy Ltd              | ECP |  12 | 12 12 12 | USD |
    Calderow Insurance Brokers Ltd      | EAP |  38 | 36 38 41 | USD |
    Scarfield Precision Castings Ltd    | EAP |  52 | 52 52 57 | USD | SCARFIELD PRECISION CASTINGS LTD
    Yarlburn Catering Ltd               | EAP |  16 | 15 16 19 | EUR |
    Lambrigg Landscapes Ltd             | EBP |   6 |  6  6 10 | USD |
    Ostercote Financial Planning        | EAP |  21 | 20 21 22 | USD |
    Vellbeck Marine Ltd                 | ECP |  28 | 27 28 33 | USD |
    Hazelgarth Nurseries Ltd            | EAP |  13 |  .  . 17 | USD |
    Craymarsh Estate Agents Ltd         | EAP |  26 | 24 26 27 | USD | Craymarsh Estate Agents
    Mickleshaw Flooring Ltd             | EAP |  18 | 18 18 15 | USD |
    Drumford Plant Hire Ltd             | EAP |  31 | 32 31 24 | USD |
    Rookwell School of Music            | EBP |  22 | 22 22 20 | EUR |
    """.strip().splitlines()
)
