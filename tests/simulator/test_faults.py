"""Faults, edits by someone else and the request log, in process and over a real socket."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from seatsync.simulator.app import create_app
from seatsync.simulator.faults import Fault, Faults
from seatsync.simulator.server import running, serve

from .fakes import AUTH, HEADERS, LINES, TODAY, api_of, control_of, small_book

LINE = f"{LINES}/9001"
TO_17 = [{"op": "replace", "path": "quantity", "value": 17}]


def break_next(control: httpx.Client, name: str, **more: Any) -> None:
    """Let the next fitting request go wrong, once."""
    assert control.post("/simulator/faults", json={"name": name, "times": 1, **more}).status_code == 200


def quantity(api: httpx.Client) -> Any:
    """Read the quantity of line 9001."""
    return api.get(LINE).json()["quantity"]


def test_rate_limited_asks_to_wait(api: httpx.Client, control: httpx.Client) -> None:
    """With seconds to wait, in a body of another shape than other errors."""
    break_next(control, "rate_limited", seconds=3)
    answer = api.get(LINE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert set(answer.json()) == {"error", "message"}
    assert api.get(LINE).status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("server_error", 500, "application/json; charset=utf-8"),
        ("bad_gateway", 502, "text/html; charset=utf-8"),
        ("unauthorized", 401, "application/json; charset=utf-8"),
    ],
)
def test_an_error_answer_leaves_the_book_alone(
    api: httpx.Client, control: httpx.Client, name: str, status: int, kind: str
) -> None:
    """JSON or a proxy's HTML page."""
    break_next(control, name, method="PATCH")
    assert quantity(api) == 12
    answer = api.patch(LINE, json=TO_17)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert quantity(api) == 12


@pytest.mark.parametrize(("name", "after"), [("drop_before", 12), ("drop_after", 17)])
def test_a_dropped_write_was_done_or_not(
    api: httpx.Client, control: httpx.Client, name: str, after: int
) -> None:
    """The caller can't tell which."""
    break_next(control, name, method="PATCH")
    with pytest.raises(httpx.RemoteProtocolError):
        api.patch(LINE, json=TO_17)
    assert quantity(api) == after


def test_an_ignored_write_answers_200_with_the_old_line(api: httpx.Client, control: httpx.Client) -> None:
    """A create is answered with a line that does not exist."""
    break_next(control, "ignored_write")
    assert quantity(api) == 12
    answer = api.patch(LINE, json=TO_17)
    assert (answer.status_code, answer.json()["quantity"]) == (200, 12)
    break_next(control, "ignored_write")
    created = api.post(LINES, json={"product": {"id": 3409}, "billCustomer": "Billable"})
    assert created.status_code == 200
    assert api.get(f"{LINES}/{created.json()['id']}").status_code == 404


def test_truncated_json_is_cut_after_the_work_was_done(api: httpx.Client, control: httpx.Client) -> None:
    """The answer can't be parsed; the write stands."""
    break_next(control, "truncated_json")
    with pytest.raises(ValueError, match=r"line 1"):
        api.patch(LINE, json=TO_17).json()
    assert quantity(api) == 17


def test_slow_waits_and_then_answers(api: httpx.Client, control: httpx.Client) -> None:
    """As long as it was told to."""
    break_next(control, "slow", seconds=0.2)
    begun = time.perf_counter()
    assert api.get(LINE).status_code == 200
    assert time.perf_counter() - begun >= 0.2


def test_latency_is_added_to_every_answer() -> None:
    """In milliseconds."""
    with api_of(create_app(small_book(), latency_ms=60)) as api:
        begun = time.perf_counter()
        api.get(LINE)
        assert time.perf_counter() - begun >= 0.06


def test_a_fault_waits_for_its_method_and_path(api: httpx.Client, control: httpx.Client) -> None:
    """Other requests pass."""
    break_next(control, "server_error", method="get", path="/additions/9002")
    assert [api.get(f"{LINES}/{line}").status_code for line in (9001, 9002, 9002)] == [200, 500, 200]


def test_the_same_seed_gives_the_same_faults() -> None:
    """A rate of one half over twenty requests."""

    def drawn(seed: int) -> list[bool]:
        faults = Faults({"server_error": 0.5}, seed)
        return [faults.pick("GET", "/system/info") is not None for _ in range(20)]

    assert drawn(1) == drawn(1) != drawn(2)


def test_a_standing_rate_is_replaced_and_ended(api: httpx.Client, control: httpx.Client) -> None:
    """Rate 1 strikes always, rate 0 never."""
    control.post("/simulator/faults", json={"name": "server_error", "rate": 1})
    assert [api.get(LINE).status_code for _ in range(2)] == [500, 500]
    assert control.post("/simulator/faults", json=[{"name": "server_error", "rate": 0}]).json() == []
    assert api.get(LINE).status_code == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "earthquake"},
        {"name": "slow", "rate": 2},
        {"name": "slow", "rate": "x"},
        {"name": "slow", "a": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(control: httpx.Client, wish: dict[str, Any]) -> None:
    """By the control plane with 400, and at the start with an error."""
    assert control.post("/simulator/faults", json=wish).status_code == 400


def test_an_unknown_fault_stops_the_start() -> None:
    """The message lists the known ones."""
    with pytest.raises(ValueError, match="the faults are rate_limited"):
        create_app(small_book(), faults={"earthquake": 1})


def test_someone_else_edits_now(api: httpx.Client, control: httpx.Client) -> None:
    """Under another name than the API's."""
    control.post("/simulator/edit", json={"agreement": 81, "addition": 9001, "set": {"quantity": 14}})
    line = api.get(LINE).json()
    assert (line["quantity"], line["extPrice"], line["_info"]["updatedBy"]) == (14, 56, "frontdesk")


@pytest.mark.parametrize("path", [LINE, LINES])
def test_someone_else_edits_after_the_next_read(api: httpx.Client, control: httpx.Client, path: str) -> None:
    """Whether the line is read alone or in its list; other reads do not count."""
    wish = {"agreement": 81, "addition": 9001, "set": {"quantity": 14}, "when": "after_next_read"}
    control.post("/simulator/edit", json=wish)
    api.get(f"{LINES}/9002")
    read = api.get(path).json()
    assert (read[0] if isinstance(read, list) else read)["quantity"] == 12
    assert quantity(api) == 14


def test_someone_else_edits_before_the_next_write(api: httpx.Client, control: httpx.Client) -> None:
    """Reads see the old line until a write arrives, which wins."""
    wish = {"agreement": 81, "addition": 9001, "set": {"lessIncluded": 2}, "when": "before_next_write"}
    control.post("/simulator/edit", json=wish)
    assert api.get(LINE).json()["billedQuantity"] == 12
    assert api.patch(LINE, json=TO_17).json()["billedQuantity"] == 15


def test_someone_else_adds_and_deletes_lines_and_changes_agreements(
    api: httpx.Client, control: httpx.Client
) -> None:
    """A null unsets a member."""
    control.post("/simulator/edit", json={"agreement": 81, "add": {"product": {"id": 3409}, "quantity": 3}})
    control.post("/simulator/edit", json={"agreement": 81, "addition": 9002, "delete": True})
    control.post(
        "/simulator/edit", json={"agreement": 81, "set": {"cancelledFlag": True, "nextInvoiceDate": None}}
    )
    assert [line["id"] for line in api.get(LINES).json()] == [9001, 9003, 9004]
    agreement = api.get("/finance/agreements/81").json()
    assert agreement["agreementStatus"] == "Cancelled"
    assert "nextInvoiceDate" not in agreement


def test_an_edit_waits_for_a_write_to_its_own_record() -> None:
    """A write to agreement 81 is none to agreement 8, though its path begins with the same letters."""
    agreements = [
        {"id": number, "name": "A", "company": {"id": 250}, "type": {"id": 1}} for number in (8, 81)
    ]
    app = create_app(small_book(agreements=agreements), today=TODAY)
    with api_of(app) as api, control_of(app) as control:
        wish = {"agreement": 8, "set": {"name": "B"}, "when": "before_next_write"}
        control.post("/simulator/edit", json=wish)
        assert api.patch(LINE, json=TO_17).status_code == 200
        assert api.get("/finance/agreements/8").json()["name"] == "A"
        api.patch("/finance/agreements/8", json=[])
        assert api.get("/finance/agreements/8").json()["name"] == "B"


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ({"company": 250}, "/company/companies/250"),
        ({"product": 3410}, "/procurement/catalog/3410"),
        ({"agreementType": 2}, "/finance/agreements/types/2"),
        ({"agreement": 81}, "/finance/agreements/81"),
    ],
)
def test_someone_else_deletes_what_others_stand_on_and_all_stays_readable(
    api: httpx.Client, control: httpx.Client, wish: dict[str, Any], path: str
) -> None:
    """Unlike the API, the control plane refuses nothing; references to the record then lead nowhere."""
    assert control.post("/simulator/edit", json={**wish, "delete": True}).status_code == 200
    assert api.get(path).status_code == 404
    for listing in ("/finance/agreements", "/finance/agreements/types", "/procurement/catalog"):
        assert api.get(listing, params={"conditions": "id > 0"}).status_code == 200
    if "agreement" not in wish:
        assert api.get(LINES).status_code == 200
        assert api.patch(f"{LINES}/9003", json=TO_17).json()["quantity"] == 17


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"agreement": 81, "set": {"id": 7}}, 400),
        ({"agreement": 81, "addition": 77, "set": {"quantity": 1}}, 404),
        ({"set": {}}, 400),
        ({"agreement": 81, "set": {"quantity": 1}}, 400),
        ({"agreement": 81, "addition": 9001, "set": {"quantity": "many"}}, 400),
        ({"agreement": 81, "when": "some day"}, 400),
        ({"agreement": 81, "sets": {}}, 400),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(
    control: httpx.Client, wish: dict[str, Any], status: int
) -> None:
    """With a sentence."""
    answer = control.post("/simulator/edit", json=wish)
    assert (answer.status_code, "error" in answer.json()) == (status, True)


def test_the_log_tells_each_request_and_its_fault(api: httpx.Client, control: httpx.Client) -> None:
    """A dropped one has no status."""
    answer = api.get(LINES, params={"page": 1})
    break_next(control, "drop_after")
    with pytest.raises(httpx.RemoteProtocolError):
        api.patch(LINE, json=TO_17)
    first, second = control.get("/simulator/requests").json()
    assert (first["method"], first["path"], first["query"], first["status"]) == ("GET", LINES, "page=1", 200)
    assert first["request_id"] == answer.headers["x-cw-request-id"]
    assert (second["status"], second["fault"]) == (None, "drop_after")
    assert '"value":17' in second["body"].replace(" ", "")
    assert control.get("/simulator/requests", params={"method": "PATCH"}).json() == [second]
    assert control.get("/simulator/requests", params={"since": first["seq"]}).json() == [second]


def test_reset_brings_the_first_state_back(api: httpx.Client, control: httpx.Client) -> None:
    """Book, faults, waiting edits and log."""
    start = control.get("/simulator/state").json()
    api.patch(LINE, json=TO_17)
    control.post("/simulator/faults", json={"name": "server_error", "rate": 1})
    control.post("/simulator/edit", json={"agreement": 81, "set": {"name": "B"}, "when": "after_next_read"})
    assert control.post("/simulator/reset").status_code == 200
    assert control.get("/simulator/requests").json() == []
    assert [api.get("/finance/agreements/81").status_code, quantity(api)] == [200, 12]
    assert control.get("/simulator/state").json() == start


@pytest.fixture(scope="module")
def real() -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """A real server in a thread: a signed-in client and one of the control plane."""
    app: ASGIApp = create_app(small_book(), today=TODAY)
    with (
        running(app) as url,
        httpx.Client(base_url=f"{url}/v2025_1/apis/3.0", auth=AUTH, headers=HEADERS) as api,
        httpx.Client(base_url=url) as control,
    ):
        yield api, control


@pytest.mark.parametrize(("name", "after"), [("drop_before", 12), ("drop_after", 17)])
def test_a_drop_really_closes_the_socket(
    real: tuple[httpx.Client, httpx.Client], name: str, after: int
) -> None:
    """No byte of an answer arrives, and the next request is served."""
    api, control = real
    control.post("/simulator/reset")
    break_next(control, name, method="PATCH")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        api.patch(LINE, json=TO_17)
    assert quantity(api) == after


def test_truncated_json_over_a_socket_is_a_complete_http_answer(
    real: tuple[httpx.Client, httpx.Client],
) -> None:
    """Only its JSON is broken."""
    api, control = real
    break_next(control, "truncated_json")
    answer = api.get(LINE)
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["content-length"])
    with pytest.raises(ValueError, match=r"line 1"):
        answer.json()


@pytest.mark.parametrize("name", sorted(fault.value for fault in Fault))
def test_after_any_fault_the_server_goes_on(real: tuple[httpx.Client, httpx.Client], name: str) -> None:
    """One fault, then a sound answer."""
    api, control = real
    control.post("/simulator/reset")
    break_next(control, name, seconds=0.01)
    try:
        api.patch(LINE, json=TO_17)
    except httpx.TransportError:
        assert name.startswith("drop_")
    assert api.get("/finance/agreements/count").json() == {"count": 2}


def test_a_taken_port_is_an_os_error() -> None:
    """For the caller to put into a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(create_app(small_book()), taken.getsockname()[1])
