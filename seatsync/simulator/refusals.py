"""Refusals as ConnectWise words them: a status, a code, a message and the list of field errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

INVALID_ADDITION = "addition object is invalid"


@dataclass(frozen=True, slots=True)
class FieldRefusal:
    """One entry of ``errors[]``."""

    code: str
    message: str
    field: str
    resource: str = "addition"

    def as_json(self) -> dict[str, str]:
        """Return the entry as the answer carries it."""
        return {"code": self.code, "message": self.message, "resource": self.resource, "field": self.field}


class Refusal(Exception):
    """A request that is answered with an error body."""

    def __init__(self, status: int, code: str, message: str, errors: Sequence[FieldRefusal] = ()) -> None:
        self.status = status
        self.code = code
        self.errors = tuple(errors)
        super().__init__(message)

    def as_json(self) -> dict[str, Any]:
        """Return the error body."""
        listed = [error.as_json() for error in self.errors]
        return {"code": self.code, "message": str(self), "errors": listed or None}


def no_endpoint() -> Refusal:
    """Refuse a path that no route has."""
    return Refusal(404, "ConnectWiseApi", "The endpoint does not exist.")


def not_found(kind: str, record: int) -> Refusal:
    """Refuse an id that no record has."""
    return Refusal(404, "NotFound", f"{kind} {record} not found")


def bad_condition(message: str) -> Refusal:
    """Refuse a query expression."""
    return Refusal(400, "ApiFindCondition", message)


def unrecognized(name: str) -> Refusal:
    """Refuse a name in a query that is no member of the answer."""
    return bad_condition(f"{name} is not a recognized name.")


def bad_body(message: str) -> Refusal:
    """Refuse a body that does not fit the type it is read as."""
    return Refusal(400, "ConnectWiseApi", message)


def unknown_member(name: str, type_name: str, position: int) -> Refusal:
    """Refuse a member that the type lacks; ``position`` is the column in a one-line body."""
    return bad_body(
        f"Could not find member '{name}' on object of type '{type_name}'. Path '{name}', line 1, position "
        f"{position}.Check your accept header to make sure you are using the correct version."
    )


def invalid_addition(*errors: FieldRefusal) -> Refusal:
    """Refuse an addition that was read but breaks a rule."""
    return Refusal(400, "InvalidObject", INVALID_ADDITION, errors)
