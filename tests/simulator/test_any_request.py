"""Whatever is sent, the answer is a success or a refusal in the vendor's form, and the book stays sound."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatsync.simulator.app import create_app
from seatsync.simulator.schema import SCHEMAS, Member, schema

from .fakes import LINES, TODAY, api_of, small_book

PATHS = {
    LINES: "Addition",
    "/finance/agreements": "Agreement",
    "/finance/agreements/types": "AgreementType",
    "/procurement/catalog": "CatalogItem",
}
RECORD = {
    LINES: 9001,
    "/finance/agreements": 81,
    "/finance/agreements/types": 1,
    "/procurement/catalog": 3409,
}
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        2**31,
        10**25,
        0.1,
        1e300,
        "",
        "x",
        "12.5",
        "\x00",
        "é",
        "x" * 7000,
        [],
        {},
        [{}],
        [1],
    ]
)


def values(member: Member) -> st.SearchStrategy[Any]:
    """Draw values for a member, most of them fitting."""
    days = st.dates().map(lambda day: f"{day}T00:00:00Z")
    fitting: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(-5, 5000),
        "number": st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.integers(),
        "bool": st.booleans(),
        "day": days | st.sampled_from(["2026-11-30T25:00:00Z", "2026-02-30", "2026-11-30T00:00:00.000Z"]),
        "enum": st.sampled_from(member.choices or ("x",)),
        "ref": st.fixed_dictionaries({"id": st.sampled_from([1, 2, 81, 82, 250, 3409, 3410, 3499, 99])}),
        "list": st.lists(st.fixed_dictionaries({"id": st.integers(0, 9)}), max_size=2),
    }
    return st.one_of(fitting.get(member.kind, st.text(max_size=9)), ODD)


def bodies(type_name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw bodies with what the type requires, a few more of its members, and sometimes one that it lacks."""
    members = schema(type_name)
    required = {name: values(member) for name, member in members.items() if member.required}
    more = st.lists(st.sampled_from(sorted(members)), max_size=5, unique=True)
    return more.flatmap(
        lambda names: st.fixed_dictionaries(
            {**required, **{name: values(members[name]) for name in names}}, optional={"odd": ODD}
        )
    )


def operations(type_name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw PATCH bodies."""
    members = schema(type_name)
    one = st.sampled_from(sorted(members)).flatmap(
        lambda name: st.fixed_dictionaries(
            {
                "op": st.sampled_from(["replace", "replace", "add", "remove", "test"]),
                "path": st.sampled_from([name, f"/{name}", f"{name}/id"]),
                "value": values(members[name]),
            }
        )
    )
    return st.lists(one, max_size=3)


REQUESTS = st.sampled_from(sorted(PATHS)).flatmap(
    lambda path: st.one_of(
        st.tuples(st.just("POST"), st.just(path), bodies(PATHS[path])),
        st.tuples(st.just("PUT"), st.just(f"{path}/{RECORD[path]}"), bodies(PATHS[path])),
        st.tuples(st.just("PATCH"), st.just(f"{path}/{RECORD[path]}"), operations(PATHS[path])),
        st.tuples(st.sampled_from(["POST", "PUT", "PATCH"]), st.just(f"{path}/{RECORD[path]}"), ODD),
    )
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(REQUESTS, min_size=1, max_size=6))
def test_any_body_is_taken_or_refused_and_every_list_is_readable_after(
    requests: list[tuple[str, str, Any]],
) -> None:
    """Several writes one after the other; none may end in a server error, or leave the book in one."""
    with api_of(create_app(small_book(), today=TODAY)) as api:
        for method, path, body in requests:
            answer = api.request(method, path, content=json.dumps(body))
            assert answer.status_code < 500, (method, path, body)
            if answer.status_code >= 400:
                assert set(answer.json()) == {"code", "message", "errors"}
        for path, type_name in PATHS.items():
            listed = api.get(path, params={"pageSize": 1000, "orderBy": "id desc"})
            assert listed.status_code == 200
            assert all(set(record) <= set(SCHEMAS[type_name]) for record in listed.json())


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_as_a_body_are_taken_or_refused(body: bytes) -> None:
    """Not even JSON."""
    with api_of(create_app(small_book(), today=TODAY)) as api:
        for method, path in (("POST", LINES), ("PUT", f"{LINES}/9001"), ("PATCH", f"{LINES}/9001")):
            assert api.request(method, path, content=body).status_code in (200, 400)


NAMES = ["conditions", "childConditions", "customFieldConditions", "orderBy", "fields", "other"]
QUERY = st.dictionaries(
    st.sampled_from([*NAMES, "page", "pageSize", "pageId"]),
    st.text(alphabet="id/nametypes ,=_0123456789.\"'*%é-", max_size=14),
    max_size=4,
)


@settings(deadline=None)
@given(QUERY, st.sampled_from(["", "/count", "/81", "/81/additions", "/81/additions/9001", "/types"]))
def test_any_query_is_answered_or_refused(query: dict[str, str], end: str) -> None:
    """In both kinds of paging."""
    for headers in ({}, {"pagination-type": "forward-only"}):
        with api_of(create_app(small_book(), today=TODAY)) as api:
            answer = api.get("/finance/agreements" + end, params=query, headers=headers)
        assert answer.status_code in (200, 400, 404)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_path_is_answered_or_refused(path: str) -> None:
    """Below the API and elsewhere."""
    with api_of(create_app(small_book(), today=TODAY)) as api:
        for start in ("/finance/agreements/", "/system/reports/", "/", "http://simulator.test/"):
            assert api.get(start + quote(path, safe="")).status_code in (200, 404)
