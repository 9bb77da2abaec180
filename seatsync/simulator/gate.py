"""The gate before the API: sign-in, latency, faults, edits between requests, and the request log."""

import asyncio
import base64
import binascii
import random
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from seatsync.simulator.edits import Moment
from seatsync.simulator.faults import Fault, FaultRule
from seatsync.simulator.messages import JSON, Answer, Call, read_query, refuse
from seatsync.simulator.mishaps import early_answer, truncated
from seatsync.simulator.refusals import Refusal, no_endpoint
from seatsync.simulator.routes import serve
from seatsync.simulator.state import Simulator

DROP: Final = "seatsync.drop"
"""The ASGI extension by which the server closes a connection without an answer."""

_ROUTER: Final = "v4_6_release"
_WAIT_OF_SLOW: Final = 2.0
_OPEN: Final = "/system/info"
_VENDORS_JSON: Final = re.compile(rb"application/vnd\.connectwise\.com\+json(; ?version=[\w.]{1,20})?")


class Gate:
    """Lets requests through to the API, or answers in its place."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request to ``/{codebase}/apis/3.0/...``."""
        # Worked out first and held back then: requests that come together would else wait for each other.
        due = asyncio.get_running_loop().time() + self._simulator.latency
        made, request_id = await self._made(scope, receive)
        if self._simulator.latency:
            await asyncio.sleep(due - asyncio.get_running_loop().time())
        if made is None:
            await _drop(scope, receive)
            return
        made.headers += (
            (b"api-current-version", self._simulator.book.server.version.encode()),
            (b"x-cw-request-id", request_id.encode()),
            (b"cache-control", b"no-cache"),
        )
        await _send(made, send)

    async def _made(self, scope: Scope, receive: Receive) -> tuple[Answer | None, str]:
        """Work out the answer, None for none, and its request id; log both."""
        codebase, path = _split(scope["path"])
        headers = dict(scope["headers"])
        body = await _read(receive) if _has_body(headers) else b""
        rule = self._simulator.faults.pick(scope["method"], path)
        dry = rule is not None and rule.fault is Fault.IGNORED_WRITE
        query = read_query(scope["query_string"])
        call = Call(scope["method"], path, query, headers, body, _url(scope, headers), dry)
        made = await self._answer(call, codebase, rule)
        if made is not None and (asked := _VENDORS_JSON.match(headers.get(b"accept", b""))):
            made.headers = [(n, asked[0] if v is JSON else v) for n, v in made.headers]
        entry = {
            "method": call.method,
            "path": path,
            "query": scope["query_string"].decode("latin-1"),
            "body": body.decode("utf-8", "replace"),
            "request_id": _request_id(),
            "status": None if made is None else made.status,
            "fault": rule and rule.fault.value,
        }
        self._simulator.record(entry)
        return made, str(entry["request_id"])

    async def _answer(self, call: Call, codebase: str, rule: FaultRule | None) -> Answer | None:
        fault = None if rule is None else rule.fault
        if rule is not None:
            if fault is Fault.DROP_BEFORE:
                return None
            if fault is Fault.SLOW:
                await asyncio.sleep(_WAIT_OF_SLOW if rule.seconds is None else rule.seconds)
            if early := early_answer(rule):
                return early
        if refusal := self._refusal(call, codebase):
            return refuse(refusal)
        self._simulator.make_due_edits(Moment.BEFORE_NEXT_WRITE, call.method, call.path)
        try:
            made = serve(self._simulator, call)
        except Refusal as error:
            made = refuse(error)
        self._simulator.make_due_edits(Moment.AFTER_NEXT_READ, call.method, call.path)
        if fault is Fault.DROP_AFTER:
            return None
        return truncated(made) if fault is Fault.TRUNCATED_JSON else made

    def _refusal(self, call: Call, codebase: str) -> Refusal | None:
        server, quirks = self._simulator.book.server, self._simulator.book.quirks
        if codebase not in (_ROUTER, server.codebase.strip("/")):
            return no_endpoint()
        if quirks.open_system_info and call.path == _OPEN:
            return None
        wanted = (f"{server.company}+{server.public_key}", server.private_key)
        if _basic(call.headers.get(b"authorization", b"")) != wanted:
            status = quirks.wrong_keys_status
            return no_endpoint() if status == 404 else Refusal(status, "Unauthorized", "UserNotAuthenticated")
        if call.headers.get(b"clientid", b"").decode("latin-1") != server.client_id:
            return Refusal(403, "ConnectWiseApi", "A valid clientId header is required.")
        return None


def is_api(path: str) -> bool:
    """Say whether a path belongs to the API, of whatever codebase."""
    return path.split("/", 4)[2:4] == ["apis", "3.0"]


def _split(path: str) -> tuple[str, str]:
    parts = path.split("/", 4)
    return parts[1], "/" + parts[4] if len(parts) == 5 else ""


def _url(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    host = headers.get(b"host")
    if host is None:
        name, port = scope.get("server") or ("127.0.0.1", 80)
        host = f"{name}:{port}".encode()
    return f"{scope.get('scheme', 'http')}://{host.decode('latin-1')}{scope['path']}"


@lru_cache(maxsize=64)
def _basic(header: bytes) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(b" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if scheme.lower() == b"basic" and colon else None


def _request_id() -> str:
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _has_body(headers: Mapping[bytes, bytes]) -> bool:
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


async def _read(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message: Any = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return body


async def _send(made: Answer, send: Send) -> None:
    if made.status != 204:
        made.headers.append((b"content-length", str(len(made.body)).encode()))
    await send({"type": "http.response.start", "status": made.status, "headers": made.headers})
    await send({"type": "http.response.body", "body": made.body})


async def _drop(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer; without a server, let the caller's transport fail likewise."""
    drop = scope.get("extensions", {}).get(DROP)
    if drop is None:
        raise ConnectionResetError("the simulator closed the connection")
    drop["close"]()
    # The server would answer 500 for an application that returns while the client is still there.
    while (await receive())["type"] != "http.disconnect":
        pass
