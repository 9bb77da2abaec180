"""A client for the simulator without a socket, and one small book whose every number is in sight."""

import asyncio
from datetime import date
from typing import Any

import httpx
from starlette.types import ASGIApp

from seatsync.simulator.book import SimulatedBook

TODAY = date(2026, 11, 22)
LINES = "/finance/agreements/81/additions"
HEADERS = {"clientId": "client-id", "Content-Type": "application/json"}
AUTH = ("training+public-key", "private-key")


class InProcess(httpx.BaseTransport):
    """Calls the application directly; a dropped connection looks as it does over a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._transport = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        copy = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        try:
            answer = await self._transport.handle_async_request(copy)
        except ConnectionResetError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


def small_book(**more: Any) -> SimulatedBook:
    """One company, two agreements, three lines, three products; ``more`` replaces lists of the file."""
    agreement = {"name": "Managed Services", "company": {"id": 250}, "type": {"id": 1}}
    line = {"agreementId": 81, "billCustomer": "Billable", "unitPrice": 4, "unitCost": 2.5}
    content = {
        "companies": [{"id": 250, "identifier": "tarnwick", "name": "Tarnwick Dental Care Ltd"}],
        "agreementTypes": [{"id": 1, "name": "Managed Services"}, {"id": 2, "name": "Project"}],
        "catalog": [
            {
                "id": 3409,
                "identifier": "AV-EAP",
                "description": "Email Advanced Protect",
                "price": 4,
                "cost": 2.5,
            },
            {"id": 3410, "identifier": "AV-ECP", "description": "Email Complete Protect", "price": 5.5},
            {"id": 3499, "identifier": "OLD", "description": "Old", "price": 1, "inactiveFlag": True},
        ],
        "agreements": [
            {
                **agreement,
                "id": 81,
                "startDate": "2024-01-01T00:00:00Z",
                "billStartDate": "2024-01-01T00:00:00Z",
                "nextInvoiceDate": "2026-12-01T00:00:00Z",
                "prorateFlag": True,
            },
            {**agreement, "id": 82, "type": {"id": 2}, "startDate": "2027-01-01T00:00:00Z"},
        ],
        "additions": [
            {
                **line,
                "id": 9001,
                "product": {"id": 3409},
                "quantity": 12,
                "effectiveDate": "2024-02-01T00:00:00Z",
            },
            {
                **line,
                "id": 9002,
                "product": {"id": 3410},
                "quantity": 7,
                "cancelledDate": "2026-06-30T00:00:00Z",
            },
            {**line, "id": 9003, "product": {"id": 3410}, "quantity": 12.5, "lessIncluded": 2},
        ],
    }
    return SimulatedBook.from_json({**content, **more})


def api_of(app: ASGIApp) -> httpx.Client:
    """Sign in to an application."""
    base = "http://simulator.test/v2025_1/apis/3.0"
    return httpx.Client(transport=InProcess(app), base_url=base, auth=AUTH, headers=HEADERS)


def control_of(app: ASGIApp) -> httpx.Client:
    """Reach the control plane of an application."""
    return httpx.Client(transport=InProcess(app), base_url="http://simulator.test")
