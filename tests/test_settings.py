"""Settings: read by name, checked all at once, and never shown when they are secret."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from seatsync.errors import SettingsError
from seatsync.settings import PREFIX, Settings, database_address, is_loopback, load_settings, web_address

CONNECTION = {
    "SEATSYNC_CONNECTWISE_URL": "https://api-na.myconnectwise.net/",
    "SEATSYNC_CONNECTWISE_COMPANY": "acme",
    "SEATSYNC_CONNECTWISE_PUBLIC_KEY": "public-key",
    "SEATSYNC_CONNECTWISE_PRIVATE_KEY": "private-key",
    "SEATSYNC_CONNECTWISE_CLIENT_ID": "client-id",
}
SECRETS = ("public-key", "private-key", "client-id", "secret-key", "database-password")


def read(**given: str) -> Settings:
    """Read settings by their names without the prefix."""
    return Settings.from_mapping({f"{PREFIX}{name}": value for name, value in given.items()})


def problems(**given: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        read(**given)
    return caught.value.problems


def test_without_an_environment_everything_has_its_default() -> None:
    assert Settings.from_mapping({}) == Settings()
    assert (Settings().database_url, Settings().in_flight) == ("sqlite:///data/seatsync.db", 6)


def test_every_setting_is_read_by_its_name(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("-")

    read_ = Settings.from_mapping(
        {
            **CONNECTION,
            "SEATSYNC_DATABASE_URL": "postgresql://seatsync@db/seats",
            "SEATSYNC_ALLOW_PRIVATE_HOSTS": "1",
            "SEATSYNC_CONNECTWISE_CA_FILE": str(ca_file),
            "SEATSYNC_SECRET_KEY": "secret-key",
            "SEATSYNC_TIMEZONE": "Europe/Berlin",
            "SEATSYNC_TODAY": "2026-11-22",
            "SEATSYNC_IN_FLIGHT": "3",
            "SEATSYNC_EXPORT_LIMIT_MB": "20",
        }
    )

    assert read_ == Settings(
        database_url="postgresql://seatsync@db/seats",
        connectwise_url="https://api-na.myconnectwise.net",
        connectwise_company="acme",
        connectwise_public_key="public-key",
        connectwise_private_key="private-key",
        connectwise_client_id="client-id",
        allow_private_hosts=True,
        connectwise_ca_file=str(ca_file),
        secret_key="secret-key",
        timezone="Europe/Berlin",
        today=date(2026, 11, 22),
        in_flight=3,
        export_limit_mb=20,
    )


def test_the_environment_of_the_process_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (PREFIX + field.name.upper() for field in fields(Settings)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SEATSYNC_IN_FLIGHT", "9")

    assert load_settings() == Settings(in_flight=9)


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_counts_as_unset(blank: str) -> None:
    assert read(TODAY=blank, CONNECTWISE_URL=blank, IN_FLIGHT=blank) == Settings()


def test_all_wrong_settings_are_in_one_message_by_name() -> None:
    wrong = {
        "DATABASE_URL": "seats.db",
        "CONNECTWISE_URL": "api-na.myconnectwise.net",
        "ALLOW_PRIVATE_HOSTS": "maybe",
        "CONNECTWISE_CA_FILE": "/does/not/exist.pem",
        "TIMEZONE": "Mars/Olympus",
        "TODAY": "22.11.2026",
        "IN_FLIGHT": "0",
        "EXPORT_LIMIT_MB": "much",
    }
    missing = ("COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID")

    with pytest.raises(SettingsError) as caught:
        read(**wrong)

    names = {PREFIX + name for name in wrong} | {f"{PREFIX}CONNECTWISE_{name}" for name in missing}
    assert set(caught.value.problems) == names
    said = str(caught.value)
    assert all(f"{name}: " in said for name in names)
    assert "\n" not in said
    assert ".." not in said


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("CONNECTWISE_API_VERSION", "latest", '"latest" is not a version such as 2025.1'),
        ("CONNECTWISE_API_VERSION", "2025.1; q=0", '"2025.1; q=0" is not a version such as 2025.1'),
        ("IN_FLIGHT", "65", '"65" is not a whole number from 1 to 64'),
        ("IN_FLIGHT", "1.5", '"1.5" is not a whole number from 1 to 64'),
        ("IN_FLIGHT", "-1", '"-1" is not a whole number from 1 to 64'),
        ("IN_FLIGHT", "٣", '"٣" is not a whole number from 1 to 64'),
        ("TODAY", "2026-02-30", '"2026-02-30" is not a date such as 2026-11-22'),
        ("TIMEZONE", "../etc/passwd", '"../etc/passwd" is not a time zone such as Europe/Berlin'),
        ("ALLOW_PRIVATE_HOSTS", "2", '"2" is neither 1 nor 0'),
    ],
)
def test_a_wrong_value_is_told_with_what_is_right(name: str, value: str, why: str) -> None:
    assert problems(**{name: value}) == {PREFIX + name: why}


@pytest.mark.parametrize("missing", CONNECTION)
def test_a_connection_is_given_whole_or_not_at_all(missing: str) -> None:
    given = {name: value for name, value in CONNECTION.items() if name != missing}

    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping(given)

    assert caught.value.problems == {missing: "is missing beside the others"}


@pytest.mark.parametrize(
    "url",
    [
        "https://api-na.myconnectwise.net",
        "https://connectwise.example.com:8443",
        "http://localhost:8700",
        "http://127.0.0.1:8700",
        "http://127.8.9.1",
        "http://[::1]:8700",
    ],
)
def test_an_address_is_https_or_of_this_machine(url: str) -> None:
    assert web_address(url + "/") == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://api-na.myconnectwise.net", "plain http is taken for addresses of this machine alone"),
        ("http://10.0.0.5", "plain http is taken for addresses of this machine alone"),
        ("http://localhost.example.com", "plain http is taken for addresses of this machine alone"),
        ("http://127.0.0.1.example.com", "plain http is taken for addresses of this machine alone"),
        ("http://0.0.0.0:8700", "plain http is taken for addresses of this machine alone"),
        ("ftp://files.example.com", "is not an address such as"),
        ("https://", "is not an address such as"),
        ("https://anna:private-key@example.com", "must not carry a user name or a password"),
        ("ftp://anna:private-key@example.com", "must not carry a user name or a password"),
        ("https://example.com:99999", "Port out of range"),
        ("https://example.com:0", "0 is not a port"),
        ("https://[::1", "Invalid IPv6 URL"),
    ],
)
def test_another_address_is_refused_without_its_password(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        web_address(url)
    assert "private-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("LOCALHOST", True),
        ("app.localhost", True),
        ("0.0.0.0", False),
        ("192.168.0.1", False),
        ("localhost.example.com", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///data/seatsync.db",
        "sqlite:////var/lib/seatsync.db",
        "postgresql://anna:database-password@db/seats",
        "postgres://db/seats",
        "postgresql+psycopg://db/seats?sslmode=require",
    ],
)
def test_a_database_is_a_sqlite_file_or_on_postgresql(url: str) -> None:
    assert database_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "seats.db",
        "mysql://anna:database-password@db/seats",
        "sqlite:///a.db?mode=ro",
        "sqlite://x",
        "postgresql://",
    ],
)
def test_another_database_is_refused_without_its_password(url: str) -> None:
    said = problems(DATABASE_URL=url)["SEATSYNC_DATABASE_URL"]

    assert said == "must be sqlite:///PATH without options, or postgresql://USER:PASSWORD@HOST/NAME"


def test_no_secret_is_in_the_repr() -> None:
    settings = Settings.from_mapping(
        {
            **CONNECTION,
            "SEATSYNC_SECRET_KEY": "secret-key",
            "SEATSYNC_DATABASE_URL": "postgresql://anna:database-password@db/seats",
        }
    )

    assert "acme" in repr(settings)
    assert not [secret for secret in SECRETS if secret in repr(settings)]


def test_no_secret_is_in_a_message_about_other_settings() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping({**CONNECTION, "SEATSYNC_SECRET_KEY": "secret-key", "SEATSYNC_TODAY": "soon"})

    assert not [secret for secret in SECRETS if secret in str(caught.value) + repr(caught.value)]
