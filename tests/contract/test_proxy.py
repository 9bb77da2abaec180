"""The validating proxy lets everything through as it is, and remembers what broke the contract."""

from datetime import date
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from seatsync.simulator import server
from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from tests.contract.proxy import Checked, running
from tests.contract.test_exchanges import HEADERS

TODAY = date(2026, 11, 22)
ONE = "/v2025_1/apis/3.0/finance/agreements/81/additions/9001"


def sample() -> Checked:
    """The simulator on the sample book, checked."""
    return Checked(create_app(SimulatedBook.sample(), today=TODAY))


def ask(url: str, method: str = "GET", path: str = ONE, **more: Any) -> httpx.Response:
    """Send a signed request."""
    return httpx.request(method, url + path, headers=HEADERS, trust_env=False, **more)


def test_an_answer_passes_unchanged() -> None:
    checked = sample()
    with (
        server.running(checked) as url,
        server.running(create_app(SimulatedBook.sample(), today=TODAY)) as bare,
    ):
        assert ask(url).json() == ask(bare).json()

    assert (checked.breaches, checked.seen) == ({}, [f"GET {ONE}"])


def test_a_breach_of_the_client_fails_what_ran_in_front_of_it() -> None:
    body = [{"op": "replace", "path": "/quantity", "value": 3}]
    with (
        pytest.raises(AssertionError, match=r'PATCH .*"/quantity" is not the bare name'),
        running(sample()) as url,
    ):
        ask(url, "PATCH", json=body)


def test_a_breach_of_the_server_fails_it_too() -> None:
    app = Starlette(routes=[Route("/{path:path}", lambda _: JSONResponse({"id": 9001, "seats": 12}))])
    with pytest.raises(AssertionError, match=r"'seats' was unexpected.*test_a_breach_of_the_server"):  # noqa: SIM117
        with running(app) as url:
            ask(url)


def test_the_control_plane_is_not_checked() -> None:
    checked = sample()
    with running(checked) as url:
        httpx.get(f"{url}/simulator/state", trust_env=False).raise_for_status()
        httpx.post(f"{url}/simulator/reset", trust_env=False).raise_for_status()

    assert checked.seen == []


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_dropped_connection_drops_and_its_request_is_checked(fault: str) -> None:
    checked = sample()
    with server.running(checked) as url:
        httpx.post(f"{url}/simulator/faults", json={"name": fault, "times": 1}, trust_env=False)
        with pytest.raises(httpx.RemoteProtocolError):
            ask(url, "PATCH", json={"quantity": 3})

    assert [breach for breach in checked.breaches if "is not of type 'array'" in breach]


@pytest.mark.parametrize(
    "fault", ["rate_limited", "server_error", "bad_gateway", "truncated_json", "unauthorized"]
)
def test_a_fault_breaks_no_contract(fault: str) -> None:
    with running(sample()) as url:
        httpx.post(f"{url}/simulator/faults", json={"name": fault, "times": 1}, trust_env=False)
        ask(url)
