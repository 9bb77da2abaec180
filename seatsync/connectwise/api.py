"""The ConnectWise port over HTTP, and how to connect it."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import TracebackType
from typing import Self

import httpx

from seatsync.connectwise import paging, wire
from seatsync.connectwise.address import Access, Resolve, parse_server, system_resolve
from seatsync.connectwise.checks import run_checks
from seatsync.connectwise.client import Session
from seatsync.connectwise.drafts import Drafts, line_path
from seatsync.connectwise.failures import Request
from seatsync.connectwise.pacing import Clock
from seatsync.connectwise.row import one
from seatsync.connectwise.scan import read_book
from seatsync.errors import ConnectWiseError, SettingsError
from seatsync.model import Addition, AdditionId, Agreement, AgreementId, Book, ProductId
from seatsync.ports import Check, Connection, Progress, WriteRequest, Written, nothing

_COMPANY = re.compile(r"[^\s:+/\x00-\x1f\x7f]+")
_KEY = re.compile(r"[!-9;-~]+")


def _no_book() -> Book | None:
    return None


class ConnectWiseClient:
    """Reads and writes the records that a scan and a push need; safe to use from several threads."""

    def __init__(self, session: Session, in_flight: int) -> None:
        self.drafts = Drafts()
        self._session = session
        self._in_flight = in_flight

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @property
    def requests(self) -> int:
        """Count the requests sent so far, retries included."""
        return self._session.gate.sent

    @property
    def waits(self) -> int:
        """Count how often a request of the calling thread was held back so far."""
        return self._session.gate.waits

    @property
    def wait_left(self) -> float:
        """Return for how many seconds ConnectWise asks all requests to wait; 0 when it does not."""
        return self._session.gate.wait_left

    def check(self) -> tuple[Check, ...]:
        """Try the connection and each permission that a scan needs; never raises."""
        return run_checks(self._session)

    def read_book(self, progress: Progress, earlier: Callable[[], Book | None] = _no_book) -> Book:
        """Read everything a snapshot holds; ``earlier`` gives the last one. Raises ScanFailed."""
        return read_book(self._session, progress, self._in_flight, earlier)

    def agreement(self, agreement: AgreementId) -> Agreement:
        """Read one agreement. Raises ConnectWiseError."""
        request = Request("GET", f"finance/agreements/{agreement}", f"read agreement {agreement}")
        with self._session.scrubbed():
            return wire.agreement(one(self._session.read(request).body, "agreement"))

    def addition(self, agreement: AgreementId, addition: AdditionId) -> Addition:
        """Read one line. Raises ConnectWiseError."""
        what = f"read line {addition} of agreement {agreement}"
        request = Request("GET", line_path(agreement, addition), what)
        with self._session.scrubbed():
            return wire.addition(one(self._session.read(request).body, "line"), agreement)

    def additions(self, agreement: AgreementId) -> tuple[Addition, ...]:
        """Read every line of an agreement, cancelled ones included. Raises ConnectWiseError."""
        with self._session.scrubbed():
            listing = replace(paging.additions_of(agreement), fields=wire.LIVE_ADDITION_FIELDS)
            found = paging.read_all(self._session, listing)
            return tuple(wire.addition(row, agreement) for row in found)

    def writer(self, leaving: Callable[[], None] = nothing) -> "Writer":
        """Send writes; ``leaving`` is called before each, when nothing holds it back any more."""
        return Writer(self._session, self.drafts, leaving)


@dataclass(frozen=True, slots=True)
class Writer:
    """Sends each write once, and reads the line in the answer."""

    session: Session
    drafts: Drafts
    leaving: Callable[[], None]

    def set_quantity(self, agreement: AgreementId, addition: AdditionId, quantity: Decimal) -> Written:
        """Replace the quantity of a line and nothing else. Raises ConnectWiseError."""
        what = f"set the quantity of line {addition} of agreement {agreement}"
        return self._write(self.drafts.set_quantity(agreement, addition, quantity), what, agreement, addition)

    def set_cancelled(self, agreement: AgreementId, addition: AdditionId, day: date | None) -> Written:
        """Set the last day on which a line bills; None takes it back. Raises ConnectWiseError."""
        what = f"{'cancel' if day else 'bill again'} line {addition} of agreement {agreement}"
        return self._write(self.drafts.set_cancelled(agreement, addition, day), what, agreement, addition)

    def create_addition(
        self,
        agreement: AgreementId,
        product: ProductId,
        quantity: Decimal,
        effective: date,
        serial: str = "",
    ) -> Written:
        """Add a billable line at the catalogue's price. Raises ConnectWiseError."""
        what = f"add a line for product {product} to agreement {agreement}"
        draft = self.drafts.create_addition(agreement, product, quantity, effective, serial)
        return self._write(draft, what, agreement, None)

    def _write(
        self, draft: WriteRequest, what: str, agreement: AgreementId, addition: AdditionId | None
    ) -> Written:
        request = Request(draft.method, draft.path, what, body=draft.body)
        answer = self.session.write(request, self.leaving)
        try:
            with self.session.scrubbed():
                written = wire.addition(one(answer.body, "line"), agreement)
        except ConnectWiseError as error:
            raise _unclear(request, str(error), answer.request_id) from error
        if addition is not None and written.id != addition:
            raise _unclear(request, f"The answer is about line {written.id}.", answer.request_id)
        return Written(written, answer.request_id)


def connect(
    connection: Connection,
    *,
    in_flight: int = 6,
    allow_private_hosts: bool = False,
    from_environment: bool = False,
    local_mode: bool = True,
    ca_file: str | None = None,
    api_version: str = "2025.1",
    stop: Callable[[], bool] | None = None,
    transport: httpx.BaseTransport | None = None,
    clock: Clock | None = None,
    resolve: Resolve | None = None,
) -> ConnectWiseClient:
    """Make a client; nothing is sent before its first use. ``stop`` ends a wait between tries.

    With a ``transport``, which makes its own connections, only a given ``resolve`` looks host names up.
    Raises SettingsError when the address, the company, a key or the certificate authority can't be used.
    """
    connection = _trimmed(connection)
    server = parse_server(connection.url, Access(allow_private_hosts, local_mode or from_environment))
    trust = _trust(ca_file) if ca_file else True
    try:
        http = httpx.Client(
            transport=transport,
            verify=trust,
            follow_redirects=False,
            trust_env=not server.loopback,
            limits=httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        why = "is no proxy that can be used: give an address that begins with http:// or https://"
        raise SettingsError({"HTTPS_PROXY": why}) from error
    session = Session(
        connection,
        server,
        http,
        in_flight=in_flight,
        api_version=api_version,
        stop=stop,
        clock=clock,
        resolve=resolve or (None if transport else system_resolve),
    )
    return ConnectWiseClient(session, in_flight)


def _unclear(request: Request, why: str, request_id: str) -> ConnectWiseError:
    return ConnectWiseError(
        f"ConnectWise answered the request to {request.what} unclearly. {why} "
        "It is looked up before the next push.",
        request_id=request_id,
        outcome_unknown=True,
    )


def _trimmed(connection: Connection) -> Connection:
    """Drop the blanks of a careless paste, and check what would break the sign-in header."""
    trimmed = Connection(
        connection.url.strip(),
        connection.company.strip(),
        connection.public_key.strip(),
        connection.private_key.strip(),
        connection.client_id.strip(),
    )
    fields = (
        ("COMPANY", trimmed.company, _COMPANY),
        ("PUBLIC_KEY", trimmed.public_key, _KEY),
        ("PRIVATE_KEY", trimmed.private_key, _KEY),
        ("CLIENT_ID", trimmed.client_id, _KEY),
    )
    problems = {
        f"SEATSYNC_CONNECTWISE_{name}": "holds characters that can't be in it" if value else "is missing"
        for name, value, allowed in fields
        if not allowed.fullmatch(value)
    }
    if problems:
        raise SettingsError(problems)
    return trimmed


def _trust(ca_file: str) -> ssl.SSLContext:
    """Trust the public authorities, and the one in ``ca_file`` beside them."""
    context = httpx.create_ssl_context()
    try:
        context.load_verify_locations(ca_file)
    except OSError as error:  # ssl.SSLError is one
        why = "is not a readable file of certificates in PEM form"
        raise SettingsError({"SEATSYNC_CONNECTWISE_CA_FILE": why}) from error
    return context
