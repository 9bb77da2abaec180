"""The rows of a preview as somebody works through them: found, sorted, grouped, added up."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import compress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.model import CompanyId, ExportId, ExportRecord, Snapshot, SnapshotId
from seatsync.preview import PreviewRow
from seatsync.previews import Review
from seatsync.status import Status
from seatsync.sums import add_up
from seatsync.worksheet import Line, Order, View, Worksheet, by_status, client_of
from tests.factories import CONTOSO, ECP_TIER, FABRIKAM, book, line, preview, seat

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS = preview(
    [
        seat(users="17"),
        seat(tier=ECP_TIER, users="3", line=3),
        seat("Fabrikam Inc", "5", line=4),
        seat("Zyx Qwv", "9", line=5),
        seat("Litware", "4", tier="Unknown tier", line=6),
    ],
    book(line(quantity="12"), line(9002, "30", agreement_id=82)),
)
UNMATCHED = [client_of(row) for row in ROWS.rows if row.status is Status.UNMATCHED]


def worksheet(rows: tuple[PreviewRow, ...] = ROWS.rows) -> Worksheet:
    """A worksheet of rows."""
    export = ExportRecord(
        ExportId(1),
        "nov.csv",
        "aa",
        NOW,
        "anna",
        {},
        len(rows),
        0,
        truncated=False,
        encoding="",
        delimiter=",",
    )
    snapshot = Snapshot(SnapshotId(1), NOW, 2, 2, 2, 2)
    return Worksheet(Review(export, snapshot, book(), replace(ROWS, rows=rows), {}, {}))


def found(view: View, sheet: Worksheet | None = None) -> list[str]:
    """The clients of the rows that a view wants, in its order."""
    sheet = sheet or worksheet()
    return [client_of(sheet.rows[line.places[0]]) for line in sheet.find(view) if not line.client]


def test_without_a_wish_every_row_is_found_in_the_order_of_the_preview() -> None:
    sheet = worksheet()
    assert [line.places for line in sheet.find(View())] == [(place,) for place in range(len(sheet.rows))]
    assert len(sheet.rows) == 5


@pytest.mark.parametrize(
    ("view", "clients"),
    [
        (View(words="FABRIKAM"), ["Fabrikam Inc"]),
        (View(words="contoso av-ecp"), ["Contoso Ltd"]),
        (View(words="contoso fabrikam"), []),
        (View(companies=frozenset({FABRIKAM})), ["Fabrikam Inc"]),
        (View(licenses=frozenset({ECP_TIER})), ["Contoso Ltd"]),
        (View(statuses=frozenset({Status.UNMATCHED})), UNMATCHED),
        (View(statuses=frozenset({Status.READY}), words="contoso"), ["Contoso Ltd"]),
    ],
)
def test_every_wish_has_to_hold(view: View, clients: list[str]) -> None:
    assert found(view) == clients


def test_rows_are_sorted_by_client_seats_and_money() -> None:
    assert found(View(order=Order.CLIENT)) == sorted(found(View()), key=str.casefold)
    assert found(View(order=Order.RISE))[0] == "Zyx Qwv"
    assert found(View(order=Order.FALL))[0] == "Fabrikam Inc"
    assert found(View(order=Order.MONEY))[0] == "Fabrikam Inc"


def test_the_rows_of_a_client_stand_under_a_line_of_its_own() -> None:
    sheet = worksheet()
    lines = sheet.find(View(grouped=True))
    (client,) = [each for each in lines if each.client]
    place = lines.index(client)
    assert {client_of(sheet.rows[each]) for each in client.places} == {"Contoso Ltd"}
    assert lines[place + 1 : place + 3] == tuple(Line((each,), member=True) for each in client.places)
    assert sum(each.member for each in lines) == 2


@given(
    st.lists(st.sampled_from(range(len(ROWS.rows))), max_size=12),
    st.sampled_from(Order),
    st.booleans(),
)
def test_no_row_is_lost_or_doubled_by_sorting_and_grouping(
    picked: list[int], order: Order, grouped: bool
) -> None:
    rows = tuple(replace(ROWS.rows[place], key=f"r{number}") for number, place in enumerate(picked))
    lines = worksheet(rows).find(View(order=order, grouped=grouped))
    shown = Counter(each.places[0] for each in lines if not each.client)
    assert shown == Counter(range(len(rows)))
    for each in lines:
        companies = {row.company.id if row.company else None for row in map(rows.__getitem__, each.places)}
        assert not each.client or (len(each.places) > 1 and len(companies) == 1)


def test_sums_keep_currencies_apart_and_count_what_has_no_price() -> None:
    dollars, euros = ROWS.rows[0], replace(ROWS.rows[1], monthly_delta=Decimal(3), currency="EUR")
    silent = replace(ROWS.rows[2], monthly_delta=None)
    sums = add_up([dollars, dollars, euros, silent])
    assert sums.rows == 4
    assert sums.silent == 1
    assert sums.money == {dollars.currency: 2 * (dollars.monthly_delta or 0), "EUR": Decimal(3)}
    assert sums.difference == sum((row.difference or 0) for row in (dollars, dollars, euros, silent))


def test_the_sums_of_the_statuses_come_to_those_of_all() -> None:
    parts, whole = by_status(ROWS.rows), add_up(ROWS.rows)
    assert sum(part.rows for part in parts.values()) == whole.rows
    assert sum(part.seats_new for part in parts.values()) == whole.seats_new
    assert sum(part.seats_now for part in parts.values()) == whole.seats_now
    assert list(parts) == [status for status in Status if status in parts]


def test_a_box_is_as_a_person_left_it_and_else_as_by_default() -> None:
    sheet = worksheet()
    by_default = [row.selected for row in sheet.rows]
    assert list(sheet.chosen({})) == by_default
    ready = by_default.index(True)
    left = sheet.chosen({sheet.rows[ready].key: False, "no such row": True})
    assert list(left) == [*by_default[:ready], False, *by_default[ready + 1 :]]
    locked = next(row for row in sheet.rows if not row.selectable)
    assert list(sheet.chosen({locked.key: True})) == by_default


@given(st.lists(st.sampled_from(ROWS.rows), min_size=500, max_size=520), st.data())
@settings(max_examples=25, deadline=None)
def test_the_sums_of_the_chosen_are_those_of_their_rows(rows: list[PreviewRow], data: st.DataObject) -> None:
    sheet = worksheet(tuple(replace(row, key=f"r{number}") for number, row in enumerate(rows)))
    places = data.draw(st.lists(st.sampled_from(range(len(rows))), max_size=40))
    chosen = sheet.chosen({f"r{place}": data.draw(st.booleans()) for place in places})
    quick, whole = sheet.add_up_chosen(chosen), add_up(compress(sheet.rows, chosen))
    assert replace(quick, money={}) == replace(whole, money={})
    assert {code: sum_ for code, sum_ in quick.money.items() if sum_} == {
        code: sum_ for code, sum_ in whole.money.items() if sum_
    }


def test_the_offered_companies_and_licenses_are_those_of_the_rows() -> None:
    sheet = worksheet()
    assert dict(sheet.companies) == {CONTOSO: "Contoso Ltd", FABRIKAM: "Fabrikam Inc"}
    assert "Unknown tier" in sheet.licenses
    assert CompanyId(1) not in sheet.companies
