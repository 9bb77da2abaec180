"""A request to the API and the answer to it, free of the server that carries them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

from seatsync.simulator.jsontext import dumps
from seatsync.simulator.refusals import Refusal

JSON: Final = b"application/json; charset=utf-8"

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: ``path`` below ``apis/3.0``, its numbers as ``ids``, header names in lower case.

    ``url`` is the address without its query. A ``dry`` write is answered as usual and not kept.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict)
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""
    dry: bool = False
    ids: tuple[int, ...] = ()
    name: str = ""


@dataclass(slots=True)
class Answer:
    """Status, body and headers of an answer."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


def answer(content: Any, status: int = 200, link: str | None = None) -> Answer:
    """Answer with JSON; ``link`` is the Link header, None for none."""
    headers = [(b"content-type", JSON)]
    if link is not None:
        headers.append((b"link", link.encode("latin-1", "replace")))
    return Answer(status, dumps(content).encode("ascii"), headers)


def refuse(refusal: Refusal) -> Answer:
    """Answer with an error body."""
    return answer(refusal.as_json(), refusal.status)


@lru_cache(maxsize=1024)
def read_query(query: bytes) -> Query:
    """Read a query string; of a name that stands twice the last counts."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
