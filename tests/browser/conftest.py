"""A real headless Chromium, installations in processes of their own, and a picture of every step."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from seatsync.simulator.book import SimulatedBook
from tests.conftest import skip_or_fail
from tools.installed import Addresses, prepare, sample_exports, served
from tools.november import CHROMIUM, FLAGS, Walk, demo
from tools.tour import WINDOW, push_defaults

PICTURES = Path(__file__).resolve().parents[1] / "artefacts"

OpenTab = Callable[[Addresses], AbstractContextManager[Walk]]


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book scanned, its licenses mapped, and the exports of three months uploaded."""
    return prepare(tmp_path_factory.mktemp("ready"), SimulatedBook.sample(), sample_exports())


@pytest.fixture(scope="session")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a push of what is chosen by default."""
    folder = tmp_path_factory.mktemp("pushed")
    return prepare(folder, SimulatedBook.sample(), sample_exports(), then=push_defaults)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium for one module; its driver's event loop must not outlive it."""
    if not Path(CHROMIUM).exists():
        skip_or_fail(f"no browser at {CHROMIUM}")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser with nothing in it, the size of a small laptop; a picture of its end is kept."""
    context = chromium.new_context(viewport=WINDOW)
    page = context.new_page()
    yield page
    page.screenshot(path=_picture(request, "end"))
    context.close()


@pytest.fixture
def another_tab(chromium: Browser, request: pytest.FixtureRequest) -> OpenTab:
    """Open a further tab, in a browser of its own, and close it after the block."""

    @contextmanager
    def opened(addresses: Addresses) -> Iterator[Walk]:
        context = chromium.new_context(viewport=WINDOW)
        yield _walk(context.new_page(), addresses, request)
        context.close()

    return opened


@pytest.fixture
def walk(tab: Page, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """The demo, freshly started, at its first page."""
    with demo() as addresses:
        yield _walk(tab, addresses, request)


@pytest.fixture
def prepared_walk(ready: Path, tab: Page, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """The sample book, ready to be reviewed and pushed, on a server of its own."""
    with served(ready) as addresses:
        yield _walk(tab, addresses, request)


@pytest.fixture
def pushed_walk(pushed: Path, tab: Page, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """The sample book after a push, on a server of its own."""
    with served(pushed) as addresses:
        yield _walk(tab, addresses, request)


@pytest.fixture
def slow_walk(ready: Path, tab: Page, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """The sample book on a ConnectWise that takes its time, so that a push can be met under way."""
    with served(ready, latency_ms=700) as addresses:
        yield _walk(tab, addresses, request)


def _walk(page: Page, addresses: Addresses, request: pytest.FixtureRequest) -> Walk:
    def picture(name: str) -> None:
        page.screenshot(path=_picture(request, name))

    return Walk(page, addresses, picture)


def _picture(request: pytest.FixtureRequest, name: str) -> Path:
    """Name a picture after the test that takes it."""
    return PICTURES / f"{request.node.name.removeprefix('test_')}-{name}.png"
