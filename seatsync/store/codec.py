"""Turn changes, rules, problems, a scan's findings and audit values into JSON text and back, exactly."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import Discriminator, TypeAdapter, ValidationError

from seatsync.errors import DatabaseError
from seatsync.model import Problem
from seatsync.plan import Change
from seatsync.rules import Rules
from seatsync.snapshot_changes import SnapshotChanges

T = TypeVar("T")

# PostgreSQL text holds no NUL, and a lone surrogate has no UTF-8 form.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Replace each character that a database can't hold by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", str(text))


def json_text(value: Any) -> str:
    """Write canonical JSON: keys sorted, no spaces, Decimals and dates as strings."""
    written = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
    )
    return clean(written)


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def change_to_json(change: Change) -> dict[str, Any]:
    """Return the change as plain JSON values."""
    plain: dict[str, Any] = _changes().dump_python(change, mode="json")
    return plain


def change_from_json(plain: Mapping[str, Any]) -> Change:
    """Rebuild a change. Raises DatabaseError when the stored text is not one."""
    return _read(_changes(), plain, "change")


def rules_to_json(rules: Rules) -> dict[str, Any]:
    """Return the rules as plain JSON values, the agreement types sorted."""
    plain: dict[str, Any] = _rules().dump_python(rules, mode="json")
    return plain | {"agreement_types": sorted(rules.agreement_types)}


def rules_from_json(plain: Mapping[str, Any]) -> Rules:
    """Rebuild rules: a missing key takes its default, an unknown one is ignored. Raises DatabaseError."""
    return _read(_rules(), plain, "set of rules")


def findings_to_json(changes: SnapshotChanges) -> dict[str, Any]:
    """Return what a scan found changed as plain JSON values."""
    plain: dict[str, Any] = _findings().dump_python(changes, mode="json")
    return plain


def findings_from_json(plain: Mapping[str, Any]) -> SnapshotChanges:
    """Rebuild what a scan found changed. Raises DatabaseError."""
    return _read(_findings(), plain, "list of a scan's findings")


def problem_to_json(problem: Problem | None) -> dict[str, Any] | None:
    """Return a row's problem as plain JSON values; None for none."""
    if problem is None:
        return None
    return {"line": problem.line, "column": problem.column, "raw": problem.raw, "cure": problem.cure}


def problem_from_json(plain: Mapping[str, Any] | None) -> Problem | None:
    """Rebuild a row's problem."""
    return None if plain is None else Problem(**plain)


def _read(adapter: TypeAdapter[T], plain: Mapping[str, Any], what: str) -> T:
    try:
        return adapter.validate_python(plain)
    except ValidationError as error:
        raise DatabaseError(
            f"A stored {what} can't be read ({error.error_count()} faults). It was changed outside SeatSync: "
            "restore the database from a backup."
        ) from error


@cache
def _changes() -> TypeAdapter[Change]:
    return TypeAdapter(Annotated[Change, Discriminator("kind")])


@cache
def _findings() -> TypeAdapter[SnapshotChanges]:
    return TypeAdapter(SnapshotChanges)


@cache
def _rules() -> TypeAdapter[Rules]:
    return TypeAdapter(Rules)
