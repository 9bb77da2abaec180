"""The simulator on the small book, and clients for it."""

from collections.abc import Iterator

import httpx
import pytest
from starlette.types import ASGIApp

from seatsync.simulator.app import create_app

from .fakes import TODAY, api_of, control_of, small_book


@pytest.fixture
def app() -> ASGIApp:
    """The simulator on the small book, on 22 November 2026."""
    return create_app(small_book(), today=TODAY)


@pytest.fixture
def api(app: ASGIApp) -> Iterator[httpx.Client]:
    """A signed-in client."""
    with api_of(app) as client:
        yield client


@pytest.fixture
def control(app: ASGIApp) -> Iterator[httpx.Client]:
    """A client of the control plane."""
    with control_of(app) as client:
        yield client
