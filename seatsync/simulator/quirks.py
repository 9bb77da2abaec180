"""Who may sign in to the simulator, how it describes itself, and the manners on which real servers differ."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

from seatsync.simulator.schema import SCHEMAS

COMPANY: Final = "training"
PUBLIC_KEY: Final = "public-key"
PRIVATE_KEY: Final = "private-key"
CLIENT_ID: Final = "client-id"


@dataclass(frozen=True, slots=True)
class Server:
    """Who may sign in, and how the server describes itself."""

    company: str = COMPANY
    public_key: str = PUBLIC_KEY
    private_key: str = PRIVATE_KEY
    client_id: str = CLIENT_ID
    codebase: str = "v2025_1/"
    version: str = "2025.1"
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Quirks:
    """Behaviours on which real servers differ.

    ``link_question_mark`` gives Link headers a proper ``?``. ``wrong_keys_status`` is 401, or 404 as on cloud
    hosts. ``open_system_info`` answers ``/system/info`` without sign-in. ``unset_as_blank`` answers unset
    dates and texts as ``""`` instead of leaving them out. ``validate_whole_record`` lets a PATCH fail on a
    member it does not touch. ``keep_invoiced_lines`` refuses DELETE of a line that was invoiced.
    ``hidden_types`` are agreement types that the role does not see; ``list_limit`` cuts every list after so
    many records, 0 cuts none. ``no_forward_only`` names the record types whose lists ignore forward-only
    paging. ``search_lag_seconds`` and ``search_lag_requests`` say how long conditions miss a write.
    """

    link_question_mark: bool = False
    wrong_keys_status: int = 401
    open_system_info: bool = False
    unset_as_blank: bool = False
    validate_whole_record: bool = True
    keep_invoiced_lines: bool = False
    hidden_types: tuple[str, ...] = ()
    list_limit: int = 0
    no_forward_only: tuple[str, ...] = ()
    search_lag_seconds: Decimal = Decimal(0)
    search_lag_requests: int = 0


def read_server(content: Any, present: Server | None = None) -> Server:
    """Read the description of a server; members left out stay as they are. Raises ValueError."""
    return Server(**{**_members(present or Server()), **_checked(content, Server())})


def read_quirks(content: Any, present: Quirks | None = None) -> Quirks:
    """Read quirks; those left out stay as they are. Raises ValueError."""
    read = _checked(content, Quirks())
    if unknown := sorted(set(read.get("no_forward_only", ())) - set(SCHEMAS)):
        raise ValueError(f'"{unknown[0]}" is not a record type')
    return Quirks(**{**_members(present or Quirks()), **read})


def only_known(content: Any, known: frozenset[str]) -> Mapping[str, Any]:
    """Return an object all of whose members are known. Raises ValueError."""
    if isinstance(content, dict):
        for name in content:
            if name not in known:
                raise ValueError(f'"{name}" is not known')
        return content
    raise ValueError("an object was expected where something else stands")


def _members(options: Server | Quirks) -> Mapping[str, Any]:
    return {member.name: getattr(options, member.name) for member in fields(options)}


def _checked(content: Any, defaults: Server | Quirks) -> dict[str, Any]:
    known = _members(defaults)
    return {
        name: _as_kind(name, value, type(known[name]))
        for name, value in only_known(content, frozenset(known)).items()
    }


def _as_kind(name: str, value: Any, kind: type) -> Any:
    if kind is tuple and isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return tuple(value)
    if kind is Decimal and type(value) in (int, Decimal):
        return Decimal(value)
    if type(value) is not kind or kind is tuple:
        raise ValueError(f"{name} can't be {value!r}")
    return value
