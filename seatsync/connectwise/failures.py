"""What went wrong with a request, as a sentence for the analyst that never holds a credential."""

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import urlsplit

from seatsync.connectwise.address import Server
from seatsync.connectwise.row import exact
from seatsync.errors import ConnectWiseError, FieldError
from seatsync.ports import Connection

_LONGEST_TEXT = 300
_LONGEST_RAW = 2000
_RIGHTS = (
    ("finance/agreements/types", "System > Table Setup (Agreements / Agreement Type): Inquire All"),
    ("finance/agreements", "Finance > Agreements: Inquire All"),
    ("procurement/catalog", "Procurement > Product Catalog: Inquire All"),
    ("company/companies", "Companies > Company Maintenance: Inquire All"),
)
WRITE_RIGHT = "Finance > Agreements: Add, Edit and Inquire All"
"""The security-role right that a push needs."""

LOST = "It may or may not have taken effect; it is looked up before the next push."


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the API; ``what`` completes "ConnectWise was asked to ...", ``body`` is JSON text."""

    method: str
    path: str
    what: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: str | None = None
    signed: bool = True

    @property
    def writes(self) -> bool:
        """Whether the call changes anything."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for a request, taken in whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def succeeded(self) -> bool:
        """Whether the server says that it did what was asked."""
        return 200 <= self.status < 300

    @property
    def elsewhere(self) -> bool:
        """Whether the server sends the request to another address."""
        return self.status in (301, 302, 303, 307, 308) and "Location" in self.headers

    @property
    def names_next(self) -> bool:
        """Whether a next page is named, in the form of RFC 5988."""
        return 'rel="next"' in self.headers.get("Link", "")

    @property
    def is_html(self) -> bool:
        """Whether it is a page for browsers, as gateways and wrong addresses answer with."""
        return "html" in self.headers.get("Content-Type", "").lower() or self.content.lstrip()[:1] == b"<"


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON of a successful answer; ``names_next`` says that its Link header names a next page."""

    body: object
    request_id: str
    names_next: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """An unsuccessful attempt; ``repeatable`` says that a read may be sent again."""

    error: ConnectWiseError
    repeatable: bool
    cause: Exception | None = None


class Scrub:
    """Folds a text of the server into one line and takes every credential out of it."""

    def __init__(self, connection: Connection) -> None:
        user = f"{connection.company}+{connection.public_key}"
        token = base64.b64encode(f"{user}:{connection.private_key}".encode()).decode()
        secrets = (token.rstrip("="), connection.private_key, connection.public_key, connection.client_id)
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def __call__(self, text: str, longest: int = _LONGEST_TEXT) -> str:
        """Return the text without line breaks, control characters and credentials, cut to ``longest``."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return line if len(line) <= longest else line[: longest - 1] + "…"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what came back for a request, or why nothing did."""

    server: Server
    scrub: Scrub
    now: Callable[[], datetime]

    def outcome(self, request: Request, reply: Reply) -> Answer | Failure:
        """Turn a reply into its JSON or a failure."""
        if reply.elsewhere:
            return self._failure(request, reply, self._redirected(request, reply), lost=True)
        if not reply.succeeded:
            return self._refusal(request, reply)
        try:
            return Answer(parse_json(reply.content), self._request_id(reply), reply.names_next)
        except (ValueError, RecursionError) as error:
            html = reply.is_html
            came = "an HTML page" if html else "an answer that can't be read"
            text = f"ConnectWise sent {came} when asked to {request.what}."
            advice = (
                LOST if request.writes else f"Check the server's address, or try again.{self.server.hint}"
            )
            failure = self._failure(request, reply, f"{text} {advice}", lost=True, again=not html)
            return Failure(failure.error, failure.repeatable, error)

    def _refusal(self, request: Request, reply: Reply) -> Failure:
        status = reply.status
        code, text, errors = self._complaint(reply)
        wait = retry_after(reply.headers.get("Retry-After", ""), self.now())
        said = f' ("{text}")' if text else " (an HTML page)" if reply.is_html else ""
        sentence = self._sentence(request, status, code, said)
        lost = status >= 500 or status == 408
        return self._failure(
            request,
            reply,
            sentence,
            lost=lost,
            again=lost or status == 429,
            code=code,
            errors=errors,
            wait=wait,
        )

    def _sentence(self, request: Request, status: int, code: str, said: str) -> str:
        asked = f"when asked to {request.what}{said}"
        match status:
            case 401:
                return (
                    f"ConnectWise refused the credentials {asked}. "
                    "Check the company, both keys and the client id under Setup."
                )
            case 403:
                return (
                    f"ConnectWise does not allow these credentials to {request.what}{said}. Give the "
                    f'API member\'s security role "{right(request)}" and check the client id.'
                )
            case 404 if code == "NotFound":
                return f"ConnectWise found nothing {asked}. It may have been deleted; scan again and review."
            case 404:
                return (
                    f"ConnectWise has no such page {asked}. Check the server's address, the company and "
                    f"the keys: on the cloud, wrong keys look like this as well.{self.server.hint}"
                )
            case 429:
                return (
                    f"ConnectWise limits the number of requests and gave up {asked}. Try again in a minute."
                )
            case _ if status >= 500 or status == 408:
                advice = LOST if request.writes else "Try again later."
                return f"ConnectWise failed with error {status} {asked}. {advice}"
            case _:
                advice = "Correct it there, then scan and try again."
                return f"ConnectWise refused with error {status} {asked}. {advice}"

    def _redirected(self, request: Request, reply: Reply) -> str:
        try:
            target = self.scrub(urlsplit(reply.headers["Location"]).hostname or self.server.host)
        except ValueError:
            target = "an address that can't be read"
        return (
            f"ConnectWise at {self.server.host} sent the request to {request.what} elsewhere "
            f'("{target}"), which is not followed. Enter the server\'s final address.{self.server.hint}'
        )

    def _failure(
        self,
        request: Request,
        reply: Reply,
        sentence: str,
        *,
        lost: bool,
        again: bool = False,
        code: str = "",
        errors: tuple[FieldError, ...] = (),
        wait: float | None = None,
    ) -> Failure:
        request_id = self._request_id(reply)
        error = ConnectWiseError(
            f"{sentence} Request {request_id}." if request_id else sentence,
            status=reply.status,
            code=code,
            errors=errors,
            request_id=request_id,
            retry_after=wait,
            outcome_unknown=lost and request.writes,
            raw=self.scrub(reply.content.decode("utf-8", "replace"), _LONGEST_RAW),
        )
        return Failure(error, again)

    def _request_id(self, reply: Reply) -> str:
        told = self.scrub(reply.headers.get("x-cw-request-id", ""))
        return self.scrub(re.sub(r"[^\w.:-]", "", told), 64)  # again: a credential may be put together by now

    def _complaint(self, reply: Reply) -> tuple[str, str, tuple[FieldError, ...]]:
        """Return code, folded message and field errors of an error body; all empty when it is not JSON."""
        try:
            body = parse_json(reply.content)
        except (ValueError, RecursionError):
            return "", "", ()
        if not isinstance(body, dict):
            return "", "", ()
        listed = body.get("errors")
        entries = listed if isinstance(listed, list) else []
        errors = tuple(self._field_error(entry) for entry in entries if isinstance(entry, dict))
        texts = dict.fromkeys((self._text(body, "message"), *(error.message for error in errors)))
        return self._text(body, "code"), self.scrub("; ".join(filter(None, texts))), errors

    def _field_error(self, entry: Mapping[str, object]) -> FieldError:
        return FieldError(*(self._text(entry, key) for key in ("code", "message", "resource", "field")))

    def _text(self, entry: Mapping[str, object], key: str) -> str:
        value = entry.get(key)
        return self.scrub(value, 1000) if isinstance(value, str) else ""


def right(request: Request) -> str:
    """Name the security-role right that a call needs."""
    if request.writes:
        return WRITE_RIGHT
    return next((name for path, name in _RIGHTS if request.path.startswith(path)), "Inquire All")


def repeated(error: ConnectWiseError) -> ConnectWiseError:
    """Copy an error for a request that was not sent because of it."""
    return ConnectWiseError(
        str(error), status=error.status, code=error.code, errors=error.errors, request_id=error.request_id
    )


def retry_after(header: str, now: datetime) -> float | None:
    """Read a Retry-After header, given in seconds or as an HTTP date; None when it is neither."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except (ValueError, OverflowError):
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def parse_json(content: bytes) -> object:
    """Read JSON with every number exact. Raises ValueError."""
    parsed: object = json.loads(content, parse_float=exact, parse_constant=_no_number)
    return parsed


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
