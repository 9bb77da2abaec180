"""The conditions grammar: what it finds, what it refuses, and that nothing makes it crash."""

import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.simulator.conditions import compile_conditions
from seatsync.simulator.refusals import Refusal

from .fakes import LINES

AGREEMENT = {
    "id": 81,
    "name": 'Managed "Gold" 50% [EU]',
    "company": {"id": 250, "name": "Tarnwick Dental Care Ltd"},
    "type": {"id": 1, "name": "Managed Services"},
    "startDate": "2024-01-01T00:00:00Z",
    "cancelledFlag": False,
    "billAmount": 12,
    "agreementStatus": "Active",
    "_info": {"lastUpdated": "2026-09-14T08:12:30Z"},
}


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ("", True),
        ("id = 81", True),
        ("company/id=250 and cancelledFlag=false", True),
        ("company/id=251 OR type/id=1", True),
        ("company/id=251 or type/id=1 and id=82", False),
        ("(company/id=251 or type/id=1) and id=81", True),
        ("type/name='managed services'", True),
        ('type/name="Managed Services"', True),
        ("type/name like 'man%'", True),
        ("type/name like '*serv*'", True),
        ("type/name like 'serv%'", False),
        ("type/name not like 'serv%'", True),
        ("name contains 'gold'", True),
        ("name not contains 'gold'", False),
        ('name contains "\\"Gold\\""', True),
        ("name like '%[[]EU]'", True),
        ("id in (80, 81)", True),
        ("id not in (80, 81)", False),
        ("id > 80 and id >= 81 and id < 82 and id <= 81 and id != 82", True),
        ("billAmount = 12.0", True),
        ("endDate = null", True),
        ("endDate != null", False),
        ("endDate < [2030-01-01]", False),
        ("startDate = [2024-01-01]", True),
        ("startDate > [2023-12-31T23:59:59Z]", True),
        ("lastUpdated > [2026-09-14T08:12:29Z]", True),
        ("_info/lastUpdated > [2026-09-15]", False),
        ("agreementStatus = 'active'", True),
    ],
)
def test_an_expression_finds_the_record_it_describes(conditions: str, found: bool) -> None:
    """One agreement against one expression."""
    assert compile_conditions(conditions, "Agreement")(AGREEMENT) is found


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ("resources/identifier = 'x'", "resources/identifier is not a recognized name."),
        ("company = 250", "company is not a recognized name."),
        ("company/nothing = 1", "company/nothing is not a recognized name."),
        ("agreementStatus = 'Canceled'", "Enum value supplied was invalid"),
        ("cancelledFlag = 0", "Expected a boolean value, not a numeric."),
        ("id = '81'", "Expected a numeric value, not a string."),
        ("startDate = '2024-01-01'", "Expected a DateTime value, not a string."),
        ("startDate = [yesterday]", "[yesterday] is not a valid DateTime."),
        ("id like '8%'", "Only text can be searched."),
        ("name > null", "null can only be compared"),
        ("id = 81 and", "Syntax error: the end was not expected."),
        ("id = 81 id = 82", "Syntax error: 'id' was not expected."),
        ("(id = 81", "Syntax error: the end was not expected."),
        ("name = 'unfinished", "Syntax error: ''unfinished' was not expected."),
        ("id ; 81", "Syntax error: '; 81' was not expected."),
        ("(" * 2000 + "id=81" + ")" * 2000, "The conditions are nested too deeply."),
    ],
)
def test_a_wrong_expression_is_refused_with_the_vendors_code(conditions: str, message: str) -> None:
    """The texts seen live are kept; the others are of their kind."""
    with pytest.raises(Refusal) as caught:
        compile_conditions(conditions, "Agreement")
    assert (caught.value.status, caught.value.code) == (400, "ApiFindCondition")
    assert str(caught.value).startswith(message)


WORDS = st.sampled_from(
    [
        *("id", "name", "company/id", "startDate", "cancelledFlag", "agreementStatus", "=", "!=", "<", ">="),
        *(
            "and",
            "or",
            "not",
            "in",
            "like",
            "contains",
            "(",
            ")",
            ",",
            "null",
            "true",
            "1",
            "-2.5",
            "'Active'",
        ),
        *('"a\\"', "[2024-01-01]", "[", "'", "%", "\\", "\x00", "é", "9" * 40, "[0001-01-01T00:00:00+23:59]"),
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=14).map(" ".join)))
def test_any_text_is_either_understood_or_refused(conditions: str) -> None:
    """Nothing but a Refusal of status 400 may come out, and a compiled test may always be run."""
    try:
        test = compile_conditions(conditions, "Agreement")
        verdicts: set[int] = {test(AGREEMENT), test({})}
    except Refusal as refusal:
        verdicts = {refusal.status}
    assert verdicts <= {True, False, 400}


def test_many_wildcards_are_judged_in_no_time() -> None:
    """A pattern that would send a backtracking search into the ages."""
    accepts = compile_conditions("name like '" + "%a" * 500 + "'", "Agreement")
    begun = time.perf_counter()
    assert not accepts({"name": "a" * 499 + "b"})
    assert time.perf_counter() - begun < 1


def test_conditions_narrow_a_listing_and_its_count(api: httpx.Client) -> None:
    """The line without a cancel date, and those of one product."""
    current = {"conditions": "cancelledDate = null"}
    assert [line["id"] for line in api.get(LINES, params=current).json()] == [9001, 9003]
    assert api.get(LINES + "/count", params={"conditions": "product/id=3410"}).json() == {"count": 2}


def test_a_status_can_be_searched_although_it_is_computed(api: httpx.Client) -> None:
    """Agreement 82 has not started."""
    answer = api.get("/finance/agreements", params={"conditions": "agreementStatus='Active'"})
    assert [agreement["id"] for agreement in answer.json()] == [81]
