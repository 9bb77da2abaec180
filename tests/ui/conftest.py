"""An installation for page tests: the sample book, scanned and mapped, on a simulator, and an open page."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.model import ExportId
from seatsync.previews import upload
from seatsync.runs import start_scan
from seatsync.settings import Settings
from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.ui.session import installation, reset_installation
from seatsync.upkeep import book_of, find_product, map_tier
from seatsync.wiring import Wiring
from tests.contract.proxy import running
from tools.installed import ROOT, SAMPLES, TIERS, TODAY, settings_of

SECONDS = 30

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session")
def scanned_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds one scan of the sample book and its three mappings."""
    folder = tmp_path_factory.mktemp("scanned")
    with running(create_app(SimulatedBook.sample(), today=TODAY)) as url:
        settings = Settings.from_mapping(settings_of(folder, url))
        with Wiring(settings) as wiring:
            desk = wiring.desk()
            operation = start_scan(desk)
            assert wait_for(desk.store, desk.team.id, operation.id, lambda _: None).status == "completed"
            products = book_of(desk).products.values()
            for tier, identifier in TIERS.items():
                map_tier(desk, tier, find_product(products, identifier))
    return folder


@pytest.fixture
def simulator() -> Starlette:
    """The simulator on a fresh sample book; its state is ``simulator.state.simulator``."""
    return create_app(SimulatedBook.sample(), today=TODAY)


@pytest.fixture
def app_settings(simulator: Starlette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The environment of an empty installation on a running simulator; yields the database's folder."""
    with running(simulator) as url:
        for name, value in settings_of(tmp_path, url).items():
            monkeypatch.setenv(name, value)
        reset_installation()
        yield tmp_path
        reset_installation()


@pytest.fixture
def scanned(app_settings: Path, scanned_database: Path) -> Path:
    """The installation after a scan of the sample book, with the three sample licenses mapped."""
    for file in scanned_database.glob("seatsync.db*"):
        shutil.copy(file, app_settings / file.name)
    return app_settings


@pytest.fixture
def desk(scanned: Path) -> Desk:
    """The local admin's desk in the scanned installation."""
    return installation().desk()


@pytest.fixture
def november(desk: Desk) -> ExportId:
    """The November sample, uploaded."""
    return upload_sample(desk, "avanan-2026-11.csv")


def upload_sample(desk: Desk, name: str) -> ExportId:
    """Upload one of the sample exports."""
    return upload(desk, name, (SAMPLES / name).read_bytes()).export.id


@pytest.fixture
def open_empty(app_settings: Path) -> OpenPage:
    """Open a page of an installation that has neither scan nor mapping."""
    return _open


@pytest.fixture
def open_page(scanned: Path) -> OpenPage:
    """Open a page of the scanned installation: ``open_page("pages/preview.py", export="1")``."""
    return _open


def _open(page: str, **query: str) -> AppTest:
    test = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=SECONDS)
    test.run()
    for name, value in query.items():
        test.query_params[name] = value
    if page != "streamlit_app.py":
        test.switch_page(page)
        test.run()
    return test


def words(test: AppTest) -> str:
    """Everything that a page says, as it is read: without the escapes that keep it from being Markdown."""
    kinds = (
        "title",
        "header",
        "subheader",
        "markdown",
        "caption",
        "text",
        "error",
        "warning",
        "info",
        "success",
    )
    said = "\n".join(str(getattr(element, "value", "")) for kind in kinds for element in test.get(kind))
    return said.replace("\\", "").replace("\u2060", "")
