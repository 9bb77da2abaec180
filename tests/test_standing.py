"""The months in short: who moved most, and the trend by license."""

from dataclasses import replace

from seatsync.holdings import Holdings
from seatsync.question import Dimension, Measure
from seatsync.standing import movers, trend
from tests.factories import EAP_TIER, ECP_TIER, book, line, link, seat, unreadable
from tests.holding import hold


def halved(holdings: Holdings, place: int) -> Holdings:
    """The same holdings, one file of which is incomplete."""
    file = holdings.files[place]
    half = replace(file.dated.export, incomplete="half of it is missing")
    files = [*holdings.files]
    files[place] = replace(file, dated=replace(file.dated, export=half))
    return replace(holdings, files=tuple(files))


def test_the_largest_moves_come_first_up_and_down() -> None:
    before = [seat("Up", "5"), seat("Down", "9"), seat("Still", "3"), seat("Gone", "20")]
    after = [seat("Up", "9"), seat("Down", "8"), seat("Still", "3"), seat("New", "30")]
    up, down = movers(hold(before, after), 5)
    assert [(each.label, each.before, each.after, each.difference) for each in up] == [
        ("New", 0, 30, 30),
        ("Up", 5, 9, 4),
    ]
    assert [(each.label, each.difference) for each in down] == [("Gone", -20), ("Down", -1)]
    assert [len(each) for each in movers(hold(before, after), 1)] == [1, 1]


def test_the_tenants_of_a_company_move_as_one_and_others_by_themselves() -> None:
    links = [link("us", tenant_name="us"), link("eu", tenant_name="eu")]
    before = [seat("Contoso US", "5", portal="us"), seat("Nobody", "1")]
    after = [seat("Contoso EU", "7", portal="eu"), seat("Nobody", "2")]
    up, down = movers(hold(before, after, links=links, book=book(line())), 5)
    assert [(each.dimension, each.key, each.label, each.difference) for each in up] == [
        (Dimension.COMPANY, "250", "Contoso Ltd", 2),
        (Dimension.TENANT, "nobody", "Nobody", 1),
    ]
    assert down == []


def test_who_can_not_be_read_has_not_moved() -> None:
    assert movers(hold([seat("Alpha", "5")], [unreadable("Alpha")]), 5) == ([], [])
    assert movers(hold([unreadable("Alpha")], [seat("Alpha", "5")]), 5) == ([], [])


def test_an_incomplete_month_moves_nobody() -> None:
    holdings = hold([seat("Alpha", "5")], [seat("Alpha", "8")], [])
    assert [each.difference for each in movers(halved(holdings, 2), 5)[0]] == [3]
    assert movers(halved(hold([seat("Alpha", "5")], []), 1), 5) == ([], [])


def test_one_month_has_no_movers() -> None:
    assert movers(hold([seat()]), 5) == ([], [])
    assert movers(Holdings(), 5) == ([], [])


def test_the_trend_is_by_license_over_the_whole_months() -> None:
    rows = [seat(users="5"), seat(users="2", tier=ECP_TIER)]
    holdings = hold(rows, rows, rows, links=[link()], book=book(line()))
    found = trend(halved(holdings, 1), Measure.SEATS)
    assert [column.label for column in found.columns] == ["2026-01", "2026-03"]
    assert {row.label: row.cells for row in found.rows} == {EAP_TIER: (5, 5), ECP_TIER: (2, 2)}
    assert trend(holdings, Measure.MONEY, "USD").total.cells == (31, 31, 31)
