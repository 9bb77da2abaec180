"""A question in an address: what it asks, and that nothing in an address can break it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from seatsync.explore import pivot
from seatsync.holdings import Holdings
from seatsync.provenance import incomplete, pivot_cells, pivot_columns, remarks
from seatsync.question import (
    Asked,
    Dimension,
    Drawing,
    Measure,
    Order,
    list_columns,
    list_currencies,
    read_address,
)
from tests.factories import EAP_TIER, ECP_TIER, agreement, book, line, link, seat
from tests.holding import hold


def year(months: int = 14) -> Holdings:
    """Holdings of so many months."""
    names = [f"a-{2025 + place // 12}-{place % 12 + 1:02}.csv" for place in range(months)]
    return hold(
        *([seat(), seat(tier=ECP_TIER)] for _ in names), names=names, links=[link()], book=book(line())
    )


def read(holdings: Holdings, **values: str | list[str]) -> Asked:
    """Read an address; ``from_`` stands for ``from``."""
    given_ = {name.rstrip("_"): [each] if isinstance(each, str) else each for name, each in values.items()}
    return read_address(given_, holdings)


def test_an_empty_address_asks_for_the_companies_of_the_last_twelve_months() -> None:
    asked = read(year())
    assert (asked.question.dimension, asked.question.measure) == (Dimension.COMPANY, Measure.SEATS)
    assert (asked.first.label, asked.last.label, len(asked.shown)) == ("2025-03", "2026-02", 12)
    assert (asked.question.order, asked.drawing, asked.row) == (Order.SIZE, Drawing.STACKED, None)


def test_everything_can_be_asked_for() -> None:
    asked = read(
        year(),
        by="license",
        measure="money-change",
        from_="2025-05",
        to="2025-07",
        find="contoso",
        license=[ECP_TIER, EAP_TIER],
        currency="USD",
        sort="name",
        chart="lines",
        row=EAP_TIER,
    )
    question = asked.question
    assert (question.dimension, question.measure, question.order) == (
        Dimension.LICENSE,
        Measure.MONEY_CHANGE,
        Order.NAME,
    )
    assert [column.label for column in asked.shown] == ["2025-05", "2025-06", "2025-07"]
    assert [column.label for column in question.columns] == ["2025-04", "2025-05", "2025-06", "2025-07"]
    assert (question.words, question.licenses, question.currency) == ("contoso", (EAP_TIER, ECP_TIER), "USD")
    assert (asked.drawing, asked.row) == (Drawing.LINES, EAP_TIER)


def test_what_is_unknown_or_outdated_is_as_if_it_were_not_given() -> None:
    bad = "<script>"
    asked = read(
        year(),
        by=bad,
        measure=bad,
        from_=bad,
        to=bad,
        license=bad,
        currency=bad,
        sort=bad,
        files=bad,
        chart=bad,
    )
    assert asked == read(year())


def test_a_range_that_ends_before_it_begins_begins_where_it_would_without_one() -> None:
    asked = read(year(), from_="2025-09", to="2025-05")
    assert (asked.first.label, asked.last.label) == ("2025-01", "2025-05")


def test_changes_are_sorted_by_change_unless_asked_otherwise() -> None:
    assert read(year(), measure="seat-change").question.order is Order.CHANGE


def test_each_export_of_a_month_can_have_a_column() -> None:
    names = ["a-2026-10.csv", "b-2026-10.csv", "a-2026-11-05.csv"]
    holdings = hold([seat(users="1")], [seat(users="2")], [seat(users="3")], names=names)
    asked = read(holdings)
    assert (asked.several, [column.label for column in asked.columns]) == (True, ["2026-10", "2026-11"])
    assert pivot(holdings, asked.question).rows[0].cells == (2, 3)
    every = read(holdings, files="all")
    assert [column.label for column in every.columns] == ["2026-10", "2026-10 · 2", "2026-11-05"]
    assert len({column.key for column in every.columns}) == 3
    assert pivot(holdings, every.question).rows[0].cells == (1, 2, 3)
    assert not read(year(), files="all").every_file


def test_months_without_a_whole_file_can_be_left_out() -> None:
    holdings = hold([seat()], [seat()])
    half = replace(holdings.files[1].dated.export, incomplete="half of it is missing")
    files = [
        holdings.files[0],
        replace(holdings.files[1], dated=replace(holdings.files[1].dated, export=half)),
    ]
    assert [column.whole for column in list_columns(files)] == [True, False]
    assert [column.label for column in list_columns(files, whole=True)] == ["2026-01"]


def test_the_teams_currency_is_the_first_of_several() -> None:
    held = book(line(), agreements=[agreement(81), agreement(82, currency="AUD")])
    assert list_currencies(hold([seat()], links=[link()], book=held)) == ["USD"]
    assert list_currencies(hold([])) == ["USD"]


hostile = st.text(max_size=12) | st.sampled_from(
    ["", "none", "2025-04", "2026-02", "all", "tenant", "money", "money-change", "USD", "contoso", EAP_TIER]
)
NAMES = ["by", "measure", "from", "to", "find", "license", "currency", "sort", "files", "chart", "row"]
HELD = year(5)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(hostile, max_size=3)))
def test_every_address_is_a_question_that_has_an_answer(address: dict[str, list[str]]) -> None:
    asked = read_address(address, HELD)
    assert asked.first in asked.columns
    assert asked.columns.index(asked.first) <= asked.columns.index(asked.last)
    found = pivot(HELD, asked.question)
    for row in pivot_cells(asked, found):
        assert len(row) == len(pivot_columns(asked, found))
    assert not incomplete(asked, HELD)
    assert all(said.endswith(".") for said in remarks(asked, HELD, found))
