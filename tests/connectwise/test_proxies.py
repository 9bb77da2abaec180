"""Proxies of the environment, for the network alone; and servers that send a request elsewhere."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seatsync.connectwise import ConnectWiseClient, connect
from seatsync.errors import ConnectWiseError
from seatsync.model import AdditionId, AgreementId, ProductId
from seatsync.ports import Connection
from seatsync.simulator.app import create_app
from seatsync.simulator.server import running
from tests.contract.market import TODAY, market
from tests.contract.secure import Authority, Secured, secured

from .fakes import FakeClock

HOST = "psa.example"
PUBLIC_ADDRESS = "93.184.216.34"
AGREEMENT, LINE = AgreementId(150), AdditionId(9250)
SECRETS = ("public-key", "private-key", "client-id", "proxy-password")


class Tunnels(BaseHTTPRequestHandler):
    """Opens a tunnel to one port whatever name is asked for, or refuses with a status."""

    target: int
    status: int
    asked: list[str]
    headers_seen: list[str]

    def do_CONNECT(self) -> None:
        """Answer a request for a tunnel, and carry bytes until either end closes."""
        self.asked.append(self.path)
        self.headers_seen.append(str(self.headers))
        self.close_connection = True
        if self.status != 200:
            self.send_error(self.status)
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", self.target)) as server:
            back = threading.Thread(target=_carry, args=(server, self.connection), daemon=True)
            back.start()
            _carry(self.connection, server)
            back.join()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Log nothing."""


def _carry(source: socket.socket, sink: socket.socket) -> None:
    try:
        while chunk := source.recv(65536):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


@dataclass
class Proxy:
    """A running proxy: its port, the tunnels asked for, and the headers that came with them."""

    port: int
    asked: list[str]
    headers: list[str]


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Serve in a thread on a free port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@contextmanager
def proxy(target: int, monkeypatch: pytest.MonkeyPatch, status: int = 200) -> Iterator[Proxy]:
    """Run a proxy that the environment names for every scheme, with a password."""
    asked: list[str] = []
    headers: list[str] = []
    members = {"target": target, "status": status, "asked": asked, "headers_seen": headers}
    with serving(type("Handler", (Tunnels,), members)) as port:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name.lower(), raising=False)
            monkeypatch.setenv(name, f"http://proxy-user:proxy-password@127.0.0.1:{port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield Proxy(port, asked, headers)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that the server's certificate is of."""
    return Authority(tmp_path_factory.mktemp("authority"), "private")


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Secured]:
    """The simulator over TLS, under the name of a server on the network."""
    with secured(create_app(market(), today=TODAY), authority.certify(HOST)) as front:
        yield front


def client(url: str, clock: FakeClock | None = None, ca_file: Path | None = None) -> ConnectWiseClient:
    """Connect with a look-up of names that finds an address of the network."""
    return connect(
        Connection(url, "training", "public-key", "private-key", "client-id"),
        clock=(clock or FakeClock()).clock(),
        ca_file=str(ca_file) if ca_file else None,
        resolve=lambda host, _: ("127.0.0.1",) if host in ("127.0.0.1", "localhost") else (PUBLIC_ADDRESS,),
    )


def test_a_server_of_the_network_is_reached_through_the_proxy(
    server: Secured, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        proxy(server.port, monkeypatch) as used,
        client(f"https://{HOST}", ca_file=authority.file) as connectwise,
    ):
        assert connectwise.agreement(AGREEMENT).name == "Managed Services 250"

    assert set(used.asked) == {f"{HOST}:443"}
    # What the proxy sees is the name of the server and its own password, and nothing of ConnectWise's.
    assert all("Proxy-Authorization" in headers for headers in used.headers)
    assert not [headers for headers in used.headers if "clientId" in headers or "\nAuthorization" in headers]


def test_a_server_that_the_environment_excepts_is_reached_directly(
    server: Secured, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = socket.getaddrinfo("127.0.0.1", server.port, type=socket.SOCK_STREAM)
    with proxy(server.port, monkeypatch) as unused:
        monkeypatch.setenv("NO_PROXY", HOST)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with client(f"https://{HOST}", ca_file=authority.file) as connectwise:
            assert connectwise.agreement(AGREEMENT).id == AGREEMENT

    assert unused.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_of_this_machine_takes_no_proxy(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    app = create_app(market(), today=TODAY)
    with (
        running(app) as plain,
        secured(app, authority.certify(host)) as front,
        proxy(front.port, monkeypatch) as unused,
    ):
        port = plain.rpartition(":")[2]
        for url in (f"http://{host}:{port}", f"https://{host}:{front.port}"):
            with client(url, ca_file=authority.file) as connectwise:
                assert connectwise.agreement(AGREEMENT).id == AGREEMENT

    assert unused.asked == []


@pytest.mark.parametrize("status", [407, 502])
def test_a_proxy_that_opens_no_tunnel_is_told_without_its_password(
    server: Secured,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    caplog.set_level(logging.DEBUG, "seatsync")
    with (
        proxy(server.port, monkeypatch, status) as used,
        client(f"https://{HOST}", ca_file=authority.file) as connectwise,
    ):
        with pytest.raises(ConnectWiseError) as caught:
            connectwise.agreement(AGREEMENT)
        with pytest.raises(ConnectWiseError) as written:
            connectwise.writer().set_quantity(AGREEMENT, LINE, Decimal(3))
        (advice,) = [check.advice for check in connectwise.check()]

    assert f"ConnectWise at {HOST} can't be reached" in str(caught.value)
    assert not written.value.outcome_unknown
    said = f"{caught.value} {written.value} {advice} {caplog.text}"
    assert [secret for secret in (*SECRETS, "proxy-user") if secret in said] == []
    assert set(used.asked) == {f"{HOST}:443"}


@dataclass
class Elsewhere:
    """A server that redirects what begins with ``path`` to another one, and what each of them was sent."""

    path: str = ""
    status: int = 302
    target: str = ""
    sent: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Run both servers; yields the address of the first."""
        with serving(self._handler(self._receive)) as other:
            self.target = self.target or f"http://localhost:{other}"
            with serving(self._handler(self._redirect)) as port:
                yield f"http://127.0.0.1:{port}"

    def _redirect(self, handler: BaseHTTPRequestHandler) -> None:
        self.sent.append(f"{handler.command} {handler.path.partition('?')[0]}")
        if self.path in handler.path:
            handler.send_response(self.status)
            handler.send_header("Location", f"{self.target}{handler.path}")
        else:
            handler.send_response(200)
        body = b"" if self.path in handler.path else b'{"Codebase": "v2025_1/"}'
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _receive(self, handler: BaseHTTPRequestHandler) -> None:
        self.received.append(f"{handler.command} {handler.path} {handler.headers}")
        handler.send_error(404)

    @staticmethod
    def _handler(answer: Callable[[BaseHTTPRequestHandler], None]) -> type[BaseHTTPRequestHandler]:
        def serve(handler: BaseHTTPRequestHandler) -> None:
            handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
            answer(handler)

        members: dict[str, Any] = dict.fromkeys(("do_GET", "do_POST", "do_PATCH"), serve)
        return type("Handler", (BaseHTTPRequestHandler,), members | {"log_message": lambda *_: None})


CALLS: dict[str, Callable[[ConnectWiseClient], object]] = {
    "GET": lambda connectwise: connectwise.agreement(AGREEMENT),
    "PATCH": lambda connectwise: connectwise.writer().set_quantity(AGREEMENT, LINE, Decimal(3)),
    "POST": lambda connectwise: connectwise.writer().create_addition(
        AGREEMENT, ProductId(3409), Decimal(3), date(2026, 12, 1)
    ),
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", CALLS)
def test_a_redirect_is_refused_and_nothing_goes_to_the_other_host(method: str, status: int) -> None:
    elsewhere, clock = Elsewhere("/finance/", status), FakeClock()
    with (
        elsewhere.serving() as url,
        client(url, clock) as connectwise,
        pytest.raises(ConnectWiseError) as caught,
    ):
        CALLS[method](connectwise)

    assert '("localhost"), which is not followed' in str(caught.value)
    assert elsewhere.received == []
    assert [sent.partition(" ")[0] for sent in elsewhere.sent] == ["GET", method]
    assert clock.waits == []
    assert [secret for secret in SECRETS if secret in str(caught.value)] == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_discovery_that_is_sent_elsewhere_is_refused_before_any_key_is_sent(status: int) -> None:
    elsewhere = Elsewhere("/login/", status)
    with (
        elsewhere.serving() as url,
        client(url) as connectwise,
        pytest.raises(ConnectWiseError, match="which is not followed"),
    ):
        connectwise.agreement(AGREEMENT)

    assert elsewhere.received == []
    assert elsewhere.sent == ["GET /login/companyinfo/training"]


def test_a_redirect_on_the_same_host_is_refused_as_well() -> None:
    elsewhere = Elsewhere("/finance/", 308, target="/v2099_9")
    with elsewhere.serving() as url, client(url) as connectwise, pytest.raises(ConnectWiseError) as caught:
        connectwise.agreement(AGREEMENT)

    assert "which is not followed" in str(caught.value)
    assert len(elsewhere.sent) == 2
