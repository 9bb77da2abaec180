"""Tries a connection and each permission, one line each."""

from seatsync.connectwise import paging, wire
from seatsync.connectwise.client import Session
from seatsync.connectwise.failures import WRITE_RIGHT, Request, right
from seatsync.connectwise.paging import Listing
from seatsync.connectwise.row import Row, rows_of
from seatsync.errors import ConnectWiseError
from seatsync.ports import Check

_TRIES = 3
_ADDITIONS = "Additions"
_WITHOUT = {
    "Agreements": "No scan: the agreements decide which additions count.",
    _ADDITIONS: "No scan: the additions are what is compared, updated and cancelled.",
    "Companies": "No scan: the companies are what tenants are matched to.",
    "Product catalogue": "No scan: the products are what licenses are mapped to.",
    "Agreement types": "No scan: the types are what the filter on agreements offers.",
}
_WRITES = Check(
    "Changes to additions",
    ok=True,
    right=WRITE_RIGHT,
    without="Scans and previews work, but every change of a push fails and is not written.",
    tried=False,
)
_NONE_VISIBLE = (
    "The credentials work, but no agreement is visible to them. Check that the API member's security role "
    'has "Finance > Agreements: Inquire All" and covers the right locations.'
)


_NO_AGREEMENT = Check(
    _ADDITIONS,
    ok=True,
    advice="Not tried: no agreement could be read, whose additions they would be.",
    right="Finance > Agreements: Inquire All",
    without=_WITHOUT[_ADDITIONS],
    tried=False,
)


def run_checks(session: Session) -> tuple[Check, ...]:
    """Try the server, the credentials and each list that a scan reads; never raises, and never writes.

    Stops after the server or the credentials fail, since nothing after them could pass.
    """
    server = Check(f"Server {session.server.host}", ok=True)
    try:
        session.root()
    except ConnectWiseError as error:
        return (Check(server.what, ok=False, advice=str(error)),)
    credentials, refused = _credentials(session)
    if refused:
        return server, credentials
    lists = (
        (paging.COMPANIES, "Companies"),
        (paging.PRODUCTS, "Product catalogue"),
        (paging.TYPES, "Agreement types"),
    )
    return (
        server,
        credentials,
        *_agreements_and_lines(session),
        *(_list(session, listing, what) for listing, what in lists),
        _WRITES,
    )


def _credentials(session: Session) -> tuple[Check, bool]:
    """Count the agreements; the flag says that no other check can pass."""
    request = Request("GET", f"{paging.AGREEMENTS.path}/count", "count the agreements")
    try:
        with session.scrubbed():
            count = wire.count(session.read(request, tries=_TRIES, guarded=False).body)
    except ConnectWiseError as error:
        # A 403 shows that the keys were understood: the other permissions are still worth trying.
        return Check("Credentials", ok=False, advice=str(error)), error.status != 403
    return Check("Credentials", ok=True, advice="" if count else _NONE_VISIBLE), False


def _agreements_and_lines(session: Session) -> tuple[Check, ...]:
    try:
        found = _first(session, paging.AGREEMENTS)
    except ConnectWiseError as error:
        return _check(paging.AGREEMENTS, "Agreements", error), _NO_AGREEMENT
    agreements = _check(paging.AGREEMENTS, "Agreements")
    if not found:
        return agreements, _NO_AGREEMENT
    return agreements, _list(session, paging.additions_of(found[0].id()), _ADDITIONS)


def _list(session: Session, listing: Listing, what: str) -> Check:
    try:
        _first(session, listing)
    except ConnectWiseError as error:
        return _check(listing, what, error)
    return _check(listing, what)


def _check(listing: Listing, what: str, error: ConnectWiseError | None = None) -> Check:
    needed = right(paging.page_request(listing, page=1, size=1))
    refused = error is not None and error.status == 403
    return Check(what, error is None, str(error or ""), needed, _WITHOUT[what], refused=refused)


def _first(session: Session, listing: Listing) -> tuple[Row, ...]:
    request = paging.page_request(listing, page=1, size=1)
    with session.scrubbed():
        return rows_of(session.read(request, tries=_TRIES, guarded=False).body, listing.kind)
