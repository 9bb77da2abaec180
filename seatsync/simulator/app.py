"""The routes of the simulated ConnectWise API, and the application that serves them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from seatsync.simulator.book import Record, SimulatedBook
from seatsync.simulator.conditions import compile_conditions
from seatsync.simulator.control import control_routes
from seatsync.simulator.faults import Faults
from seatsync.simulator.gate import JSON, Gate, refuse
from seatsync.simulator.jsontext import dumps
from seatsync.simulator.paging import only_fields, ordered, step_forward, turn_to
from seatsync.simulator.refusals import Refusal, no_endpoint, not_found
from seatsync.simulator.state import Simulator
from seatsync.simulator.views import show
from seatsync.simulator.writes import create, patch, refuse_delete

Source = Callable[[Request], Mapping[int, Record]]

_LINES: Final = "/finance/agreements/{parent:int}/additions"


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
    handlers: Mapping[Any, Any] = {Refusal: _on_refusal, HTTPException: _on_http}
    api = ExceptionMiddleware(Router(_Api(simulator).routes(), redirect_slashes=False), handlers=handlers)

    async def discover(request: Request) -> Response:
        return _json(_company_info(simulator.book, request.path_params["company"]))

    app = Starlette(
        routes=[
            Route("/login/companyinfo/{company}", discover),
            *control_routes(simulator),
            Mount("/{codebase}/apis/3.0", app=Gate(simulator, api)),
        ],
        exception_handlers=handlers,
    )
    app.router.redirect_slashes = False
    app.state.simulator = simulator
    return app


class _Api:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> list[Route]:
        simulator = self._simulator
        return [
            Route("/system/info", self.system),
            Route(_LINES, self.add, methods=["POST"]),
            Route(_LINES + "/{id:int}", self.change, methods=["PATCH"]),
            Route(_LINES + "/{id:int}", self.delete, methods=["DELETE"]),
            *self._collection(
                "/finance/agreements/types", "AgreementType", lambda _: simulator.book.agreement_types
            ),
            *self._collection("/finance/agreements", "Agreement", lambda _: simulator.agreements()),
            *self._collection(_LINES, "Addition", lambda r: simulator.additions(r.path_params["parent"])),
            *self._collection("/procurement/catalog", "CatalogItem", lambda _: simulator.book.catalog),
            *self._collection("/company/companies", "Company", lambda _: simulator.book.companies),
            *self._collection("/system/members", "Member", lambda _: simulator.book.members),
        ]

    async def system(self, _request: Request) -> Response:
        server = self._simulator.book.server
        return _json(
            {
                "version": f"v{server.version}",
                "isCloud": True,
                "serverTimeZone": server.time_zone,
                "licenseBits": [],
                "cloudRegion": "NA",
                "maxWorkFlowRecordsAllowed": 1000,
            }
        )

    async def add(self, request: Request) -> Response:
        agreement = request.path_params["parent"]
        lines = self._simulator.additions(agreement)
        line = create(self._simulator.book, agreement, await request.body(), self._simulator.today())
        if request.state.dry:
            return _json(self._show("Addition", line))
        self._simulator.book.additions[agreement] = {**lines, line["id"]: line}
        return _json(self._show("Addition", line), 201)

    async def change(self, request: Request) -> Response:
        lines, line = self._line(request)
        changed = patch(self._simulator.book, line, await request.body(), self._simulator.today())
        if request.state.dry:
            return _json(self._show("Addition", line))
        lines[line["id"]] = changed
        return _json(self._show("Addition", changed))

    async def delete(self, request: Request) -> Response:
        lines, line = self._line(request)
        refuse_delete(self._simulator.book, line)
        if not request.state.dry:
            del lines[line["id"]]
        return Response(status_code=204)

    def _line(self, request: Request) -> tuple[dict[int, Record], Record]:
        lines, line = self._simulator.additions(request.path_params["parent"]), request.path_params["id"]
        if line not in lines:
            raise not_found("Addition", line)
        return lines, lines[line]

    def _collection(self, path: str, type_name: str, source: Source) -> list[Route]:
        async def listing(request: Request) -> Response:
            return self._list(request, self._select(request, type_name, source(request)), type_name)

        async def count(request: Request) -> Response:
            return _json({"count": len(self._select(request, type_name, source(request)))})

        async def one(request: Request) -> Response:
            record = source(request).get(request.path_params["id"])
            if record is None:
                raise not_found(type_name, request.path_params["id"])
            return _json(only_fields(self._show(type_name, record), request.query_params.get("fields", "")))

        return [
            Route(path, listing, methods=["GET"]),
            Route(path + "/count", count, methods=["GET"]),
            Route(path + "/{id:int}", one, methods=["GET"]),
        ]

    def _select(self, request: Request, type_name: str, records: Mapping[int, Record]) -> list[Record]:
        for name in ("childConditions", "customFieldConditions"):
            if request.query_params.get(name):
                raise Refusal(400, "ApiFindCondition", f"{name} are not carried by this simulator.")
        accepts = compile_conditions(request.query_params.get("conditions", ""), type_name)
        shown: Iterable[Record] = (self._show(type_name, record) for record in records.values())
        return sorted((record for record in shown if accepts(record)), key=lambda record: int(record["id"]))

    def _list(self, request: Request, records: list[Record], type_name: str) -> Response:
        query, url = request.query_params, str(request.url.replace(query=""))
        if request.headers.get("pagination-type", "").lower() == "forward-only":
            page = step_forward(records, query, url)
        else:
            in_order = ordered(records, query.get("orderBy", ""), type_name)
            odd = not self._simulator.book.quirks.link_question_mark
            page = turn_to(in_order, query, url, question_mark=not odd)
        fields = query.get("fields", "")
        headers = {} if page.link is None else {"Link": page.link}
        return _json([only_fields(record, fields) for record in page.records], headers=headers)

    def _show(self, type_name: str, record: Record) -> Record:
        return show(self._simulator.book, type_name, record, self._simulator.today())


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(dumps(content), status, headers=headers, media_type=JSON)


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


async def _on_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return refuse(error)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return refuse(Refusal(405, "ConnectWiseApi", f"The endpoint does not take {request.method}."))
    return refuse(no_endpoint())
