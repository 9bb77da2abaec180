"""The truth of conditions: random expressions against a naive reading of them, children, custom fields."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.simulator.children import compile_child_conditions, compile_field_conditions
from seatsync.simulator.conditions import compile_conditions
from seatsync.simulator.refusals import Refusal

Record = Mapping[str, Any]
SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TEXTS = st.text(alphabet='aB é%*"\\[]', max_size=5)
DAYS = st.dates().map(lambda day: f"{day}T00:00:00Z")


@dataclass(frozen=True)
class Said:
    """An expression and what it means."""

    text: str
    meaning: Callable[[Record], bool]


def quoted(text: str) -> str:
    """Write a string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def compared(path: str, sign: str, literal: str, value: Any) -> Said:
    """Compare the member at a path; one that is missing fits nothing."""

    def meaning(record: Record) -> bool:
        found = record.get(path)
        found = found.lower() if isinstance(found, str) else found
        return found is not None and SIGNS[sign](found, value)

    return Said(f"{path} {sign} {literal}", meaning)


def matched(path: str, pattern: str, negated: bool) -> Said:
    """Match a text against a pattern by trying every way to split it."""

    def fits(text: str, rest: str) -> bool:
        if not rest:
            return not text
        if rest[0] in "%*":
            return any(fits(text[cut:], rest[1:]) for cut in range(len(text) + 1))
        return bool(text) and text[0] == rest[0] and fits(text[1:], rest[1:])

    def meaning(record: Record) -> bool:
        found = record.get(path)
        return found is not None and fits(found.lower(), pattern.lower()) != negated

    # A bracket has a meaning of its own in a pattern; it is covered by an example elsewhere.
    return Said(f"{path}{' not' if negated else ''} like {quoted(pattern)}", meaning)


def listed(numbers: list[int], negated: bool) -> Said:
    """Look the id up in a list."""
    text = f"id{' not' if negated else ''} in ({', '.join(map(str, numbers))})"
    return Said(text, lambda record: record.get("id") is not None and (record["id"] in numbers) != negated)


def unset(path: str, negated: bool) -> Said:
    """Ask whether a member is missing."""
    sign = "!=" if negated else "="
    return Said(f"{path} {sign} null", lambda record: (record.get(path) is None) != negated)


def joined(said: list[Said], word: str) -> Said:
    """Join expressions in parentheses."""
    every = all if word.lower() == "and" else any
    text = f" {word} ".join(f"({part.text})" for part in said)
    return Said(text, lambda record: every(part.meaning(record) for part in said))


SIGN = st.sampled_from(sorted(SIGNS))
NUMBERS = st.integers(-20, 20)
LEAVES = st.one_of(
    st.builds(lambda sign, n: compared("id", sign, str(n), n), SIGN, NUMBERS),
    st.builds(lambda sign, n: compared("billAmount", sign, f"{n}.50", n + Decimal("0.5")), SIGN, NUMBERS),
    st.builds(lambda sign, text: compared("name", sign, quoted(text), text.lower()), SIGN, TEXTS),
    st.builds(lambda sign, day: compared("startDate", sign, f"[{day[:10]}]", day.lower()), SIGN, DAYS),
    st.builds(lambda flag: compared("taxable", "=", str(flag), flag), st.booleans()),
    st.builds(
        matched, st.just("name"), TEXTS.map(lambda t: t.replace("[", "").replace("]", "")), st.booleans()
    ),
    st.builds(listed, st.lists(NUMBERS, min_size=1, max_size=4), st.booleans()),
    st.builds(unset, st.sampled_from(["id", "name", "startDate", "billAmount", "endDate"]), st.booleans()),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        joined, st.lists(inner, min_size=1, max_size=3), st.sampled_from(["and", "OR", "or", "AND"])
    ),
    max_leaves=6,
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "id": NUMBERS,
        "name": TEXTS,
        "startDate": DAYS,
        "billAmount": st.integers(-40, 40).map(lambda n: Decimal(n) / 2),
        "taxable": st.booleans(),
    },
)


@given(EXPRESSIONS, RECORDS)
def test_an_expression_means_what_a_naive_reading_of_it_means(said: Said, record: Record) -> None:
    """Comparisons, patterns, lists and nulls, joined in any depth."""
    assert compile_conditions(said.text, "Agreement")(record) is said.meaning(record)


COMPANY = {
    "id": 250,
    "types": [{"id": 1, "name": "Client"}, {"id": 2, "name": "Vendor"}],
    "customFields": [
        {"id": 1, "caption": "Tier", "value": "Gold"},
        {"id": 2, "caption": "Sites", "value": 4},
        {"id": 3, "caption": "Signed", "value": True},
    ],
}


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ("", True),
        ('types/name="Client"', True),
        ('types/name="Client" and types/id=1', True),
        ('types/name="Client" and types/id=2', False),
        ('types/name="Prospect" or types/id > 1', True),
        ('types/name like "%end%"', True),
        ('customFields/caption="tier"', True),
    ],
)
def test_child_conditions_look_for_one_entry_that_fits(conditions: str, found: bool) -> None:
    """All of the expression must hold for the same entry."""
    assert compile_child_conditions(conditions, "Company")(COMPANY) is found
    assert compile_child_conditions(conditions, "Company")({"id": 251}) is (conditions == "")


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ("", True),
        ('caption="Tier" AND value="gold"', True),
        ('caption="Tier" AND value="4"', False),
        ('caption="Sites" AND value=4', True),
        ('caption="Sites" AND value >= 5', False),
        ('caption="Signed" AND value=true', True),
        ('caption="Tier" AND value=4', False),
        ('caption="Tier" AND value > [2026-01-01]', False),
        ('caption="Sites" AND value contains "4"', True),
        ('caption="Tier" AND value != null', True),
    ],
)
def test_custom_field_conditions_look_for_one_field_that_fits(conditions: str, found: bool) -> None:
    """A value is only compared with a literal of its own kind."""
    assert compile_field_conditions(conditions, "Company")(COMPANY) is found


@pytest.mark.parametrize(
    ("compiler", "conditions"),
    [
        (compile_child_conditions, "types/id in (1)"),
        (compile_child_conditions, "id=250"),
        (compile_child_conditions, "status/id=1"),
        (compile_child_conditions, "integratorTags/name='x'"),
        (compile_child_conditions, "types/id=1 or customFields/id=1"),
        (compile_field_conditions, "id in (1)"),
        (compile_field_conditions, "color='red'"),
        (compile_field_conditions, "caption="),
    ],
)
def test_what_these_conditions_do_not_take_is_refused(
    compiler: Callable[[str, str], object], conditions: str
) -> None:
    """With the same code as other conditions."""
    with pytest.raises(Refusal) as caught:
        compiler(conditions, "Company")
    assert (caught.value.status, caught.value.code) == (400, "ApiFindCondition")


@given(st.text(), st.sampled_from([compile_child_conditions, compile_field_conditions]))
def test_any_text_is_understood_or_refused_here_too(
    text: str, compiler: Callable[[str, str], Callable[[Record], bool]]
) -> None:
    """Nothing but a Refusal comes out."""
    try:
        verdict: object = compiler(text, "Company")(COMPANY)
    except Refusal as refusal:
        verdict = refusal.status
    assert verdict in (True, False, 400)
