"""Sends requests to ConnectWise: finds the API, signs, repeats reads, never a write that may have worked."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from urllib.parse import quote, urlencode

import httpx

from seatsync import __version__
from seatsync.connectwise import wire
from seatsync.connectwise.address import ROUTED_CODEBASE, Resolve, Server, api_root
from seatsync.connectwise.failures import Answer, Failure, Reader, Reply, Request, Scrub
from seatsync.connectwise.outages import UNANSWERED, unanswered
from seatsync.connectwise.pacing import TRIES, Clock, Gate, Patience, Stop, never
from seatsync.connectwise.pagesize import PageSizes
from seatsync.errors import ConnectWiseError, NotNow, ScanFailed
from seatsync.ports import Connection, nothing

_log = logging.getLogger(__name__)
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 60.0
_WRITE_SECONDS = 120.0
_AT_ONCE = 2.0
"""Seconds that a write may wait for one of the requests in flight to end."""

_DISCOVERY_TRIES = 3
_LONGEST_ERROR = 800
_LONGEST_ANSWER = 16 * 1024 * 1024
"""Bytes. A page of 1,000 records with every member of the published types stays far below it."""


class Session:
    """The requests of one connection; safe to use from several threads."""

    def __init__(
        self,
        connection: Connection,
        server: Server,
        http: httpx.Client,
        *,
        in_flight: int = 6,
        api_version: str = "2025.1",
        stop: Stop | None = None,
        clock: Clock | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.server = server
        self.stop = stop or never
        clock = clock or Clock()
        self.gate = Gate(in_flight, clock)
        self._connection = connection
        self._http = http
        self._resolve = resolve
        self._reader = Reader(server, Scrub(connection), clock.now)
        self._auth = httpx.BasicAuth(f"{connection.company}+{connection.public_key}", connection.private_key)
        self._headers = {
            "clientId": connection.client_id,
            "Accept": f"application/vnd.connectwise.com+json; version={api_version}",
            "User-Agent": f"SeatSync/{__version__}",
        }
        self.pages = PageSizes()
        self._root = ""
        self._root_lock = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def root(self) -> str:
        """Return the address of the API, asking the server for it on first use. Raises ConnectWiseError."""
        with self._root_lock:
            if not self._root:
                self._root = self._discover(_DISCOVERY_TRIES)
            return self._root

    @contextmanager
    def scrubbed(self) -> Iterator[None]:
        """Take credentials and line breaks out of what is said of answers that can't be understood."""
        try:
            yield
        except (ConnectWiseError, ScanFailed) as error:
            error.args = (self._reader.scrub(str(error), _LONGEST_ERROR),)
            raise

    def read(
        self, request: Request, *, tries: int = TRIES, guarded: bool = True, stop: Stop | None = None
    ) -> Answer:
        """Send a read, again when that may help. Raises ConnectWiseError.

        Unless ``guarded`` it is sent even when the credentials were refused before, and a refusal is
        not kept.
        """
        patience = Patience(self.gate, stop or self.stop, tries)
        while True:
            outcome = self._aim(request, patience, guarded)
            if isinstance(outcome, Answer):
                return outcome
            patience.again(outcome)

    def write(self, request: Request, leaving: Callable[[], None] = nothing) -> Answer:
        """Send a write once, at once or not at all. Raises ConnectWiseError, and NotNow to try anew.

        A wait outdates what was read before a write, so that only the caller can send it after one.
        ``leaving`` is called right before the write leaves, with its place among the requests in flight.
        """
        root = self.root()
        try:
            patience = Patience(self.gate, self.stop, budget=_AT_ONCE)
            outcome = self._attempt(request, root + request.path, patience, guarded=True, leaving=leaving)
        except ConnectWiseError as error:
            if error.status != 429:
                raise
            raise NotNow.of(error) from error
        if isinstance(outcome, Answer):
            return outcome
        refused = outcome.error
        if refused.status == 429 or (refused.says_no_page and self._has_moved(root)):
            raise NotNow.of(refused) from outcome.cause
        raise refused from outcome.cause

    def _aim(self, request: Request, patience: Patience, guarded: bool) -> Answer | Failure:
        """Read where the API is; once more when it has moved: the cloud's codebase changes by upgrades."""
        root = self.root()
        outcome = self._attempt(request, root + request.path, patience, guarded)
        if isinstance(outcome, Failure) and outcome.error.says_no_page and self._has_moved(root):
            outcome = self._attempt(request, self.root() + request.path, patience, guarded)
        return outcome

    def _attempt(
        self,
        request: Request,
        url: str,
        patience: Patience,
        guarded: bool,
        leaving: Callable[[], None] = nothing,
    ) -> Answer | Failure:
        # What the processor has to do is done outside the slot: a request waits for the network alone.
        prepared = self._prepare(request, url)
        with self.gate.slot(patience.deadline, patience.stop, guarded=guarded, at_once=request.writes):
            leaving()
            self.gate.require_in_time(patience.deadline)
            try:
                reply = self._send(prepared, request.signed)
            except UNANSWERED as lost:
                _log.info("%s %s -> %s", request.method, url, type(lost).__name__)
                return unanswered(self.server, request, lost)
            if not reply.succeeded:
                outcome = self._reader.outcome(request, reply)
                self._heed(outcome, guarded and request.signed)
        if reply.succeeded:
            self.gate.let_next_leave()
            outcome = self._reader.outcome(request, reply)
        if isinstance(outcome, Answer):
            _log.debug("%s %s -> %s, request %s", request.method, url, reply.status, outcome.request_id)
            return outcome
        said = outcome.error
        _log.info("%s %s -> %s, request %s: %s", request.method, url, reply.status, said.request_id, said.raw)
        return outcome

    def _heed(self, outcome: Answer | Failure, guarded: bool) -> None:
        """Hold all requests back when told to wait, and let none leave after refused credentials."""
        if isinstance(outcome, Failure):
            if outcome.error.retry_after is not None:
                self.gate.hold(outcome.error.retry_after)
            if guarded and outcome.error.refuses_credentials:
                self.gate.refuse(outcome.error)

    def _prepare(self, request: Request, url: str) -> httpx.Request:
        headers = dict(self._headers)
        if not request.signed:
            headers["Accept"] = "application/json"
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        # Written out here: the library would take the address apart twice more.
        query = f"?{urlencode(request.params)}" if request.params else ""
        seconds = _WRITE_SECONDS if request.writes else _READ_SECONDS
        timeout = httpx.Timeout(seconds, connect=_CONNECT_SECONDS)
        return self._http.build_request(
            request.method, url + query, content=request.body, headers=headers, timeout=timeout
        )

    def _send(self, prepared: httpx.Request, signed: bool) -> Reply:
        """Send a request and take in the whole answer. Raises one of UNANSWERED."""
        seconds = prepared.extensions["timeout"]["read"]
        response = self._http.send(prepared, auth=self._auth if signed else None, stream=True)
        with closing(response):
            return Reply(response.status_code, response.headers, self._body(response, seconds))

    def _body(self, response: httpx.Response, seconds: float) -> bytes:
        """Read a body within the time and the length that an answer may take; the library limits neither."""
        until = self.gate.clock.monotonic() + seconds
        chunks, length = [], 0
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            length += len(chunk)
            if self.gate.clock.monotonic() > until:
                raise httpx.ReadTimeout("the answer takes too long")
            if length > _LONGEST_ANSWER:
                raise httpx.DecodingError("the answer is too long")
        return b"".join(chunks)

    def _discover(self, tries: int) -> str:
        company = self._connection.company
        request = Request(
            "GET", f"/login/companyinfo/{quote(company, safe='')}", "say where its API is", signed=False
        )
        patience = Patience(self.gate, self.stop, tries)
        while True:
            outcome = self._find(request, patience)
            if isinstance(outcome, Answer):
                break
            # A server that publishes no discovery record still routes the fixed codebase.
            if outcome.error.status in (404, 405) or (outcome.error.status == 200 and not outcome.repeatable):
                return api_root(self.server, ROUTED_CODEBASE)
            patience.again(outcome)
        if outcome.body is None:
            raise ConnectWiseError(
                f'ConnectWise knows no company "{company}" at {self.server.host}. '
                f"Check the company in the connection settings.{self.server.hint}"
            )
        return api_root(self.server, wire.codebase(outcome.body) or ROUTED_CODEBASE)

    def _find(self, request: Request, patience: Patience) -> Answer | Failure:
        """Check where the server's name leads, then ask it."""
        if self._resolve is not None:
            try:
                self.server.require_allowed(self._resolve)
            except OSError as error:
                return unanswered(self.server, request, error)
        return self._attempt(request, self.server.origin + request.path, patience, guarded=False)

    def _has_moved(self, root: str) -> bool:
        """Ask again where the API is; true when that is not where a request just went."""
        with self._root_lock:
            if self._root == root:
                try:
                    self._root = self._discover(1)
                except ConnectWiseError:
                    return False
            return self._root != root
