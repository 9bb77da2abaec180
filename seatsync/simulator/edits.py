"""Edits by someone else: changes to the book that do not come through the API, at a chosen moment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from seatsync.simulator.bodies import read_value
from seatsync.simulator.book import COLLECTION_OF, Record, SimulatedBook, stored
from seatsync.simulator.faults import WRITES
from seatsync.simulator.refusals import Refusal
from seatsync.simulator.schema import schema
from seatsync.simulator.writes import SOMEONE_ELSE, stamp

_KNOWN: Final = frozenset(
    {
        *("agreement", "addition", "company", "product", "agreementType", "member"),
        *("set", "add", "delete", "corrupt", "when"),
    }
)
_PATHS: Final = {
    "agreement": ("Agreement", "/finance/agreements"),
    "company": ("Company", "/company/companies"),
    "product": ("CatalogItem", "/procurement/catalog"),
    "agreementType": ("AgreementType", "/finance/agreements/types"),
    "member": ("Member", "/system/members"),
}


class Moment(StrEnum):
    """When an edit happens."""

    NOW = "now"
    AFTER_NEXT_READ = "after_next_read"
    BEFORE_NEXT_WRITE = "before_next_write"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to one record.

    ``path`` is the record's own API path. ``changes`` sets members (None unsets one); ``add`` is a new line
    for the agreement; ``delete`` removes the record. ``corrupt`` breaks every answer that would hold the
    record, or mends it.
    """

    type_name: str
    path: str
    when: Moment = Moment.NOW
    changes: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Any] | None = None
    delete: bool = False
    corrupt: bool | None = None

    def due(self, moment: Moment, method: str, path: str) -> bool:
        """Say whether a request to ``path`` is the one that the edit waits for."""
        if moment is not self.when:
            return False
        listing = self.path.rpartition("/")[0]
        if moment is Moment.AFTER_NEXT_READ:
            return method == "GET" and path in (self.path, listing, f"{self.path}/additions")
        # A write to a line is also a write "under" its agreement; a new line is posted to the listing.
        return method in WRITES and (f"{path}/".startswith(f"{self.path}/") or path == listing)


def read_edit(wish: Any) -> Edit:
    """Read an edit as the control plane takes it. Raises ValueError."""
    if not isinstance(wish, dict) or (unknown := sorted(set(wish) - _KNOWN)):
        raise ValueError(f"an edit is an object with some of {', '.join(sorted(_KNOWN))}")
    type_name, path = _target(wish)
    changes, add = wish.get("set", {}), wish.get("add")
    for members in (changes, add or {}):
        if unknown := sorted(set(members or ()) - set(schema("Addition" if members is add else type_name))):
            raise ValueError(f"{unknown[0]!r} is no member of {type_name}")
    if fixed := sorted({"id", "agreementId"} & set(changes)):
        raise ValueError(f"{fixed[0]} can't be edited")
    return Edit(
        type_name,
        path,
        Moment(wish.get("when", "now")),
        _stored_form(type_name, changes),
        None if add is None else _stored_form("Addition", add),
        bool(wish.get("delete", False)),
        None if "corrupt" not in wish else bool(wish["corrupt"]),
    )


def apply_edit(book: SimulatedBook, edit: Edit) -> None:
    """Change the book. Raises LookupError when the record is not there (any more)."""
    ids = [int(number) for number in re.findall(r"\d+", edit.path)]
    records = _records_of(book, edit.type_name, ids)
    record = records[ids[-1]]
    if edit.delete:
        del records[ids[-1]]
        if edit.type_name == "Agreement":
            book.additions.pop(ids[-1], None)
        return
    if edit.add is not None:
        line = {
            "id": book.next_id("additions"),
            "billCustomer": "Billable",
            **edit.add,
            "agreementId": ids[-1],
        }
        book.lines(ids[-1])[line["id"]] = {**line, "_info": stamp(SOMEONE_ELSE)}
    if edit.changes:
        merged = {**record, **edit.changes, "_info": stamp(SOMEONE_ELSE)}
        records[ids[-1]] = {name: value for name, value in merged.items() if value is not None}


def _records_of(book: SimulatedBook, type_name: str, ids: list[int]) -> dict[int, Record]:
    return book.additions[ids[0]] if type_name == "Addition" else book.collection(COLLECTION_OF[type_name])


def _target(wish: Mapping[str, Any]) -> tuple[str, str]:
    if "addition" in wish and "agreement" in wish:
        return "Addition", f"/finance/agreements/{int(wish['agreement'])}/additions/{int(wish['addition'])}"
    for name, (type_name, path) in _PATHS.items():
        if name in wish:
            return type_name, f"{path}/{int(wish[name])}"
    raise ValueError("an edit names an agreement (and an addition), a company, a product, a type or a member")


def _stored_form(type_name: str, members: Mapping[str, Any]) -> Record:
    try:
        read = {name: read_value(name, schema(type_name)[name], value) for name, value in members.items()}
    except Refusal as error:
        raise ValueError(str(error)) from error
    return stored(type_name, read)
