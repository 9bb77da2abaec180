"""Somebody else's client over real HTTP: discovery, lists in both ways, a create, patches, an undo."""

import re
from collections.abc import Iterator

import httpx
import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.simulator.server import running

from .fakes import AUTH, HEADERS, TODAY


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a simulator with an invented book of 60 companies."""
    with running(create_app(SimulatedBook.generate(60, 11), today=TODAY)) as url:
        yield url


@pytest.fixture
def client(site: str) -> Iterator[httpx.Client]:
    """A client that asked for the codebase first."""
    codebase = httpx.get(f"{site}/login/companyinfo/training").json()["Codebase"]
    with httpx.Client(base_url=f"{site}/{codebase}apis/3.0", auth=AUTH, headers=HEADERS) as client:
        yield client


def test_pages_are_walked_by_number_and_by_link(client: httpx.Client) -> None:
    """Either way every company once; the numbers are read out of a Link without a question mark."""
    total = client.get("/company/companies/count").json()["count"]
    numbered: list[int] = []
    page, last = 1, 1
    while page <= last:
        answer = client.get("/company/companies", params={"pageSize": 25, "page": page, "fields": "id"})
        numbered += [company["id"] for company in answer.json()]
        if found := re.search(r'[&?]page=(\d+)>; rel="last"', answer.headers.get("Link", "")):
            last = int(found[1])
        page += 1
    linked: list[int] = []
    url = "/company/companies?pageSize=7&fields=id"
    while url:
        answer = client.get(url, headers={"pagination-type": "forward-only"})
        linked += [company["id"] for company in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert numbered == linked == sorted(set(linked))
    assert len(linked) == total == 60


def test_a_line_is_added_changed_cancelled_and_taken_back(client: httpx.Client) -> None:
    """Each step is read back."""
    wanted = {"conditions": 'agreementStatus="Active" and type/name="Managed Services"', "pageSize": "1"}
    [agreement] = client.get("/finance/agreements", params=wanted).json()
    lines = f"/finance/agreements/{agreement['id']}/additions"
    made = client.post(
        lines,
        json={
            "product": {"identifier": "AV-EBP"},
            "quantity": 6,
            "billCustomer": "Billable",
            "effectiveDate": agreement["nextInvoiceDate"],
            "serialNumber": "seat-tag",
        },
    )
    assert made.status_code == 201
    one = f"{lines}/{made.json()['id']}"

    def patched(op: str, path: str, value: object) -> dict[str, object]:
        answer = client.patch(one, json=[{"op": op, "path": path, "value": value}])
        assert (answer.status_code, client.get(one).json()) == (200, answer.json())
        found: dict[str, object] = answer.json()
        return found

    assert patched("replace", "quantity", 9)["extPrice"] == 24.75
    assert patched("replace", "/cancelledDate", "2027-06-30T00:00:00Z")["cancelledDate"]
    assert client.get(lines, params={"conditions": 'serialNumber="seat-tag"'}).json()[0]["quantity"] == 9
    assert "cancelledDate" not in patched("remove", "cancelledDate", None)
    assert [client.delete(one).status_code, client.get(one).status_code] == [204, 404]


def test_a_body_may_come_in_chunks(client: httpx.Client) -> None:
    """As some clients send it, without its length."""
    [agreement] = client.get("/finance/agreements", params={"pageSize": 1, "orderBy": "id desc"}).json()
    chunks = (part for part in (b'[{"op":"replace","path":', b'"name","value":"Renamed"}]'))
    answer = client.patch(f"/finance/agreements/{agreement['id']}", content=chunks)
    assert answer.json()["name"] == "Renamed"
