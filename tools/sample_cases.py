"""The sample clients that are there to show something: at least one for every status of a preview."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from tools.sample_clients import EAP, EBP, ECP, PRODUCT, Client, Deal, Line, Months, Tenant


def _one(
    name: str,
    tier: str,
    billed: str,
    users: Months,
    *,
    deal: Mapping[str, Any] | None = None,
    line: dict[str, Any] | None = None,
    currency: str = "USD",
    **tenant: Any,
) -> Client:
    """Make a client with one tenant and, unless ``billed`` is empty, one line for it."""
    lines = (Line(PRODUCT.get(tier, "AV-EAP"), billed, line or {}),) if billed else ()
    return Client(name, (Tenant(tier, users, **tenant),), (Deal(lines, **(deal or {})),), currency)


def _day(day: str) -> str:
    return f"{day}T00:00:00Z"


_ENDED: Final = {"noEndingDateFlag": False, "endDate": _day("2026-06-30"), "nextInvoiceDate": ""}

SPECIAL: Final = (
    # Two portals of one client: their seats are added up.
    Client(
        "Brambeck Freight Ltd",
        (
            Tenant(EAP, ("11", "12", "12"), portal="brambeck-us", region="US"),
            Tenant(EAP, (None, "3", "5"), name="Brambeck Freight Limited", portal="brambeck-eu", region="EU"),
        ),
        (Deal((Line("AV-EAP", "15"),)),),
    ),
    # Orphans: the tenant is gone; one of two tiers is gone; the tenant expired.
    _one("Scarmere Ceramics Ltd", EAP, "14", ("14", "14", None)),
    Client(
        "Oakenrigg Law LLP",
        (Tenant(EAP, ("30", "30", "30"), add_ons="Archiving"), Tenant(ECP, ("6", "6", None))),
        (Deal((Line("AV-EAP", "30"), Line("AV-ECP", "6"))),),
    ),
    _one(
        "Wethercroft Print Ltd",
        EAP,
        "9",
        ("9", "9", "9"),
        states=("Paid", "Paid", "Expired"),
        expires="2026-11-05",
    ),
    # A renamed tenant: the portal stays, and with it the link that October saved.
    _one(
        "Vellmark Catering Ltd",
        EAP,
        "16",
        ("16", "16", "16"),
        renamed="Saffron and Slate Kitchens",
        portal="vellmark",
    ),
    # Unmatched: ConnectWise has no such client.
    Client("Zellgate Ventures", (Tenant(EAP, (None, None, "7")),), in_book=False),
    Client("Tolverham Bay Sailing Club", (Tenant(EBP, ("4", "4", "4")),), in_book=False),
    # Ambiguous: two clients of one name; a short name that fits two.
    _one("Rookholt Veterinary Practice", EAP, "6", ("6", "6", "6")),
    Client("Rookholt Veterinary Practice", deals=(Deal((Line("AV-EAP", "9"),)),)),
    Client(
        "Pellmarsh Property Management Ltd", (Tenant(EAP, ("12", "12", "12"), name="Pellmarsh Property"),)
    ),
    Client("Pellmarsh Property Lettings Ltd"),
    # License unmapped: a tier without a mapping, and two near misses of a mapped one.
    Client(
        "Drumburn Coach Hire Ltd",
        (
            Tenant(EAP, ("10", "10", "10")),
            Tenant("Archiving Add-on Only", (None, "10", "10"), portal="drumburn-archive"),
        ),
        (Deal((Line("AV-EAP", "10"),)),),
    ),
    _one("Gantmere Architects LLP", "Email & Collaboration Advanced Protect", "18", ("18", "18", "19")),
    _one("Iskford Plastics Ltd", "email advanced protect", "5", ("5", "5", "5")),
    # Multiple additions: in one agreement, and over two.
    Client(
        "Lambgarth Care Homes Ltd",
        (Tenant(EAP, ("22", "24", "25")),),
        (
            Deal(
                (Line("AV-EAP", "20"), Line("AV-EAP", "4", {"description": "Email Advanced Protect, annexe"}))
            ),
        ),
    ),
    Client(
        "Kesthurst Furniture Ltd",
        (Tenant(ECP, ("17", "17", "17")),),
        (
            Deal((Line("AV-ECP", "12"),)),
            Deal((Line("AV-ECP", "5"),), kind="Security Bundle", name="Security Bundle"),
        ),
    ),
    # Skipped: a proof of concept without a license, a trial beside a line, the provider's own tenant.
    _one(
        "Pinnshaw Design Studio Ltd",
        "",
        "",
        (None, None, "8"),
        states=("Proof of Concept",) * 3,
        expires="2026-12-10",
        limit="",
    ),
    _one(
        "Ulverdale Training Ltd",
        EAP,
        "4",
        ("4", "4", "4"),
        states=("Paid", "Trial", "Trial"),
        expires="2026-12-15",
    ),
    _one("Harbourlight IT Services", EAP, "", ("15", "15", "15"), states=("Not For Resale",) * 3),
    # Unreadable.
    _one("Jarrowbeck Machine Tools Ltd", EAP, "12", ("12", "12", "12x")),
    # No addition: plain; two agreements to choose from; billed later; period invoiced; agreement ended.
    _one("Caldmarsh Bakery Ltd", EAP, "", (None, None, "6")),
    Client(
        "Yarlcombe Haulage Ltd",
        (Tenant(EAP, (None, "20", "22")),),
        (Deal(), Deal((Line("EDR-EP", "22"),), kind="Security Bundle", name="Security Bundle")),
    ),
    _one(
        "Thornrigg Roofing Ltd",
        EAP,
        "",
        (None, None, "13"),
        deal={
            "more": {
                "startDate": _day("2026-10-01"),
                "billStartDate": _day("2027-01-01"),
                "nextInvoiceDate": _day("2027-01-01"),
            }
        },
    ),
    _one("Mickleford Lettings Ltd", EAP, "", (None, None, "9"), deal={"more": {"prorateFlag": False}}),
    _one(
        "Gorrelworth Seed Merchants Ltd",
        ECP,
        "",
        (None, "11", "11"),
        currency="EUR",
        deal={"cycle": "Quarterly", "more": {"prorateFlag": False, "nextInvoiceDate": _day("2027-01-01")}},
    ),
    Client(
        "Dunnleigh Electrical Ltd",
        (Tenant(EAP, ("7", "7", "7")),),
        (
            Deal((Line("M365-BP", "8"),)),
            Deal((Line("AV-EAP", "7"),), name="Managed Services 2024", more=_ENDED),
        ),
    ),
    # Other agreements: a child, an annual one, a quarterly one.
    Client(
        "Farrstow Timber Group",
        (Tenant(EAP, ("39", "40", "42")),),
        (Deal(), Deal((Line("AV-EAP", "40"),), kind="Security Bundle", name="Security Bundle", child=True)),
    ),
    _one(
        "Netherlow Engineering LLP",
        EAP,
        "10",
        ("10", "10", "12"),
        deal={"cycle": "Annual", "more": {"nextInvoiceDate": _day("2027-04-01")}},
    ),
    _one(
        "Pellcroft Opticians Ltd",
        EAP,
        "15",
        ("15", "15", "14"),
        deal={"cycle": "Quarterly", "more": {"nextInvoiceDate": _day("2027-01-01")}},
    ),
    # Other lines: included seats, unbilled ones, an end or a start in the future, an ended one and its heir.
    _one("Caldholt Civil Engineering Ltd", EAP, "25", ("25", "25", "27"), line={"lessIncluded": Decimal(5)}),
    _one("Hazelbeck Community Trust", EAP, "8", ("8", "8", "9"), line={"billCustomer": "DoNotBill"}),
    Client("Rushfell Choir School", deals=(Deal((Line("AV-EAP", "12", {"billCustomer": "NoCharge"}),)),)),
    _one(
        "Ostercombe Warehousing Ltd",
        EAP,
        "17",
        ("17", "17", None),
        line={"cancelledDate": _day("2026-12-31")},
    ),
    _one("Bramfell Timber Ltd", EAP, "11", (None, None, "11"), line={"effectiveDate": _day("2026-12-01")}),
    Client(
        "Essellow Solicitors LLP",
        (Tenant(ECP, ("20", "20", "20")),),
        (Deal((Line("AV-EAP", "18", {"cancelledDate": _day("2026-06-30")}), Line("AV-ECP", "20"))),),
    ),
    # Counts: none at all, with a thousands separator, with a decimal point.
    _one("Oakenthwaite Cold Storage Ltd", EAP, "6", ("6", "6", "0")),
    _one("Scarworth Food Importers Inc", EAP, "1190", ("1,185", "1,190", "1,204"), limit="1,500"),
    _one("Haskmere Coatings Ltd", EAP, "27", ("27.0", "27.0", "27.0")),
    # Left out of the preview: deleted, expired without a line, and a tier that is not charged for.
    _one("Isklow Event Hire Ltd", EAP, "", ("3", "3", "3"), states=("Paid", "Deleted", "Deleted")),
    _one(
        "Ebberwick Glazing Ltd",
        "",
        "",
        (None, "5", "5"),
        states=("Proof of Concept", "Proof of Concept", "POC Expired"),
        expires="2026-11-12",
        limit="",
    ),
    Client(
        "Harbourlight Demo Lab",
        (Tenant("Partner Demo", ("25", "25", "25")),),
        in_book=False,
    ),
    # In ConnectWise alone: an ended and a cancelled agreement, project work, a deleted company.
    Client("Tarnbeck Fixtures Ltd", deals=(Deal((Line("AV-EAP", "10"),), more=_ENDED),)),
    Client(
        "Immerdale Toys Ltd",
        deals=(
            Deal(
                (Line("AV-EBP", "4"),),
                more={"cancelledFlag": True, "dateCancelled": _day("2026-08-31"), "reasonCancelled": "Sold"},
            ),
        ),
    ),
    Client(
        "Lodemarsh Aggregates Ltd",
        deals=(Deal((Line("PRJ-HR", "40"),), kind="Project", name="Office move"),),
        currency="EUR",
    ),
    Client("Fiddlecroft Crafts", deals=(), more={"deletedFlag": True, "dateDeleted": _day("2026-02-10")}),
)
