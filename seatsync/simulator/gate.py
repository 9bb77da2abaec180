"""The gate before the API: sign-in, latency, faults, edits between requests, and the request log."""

import asyncio
import base64
import binascii
import uuid
from collections.abc import MutableMapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seatsync.simulator.edits import Moment
from seatsync.simulator.faults import Fault, FaultRule, refusal_of
from seatsync.simulator.jsontext import dumps
from seatsync.simulator.refusals import Refusal, no_endpoint
from seatsync.simulator.state import Simulator

JSON: Final = "application/json; charset=utf-8"
DROP: Final = "seatsync.drop"
"""The ASGI extension by which the server closes a connection without an answer."""

_ROUTER: Final = "v4_6_release"
_WAIT_OF_SLOW: Final = 2.0


def refuse(refusal: Refusal) -> Response:
    """Answer with an error body."""
    return Response(dumps(refusal.as_json()), refusal.status, media_type=JSON)


class Gate:
    """Lets requests through to the API, or answers in its place."""

    def __init__(self, simulator: Simulator, api: ASGIApp) -> None:
        self._simulator = simulator
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        body = await request.body()
        path = scope["path"].removeprefix(scope["root_path"])
        entry: dict[str, Any] = {
            "method": request.method,
            "path": path,
            "query": request.url.query,
            "body": body.decode("utf-8", "replace"),
            "request_id": str(uuid.uuid4()),
        }
        if self._simulator.latency:
            await asyncio.sleep(self._simulator.latency)
        rule = self._simulator.faults.pick(request.method, path)
        answer = await self._answer(request, path, rule)
        entry |= {
            "status": None if answer is None else answer.status_code,
            "fault": rule and rule.fault.value,
        }
        self._simulator.record(entry)
        if answer is None:
            await _drop(scope, receive)
            return
        answer.headers["api-current-version"] = self._simulator.book.server.version
        answer.headers["x-cw-request-id"] = entry["request_id"]
        await answer(scope, receive, send)

    async def _answer(self, request: Request, path: str, rule: FaultRule | None) -> Response | None:
        fault = None if rule is None else rule.fault
        seconds = None if rule is None else rule.seconds
        if fault is Fault.DROP_BEFORE:
            return None
        if fault is Fault.SLOW:
            await asyncio.sleep(_WAIT_OF_SLOW if seconds is None else seconds)
        if fault is not None and (early := _early_answer(fault, seconds)):
            return early
        if refusal := self._refusal(request):
            return refuse(refusal)
        self._simulator.make_due_edits(Moment.BEFORE_NEXT_WRITE, request.method, path)
        request.scope.setdefault("state", {})["dry"] = fault is Fault.IGNORED_WRITE
        answer = await _captured(self._api, request)
        self._simulator.make_due_edits(Moment.AFTER_NEXT_READ, request.method, path)
        if fault is Fault.DROP_AFTER:
            return None
        if fault is Fault.TRUNCATED_JSON:
            half = bytes(answer.body)[: len(answer.body) // 2]
            return Response(half, answer.status_code, media_type=JSON)
        return answer

    def _refusal(self, request: Request) -> Refusal | None:
        server = self._simulator.book.server
        if request.path_params["codebase"] not in (_ROUTER, server.codebase.strip("/")):
            return no_endpoint()
        wanted = (f"{server.company}+{server.public_key}", server.private_key)
        if _basic(request.headers.get("authorization", "")) != wanted:
            status = self._simulator.book.quirks.wrong_keys_status
            return no_endpoint() if status == 404 else Refusal(status, "Unauthorized", "UserNotAuthenticated")
        if request.headers.get("clientid") != server.client_id:
            return Refusal(403, "ConnectWiseApi", "A valid clientId header is required.")
        return None


def _early_answer(fault: Fault, seconds: float | None) -> Response | None:
    if refusal := refusal_of(fault):
        return refuse(refusal)
    if fault is Fault.RATE_LIMITED:
        told = {"error": "ConnectWiseAPI", "message": "Too many requests."}
        wait = f"{1 if seconds is None else seconds:g}"
        return Response(dumps(told), 429, headers={"Retry-After": wait}, media_type=JSON)
    if fault is Fault.BAD_GATEWAY:
        page = (
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>"
        )
        return Response(page, 502, media_type="text/html")
    return None


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if scheme.lower() == "basic" and colon else None


async def _captured(app: ASGIApp, request: Request) -> Response:
    """Let the API answer into memory, so that the answer can still be dropped or cut."""
    body = await request.body()
    start: MutableMapping[str, Any] = {}
    chunks: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            chunks.append(message.get("body", b""))

    await app(request.scope, receive, send)
    answer = Response(b"".join(chunks), start["status"])
    answer.raw_headers = list(start["headers"])
    return answer


async def _drop(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer; without a server, let the caller's transport fail likewise."""
    drop = scope.get("extensions", {}).get(DROP)
    if drop is None:
        raise ConnectionResetError("the simulator closed the connection")
    drop["close"]()
    # The server would answer 500 for an application that returns while the client is still there.
    while (await receive())["type"] != "http.disconnect":
        pass
