"""OpenAPI 3.0 schemas as strict JSON Schema: an unknown member, a null or an odd date is an error."""

import re
import sys
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

# The package has no type information; what comes out of it is turned into text at once.
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

Schema = Mapping[str, Any]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_WHOLE_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_MAX_LENGTH = re.compile(r"Max length: (\d+);")
_SHOWN = 100
_LARGEST = Decimal(sys.float_info.max)


class Schemas:
    """The schemas of one OpenAPI document, by name."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components
        self._ready: dict[tuple[str, bool, bool], Draft202012Validator] = {}

    def resolve(self, schema: Schema) -> Schema:
        """Follow a reference; any other schema is itself."""
        name = name_of(schema)
        return self._components[name] if name else schema

    def strict(self, schema: Schema, *, partial: bool = False) -> dict[str, Any]:
        """Translate to JSON Schema, references put in place; ``partial`` lets required members be absent."""
        schema = self.resolve(schema)
        made = {key: schema[key] for key in ("type", "format") if key in schema}
        made |= {"required": schema["required"]} if "required" in schema and not partial else {}
        if "properties" in schema:
            made["properties"] = {name: self.strict(each) for name, each in schema["properties"].items()}
            made["additionalProperties"] = False
        if isinstance(schema.get("additionalProperties"), Mapping):
            made["additionalProperties"] = self.strict(schema["additionalProperties"])
        if "items" in schema:
            made["items"] = self.strict(schema["items"], partial=partial)
        if schema.get("type") == "string" and (longest := longest_text(schema)):
            made["maxLength"] = longest
        choices: list[str | None] = list(schema.get("enum", ()))
        if schema.get("nullable") and "type" in schema:
            made["type"] = [schema["type"], "null"]
            choices += [None] if choices else []
        return made | ({"enum": choices} if choices else {})

    def breaches(
        self, value: object, schema: Schema, *, partial: bool = False, sent: bool = False
    ) -> tuple[str, ...]:
        """Say where a value breaks a schema; ``sent`` asks for dates in whole seconds, as the server takes.

        The entries of a list that break it alike are named once.
        """
        key = (repr(schema), partial, sent)
        if key not in self._ready:
            checker = _SENT if sent else _RECEIVED
            self._ready[key] = Draft202012Validator(
                self.strict(schema, partial=partial), format_checker=checker
            )
        found = {}
        for error in self._ready[key].iter_errors(value):
            where = "/".join("*" if isinstance(part, int) else part for part in error.absolute_path)
            kind = error.message if error.validator in ("required", "additionalProperties") else ""
            found[where, error.validator, kind] = f"{where or 'the body'}: {_short(error.message)}"
        return tuple(found.values())


def name_of(schema: Schema) -> str:
    """Return the name of the schema that a reference leads to; empty where it is none."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def longest_text(schema: Schema) -> int | None:
    """Return the greatest length of a text, which the vendor gives in words."""
    told = _MAX_LENGTH.search(schema.get("description", ""))
    return int(told[1]) if told else schema.get("maxLength")


def _short(message: str) -> str:
    """Cut out the middle: a message begins with the whole value and ends with what is wrong with it."""
    return message if len(message) <= 2 * _SHOWN else f"{message[:_SHOWN]} ... {message[-_SHOWN:]}"


@lru_cache
def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return _RFC_3339.fullmatch(text) is not None


def _checker(*, sent: bool) -> FormatChecker:
    def moment(value: object) -> bool:
        return not isinstance(value, str) or (
            _is_moment(value) and (not sent or _WHOLE_SECONDS.fullmatch(value) is not None)
        )

    def whole(value: object) -> bool:
        return not isinstance(value, int) or -(2**31) <= value < 2**31

    def real(value: object) -> bool:
        # Compared, not converted: an integer of 400 digits has no double.
        return not isinstance(value, int | Decimal) or -_LARGEST <= value <= _LARGEST

    def guid(value: object) -> bool:
        try:
            return not isinstance(value, str) or bool(uuid.UUID(value))
        except ValueError:
            return False

    checks = {"date-time": moment, "int32": whole, "double": real, "uuid": guid}
    checker = FormatChecker(formats=())
    for name, check in checks.items():
        checker.checks(name)(check)
    return checker


_RECEIVED = _checker(sent=False)
_SENT = _checker(sent=True)


def formats_used(schemas: Sequence[Schema]) -> set[str]:
    """Collect the formats that members name, so that none goes unchecked."""
    members = (member for schema in schemas for member in schema.get("properties", {}).values())
    return {member["format"] for member in members if "format" in member}


CHECKED_FORMATS = frozenset({"date-time", "int32", "double", "uuid"})
