"""Opening a database, and what is said when that fails."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from seatsync.errors import DatabaseError, SettingsError
from seatsync.store import engine as engine_module
from seatsync.store import open_store

from .making import draft, look, tamper, team_of


def test_the_folder_of_a_new_database_is_made(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/a/b/seatsync.db") as store:
        assert store.teams.root().name == "Root"
    assert (tmp_path / "a" / "b" / "seatsync.db").exists()


def test_a_relative_path_keeps_its_meaning_when_the_working_folder_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///seatsync.db") as store:
        os.chdir("/")
        with store.operations.run_lock(team_of(store)) as held:
            assert held
    assert (tmp_path / "seatsync.db").exists()
    assert list(tmp_path.glob("*.lock"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        DatabaseError, match=r"The folder .*/file/sub of the database .* can't be made: Not a dir"
    ):
        open_store(f"sqlite:///{tmp_path}/file/sub/seatsync.db")


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    with pytest.raises(DatabaseError, match=r"unable to open database file\. Check that the folder exists"):
        open_store(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "seatsync.db").write_text("Tenant,License,Users\n" * 100)
    with pytest.raises(
        DatabaseError, match=r"seatsync\.db can't be used: file is not a database\. Restore it"
    ):
        open_store(f"sqlite:///{tmp_path}/seatsync.db")


def test_a_database_with_damaged_pages_is_told(sqlite_url, tmp_path):
    open_store(sqlite_url).close()
    path = tmp_path / "seatsync.db"
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"The database .*seatsync\.db can't be used"):
        open_store(sqlite_url).teams.root()


def test_a_database_locked_by_another_program_is_told(sqlite_url, tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    with open_store(sqlite_url) as store:
        audit = draft(store)
        with closing(sqlite3.connect(tmp_path / "seatsync.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(
                DatabaseError, match=r"database is locked\. Another program holds it: try again"
            ):
                store.audit.append(audit)
        store.audit.append(audit)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_that_does_not_answer_is_told_without_the_password(scheme):
    url = f"{scheme}://seatsync:private-key@127.0.0.1:1/book"
    with pytest.raises(DatabaseError) as raised:
        open_store(url)
    said = str(raised.value)
    assert "The database postgresql://127.0.0.1:1/book can't be used" in said
    assert "Check that it runs and that SEATSYNC_DATABASE_URL is right" in said
    assert "private-key" not in said


@pytest.mark.postgres
def test_a_database_that_is_not_on_the_server_is_told_without_the_password(postgres_url):
    url = postgres_url.replace("postgres@/seatsync", "postgres:private-key@/missing") + "&password=public-key"
    with pytest.raises(DatabaseError, match="does not exist") as raised:
        open_store(url)
    assert "private-key" not in str(raised.value)
    assert "public-key" not in str(raised.value)


@pytest.mark.postgres
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_each_spelling_of_a_postgres_url_opens_the_database(postgres_url, scheme):
    with open_store(postgres_url.replace("postgresql", scheme, 1)) as store:
        assert store.teams.root().name == "Root"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "seatsync.db",
        "mysql://seatsync:private-key@host/book",
        "sqlite+aiosqlite:///seatsync.db",
        "sqlite:///file:seatsync.db?mode=ro&uri=true",
        "postgresql+asyncpg://seatsync:private-key@host/book",
        "postgresql://seatsync:private-key@host:port/book",
    ],
)
def test_a_url_that_names_no_database_of_ours_is_a_wrong_setting(url):
    with pytest.raises(SettingsError, match="SEATSYNC_DATABASE_URL") as raised:
        open_store(url)
    assert "private-key" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_sqlite_connection_survives_power_cuts_and_waits_for_others(sqlite_store):
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    found = {name: look(sqlite_store, f"PRAGMA {name}")[0][0] for name in pragmas}
    assert found == pragmas


def test_a_write_that_fails_half_way_leaves_nothing(store):
    team = team_of(store)
    with pytest.raises(DatabaseError, match="can't be used"):
        tamper(store, "UPDATE team SET name = 'East'", "INSERT INTO connection VALUES (99, 'x')")
    assert store.teams.root().id == team


def test_many_threads_write_at_once_and_every_write_arrives(store):
    team = team_of(store)
    drafts = [draft(store, action=str(number)) for number in range(6)]

    def write(number: int) -> None:
        for _ in range(5):
            store.audit.append(drafts[number])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.seq for entry in store.audit.entries(team)] == list(range(1, 31))
    assert store.audit.verify().ok


def test_a_reader_sees_one_state_while_another_writes(database_url):
    """A book loaded while its snapshot is dropped must not come out half empty."""
    with open_store(database_url) as store, store._database.reading() as connection:
        query = "SELECT count(*) FROM audit"
        assert connection.exec_driver_sql(query).scalar_one() == 0
        store.audit.append(draft(store))
        assert connection.exec_driver_sql(query).scalar_one() == 0
        assert look(store, query) == [(1,)]


def test_threads_share_a_store_in_memory():
    with open_store("sqlite://") as store:
        audit = draft(store)
        threads = [threading.Thread(target=store.audit.append, args=(audit,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.audit.verify().entries == 8
    assert not Path(":memory:").exists()
