"""A ConnectWise with a book of several pages that can be disturbed, and what must never be seen of it."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any, Final

import httpx

from seatsync.errors import SeatSyncError

from .fakes import CONNECTION, agreement, line

PAGE: Final = 3
"""Entries on a page: tests set the reader's own figure to it."""

PATHS: Final = {
    "agreements": "finance/agreements",
    "companies": "company/companies",
    "products": "procurement/catalog",
    "types": "finance/agreements/types",
    "additions": "finance/agreements/81/additions",
}
NAMES: Final = {
    "agreements": "the agreements",
    "companies": "the companies",
    "products": "the product catalogue",
    "types": "the agreement types",
    "additions": 'the lines of agreement "Agreement 81" (81)',
}
SECRETS: Final = (
    CONNECTION.public_key,
    CONNECTION.private_key,
    CONNECTION.client_id,
    base64.b64encode(b"acme+public-key:private-key").decode(),
)
ECHO: Final = " ".join(SECRETS)
"""What a hostile server says wherever it may say anything."""

Answers = Callable[[httpx.Request], httpx.Response]
Act = Callable[[httpx.Request, Answers], httpx.Response]
"""Answers a request in place of the server given; it may raise an error of httpx instead."""

_DAY = "2024-02-01T00:00:00Z"
_OF_AN_AGREEMENT = {
    "startDate": _DAY,
    "endDate": "2031-01-31T00:00:00Z",
    "billStartDate": _DAY,
    "nextInvoiceDate": "2026-12-01",
    "cancelledFlag": False,
    "noEndingDateFlag": False,
    "prorateFlag": True,
    "billingCycle": {"id": 2, "name": "Monthly"},
    "currency": {"id": 1, "currencyCode": "USD"},
    "parentAgreement": {"id": 80},
    "_info": {"lastUpdated": "2026-01-02T03:04:05Z"},
}


def entry(listing: str, place: int) -> dict[str, Any]:
    """Return the entry at a place, from 0, of a list."""
    match listing:
        case "agreements":
            return agreement(81 + place, **_OF_AN_AGREEMENT)
        case "companies":
            fields = {"identifier": f"c{place}", "deletedFlag": False, "website": f"c{place}.com"}
            return {"id": 250 + place, "name": f"Company {place}", **fields}
        case "products":
            fields = {
                "description": "Protect",
                "price": 4.25,
                "inactiveFlag": False,
                "productClass": "Service",
            }
            return {"id": 3409 + place, "identifier": f"P-{place}", **fields}
        case "types":
            return {"id": 1 + place, "name": f"Type {place}"}
    dates = {"effectiveDate": _DAY, "cancelledDate": "2031-01-31T00:00:00Z"}
    return line(9001 + place, lessIncluded=1, unitPrice=4.25, description="Protect", **dates)


class Server:
    """Answers truthfully; one list may be several pages long, the others are of one entry."""

    def __init__(self, listing: str, entries: int) -> None:
        self._lists = {
            path: [entry(name, place) for place in range(entries if name == listing else 1)]
            for name, path in PATHS.items()
        }
        for other in self._lists[PATHS["agreements"]][1:]:
            number = other["id"]
            own = line(9100 + number, agreementId=number)
            self._lists[f"finance/agreements/{number}/additions"] = [own]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer discovery, a count, or a page."""
        path = _path(request)
        if "companyinfo" in path:
            return _json({"Codebase": "v2025_1/", "IsCloud": True})
        if path.endswith("/count"):
            return _json({"count": len(self._lists[path.removesuffix("/count")])})
        size = min(int(request.url.params["pageSize"]), PAGE)
        start = (int(request.url.params["page"]) - 1) * size
        return _json(self._lists[path][start : start + size])


class Disturbed:
    """Answers truthfully but where a fault strikes: once, or each time."""

    def __init__(self, server: Answers, act: Act, where: tuple[str, str], *, once: bool) -> None:
        self._server, self._act, self._where, self._once = server, act, where, once
        self._lock = threading.Lock()
        self.struck = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if self._where in parts_of(request):
            with self._lock:
                self.struck += 1
                strikes = self.struck == 1 or not self._once
            if strikes:
                return self._act(request, self._server)
        return self._server(request)


def parts_of(request: httpx.Request) -> list[tuple[str, str]]:
    """Name the parts of the book that a request asks for, as (list, part)."""
    path = _path(request)
    if "companyinfo" in path:
        return [("discovery", "record")]
    listing = next((name for name, own in PATHS.items() if path in (own, f"{own}/count")), "")
    if path.endswith("/count"):
        return [(listing, "count")]
    if request.url.params["pageSize"] == "1":
        return [(listing, "end of a page")]
    page = {"1": "first page", "2": "later page", "3": "last page"}.get(request.url.params["page"], "")
    return [(listing, page), (listing, "only page")] if page == "first page" else [(listing, page)]


def seen_of(error: BaseException) -> list[str]:
    """List every text that an error and what caused it can show."""
    texts: list[str] = []
    chain: BaseException | None = error
    while chain is not None:
        texts.append(str(chain))
        if isinstance(chain, SeatSyncError):
            texts.append(repr(vars(chain)))
        chain = chain.__cause__ or chain.__context__
    return texts


def leaked(*texts: str) -> list[str]:
    """List the credentials that occur in any of the texts."""
    return [secret for secret in SECRETS for text in texts if secret in text]


def _path(request: httpx.Request) -> str:
    return request.url.path.rpartition("/apis/3.0/")[2]


def _json(body: object) -> httpx.Response:
    return httpx.Response(200, text=json.dumps(body), headers={"Content-Type": "application/json"})
