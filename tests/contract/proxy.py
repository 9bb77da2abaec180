"""A validating proxy: the simulator behind a layer that holds every exchange against the contract."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seatsync.simulator import server
from tests.contract.contract import Contract
from tests.contract.document import preferred

# Half an answer, and a success that added nothing, break the contract on purpose.
_BROKEN_ON_PURPOSE = ("truncated_json", "ignored_write")
_LONGEST_LIST = 20


@cache
def standard() -> tuple[Contract, ...]:
    """Return the contract of the vendor's document, or of the project's own where that is absent."""
    return (Contract(preferred()),)


class Checked:
    """An application whose exchanges are checked.

    ``breaches`` maps a sentence to the test in which it came up first; ``seen`` lists all exchanges.
    """

    def __init__(self, app: ASGIApp, contracts: Sequence[Contract] | None = None) -> None:
        self._app = app
        self._contracts = contracts or standard()
        self.state: Any = getattr(app, "state", None)
        self.breaches: dict[str, str] = {}
        self.seen: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and check it with its answer; the control plane is none of ConnectWise's."""
        if scope["type"] != "http" or scope["path"].startswith("/simulator/"):
            await self._app(scope, receive, send)
            return
        body, replay = await _read(receive)
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def record(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, replay, record)
        finally:
            answer = None
            if start:
                answer = httpx.Response(start["status"], headers=start["headers"], content=b"".join(parts))
            self._check(_request(scope, body), answer)

    def _check(self, request: httpx.Request, response: httpx.Response | None) -> None:
        self.seen.append(f"{request.method} {request.url.path}")
        if response is not None and self._fault(response) in _BROKEN_ON_PURPOSE:
            response = None
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
        for contract in self._contracts:
            for breach in contract.breaches(request, response):
                self.breaches.setdefault(breach, test)

    def _fault(self, response: httpx.Response) -> str | None:
        """Look up in the simulator's log which fault it answered with."""
        wanted = response.headers.get("x-cw-request-id")
        log = self.state.simulator.log if hasattr(self.state, "simulator") else ()
        faults = (entry["fault"] for entry in reversed(log) if entry["request_id"] == wanted)
        return next(faults, None)


@contextmanager
def running(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve as the simulator's own ``running`` does; fails at the end when an exchange broke the contract."""
    checked = app if isinstance(app, Checked) else Checked(app)
    with server.running(checked, port) as url:
        yield url
    assert_kept(checked)


def assert_kept(checked: Checked) -> None:
    """Fail with the breaches, each with the first test that met it."""
    lines = [f"{breach}, in {test}" for breach, test in checked.breaches.items()]
    more = f"\n... and {len(lines) - _LONGEST_LIST} more" if len(lines) > _LONGEST_LIST else ""
    assert not lines, "Exchanges that break the contract:\n" + "\n".join(lines[:_LONGEST_LIST]) + more


def _request(scope: Scope, body: bytes) -> httpx.Request:
    host = dict(scope["headers"]).get(b"host", b"simulator.test").decode()
    path = scope.get("raw_path") or scope["path"].encode()
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    url = f"{scope['scheme']}://{host}{path.decode()}{query.decode()}"
    return httpx.Request(scope["method"], url, headers=scope["headers"], content=body)


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Take the whole body off the connection, and return it with a way to receive it again."""
    messages: list[Message] = []
    while True:
        messages.append(await receive())
        if not messages[-1].get("more_body", False):
            break
    body = b"".join(message.get("body", b"") for message in messages)

    async def replay() -> Message:
        return messages.pop(0) if messages else await receive()

    return body, replay
