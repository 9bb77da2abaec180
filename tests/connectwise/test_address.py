"""Which servers a connection may point at."""

from dataclasses import replace

import certifi
import pytest

from seatsync.connectwise.address import Access, api_root, parse_server
from seatsync.errors import ConnectWiseError, SettingsError
from seatsync.model import AgreementId

from .fakes import CONNECTION, Script, agreement, client, ok

HOSTED = Access(private=False, loopback=False)
LOCAL = Access(private=False, loopback=True)
ON_PREMISES = Access(private=True, loopback=False)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api-na.myconnectwise.net", "https://api-na.myconnectwise.net"),
        ("  https://api-na.myconnectwise.net/  ", "https://api-na.myconnectwise.net"),
        ("api-na.myconnectwise.net", "https://api-na.myconnectwise.net"),
        ("https://API-NA.myconnectwise.net/v4_6_release/apis/3.0", "https://api-na.myconnectwise.net"),
        ("https://cw.example.com:8443/v2025_1/apis/3.0/", "https://cw.example.com:8443"),
        ("https://cw.example.com/v4_6_release/", "https://cw.example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://[2606:4700::1111]", "https://[2606:4700::1111]"),
    ],
)
def test_a_server_is_read_from_an_address_as_people_write_it(url: str, origin: str) -> None:
    assert parse_server(url, HOSTED).origin == origin


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "is missing"),
        ("http://api-na.myconnectwise.net", "must begin with https://"),
        ("ftp://cw.example.com", "must begin with https://"),
        ("https://user:hunter2@cw.example.com", "must not hold a user name"),
        ("https://cw.example.com/?key=hunter2", "the server's address alone"),
        ("https://cw.example.com/#hunter2", "the server's address alone"),
        ("https://cw.example.com/elsewhere", "the server's address alone"),
        ("https://cw.example.com/v4_6_release/../hunter2", "the server's address alone"),
        ("https://cw.example.com:port", "not an address"),
        ("https://", "not an address"),
        ("https://[::1", "not an address"),
        ("https://[fe80::1%25eth0]", "not an address"),
        ("https://cw.example.com\\@hunter2", "characters"),
        ("https://cw example.com", "characters"),
        ("https://cw\r\nHost: hunter2", "characters"),
    ],
)
def test_an_address_that_can_not_be_used_is_refused_without_repeating_it(url: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as refused:
        parse_server(url, LOCAL)
    assert "SEATSYNC_CONNECTWISE_URL" in refused.value.problems
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.5",
        "192.168.1.5",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "[::]",
        "[::ffff:10.0.0.5]",
        "[64:ff9b::a00:5]",
        "[2002:a00:5::]",
    ],
)
def test_a_private_address_needs_the_setting(host: str) -> None:
    with pytest.raises(SettingsError, match="private address; only SEATSYNC_ALLOW_PRIVATE_HOSTS=1"):
        parse_server(f"https://{host}", LOCAL)
    assert parse_server(f"https://{host}", ON_PREMISES).origin == f"https://{host}"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "127.8.9.1", "[::ffff:127.0.0.1]"])
def test_this_machine_is_taken_only_in_local_mode_or_with_private_hosts(host: str) -> None:
    with pytest.raises(SettingsError, match="this machine itself"):
        parse_server(f"https://{host}", HOSTED)
    assert parse_server(f"https://{host}", LOCAL)
    assert parse_server(f"https://{host}", ON_PREMISES)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_plain_http_is_taken_for_this_machine_alone(host: str) -> None:
    assert parse_server(f"http://{host}", LOCAL).origin == f"http://{host}"
    for access in (HOSTED, ON_PREMISES):
        with pytest.raises(SettingsError):
            parse_server(f"http://{host}", access)
    for other in ("10.0.0.5", "127.1", "2130706433", "localhost.example.com"):
        with pytest.raises(SettingsError):
            parse_server(f"http://{other}", Access(private=True, loopback=True))


def test_from_the_environment_this_machine_is_taken_without_local_mode() -> None:
    local = replace(CONNECTION, url="http://127.0.0.1:8080")
    script = Script({"GET finance/agreements/81": ok(agreement(81))})
    with client(script, connection=local, local_mode=False, from_environment=True) as connectwise:
        assert connectwise.agreement(AgreementId(81)).name == "Agreement 81"
    with pytest.raises(SettingsError):
        client(script, connection=local, local_mode=False, from_environment=False)


def test_every_address_of_a_name_is_checked_before_anything_is_sent() -> None:
    script = Script({})
    addresses = ["104.16.1.1", "10.0.0.5"]
    with (
        client(script, resolve=lambda *_: addresses) as connectwise,
        pytest.raises(ConnectWiseError, match=r"SEATSYNC_CONNECTWISE_URL.*10\.0\.0\.5, a private address"),
    ):
        connectwise.agreement(AgreementId(81))
    assert script.sent == []


def test_a_name_that_can_not_be_found_is_said_so() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with (
        client(Script({}), resolve=resolve) as connectwise,
        pytest.raises(ConnectWiseError, match=r"api-na\.myconnectwise\.net can't be reached"),
    ):
        connectwise.agreement(AgreementId(81))


def test_the_browser_address_of_the_cloud_is_answered_with_the_right_one() -> None:
    assert "https://api-eu.myconnectwise.net" in parse_server("https://eu.myconnectwise.net", HOSTED).hint
    assert parse_server("https://api-eu.myconnectwise.net", HOSTED).hint == ""
    assert parse_server("https://cw.example.com", HOSTED).hint == ""


@pytest.mark.parametrize("codebase", ["v2025_1/", "v2025_1", "/v2025_1/"])
def test_a_codebase_becomes_part_of_the_address(codebase: str) -> None:
    server = parse_server("https://cw.example.com", HOSTED)
    assert api_root(server, codebase) == "https://cw.example.com/v2025_1/apis/3.0/"


@pytest.mark.parametrize(
    "codebase",
    [
        "//evil.example/",
        "https://evil.example/",
        "../admin/",
        "a/b/",
        "@evil.example",
        "v1?x=",
        "v1#",
        "..",
        "/",
        "a b",
    ],
)
def test_a_codebase_that_is_not_one_plain_segment_is_refused(codebase: str) -> None:
    server = parse_server("https://cw.example.com", HOSTED)
    with pytest.raises(ConnectWiseError, match="not a plain path"):
        api_root(server, codebase)


def test_missing_and_impossible_credentials_are_listed_together() -> None:
    wrong = replace(CONNECTION, company="", private_key="has\nbreak", client_id="höhe")
    with pytest.raises(SettingsError) as refused:
        client(Script({}), connection=wrong)
    assert set(refused.value.problems) == {
        "SEATSYNC_CONNECTWISE_COMPANY",
        "SEATSYNC_CONNECTWISE_PRIVATE_KEY",
        "SEATSYNC_CONNECTWISE_CLIENT_ID",
    }
    assert "break" not in str(refused.value)


def test_an_authority_of_its_own_is_trusted_beside_the_public_ones() -> None:
    script = Script({"GET finance/agreements/81": ok(agreement(81))})
    with client(script, ca_file=certifi.where()) as connectwise:
        assert connectwise.agreement(AgreementId(81)).id == 81


def test_a_missing_certificate_file_is_a_wrong_setting(tmp_path: object) -> None:
    with pytest.raises(SettingsError, match="SEATSYNC_CONNECTWISE_CA_FILE"):
        client(Script({}), ca_file=f"{tmp_path}/none.pem")
