"""Reading: discovery, sign-in, records as answered, pages, order, choice of members."""

from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from seatsync.simulator.app import create_app

from .fakes import LINES, TODAY, InProcess, api_of, control_of, small_book


def test_discovery_needs_no_sign_in_and_names_the_codebase(control: httpx.Client) -> None:
    """The codebase ends with a slash."""
    answer = control.get("/login/companyinfo/training")
    assert (answer.json()["Codebase"], answer.json()["CompanyID"]) == ("v2025_1/", "training")


def test_an_unknown_company_is_answered_with_null(control: httpx.Client) -> None:
    """With status 200, as on the vendor's hosts."""
    answer = control.get("/login/companyinfo/nobody")
    assert (answer.status_code, answer.text) == (200, "null")


@pytest.mark.parametrize(
    ("auth", "headers", "status"),
    [
        (("training+public-key", "private-key"), {"clientId": "client-id"}, 200),
        (("training+public-key", "wrong"), {"clientId": "client-id"}, 401),
        (("other+public-key", "private-key"), {"clientId": "client-id"}, 401),
        (None, {"clientId": "client-id"}, 401),
        (None, {"clientId": "client-id", "Authorization": "Basic !"}, 401),
        (("training+public-key", "private-key"), {}, 403),
        (("training+public-key", "private-key"), {"clientId": "other"}, 403),
    ],
)
def test_only_the_right_keys_and_client_id_let_in(
    app: ASGIApp, auth: Any, headers: dict[str, str], status: int
) -> None:
    """Wrong keys are 401, a missing or wrong clientId is 403."""
    with httpx.Client(transport=InProcess(app), auth=auth, headers=headers) as client:
        answer = client.get("http://simulator.test/v2025_1/apis/3.0/finance/agreements/count")
    assert answer.status_code == status


def test_a_cloud_host_answers_wrong_keys_with_404() -> None:
    """A quirk of the book."""
    app = create_app(small_book(quirks={"wrong_keys_status": 404}))
    with httpx.Client(transport=InProcess(app), base_url="http://simulator.test") as client:
        assert client.get("/v2025_1/apis/3.0/system/info").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v4_6_release/apis/3.0/system/info", 200),
        ("/v2025_1/apis/3.0/system/info", 200),
        ("/v2019_5/apis/3.0/system/info", 404),
        ("/v2025_1/apis/3.0/finance/agreementTypes", 404),
        ("/v2025_1/apis/3.0/finance/agreements/", 404),
        ("/v2025_1/apis/3.0/finance/agreements/abc", 404),
        ("/elsewhere", 404),
    ],
)
def test_paths_that_are_no_endpoint_say_so(api: httpx.Client, path: str, status: int) -> None:
    """Including an old codebase and a path that only looks right."""
    answer = api.get(f"http://simulator.test{path}")
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["message"] == "The endpoint does not exist."


def test_every_answer_carries_version_and_request_id(api: httpx.Client) -> None:
    """Refusals too."""
    answers = [api.get("/system/info"), api.get("/finance/agreements/7"), api.get("/nothing")]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert {answer.headers["api-current-version"] for answer in answers} == {"2025.1"}
    assert len({answer.headers["x-cw-request-id"] for answer in answers}) == 3


def test_an_unknown_id_is_named(api: httpx.Client) -> None:
    """The record's kind and the id."""
    answer = api.get(LINES + "/77")
    assert (answer.status_code, answer.json()["message"]) == (404, "Addition 77 not found")
    assert api.get("/finance/agreements/5/additions").json()["message"] == "Agreement 5 not found"


def test_a_line_is_answered_with_its_computed_members(api: httpx.Client) -> None:
    """12.5 seats at 4.00 and 2.50, two of them included."""
    answer = api.get(LINES + "/9003")
    line = answer.json()
    assert line["product"] == {"id": 3410, "identifier": "AV-ECP"}
    assert (line["billedQuantity"], line["extPrice"], line["extCost"], line["margin"]) == (
        10.5,
        50,
        31.25,
        18.75,
    )
    assert line["agreementStatus"] == "Active"
    assert '"quantity":12.5' in answer.text
    assert "cancelledDate" not in line


def test_whole_quantities_are_written_with_a_decimal_point(api: httpx.Client) -> None:
    """As the vendor writes doubles; ids stay whole."""
    text = api.get(LINES + "/9001").text
    assert '"quantity":12.0' in text
    assert '"id":9001' in text


def test_a_cancelled_line_stays_in_the_listing(api: httpx.Client) -> None:
    """With its cancel date."""
    assert [(line["id"], line.get("cancelledDate")) for line in api.get(LINES).json()] == [
        (9001, None),
        (9002, "2026-06-30T00:00:00Z"),
        (9003, None),
    ]


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({}, "Active"),
        ({"startDate": "2026-11-22T00:00:00Z"}, "Active"),
        ({"startDate": "2026-11-23T00:00:00Z"}, "Inactive"),
        ({"endDate": "2026-11-22T00:00:00Z"}, "Active"),
        ({"endDate": "2026-11-21T00:00:00Z"}, "Expired"),
        ({"endDate": "2026-11-21T00:00:00Z", "noEndingDateFlag": True}, "Active"),
        ({"cancelledFlag": True}, "Cancelled"),
    ],
)
def test_an_agreements_status_follows_its_flag_and_dates(members: dict[str, Any], status: str) -> None:
    """On 22 November 2026."""
    agreement = {"id": 81, "name": "A", "company": {"id": 250}, "type": {"id": 1}, **members}
    with api_of(create_app(small_book(agreements=[agreement], additions=[]), today=TODAY)) as api:
        assert api.get("/finance/agreements/81").json()["agreementStatus"] == status


def test_names_behind_references_are_the_present_ones(api: httpx.Client, control: httpx.Client) -> None:
    """A company renamed since is answered under its new name."""
    control.post("/simulator/edit", content='{"company":250,"set":{"name":"Tarnwick Smiles"}}')
    assert api.get("/finance/agreements/81").json()["company"]["name"] == "Tarnwick Smiles"


def test_unset_members_can_be_answered_as_blanks() -> None:
    """A quirk of some servers."""
    with api_of(create_app(small_book(quirks={"unset_as_blank": True}))) as api:
        assert api.get(LINES + "/9001").json()["cancelledDate"] == ""


def test_a_restricted_role_sees_less_and_is_not_told() -> None:
    """A hidden agreement type shortens the list without an error."""
    with api_of(create_app(small_book(quirks={"hidden_types": ["Managed Services"]}))) as api:
        assert [agreement["id"] for agreement in api.get("/finance/agreements").json()] == [82]
        assert api.get("/finance/agreements/81").status_code == 404


def products(count: int) -> list[dict[str, Any]]:
    """Make that many catalogue products."""
    return [{"id": n, "identifier": f"P{n}"} for n in range(1, count + 1)]


def test_pages_have_25_records_unless_asked_and_1000_at_most() -> None:
    """A page beyond the end is empty."""
    with api_of(create_app(small_book(catalog=products(1100), additions=[]))) as api:

        def sizes(**params: int) -> int:
            return len(api.get("/procurement/catalog", params=params).json())

        assert [sizes(), sizes(pageSize=5000), sizes(pageSize=1000, page=2), sizes(page=999)] == [
            25,
            1000,
            100,
            0,
        ]


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"pageSize": "-1"}, {"pageSize": "1.5"}])
def test_a_page_that_is_no_number_is_refused(api: httpx.Client, query: dict[str, str]) -> None:
    """Rather than guessed."""
    assert api.get("/procurement/catalog", params=query).status_code == 400


def test_link_headers_have_the_odd_shapes_of_real_servers() -> None:
    """No question mark; the last page still names a next one; no header for a single page."""
    url = "http://simulator.test/v2025_1/apis/3.0/procurement/catalog"
    with api_of(create_app(small_book(catalog=products(30), additions=[]))) as api:

        def link(page: int, size: int) -> str | None:
            answer = api.get("/procurement/catalog", params={"pageSize": size, "page": page})
            found: str | None = answer.headers.get("Link")
            return found

        assert (
            link(1, 10) == f'<{url}&pageSize=10&page=2>; rel="next", <{url}&pageSize=10&page=3>; rel="last"'
        )
        assert (
            link(3, 10) == f'<{url}&pageSize=10&page=3>; rel="next", <{url}&pageSize=10&page=1>; rel="first"'
        )
        assert link(1, 30) is None


def test_forward_only_pages_follow_the_page_id_to_an_empty_link() -> None:
    """Every record once, in the order of ids."""
    seen: list[int] = []
    with api_of(create_app(small_book(catalog=products(7), additions=[]))) as api:
        url = "/procurement/catalog?pageSize=3"
        while url:
            answer = api.get(url, headers={"pagination-type": "forward-only"})
            seen += [product["id"] for product in answer.json()]
            url = answer.links["next"]["url"] if answer.headers["Link"] else ""
        refused = api.get("/procurement/catalog?orderBy=id", headers={"pagination-type": "forward-only"})
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert refused.status_code == 400


def test_order_by_sorts_by_one_member_then_the_next(api: httpx.Client) -> None:
    """Quantities downwards; a missing member comes first upwards."""

    def ids(order: str) -> list[int]:
        return [line["id"] for line in api.get(LINES, params={"orderBy": order}).json()]

    assert ids("quantity desc") == [9003, 9001, 9002]
    assert ids("product/id desc, quantity asc") == [9002, 9003, 9001]
    assert ids("cancelledDate") == [9001, 9003, 9002]
    assert (
        api.get(LINES, params={"orderBy": "nothing"}).json()["message"] == "nothing is not a recognized name."
    )


def test_fields_keeps_what_is_named_and_ignores_what_is_unknown(
    api: httpx.Client, control: httpx.Client
) -> None:
    """``_info`` comes only when it is listed."""
    control.post("/simulator/edit", content='{"agreement":81,"addition":9001,"set":{"quantity":14}}')
    one = api.get(LINES + "/9001", params={"fields": "id, product/identifier, product/id, nonsense"}).json()
    assert one == {"id": 9001, "product": {"identifier": "AV-EAP", "id": 3409}}
    stamped = api.get(LINES, params={"fields": "_info"}).json()[0]
    assert stamped["_info"]["updatedBy"] == "frontdesk"


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/finance/agreements", 2),
        ("/finance/agreements/types", 2),
        ("/finance/agreements/81/additions", 3),
        ("/procurement/catalog", 3),
        ("/company/companies", 1),
        ("/system/members", 0),
    ],
)
def test_every_list_can_be_counted(api: httpx.Client, path: str, count: int) -> None:
    """The count of a list is its length."""
    assert api.get(path + "/count").json() == {"count": count}
    assert len(api.get(path).json()) == count


def test_the_calendar_follows_the_utc_day_unless_fixed() -> None:
    """An agreement that ended long ago is expired whatever day it is."""
    ended = {
        "id": 81,
        "name": "A",
        "company": {"id": 250},
        "type": {"id": 1},
        "endDate": "2020-01-01T00:00:00Z",
    }
    with api_of(create_app(small_book(agreements=[ended], additions=[]))) as api:
        assert api.get("/finance/agreements/81").json()["agreementStatus"] == "Expired"


def test_the_control_plane_is_closed_to_other_machines(app: ASGIApp) -> None:
    """Only the loopback address may ask."""
    transport = InProcess(app)
    transport._transport.client = ("203.0.113.9", 40000)
    with httpx.Client(transport=transport, base_url="http://simulator.test") as client:
        assert client.get("/simulator/state").status_code == 403
    with control_of(app) as client:
        assert client.get("/simulator/state").status_code == 200
