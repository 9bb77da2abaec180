"""The two servers, one after the other."""

from collections.abc import Iterator

import pytest

from seatsync.simulator.app import create_app
from tests.contract.proxy import running

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
