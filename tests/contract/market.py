"""A book of six clients for one month's work: an update, creates whose dates are refused, a cancel."""

from datetime import date
from typing import Any

from seatsync.simulator.book import SimulatedBook

TODAY = date(2026, 11, 22)
EXPORT = """Tenant,Portal,Status,License,Users
Tarnwick Dental Care Ltd,tarnwick,Paid,Email Advanced Protect,17
Brambeck Freight Ltd,brambeck,Paid,Email Advanced Protect,5
Coldmere Surveyors Ltd,coldmere,Paid,Email Advanced Protect,8
Everholt Law LLP,everholt,Paid,Email Advanced Protect,40
Farrowby Vets Ltd,farrowby,Paid,Email Advanced Protect,30
"""
UPDATED, STARTING, INVOICED, LEFT, SAME, OTHER = range(250, 256)
"""Companies by what the month brings; the agreement of company 250 is 150, its line 9250."""

_NAMES = {
    UPDATED: "Tarnwick Dental Care Ltd",
    STARTING: "Brambeck Freight Ltd",
    INVOICED: "Coldmere Surveyors Ltd",
    LEFT: "Dunholm Roofing Ltd",
    SAME: "Everholt Law LLP",
    OTHER: "Farrowby Vets Ltd",
}
_SEATS = {UPDATED: 12, LEFT: 2, SAME: 40, OTHER: 30}
_DATES: dict[int, dict[str, Any]] = {
    # Billing starts after today and after the first of the next month: both dates are refused.
    STARTING: {"billStartDate": "2026-12-15T00:00:00Z", "prorateFlag": True},
    # November is invoiced and nothing is prorated: today is refused, the next month is taken.
    INVOICED: {"prorateFlag": False},
}


def agreement_of(company: int) -> int:
    """Return the id of a company's agreement."""
    return company - 100


def line_of(company: int) -> int:
    """Return the id of a company's line."""
    return company + 9000


def market() -> SimulatedBook:
    """Return the book as it is before the month's work."""
    return SimulatedBook.from_json(
        {
            "companies": [
                {"id": company, "identifier": f"c{company}", "name": name} for company, name in _NAMES.items()
            ],
            "agreementTypes": [_TYPE],
            "catalog": [_PRODUCT],
            "currencies": [{"id": 1, "currencyCode": "USD", "name": "US Dollar"}],
            "agreements": [_agreement(company) for company in _NAMES],
            "additions": [_line(company, seats) for company, seats in _SEATS.items()],
        }
    )


_TYPE: dict[str, Any] = {
    "id": 1,
    "name": "Managed Services",
    "employeeCompRate": "Actual",
    "employeeCompNotExceed": "Billing",
    "invoicingCycle": "CalendarYear",
    "billTime": "DoNotBill",
    "billExpenses": "Billable",
    "billProducts": "Billable",
}
_PRODUCT: dict[str, Any] = {
    "id": 3409,
    "identifier": "AV-EAP",
    "description": "Email Advanced Protect",
    "customerDescription": "Email Advanced Protect",
    "subcategory": {"id": 20, "name": "Subscriptions"},
    "type": {"id": 30, "name": "Recurring"},
    "price": 4,
    "cost": 2.4,
}


def _agreement(company: int) -> dict[str, Any]:
    return {
        "id": agreement_of(company),
        "name": f"Managed Services {company}",
        "type": {"id": 1},
        "company": {"id": company},
        "contact": {"id": 5000 + company, "name": "Accounts Payable"},
        "startDate": "2024-01-01T00:00:00Z",
        "billStartDate": "2024-01-01T00:00:00Z",
        "nextInvoiceDate": "2026-12-01T00:00:00Z",
        "noEndingDateFlag": True,
        "prorateFlag": True,
        "billingCycle": {"id": 2, "name": "Monthly"},
        "currency": {"id": 1},
        **_DATES.get(company, {}),
    }


def _line(company: int, seats: int) -> dict[str, Any]:
    return {
        "id": line_of(company),
        "agreementId": agreement_of(company),
        "product": {"id": 3409},
        "quantity": seats,
        "unitPrice": 4,
        "unitCost": 2.4,
        "billCustomer": "Billable",
        "effectiveDate": "2024-02-01T00:00:00Z",
    }
