"""The control plane: what a test or a rehearsal does to the simulator from outside, under ``/simulator/``."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from seatsync.simulator.edits import read_edit
from seatsync.simulator.jsontext import NotJson, dumps, loads
from seatsync.simulator.quirks import read_quirks, read_server
from seatsync.simulator.state import Simulator

_LOOPBACK: Final = ("127.0.0.1", "::1")

Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(simulator: Simulator) -> list[Route]:
    """Return the routes; they need no sign-in and answer the loopback address alone."""

    async def state(_request: Request) -> Response:
        return _answer(simulator.book.as_json())

    async def requests(request: Request) -> Response:
        since, method = int(request.query_params.get("since", 0)), request.query_params.get("method")
        return _answer([e for e in simulator.log if e["seq"] > since and method in (None, e["method"])])

    async def edit(request: Request) -> Response:
        simulator.edit(read_edit(loads(await request.body())))
        return _answer({"ok": True})

    async def faults(request: Request) -> Response:
        if request.method == "POST":
            wishes: Any = loads(await request.body())
            for wish in wishes if isinstance(wishes, list) else [wishes]:
                simulator.faults.set(wish)
        return _answer([rule.as_json() for rule in simulator.faults.rules])

    async def quirks(request: Request) -> Response:
        if request.method == "POST":
            simulator.book.quirks = read_quirks(loads(await request.body()), simulator.book.quirks)
        return _answer(asdict(simulator.book.quirks))

    async def server(request: Request) -> Response:
        if request.method == "POST":
            simulator.book.server = read_server(loads(await request.body()), simulator.book.server)
        return _answer(asdict(simulator.book.server))

    async def reset(_request: Request) -> Response:
        simulator.reset()
        return _answer({"ok": True})

    return [
        Route("/simulator/state", _guarded(state), methods=["GET"]),
        Route("/simulator/requests", _guarded(requests), methods=["GET"]),
        Route("/simulator/edit", _guarded(edit), methods=["POST"]),
        Route("/simulator/faults", _guarded(faults), methods=["GET", "POST"]),
        Route("/simulator/quirks", _guarded(quirks), methods=["GET", "POST"]),
        Route("/simulator/server", _guarded(server), methods=["GET", "POST"]),
        Route("/simulator/reset", _guarded(reset), methods=["POST"]),
    ]


def _guarded(endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        if request.client is not None and request.client.host not in _LOOPBACK:
            return _answer({"error": "The control plane answers the loopback address alone."}, 403)
        try:
            return await endpoint(request)
        except (NotJson, ValueError, TypeError) as error:
            return _answer({"error": str(error)}, 400)
        except LookupError as error:
            return _answer({"error": f"There is no record {error}."}, 404)

    return guarded


def _answer(content: Any, status: int = 200) -> Response:
    return Response(dumps(content), status, media_type="application/json")
