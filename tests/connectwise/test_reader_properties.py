"""Whatever JSON stands in a field, a reader gives a record or an error of this product, and never guesses."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.connectwise import wire
from seatsync.connectwise.failures import parse_json
from seatsync.connectwise.row import Row, one, rows_of
from seatsync.errors import ConnectWiseError
from seatsync.model import Addition, Agreement, AgreementId, Company, Product

from .hostile import entry

LONGEST = 400
ASKED = AgreementId(81)
quick = settings(max_examples=100, deadline=None)

# What parse_json can give: every text, every integer that json takes, every decimal that a double holds.
texts = st.text(st.characters(), max_size=80) | st.sampled_from(
    [
        "",
        " ",
        "true",
        "TRUE",
        "0",
        "1",
        "NaN",
        "-0",
        "1e5",
        "1_0",
        "2026-02-30",
        "0001-01-01",
        "\ud800",
        "\x1b[2J",
        "w" * 5000,
    ]
)
integers = st.integers() | st.sampled_from([0, 1, -1, 2**31, 2**63 - 1, 2**63, 10**400, -(10**4299)])
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**300), max_value=10**300)
scalars = st.none() | st.booleans() | integers | decimals | texts
values = st.recursive(
    scalars,
    lambda held: st.lists(held, max_size=3) | st.dictionaries(texts | st.just("id"), held, max_size=3),
    max_leaves=5,
)

Reader = Callable[[Row], object]
READERS: dict[str, tuple[type, Reader]] = {
    "agreements": (Agreement, wire.agreement),
    "additions": (Addition, lambda row: wire.addition(row, ASKED)),
    "companies": (Company, wire.company),
    "products": (Product, wire.product),
}
FIELDS = [(listing, field) for listing in READERS for field in entry(listing, 0)]
REQUIRED = {("agreements", "company"), ("additions", "product")}


def read(listing: str, body: object) -> object:
    """Read one record as the client does, or return the error's sentence."""
    _, reader = READERS[listing]
    try:
        return reader(one(body, "record"))
    except ConnectWiseError as error:
        told = str(error)
        assert len(told) < LONGEST
        assert len(told.splitlines()) == 1
        return told


def as_parsed(body: object) -> Any:
    """Return the body as it is once read from JSON text."""
    return parse_json(json.dumps(body).encode())


def as_list(text: str) -> list[dict[str, object]]:
    """Read JSON text that holds a list."""
    found = parse_json(text.encode())
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(("listing", "field"), FIELDS)
@given(value=values)
@settings(max_examples=25, deadline=None)
def test_any_value_in_any_field_gives_a_record_or_an_error(listing: str, field: str, value: object) -> None:
    found = read(listing, as_parsed(entry(listing, 0)) | {field: value})
    assert isinstance(found, (READERS[listing][0], str))


@pytest.mark.parametrize("listing", READERS)
@given(
    body=st.dictionaries(st.sampled_from(["id", "name", "company", "product", "quantity", "type"]), values)
)
@quick
def test_any_object_gives_a_record_or_an_error(listing: str, body: dict[str, object]) -> None:
    found = read(listing, body)
    assert isinstance(found, (READERS[listing][0], str))


@given(body=values)
@quick
def test_any_body_in_place_of_a_list_a_record_a_count_or_a_discovery_record(body: object) -> None:
    for reader in (partial(rows_of, kind="line"), partial(one, kind="line"), wire.count, wire.codebase):
        try:
            reader(body)
        except ConnectWiseError as error:
            told = str(error)
            assert len(told) < LONGEST
            assert len(told.splitlines()) == 1


@given(value=decimals | integers.filter(lambda number: abs(number) < 10**300))
@quick
def test_a_number_is_read_digit_by_digit(value: Decimal | int) -> None:
    for text in (f'[{{"price": {value}}}]', f'[{{"price": "{value}"}}]'):
        (held,) = as_list(text)
        found = Row(held, "product").number("price")
        assert found is not None
        assert str(found) == str(Decimal(value))


@given(value=st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=4))
@quick
def test_a_quantity_comes_back_as_it_was_written(value: Decimal) -> None:
    (patch,) = as_list(wire.quantity_patch(value))
    assert Row(patch, "patch").number("value") == value


@pytest.mark.parametrize("text", ["1_000", "1,5", "\u0661", "0x10", "1e", ".", "--1", "inf", "NaN", "1 0"])
def test_a_text_that_is_no_number_as_json_writes_one_is_an_error(text: str) -> None:
    with pytest.raises(ConnectWiseError, match="can't be read"):
        Row({"price": text}, "product").number("price")


@pytest.mark.parametrize(
    ("listing", "field"), [cell for cell in FIELDS if cell not in REQUIRED and cell[1] != "id"]
)
def test_absent_null_and_empty_are_alike(listing: str, field: str) -> None:
    whole = as_parsed(entry(listing, 0))
    absent = read(listing, {name: value for name, value in whole.items() if name != field})
    assert not isinstance(absent, str)
    assert read(listing, whole | {field: None}) == absent
    assert read(listing, whole | {field: ""}) == absent


@given(day=st.dates(), rest=st.text(st.characters(), max_size=30))
@quick
def test_a_day_is_its_first_ten_characters_whatever_follows(day: date, rest: str) -> None:
    found = Row({"endDate": f"{day.isoformat()}{rest}"}, "agreement").day("endDate")
    assert found == (None if day == date.min else day)


@given(text=texts)
@quick
def test_a_text_is_a_day_only_in_the_form_of_the_vendor(text: str) -> None:
    try:
        found = Row({"endDate": text}, "agreement").day("endDate")
    except ConnectWiseError:
        return
    assert found is None or text.strip().startswith(found.isoformat())


@given(value=values)
@quick
def test_an_id_is_a_whole_number_that_a_database_holds(value: object) -> None:
    try:
        found = Row({"id": value}, "line").id()
    except ConnectWiseError:
        return
    assert 0 <= found < 2**63
    assert not isinstance(value, bool)
    assert Decimal(str(value)) == found


def test_a_nested_value_in_place_of_a_moment_is_no_moment() -> None:
    nested: list[object] = []
    for _ in range(5000):
        nested = [nested]
    assert Row({"lastUpdated": nested}, "_info").moment("lastUpdated") is None


@given(moment=st.datetimes(timezones=st.timezones() | st.just(UTC)))
@quick
def test_a_moment_is_read_to_the_second_in_utc(moment: datetime) -> None:
    found = Row({"lastUpdated": moment.isoformat(timespec="seconds")}, "_info").moment("lastUpdated")
    assert found is None or abs((found - moment).total_seconds()) < 60
