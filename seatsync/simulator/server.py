"""The simulator on a loopback port: blocking, or in a thread beside its user."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from seatsync.simulator.gate import DROP

HOST: Final = "127.0.0.1"
_SECONDS_TO_START: Final = 20


class _DroppingProtocol(H11Protocol):
    """Hands each request the means to close its connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base
        super().connection_made(transport)
        served = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[DROP] = {"close": transport.abort}
            await served(scope, receive, send)

        self.app: Any = app


def serve(app: ASGIApp, port: int) -> None:
    """Serve on the loopback address until interrupted. Raises OSError when the port is taken."""
    listener = _listen(port)
    _server(app).run(sockets=[listener])


@contextmanager
def running(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve in a thread while the block runs; yields the base URL. Port 0 takes a free one.

    Raises OSError when the port is taken.
    """
    listener = _listen(port)
    server = _server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + _SECONDS_TO_START
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    if not server.started:
        raise OSError(f"the simulator did not start within {_SECONDS_TO_START} seconds")
    try:
        yield f"http://{HOST}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _listen(port: int) -> socket.socket:
    listener = socket.create_server((HOST, port))
    # Inherited by each connection: asyncio sets it only on sockets that name their protocol, and without it
    # the body of an answer waits 40 ms for the client's acknowledgement of the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _server(app: ASGIApp) -> uvicorn.Server:
    # The pure-Python protocol is used whatever is installed: connections are dropped through it.
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_DroppingProtocol,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
