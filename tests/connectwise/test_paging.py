"""Whole lists: complete, without twins, or an error."""

from typing import Any

import httpx
import pytest

from seatsync.connectwise import ConnectWiseClient
from seatsync.connectwise.paging import AGREEMENTS, PAGE_SIZE, additions_of, read_all
from seatsync.errors import ConnectWiseError

from .fakes import GATEWAY, HOST, Reply, Script, agreement, client, line, ok, paged, refusal

LIST, COUNT = "GET finance/agreements", "GET finance/agreements/count"
LINES = "GET finance/agreements/81/additions"
LYING_LINK = {"Link": f'<{HOST}/v4_6_release/apis/3.0/finance/agreements&pageSize=1000&page=9>; rel="next"'}


def agreements(script: Script) -> list[int]:
    with client(script) as connectwise:
        return [row.id() for row in read_all(connectwise._session, AGREEMENTS)]


def lines(connectwise: ConnectWiseClient) -> list[int]:
    with connectwise:
        return [row.id() for row in read_all(connectwise._session, additions_of(81))]


def numbered(count: int) -> list[dict[str, Any]]:
    return [{"id": number} for number in range(1, count + 1)]


def counted(rows: list[dict[str, Any]], **options: Any) -> Script:
    return Script({LIST: paged(rows, **options), COUNT: ok({"count": len(rows)})})


@pytest.mark.parametrize(
    ("entries", "pages"), [(0, 1), (1, 1), (25, 1), (999, 1), (1000, 2), (1001, 2), (2000, 3), (2500, 3)]
)
def test_pages_are_read_up_to_the_first_short_one(entries: int, pages: int) -> None:
    script = counted(numbered(entries))
    assert agreements(script) == list(range(1, entries + 1))
    assert script.calls().count("finance/agreements") == pages
    assert script.calls().count("finance/agreements/count") == 1


def test_every_page_is_asked_for_with_every_parameter() -> None:
    script = counted(numbered(1500))
    agreements(script)
    asked = [dict(r.url.params) for r in script.sent if r.url.path.endswith("finance/agreements")]
    same = {"fields": AGREEMENTS.fields, "orderBy": "id asc", "pageSize": "1000"}
    assert asked == [same | {"page": "1"}, same | {"page": "2"}]


def test_a_link_header_that_names_a_next_page_on_the_last_is_ignored() -> None:
    script = counted(numbered(3), **LYING_LINK)
    assert agreements(script) == [1, 2, 3]
    assert len(script.calls()) == 2


def test_a_server_that_caps_its_pages_lower_is_read_to_the_end() -> None:
    script = counted(numbered(120), cap=50)
    assert agreements(script) == list(range(1, 121))
    assert script.calls().count("finance/agreements") == 3


def test_an_entry_that_slid_onto_the_next_page_is_taken_once() -> None:
    first, second = numbered(1000), [{"id": 1000}, {"id": 1001}]
    script = Script({LIST: [ok(first), ok(second)], COUNT: ok({"count": 1001})})
    assert agreements(script) == list(range(1, 1002))


def test_a_list_that_changed_meanwhile_is_read_once_more() -> None:
    script = Script({LIST: paged(numbered(5)), COUNT: [ok({"count": 4}), ok({"count": 5})]})
    assert agreements(script) == [1, 2, 3, 4, 5]
    assert script.calls().count("finance/agreements/count") == 2


@pytest.mark.parametrize("count", [3, 9])
def test_a_list_that_never_agrees_with_its_count_is_an_error(count: int) -> None:
    script = Script({LIST: paged(numbered(5)), COUNT: ok({"count": count})})
    with pytest.raises(ConnectWiseError, match=f"counts {count} entries in the agreements but lists 5"):
        agreements(script)
    assert script.calls().count("finance/agreements/count") == 2


def test_a_server_that_ignores_the_page_number_is_an_error_and_no_endless_loop() -> None:
    script = Script({LIST: ok(numbered(1000)), COUNT: ok({"count": 3000})})
    with pytest.raises(ConnectWiseError, match="counts 3000"):
        agreements(script)
    assert script.calls().count("finance/agreements") == 4


def test_a_failed_page_fails_the_list() -> None:
    first = paged(numbered(1500))

    def reply(request: httpx.Request) -> httpx.Response:
        return first(request) if request.url.params["page"] == "1" else GATEWAY(request)

    with pytest.raises(ConnectWiseError, match="error 502 when asked to read the agreements"):
        agreements(Script({LIST: reply, COUNT: ok({"count": 1500})}))


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (ok({}), "something else than a list"),
        (ok(None), "something else than a list"),
        (ok([1]), "something else than agreement"),
        (ok([{"name": "no id"}]), 'agreement without "id"'),
        (ok([{"id": None}]), 'without "id"'),
        (ok([{"id": "x"}]), '"id" as "x"'),
        (ok([{"id": True}]), '"id" as "True"'),
        (ok([{"id": 1.5}]), '"id" as "1.5"'),
    ],
)
def test_a_list_in_another_shape_is_an_error(reply: Reply, why: str) -> None:
    with pytest.raises(ConnectWiseError, match=why):
        agreements(Script({LIST: reply, COUNT: ok({"count": 1})}))


@pytest.mark.parametrize("body", [{}, [], {"count": None}, {"count": "many"}])
def test_a_count_in_another_shape_is_an_error(body: object) -> None:
    with pytest.raises(ConnectWiseError, match="count"):
        agreements(Script({LIST: ok([]), COUNT: ok(body)}))


@pytest.mark.parametrize(
    ("entries", "requests"),
    [(0, 1), (1, 1), (24, 1), (25, 2), (26, 1), (250, 2), (999, 1), (1000, 2), (1001, 2)],
)
def test_the_lines_of_an_agreement_need_one_request(entries: int, requests: int) -> None:
    """A page of a multiple of 25 might be a lower cap of the server, so that another page is asked for."""
    script = Script({LINES: paged([line(number) for number in range(1, entries + 1)])})
    assert lines(client(script)) == list(range(1, entries + 1))
    assert len(script.calls()) == requests


@pytest.mark.parametrize("cap", [25, 50, 100, 250])
def test_a_lower_cap_does_not_shorten_the_lines_of_an_agreement(cap: int) -> None:
    script = Script({LINES: paged([line(number) for number in range(1, 612)], cap=cap)})
    assert len(lines(client(script))) == 611


def test_the_lines_of_an_agreement_that_is_gone_are_an_error() -> None:
    with pytest.raises(ConnectWiseError, match="Agreement 81 not found"):
        lines(client(Script({LINES: refusal(404, "NotFound", "Agreement 81 not found")})))


def test_pages_without_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatsync.connectwise.paging._PAGE_CAP", 3)

    def reply(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["page"]) * PAGE_SIZE
        return httpx.Response(200, json=[{"id": start + number} for number in range(PAGE_SIZE)])

    with pytest.raises(ConnectWiseError, match="more than 3 pages"):
        lines(client(Script({LINES: reply})))


def test_the_fields_asked_for_are_those_of_the_records() -> None:
    script = counted([agreement(1)])
    agreements(script)
    assert script.sent[-1].url.params["fields"].split(",")[:4] == ["id", "name", "type", "company"]
