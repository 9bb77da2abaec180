"""The two servers, one after the other, and a push that is prepared to be killed."""

from collections.abc import Iterator
from functools import partial

import psycopg
import pytest
from sqlalchemy import make_url

from seatsync.simulator.app import create_app
from tests.conftest import postgres_database
from tests.contract.proxy import running

from .killing import Prepared, prepare, serving, sqlite_copy
from .worlds import TODAY, InMemory, Simulated, World, simulated_book


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    """The simulator on the small book, reset by each test that uses it."""
    with running(create_app(simulated_book(), today=TODAY)) as url:
        yield url


@pytest.fixture
def simulated(simulator_url: str) -> Iterator[Simulated]:
    """The simulator behind the real client."""
    world = Simulated(simulator_url)
    yield world
    world.close()


@pytest.fixture(params=["in memory", "simulated"])
def world(request: pytest.FixtureRequest) -> World:
    """A fresh server, once in memory and once the simulator behind the real client."""
    if request.param == "in memory":
        return InMemory()
    served: Simulated = request.getfixturevalue("simulated")
    return served


@pytest.fixture(scope="session")
def sqlite_push(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The push, prepared in a SQLite file."""
    folder, source = tmp_path_factory.mktemp("push"), tmp_path_factory.mktemp("prepared")
    with serving(folder) as server:
        fresh = partial(sqlite_copy, source)
        yield prepare(server, f"sqlite:///{source}/seatsync.db", fresh, folder)


@pytest.fixture(scope="session")
def postgres_push(
    postgres_server: psycopg.Connection, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prepared]:
    """The push, prepared in a database on PostgreSQL."""
    folder = tmp_path_factory.mktemp("push")
    with serving(folder) as server, postgres_database(postgres_server, postgres_template) as url:
        name = make_url(url).database or ""
        yield prepare(server, url, lambda _: postgres_database(postgres_server, name), folder)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def prepared(request: pytest.FixtureRequest) -> Prepared:
    """The prepared push, once on SQLite and once on PostgreSQL."""
    push: Prepared = request.getfixturevalue(f"{request.param}_push")
    return push
