"""The tables of members against the vendor's description, and answers against the tables."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.simulator.schema import SCHEMAS, Member, Schema, schema

from .fakes import TODAY, api_of

ROOT = Path(__file__).resolve().parents[2]
DESCRIPTION = ROOT.parent.joinpath("shared", "spec", "openapi", "connectwise-excerpt.json")
KINDS = {"int", "number", "bool", "text", "day", "uuid", "enum", "ref", "list", "map", "any"}
OWN = {"CatalogPricing", "CatalogItemReference"}


def described(content: dict[str, Any]) -> tuple[str, str, tuple[str, ...], int | None]:
    """Put a property of the description into the words of the tables: kind, of, choices, longest."""
    if "$ref" in content:
        return "ref", content["$ref"].rpartition("/")[2], (), None
    if content.get("type") == "array":
        kind, of, _, _ = described(content["items"])
        return "list", of if kind == "ref" else f"{kind}:{of}".strip(":"), (), None
    if "enum" in content:
        return "enum", "", tuple(content["enum"]), None
    if content.get("type") == "object":
        return "map" if "additionalProperties" in content else "any", "", (), None
    named = {"integer": "int", "number": "number", "boolean": "bool"}
    formats = {"date-time": "day", "uuid": "uuid"}
    if content.get("type") != "string" or "format" in content:
        kind = formats.get(content.get("format", ""), named.get(content.get("type", ""), "any"))
        return kind, "", (), None
    longest = re.search(r"Max length: (\d+)", content.get("description", ""))
    return "text", "", (), int(longest[1]) if longest else None


def test_the_tables_are_the_vendors_where_its_description_is_at_hand() -> None:
    """Every member of every type; in any case no kind, choice or reference of the tables is unknown."""
    for name, members in SCHEMAS.items():
        for member in members.values():
            assert member.kind in KINDS, name
            assert bool(member.choices) == (member.kind == "enum")
            assert member.kind != "ref" or member.of in SCHEMAS
    if not DESCRIPTION.exists():
        return
    vendors = json.loads(DESCRIPTION.read_text())["components"]["schemas"]
    assert set(SCHEMAS) - set(vendors) == OWN
    for name, content in vendors.items():
        properties = content.get("properties", {})
        assert list(SCHEMAS[name]) == list(properties), name
        for field, wanted in properties.items():
            found = SCHEMAS[name][field]
            assert (found.kind, found.of, found.choices, found.max_length) == described(wanted), (name, field)
            assert found.nullable == wanted.get("nullable", False), (name, field)
            assert found.required == (field in content.get("required", ())), (name, field)
            assert found.required_by_put == ("Required On Updates" in wanted.get("description", ""))


def check(value: Any, member: Member, path: str) -> None:
    """Fail when a value of an answer is not what its member may hold."""
    kinds = {"int": int, "number": float, "bool": bool, "map": dict, "list": list, "ref": dict}
    assert member.kind == "any" or isinstance(value, kinds.get(member.kind, str)), path
    match member.kind:
        case "int":
            assert -(2**31) <= value < 2**31, path
        case "day":
            assert value.endswith("Z"), path
            assert datetime.fromisoformat(value), path
        case "enum":
            assert value in member.choices, path
        case "text":
            assert len(value) <= (member.max_length or len(value)), path
        case "map":
            assert all(isinstance(text, str) for text in value.values()), path
        case "ref":
            check_record(value, schema(member.of), path)
        case "list" if member.of in SCHEMAS:
            for item in value:
                check_record(item, schema(member.of), path)


def check_record(record: dict[str, Any], members: Schema, path: str) -> None:
    """Fail when a record has a member that its type lacks, or lacks one that is required."""
    assert set(record) <= set(members), path
    assert [name for name, member in members.items() if member.required and name not in record] == [], path
    for name, value in record.items():
        check(value, members[name], f"{path}/{name}")


@pytest.mark.parametrize("origin", ["sample", "invented"])
@pytest.mark.parametrize(
    ("path", "type_name"),
    [
        ("/finance/agreements", "Agreement"),
        ("/finance/agreements/81/additions", "Addition"),
        ("/finance/agreements/types", "AgreementType"),
        ("/procurement/catalog", "CatalogItem"),
        ("/company/companies", "Company"),
        ("/system/members", "Member"),
    ],
)
def test_every_record_answered_is_one_of_its_type(origin: str, path: str, type_name: str) -> None:
    """Kinds, choices, lengths and required members, in whole records of the books that come along."""
    book = SimulatedBook.sample() if origin == "sample" else SimulatedBook.generate(40, 3)
    with api_of(create_app(book, today=TODAY)) as api:
        records = json.loads(api.get(path, params={"pageSize": 1000}).text, parse_int=int)
    assert records
    for record in records:
        check_record(record, schema(type_name), path)


@pytest.mark.parametrize("type_name", ["Agreement", "AgreementType", "CatalogItem", "Company", "Member"])
def test_a_condition_may_name_every_member_that_holds_a_single_value(type_name: str) -> None:
    """Those behind references too; each is compared with null, which any of them may be."""
    paths = {
        "Agreement": "/finance/agreements",
        "AgreementType": "/finance/agreements/types",
        "CatalogItem": "/procurement/catalog",
        "Company": "/company/companies",
        "Member": "/system/members",
    }
    names = [
        f"{name}/{inner}" if inner else name
        for name, member in schema(type_name).items()
        for inner in ("", *(schema(member.of) if member.kind == "ref" else ()))
    ]
    with api_of(create_app(SimulatedBook.sample(), today=TODAY)) as api:
        counted = api.get(paths[type_name] + "/count").json()
        for name in names:
            either = {"conditions": f"{name}=null or {name}!=null"}
            assert api.get(paths[type_name] + "/count", params=either).json() == counted, name
