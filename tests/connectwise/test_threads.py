"""Over real loopback connections: requests at once, waits that all share, and connections that drop."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from seatsync.connectwise import ConnectWiseClient, connect
from seatsync.connectwise.pacing import Clock, Gate, never
from seatsync.errors import ConnectWiseError
from seatsync.model import AdditionId, AgreementId

from .fakes import CONNECTION, FakeClock, agreement, line

Handle = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Hands each request but discovery to the test."""

    protocol_version = "HTTP/1.1"
    handle_api: Handle

    def answer(self, status: int, body: object, **headers: str) -> None:
        """Send a JSON answer."""
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def drop(self, sent: bytes = b"") -> None:
        """Close the connection, with or without the beginning of an answer."""
        self.wfile.write(sent)
        self.close_connection = True

    def serve(self) -> None:
        """Answer discovery, and let the test answer the rest."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "companyinfo" in self.path:
            self.answer(200, {"Codebase": "v2025_1/"})
        else:
            type(self).handle_api(self)

    do_GET = do_POST = do_PATCH = serve  # noqa: N815  # the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Log nothing."""


@contextmanager
def serving(
    handle: Handle, in_flight: int = 6, clock: FakeClock | None = None
) -> Iterator[ConnectWiseClient]:
    """Serve on a loopback port and connect to it."""
    handler = type("Bound", (Handler,), {"handle_api": staticmethod(handle)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        connection = replace(CONNECTION, url=f"http://127.0.0.1:{server.server_port}")
        try:
            with connect(
                connection, in_flight=in_flight, clock=(clock or FakeClock()).clock()
            ) as connectwise:
                yield connectwise
        finally:
            server.shutdown()
            thread.join()


def test_no_more_requests_are_in_flight_than_allowed_and_as_many_as_allowed() -> None:
    lock, together = threading.Lock(), threading.Barrier(3)
    now, most = 0, 0

    def handle(request: Handler) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait(timeout=20)  # passes only while three requests are under way
        with lock:
            now -= 1
        request.answer(200, agreement(81))

    with serving(handle, in_flight=3) as connectwise, ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: connectwise.agreement(AgreementId(81)), range(24)))
    assert most == 3


def test_a_wait_told_to_one_request_holds_back_all() -> None:
    clock, limited = FakeClock(), threading.Event()
    early: list[float] = []

    def handle(request: Handler) -> None:
        if not limited.is_set():
            limited.set()
            request.answer(429, {}, Retry_After="20")
            return
        if clock.time < 1020:
            early.append(clock.time)
        request.answer(200, agreement(81))

    with serving(handle, in_flight=4, clock=clock) as connectwise:
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(connectwise.agreement, AgreementId(81))
            assert limited.wait(timeout=20)
            assert first.result(timeout=20).id == 81
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: connectwise.agreement(AgreementId(81)), range(16)))
    assert early == []
    assert clock.waited == pytest.approx(20)


@pytest.mark.parametrize(
    "sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b'{"id": 9001, "qua']
)
def test_a_write_whose_connection_drops_is_unknown_and_sent_once(sent: bytes) -> None:
    writes: list[str] = []

    def handle(request: Handler) -> None:
        writes.append(request.command)
        request.drop(sent)

    with (
        serving(handle) as connectwise,
        pytest.raises(ConnectWiseError, match="may or may not have taken effect") as error,
    ):
        connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal(17))
    assert error.value.outcome_unknown
    assert writes == ["PATCH"]


def test_a_read_whose_connection_drops_is_repeated() -> None:
    reads: list[str] = []

    def handle(request: Handler) -> None:
        reads.append(request.command)
        if len(reads) < 3:
            request.drop()
        else:
            request.answer(200, line(9001))

    with serving(handle) as connectwise:
        assert connectwise.addition(AgreementId(81), AdditionId(9001)).id == 9001
    assert reads == ["GET"] * 3


def test_a_write_to_a_server_that_is_gone_is_a_plain_failure() -> None:
    with serving(lambda request: request.answer(200, line(9001))) as connectwise:
        connectwise.addition(AgreementId(81), AdditionId(9001))
        port = connectwise._session.server.port
    gone = replace(CONNECTION, url=f"http://127.0.0.1:{port}")
    with (
        connect(gone, clock=FakeClock().clock()) as connectwise,
        pytest.raises(ConnectWiseError, match=r"127\.0\.0\.1 can't be reached") as error,
    ):
        connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal(17))
    assert not error.value.outcome_unknown


@pytest.mark.parametrize("refused", [False, True])
def test_a_request_that_stood_in_line_minds_what_the_one_before_was_told(refused: bool) -> None:
    """The second request has passed its own check and stands in line when the first gets its answer."""
    fake, in_line = FakeClock(), threading.Event()

    def monotonic() -> float:
        if threading.current_thread() is not threading.main_thread():
            in_line.set()
        return fake.time

    gate = Gate(1, replace(fake.clock(), monotonic=monotonic))
    left: list[float] = []

    def second() -> None:
        with gate.slot(1120.0, never, guarded=True):
            left.append(fake.time)

    with ThreadPoolExecutor(1) as pool, gate.slot(1120.0, never, guarded=True):
        waiting = pool.submit(second)
        assert in_line.wait(timeout=20)
        if refused:
            gate.refuse(ConnectWiseError("Refused.", status=401))
        else:
            gate.hold(20)
        gate._give_place()
        error = waiting.exception(timeout=20)
        gate._take_place(1120.0, False)
    assert (str(error), left) == (("Refused.", []) if refused else ("None", [1020.0]))


def test_a_write_goes_before_reads_that_stood_in_line_earlier() -> None:
    """What it was decided on gets older while it waits."""
    gate, order = Gate(1, Clock()), []
    standing = threading.Semaphore(0)

    def one(name: str, at_once: bool) -> None:
        standing.release()
        with gate.slot(gate.clock.monotonic() + 20, never, guarded=True, at_once=at_once):
            order.append(name)

    with ThreadPoolExecutor(4) as pool:
        with gate.slot(gate.clock.monotonic() + 20, never, guarded=True):
            waiting = [pool.submit(one, f"read {n}", False) for n in range(3)]
            for _ in waiting:
                standing.acquire()
            waiting.append(pool.submit(one, "write", True))
            standing.acquire()
            while gate._in_line < len(waiting):
                time.sleep(0.001)
        for each in waiting:
            each.result(timeout=20)
    assert order[0] == "write"
    assert len(order) == 4


def test_a_place_that_does_not_come_free_in_time_is_said_so() -> None:
    gate = Gate(1, Clock())
    with (
        gate.slot(gate.clock.monotonic() + 20, never, guarded=True),
        pytest.raises(ConnectWiseError, match="No request could leave in time"),
        gate.slot(gate.clock.monotonic() + 0.05, never, guarded=True, at_once=True),
    ):
        pass


def test_an_answer_that_never_ends_runs_out_of_time() -> None:
    """Each byte comes within the time that a single read may take; the whole must not."""
    clock = FakeClock()

    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        with suppress(OSError):
            while True:
                clock.time += 1
                handler.wfile.write(b" ")
                time.sleep(0.001)

    with serving(drip, clock=clock) as connectwise, pytest.raises(ConnectWiseError, match="in time"):
        connectwise.agreement(AgreementId(81))


def test_an_answer_without_measure_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatsync.connectwise.client._LONGEST_ANSWER", 10_000)

    def flood(handler: Handler) -> None:
        with suppress(OSError):
            handler.answer(200, [line(number) for number in range(1000)])

    with serving(flood) as connectwise, pytest.raises(ConnectWiseError, match="can't be unpacked"):
        connectwise.agreement(AgreementId(81))


def test_a_body_that_is_not_packed_as_it_says_is_an_error() -> None:
    def answer(handler: Handler) -> None:
        handler.answer(200, agreement(81), Content_Encoding="gzip")

    with serving(answer) as connectwise, pytest.raises(ConnectWiseError, match="can't be unpacked"):
        connectwise.agreement(AgreementId(81))
