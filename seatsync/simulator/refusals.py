"""Refusals as ConnectWise words them: a status, a code, a message and the list of field errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldRefusal:
    """One entry of ``errors[]``."""

    code: str
    message: str
    field: str


class Refusal(Exception):
    """A request that is answered with an error body; ``resource`` is what the field errors are about."""

    def __init__(
        self, status: int, code: str, message: str, errors: Sequence[FieldRefusal] = (), resource: str = ""
    ) -> None:
        self.status = status
        self.code = code
        self.errors = tuple(errors)
        self.resource = resource
        super().__init__(message)

    def as_json(self) -> dict[str, Any]:
        """Return the error body."""
        listed = [
            {"code": e.code, "message": e.message, "resource": self.resource, "field": e.field}
            for e in self.errors
        ]
        return {"code": self.code, "message": str(self), "errors": listed or None}


def no_endpoint() -> Refusal:
    """Refuse a path that no route has."""
    return Refusal(404, "ConnectWiseApi", "The endpoint does not exist.")


def wrong_method(method: str) -> Refusal:
    """Refuse a method that a path does not take."""
    return Refusal(405, "ConnectWiseApi", f"The endpoint does not take {method}.")


def not_found(kind: str, record: int | str) -> Refusal:
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


def invalid(type_name: str, *errors: FieldRefusal) -> Refusal:
    """Refuse a record that was read but breaks a rule."""
    resource = type_name[:1].lower() + type_name[1:]
    return Refusal(400, "InvalidObject", f"{resource} object is invalid", errors, resource)


def invalid_field(type_name: str, name: str, message: str) -> Refusal:
    """Refuse a record for one of its members."""
    return invalid(type_name, FieldRefusal("InvalidField", message, name))
