"""The project's own schemas say of ConnectWise what the vendor's document says."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.document import EXCERPT, OWN, Document
from tests.contract.schemas import CHECKED_FORMATS, Schema, formats_used, longest_text

OURS = Document.load(OWN)


@pytest.fixture(scope="module")
def published() -> Document:
    """The vendor's document, where it is at hand."""
    if not EXCERPT.exists():
        pytest.skip("the vendor's document is not beside the project")
    return Document.load(EXCERPT)


def test_every_operation_is_as_published(published: Document) -> None:
    theirs = {(each.method, each.path): each for each in published.operations}

    for ours in OURS.operations:
        assert ours == theirs[ours.method, ours.path]


def test_every_schema_is_as_published_member_by_member(published: Document) -> None:
    """It may lack members that nothing here uses, but none that is required."""
    for name, ours in OURS.components.items():
        theirs = published.components[name]
        assert ours.get("required") == theirs.get("required"), name
        for member, schema in ours["properties"].items():
            assert bare(schema) == bare(theirs["properties"][member]), f"{name}.{member}"


@pytest.mark.parametrize(
    "path", [path for path in (OWN, EXCERPT) if path.exists()], ids=lambda path: path.stem
)
def test_every_format_is_checked(path: Path) -> None:
    assert formats_used(list(Document.load(path).components.values())) <= CHECKED_FORMATS


def test_the_own_schemas_are_names_and_types_without_the_vendors_prose() -> None:
    keys = {key for schema in OURS.components.values() for each in members(schema) for key in each}

    assert keys <= set("type format nullable enum items additionalProperties maxLength $ref".split())


def test_every_reference_of_the_own_schemas_leads_somewhere() -> None:
    text = json.dumps([OURS.components, [[each.body, *each.answers.values()] for each in OURS.operations]])
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert named <= set(OURS.components)


def members(schema: Schema) -> list[dict[str, Any]]:
    """Return the schemas of an object's members."""
    return list(schema["properties"].values())


def bare(member: Schema) -> dict[str, Any]:
    """Return a member's schema without prose, its greatest length as a number."""
    kept = {key: value for key, value in member.items() if key not in ("description", "x-note")}
    return {**kept, "maxLength": longest_text(member) if member.get("type") == "string" else None}
