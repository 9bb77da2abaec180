"""The contract catches what it is for: each breach of a request or an answer, and nothing else."""

import json
from typing import Any

import httpx
import pytest

from tests.contract.contract import Contract
from tests.contract.document import EXCERPT, OWN, Document

DOCUMENTS = [path for path in (OWN, EXCERPT) if path.exists()]
LINES = "finance/agreements/81/additions"
LINE: dict[str, Any] = {
    "id": 9001,
    "product": {"id": 3409, "identifier": "AV-EAP"},
    "quantity": 12.0,
    "billCustomer": "Billable",
    "effectiveDate": "2024-02-01T00:00:00Z",
    "_info": {"lastUpdated": "2026-09-14T08:12:30Z"},
}
NEW = {
    "product": {"id": 3409},
    "quantity": 3,
    "billCustomer": "Billable",
    "effectiveDate": "2026-12-01T00:00:00Z",
}
ERROR = {"code": "InvalidObject", "message": "addition object is invalid", "errors": None}
HEADERS = {
    "clientId": "client-id",
    "Accept": "application/vnd.connectwise.com+json; version=2025.1",
    "Authorization": "Basic " + httpx.BasicAuth("training+public-key", "private-key")._auth_header[6:],
}


@pytest.fixture(scope="module", params=DOCUMENTS, ids=lambda path: path.stem)
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract of each document at hand."""
    return Contract(Document.load(request.param))


def asked(method: str, path: str, body: Any = None, **headers: str | None) -> httpx.Request:
    """Return a request as the client sends it; a header of None is left out."""
    sent = {**HEADERS, **({} if body is None else {"Content-Type": "application/json"})}
    for name, value in headers.items():
        sent[name.replace("_", "-")] = value or ""
    kept = {name: value for name, value in sent.items() if value}
    url = path if path.startswith("http") else f"https://api-na.myconnectwise.net/v2025_1/apis/3.0/{path}"
    content = body if isinstance(body, str | None) else json.dumps(body)
    return httpx.Request(method, url, headers=kept, content=content)


def answered(body: Any, status: int = 200, kind: str = "application/json; charset=utf-8") -> httpx.Response:
    """Return an answer; a text is sent as it is."""
    content = body if isinstance(body, str) else json.dumps(body)
    return httpx.Response(status, headers={"Content-Type": kind}, text=content)


def patch(**operation: Any) -> httpx.Request:
    """Return a request that changes a line by one operation."""
    return asked("PATCH", f"{LINES}/9001", [operation])


KEPT = {
    "a page of lines": (
        asked("GET", f"{LINES}?fields=id,product&orderBy=id%20asc&page=1&pageSize=2"),
        answered([{"id": 9001, "product": {"id": 3409}}, {"id": 9002, "product": {"id": 3410}}]),
    ),
    "a line": (asked("GET", f"{LINES}/9001"), answered(LINE)),
    "a count": (
        asked(
            "GET", 'finance/agreements/count?conditions=company/name like "a%" and lastUpdated > [2026-11-01]'
        ),
        answered({"count": 4}),
    ),
    "a new line": (asked("POST", LINES, NEW), answered(LINE, 201)),
    "a quantity": (patch(op="replace", path="quantity", value=12.5), answered(LINE)),
    "a cancel date taken back": (patch(op="remove", path="cancelledDate"), answered(LINE)),
    "an answer that was lost": (asked("GET", LINES), None),
    "a refusal": (asked("POST", LINES, NEW), answered(ERROR, 400)),
    "too many requests": (
        asked("GET", LINES),
        answered({"error": "ConnectWiseAPI", "message": "Slow."}, 429),
    ),
    "a gateway's page": (asked("GET", LINES), answered("<html>", 502, "text/html")),
    "discovery": (
        httpx.Request("GET", "https://api-na.myconnectwise.net/login/companyinfo/acme"),
        answered({"Codebase": "v2025_1/", "IsCloud": True}),
    ),
    "discovery of nobody": (
        httpx.Request("GET", "https://api-na.myconnectwise.net/login/companyinfo/acme"),
        answered(None),
    ),
}


@pytest.mark.parametrize(("request_", "response"), KEPT.values(), ids=KEPT)
def test_a_proper_exchange_breaks_nothing(
    contract: Contract, request_: httpx.Request, response: httpx.Response | None
) -> None:
    assert contract.breaches(request_, response) == ()


REQUESTS = {
    "an unknown path": (asked("GET", "finance/agreementTypes"), "no such operation"),
    "an id that is no number": (asked("GET", "finance/agreements/x/additions"), "no such operation"),
    "a slash too many": (asked("GET", "finance/agreements/"), "no such operation"),
    "another base": (asked("GET", "https://h/v2025_1/apis/4.0/finance/agreements"), "neither below the base"),
    "a method of another path": (asked("POST", "system/info", NEW), "no such operation"),
    "put": (asked("PUT", f"{LINES}/9001", LINE), "PUT is never sent"),
    "delete": (asked("DELETE", f"{LINES}/9001"), "DELETE is never sent"),
    "an invoice": (asked("POST", "finance/agreements/81/invoice", {}), "an invoice is never made"),
    "no client id": (asked("GET", LINES, clientId=None), "clientId is missing"),
    "no version": (asked("GET", LINES, Accept="application/json"), "pins no version"),
    "no sign-in": (asked("GET", LINES, Authorization=None), "does not sign in"),
    "a sign-in without company": (asked("GET", LINES, Authorization="Basic YTpi"), "does not sign in"),
    "a parameter of no operation": (asked("GET", f"{LINES}?limit=5"), "limit is not declared"),
    "a page that is no number": (asked("GET", f"{LINES}?page=one"), 'page is "one"'),
    "page 0": (asked("GET", f"{LINES}?page=0"), 'page is "0"'),
    "a parameter twice": (asked("GET", f"{LINES}?page=1&page=2"), "page is given twice"),
    "a condition on no member": (
        asked("GET", f"{LINES}?conditions=resources/identifier = 'id'"),
        'names "resources/identifier"',
    ),
    "an order by no member": (asked("GET", f"{LINES}?orderBy=id asc,seats desc"), 'names "seats"'),
    "fields of no member": (asked("GET", f"{LINES}?fields=id,product/name"), 'names "product/name"'),
    "a count of no member": (asked("GET", f"{LINES}/count?conditions=seats = 1"), 'names "seats"'),
    "forward-only in an order": (
        asked("GET", f"{LINES}?orderBy=id asc", pagination_type="forward-only"),
        "can't be ordered",
    ),
    "a long address": (asked("GET", f"{LINES}?conditions=id in ({','.join(['9001'] * 400)})"), "over 2000"),
    "a body on a read": (asked("GET", LINES, {}), "where none is declared"),
    "no body": (asked("POST", LINES), "the body sent is no JSON"),
    "a form": (
        asked("POST", LINES, "a=b", Content_Type="application/x-www-form-urlencoded"),
        "as application",
    ),
    "a name twice": (asked("POST", LINES, '{"product": {}, "product": {}}'), "given twice"),
    "no product": (asked("POST", LINES, {"billCustomer": "Billable"}), "'product' is a required"),
    "an unknown member": (asked("POST", LINES, {**NEW, "seats": 3}), "'seats' was unexpected"),
    "an unknown member inside": (asked("POST", LINES, {**NEW, "product": {"name": "x"}}), "'name' was unexp"),
    "an unknown choice": (asked("POST", LINES, {**NEW, "billCustomer": "No"}), "'No' is not one of"),
    "milliseconds": (asked("POST", LINES, {**NEW, "effectiveDate": "2026-12-01T00:00:00.000Z"}), "date-time"),
    "a date alone": (asked("POST", LINES, {**NEW, "effectiveDate": "2026-12-01"}), "date-time"),
    "a zone": (asked("POST", LINES, {**NEW, "effectiveDate": "2026-12-01T00:00:00+01:00"}), "date-time"),
    "a quantity as text": (asked("POST", LINES, {**NEW, "quantity": "3"}), "'3' is not of type"),
    "a long text": (asked("POST", LINES, {**NEW, "serialNumber": "x" * 51}), "is too long"),
    "a merge patch": (asked("PATCH", f"{LINES}/9001", {"quantity": 3}), "is not of type 'array'"),
    "an operation of another kind": (patch(op="test", path="quantity", value=3), 'the operation is "test"'),
    "a pointer": (patch(op="replace", path="/quantity", value=3), '"/quantity" is not the bare name'),
    "a sub-path": (patch(op="replace", path="product/id", value=3), '"product/id" is not the bare name'),
    "a path of no member": (patch(op="replace", path="seats", value=3), '"seats" is not the bare name'),
    "a date of null": (patch(op="replace", path="cancelledDate", value=None), "None is not of type 'string'"),
    "a value of another type": (patch(op="replace", path="quantity", value="3"), "value for quantity breaks"),
    "no value": (patch(op="replace", path="quantity"), "set without a value"),
    "a removal with a value": (patch(op="remove", path="quantity", value=3), "removed with a value"),
    "a removal of what must be": (patch(op="remove", path="product"), "required and can't be removed"),
    "a member of no operation": (
        patch(op="replace", path="quantity", value=3, to="x"),
        "'to' was unexpected",
    ),
    "discovery with keys": (
        asked("GET", "https://h/login/companyinfo/a"),
        "discovery carries the header Auth",
    ),
}


@pytest.mark.parametrize(("request_", "said"), REQUESTS.values(), ids=REQUESTS)
def test_a_request_that_breaks_the_contract_is_named(
    contract: Contract, request_: httpx.Request, said: str
) -> None:
    found = contract.breaches(request_, None)

    assert any(said in breach for breach in found), found
    assert all(breach.startswith(f"{request_.method} /") for breach in found)


LIST, ONE, NAMES = asked("GET", LINES), asked("GET", f"{LINES}/9001"), asked("GET", f"{LINES}?fields=id")
ANSWERS = {
    "an undeclared status": (LIST, answered([], 206), "the status 206 is not declared"),
    "a create answered as a read": (
        asked("POST", LINES, NEW),
        answered(LINE),
        "the status 200 is not declared",
    ),
    "an answer to an unknown path": (asked("GET", "x"), answered({}), "the status 200 is not declared"),
    "a redirect": (LIST, answered("", 302), "the status 302 is not declared"),
    "a page of the web": (LIST, answered("<html>", 200, "text/html"), 'of type "text/html", not JSON'),
    "half an answer": (LIST, answered('[{"id": 9'), "is no JSON"),
    "no number": (LIST, answered('[{"quantity": NaN}]'), "NaN is not a number"),
    "an object for a list": (LIST, answered(LINE), "is not of type 'array'"),
    "an unknown member": (ONE, answered({**LINE, "seats": 1}), "'seats' was unexpected"),
    "a member that is missing": (ONE, answered({"id": 9001}), "'product' is a required property"),
    "a null that can't be": (ONE, answered({**LINE, "cancelledDate": None}), "None is not of type 'string'"),
    "a blank date": (ONE, answered({**LINE, "cancelledDate": ""}), "'' is not a 'date-time'"),
    "a day that is none": (ONE, answered({**LINE, "cancelledDate": "2026-02-30T00:00:00Z"}), "date-time"),
    "an id out of range": (ONE, answered({**LINE, "id": 2**31}), "is not a 'int32'"),
    "a number that is no double": (ONE, answered('{"quantity": 1e999}'), "is not a 'double'"),
    "a nest": (LIST, answered("[" * 100_000), "nested too deeply"),
    "an id with decimals": (ONE, answered({**LINE, "id": 1.5}), "is not of type 'integer'"),
    "an instant of another kind": (ONE, answered({**LINE, "_info": {"lastUpdated": 5}}), "5 is not of type"),
    "a field not asked for": (NAMES, answered([{"id": 1, "uom": "each"}]), "uom, which fields did not ask"),
    "a page too long": (
        asked("GET", f"{LINES}?pageSize=1"),
        answered([LINE, {**LINE, "id": 9002}]),
        "holds 2 records where 1",
    ),
    "an error of another shape": (ONE, answered({"error": "no"}, 404), "'code' is a required property"),
    "an error page below 500": (ONE, answered("<html>", 404, "text/html"), "not JSON"),
    "too many, otherwise": (LIST, answered({"wait": 5}, 429), "'error' is a required property"),
    "a count of nothing": (asked("GET", f"{LINES}/count"), answered({"count": "4"}), "'4' is not of type"),
    "discovery of another shape": (
        httpx.Request("GET", "https://h/login/companyinfo/a"),
        answered({"Codebase": "v2025_1"}),
        "does not end with a slash",
    ),
}


@pytest.mark.parametrize(("request_", "response", "said"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_breaks_the_contract_is_named(
    contract: Contract, request_: httpx.Request, response: httpx.Response, said: str
) -> None:
    found = contract.breaches(request_, response)

    assert any(said in breach for breach in found), found


def test_a_page_of_like_breaches_names_them_once(contract: Contract) -> None:
    found = contract.breaches(LIST, answered([{**LINE, "id": n, "seats": n} for n in range(20)]))

    assert len(found) == 1
    assert found[0].startswith("GET /v2025_1/apis/3.0/finance/agreements/81/additions: ")
