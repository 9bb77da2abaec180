"""The simulated ConnectWise as an application: the API behind its gate, discovery, the control plane."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from seatsync.simulator.book import Record, SimulatedBook
from seatsync.simulator.control import control_routes
from seatsync.simulator.faults import Faults
from seatsync.simulator.gate import Gate, is_api
from seatsync.simulator.messages import Answer, answer, refuse
from seatsync.simulator.refusals import no_endpoint, wrong_method
from seatsync.simulator.state import Simulator


class _Application(Starlette):
    """Hands requests to the API straight to its gate: the framework's layers cost more than the answer."""

    gate: Gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_api(scope["path"]):
            await self.gate(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    book: SimulatedBook,
    *,
    today: date | None = None,
    latency_ms: int = 0,
    faults: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Starlette:
    """Build the simulator on a book. ``today`` fixes the calendar; None follows the UTC day.

    ``faults`` maps a fault's name to its rate (0 to 1); ``seed`` makes their order repeatable. The book is
    changed by what is written. Raises ValueError when a fault is unknown or its rate is out of range.
    """
    simulator = Simulator(
        book, lambda: today or datetime.now(UTC).date(), Faults(faults, seed), latency=latency_ms / 1000
    )

    async def discover(request: Request) -> Response:
        return _response(answer(_company_info(simulator.book, request.path_params["company"])))

    app = _Application(
        routes=[Route("/login/companyinfo/{company}", discover), *control_routes(simulator)],
        exception_handlers={HTTPException: _on_http},
    )
    app.gate = Gate(simulator)
    app.router.redirect_slashes = False
    app.state.simulator = simulator
    return app


def _company_info(book: SimulatedBook, company: str) -> Record | None:
    server = book.server
    if company.casefold() != server.company.casefold():
        return None
    return {
        "CompanyName": server.company,
        "Codebase": server.codebase,
        "VersionCode": server.codebase.strip("/").replace("_", "."),
        "VersionNumber": f"v4.6.{server.version}",
        "CompanyID": server.company,
        "IsCloud": True,
    }


async def _on_http(request: Request, error: Exception) -> Response:
    wrong = isinstance(error, HTTPException) and error.status_code == 405
    return _response(refuse(wrong_method(request.method) if wrong else no_endpoint()))


def _response(made: Answer) -> Response:
    headers: dict[str, Any] = {name.decode(): value.decode() for name, value in made.headers}
    return Response(made.body, made.status, headers=headers)
