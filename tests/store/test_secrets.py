"""The key that seals stored credentials."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from seatsync.errors import DatabaseError, SettingsError
from seatsync.ports import Connection
from seatsync.store import open_store

from .making import draft, team_of

OURS = Connection("https://psa.example", "acme", "public-key", "private-key", "client-id")


def key_file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///") + ".key")


def save(url: str, secret_key: str | None = None) -> None:
    with open_store(url, secret_key=secret_key) as store:
        store.teams.save_connection(team_of(store), OURS, draft(store))


def load(url: str, secret_key: str | None = None) -> Connection:
    with open_store(url, secret_key=secret_key) as store:
        found = store.teams.connection(team_of(store))
    assert found is not None
    return found[0]


def test_the_key_is_made_beside_the_database_on_first_need_for_its_owner_alone(sqlite_url):
    open_store(sqlite_url).close()
    assert not key_file(sqlite_url).exists()
    save(sqlite_url)
    assert stat.S_IMODE(key_file(sqlite_url).stat().st_mode) == 0o600
    assert load(sqlite_url) == OURS


def test_a_second_need_takes_the_same_key(sqlite_url):
    save(sqlite_url)
    first = key_file(sqlite_url).read_bytes()
    save(sqlite_url)
    assert key_file(sqlite_url).read_bytes() == first
    assert [path.name for path in key_file(sqlite_url).parent.glob("*.new")] == []


def test_a_key_of_the_settings_is_taken_and_no_file_is_made(sqlite_url):
    for secret in (Fernet.generate_key().decode(), "a text of any form"):
        save(sqlite_url, secret)
        assert load(sqlite_url, secret) == OURS
    assert not key_file(sqlite_url).exists()


def test_a_lost_key_file_is_named(sqlite_url):
    save(sqlite_url)
    key_file(sqlite_url).unlink()
    with pytest.raises(
        SettingsError, match=r"SEATSYNC_SECRET_KEY: the key file .*seatsync\.db\.key can't be read"
    ):
        load(sqlite_url)


def test_a_damaged_key_file_is_named(sqlite_url):
    save(sqlite_url)
    key_file(sqlite_url).write_text("half a k")
    with pytest.raises(SettingsError, match=r"the key in .*seatsync\.db\.key is damaged"):
        load(sqlite_url)


def test_another_key_file_is_told(sqlite_url):
    save(sqlite_url)
    key_file(sqlite_url).write_bytes(Fernet.generate_key())
    with pytest.raises(SettingsError, match=r"the key in .*seatsync\.db\.key is not the one with which"):
        load(sqlite_url)


def test_a_key_file_that_cannot_be_made_is_a_database_error(sqlite_url):
    with open_store(sqlite_url) as store:
        # A folder in the way stands for a place that can't be written, which root always can.
        (key_file(sqlite_url).parent / "seatsync.db.key.new" / "x").mkdir(parents=True)
        with pytest.raises(DatabaseError, match=r"The key file .*seatsync\.db\.key can't be made"):
            store.teams.save_connection(team_of(store), OURS, draft(store))
        assert store.teams.connection(team_of(store)) is None


@pytest.mark.postgres
def test_postgres_needs_the_key_from_the_settings(postgres_url):
    with open_store(postgres_url) as store:
        assert store.teams.connection(team_of(store)) is None
        with pytest.raises(SettingsError, match="SEATSYNC_SECRET_KEY: is needed"):
            store.teams.save_connection(team_of(store), OURS, draft(store))


def test_a_store_in_memory_needs_no_key():
    with open_store("sqlite://") as store:
        store.teams.save_connection(team_of(store), OURS, draft(store))
        assert store.teams.connection(team_of(store)) == (OURS, store.teams.root())


SAVE = """
import sys
from seatsync.journal import AuditDraft
from seatsync.ports import (Connection)
from seatsync.store import open_store
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    team = store.teams.root().id
    connection = Connection("https://psa.example", "acme", "public-key", "private-key", "client-id")
    store.teams.save_connection(team, connection, AuditDraft("anna", team, "admin", "settings", "connection"))
    assert store.teams.connection(team)[0] == connection
"""


def test_two_processes_at_once_come_to_one_key(sqlite_url):
    command = [sys.executable, "-c", SAVE, sqlite_url]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        child.communicate()
        assert child.returncode == 0
    assert load(sqlite_url) == OURS
