"""The test of a connection, one line for each thing that a scan needs."""

import pytest

from seatsync.connectwise.address import Resolve

from .fakes import GATEWAY, HTML, Reply, Script, agreement, client, line, ok, raw, refusal

EVERY = [
    "Server api-na.myconnectwise.net",
    "Credentials",
    "Agreements",
    "Additions",
    "Companies",
    "Product catalogue",
    "Agreement types",
    "Changes to additions",
]
COUNT = "GET finance/agreements/count"


def working(**replies: Reply) -> Script:
    """Script a ConnectWise where every check passes; ``replies`` replace by path."""
    found: dict[str, Reply | list[Reply]] = {
        COUNT: ok({"count": 1}),
        "GET finance/agreements": ok([agreement(81)]),
        "GET finance/agreements/81/additions": ok([line(9001)]),
        "GET company/companies": ok([{"id": 250}]),
        "GET procurement/catalog": ok([{"id": 3409}]),
        "GET finance/agreements/types": ok([{"id": 1}]),
    }
    return Script(found | {f"GET {path}": reply for path, reply in replies.items()})


def test_a_working_connection_passes_every_check() -> None:
    script = working()
    with client(script) as connectwise:
        checks = connectwise.check()
    assert [check.what for check in checks] == EVERY
    assert all(check.ok and not check.advice for check in checks)
    assert {request.method for request in script.sent} == {"GET"}, "the right to write is not tried"
    assert len(script.sent) == 7
    assert [check.what for check in checks if not check.tried] == ["Changes to additions"]
    assert checks[-1].right == "Finance > Agreements: Add, Edit and Inquire All"


@pytest.mark.parametrize(
    ("path", "what", "right"),
    [
        ("finance/agreements/81/additions", "Additions", "Finance > Agreements: Inquire All"),
        ("company/companies", "Companies", "Companies > Company Maintenance: Inquire All"),
        ("procurement/catalog", "Product catalogue", "Procurement > Product Catalog: Inquire All"),
        ("finance/agreements/types", "Agreement types", "System > Table Setup"),
    ],
)
def test_a_missing_permission_is_named_and_the_rest_is_still_tried(path: str, what: str, right: str) -> None:
    with client(working(**{path: refusal(403)})) as connectwise:
        checks = connectwise.check()
    assert [check.what for check in checks] == EVERY
    (failed,) = [check for check in checks if not check.ok]
    assert failed.what == what
    assert right in failed.advice
    assert right in failed.right
    assert failed.without.startswith("No scan: ")
    assert failed.refused


def test_without_any_right_to_agreements_the_other_permissions_are_still_tried() -> None:
    denied = {"finance/agreements/count": refusal(403), "finance/agreements": refusal(403)}
    with client(working(**denied)) as connectwise:
        checks = connectwise.check()
    failed = [check.what for check in checks if not check.ok]
    assert failed == ["Credentials", "Agreements"]
    assert [check.what for check in checks] == EVERY
    assert [check.what for check in checks if not check.tried] == ["Additions", "Changes to additions"]


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (refusal(401), "Check the company, both keys and the client id"),
        (raw(404), "on the cloud, wrong keys look like this"),
        (HTML, "sent an HTML page"),
        (GATEWAY, "error 502"),
        (ok({}), "something else than a count"),
    ],
)
def test_refused_credentials_end_the_test(reply: Reply, advice: str) -> None:
    with client(working(**{"finance/agreements/count": reply})) as connectwise:
        server, credentials = connectwise.check()
    assert server.ok
    assert not credentials.ok
    assert advice in credentials.advice


def nowhere(*_: object) -> list[str]:
    raise OSError("no such name")


def inside(*_: object) -> list[str]:
    return ["10.0.0.5"]


@pytest.mark.parametrize(
    ("resolve", "reply", "advice"),
    [
        (None, ok(None), 'no company "acme"'),
        (None, ok({"Codebase": "../x"}), "not a plain path"),
        (nowhere, ok({}), "can't be reached"),
        (inside, ok({}), "a private address"),
    ],
)
def test_a_server_that_can_not_be_used_ends_the_test(
    resolve: Resolve | None, reply: Reply, advice: str
) -> None:
    with client(Script({"GET /login/companyinfo/acme": reply}), resolve=resolve) as connectwise:
        (server,) = connectwise.check()
    assert not server.ok
    assert advice in server.advice


def test_no_visible_agreement_passes_with_advice() -> None:
    empty = {"finance/agreements/count": ok({"count": 0}), "finance/agreements": ok([])}
    with client(working(**empty)) as connectwise:
        checks = connectwise.check()
    assert all(check.ok for check in checks)
    assert "no agreement is visible" in checks[1].advice


def test_a_check_does_not_close_the_way_for_later_requests() -> None:
    script = working(**{"company/companies": refusal(403)})
    with client(script) as connectwise:
        connectwise.check()
        assert all(check.ok for check in connectwise.check() if check.what == "Agreements")
        assert connectwise.additions(81)[0].id == 9001  # type: ignore[arg-type]


def test_no_credential_is_in_the_advice() -> None:
    echo = refusal(401, "Unauthorized", "public-key private-key client-guid")
    with client(working(**{"finance/agreements/count": echo})) as connectwise:
        shown = repr(connectwise.check())
    assert not any(secret in shown for secret in ("public-key", "private-key", "client-guid"))
