"""Makers of book records, and the catalogue, types and currencies that every invented book shares."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

Record = dict[str, Any]

_INFO: Final = {"lastUpdated": "2026-09-14T08:12:30Z", "updatedBy": "frontdesk"}

CYCLES: Final = {"Monthly": 2, "Quarterly": 3, "Annual": 4}
TYPES: Final = {"Managed Services": 1, "Security Bundle": 2, "Project": 3}
CURRENCIES: Final = {"USD": 1, "EUR": 2}

# identifier, description, price, cost, class
_PRODUCTS: Final = (
    (3409, "AV-EAP", "Email Advanced Protect", "4.00", "2.40", "Agreement"),
    (3410, "AV-ECP", "Email Complete Protect", "5.50", "3.35", "Agreement"),
    (3411, "AV-EBP", "Email Basic Protect", "2.75", "1.60", "Agreement"),
    (3300, "M365-BB", "Microsoft 365 Business Basic", "7.20", "5.80", "Agreement"),
    (3301, "M365-BS", "Microsoft 365 Business Standard", "15.00", "12.10", "Agreement"),
    (3302, "M365-BP", "Microsoft 365 Business Premium", "26.40", "21.30", "Agreement"),
    (3310, "RMM-WS", "Workstation Management", "12.00", "3.10", "Service"),
    (3311, "RMM-SRV", "Server Management", "65.00", "14.00", "Service"),
    (3312, "HD-USR", "Help Desk per User", "38.00", "0.00", "Service"),
    (3320, "BKP-WS", "Workstation Backup", "6.50", "2.95", "Agreement"),
    (3321, "BKP-SRV", "Server Backup", "48.00", "22.00", "Agreement"),
    (3322, "BKP-M365", "Mailbox Backup", "3.25", "1.45", "Agreement"),
    (3330, "EDR-EP", "Endpoint Detection and Response", "7.75", "4.20", "Agreement"),
    (3331, "SAT-USR", "Security Awareness Training", "2.10", "0.95", "Agreement"),
    (3332, "DNS-FLT", "DNS Filtering", "1.80", "0.70", "Agreement"),
    (3333, "PWD-MGR", "Password Manager", "4.40", "2.05", "Agreement"),
    (3340, "FW-MGD", "Managed Firewall", "95.00", "31.00", "Service"),
    (3341, "WIFI-AP", "Managed Access Point", "14.00", "3.60", "Service"),
    (3350, "PRJ-HR", "Project Hours", "140.00", "0.00", "NonInventory"),
    (3360, "BND-SEC", "Security Bundle Kit", "0.00", "0.00", "Bundle"),
    (3370, "MAIL-OLD", "Legacy Mail Filter", "1.95", "0.90", "Agreement"),
)
_INACTIVE: Final = "MAIL-OLD"
PRODUCT_IDS: Final[Mapping[str, int]] = {row[1]: row[0] for row in _PRODUCTS}
_ROWS: Final = {row[1]: row for row in _PRODUCTS}
PRICES: Final[Mapping[str, Decimal]] = {row[1]: Decimal(row[3]) for row in _PRODUCTS}
SEAT_PRODUCTS: Final = ("AV-EAP", "AV-ECP", "AV-EBP")


def shared_records() -> Record:
    """Return the lists that do not depend on the clients: catalogue, types, members, currencies."""
    return {
        "agreementTypes": [agreement_type(name, number) for name, number in TYPES.items()],
        "catalog": [_product(*row) for row in _PRODUCTS],
        "members": [
            _member(1, "frontdesk", "Robin", "Ashgrove", "F", "Admin"),
            _member(2, "seatsync-api", "Seat", "Sync", "A", "Agreement Sync"),
        ],
        "currencies": [_currency(1, "$", "USD", "US Dollar"), _currency(2, "€", "EUR", "Euro")],
    }


def agreement_type(name: str, number: int) -> Record:
    """Make an agreement type."""
    return {
        "id": number,
        "name": name,
        "defaultFlag": number == 1,
        "inactiveFlag": False,
        "employeeCompRate": "Actual",
        "employeeCompNotExceed": "Billing",
        "invoicingCycle": "CalendarYear",
        "billTime": "DoNotBill",
        "billExpenses": "Billable",
        "billProducts": "Billable",
        "_info": _INFO,
    }


def company(number: int, name: str, identifier: str, currency: str = "USD", **more: Any) -> Record:
    """Make a company."""
    made = {
        "id": number,
        "identifier": identifier[:25],
        "name": name,
        "status": {"id": 1, "name": "Active"},
        "website": f"https://{identifier}.example",
        "deletedFlag": False,
        "currency": _reference(CURRENCIES[currency]),
        "types": [{"id": 1, "name": "Client"}],
    }
    return {**made, **more, "_info": _INFO}


def agreement(
    number: int,
    name: str,
    company_id: int,
    kind: str,
    cycle: str = "Monthly",
    currency: str = "USD",
    **more: Any,
) -> Record:
    """Make an agreement from 2024 on, next invoiced on 1 December 2026, unless ``more`` says else."""
    made = {
        "id": number,
        "name": name,
        "type": _reference(TYPES[kind]),
        "company": {"id": company_id},
        "contact": {"id": 5000 + company_id, "name": "Accounts Payable"},
        "startDate": stamp("2024-01-01"),
        "noEndingDateFlag": True,
        "cancelledFlag": False,
        "applicationUnits": "Amount",
        "billingCycle": {"id": CYCLES[cycle], "name": cycle},
        "billStartDate": stamp("2024-01-01"),
        "prorateFlag": True,
        "periodType": "Current",
        "currency": _reference(CURRENCIES[currency]),
        "autoInvoiceFlag": True,
        "nextInvoiceDate": stamp("2026-12-01"),
    }
    return {**made, **more, "_info": _INFO}


def addition(
    number: int, agreement_id: int, product: str, quantity: Decimal | int | str, **more: Any
) -> Record:
    """Make a billable line at the catalogue price, effective from 2024, unless ``more`` says else."""
    row = _ROWS[product]
    made = {
        "id": number,
        "product": _reference(row[0]),
        "quantity": _decimal(str(quantity)),
        "lessIncluded": _decimal("0"),
        "unitPrice": _decimal(row[3]),
        "unitCost": _decimal(row[4]),
        "billCustomer": "Billable",
        "effectiveDate": stamp("2024-02-01"),
        "taxableFlag": True,
        "agreementId": agreement_id,
        "description": row[2],
        "invoiceDescription": row[2],
        "sequenceNumber": _decimal("1"),
    }
    return {**made, **more, "_info": _INFO}


@lru_cache(maxsize=1024)
def stamp(day: date | str) -> str:
    """Return a calendar day as the API writes it."""
    return f"{day}T00:00:00Z"


@lru_cache(maxsize=4096)
def _reference(number: int) -> Record:
    # Shared by the records that hold it: large books would carry the same small objects many thousand times.
    return {"id": number}


@lru_cache(maxsize=4096)
def _decimal(text: str) -> Decimal:
    return Decimal(text)


def _member(number: int, identifier: str, first: str, last: str, license_class: str, role: str) -> Record:
    return {
        "id": number,
        "identifier": identifier,
        "licenseClass": license_class,
        "inactiveFlag": False,
        "firstName": first,
        "lastName": last,
        "hireDate": stamp("2021-03-01"),
        "officeEmail": f"{identifier}@provider.example",
        "defaultEmail": "Office",
        "defaultPhone": "Office",
        "securityRole": {"id": number, "name": role},
        "_info": _INFO,
    }


def _product(number: int, identifier: str, description: str, price: str, cost: str, kind: str) -> Record:
    return {
        "id": number,
        "identifier": identifier,
        "description": description,
        "inactiveFlag": identifier == _INACTIVE,
        "subcategory": {"id": 20, "name": "Subscriptions"},
        "type": {"id": 30, "name": "Recurring"},
        "productClass": kind,
        "serializedFlag": False,
        "price": Decimal(price),
        "cost": Decimal(cost),
        "taxableFlag": True,
        "customerDescription": description,
        "recurringFlag": kind == "Agreement",
        "_info": _INFO,
    }


def _currency(number: int, symbol: str, code: str, name: str) -> Record:
    return {
        "id": number,
        "symbol": symbol,
        "currencyCode": code,
        "decimalSeparator": ".",
        "numberOfDecimals": 2,
        "thousandsSeparator": ",",
        "currencyIdentifier": code,
        "name": name,
    }
