"""Manners on which real servers differ: search lag, short lists, paging, sign-in, broken rows, upgrades."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from seatsync.simulator.app import create_app
from seatsync.simulator.lag import Lag
from seatsync.simulator.quirks import read_quirks

from .fakes import AUTH, HEADERS, LINES, TODAY, InProcess, api_of, small_book

LINE = f"{LINES}/9001"
NEW: Mapping[str, Any] = {"product": {"id": 3409}, "quantity": 6, "billCustomer": "Billable"}
FORWARD = {"pagination-type": "forward-only"}


def quirk(control: httpx.Client, **quirks: Any) -> None:
    """Change manners while the simulator runs."""
    assert control.post("/simulator/quirks", json=quirks).status_code == 200


def ids(api: httpx.Client, **params: Any) -> list[int]:
    """List the ids of the lines."""
    return [line["id"] for line in api.get(LINES, params=params).json()]


def test_a_search_lags_behind_a_write_for_some_requests(api: httpx.Client, control: httpx.Client) -> None:
    """A new line is listed and found by its id at once, but by conditions only later."""
    quirk(control, search_lag_requests=4)
    made = api.post(LINES, json=NEW).json()["id"]
    assert made in ids(api)
    assert api.get(f"{LINES}/{made}").status_code == 200
    assert made not in ids(api, conditions="product/id=3409")
    assert made in ids(api, conditions="product/id=3409")


def test_a_search_still_sees_what_was_changed_or_deleted(api: httpx.Client, control: httpx.Client) -> None:
    """Line 9001 had 12 seats before it was patched and then deleted."""
    quirk(control, search_lag_requests=100)
    api.patch(LINE, json=[{"op": "replace", "path": "quantity", "value": 17}])
    assert ids(api, conditions="quantity=12") == [9001]
    assert ids(api, conditions="quantity=17") == []
    api.delete(LINE)
    assert ids(api, conditions="quantity=12") == [9001]
    assert ids(api) == [9002, 9003]


def test_a_search_lag_of_seconds_ends_with_them() -> None:
    """On a clock that is moved by hand."""
    now = [100.0]
    lag = Lag(lambda: now[0])
    lag.note(read_quirks({"search_lag_seconds": 30}), "Agreement", 81, None, 0)
    records = {81: {"id": 81}, 82: {"id": 82}}
    assert lag.as_searched("Agreement", records, None, 1) == {82: {"id": 82}}
    assert lag.as_searched("Company", records, None, 1) == records
    now[0] = 131
    assert lag.as_searched("Agreement", records, None, 1) == records


def test_a_list_can_be_cut_short_without_a_word(api: httpx.Client, control: httpx.Client) -> None:
    """Only the count tells."""
    quirk(control, list_limit=2)
    assert ids(api) == [9001, 9002]
    assert api.get(LINES + "/count").json() == {"count": 3}


def test_forward_only_paging_can_be_missing_for_a_type(api: httpx.Client, control: httpx.Client) -> None:
    """The header is ignored then, and no Link comes with a single page."""
    quirk(control, no_forward_only=["Addition"])
    assert "Link" not in api.get(LINES, headers=FORWARD).headers
    assert api.get("/finance/agreements", headers=FORWARD).headers["Link"] == ""


def test_link_headers_can_have_their_question_mark(api: httpx.Client, control: httpx.Client) -> None:
    """And keep every other part of the query, written so that it is read back the same."""
    quirk(control, link_question_mark=True)
    answer = api.get(LINES, params={"pageSize": 1, "conditions": 'product/identifier != "a&b"'})
    following = api.get(answer.links["next"]["url"])
    assert following.url.params["conditions"] == 'product/identifier != "a&b"'
    assert [line["id"] for line in answer.json() + following.json()] == [9001, 9002]
    plain = api.get(LINES, params={"pageSize": 1})
    assert api.get(plain.links["last"]["url"]).json()[0]["id"] == 9003


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
        (
            "application/vnd.connectwise.com+json; version=2025.1",
            "application/vnd.connectwise.com+json; version=2025.1",
        ),
    ],
)
def test_the_vendors_own_media_type_is_answered_when_it_is_asked_for(
    api: httpx.Client, accept: str, kind: str
) -> None:
    """With the version that the request pins."""
    assert api.get(LINE, headers={"Accept": accept}).headers["content-type"] == kind


def test_system_info_may_be_open_to_all(app: ASGIApp, control: httpx.Client) -> None:
    """Seen on one self-hosted server; everything else stays closed."""
    quirk(control, open_system_info=True)
    with httpx.Client(transport=InProcess(app), base_url="http://simulator.test/v2025_1/apis/3.0") as client:
        assert client.get("/system/info").status_code == 200
        assert client.get("/system/members").status_code == 401


def test_after_an_upgrade_only_the_new_codebase_and_the_router_answer(
    app: ASGIApp, control: httpx.Client
) -> None:
    """Discovery names the new one."""
    control.post("/simulator/server", json={"codebase": "v2026_1/", "version": "2026.1"})
    with httpx.Client(transport=InProcess(app), auth=AUTH, headers=HEADERS) as client:
        found = {
            codebase: client.get(f"http://simulator.test/{codebase}/apis/3.0/system/info").status_code
            for codebase in ("v2025_1", "v2026_1", "v4_6_release")
        }
    assert found == {"v2025_1": 404, "v2026_1": 200, "v4_6_release": 200}
    assert control.get("/login/companyinfo/training").json()["Codebase"] == "v2026_1/"


def test_one_corrupt_row_breaks_its_page_and_no_other(api: httpx.Client, control: httpx.Client) -> None:
    """Until it is mended."""
    row = {"agreement": 81, "addition": 9002}
    control.post("/simulator/edit", json={**row, "corrupt": True})
    broken = api.get(LINES)
    assert (broken.status_code, broken.json()["message"]) == (
        500,
        "String was not recognized as a valid Boolean.",
    )
    pages = [api.get(LINES, params={"pageSize": 1, "page": page}).status_code for page in (1, 2, 3)]
    assert pages == [200, 500, 200]
    control.post("/simulator/edit", json={**row, "corrupt": False})
    assert api.get(LINES).status_code == 200


def test_a_row_can_go_between_two_pages(api: httpx.Client, control: httpx.Client) -> None:
    """The second page has moved up: line 9002 is seen on neither."""
    gone = {"agreement": 81, "addition": 9001, "delete": True, "when": "after_next_read"}
    control.post("/simulator/edit", json=gone)
    seen = [ids(api, pageSize=1, page=page) for page in (1, 2)]
    assert seen == [[9001], [9003]]


def test_an_edit_whose_record_is_gone_by_then_is_forgotten(api: httpx.Client, control: httpx.Client) -> None:
    """The request that it waited for is answered all the same."""
    late = {"agreement": 81, "addition": 9001, "set": {"quantity": 1}, "when": "after_next_read"}
    control.post("/simulator/edit", json=late)
    control.post("/simulator/edit", json={"agreement": 81, "addition": 9001, "delete": True})
    assert ids(api) == ids(api) == [9002, 9003]


@pytest.mark.parametrize(("body", "keys"), [("gateway", {"error"}), ("usual", {"code", "errors"})])
@pytest.mark.parametrize("retry_after", ["seconds", "date", "none"])
def test_too_many_requests_are_told_in_several_ways(
    api: httpx.Client, control: httpx.Client, retry_after: str, body: str, keys: set[str]
) -> None:
    """With a wait of 40 seconds, as a number or a date, or without one; in two forms."""
    fault = {"name": "rate_limited", "times": 1, "seconds": 40, "retry_after": retry_after, "body": body}
    control.post("/simulator/faults", json=fault)
    answer = api.get(LINE)
    assert (answer.status_code, set(answer.json())) == (429, {*keys, "message"})
    header = answer.headers.get("Retry-After")
    if retry_after == "date":
        wait = parsedate_to_datetime(header) - datetime.now(UTC)
        assert timedelta(seconds=30) < wait <= timedelta(seconds=40)
    else:
        assert header == {"seconds": "40", "none": None}[retry_after]


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("quirks", {"odd": True}),
        ("quirks", {"list_limit": "3"}),
        ("quirks", {"hidden_types": "Project"}),
        ("quirks", {"no_forward_only": ["Lines"]}),
        ("quirks", []),
        ("server", {"codebase": 3}),
        ("faults", {"name": "rate_limited", "retry_after": "soon"}),
        ("faults", {"name": "slow", "seconds": -1}),
        ("faults", "slow"),
    ],
)
def test_a_manner_that_makes_no_sense_is_refused(control: httpx.Client, path: str, wish: Any) -> None:
    """And nothing changes."""
    before = control.get(f"/simulator/{path}").json()
    assert control.post(f"/simulator/{path}", json=wish).status_code == 400
    assert control.get(f"/simulator/{path}").json() == before


@pytest.mark.parametrize("quantity", ["12.50", 12.5])
def test_a_decimal_may_come_as_text(api: httpx.Client, quantity: object) -> None:
    """As one client sends it."""
    patch = [{"op": "replace", "path": "quantity", "value": quantity}]
    assert api.patch(LINE, json=patch).json()["quantity"] == 12.5


@pytest.mark.parametrize("quantity", ["1_000", " 12", "1e999", "Infinity", "١٢", ""])
def test_text_that_is_no_plain_number_is_refused(api: httpx.Client, quantity: str) -> None:
    """Though Python would read some of it."""
    assert api.patch(LINE, json=[{"op": "replace", "path": "quantity", "value": quantity}]).status_code == 400


def test_unset_members_are_blank_only_where_they_are_wanted() -> None:
    """With ``fields`` no other blank comes along."""
    with api_of(create_app(small_book(quirks={"unset_as_blank": True}), today=TODAY)) as api:
        assert api.get(LINE, params={"fields": "id,cancelledDate,nothing"}).json() == {
            "id": 9001,
            "cancelledDate": "",
        }


def test_a_reset_brings_the_first_manners_back(api: httpx.Client, control: httpx.Client) -> None:
    """Quirks, server and corrupt rows."""
    before = [control.get(f"/simulator/{name}").json() for name in ("quirks", "server")]
    quirk(control, list_limit=1)
    control.post("/simulator/server", json={"version": "2026.1"})
    control.post("/simulator/edit", json={"agreement": 81, "addition": 9001, "corrupt": True})
    control.post("/simulator/reset")
    assert [control.get(f"/simulator/{name}").json() for name in ("quirks", "server")] == before
    assert ids(api) == [9001, 9002, 9003]


def test_latency_does_not_add_up_over_requests_that_come_together() -> None:
    """Twenty at once take hardly longer than one."""
    app = create_app(small_book(), today=TODAY, latency_ms=50)

    async def together() -> list[int]:
        transport = httpx.ASGITransport(app)
        base = "http://simulator.test/v2025_1/apis/3.0"
        async with httpx.AsyncClient(
            transport=transport, base_url=base, auth=AUTH, headers=HEADERS
        ) as client:
            answers = await asyncio.gather(*(client.get(LINE) for _ in range(20)))
        return [answer.status_code for answer in answers]

    begun = time.perf_counter()
    assert asyncio.run(together()) == [200] * 20
    assert 0.05 <= time.perf_counter() - begun < 0.5
