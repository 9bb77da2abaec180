"""Where the API is, and what each request carries."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import httpx
import pytest

from seatsync.connectwise import ConnectWiseClient
from seatsync.errors import ConnectWiseError, NotNow
from seatsync.model import AdditionId, Agreement, AgreementId

from .fakes import GATEWAY, HTML, FakeClock, Reply, Script, agreement, client, fails, line, ok, raw, refusal

LOGIN = "GET /login/companyinfo/acme"
READ = "GET finance/agreements/81"
GONE = refusal(404, "ConnectWiseApi", "The endpoint does not exist.")


def read(connectwise: ConnectWiseClient) -> Agreement:
    with connectwise:
        return connectwise.agreement(AgreementId(81))


def test_the_codebase_is_asked_for_once_and_without_credentials() -> None:
    script = Script({READ: ok(agreement(81))})
    with client(script) as connectwise:
        connectwise.agreement(AgreementId(81))
        connectwise.agreement(AgreementId(81))
        assert connectwise.requests == 3
    login, first, _ = script.sent
    assert login.url.path == "/login/companyinfo/acme"
    assert "authorization" not in login.headers
    assert login.headers["clientId"] == first.headers["clientId"] == "client-guid"
    assert str(first.url) == "https://api-na.myconnectwise.net/v2025_1/apis/3.0/finance/agreements/81"


def test_every_call_is_signed_and_pins_the_version() -> None:
    script = Script({READ: ok(agreement(81))})
    read(client(script, api_version="2024.2"))
    headers = script.sent[1].headers
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"acme+public-key:private-key"
    assert headers["clientId"] == "client-guid"
    assert headers["Accept"] == "application/vnd.connectwise.com+json; version=2024.2"


def test_an_unknown_company_is_named() -> None:
    with pytest.raises(ConnectWiseError, match='knows no company "acme"'):
        read(client(Script({LOGIN: ok(None)})))


@pytest.mark.parametrize("reply", [raw(404), HTML, ok({}), ok([]), raw(405)])
def test_without_a_discovery_record_the_routed_codebase_is_used(reply: Reply) -> None:
    script = Script({LOGIN: reply, "GET /v4_6_release/apis/3.0/finance/agreements/81": ok(agreement(81))})
    assert read(client(script)).id == 81


def test_a_codebase_on_another_host_is_refused() -> None:
    script = Script({LOGIN: ok({"Codebase": "//evil.example/x/"})})
    with pytest.raises(ConnectWiseError, match="not a plain path"):
        read(client(script))
    assert len(script.sent) == 1


def test_discovery_is_repeated_when_the_gateway_fails() -> None:
    script = Script(
        {LOGIN: [GATEWAY, fails(httpx.ConnectError), ok({"Codebase": "v2025_1/"})], READ: ok(agreement(81))}
    )
    assert read(client(script)).id == 81


def test_a_changed_codebase_is_found_and_the_read_repeated() -> None:
    script = Script(
        {
            LOGIN: [ok({"Codebase": "v2025_1/"}), ok({"Codebase": "v2025_2/"})],
            READ: GONE,
            "GET /v2025_2/apis/3.0/finance/agreements/81": ok(agreement(81)),
        }
    )
    assert read(client(script)).id == 81
    assert [request.url.path for request in script.sent] == [
        "/login/companyinfo/acme",
        "/v2025_1/apis/3.0/finance/agreements/81",
        "/login/companyinfo/acme",
        "/v2025_2/apis/3.0/finance/agreements/81",
    ]


def test_a_write_learns_of_a_changed_codebase_and_leaves_anew_after_another_look() -> None:
    """Nothing was there to take it; but finding the new address takes time, in which the line may change."""
    moved = "PATCH /v2025_2/apis/3.0/finance/agreements/81/additions/9001"
    script = Script(
        {
            LOGIN: [ok({"Codebase": "v2025_1/"}), ok({"Codebase": "v2025_2/"})],
            "PATCH finance/agreements/81/additions/9001": GONE,
            moved: ok(line(9001, 17)),
        }
    )
    with client(script) as connectwise:
        with pytest.raises(NotNow):
            connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal(17))
        written = connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal(17))
    assert written.addition.quantity == 17
    assert [request.method for request in script.sent] == ["GET", "PATCH", "GET", "PATCH"]


@pytest.mark.parametrize("fault", [fails(httpx.ConnectError), fails(httpx.ConnectTimeout), GATEWAY])
def test_a_server_that_is_not_there_is_said_so_within_seconds(fault: Reply) -> None:
    """At the first contact a wrong address is likelier than a passing fault."""
    clock = FakeClock()
    with pytest.raises(ConnectWiseError, match="say where its API is"):
        read(client(Script({LOGIN: fault}), clock))
    assert clock.waited < 2


def test_two_reads_that_meet_a_changed_codebase_ask_for_it_once() -> None:
    script = Script(
        {
            LOGIN: [ok({"Codebase": "v2025_1/"}), ok({"Codebase": "v2025_2/"}), raw(500)],
            READ: GONE,
            "GET /v2025_2/apis/3.0/finance/agreements/81": ok(agreement(81)),
        }
    )
    both = threading.Barrier(2)

    def together(request: httpx.Request) -> httpx.Response:
        if "v2025_1" in request.url.path:
            both.wait(timeout=20)
        return script(request)

    with client(together) as connectwise, ThreadPoolExecutor(2) as pool:
        found = list(pool.map(connectwise.agreement, [AgreementId(81)] * 2))
    assert [agreement.id for agreement in found] == [81, 81]
    assert len(script.sent) == 2 + 2 * 2


def test_a_404_stays_one_when_the_codebase_can_not_be_asked_for() -> None:
    script = Script({LOGIN: [ok({"Codebase": "v2025_1/"}), GATEWAY], READ: GONE})
    with pytest.raises(ConnectWiseError) as error:
        read(client(script))
    assert error.value.status == 404


def test_an_unchanged_codebase_leaves_the_404_as_it_is() -> None:
    script = Script({READ: GONE})
    with pytest.raises(ConnectWiseError, match="on the cloud, wrong keys look like this") as error:
        read(client(script))
    assert error.value.status == 404
    assert script.calls() == ["finance/agreements/81"]


def test_a_record_that_is_gone_does_not_ask_for_the_codebase_again() -> None:
    script = Script({READ: refusal(404, "NotFound", "Agreement 81 not found")})
    with pytest.raises(ConnectWiseError, match=r'"Agreement 81 not found".*may have been deleted'):
        read(client(script))
    assert len(script.sent) == 2


@pytest.mark.parametrize("location", ["https://evil.example/x", "/v4_6_release/", "https://evil.example:x/"])
def test_a_redirect_is_an_error_and_not_followed(location: str) -> None:
    script = Script({READ: raw(302, Location=location)})
    with pytest.raises(ConnectWiseError):
        read(client(script))
    assert {request.url.host for request in script.sent} == {"api-na.myconnectwise.net"}


def test_a_redirect_says_where_it_points() -> None:
    with pytest.raises(ConnectWiseError, match=r'elsewhere \("evil\.example"\), which is not followed'):
        read(client(Script({READ: raw(302, Location="https://evil.example/x")})))
