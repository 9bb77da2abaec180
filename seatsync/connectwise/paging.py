"""Whole lists, page by page: complete, without twins, or an error."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seatsync.connectwise import pagesize, wire
from seatsync.connectwise.client import Session
from seatsync.connectwise.failures import Request
from seatsync.connectwise.pacing import Stop
from seatsync.connectwise.row import Row, rows_of
from seatsync.errors import ConnectWiseError

_PAGE_CAP = 1000
_PASSES = 3

Page = Sequence[Row]


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
TYPES = Listing("finance/agreements/types", wire.TYPE_FIELDS, "the agreement types", "agreement type")


def additions_of(agreement: int) -> Listing:
    """Return the list of an agreement's lines; counting a short one would double the requests of a scan."""
    return Listing(
        f"finance/agreements/{agreement}/additions",
        wire.ADDITION_FIELDS,
        f"the lines of agreement {agreement}",
        "line",
        counted=False,
    )


def read_all(session: Session, listing: Listing, stop: Stop | None = None) -> tuple[Row, ...]:
    """Read every entry once, in the order of ids.

    A list is read again when its count differs, or when entries moved between its pages meanwhile: pages are
    no snapshot, so that a deletion on an earlier one makes an entry slip past the reader. Raises
    ConnectWiseError when that goes on, or when a page can't be read.
    """
    why = ""
    for _ in range(_PASSES):
        expected = read_count(session, listing, stop) if listing.counted else None
        pages, whole = _pages(session, listing, expected, stop)
        found = {row.id(): row for page in pages for row in page}
        if expected is None and not whole:
            expected = read_count(session, listing, stop)
        if expected is not None and len(found) != expected:
            why = f"ConnectWise counts {expected} entries in {listing.what} but lists {len(found)}"
        elif _moved(session, listing, pages, stop):
            why = f"Entries of {listing.what} keep moving between the pages"
        else:
            return tuple(found[key] for key in sorted(found))
    raise ConnectWiseError(
        f"{why}. They may be changing right now, or the API member's role hides some. "
        "Try again in a few minutes."
    )


def read_count(session: Session, listing: Listing, stop: Stop | None = None) -> int:
    """Read how many entries a list has. Raises ConnectWiseError."""
    request = Request("GET", f"{listing.path}/count", f"count {listing.what}")
    return wire.count(session.read(request, stop=stop).body)


def page_request(listing: Listing, page: int, size: int | None = None) -> Request:
    """Return the request for one page, of as many entries as the vendor allows; pages start at 1."""
    params: dict[str, str | int] = {
        "fields": listing.fields,
        "orderBy": "id asc",
        "pageSize": size or pagesize.PAGE_SIZE,
        "page": page,
    }
    return Request("GET", listing.path, f"read {listing.what}", params)


def _pages(
    session: Session, listing: Listing, expected: int | None, stop: Stop | None
) -> tuple[list[Page], bool]:
    """Read page after page; the flag says that the first one was surely all.

    The Link header is no guide: it can name a next page on the last one.
    """
    pages: list[Page] = []
    seen: set[int] = set()
    for number in range(1, _PAGE_CAP + 1):
        answer = session.read(page_request(listing, number), stop=stop)
        rows = rows_of(answer.body, listing.kind)
        before = len(seen)
        seen.update(row.id() for row in rows)
        if len(seen) == before:
            session.pages.ended(pages)
            return pages, not pages
        pages.append(rows)
        session.pages.met(pages)
        # A count that was too low may name the end of a full page: only a short page is the last.
        if expected in (None, len(seen)) and session.pages.surely_last(len(rows), answer.names_next):
            return pages, len(pages) == 1
        if expected is not None and len(seen) > expected + pagesize.PAGE_SIZE:
            return pages, False
    raise ConnectWiseError(
        f"ConnectWise sent more than {_PAGE_CAP} pages of {listing.what}. Ask for support."
    )


def _moved(session: Session, listing: Listing, pages: Sequence[Page], stop: Stop | None) -> bool:
    """Say whether the entry at the end of a page, but the last, is another one by now."""
    place = 0
    bare = replace(listing, fields="id")
    for page in pages[:-1]:
        place += len(page)
        found = rows_of(session.read(page_request(bare, place, size=1), stop=stop).body, listing.kind)
        if not found or found[0].id() != page[-1].id():
            return True
    return False
