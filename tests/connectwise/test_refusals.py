"""What an error tells: ConnectWise's own words, the request, what to do; never a credential."""

import base64
import logging
import traceback
from decimal import Decimal

import pytest

from seatsync.connectwise.pacing import Clock
from seatsync.errors import ConnectWiseError, FieldError
from seatsync.model import AdditionId, AgreementId

from .fakes import CONNECTION, Reply, Script, agreement, client, ok, raw, refusal

READ = "GET finance/agreements/81"
PATCH = "PATCH finance/agreements/81/additions/9001"
TOO_EARLY = "effectiveDate cannot be less than the agreement billing start date"
INVOICED = (
    "Since this period has already been invoiced there will not be an invoice generated for additional "
    "products for this period. Please prorate the agreement or update the start date to on or after the "
    "Next Invoice Date."
)


def error_of(reply: Reply) -> ConnectWiseError:
    with client(Script({READ: reply})) as connectwise, pytest.raises(ConnectWiseError) as error:
        connectwise.agreement(AgreementId(81))
    return error.value


def entry(message: str, field: str = "effectiveDate") -> dict[str, str]:
    return {"code": "InvalidField", "message": message, "resource": "addition", "field": field}


def test_the_error_holds_what_connectwise_said() -> None:
    error = error_of(refusal(400, "InvalidObject", "addition object\r\nis invalid", [entry("too early")]))
    assert 'error 400 when asked to read agreement 81 ("addition object is invalid; too early")' in str(error)
    assert str(error).endswith("Request r-9.")
    assert error.code == "InvalidObject"
    assert error.errors == (FieldError("InvalidField", "too early", "addition", "effectiveDate"),)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"errors": null}',
        '{"errors": [1, null]}',
        '{"message": 5}',
        "[" * 9999,
    ],
)
def test_an_unusual_error_body_is_still_an_error(body: str) -> None:
    error = error_of(raw(400, body, Content_Type="application/json"))
    assert (error.status, error.code, error.errors) == (400, "", ())


def test_a_page_of_html_is_named_and_not_repeated() -> None:
    error = error_of(raw(400, "<html>secret page</html>", Content_Type="text/html"))
    assert "(an HTML page)" in str(error)
    assert "secret page" not in str(error)


def test_a_long_text_is_cut() -> None:
    assert len(str(error_of(refusal(400, "X", "long " * 1000)))) < 500


def test_a_request_id_from_outside_is_made_harmless() -> None:
    error = error_of(raw(400, "{}", x_cw_request_id="<b>r\t-1</b>" + "x" * 200))
    assert error.request_id.startswith("br-1b")
    assert len(error.request_id) <= 64


def test_a_missing_permission_is_named() -> None:
    assert "Finance > Agreements: Inquire All" in str(error_of(refusal(403)))
    with (
        client(Script({PATCH: refusal(403)})) as connectwise,
        pytest.raises(ConnectWiseError, match="Finance > Agreements: Add, Edit and Inquire All"),
    ):
        connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal(1))


@pytest.mark.parametrize(
    "reply",
    [
        refusal(400, "InvalidObject", "addition object is invalid", [entry(TOO_EARLY, "x")]),
        refusal(400, "InvalidObject", "addition object is invalid", [entry(INVOICED, "")]),
        refusal(400, "InvalidObject", TOO_EARLY.upper()),
        refusal(400, "InvalidObject", INVOICED.replace(" ", "\r\n ")),
        refusal(400, "InvalidObject", "word " * 100, [entry(INVOICED, "")]),
        refusal(400, "InvalidObject", "addition object is invalid", [entry("in other words")]),
    ],
)
def test_a_refused_date_is_recognised(reply: Reply) -> None:
    assert error_of(reply).refuses_date


@pytest.mark.parametrize(
    "reply",
    [
        refusal(400, "InvalidObject", "addition object is invalid", [entry("too long", "description")]),
        refusal(404, "NotFound", "Agreement 81 not found"),
        refusal(500, "ConnectWiseApi", "String was not recognized as a valid DateTime."),
    ],
)
def test_another_refusal_is_not_taken_for_a_refused_date(reply: Reply) -> None:
    assert not error_of(reply).refuses_date


def test_a_lost_write_is_not_taken_for_a_refused_date() -> None:
    assert not ConnectWiseError(TOO_EARLY, outcome_unknown=True).refuses_date


def secrets() -> list[str]:
    token = base64.b64encode(b"acme+public-key:private-key").decode()
    return ["public-key", "private-key", "client-guid", token]


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429, 500])
def test_no_credential_is_in_an_error_even_when_the_server_repeats_them(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = " ".join(secrets())
    reply = refusal(status, echo, echo, [dict.fromkeys(("code", "message", "resource", "field"), echo)])
    script = Script({READ: reply, PATCH: reply})
    with client(script) as connectwise:
        with pytest.raises(ConnectWiseError) as read_error:
            connectwise.agreement(AgreementId(81))
        with pytest.raises(ConnectWiseError) as write_error:
            connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal(1))
        shown = [repr(connectwise), repr(connectwise._session), repr(CONNECTION), caplog.text]
    for error in (read_error.value, write_error.value):
        shown += [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
    assert [(secret, text) for secret in secrets() for text in shown if secret in text] == []


def test_the_log_names_each_request_and_its_id(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "seatsync.connectwise")
    with client(Script({READ: ok(agreement(81))})) as connectwise:
        connectwise.agreement(AgreementId(81))
    assert "finance/agreements/81 -> 200, request r-1" in caplog.text


def test_the_real_clock_measures_in_seconds_and_utc() -> None:
    clock = Clock()
    assert clock.now().utcoffset() is not None
    assert 0 <= clock.jitter() <= 1
    assert clock.monotonic() <= clock.monotonic()
