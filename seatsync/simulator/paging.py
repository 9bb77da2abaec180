"""Order, pages, Link headers and the choice of members: what happens to a list before it is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from seatsync.simulator.conditions import comparable, value_at
from seatsync.simulator.refusals import Refusal, unrecognized
from seatsync.simulator.schema import Member, find

Record = dict[str, Any]

DEFAULT_SIZE: Final = 25
LARGEST_SIZE: Final = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """The records of one answer and its Link header; None means that no such header is sent."""

    records: Sequence[Record]
    link: str | None


def ordered(records: Sequence[Record], order_by: str, type_name: str) -> list[Record]:
    """Sort by ``name asc, company/name desc``; records without the member come first. Raises Refusal."""
    found = list(records)
    for term in reversed([term.strip() for term in order_by.split(",") if term.strip()]):
        path, _, direction = term.partition(" ")
        member = find(type_name, path)
        if member is None or direction.strip().lower() not in ("", "asc", "desc"):
            raise unrecognized(term if member else path)

        def rank(record: Record, path: str = path, member: Member = member) -> tuple[bool, Any]:
            value = comparable(value_at(record, path), member)
            return (value is not None, 0 if value is None else value)

        found.sort(key=rank, reverse=direction.strip().lower() == "desc")
    return found


def turn_to(
    records: Sequence[Record], query: Mapping[str, str], url: str, *, question_mark: bool = False
) -> Page:
    """Cut out the page that the query asks for; a page beyond the end is empty.

    The Link header has the shapes seen from real servers: the ``?`` is missing, the last page still names a
    next one (itself), and there is no header when one page holds everything. Raises Refusal.
    """
    size = _size(query)
    page = _positive(query, "page", 1)
    total_pages = max(1, -(-len(records) // size))
    chosen = records[(page - 1) * size : page * size]
    if total_pages == 1 or not chosen:
        return Page(chosen, None)
    others = [(key, value) for key, value in query.items() if key not in ("page", "pageId")]
    base = url + ("?" if question_mark else "&")
    base += "".join(f"{quote(key)}={quote(value)}&" for key, value in others)
    last = page == total_pages
    ends = ((page, "next"), (1, "first")) if last else ((page + 1, "next"), (total_pages, "last"))
    return Page(chosen, ", ".join(f'<{base}page={number}>; rel="{rel}"' for number, rel in ends))


def step_forward(records: Sequence[Record], query: Mapping[str, str], url: str) -> Page:
    """Cut out the page after ``pageId``, by id; the last page has an empty Link header. Raises Refusal."""
    if query.get("orderBy"):
        raise Refusal(400, "ConnectWiseApi", "orderBy is not supported with forward-only pagination.")
    size = _size(query)
    after = _positive(query, "pageId", 0, least=0)
    rest = sorted((r for r in records if r["id"] > after), key=lambda record: int(record["id"]))
    chosen = rest[:size]
    if len(rest) <= size:
        return Page(chosen, "")
    others = [(key, value) for key, value in query.items() if key not in ("page", "pageId", "pageSize")]
    parts = "".join(f"{quote(key)}={quote(value)}&" for key, value in others)
    return Page(chosen, f'<{url}?{parts}pageSize={size}&pageId={chosen[-1]["id"]}>; rel="next"')


def only_fields(record: Record, fields: str) -> Record:
    """Keep the members that a ``fields`` list names, slash paths included; unknown names are ignored."""
    wanted = [path.strip() for path in fields.split(",") if path.strip()]
    if not wanted:
        return record
    kept: Record = {}
    for path in wanted:
        value = value_at(record, path)
        if value is None:
            continue
        *parents, name = path.split("/")
        place = kept
        for parent in parents:
            inner = place.get(parent)
            place[parent] = place = dict(inner) if isinstance(inner, dict) else {}
        place[name] = value
    return kept


def _size(query: Mapping[str, str]) -> int:
    return min(_positive(query, "pageSize", DEFAULT_SIZE), LARGEST_SIZE)


def _positive(query: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < least:
        raise Refusal(400, "ConnectWiseApi", f"{name} must be a whole number of at least {least}.")
    return int(text)
