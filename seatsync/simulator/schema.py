"""The members of each record type, with their kinds: what a body may hold and a condition may name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

MEMBERS_PATH: Final = Path(__file__).with_name("members.txt")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a record.

    ``kind`` is int, number, bool, text, day, instant, uuid, enum, ref, list, map or any. ``of`` names a
    ref's type, or what a list holds: a type, or one of int, text, map, list:any. ``computed`` members are
    worked out by the server; a value sent for one is ignored. ``required`` members are asked for on every
    write, and those ``required_by_put`` on a PUT alone.
    """

    kind: str
    of: str = ""
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    nullable: bool = False
    computed: bool = False
    required: bool = False
    required_by_put: bool = False


Schema = Mapping[str, Member]


def schema(type_name: str) -> Schema:
    """Return the members of a type. Raises KeyError."""
    return SCHEMAS[type_name]


@lru_cache(maxsize=4096)
def find(type_name: str, path: str) -> Member | None:
    """Resolve a slash path such as ``company/name`` to the member it names; lists are not entered."""
    head, _, rest = path.partition("/")
    member = schema(type_name).get(head)
    if member is None or not rest:
        return member
    if head == "_info":
        return Member("instant" if rest in ("lastUpdated", "dateEntered") else "text")
    return find(member.of, rest) if member.kind == "ref" else None


def _read(text: str) -> Iterator[tuple[str, Schema]]:
    """Read the table of members; its head explains the form."""
    choices: dict[str, tuple[str, ...]] = {}
    names = ""
    table: list[str] = []
    for line in [*(line for line in text.splitlines() if line and not line.startswith("#")), ":"]:
        if line.startswith(" "):
            table.append(line)
            continue
        # A heading may run over several lines; its members end it.
        if table:
            members = dict(_member(entry, choices) for entry in " ".join(table).split(";"))
            yield from ((name.strip(), members) for name in names.rstrip(":").split(","))
            names, table = "", []
        if " = " in line:
            name, _, listed = line.partition(" = ")
            choices[name] = tuple(listed.split("|"))
        else:
            names += line


def _member(entry: str, choices: Mapping[str, tuple[str, ...]]) -> tuple[str, Member]:
    name, marked = entry.split()
    kind, _, detail = marked.rstrip("?!^=").partition(":")
    marks = marked[len(marked.rstrip("?!^=")) :]
    return name, Member(
        kind,
        of=detail if kind in ("ref", "list") else "",
        choices=choices.get(detail, tuple(detail.split("|"))) if kind == "enum" else (),
        max_length=int(detail) if kind == "text" and detail else None,
        nullable="?" in marks,
        computed="=" in marks,
        required="!" in marks,
        required_by_put="^" in marks,
    )


SCHEMAS: Final[Mapping[str, Schema]] = dict(_read(MEMBERS_PATH.read_text(encoding="utf-8")))
"""Every type by its name."""
