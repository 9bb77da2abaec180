"""Fault by fault: what a read repeats, what a write never repeats, and what the analyst is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import httpx
import pytest

from seatsync.connectwise import ConnectWiseClient
from seatsync.errors import ConnectWiseError, NotNow, RunInProgress
from seatsync.model import AdditionId, AgreementId, ProductId
from seatsync.ports import Written

from .fakes import (
    GATEWAY,
    HTML,
    FakeClock,
    Reply,
    Script,
    agreement,
    client,
    fails,
    line,
    ok,
    raw,
    refusal,
)

READ = "GET finance/agreements/81"
PATCH = "PATCH finance/agreements/81/additions/9001"
POST = "POST finance/agreements/81/additions"
LIMITED = refusal(429, "ConnectWiseApi", "slow down", Retry_After="3")
TIMEOUT = refusal(500, "ConnectWiseApi", "Execution Timeout Expired.")
CUT = raw(200, '{"id": 81, "na', Content_Type="application/json")


def read(connectwise: ConnectWiseClient) -> str:
    return connectwise.agreement(AgreementId(81)).name


def update(connectwise: ConnectWiseClient) -> Written:
    return connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal(17))


def create(connectwise: ConnectWiseClient) -> Written:
    return connectwise.writer().create_addition(
        AgreementId(81), ProductId(3409), Decimal(17), date(2026, 11, 22)
    )


@pytest.mark.parametrize(
    "fault",
    [
        fails(httpx.ConnectError),
        fails(httpx.ConnectTimeout),
        fails(httpx.ReadTimeout),
        fails(httpx.ReadError),
        fails(httpx.RemoteProtocolError),
        fails(httpx.PoolTimeout),
        fails(httpx.DecodingError),
        LIMITED,
        TIMEOUT,
        GATEWAY,
        raw(503),
        raw(504),
        raw(408),
        CUT,
        raw(200, '{"id": NaN}'),
        raw(200, ""),
    ],
)
def test_a_read_is_repeated_after_a_passing_fault(fault: Reply) -> None:
    script = Script({READ: [fault, fault, ok(agreement(81))]})
    with client(script) as connectwise:
        assert read(connectwise) == "Agreement 81"
    assert len(script.calls()) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 422])
def test_a_refused_read_is_not_repeated(status: int) -> None:
    script = Script({READ: refusal(status, "NotFound", "no")})
    with client(script) as connectwise, pytest.raises(ConnectWiseError) as error:
        read(connectwise)
    assert (error.value.status, error.value.request_id) == (status, "r-9")
    assert len(script.calls()) == 1


@pytest.mark.parametrize(
    "fault", [GATEWAY, TIMEOUT, CUT, fails(httpx.ReadTimeout), fails(httpx.ConnectError)]
)
def test_a_read_gives_up_after_seven_tries(fault: Reply) -> None:
    script, clock = Script({READ: fault}), FakeClock()
    with client(script, clock) as connectwise, pytest.raises(ConnectWiseError) as error:
        read(connectwise)
    assert len(script.calls()) == 7
    assert clock.waited == 0.5 + 1 + 2 + 4 + 8 + 16
    assert not error.value.outcome_unknown


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            fails(httpx.ConnectError),
            "api-na.myconnectwise.net can't be reached when asked to read agreement 81",
        ),
        (fails(httpx.ReadTimeout), "did not answer in time"),
        (fails(httpx.RemoteProtocolError), "broke the connection off"),
    ],
)
def test_a_read_without_an_answer_says_what_happened(fault: Reply, words: str) -> None:
    with client(Script({READ: fault})) as connectwise, pytest.raises(ConnectWiseError, match=words):
        read(connectwise)


def test_waits_are_jittered() -> None:
    clock = FakeClock(jitter=0.0)
    with client(Script({READ: [GATEWAY, ok(agreement(81))]}), clock) as connectwise:
        read(connectwise)
    assert clock.waited == 0.25


def test_an_html_page_in_place_of_json_is_not_repeated_and_not_shown() -> None:
    script = Script({READ: HTML})
    with client(script) as connectwise, pytest.raises(ConnectWiseError, match="sent an HTML page") as error:
        read(connectwise)
    assert "SSL" not in str(error.value)
    assert len(script.calls()) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Sun, 22 Nov 2026 12:00:09 GMT", 9.0), ("Sun, 22 Nov 2026 11:00:00 GMT", 0.1), ("0", 0.1)],
)
def test_retry_after_is_honoured_in_seconds_and_as_a_date(header: str, seconds: float) -> None:
    clock = FakeClock()
    script = Script({READ: [refusal(429, Retry_After=header), ok(agreement(81))]})
    with client(script, clock) as connectwise:
        read(connectwise)
    assert clock.waited == pytest.approx(seconds)


@pytest.mark.parametrize("header", ["soon", "nan", "inf", ""])
def test_without_a_usable_retry_after_the_wait_grows_from_two_seconds(header: str) -> None:
    clock = FakeClock()
    limited = refusal(429, Retry_After=header)
    with client(Script({READ: [limited, limited, ok(agreement(81))]}), clock) as connectwise:
        read(connectwise)
    assert clock.waited == 2 + 4


def test_a_long_run_of_limits_costs_time_but_no_tries() -> None:
    script = Script({READ: [*[LIMITED] * 20, ok(agreement(81))]})
    with client(script) as connectwise:
        assert read(connectwise) == "Agreement 81"


@pytest.mark.parametrize("call", [read, update])
def test_a_wait_beyond_the_time_budget_is_an_error_at_once(call: object) -> None:
    clock = FakeClock()
    limited = refusal(429, Retry_After="600")
    script = Script({READ: limited, PATCH: limited})
    with client(script, clock) as connectwise:
        with pytest.raises(ConnectWiseError, match="limits the number of requests") as first:
            call(connectwise)  # type: ignore[operator]
        with pytest.raises(ConnectWiseError, match="Try again in 600 seconds") as second:
            read(connectwise)
    assert (first.value.status, first.value.retry_after) == (429, 600)
    assert (second.value.status, second.value.retry_after) == (429, 600)
    assert not first.value.outcome_unknown
    assert clock.waits == []
    assert len(script.calls()) == 1


def test_a_wait_told_to_a_failed_write_holds_the_next_read_back() -> None:
    clock = FakeClock()
    script = Script({PATCH: refusal(503, Retry_After="30"), READ: ok(agreement(81))})
    with client(script, clock) as connectwise:
        with pytest.raises(ConnectWiseError):
            update(connectwise)
        assert clock.waits == []
        read(connectwise)
    assert clock.waited == 30


@pytest.mark.parametrize(("key", "call"), [(PATCH, update), (POST, create)])
@pytest.mark.parametrize("header", ["7", "0", ""])
def test_a_write_that_was_not_taken_is_not_sent_again_by_itself(
    header: str, key: str, call: Callable[[ConnectWiseClient], Written]
) -> None:
    """What it was decided on may change during the wait, so that whoever sends it has to read again."""
    clock = FakeClock()
    script = Script({key: refusal(429, Retry_After=header), READ: ok(agreement(81))})
    with client(script, clock) as connectwise:
        with pytest.raises(NotNow) as error:
            call(connectwise)
        assert clock.waits == []
        assert error.value.retry_after == (float(header) if header else None)
        assert not error.value.outcome_unknown
        read(connectwise)
    assert clock.waited == (7 if header == "7" else 0), "the next read keeps the wait"
    assert len(script.calls()) == 2


@pytest.mark.parametrize("held", ["1", "3", "60"])
def test_a_write_does_not_wait_for_what_another_request_was_told(held: str) -> None:
    """Not even for a second: somebody may change the line in it."""
    clock = FakeClock()
    script = Script({POST: refusal(429, Retry_After=held), PATCH: ok(line(9001, quantity=17))})
    with client(script, clock) as connectwise:
        with pytest.raises(NotNow):
            create(connectwise)
        with pytest.raises(NotNow, match="limits the number of requests") as error:
            update(connectwise)
        assert error.value.retry_after == float(held)
        assert clock.waits == []
        clock.sleep(float(held))
        assert update(connectwise).addition.id == 9001
    assert len(script.calls()) == 2


def test_a_write_is_told_right_before_it_leaves_and_only_then() -> None:
    clock, told = FakeClock(), []
    script = Script({POST: refusal(429, Retry_After="9"), PATCH: ok(line(9001, quantity=17))})
    with client(script, clock) as connectwise:
        writer = connectwise.writer(lambda: told.append(len(script.calls())))
        with pytest.raises(NotNow):
            create(connectwise)
        with pytest.raises(NotNow):
            writer.set_quantity(AgreementId(81), AdditionId(9001), Decimal(17))
        assert told == [], "it was held back"
        clock.sleep(9)
        writer.set_quantity(AgreementId(81), AdditionId(9001), Decimal(17))
    assert told == [1]
    assert len(script.calls()) == 2


def test_a_write_whose_telling_took_long_does_not_leave() -> None:
    """The journal was slow, or the process asleep: what was read before is outdated."""
    clock, script = FakeClock(), Script({PATCH: ok(line(9001, quantity=17))})
    with client(script, clock) as connectwise, pytest.raises(NotNow, match="could leave in time"):
        connectwise.writer(lambda: clock.sleep(5)).set_quantity(AgreementId(81), AdditionId(9001), Decimal(1))
    assert script.calls() == []


def test_a_write_that_may_not_leave_any_more_does_not() -> None:
    """Another process took the run over."""

    def taken_over() -> None:
        raise RunInProgress("Operation 5 was taken over.")

    script = Script({PATCH: ok(line(9001, quantity=17))})
    with client(script) as connectwise:
        with pytest.raises(RunInProgress):
            connectwise.writer(taken_over).set_quantity(AgreementId(81), AdditionId(9001), Decimal(1))
        assert script.calls() == []
        assert update(connectwise).addition.id == 9001, "its place among the requests in flight is free"


def test_the_waits_of_a_thread_are_counted() -> None:
    script = Script({READ: [LIMITED, TIMEOUT, *[ok(agreement(81))] * 2]})
    with client(script) as connectwise:
        assert connectwise.waits == 0
        read(connectwise)
        assert connectwise.waits >= 2
        before = connectwise.waits
        read(connectwise)
        assert connectwise.waits == before
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: connectwise.waits).result() == 0


def test_stop_ends_a_wait() -> None:
    clock = FakeClock()
    script = Script({READ: LIMITED})
    with (
        client(script, clock, stop=lambda: clock.waited >= 1) as connectwise,
        pytest.raises(ConnectWiseError, match="stopped as asked"),
    ):
        read(connectwise)
    assert clock.waited == 1
    assert len(script.calls()) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_after_refused_credentials_nothing_more_is_sent(status: int) -> None:
    script = Script({READ: refusal(status, "Unauthorized", "no"), PATCH: ok(line(9001))})
    with client(script) as connectwise:
        with pytest.raises(ConnectWiseError) as first:
            read(connectwise)
        with pytest.raises(ConnectWiseError) as second:
            update(connectwise)
    assert str(second.value) == str(first.value)
    assert second.value.refuses_credentials
    assert script.calls() == ["finance/agreements/81"]


@pytest.mark.parametrize(("key", "call"), [(PATCH, update), (POST, create)])
@pytest.mark.parametrize(
    "fault",
    [
        fails(httpx.ReadTimeout),
        fails(httpx.WriteTimeout),
        fails(httpx.ReadError),
        fails(httpx.WriteError),
        fails(httpx.RemoteProtocolError),
        fails(httpx.LocalProtocolError),
        fails(httpx.DecodingError),
        TIMEOUT,
        GATEWAY,
        raw(503),
        raw(504),
        raw(408),
        CUT,
        HTML,
        raw(200, ""),
        raw(204),
        raw(302, Location="https://cw.example.com/login"),
        ok(None),
        ok([]),
        ok({}),
        ok({"id": 9001}),
        ok(line(9001, cancelledDate="soon")),
    ],
)
def test_a_write_whose_answer_is_lost_is_unknown_and_sent_once(key: str, call: object, fault: Reply) -> None:
    script = Script({key: fault})
    with client(script) as connectwise, pytest.raises(ConnectWiseError) as error:
        call(connectwise)  # type: ignore[operator]
    assert error.value.outcome_unknown
    assert "looked up before the next push" in str(error.value) or "elsewhere" in str(error.value)
    assert len(script.calls()) == 1


@pytest.mark.parametrize(("key", "call"), [(PATCH, update), (POST, create)])
@pytest.mark.parametrize(
    "fault",
    [
        fails(httpx.ConnectError),
        fails(httpx.ConnectTimeout),
        fails(httpx.PoolTimeout),
        refusal(400, "InvalidObject", "addition object is invalid"),
        refusal(401),
        refusal(403),
        refusal(404, "NotFound", "Addition 9001 not found"),
        refusal(404, "ConnectWiseApi", "The endpoint does not exist."),
        refusal(409),
    ],
)
def test_a_write_that_surely_did_nothing_is_a_plain_failure(key: str, call: object, fault: Reply) -> None:
    script = Script({key: fault})
    with client(script) as connectwise, pytest.raises(ConnectWiseError) as error:
        call(connectwise)  # type: ignore[operator]
    assert not error.value.outcome_unknown
    assert len(script.calls()) == 1


def test_an_answer_about_another_line_is_unknown() -> None:
    with (
        client(Script({PATCH: ok(line(9002))})) as connectwise,
        pytest.raises(ConnectWiseError, match="about line 9002") as error,
    ):
        update(connectwise)
    assert error.value.outcome_unknown


def test_an_untrusted_certificate_is_not_tried_again() -> None:
    script = Script({READ: fails(httpx.ConnectError, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")})
    with (
        client(script) as connectwise,
        pytest.raises(ConnectWiseError, match="SEATSYNC_CONNECTWISE_CA_FILE"),
    ):
        read(connectwise)
    assert len(script.calls()) == 1
