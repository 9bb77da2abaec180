"""Request bodies: JSON read strictly against a record type, as the vendor's server reads it."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from seatsync.simulator.jsontext import NotJson, loads
from seatsync.simulator.refusals import FieldRefusal, Refusal, bad_body, invalid, unknown_member
from seatsync.simulator.schema import Member, schema

Record = dict[str, Any]

_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST_ID: Final = 2**31 - 1
_DEEPEST: Final = 32


def read_body(body: bytes) -> Any:
    """Parse the body. Raises Refusal."""
    try:
        content = loads(body)
    except NotJson as error:
        raise bad_body(f"The body could not be read as JSON: {error}") from error
    if _deeper_than(content, _DEEPEST):
        raise bad_body("The body is nested too deeply.")
    return content


def read_object(content: Any, type_name: str, body: bytes, owner: str = "") -> Record:
    """Return the members of an object, each in its stored form; computed ones are dropped.

    A member that the type lacks refuses the whole body. ``owner`` is the type of the record that holds the
    object. Raises Refusal.
    """
    if not isinstance(content, dict):
        raise bad_body(f"Cannot deserialize the current JSON value into type '{type_name}'.")
    members = schema(type_name)
    for name in content:
        if name not in members:
            raise unknown_member(name, type_name, _position(body, name))
    return {
        name: read_value(name, members[name], value, body, owner or type_name)
        for name, value in content.items()
        if not members[name].computed
    }


def read_operations(content: Any, body: bytes) -> tuple[Mapping[str, Any], ...]:
    """Return the operations of a PATCH body, which must be an array. Raises Refusal."""
    if not isinstance(content, list):
        raise bad_body(
            'Cannot deserialize the current JSON object (e.g. {"name":"value"}) into type '
            "'List<PatchOperation>' because the type requires a JSON array (e.g. [1,2,3]) to "
            "deserialize correctly."
        )
    operations = []
    for operation in content:
        read = read_object(operation, "PatchOperation", body)
        if read.get("op") not in ("add", "replace", "remove") or not read.get("path"):
            raise bad_body("An operation needs a path, and add, replace or remove as op.")
        operations.append(read)
    return tuple(operations)


def read_value(name: str, member: Member, value: Any, body: bytes = b"", owner: str = "") -> Any:
    """Turn a JSON value into the form in which a member of that kind is stored. Raises Refusal."""
    if value is None or member.kind == "any":
        return value
    match member.kind:
        case "number":
            return _number(name, value)
        case "int":
            return _whole(name, value)
        case "day":
            return _day(name, value)
        case "enum":
            return _choice(name, value, member)
        case "text" | "uuid":
            return _text(name, value, member, owner)
        case "ref":
            return read_object(value, member.of, body, owner)
        case "list":
            return _list(name, value, member, body, owner)
    wanted = {"bool": bool, "map": dict}[member.kind]
    if not isinstance(value, wanted):
        raise _unreadable(name, member.kind, value)
    return value


def _list(name: str, value: Any, member: Member, body: bytes, owner: str) -> list[Any]:
    if not isinstance(value, list):
        raise _unreadable(name, "list", value)
    if member.of in ("int", "text"):
        return [read_value(name, Member(member.of), item) for item in value]
    return [read_object(item, member.of, body, owner) for item in value]


def _number(name: str, value: Any) -> Decimal:
    # The vendor's reader takes a numeric string too, and some clients send decimals so.
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal) or (value and not -300 < value.adjusted() < 300):
        raise _unreadable(name, "double", value)
    return value


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_ID:
        raise _unreadable(name, "integer", value)
    return value


def _day(name: str, value: Any) -> str:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return f"{datetime.fromisoformat(value):%Y-%m-%d}T00:00:00Z"
        except ValueError:
            pass
    raise bad_body(f"Unsupported format applied to {name}")


def _choice(name: str, value: Any, member: Member) -> str:
    if value not in member.choices:
        raise _unreadable(name, "enum", value)
    return str(value)


def _text(name: str, value: Any, member: Member, owner: str) -> str:
    if not isinstance(value, str):
        raise _unreadable(name, "string", value)
    if member.max_length is not None and len(value) > member.max_length:
        length = f"The field {name} must be a string with a maximum length of {member.max_length}."
        raise invalid(owner, FieldRefusal("MaxLength", length, name))
    return value


def _unreadable(name: str, kind: str, value: Any) -> Refusal:
    return bad_body(f"Could not convert value to {kind}: {str(value)[:40]}. Path '{name}', line 1.")


def _position(body: bytes, name: str) -> int:
    return body.decode("utf-8", "replace").find(f'"{name}"') + len(name) + 3


def _deeper_than(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_deeper_than(item, depth - 1) for item in inner)
