"""A scripted ConnectWise behind httpx's mock transport, and a clock that never waits."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from seatsync.connectwise import ConnectWiseClient, connect
from seatsync.connectwise.pacing import Clock
from seatsync.ports import Connection

HOST = "https://api-na.myconnectwise.net"
ROOT = "/v2025_1/apis/3.0/"
CONNECTION = Connection(HOST, "acme", "public-key", "private-key", "client-guid")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

Reply = Callable[[httpx.Request], httpx.Response]


def ok(body: Any, status: int = 200) -> Reply:
    """Answer with JSON."""
    return lambda _: httpx.Response(
        status, text=json.dumps(body), headers={"x-cw-request-id": "r-1", "Content-Type": "application/json"}
    )


def raw(status: int, content: str = "", **headers: str) -> Reply:
    """Answer with a body and headers as given; an underscore stands for a hyphen."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, text=content, headers=sent)


def refusal(status: int, code: str = "", message: str = "", errors: Any = None, **headers: str) -> Reply:
    """Answer with an error body of ConnectWise."""
    body = json.dumps({"code": code, "message": message, "errors": errors})
    return raw(status, body, Content_Type="application/json", x_cw_request_id="r-9", **headers)


def fails(error: type[httpx.RequestError], text: str = "broken") -> Reply:
    """Fail in place of an answer."""

    def reply(request: httpx.Request) -> httpx.Response:
        raise error(text, request=request)

    return reply


HTML = raw(200, "<html><body>SSL is required</body></html>", Content_Type="text/html")
GATEWAY = raw(502, "<html>Bad gateway</html>", Content_Type="text/html")
DISCOVERED = ok({"Codebase": "v2025_1/", "IsCloud": True})


class Script:
    """Replies by "METHOD path" in order, the last one for good; remembers every request."""

    def __init__(self, replies: Mapping[str, Reply | list[Reply]]) -> None:
        self._replies: dict[str, Reply | list[Reply]] = {"GET /login/companyinfo/acme": DISCOVERED, **replies}
        self._lock = threading.Lock()
        self.sent: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        key = f"{request.method} {request.url.path.removeprefix(ROOT)}"
        with self._lock:
            self.sent.append(request)
            found = self._replies.get(key, refusal(404, "ConnectWiseApi", "The endpoint does not exist."))
            replies = found if isinstance(found, list) else [found]
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply(request)

    def calls(self, method: str = "") -> list[str]:
        """List the paths asked for, discovery left out."""
        return [
            request.url.path.removeprefix(ROOT)
            for request in self.sent
            if method in ("", request.method) and "companyinfo" not in request.url.path
        ]


class FakeClock:
    """Time that passes only by waiting."""

    def __init__(self, jitter: float = 1.0) -> None:
        self.time = 1000.0
        self.waits: list[float] = []
        self._jitter = jitter
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.waits.append(seconds)
            self.time += seconds

    @property
    def waited(self) -> float:
        """Sum up the seconds waited."""
        return round(sum(self.waits), 3)

    def clock(self) -> Clock:
        """Return the clock as the client takes it."""
        return Clock(lambda: self.time, self.sleep, lambda: NOON, lambda: self._jitter, lambda: None)


def client(
    handler: Reply, clock: FakeClock | None = None, connection: Connection = CONNECTION, **options: Any
) -> ConnectWiseClient:
    """Connect to a scripted ConnectWise."""
    return connect(
        connection,
        transport=httpx.MockTransport(handler),
        clock=(clock or FakeClock()).clock(),
        **options,
    )


def line(number: int, quantity: Any = 12, **fields: Any) -> dict[str, Any]:
    """Return a line of agreement 81 as the API sends it."""
    return {
        "id": number,
        "agreementId": 81,
        "product": {"id": 3409, "identifier": "AV-EAP"},
        "quantity": quantity,
        "billCustomer": "Billable",
    } | fields


def agreement(number: int, **fields: Any) -> dict[str, Any]:
    """Return an active agreement of company 250 as the API sends it."""
    return {
        "id": number,
        "name": f"Agreement {number}",
        "company": {"id": 250, "identifier": "contoso", "name": "Contoso Ltd"},
        "type": {"id": 1, "name": "Managed"},
        "agreementStatus": "Active",
    } | fields


def paged(rows: list[dict[str, Any]], cap: int = 1000, **headers: str) -> Reply:
    """Answer with the page asked for, of at most ``cap`` entries."""

    def reply(request: httpx.Request) -> httpx.Response:
        size = min(int(request.url.params["pageSize"]), cap)
        start = (int(request.url.params["page"]) - 1) * size
        return httpx.Response(200, json=rows[start : start + size], headers=headers)

    return reply
