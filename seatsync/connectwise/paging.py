"""Whole lists, page by page: complete, without twins, or an error."""

from dataclasses import dataclass

from seatsync.connectwise import wire
from seatsync.connectwise.client import Session
from seatsync.connectwise.failures import Request
from seatsync.connectwise.pacing import Stop
from seatsync.errors import ConnectWiseError

PAGE_SIZE = 1000
_PAGE_CAP = 10_000
_SMALLEST_CAP = 25


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the API: where it is, which fields are wanted, and what it and one entry are called."""

    path: str
    fields: str
    what: str
    kind: str
    counted: bool = True


AGREEMENTS = Listing("finance/agreements", wire.AGREEMENT_FIELDS, "the agreements", "agreement")
COMPANIES = Listing("company/companies", wire.COMPANY_FIELDS, "the companies", "company")
PRODUCTS = Listing("procurement/catalog", wire.PRODUCT_FIELDS, "the product catalogue", "product")
TYPES = Listing(
    "finance/agreements/types", wire.TYPE_FIELDS, "the agreement types", "agreement type", counted=False
)


def additions_of(agreement: int) -> Listing:
    """Return the list of an agreement's lines; counting it would double the requests of a scan."""
    return Listing(
        f"finance/agreements/{agreement}/additions",
        wire.ADDITION_FIELDS,
        f"the lines of agreement {agreement}",
        "line",
        counted=False,
    )


def read_all(session: Session, listing: Listing, stop: Stop | None = None) -> tuple[wire.Row, ...]:
    """Read every entry once, in the order of ids.

    Raises ConnectWiseError when a page can't be read, or a counted list twice differs from its count.
    """
    if not listing.counted:
        return _pages(session, listing, None, stop)
    for _ in range(2):
        expected = read_count(session, listing, stop)
        found = _pages(session, listing, expected, stop)
        if len(found) == expected:
            return found
    raise ConnectWiseError(
        f"ConnectWise counts {expected} entries in {listing.what} but lists {len(found)}. "
        "They may be changing right now, or the API member's role hides some. Try again in a few minutes."
    )


def read_count(session: Session, listing: Listing, stop: Stop | None = None) -> int:
    """Read how many entries a list has. Raises ConnectWiseError."""
    request = Request("GET", f"{listing.path}/count", f"count {listing.what}")
    return wire.count(session.read(request, stop=stop).body)


def page_request(listing: Listing, page: int, size: int = PAGE_SIZE) -> Request:
    """Return the request for one page; pages start at 1."""
    params: dict[str, str | int] = {
        "fields": listing.fields,
        "orderBy": "id asc",
        "pageSize": size,
        "page": page,
    }
    return Request("GET", listing.path, f"read {listing.what}", params)


def _pages(
    session: Session, listing: Listing, expected: int | None, stop: Stop | None
) -> tuple[wire.Row, ...]:
    """Read page after page. The Link header is no guide: it names a next page on the last one."""
    found: dict[int, wire.Row] = {}
    for page in range(1, _PAGE_CAP + 1):
        rows = wire.rows(session.read(page_request(listing, page), stop=stop).body, listing.kind)
        before = len(found)
        found.update((row.id(), row) for row in rows)
        if len(found) == before or (len(rows) < PAGE_SIZE and _complete(len(rows), len(found), expected)):
            return tuple(found[key] for key in sorted(found))
    raise ConnectWiseError(
        f"ConnectWise sent more than {_PAGE_CAP} pages of {listing.what}. Ask for support."
    )


def _complete(length: int, found: int, expected: int | None) -> bool:
    """Say whether a short page is the last: a server may cap its pages lower, in steps of 25."""
    return found >= expected if expected is not None else length % _SMALLEST_CAP != 0
