"""An OpenAPI document: its operations, found by method and path, and its schemas."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.contract.schemas import Schema, Schemas, name_of

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).with_name("connectwise.json")
EXCERPT = ROOT.parent / "shared" / "spec" / "openapi" / "connectwise-excerpt.json"
"""A cut of the vendor's own document, which is not ours to ship."""

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path: its query parameters, its body and its answers by status, as schemas."""

    method: str
    path: str
    parameters: Mapping[str, Schema]
    body: Schema | None
    answers: Mapping[int, Schema | None]
    pattern: re.Pattern[str] = field(compare=False)

    @property
    def answer(self) -> Schema:
        """The schema of its one answer with a body; free where it has none."""
        return next((schema for schema in self.answers.values() if schema), {})


@dataclass(frozen=True, slots=True)
class Document:
    """The operations and schemas of one file; ``name`` stands in sentences about it."""

    name: str
    operations: tuple[Operation, ...]
    components: Mapping[str, Schema]
    schemas: Schemas = field(compare=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a document."""
        content = json.loads(path.read_text())
        components = content["components"]["schemas"]
        operations = tuple(
            _operation(content, template, method)
            for template, item in content["paths"].items()
            for method in METHODS
            if method in item
        )
        return cls(path.stem, operations, components, Schemas(components))

    def at(self, path: str) -> tuple[Operation, ...]:
        """Return the operations of a path relative to the base; none when no template fits."""
        return tuple(operation for operation in self.operations if operation.pattern.fullmatch(path))

    def record(self, operation: Operation) -> Schema:
        """Return what one record of the answer is; for a count, a record of what it counts."""
        if operation.path.endswith("/count"):
            counted = self.at(operation.path.removesuffix("/count").replace("{parentId}", "1"))
            return next((self.record(each) for each in counted if each.method == "GET"), {})
        schema = self.schemas.resolve(operation.answer)
        return self.schemas.resolve(schema.get("items", schema))


def preferred() -> Document:
    """Load the vendor's document where it lies beside the project, else the project's own."""
    return Document.load(EXCERPT if EXCERPT.exists() else OWN)


def _operation(content: Mapping[str, Any], template: str, method: str) -> Operation:
    found = content["paths"][template][method]
    given = [_parameter(content, each) for each in found.get("parameters", ())]
    in_path = {each["name"]: each["schema"] for each in given if each["in"] == "path"}
    pattern = re.sub(
        r"\\{(\w+)\\}",
        lambda name: r"[0-9]+" if in_path[name[1]].get("type") == "integer" else r"[^/]+",
        re.escape(template),
    )
    return Operation(
        method.upper(),
        template,
        {each["name"]: each["schema"] for each in given if each["in"] == "query"},
        _content(found.get("requestBody", {})),
        {int(status): _content(answer) for status, answer in found["responses"].items()},
        re.compile(pattern),
    )


def _parameter(content: Mapping[str, Any], parameter: Schema) -> Schema:
    name = name_of(parameter)
    given: Schema = content["components"]["parameters"][name] if name else parameter
    return given


def _content(holder: Mapping[str, Any]) -> Schema | None:
    return next((each["schema"] for each in holder.get("content", {}).values()), None)
