"""What is said of a pivot: what it leaves out, which exports it is made of, and its rows in a file."""

from dataclasses import replace
from decimal import Decimal

from seatsync.explore import drill, pivot
from seatsync.holdings import Holdings
from seatsync.present import to_csv
from seatsync.provenance import (
    ROW_COLUMNS,
    file_cells,
    file_remark,
    incomplete,
    pivot_cells,
    pivot_columns,
    remarks,
    row_cells,
    state_of,
)
from seatsync.question import read_address
from seatsync.status import TenantState
from tests.factories import ECP_TIER, agreement, book, line, link, seat, unreadable
from tests.holding import hold


def said(holdings: Holdings, **values: str) -> str:
    """Everything that is said of the answer to an address."""
    asked = read_address({name: [value] for name, value in values.items()}, holdings)
    return " ".join((incomplete(asked, holdings), *remarks(asked, holdings, pivot(holdings, asked.question))))


def test_what_is_left_out_of_the_last_month_is_counted() -> None:
    rows = [
        seat("A"),
        seat("B", state=TenantState.EXPIRED),
        seat("C", state=TenantState.DELETED),
        seat("D", state=TenantState.TRIAL),
        seat("E", tier="Demo"),
        unreadable("F"),
    ]
    text = said(hold(rows))
    assert (
        "2 expired or deleted, 1 proof of concept or not for resale, 1 on a no-charge license and 1" in text
    )
    assert "1 row of the exports shown can't be read" in text
    assert "unknown, not 0" in text


def test_nothing_left_out_is_said_in_four_words() -> None:
    assert said(hold([seat()])).strip() == "Only paid seats count."


def test_an_incomplete_export_is_named() -> None:
    holdings = hold([seat()], [seat()])
    half = replace(holdings.files[1].dated.export, incomplete="half of it is missing")
    file = replace(holdings.files[1], dated=replace(holdings.files[1].dated, export=half))
    assert "2026-02 (a-2026-02.csv) is incomplete" in said(replace(holdings, files=(holdings.files[0], file)))
    assert "incomplete" in file_remark(file, shown=True)
    assert file_remark(file, shown=False).startswith("not shown")


def test_the_file_that_stands_for_a_month_of_several_is_named() -> None:
    holdings = hold([seat()], [seat()], names=["a-2026-10.csv", "b-2026-10.csv"])
    assert "2026-10 has 2 exports; the last whole one stands for it (b-2026-10.csv)." in said(holdings)
    assert "stands for it" not in said(holdings, files="all")


def test_a_file_without_a_month_or_without_portals_is_named() -> None:
    assert "No month stands in the name tenants.csv" in said(hold([seat()], names=["tenants.csv"]))
    assert "a-2026-01.csv has no portals" in said(hold([seat(portal="")], [seat()]))


def test_exports_that_are_not_looked_at_are_counted() -> None:
    assert "2 older exports not looked at." in said(replace(hold([seat()]), older=2))


def test_money_says_its_prices_its_gaps_and_its_other_currencies() -> None:
    held = book(line(), agreements=[agreement(81), agreement(82, currency="EUR", company=251)])
    links = [link(), link("Fabrikam Inc", 251, "Fabrikam Inc")]
    text = said(
        hold([seat(), seat("Fabrikam Inc"), seat("Nobody", "4")], links=links, book=held), measure="money"
    )
    assert "prices of the snapshot in use" in text
    assert "4 seats of 2026-01 have no known price" in text
    assert "What is billed in EUR is not in these sums." in text


def test_a_pivot_in_a_file_says_unknown_and_writes_money_with_cents() -> None:
    rows = [seat("Contoso Ltd", "5"), seat("=cmd()", "4")]
    holdings = hold(rows, links=[link()], book=book(line()))
    asked = read_address({"measure": ["money"], "by": ["tenant"]}, holdings)
    found = pivot(holdings, asked.question)
    columns, cells = pivot_columns(asked, found), pivot_cells(asked, found)
    text = to_csv(columns, cells, ["2026-01", "Change"]).decode("utf-8-sig").splitlines()
    assert text == [
        "Tenant,2026-01,Change,Currency,Seats without price,Unreadable rows",
        "Contoso Ltd,20.00,0.00,USD,0,0",
        "'=cmd(),unknown,unknown,USD,4,0",
    ]


def test_a_seat_row_is_shown_with_its_file_and_line_and_what_it_counts() -> None:
    holdings = hold([seat(users="5", line=9), unreadable(tier=ECP_TIER)])
    asked = read_address({}, holdings)
    paid, bad = (
        row_cells(each, asked.columns, holdings.files) for each in drill(holdings, asked.question, "none")
    )
    assert paid == (
        "2026-01",
        "Contoso Ltd",
        "Email Advanced Protect",
        Decimal(5),
        Decimal(5),
        "Paid",
        "contoso",
        "a-2026-01.csv",
        9,
        "",
    )
    named = dict(zip(ROW_COLUMNS, bad, strict=True))
    assert (named["Status"], named["Counted"]) == ("Unreadable", None)
    assert "is not a whole number" in str(named["Remark"])


def test_every_state_of_a_row_has_a_word() -> None:
    rows = [seat(f"T{place}", state=state) for place, state in enumerate(TenantState)]
    holdings = hold([*rows, seat("Demo", tier="Demo"), unreadable("Bad")])
    assert {state_of(held) for strand in holdings.strands for held in strand.rows} == {
        "Paid",
        "Proof of concept",
        "Not for resale",
        "Expired",
        "Deleted",
        "Unreadable",
        "No-charge license",
    }
    (file,) = holdings.files
    assert file_cells(file)[3:] == (1, 2, 2, 1, 2)
