"""What is stored as JSON comes back exactly."""

import json
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import DatabaseError
from seatsync.model import Addition, Agreement, Company, Problem, Product
from seatsync.plan import Cancel, Create, Update
from seatsync.rules import BrakeLimits, Rules
from seatsync.status import Result
from seatsync.store.codec import (
    change_from_json,
    change_to_json,
    clean,
    json_text,
    problem_from_json,
    problem_to_json,
    rules_from_json,
    rules_to_json,
)

from .making import update

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ids = st.integers(1, 2**40)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
amounts = st.decimals(allow_nan=False, allow_infinity=False)
maybe_days, maybe_amounts = st.none() | days, st.none() | amounts
companies = st.builds(Company, ids, words, words, st.booleans(), words)
products = st.builds(Product, ids, words, words, maybe_amounts, st.booleans())
agreements = st.builds(
    Agreement,
    ids,
    words,
    ids,
    words,
    words,
    st.booleans(),
    maybe_days,
    maybe_days,
    st.booleans(),
    maybe_days,
    maybe_days,
    st.booleans(),
    words,
    words,
    st.none() | ids,
)
lines = st.builds(
    Addition, ids, ids, ids, amounts, amounts, maybe_amounts, words, maybe_days, maybe_days, words
)
some_ids = st.lists(ids, max_size=3).map(tuple)
changes = st.one_of(
    st.builds(Update, words, companies, products, agreements, lines, amounts, maybe_amounts),
    st.builds(
        Create, words, companies, products, agreements, amounts, days, some_ids, some_ids, maybe_amounts
    ),
    st.builds(Cancel, words, companies, products, agreements, lines, days, maybe_amounts),
)
brakes = st.builds(BrakeLimits, st.integers(0, 99), amounts, amounts, amounts)
rules = st.builds(Rules, st.frozensets(words, max_size=3), amounts, amounts, words, brakes)


@given(changes)
def test_a_change_comes_back_as_it_was(change):
    restored = change_from_json(json.loads(json_text(change_to_json(change))))
    assert restored == change
    assert type(restored) is type(change)
    assert type(restored.kind) is type(change.kind)


@given(rules)
def test_rules_come_back_as_they_were(given_rules):
    assert rules_from_json(json.loads(json_text(rules_to_json(given_rules)))) == given_rules


def test_trailing_zeros_and_exponents_of_a_quantity_are_kept():
    for text in ("12.50", "1E+3", "0.0000000000000000001", "123456789012345678901234567890"):
        restored = change_from_json(change_to_json(update(quantity=text)))
        assert str(restored.quantity) == str(Decimal(text))


def test_rules_saved_by_an_older_version_take_the_defaults_for_what_is_missing():
    assert rules_from_json({"currency": "EUR"}) == Rules(currency="EUR")
    assert rules_from_json({"brakes": {"cancels": 9}}) == Rules(brakes=BrakeLimits(cancels=9))


def test_a_setting_that_is_unknown_is_ignored():
    assert rules_from_json({"currency": "EUR", "colour": "green"}) == Rules(currency="EUR")


def test_a_stored_change_that_was_damaged_is_reported_and_not_guessed():
    damaged = change_to_json(update()) | {"quantity": "many"}
    with pytest.raises(DatabaseError, match=r"A stored change can't be read \(1 faults\)"):
        change_from_json(damaged)


def test_a_problem_keeps_its_raw_text():
    problem = Problem(14, "Users", "1,2x", '"1,2x" is not a whole number.')
    assert problem_from_json(problem_to_json(problem)) == problem
    assert problem_from_json(problem_to_json(None)) is None


def test_json_is_written_one_way_only():
    values = {"b": Decimal("4.00"), "a": date(2026, 11, 22), "c": frozenset({"y", "x"}), "d": Result.FAILED}
    assert json_text(values) == '{"a":"2026-11-22","b":"4.00","c":["x","y"],"d":"failed"}'
    assert json_text(MappingProxyType({"name": "Müller"})) == '{"name":"Müller"}'


def test_a_value_without_a_json_form_is_a_defect():
    with pytest.raises(TypeError, match="timedelta has no JSON form"):
        json_text({"age": timedelta(days=1)})


def test_characters_that_no_database_holds_are_replaced():
    assert clean("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert clean("Zoë & Söhne 😀\n") == "Zoë & Söhne 😀\n"
