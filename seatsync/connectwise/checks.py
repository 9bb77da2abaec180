"""Tries a connection and each permission, one line each."""

from seatsync.connectwise import paging, wire
from seatsync.connectwise.client import Session
from seatsync.connectwise.failures import Request
from seatsync.connectwise.paging import Listing
from seatsync.connectwise.row import Row, rows_of
from seatsync.errors import ConnectWiseError
from seatsync.ports import Check

_TRIES = 3
_NONE_VISIBLE = (
    "The credentials work, but no agreement is visible to them. Check that the API member's security role "
    'has "Finance > Agreements: Inquire All" and covers the right locations.'
)


def run_checks(session: Session) -> tuple[Check, ...]:
    """Try the server, the credentials and each list that a scan reads; never raises.

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
        return (Check("Agreements", ok=False, advice=str(error)),)
    agreements = Check("Agreements", ok=True)
    if not found:
        return (agreements,)
    return agreements, _list(session, paging.additions_of(found[0].id()), "Agreement lines")


def _list(session: Session, listing: Listing, what: str) -> Check:
    try:
        _first(session, listing)
    except ConnectWiseError as error:
        return Check(what, ok=False, advice=str(error))
    return Check(what, ok=True)


def _first(session: Session, listing: Listing) -> tuple[Row, ...]:
    request = paging.page_request(listing, page=1, size=1)
    with session.scrubbed():
        return rows_of(session.read(request, tries=_TRIES, guarded=False).body, listing.kind)
