"""Certificates of on-premises servers, over real TLS: trusted when told so, refused with a sentence else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from seatsync.cli import main
from seatsync.connectwise import ConnectWiseClient, connect
from seatsync.errors import ConnectWiseError, SettingsError
from seatsync.model import AgreementId
from seatsync.ports import Connection
from seatsync.settings import Settings
from seatsync.simulator.app import create_app
from seatsync.wiring import Wiring
from tests.contract.market import TODAY, market
from tests.contract.proxy import Checked, assert_kept
from tests.contract.secure import Authority, Secured, secured

from .fakes import FakeClock

HOST = "127.0.0.1"
NOT_TRUSTED = "shows a certificate that is not trusted"


@dataclass(frozen=True)
class Authorities:
    """The authority of the office, and one that stands for those whom everybody trusts."""

    private: Authority
    public: Authority


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    """Two authorities that know nothing of each other."""
    folder = tmp_path_factory.mktemp("authorities")
    return Authorities(Authority(folder, "private"), Authority(folder, "public"))


@pytest.fixture(scope="module")
def office(authorities: Authorities) -> Iterator[Secured]:
    """The simulator over TLS, with a certificate of the private authority for its address."""
    checked = Checked(create_app(market(), today=TODAY))
    with secured(checked, authorities.private.certify(HOST)) as front:
        yield front
    assert_kept(checked)


@pytest.fixture
def attempts(office: Secured) -> Callable[[], int]:
    """Count the attempts to connect since the test began."""
    before = len(office.greeted)
    return lambda: len(office.greeted) - before


def client(url: str, clock: FakeClock | None = None, ca_file: Path | None = None) -> ConnectWiseClient:
    """Connect as a team with the settings of an on-premises server."""
    connection = Connection(url, "training", "public-key", "private-key", "client-id")
    clock = clock or FakeClock()
    return connect(connection, clock=clock.clock(), ca_file=str(ca_file) if ca_file else None)


def refusal(url: str, ca_file: Path | None = None) -> str:
    """Return the sentence with which a read ends that must not get through."""
    clock = FakeClock()
    with client(url, clock, ca_file) as connectwise, pytest.raises(ConnectWiseError) as caught:
        connectwise.agreement(AgreementId(150))
    assert clock.waits == []
    assert not caught.value.outcome_unknown
    return str(caught.value)


def test_a_private_certificate_is_refused_at_the_first_attempt(
    office: Secured, attempts: Callable[[], int]
) -> None:
    said = refusal(office.url)

    assert NOT_TRUSTED in said
    assert "set SEATSYNC_CONNECTWISE_CA_FILE" in said
    assert attempts() == 1


def test_a_connection_test_says_so_and_tries_nothing_else(
    office: Secured, attempts: Callable[[], int]
) -> None:
    with client(office.url) as connectwise:
        (server,) = connectwise.check()

    assert not server.ok
    assert NOT_TRUSTED in server.advice
    assert attempts() == 1


def test_with_the_authority_told_it_is_trusted(office: Secured, authorities: Authorities) -> None:
    with client(office.url, ca_file=authorities.private.file) as connectwise:
        assert connectwise.agreement(AgreementId(150)).name == "Managed Services 250"
        assert all(check.ok for check in connectwise.check())


def test_another_authority_is_none(
    office: Secured, authorities: Authorities, attempts: Callable[[], int]
) -> None:
    assert NOT_TRUSTED in refusal(office.url, authorities.public.file)
    assert attempts() == 1


@pytest.mark.parametrize(
    ("host", "expired"), [("psa.example", False), ("127.0.0.2", False), (HOST, True)], ids=str
)
def test_a_certificate_of_the_authority_that_is_not_for_here_and_now_is_refused(
    authorities: Authorities, host: str, expired: bool
) -> None:
    certificate = authorities.private.certify(host, expired=expired)
    with secured(create_app(market(), today=TODAY), certificate) as front:
        assert NOT_TRUSTED in refusal(front.url, authorities.private.file)

    assert len(front.greeted) == 1


def test_the_public_authorities_stay_trusted_beside_the_private_one(
    office: Secured, authorities: Authorities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities.public.file))
    with secured(create_app(market(), today=TODAY), authorities.public.certify(HOST)) as cloud:
        for front in (office, cloud):
            with client(front.url, ca_file=authorities.private.file) as connectwise:
                assert connectwise.agreement(AgreementId(150)).id == 150


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_a_certificate_is_a_wrong_setting(tmp_path: Path, content: str) -> None:
    file = tmp_path / "authority.pem"
    file.write_text(content)

    with pytest.raises(SettingsError, match=r"SEATSYNC_CONNECTWISE_CA_FILE: is not a readable file"):
        client("https://127.0.0.1:1", ca_file=file)


def settings(office: Secured, database: str, ca_file: Path | None) -> dict[str, str]:
    """Return the environment of an installation on the private server."""
    given = {
        "DATABASE_URL": database,
        "CONNECTWISE_URL": office.url,
        "CONNECTWISE_COMPANY": "training",
        "CONNECTWISE_PUBLIC_KEY": "public-key",
        "CONNECTWISE_PRIVATE_KEY": "private-key",
        "CONNECTWISE_CLIENT_ID": "client-id",
        "CONNECTWISE_CA_FILE": str(ca_file or ""),
        "TODAY": TODAY.isoformat(),
    }
    return {f"SEATSYNC_{name}": value for name, value in given.items()}


def test_the_setting_reaches_the_connection(
    office: Secured, authorities: Authorities, sqlite_url: str
) -> None:
    given = Settings.from_mapping(settings(office, sqlite_url, authorities.private.file))
    with Wiring(given) as wiring, wiring.connect(wiring.store.teams.root().id) as connectwise:
        assert all(check.ok for check in connectwise.check())


@pytest.mark.parametrize("told", [False, True])
def test_a_scan_from_the_command_line_fails_or_works_by_the_setting(
    office: Secured,
    authorities: Authorities,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    attempts: Callable[[], int],
    told: bool,
) -> None:
    for name, value in settings(office, sqlite_url, authorities.private.file if told else None).items():
        monkeypatch.setenv(name, value)

    code = main(["scan"])

    err = capsys.readouterr().err
    assert (code, NOT_TRUSTED in err) == ((0, False) if told else (1, True))
    assert told or attempts() == 1


def test_a_setting_that_names_no_certificate_is_told_before_anything_is_sent(
    office: Secured,
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    attempts: Callable[[], int],
) -> None:
    (tmp_path / "authority.pem").write_text("no certificate")
    for name, value in settings(office, sqlite_url, tmp_path / "authority.pem").items():
        monkeypatch.setenv(name, value)

    assert main(["scan"]) == 1

    assert "SEATSYNC_CONNECTWISE_CA_FILE" in capsys.readouterr().err
    assert attempts() == 0
