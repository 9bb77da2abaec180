"""Whole lists: complete, without twins, or an error."""

from typing import Any

import httpx
import pytest

from seatsync.connectwise import ConnectWiseClient
from seatsync.connectwise.pagesize import PAGE_SIZE
from seatsync.connectwise.paging import AGREEMENTS, additions_of, read_all
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


def many_lines(count: int, cap: int = 1000, Link: str = "", **replies: Reply | list[Reply]) -> Script:  # noqa: N803
    """Script agreement 81 with so many lines; ``replies`` replace by "METHOD path"."""
    header = {"Link": Link} if Link else {}
    rows = paged([line(number) for number in range(1, count + 1)], cap=cap, **header)
    return Script({LINES: rows, f"{LINES}/count": ok({"count": count}), **replies})


@pytest.mark.parametrize(
    ("entries", "requests"),
    [(0, 1), (1, 1), (25, 2), (999, 1), (1000, 2), (1001, 2 + 1), (2000, 3 + 1), (2500, 3 + 2)],
)
def test_pages_are_read_until_the_count_is_reached_and_a_page_is_short(entries: int, requests: int) -> None:
    """One request for the count, and one more for the end of each page but the last."""
    script = counted(numbered(entries))
    assert agreements(script) == list(range(1, entries + 1))
    assert script.calls().count("finance/agreements") == requests
    assert script.calls().count("finance/agreements/count") == 1


def test_every_page_is_asked_for_with_every_parameter_and_its_end_looked_at_again() -> None:
    script = counted(numbered(1500))
    agreements(script)
    asked = [dict(r.url.params) for r in script.sent if r.url.path.endswith("finance/agreements")]
    same = {"fields": AGREEMENTS.fields, "orderBy": "id asc", "pageSize": "1000"}
    end = {"fields": "id", "orderBy": "id asc", "pageSize": "1", "page": "1000"}
    assert asked == [same | {"page": "1"}, same | {"page": "2"}, end]


def test_a_link_header_that_names_a_next_page_on_the_last_is_believed_three_times() -> None:
    """A named next page is looked for, in case this list is capped; one that keeps lying costs no more."""
    script = many_lines(3, **LYING_LINK)
    with client(script) as connectwise:
        for _ in range(9):
            assert len(read_all(connectwise._session, additions_of(81))) == 3
    assert len(script.calls()) == 9 + 3 * 2


@pytest.mark.parametrize("cap", [5, 25, 99, 500])
def test_lines_that_alone_are_capped_are_whole_when_a_next_page_is_named(cap: int) -> None:
    rows = [line(number) for number in range(1, 612)]

    def reply(request: httpx.Request) -> httpx.Response:
        answer = paged(rows, cap=cap)(request)
        if int(request.url.params["page"]) * cap < len(rows):
            answer.headers["Link"] = LYING_LINK["Link"]
        return answer

    assert len(lines(client(Script({LINES: reply, f"{LINES}/count": ok({"count": 611})})))) == 611


def test_a_low_cap_that_a_counted_list_shows_holds_for_the_lines_too() -> None:
    script = many_lines(12, cap=5, **{LIST: paged(numbered(7), cap=5), COUNT: ok({"count": 7})})
    with client(script) as connectwise:
        assert len(read_all(connectwise._session, AGREEMENTS)) == 7
        assert len(read_all(connectwise._session, additions_of(81))) == 12


def test_a_list_without_end_is_given_up_once_it_is_longer_than_its_count() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["page"]) * PAGE_SIZE
        return httpx.Response(200, json=[{"id": start + number} for number in range(PAGE_SIZE)])

    script = Script({LIST: reply, COUNT: ok({"count": 1500})})
    with pytest.raises(ConnectWiseError, match="counts 1500 entries in the agreements but lists 3000"):
        agreements(script)


def test_a_server_that_caps_its_pages_lower_is_read_to_the_end() -> None:
    script = counted(numbered(120), cap=50)
    assert agreements(script) == list(range(1, 121))
    assert script.calls().count("finance/agreements") == 3 + 2


def test_an_entry_that_slid_onto_the_next_page_is_taken_once() -> None:
    first, second = numbered(1000), [{"id": 1000}, {"id": 1001}]
    script = Script({LIST: [ok(first), ok(second)], COUNT: ok({"count": 1001})})
    assert agreements(script) == list(range(1, 1002))


def test_a_list_that_changed_meanwhile_is_read_once_more() -> None:
    script = Script({LIST: paged(numbered(5)), COUNT: [ok({"count": 4}), ok({"count": 5})]})
    assert agreements(script) == [1, 2, 3, 4, 5]
    assert script.calls().count("finance/agreements/count") == 2


class Shifting:
    """Agreements of which one is deleted, and maybe one added, after so many requests for a page."""

    def __init__(self, entries: int, after: int, *, times: int = 1, adds: bool) -> None:
        self.ids = list(range(1, entries + 1))
        self._after, self._times, self._adds = after, times, adds
        self._asked = 0

    def page(self, request: httpx.Request) -> httpx.Response:
        answer = paged([{"id": number} for number in self.ids])(request)
        self._asked += 1
        if self._asked >= self._after and self._times:
            self._times -= 1
            del self.ids[4]
            if self._adds:
                self.ids.append(self.ids[-1] + 1)
        return answer

    def count(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"count": len(self.ids)})

    def script(self) -> Script:
        return Script({LIST: self.page, COUNT: self.count})


@pytest.mark.parametrize("adds", [False, True])
@pytest.mark.parametrize(("entries", "after"), [(1500, 1), (2500, 1), (2500, 2)])
def test_entries_that_move_between_pages_are_read_again(entries: int, after: int, adds: bool) -> None:
    """A deletion on a page already read moves an entry past the reader; an addition hides it in the count."""
    shifting = Shifting(entries, after, adds=adds)
    assert agreements(shifting.script()) == shifting.ids


def test_a_list_that_never_stands_still_is_an_error() -> None:
    with pytest.raises(ConnectWiseError, match="keep moving between the pages"):
        agreements(Shifting(1500, 1, times=99, adds=True).script())


@pytest.mark.parametrize("count", [3, 9])
def test_a_list_that_never_agrees_with_its_count_is_an_error(count: int) -> None:
    script = Script({LIST: paged(numbered(5)), COUNT: ok({"count": count})})
    with pytest.raises(ConnectWiseError, match=f"counts {count} entries in the agreements but lists 5"):
        agreements(script)
    assert script.calls().count("finance/agreements/count") == 3


def test_a_server_that_ignores_the_page_number_is_an_error_and_no_endless_loop() -> None:
    script = Script({LIST: ok(numbered(1000)), COUNT: ok({"count": 3000})})
    with pytest.raises(ConnectWiseError, match="counts 3000"):
        agreements(script)
    assert script.calls().count("finance/agreements") == 6


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
    [(0, 1), (1, 1), (24, 1), (25, 3), (26, 1), (250, 3), (999, 1), (1000, 3), (1001, 4)],
)
def test_the_lines_of_an_agreement_need_one_request(entries: int, requests: int) -> None:
    """A page of a multiple of 25 might be a lower cap of the server: another and the count are asked for."""
    script = many_lines(entries)
    assert lines(client(script)) == list(range(1, entries + 1))
    assert len(script.calls()) == requests


def test_a_server_that_once_sent_a_longer_page_caps_none_at_25() -> None:
    script = many_lines(25, **{LIST: paged(numbered(30)), COUNT: ok({"count": 30})})
    with client(script) as connectwise:
        read_all(connectwise._session, AGREEMENTS)
        before = len(script.calls())
        assert len(read_all(connectwise._session, additions_of(81))) == 25
    assert len(script.calls()) - before == 1


def test_lines_on_several_pages_are_counted() -> None:
    script = many_lines(1500, **{f"{LINES}/count": [ok({"count": 1501}), ok({"count": 1500})]})
    assert len(lines(client(script))) == 1500
    assert script.calls().count("finance/agreements/81/additions/count") == 2


@pytest.mark.parametrize("cap", [25, 50, 100, 250])
def test_a_lower_cap_does_not_shorten_the_lines_of_an_agreement(cap: int) -> None:
    assert len(lines(client(many_lines(611, cap=cap)))) == 611


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
