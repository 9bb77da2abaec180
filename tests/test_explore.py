"""A pivot of the kept exports: its cells, its totals, the rows behind it, and what is not known."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.explore import Pivot, drill, pivot, rank
from seatsync.holdings import Holdings
from seatsync.model import CompanyId, SeatRow, decimals
from seatsync.question import Dimension, Measure, Order, Question, list_columns
from seatsync.status import TenantState
from tests.factories import EAP_TIER, ECP_TIER, agreement, book, line, link, seat, unreadable
from tests.holding import hold

LINKS = [
    link("alpha", CompanyId(250), "Contoso Ltd", tenant_name="alpha"),
    link("beta", CompanyId(250), "Contoso Ltd", tenant_name="beta"),
    link("gamma", CompanyId(251), "Fabrikam Inc", tenant_name="gamma"),
]
BOOK = book(
    line(unit_price=Decimal("4.10"), less_included=Decimal(3)),
    agreements=[agreement(81), agreement(82, CompanyId(251), currency="EUR")],
)


def ask(
    holdings: Holdings,
    measure: Measure = Measure.SEATS,
    by: Dimension = Dimension.TENANT,
    **fields: object,
) -> Question:
    """A question about every month, in dollars."""
    given_: dict[str, object] = {"columns": tuple(list_columns(holdings.files)), "currency": "USD"}
    return Question(by, measure, **(given_ | fields))


def cells(found: Pivot) -> dict[str, tuple[Decimal | None, ...]]:
    """The cells of each row by its name."""
    return {row.label: tuple(row.cells) for row in found.rows}


def test_seats_stand_in_a_column_a_month_with_their_change_and_a_total() -> None:
    holdings = hold([seat("Alpha", "5"), seat("Beta", "2")], [seat("Alpha", "9")])
    found = pivot(holdings, ask(holdings))
    assert [column.label for column in found.columns] == ["2026-01", "2026-02"]
    assert cells(found) == {"Alpha": (5, 9), "Beta": (2, 0)}
    assert [row.change for row in found.rows] == [4, -2]
    assert (found.total.cells, found.total.change, found.total.last) == ((7, 9), 2, 9)


def test_changes_stand_in_the_columns_that_have_one_before_them() -> None:
    holdings = hold([seat("Alpha", "5")], [seat("Alpha", "9")], [seat("Alpha", "7")])
    found = pivot(holdings, ask(holdings, Measure.SEAT_CHANGE))
    assert [column.label for column in found.columns] == ["2026-02", "2026-03"]
    assert cells(found) == {"Alpha": (4, -2)}
    assert (found.rows[0].change, found.rows[0].last) == (2, 7)


def test_one_month_has_no_changes() -> None:
    holdings = hold([seat("Alpha", "5")])
    assert pivot(holdings, ask(holdings, Measure.SEAT_CHANGE)).columns == ()


def test_tenants_of_a_company_are_one_row_and_the_unlinked_another() -> None:
    holdings = hold([seat("Alpha", "5"), seat("Beta", "2"), seat("Delta", "1")], links=LINKS)
    found = pivot(holdings, ask(holdings, by=Dimension.COMPANY))
    assert cells(found) == {"Contoso Ltd": (7,), "Not linked": (1,)}


def test_licenses_and_products_are_rows_too_and_what_is_not_mapped_is_one() -> None:
    holdings = hold([seat("Alpha", "5"), seat("Beta", "2", tier=ECP_TIER), seat("Beta", "1", tier="Novel")])
    assert cells(pivot(holdings, ask(holdings, by=Dimension.LICENSE))) == {
        EAP_TIER: (5,),
        ECP_TIER: (2,),
        "Novel": (1,),
    }
    found = pivot(
        hold([seat("Alpha", "5"), seat(tier="Novel", users="1")], book=BOOK),
        ask(holdings, by=Dimension.PRODUCT),
    )
    assert cells(found) == {"AV-EAP": (5,), "Not mapped": (1,)}


def test_two_of_one_name_are_told_apart() -> None:
    holdings = hold([seat("Alpha", "5", portal="a-us"), seat("Alpha", "2", portal="a-eu")])
    assert cells(pivot(holdings, ask(holdings))) == {"Alpha (a-us)": (5,), "Alpha (a-eu)": (2,)}


def test_what_only_an_unreadable_row_says_is_unknown_and_no_drop_to_nothing() -> None:
    holdings = hold([seat("Alpha", "5")], [unreadable("Alpha")])
    found = pivot(holdings, ask(holdings))
    assert cells(found) == {"Alpha": (5, None)}
    assert (found.rows[0].change, found.rows[0].unread, found.total.unread) == (None, 1, 1)
    assert cells(pivot(holdings, ask(holdings, Measure.SEAT_CHANGE))) == {"Alpha": (None,)}


def test_words_and_licenses_choose_what_is_looked_at() -> None:
    holdings = hold([seat("Alpha One", "5"), seat("Alpha Two", "2", tier=ECP_TIER, portal="two")])
    assert cells(pivot(holdings, ask(holdings, words="TWO alpha"))) == {"Alpha Two": (2,)}
    assert cells(pivot(holdings, ask(holdings, licenses=(EAP_TIER,)))) == {"Alpha One": (5,)}
    assert pivot(holdings, ask(holdings, words="nobody")).rows == ()


def test_money_of_another_currency_is_not_added_and_unknown_prices_are_counted() -> None:
    rows = [seat("Alpha", "5"), seat("Gamma", "6"), seat("Delta", "7")]
    holdings = hold(rows, links=LINKS, book=BOOK)
    dollars = pivot(holdings, ask(holdings, Measure.MONEY))
    assert cells(dollars) == {"Alpha": (Decimal("8.20"),), "Delta": (None,)}
    assert (dollars.total.last, dollars.total.unpriced) == (Decimal("8.20"), 7)
    euros = pivot(holdings, ask(holdings, Measure.MONEY, currency="EUR"))
    assert cells(euros)["Gamma"] == (24,)
    assert "Alpha" not in cells(euros)


def test_rows_are_sorted_by_size_change_or_name() -> None:
    holdings = hold(
        [seat("Alpha", "5"), seat("Beta", "9"), seat("Gamma", "1")],
        [seat("Alpha", "5"), seat("Beta", "8"), seat("Gamma", "4")],
    )

    def order(by: Order) -> list[str]:
        return [row.label for row in pivot(holdings, ask(holdings, order=by)).rows]

    assert order(Order.SIZE) == ["Beta", "Alpha", "Gamma"]
    assert order(Order.CHANGE) == ["Gamma", "Beta", "Alpha"]
    assert order(Order.NAME) == ["Alpha", "Beta", "Gamma"]


def test_the_rows_behind_a_row_include_those_that_count_nothing() -> None:
    gone = seat("Alpha", "5", state=TenantState.EXPIRED, line=7)
    holdings = hold([seat("Alpha", "5"), seat("Beta", "2")], [gone])
    found = drill(holdings, ask(holdings), "alpha")
    assert [(each.file, each.row.line, each.seats) for each in found] == [(0, 2, 5), (1, 7, None)]
    assert drill(holdings, ask(holdings), "nobody") == []


def test_the_largest_rows_are_drawn_and_the_rest_is_one() -> None:
    holdings = hold([seat(f"T{n}", str(n)) for n in range(1, 6)])
    top, rest = rank(pivot(holdings, ask(holdings)), 2)
    assert [row.label for row in top] == ["T5", "T4"]
    assert rest is not None
    assert (rest.label, rest.cells) == ("3 others", (6,))
    assert rank(pivot(holdings, ask(holdings)), 5)[1] is None


STATES = [TenantState.PAID, TenantState.PAID, TenantState.PAID, TenantState.TRIAL, TenantState.DELETED]
rows = st.builds(
    lambda name, tier, users, state: (
        unreadable(name, tier=tier) if users == 7 else seat(name, str(users), tier=tier, state=state)
    ),
    st.sampled_from(["Alpha", "Beta", "Gamma", "Delta"]),
    st.sampled_from([EAP_TIER, ECP_TIER, "Demo", "Novel"]),
    st.integers(0, 9),
    st.sampled_from(STATES),
)
months = st.lists(st.lists(rows, max_size=8), min_size=1, max_size=4)


def behind(holdings: Holdings, asked: Question, key: str, file: int) -> list[Decimal]:
    """The seats of the rows behind one cell of a pivot of seats."""
    return [
        each.seats for each in drill(holdings, asked, key) if each.file == file and each.seats is not None
    ]


@given(months, st.sampled_from(Dimension), st.sets(st.sampled_from(LINKS)))
def test_every_cell_and_total_is_the_sum_of_the_seat_rows_it_is_made_of(
    given_: Sequence[Sequence[SeatRow]], by: Dimension, links: set[object]
) -> None:
    holdings = hold(*given_, links=[each for each in LINKS if each in links], book=BOOK)
    asked = ask(holdings, by=by)
    found = pivot(holdings, asked)
    for place, column in enumerate(found.columns):
        for row in found.rows:
            counted = behind(holdings, asked, row.key, column.file)
            if row.cells[place] is None:
                assert row.unread
                assert not any(counted)
            else:
                assert row.cells[place] == decimals(counted)
        paid = [
            row.users or Decimal(0)
            for row in given_[column.file]
            if row.state is TenantState.PAID and row.problem is None and row.tier != "Demo"
        ]
        assert found.total.cells[place] == decimals(paid)


@pytest.mark.parametrize("money", [False, True])
@given(months, st.sampled_from(Dimension))
def test_changes_add_up_to_the_change_over_all_months(
    money: bool, given_: Sequence[Sequence[SeatRow]], by: Dimension
) -> None:
    holdings = hold(*given_, links=LINKS, book=BOOK)
    measures = (Measure.MONEY, Measure.MONEY_CHANGE) if money else (Measure.SEATS, Measure.SEAT_CHANGE)
    levels, moves = (pivot(holdings, ask(holdings, each, by)) for each in measures)
    standing = {row.key: row for row in levels.rows}
    for row in (*moves.rows, moves.total):
        level = standing.get(row.key, levels.total)
        assert (row.change, row.last) == (level.change, level.last)
        assert row.cells == tuple(
            None if None in pair else pair[1] - pair[0]
            for pair in zip(level.cells, level.cells[1:], strict=False)
        )
        if None not in level.cells:
            assert decimals([cell for cell in row.cells if cell is not None]) == row.change
    assert moves.total.change == levels.total.cells[-1] - levels.total.cells[0]


@given(months, st.sampled_from(Dimension))
def test_the_total_of_money_is_one_whatever_the_rows_are(
    given_: Sequence[Sequence[SeatRow]], by: Dimension
) -> None:
    """Three included seats of Contoso are taken off the paid seats of the product, once a month."""
    holdings = hold(*given_, links=LINKS, book=BOOK)
    found = pivot(holdings, ask(holdings, Measure.MONEY, by))
    for place, column in enumerate(found.columns):
        held = {EAP_TIER: Decimal(0), ECP_TIER: Decimal(0)}
        for row in given_[column.file]:
            if row.tenant in ("Alpha", "Beta") and row.tier in held and row.problem is None:
                held[row.tier] += row.users or Decimal(0) if row.state is TenantState.PAID else Decimal(0)
        own = max(held[EAP_TIER] - 3, Decimal(0)) * Decimal("4.10")
        assert found.total.cells[place] == own + held[ECP_TIER] * Decimal("5.50")
