"""Reading the whole book, all or nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.model import AgreementId, Book, Company, CompanyId, Product, ProductId

from .fakes import GATEWAY, FakeClock, Reply, Script, agreement, client, fails, line, ok, paged, refusal

COMPANY = {"id": 250, "identifier": "contoso", "name": "Contoso Ltd", "website": "contoso.com"}
PRODUCT = {"id": 3409, "identifier": "AV-EAP", "description": "Email Advanced Protect", "price": 4.10}


def listed(path: str, rows: list[dict[str, Any]]) -> dict[str, Reply | list[Reply]]:
    return {f"GET {path}": paged(rows), f"GET {path}/count": ok({"count": len(rows)})}


def book_of(
    agreements: list[dict[str, Any]], lines: dict[int, list[dict[str, Any]]], **replies: Reply | list[Reply]
) -> Script:
    """Script a ConnectWise with the given agreements and their lines; ``replies`` replace by path."""
    script = listed("finance/agreements", agreements)
    script |= listed("company/companies", [COMPANY]) | listed("procurement/catalog", [PRODUCT])
    script |= listed("finance/agreements/types", [{"id": 1, "name": "Managed"}, {"id": 2, "name": "Block"}])
    for number, rows in lines.items():
        script[f"GET finance/agreements/{number}/additions"] = paged(rows)
    return Script(script | {f"GET {path}": reply for path, reply in replies.items()})


def silent(done: int, total: int, message: str) -> None:
    """Report to nobody."""


def test_everything_a_snapshot_holds_is_read() -> None:
    agreements = [agreement(81), agreement(82, agreementStatus="Expired"), agreement(83, cancelledFlag=True)]
    lines = {
        81: [line(9001), line(9002, cancelledDate="2026-01-31T00:00:00Z")],
        82: [line(9003, agreementId=82)],
    }
    script = book_of(agreements, lines | {83: []})
    with client(script) as connectwise:
        book = connectwise.read_book(silent)
        assert connectwise.requests == len(script.sent) == 1 + 4 * 2 + 3
    assert book.companies == {250: Company(CompanyId(250), "Contoso Ltd", "contoso", False, "contoso.com")}
    assert book.products == {
        3409: Product(ProductId(3409), "AV-EAP", "Email Advanced Protect", Decimal("4.1"), False)
    }
    assert set(book.agreements) == {81, 82, 83}
    assert [(found.id, found.agreement_id) for found in book.additions] == [
        (9001, 81),
        (9002, 81),
        (9003, 82),
    ]
    assert book.additions[1].cancelled == date(2026, 1, 31)
    assert book.agreement_types == ("Block", "Managed")


def test_an_empty_connectwise_is_an_empty_book() -> None:
    script = Script(
        listed("finance/agreements", [])
        | listed("company/companies", [])
        | listed("procurement/catalog", [])
        | listed("finance/agreements/types", [])
    )
    with client(script) as connectwise:
        book = connectwise.read_book(silent)
    assert (book.companies, book.agreements, book.additions, book.products) == ({}, {}, (), {})


def test_a_company_that_only_an_agreement_names_counts_as_no_longer_there() -> None:
    hidden = agreement(82, company={"id": 251, "identifier": "hid", "name": "Hidden Inc"})
    with client(book_of([agreement(81), hidden], {81: [], 82: []})) as connectwise:
        book = connectwise.read_book(silent)
    assert book.companies[CompanyId(251)] == Company(CompanyId(251), "Hidden Inc", "hid", deleted=True)
    assert book.companies[CompanyId(250)].website == "contoso.com"


def test_a_line_that_a_parent_lists_as_well_belongs_to_its_own_agreement() -> None:
    child = line(9001, agreementId=82)
    lines = {81: [child, line(9002, agreementId=77), line(9003, agreementId=None)], 82: [child]}
    lines[83] = [child]
    with client(book_of([agreement(81), agreement(82), agreement(83)], lines)) as connectwise:
        book = connectwise.read_book(silent)
    owners = [(found.id, found.agreement_id) for found in book.additions]
    assert owners == [(9001, 82), (9002, 81), (9003, 81)]


def test_a_type_that_only_an_agreement_names_is_offered() -> None:
    with client(book_of([agreement(81, type={"id": 9, "name": "Old"})], {81: []})) as connectwise:
        assert connectwise.read_book(silent).agreement_types == ("Block", "Managed", "Old")


def test_progress_counts_up_to_the_total() -> None:
    seen: list[tuple[int, int, str]] = []

    def progress(done: int, total: int, message: str) -> None:
        seen.append((done, total, message))

    with client(book_of([agreement(81), agreement(82)], {81: [], 82: []})) as connectwise:
        connectwise.read_book(progress)
    assert seen[:2] == [(0, 0, "Looking for ConnectWise"), (0, 0, "Reading the agreements")]
    counted = [step[:2] for step in seen if step[1]]
    assert counted == sorted(counted)
    assert {total for _, total in counted} == {6}
    assert counted[-1] == (6, 6)
    assert any(message.startswith("Read the lines of agreement") for _, _, message in seen)


def test_a_wait_that_connectwise_asks_for_is_told() -> None:
    seen: list[str] = []
    held, told = threading.Event(), threading.Event()

    class Waiting(FakeClock):
        def sleep(self, seconds: float) -> None:
            held.set()
            assert told.wait(timeout=20)
            super().sleep(seconds)

    def progress(done: int, total: int, message: str) -> None:
        seen.append(message)
        if message.startswith("ConnectWise asks to wait"):
            told.set()

    limited = [refusal(429, Retry_After="20"), ok([])]
    script = book_of([agreement(81)], {}, **{"finance/agreements/81/additions": limited})
    with client(script, Waiting()) as connectwise:
        connectwise.read_book(progress)
    assert held.is_set()
    assert "ConnectWise asks to wait: going on in 20 s" in seen


INFO = {"_info": {"lastUpdated": "2026-01-02T03:04:05Z"}}


def of_ended(lines: list[dict[str, Any]], **fields: Any) -> Script:
    """Script an active agreement 81 with a line, and agreement 82, which is over, with the given lines."""
    ended = agreement(82, **({"agreementStatus": "Expired"} | INFO | fields))
    return book_of([agreement(81), ended], {81: [line(9001)], 82: lines})


def book(script: Script, earlier: Book | None = None) -> Book:
    with client(script) as connectwise:
        return connectwise.read_book(silent, lambda: earlier)


def test_the_lines_of_an_agreement_that_is_over_are_read_once() -> None:
    first = book(of_ended([line(9002, agreementId=82)]))
    script = of_ended([])
    again = book(script, first)
    assert [(found.id, found.agreement_id) for found in again.additions] == [(9001, 81), (9002, 82)]
    assert "finance/agreements/82/additions" not in script.calls()
    assert "finance/agreements/81/additions" in script.calls()


@pytest.mark.parametrize(
    "fields",
    [
        {"_info": {"lastUpdated": "2026-01-02T03:04:06Z"}},
        {"_info": None},
        {"agreementStatus": "Active"},
        {"name": "Renamed"},
        {"endDate": "2027-01-01T00:00:00Z"},
    ],
)
def test_lines_are_read_anew_when_anything_about_the_agreement_changed(fields: dict[str, Any]) -> None:
    first = book(of_ended([line(9002, agreementId=82)]))
    script = of_ended([line(9003, agreementId=82)], **fields)
    assert [found.id for found in book(script, first).additions] == [9001, 9003]


def test_without_a_last_update_lines_are_always_read() -> None:
    first = book(of_ended([line(9002, agreementId=82)], _info=None))
    script = of_ended([line(9003, agreementId=82)], _info=None)
    assert [found.id for found in book(script, first).additions] == [9001, 9003]


def test_an_active_agreement_is_read_however_old_its_last_update() -> None:
    first = book(of_ended([], agreementStatus="Active"))
    script = of_ended([line(9003, agreementId=82)], agreementStatus="Active")
    assert [found.id for found in book(script, first).additions] == [9001, 9003]


def test_a_bundle_is_no_product_for_a_line_unless_one_bills_it() -> None:
    bundles = [PRODUCT | {"id": number, "productClass": "Bundle"} for number in (1, 2)]
    script = book_of([agreement(81)], {81: [line(9001, product={"id": 2})]})
    script = Script(script._replies | listed("procurement/catalog", [*bundles, PRODUCT]))
    assert sorted(book(script).products) == [2, 3409]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("finance/agreements", "could not read the agreements"),
        ("finance/agreements/count", "could not read the agreements"),
        ("company/companies", "could not read the companies"),
        ("procurement/catalog", "could not read the product catalogue"),
        ("finance/agreements/types", "could not read the agreement types"),
        ("finance/agreements/82/additions", r'could not read the lines of agreement "Agreement 82" \(82\)'),
    ],
)
@pytest.mark.parametrize(
    "fault", [GATEWAY, refusal(403), refusal(404, "NotFound", "gone"), ok([{"id": None}])]
)
def test_one_list_that_can_not_be_read_fails_the_scan_and_is_named(
    path: str, named: str, fault: Reply
) -> None:
    script = book_of([agreement(81), agreement(82)], {81: [], 82: []}, **{path: fault})
    with client(script) as connectwise, pytest.raises(ScanFailed, match=named) as failed:
        connectwise.read_book(silent)
    assert isinstance(failed.value.__cause__, ConnectWiseError)
    assert "snapshot before it stays in use" in str(failed.value)


@pytest.mark.parametrize(
    ("agreements", "lines", "named"),
    [
        ([agreement(81, startDate="soon")], {81: []}, 'agreement 81 with "startDate" as "soon"'),
        ([agreement(81, billStartDate="1/12/2026")], {81: []}, 'agreement 81 with "billStartDate"'),
        ([agreement(81, company=None)], {81: []}, 'agreement 81 without "company"'),
        (
            [agreement(81)],
            {81: [line(9001, product=None)]},
            r'"Agreement 81" \(81\).*line 9001 without "product"',
        ),
        ([agreement(81)], {81: [line(9001, "many")]}, r'"Agreement 81" \(81\).*line 9001 with "quantity"'),
    ],
)
def test_one_record_that_can_not_be_understood_fails_the_scan_and_is_named(
    agreements: list[dict[str, Any]], lines: dict[int, list[dict[str, Any]]], named: str
) -> None:
    with client(book_of(agreements, lines)) as connectwise, pytest.raises(ScanFailed, match=named):
        connectwise.read_book(silent)


def test_a_product_that_can_not_be_understood_fails_the_scan_and_is_named() -> None:
    script = book_of([], {}, **{"procurement/catalog": ok([PRODUCT | {"price": "much"}])})
    with (
        client(script) as connectwise,
        pytest.raises(ScanFailed, match='product 3409 with "price" as "much"'),
    ):
        connectwise.read_book(silent)


def test_an_error_of_connectwise_from_elsewhere_fails_the_scan() -> None:
    def progress(done: int, total: int, message: str) -> None:
        if done:
            raise ConnectWiseError("Somebody else met an error.")

    with client(book_of([], {})) as connectwise, pytest.raises(ScanFailed, match="Somebody else"):
        connectwise.read_book(progress)


def test_after_a_failure_the_agreements_still_waiting_are_not_read() -> None:
    numbers = range(1, 201)
    script = book_of(
        [agreement(number) for number in numbers],
        {number: [] for number in numbers},
        **{"finance/agreements/1/additions": refusal(403)},
    )
    with client(script, in_flight=1) as connectwise, pytest.raises(ScanFailed, match=r"Agreement 1\W"):
        connectwise.read_book(silent)
    assert connectwise.requests < 20


class ClockUntilShutdown(FakeClock):
    """A clock whose waits last until the scan gives up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        given_up, shutdown = threading.Event(), ThreadPoolExecutor.shutdown

        def noted(pool: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False) -> None:
            given_up.set()
            shutdown(pool, wait, cancel_futures=cancel_futures)

        monkeypatch.setattr(ThreadPoolExecutor, "shutdown", noted)
        self._given_up = given_up

    def sleep(self, seconds: float) -> None:
        assert self._given_up.wait(timeout=20)
        super().sleep(seconds)


def test_a_failure_ends_the_waits_of_the_other_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    script = book_of(
        [agreement(81), agreement(82)],
        {},
        **{"finance/agreements/81/additions": GATEWAY, "finance/agreements/82/additions": refusal(403)},
    )
    clock = ClockUntilShutdown(monkeypatch)
    with client(script, clock, in_flight=2) as connectwise, pytest.raises(ScanFailed, match=r"\(82\)"):
        connectwise.read_book(silent)
    assert script.calls().count("finance/agreements/81/additions") <= 2
    assert clock.waited <= 0.5


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_leaves_no_thread_at_work(interruption: type[BaseException]) -> None:
    def progress(done: int, total: int, message: str) -> None:
        if done == 5:
            raise interruption

    numbers = range(1, 101)
    script = book_of([agreement(number) for number in numbers], {number: [] for number in numbers})
    with client(script, in_flight=2) as connectwise:
        with pytest.raises(interruption):
            connectwise.read_book(progress)
        assert connectwise.requests < 100
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("scan")]


def test_a_scan_that_is_asked_to_stop_fails_and_says_so() -> None:
    asked: list[bool] = []

    def progress(done: int, total: int, message: str) -> None:
        if done == 2:
            asked.append(True)

    script = book_of([agreement(81), agreement(82)], {81: [], 82: []})
    with client(script, stop=lambda: bool(asked)) as connectwise:
        with pytest.raises(ScanFailed, match="stopped as asked"):
            connectwise.read_book(progress)
        assert connectwise.additions(AgreementId(81)) == ()


def test_a_server_that_is_not_there_fails_the_scan_within_seconds() -> None:
    clock = FakeClock()
    script = Script({"GET /login/companyinfo/acme": fails(httpx.ConnectError)})
    with client(script, clock) as connectwise, pytest.raises(ScanFailed, match="can't be reached"):
        connectwise.read_book(silent)
    assert clock.waited < 2
    assert len(script.sent) == 3


def test_a_scan_outlasts_passing_faults() -> None:
    limited = refusal(429, Retry_After="1")
    script = book_of(
        [agreement(81), agreement(82)],
        {82: [line(9002, agreementId=82)]},
        **{
            "finance/agreements/count": [GATEWAY, ok({"count": 2})],
            "finance/agreements/81/additions": [limited, GATEWAY, limited, ok([line(9001)])],
        },
    )
    clock = FakeClock()
    with client(script, clock) as connectwise:
        assert len(connectwise.read_book(silent).additions) == 2
    assert clock.waited >= 3
