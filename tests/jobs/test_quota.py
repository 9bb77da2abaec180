"""A whole push against a server that allows few requests: it makes headway, and loses nothing."""

import json
import time
from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from seatsync.simulator import server
from seatsync.simulator.app import create_app
from seatsync.wiring import Wiring

from .installation import Installation
from .test_durable import TODAY, assert_all_written_once, book, queued

ALLOWED = 8
SECONDS = 1.0


class Quota:
    """Lets so many requests through in each window of time, and tells the others to wait for the next."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._window = 0
        self._used = 0
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        window = int(time.monotonic() / SECONDS)
        if window != self._window:
            self._window, self._used = window, 0
        if "/apis/3.0/" in scope.get("path", ""):
            self._used += 1
            if self._used > ALLOWED:
                self.refused += 1
                await _wait(send)
                return
        await self._app(scope, receive, send)


async def _wait(send: Send) -> None:
    body = json.dumps({"error": "ConnectWiseAPI", "message": "Too many requests."}).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def quota() -> Quota:
    """The simulator, in front of which few requests are allowed."""
    return Quota(create_app(book(), today=TODAY))


@pytest.fixture
def installation(sqlite_url: str, quota: Quota) -> Iterator[Installation]:
    """A SQLite file and the simulator behind the quota."""
    with server.running(quota) as url:
        made = Installation(sqlite_url, url)
        yield made
        made.close()


def test_a_push_is_finished_under_a_quota_that_its_first_reads_use_up(
    installation: Installation, quota: Quota
) -> None:
    """More changes are under way than requests are allowed: did all read again at once, none would write."""
    with Wiring(installation.settings) as wiring:
        operation = queued(wiring)
        wiring.runner().start(operation)
        assert_all_written_once(installation, wiring, operation)
    assert quota.refused > 0
