"""Who held how many seats in each export: what counts, who is who over the months, and what it costs."""

from decimal import Decimal

from seatsync.holdings import Strand
from seatsync.model import CompanyId, SeatRow
from seatsync.status import TenantState
from tests.factories import (
    CONTOSO,
    EAP_TIER,
    ECP,
    ECP_TIER,
    agreement,
    book,
    line,
    link,
    seat,
    unreadable,
)
from tests.holding import hold


def one(*months: list[SeatRow]) -> Strand:
    """The one strand of months."""
    (strand,) = hold(*months).strands
    return strand


def money(*users: str, held: object = None, **fields: object) -> Strand:
    """The strand of Contoso with so many users in one month each, priced by a book."""
    months = [[seat(users=each, **fields)] for each in users]
    (strand,) = hold(*months, links=[link()], book=held or book(line())).strands
    return strand


def test_paid_seats_are_followed_over_the_files() -> None:
    assert one([seat(users="12")], [], [seat(users="14")]).seats == (12, 0, 14)


def test_what_is_not_paid_counts_nothing() -> None:
    for state in TenantState:
        if state not in (TenantState.PAID, TenantState.UNKNOWN):
            assert one([seat(users="12")], [seat(users="12", state=state)]).seats == (12, 0)
    assert one([seat(tier="Demo")]).seats == (0,)


def test_what_can_not_be_read_is_unknown_and_counted() -> None:
    strand = one([seat(users="12")], [unreadable()])
    assert (strand.seats, strand.unread) == ((12, None), (0, 1))


def test_a_row_beside_one_that_can_not_be_read_is_still_counted() -> None:
    strand = one([seat(users="12"), unreadable()])
    assert (strand.seats, strand.unread) == ((12,), (1,))


def test_a_renamed_tenant_is_one_by_its_portal_and_bears_its_latest_name() -> None:
    strand = one([seat("Contoso Ltd", portal="p1")], [seat("Contoso Limited", portal="P1 ")])
    assert (strand.tenant, strand.seats) == ("Contoso Limited", (12, 12))
    assert "contoso ltd" in strand.said


def test_two_licenses_of_a_tenant_are_two_strands() -> None:
    strands = hold([seat(), seat(tier=ECP_TIER)]).strands
    assert {strand.tier for strand in strands} == {EAP_TIER, ECP_TIER}


def test_a_file_without_portals_finds_its_tenants_by_name() -> None:
    holdings = hold([seat("Contoso Ltd", portal="")], [seat("Contoso  LTD", portal="p1")])
    (strand,) = holdings.strands
    assert (strand.key, strand.seats) == ("p1", (12, 12))
    assert [file.by_name for file in holdings.files] == [True, False]


def test_a_name_that_two_portals_bear_is_neither() -> None:
    twins = [seat("Contoso Ltd", portal="p1"), seat("Contoso Ltd", portal="p2")]
    assert {strand.key for strand in hold([seat("Contoso Ltd", portal="")], twins).strands} == {
        "contoso ltd",
        "p1",
        "p2",
    }


def test_a_saved_link_names_the_company_as_the_snapshot_does() -> None:
    (strand,) = hold([seat()], links=[link(name="Old name")], book=book()).strands
    assert (strand.company_id, strand.company) == (CONTOSO, "Contoso Ltd")
    (strand,) = hold([seat()], links=[link(name="Old name")]).strands
    assert strand.company == "Old name"
    (strand,) = hold([seat()], book=book()).strands
    assert (strand.company_id, strand.company) == (None, "")


def test_money_is_the_price_of_the_companys_own_line() -> None:
    strand = money("10", "12", held=book(line(unit_price=Decimal("3.50"))))
    assert (strand.money, strand.currency) == ((35, 42), "USD")


def test_a_yearly_line_is_converted_to_a_month() -> None:
    held = book(line(unit_price=Decimal(48)), agreements=[agreement(cycle="Annual", currency="EUR")])
    strand = money("10", held=held)
    assert (strand.money, strand.currency) == ((40,), "EUR")


def test_the_catalogue_prices_what_has_no_line() -> None:
    strand = money("10", tier=ECP_TIER)
    assert (strand.product_id, strand.money) == (ECP, (55,))


def test_included_seats_are_taken_off_once_for_a_company() -> None:
    held = book(line(less_included=Decimal(5)))
    rows = [seat("Contoso Ltd", "3", portal="a"), seat("Contoso UK", "7", portal="b")]
    links = [link("a", tenant_name="a"), link("b", tenant_name="b")]
    strands = hold(rows, links=links, book=held).strands
    assert [strand.money for strand in strands] == [(0,), (20,)]


def test_a_line_that_is_not_billed_costs_nothing_and_that_is_known() -> None:
    assert money("10", held=book(line(bill_customer="NoCharge"))).money == (0,)


def test_money_is_unknown_where_the_price_is_not_one_price() -> None:
    for held in (
        book(line(unit_price=None)),
        book(line(bill_customer="")),
        book(line(1), line(2)),
        book(line(), agreements=[agreement(cycle="Every blue moon")]),
        book(agreements=[agreement(81), agreement(82, currency="EUR")]),
        book(agreements=[agreement(81, CompanyId(251))]),
    ):
        strand = money("10", held=held)
        assert (strand.money, strand.currency) == ((None,), "")


def test_money_is_unknown_without_company_product_or_snapshot() -> None:
    (unlinked,) = hold([seat()], [], book=book(line())).strands
    assert unlinked.money == (None, 0)
    (unmapped,) = hold([seat(tier="Novel")], links=[link()], book=book(line())).strands
    assert unmapped.money == (None,)
    (unscanned,) = hold([seat()], links=[link()]).strands
    assert unscanned.money == (None,)


def test_money_is_unknown_where_the_seats_are() -> None:
    (strand,) = hold([unreadable()], links=[link()], book=book(line())).strands
    assert strand.money == (None,)
