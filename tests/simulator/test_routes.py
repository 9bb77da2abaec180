"""Every route: agreements, types and products written as strictly as lines; reports, prices, invoices."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook

from .fakes import LINES, TODAY, api_of, small_book

ROOT = Path(__file__).resolve().parents[2]
DESCRIPTION = ROOT.parent.joinpath("shared", "spec", "openapi", "connectwise-excerpt.json")
AGREEMENT = {"name": "New", "type": {"id": 1}, "company": {"id": 250}, "contact": {"id": 7}}
TYPE = {
    "name": "Backup",
    "employeeCompRate": "Actual",
    "employeeCompNotExceed": "Billing",
    "invoicingCycle": "CalendarYear",
    **dict.fromkeys(("billTime", "billExpenses", "billProducts"), "Billable"),
}
PRODUCT = {
    "identifier": "BKP",
    "description": "Backup",
    "customerDescription": "Backup of mailboxes",
    "subcategory": {"id": 20},
    "type": {"id": 30},
}
WRITTEN = [
    ("/finance/agreements", AGREEMENT),
    ("/finance/agreements/types", TYPE),
    ("/procurement/catalog", PRODUCT),
    (LINES, {"product": {"id": 3409}, "billCustomer": "Billable"}),
]
READ = ["/company/companies", "/system/members"]
ROUTES = {
    **{path: {"get", "post"} for path, _ in WRITTEN},
    **{f"{path}/7": {"get", "put", "patch", "delete"} for path, _ in WRITTEN},
    **{path: {"get"} for path in READ},
    **{f"{path}/7": {"get"} for path in READ},
    **{f"{path}/count": {"get"} for path in [*READ, *(path for path, _ in WRITTEN)]},
    "/system/info": {"get"},
    "/system/reports": {"get"},
    **{f"/system/reports/Agreement{end}": {"get"} for end in ("", "/columns", "/count")},
    "/finance/agreements/81/invoice": {"post"},
    "/procurement/catalog/3409/pricing": {"post"},
}


def test_every_route_takes_its_methods_and_no_other(api: httpx.Client) -> None:
    """All that the vendor's description has, where it is at hand; any other method is 405."""
    if DESCRIPTION.exists():
        for path, methods in json.loads(DESCRIPTION.read_text())["paths"].items():
            filled = path.replace("{parentId}", "81").replace("{reportName}", "Agreement")
            assert set(methods) <= ROUTES[filled.replace("{id}", "7")], path
    for path, methods in ROUTES.items():
        for method in ("get", "post", "put", "patch", "delete"):
            answer = api.request(method, path, content=b"[]" if method == "patch" else b"{}")
            assert (answer.status_code == 405) == (method not in methods), (method, path)
            assert "endpoint does not exist" not in answer.text


@pytest.mark.parametrize(("path", "body"), WRITTEN, ids=[path for path, _ in WRITTEN])
def test_a_record_is_created_read_patched_replaced_and_deleted(path: str, body: dict[str, Any]) -> None:
    """What was read can be sent back as it is; a deleted record is gone."""
    with api_of(create_app(SimulatedBook.sample(), today=TODAY)) as api:
        made = api.post(path, json=body)
        assert made.status_code == 201
        one = f"{path}/{made.json()['id']}"
        assert api.get(one).json() == made.json()
        text = "description" if "description" in made.json() else "name"
        patch = [{"op": "replace", "path": text, "value": "Other"}]
        assert api.patch(one, json=patch).json()[text] == "Other"
        again = api.put(one, json=api.get(one).json())
        assert (again.status_code, again.json()[text]) == (200, "Other")
        assert [api.delete(one).status_code, api.get(one).status_code] == [204, 404]


@pytest.mark.parametrize(("path", "body"), WRITTEN, ids=[path for path, _ in WRITTEN])
def test_each_required_member_is_asked_for(api: httpx.Client, path: str, body: dict[str, Any]) -> None:
    """An empty body names them all."""
    answer = api.post(path, json={})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidObject")
    assert {error["code"] for error in answer.json()["errors"]} == {"MissingRequiredField"}
    assert {error["field"] for error in answer.json()["errors"]} == set(body)


def test_a_put_unsets_what_it_does_not_send(api: httpx.Client) -> None:
    """The price of a line, its seats and its dates; what the server works out stays."""
    line = api.put(LINES + "/9001", json={"product": {"id": 3409}, "billCustomer": "NoCharge"}).json()
    assert (line["id"], line["agreementId"], line["billCustomer"]) == (9001, 81, "NoCharge")
    assert not {"quantity", "unitPrice", "unitCost", "effectiveDate"} & set(line)
    assert (line["billedQuantity"], line["extPrice"]) == (0, 0)


def test_a_put_of_an_agreement_asks_for_what_updates_require(api: httpx.Client) -> None:
    """Five members that a create may leave out."""
    answer = api.put("/finance/agreements/81", json=AGREEMENT)
    assert sorted(error["field"] for error in answer.json()["errors"]) == [
        "billExpenses",
        "billProducts",
        "billTime",
        "employeeCompRate",
        "invoicingCycle",
    ]


def test_an_agreement_without_dates_begins_today(api: httpx.Client) -> None:
    """Its billing too."""
    made = api.post("/finance/agreements", json=AGREEMENT).json()
    assert {made[name] for name in ("startDate", "billStartDate")} == {"2026-11-22T00:00:00Z"}
    assert (made["agreementStatus"], made["company"]["name"]) == ("Active", "Tarnwick Dental Care Ltd")
    assert api.get("/finance/agreements/count").json() == {"count": 3}


@pytest.mark.parametrize(
    ("member", "field"),
    [
        ({"type": {"id": 99}}, "type"),
        ({"company": {"identifier": "nobody"}}, "company"),
        ({"contact": {"name": "Nobody"}}, "contact"),
        ({"parentAgreement": {"id": 99}}, "parentAgreement"),
        ({"name": "x" * 101}, "name"),
        ({"endDate": "2026-11-21T00:00:00Z"}, "endDate"),
    ],
)
def test_an_agreement_that_breaks_a_rule_is_refused_at_its_field(
    api: httpx.Client, member: dict[str, Any], field: str
) -> None:
    """What it refers to must exist."""
    answer = api.post("/finance/agreements", json={**AGREEMENT, **member})
    assert (answer.status_code, answer.json()["message"]) == (400, "agreement object is invalid")
    assert [(error["field"], error["resource"]) for error in answer.json()["errors"]] == [
        (field, "agreement")
    ]


def test_an_agreement_cannot_be_its_own_parent(api: httpx.Client) -> None:
    """Nor is the old parent lost by trying."""
    patch = [{"op": "replace", "path": "parentAgreement", "value": {"id": 82}}]
    assert api.patch("/finance/agreements/82", json=patch).status_code == 400
    assert api.patch("/finance/agreements/81", json=patch).json()["parentAgreement"]["name"] == (
        "Managed Services"
    )


@pytest.mark.parametrize(
    "path", ["/finance/agreements/81", "/finance/agreements/types/1", "/procurement/catalog/3409"]
)
def test_what_others_stand_on_cannot_be_deleted(api: httpx.Client, path: str) -> None:
    """An agreement with lines, its type, a product on a line."""
    assert [api.delete(path).status_code, api.get(path).status_code] == [400, 200]


def test_a_product_has_a_price_for_a_company(api: httpx.Client) -> None:
    """That of the catalogue; company, quantity and date are asked for."""
    asked = {"company": {"id": 250}, "quantity": 3, "date": "2026-12-01T00:00:00Z"}
    priced = api.post("/procurement/catalog/3410/pricing", json=asked)
    assert (priced.status_code, priced.json()["price"]) == (201, 5.5)
    assert len(api.post("/procurement/catalog/3410/pricing", json={}).json()["errors"]) == 3
    assert api.post("/procurement/catalog/9/pricing", json=asked).status_code == 404


def test_an_agreement_is_never_invoiced(api: httpx.Client) -> None:
    """The refusal is worded as on a live server."""
    before = api.get("/finance/agreements/81").json()
    answer = api.post("/finance/agreements/81/invoice", json={})
    assert answer.status_code == 400
    assert answer.json()["message"] == "Cannot create agreement invoices through the Invoicing API"
    assert api.get("/finance/agreements/81").json() == before
    assert api.post("/finance/agreements/7/invoice", json={}).status_code == 404


def test_a_report_has_rows_below_its_columns(api: httpx.Client) -> None:
    """One row an agreement; conditions name columns."""
    assert api.get("/system/reports").json() == [{"name": "Agreement"}]
    started = {"conditions": 'AGR_Status="Active" and Company_RecID=250'}
    report = api.get("/system/reports/Agreement", params=started).json()
    names = [next(iter(column)) for column in report["column_definitions"]]
    [row] = report["row_values"]
    assert dict(zip(names, row, strict=True))["AGR_Header_RecID"] == 81
    assert api.get("/system/reports/Agreement/columns").json() == report["column_definitions"]
    assert api.get("/system/reports/Agreement/count").json() == {"count": 2}
    assert api.get("/system/reports/Agreement", params={"conditions": "id=1"}).status_code == 400


@pytest.mark.parametrize("end", ["", "/columns", "/count"])
def test_an_unknown_report_is_not_found(api: httpx.Client, end: str) -> None:
    """By its name."""
    answer = api.get(f"/system/reports/Nothing{end}")
    assert (answer.status_code, answer.json()["message"]) == (404, "Report Nothing not found")


def test_a_record_read_by_its_id_may_be_narrowed_too(api: httpx.Client) -> None:
    """By fields and by conditions; one that does not meet them is not found."""
    one = "/finance/agreements/81"
    assert api.get(one, params={"fields": "company/name"}).json() == {
        "company": {"name": "Tarnwick Dental Care Ltd"}
    }
    assert api.get(one, params={"conditions": "type/id=1"}).status_code == 200
    assert api.get(one, params={"conditions": "type/id=2"}).status_code == 404
    assert api.get(one, params={"conditions": "nothing=2"}).status_code == 400


def test_fields_reach_into_lists() -> None:
    """The types of a company, by name alone."""
    company = {"id": 250, "identifier": "t", "name": "T", "types": [{"id": 1, "name": "Client"}, {"id": 2}]}
    with api_of(create_app(small_book(companies=[company]), today=TODAY)) as api:
        assert api.get("/company/companies/250", params={"fields": "id,types/name,types/nothing"}).json() == {
            "id": 250,
            "types": [{"name": "Client"}, {}],
        }


def test_an_invented_book_of_many_companies_is_served() -> None:
    """The last page of 1,200 companies, whose names are all different and of many shapes."""
    book = SimulatedBook.generate(1200, 5)
    names = [company["name"] for company in book.companies.values()]
    assert len(set(names)) == 1200
    for shape in ("-", " & ", "'", "é"):
        assert any(shape in name for name in names), shape
    with api_of(create_app(book, today=TODAY)) as api:
        last = api.get("/company/companies", params={"pageSize": 1000, "page": 2}).json()
    assert [company["name"] for company in last] == names[1000:]
