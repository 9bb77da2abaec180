"""Order, pages, Link headers and the choice of members: what happens to a list before it is answered."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from seatsync.simulator.conditions import comparable, member_at, value_at
from seatsync.simulator.refusals import Refusal, unrecognized
from seatsync.simulator.schema import Member

Record = dict[str, Any]
Tree = Mapping[str, Any]

DEFAULT_SIZE: Final = 25
LARGEST_SIZE: Final = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """The records of one answer and its Link header; None means that no such header is sent."""

    records: Sequence[Record]
    link: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """The terms of an ``orderBy``, each a path, its member and whether it runs downwards."""

    terms: tuple[tuple[str, Member, bool], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The members that the order looks at."""
        return tuple({path.partition("/")[0] for path, _, _ in self.terms})

    def arranged(self, records: Sequence[Record], view: Callable[[Record], Record]) -> list[Record]:
        """Sort records by how ``view`` shows them; one without the member comes first, or last downwards."""
        rows = [(view(record), record) for record in records]
        for path, member, downwards in reversed(self.terms):

            def rank(
                row: tuple[Record, Record], path: str = path, member: Member = member
            ) -> tuple[bool, Any]:
                value = comparable(value_at(row[0], path), member)
                return (value is not None, 0 if value is None else value)

            rows.sort(key=rank, reverse=downwards)
        return [record for _, record in rows]


def read_order(order_by: str, type_name: str) -> Order:
    """Read ``name asc, company/name desc``. Raises Refusal."""
    terms = []
    for term in [term.strip() for term in order_by.split(",") if term.strip()]:
        path, _, direction = term.partition(" ")
        member = member_at(type_name, path)
        direction = direction.strip().lower()
        if member.kind in ("ref", "list", "map", "any") or direction not in ("", "asc", "desc"):
            raise unrecognized(term)
        terms.append(("_info/lastUpdated" if path == "lastUpdated" else path, member, direction == "desc"))
    return Order(tuple(terms))


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
    """Cut the page after ``pageId`` out of records that are in the order of their ids.

    The last page has an empty Link header. Raises Refusal.
    """
    if query.get("orderBy"):
        raise Refusal(400, "ConnectWiseApi", "orderBy is not supported with forward-only pagination.")
    size = _size(query)
    after = _positive(query, "pageId", 0, least=0)
    begin = bisect_right(records, after, key=lambda record: int(record["id"]))
    chosen = records[begin : begin + size]
    if begin + size >= len(records):
        return Page(chosen, "")
    others = [(key, value) for key, value in query.items() if key not in ("page", "pageId", "pageSize")]
    parts = "".join(f"{quote(key)}={quote(value)}&" for key, value in others)
    return Page(chosen, f'<{url}?{parts}pageSize={size}&pageId={chosen[-1]["id"]}>; rel="next"')


@dataclass(frozen=True, slots=True)
class Fields:
    """What a ``fields`` list names: the members, None for all of them, and what is wanted of each.

    A member that is wanted whole has None in the tree. ``flat`` says that all are.
    """

    names: tuple[str, ...] | None
    tree: Tree
    flat: bool


@lru_cache(maxsize=512)
def read_fields(fields: str) -> Fields:
    """Read a ``fields`` list; no list names everything."""
    tree: dict[str, Any] = {}
    for path in [path.strip() for path in fields.split(",") if path.strip()]:
        place, names = tree, path.split("/")
        for name in names[:-1]:
            inner = place.setdefault(name, {})
            if inner is None:
                break
            place = inner
        else:
            place[names[-1]] = None
    flat = all(inner is None for inner in tree.values())
    return Fields(tuple(tree) or None, tree, flat)


def only_fields(record: Record, tree: Tree) -> Record:
    """Keep the members that the fields name; unknown names are ignored, lists are looked into."""
    kept: Record = {}
    for name, inner in tree.items():
        value = record.get(name)
        if inner is not None:
            value = _inside(value, inner)
        if value is not None:
            kept[name] = value
    return kept


def _inside(value: Any, tree: Tree) -> Any:
    if isinstance(value, dict):
        return only_fields(value, tree) or None
    if isinstance(value, list):
        return [only_fields(item, tree) for item in value if isinstance(item, dict)]
    return None


def _size(query: Mapping[str, str]) -> int:
    return min(_positive(query, "pageSize", DEFAULT_SIZE), LARGEST_SIZE)


def _positive(query: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < least:
        raise Refusal(400, "ConnectWiseApi", f"{name} must be a whole number of at least {least}.")
    return int(text)
