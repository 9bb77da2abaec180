"""The sample book and exports: made by their script, believable together, showing each promised case."""

import csv
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from seatsync.simulator.book import SimulatedBook
from seatsync.simulator.views import agreement_status, day_of
from tools.make_samples import HEADER, main

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
TODAY = date(2026, 11, 22)
MAPPED = {
    "Email Advanced Protect": "AV-EAP",
    "Email Complete Protect": "AV-ECP",
    "Email Basic Protect": "AV-EBP",
}
NO_CHARGE = "Partner Demo"
Row = dict[str, str]


@cache
def rows(month: str) -> tuple[Row, ...]:
    """Read one export without its totals row."""
    with (SAMPLES / f"avanan-{month}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file) if row["Portal"])


@cache
def book() -> SimulatedBook:
    """Read the sample book."""
    return SimulatedBook.sample()


def paid(month: str) -> set[str]:
    """Portals that are paid in a month."""
    return {row["Portal"] for row in rows(month) if row["Status"] == "Paid"}


def seats(row: Row) -> int:
    """Read a user count."""
    return int(row["Users"].replace(",", "").removesuffix(".0"))


def companies_named(name: str) -> list[int]:
    """Ids of the companies of exactly that name."""
    return [number for number, company in book().companies.items() if company["name"] == name]


def counted(company: str, product: str) -> list[int]:
    """Quantities of a company's counted lines of a product."""
    identifiers = {number: item["identifier"] for number, item in book().catalog.items()}
    found = []
    for number, agreement in book().agreements.items():
        owner = book().companies[agreement["company"]["id"]]["name"]
        if owner != company or agreement_status(agreement, TODAY) != "Active":
            continue
        for line in book().additions.get(number, {}).values():
            end = day_of(line.get("cancelledDate"))
            if identifiers[line["product"]["id"]] == product and (end is None or end > TODAY):
                found.append(int(line["quantity"]))
    return found


def november() -> dict[tuple[str, str], int]:
    """Sum November's readable paid seats by company and product, with the Company column as evidence."""
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows("2026-11"):
        if row["Status"] == "Paid" and row["License"] in MAPPED and row["Users"] != "12x":
            sums[row["Company"], MAPPED[row["License"]]] += seats(row)
    return sums


def test_the_samples_are_what_their_script_makes(tmp_path: Path) -> None:
    """Byte for byte, so that nobody edits them by hand."""
    main(tmp_path)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made == {name: (SAMPLES / name).read_bytes() for name in made}
    assert sorted(made) == ["avanan-2026-09.csv", "avanan-2026-10.csv", "avanan-2026-11.csv", "book.json"]


def test_the_book_has_the_promised_breadth() -> None:
    """Clients, agreement types, billing cycles, currencies, products, and a child agreement."""
    agreements = list(book().agreements.values())
    assert 55 <= len(book().companies) <= 70
    assert {kind["name"] for kind in book().agreement_types.values()} == {
        "Managed Services",
        "Security Bundle",
        "Project",
    }
    assert {agreement["billingCycle"]["name"] for agreement in agreements} == {
        "Monthly",
        "Quarterly",
        "Annual",
    }
    assert {agreement["currency"]["id"] for agreement in agreements} == {1, 2}
    assert {agreement_status(agreement, TODAY) for agreement in agreements} == {
        "Active",
        "Cancelled",
        "Expired",
    }
    assert any(agreement.get("parentAgreement") for agreement in agreements)
    assert len(book().catalog) >= 18


def test_the_three_seat_products_have_their_prices() -> None:
    """As the story of the demonstration tells them."""
    prices = {item["identifier"]: str(item["price"]) for item in book().catalog.values()}
    assert (prices["AV-EAP"], prices["AV-ECP"], prices["AV-EBP"]) == ("4.00", "5.50", "2.75")


def test_no_line_breaks_the_rules_of_the_server() -> None:
    """Otherwise its quantity could not be patched: the server validates the whole record."""
    for number, lines in book().additions.items():
        billing = day_of(book().agreements[number]["billStartDate"])
        for line in lines.values():
            start = day_of(line["effectiveDate"])
            assert start is not None
            assert billing is not None
            assert start >= billing, line["id"]


def test_the_book_shows_lines_of_every_kind() -> None:
    """Included seats, unbilled, ending and starting in the future, ended."""
    lines = [line for of in book().additions.values() for line in of.values()]
    assert {line["billCustomer"] for line in lines} == {"Billable", "DoNotBill", "NoCharge"}
    assert any(line["lessIncluded"] > 0 for line in lines)
    ends = [end for line in lines if (end := day_of(line.get("cancelledDate")))]
    assert min(ends) < TODAY < max(ends)
    assert any((day_of(line["effectiveDate"]) or TODAY) > TODAY for line in lines)


@pytest.mark.parametrize("month", ["2026-09", "2026-10", "2026-11"])
def test_an_export_has_the_layout_and_ends_with_its_total(month: str) -> None:
    """Header, CRLF, and a totals row that no reader may take for a tenant."""
    text = (SAMPLES / f"avanan-{month}.csv").read_bytes().decode("utf-8")
    assert text.startswith(",".join(HEADER) + "\r\n")
    assert text.splitlines()[-1].startswith("Total,,,,,,,")
    assert "\n" not in text.replace("\r\n", "")


def test_each_month_keeps_at_least_four_fifths_of_the_tenants_before() -> None:
    """So that none of them looks incomplete."""
    for before, after in (("2026-09", "2026-10"), ("2026-10", "2026-11")):
        assert len(paid(before) & paid(after)) >= 0.8 * len(paid(before))
        assert paid(before) != paid(after)


def test_no_portal_and_tier_stand_twice_in_a_month() -> None:
    """A duplicate would be unreadable on both rows."""
    for month in ("2026-09", "2026-10", "2026-11"):
        assert max(Counter((row["Portal"], row["License"]) for row in rows(month)).values()) == 1


def test_november_goes_up_down_and_nowhere() -> None:
    """Ready in both directions, and most lines unchanged."""
    moves = Counter[str]()
    for (company, product), users in november().items():
        if len(lines := counted(company, product)) == 1 and len(companies_named(company)) == 1:
            moves["up" if users > lines[0] else "down" if users < lines[0] else "same"] += 1
    assert moves["up"] >= 10
    assert moves["down"] >= 4
    assert moves["same"] >= 15


def test_november_has_seats_without_a_line() -> None:
    """Five clients; one chooses between two agreements, one has the line in an ended agreement."""
    missing = {
        company
        for (company, product), _ in november().items()
        if len(companies_named(company)) == 1 and not counted(company, product)
    }
    assert {
        "Caldmarsh Bakery Ltd",
        "Yarlcombe Haulage Ltd",
        "Thornrigg Roofing Ltd",
        "Mickleford Lettings Ltd",
        "Gorrelworth Seed Merchants Ltd",
        "Dunnleigh Electrical Ltd",
    } <= missing


def test_november_lacks_lines_that_are_billed() -> None:
    """A tenant gone, a tier gone, a tenant expired."""
    gone = {
        ("Scarmere Ceramics Ltd", "AV-EAP"),
        ("Oakenrigg Law LLP", "AV-ECP"),
        ("Wethercroft Print Ltd", "AV-EAP"),
    }
    assert all(counted(*line) for line in gone)
    assert not gone & set(november())


def test_november_has_tenants_without_one_clear_company() -> None:
    """Unknown names, two companies of one name, a short name that fits two."""
    names = {row["Tenant"] for row in rows("2026-11")}
    assert {"Zellgate Ventures", "Rookholt Veterinary Practice", "Pellmarsh Property"} <= names
    assert companies_named("Zellgate Ventures") == []
    assert len(companies_named("Rookholt Veterinary Practice")) == 2
    assert len([c for c in book().companies.values() if c["name"].startswith("Pellmarsh Property ")]) == 2


def test_november_has_tiers_beyond_the_mapped_ones() -> None:
    """One without a mapping, two near misses, one for no-charge."""
    tiers = {row["License"] for row in rows("2026-11")} - set(MAPPED)
    assert tiers == {
        "Archiving Add-on Only",
        "Email & Collaboration Advanced Protect",
        "email advanced protect",
        NO_CHARGE,
        "",
    }


def test_november_has_every_state_and_a_count_that_cannot_be_read() -> None:
    """Paid, skipped, left out; and 12x."""
    states = {row["Status"] for row in rows("2026-11")}
    assert states == {
        "Paid",
        "Proof of Concept",
        "Trial",
        "Not For Resale",
        "Expired",
        "POC Expired",
        "Deleted",
    }
    assert [row["Tenant"] for row in rows("2026-11") if row["Users"] == "12x"] == [
        "Jarrowbeck Machine Tools Ltd"
    ]


def test_two_portals_of_one_client_add_up() -> None:
    """12 and 5, of a line of 15."""
    parts = [row for row in rows("2026-11") if row["Company"] == "Brambeck Freight Ltd"]
    assert sorted((row["Portal"], row["Users"]) for row in parts) == [
        ("brambeck-eu", "5"),
        ("brambeck-us", "12"),
    ]
    assert counted("Brambeck Freight Ltd", "AV-EAP") == [15]


def test_two_clients_have_one_product_on_two_lines() -> None:
    """In one agreement, and over two."""
    assert counted("Lambgarth Care Homes Ltd", "AV-EAP") == [20, 4]
    assert counted("Kesthurst Furniture Ltd", "AV-ECP") == [12, 5]
