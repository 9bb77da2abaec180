"""A real headless Chromium, the demo in a process of its own, and a picture of every step."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import skip_or_fail
from tools.november import CHROMIUM, FLAGS, Walk, demo

PICTURES = Path(__file__).resolve().parents[1] / "artefacts"


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """Debian's Chromium for one test; its driver's event loop must not outlive the test."""
    if not Path(CHROMIUM).exists():
        skip_or_fail(f"no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A browser with nothing in it, the size of a small laptop."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


@pytest.fixture
def walk(tab: Page) -> Iterator[Walk]:
    """The demo, freshly started, at its first page; a picture of each step lands among the artefacts."""
    PICTURES.mkdir(exist_ok=True)
    with demo() as addresses:
        yield Walk(tab, addresses, lambda name: tab.screenshot(path=PICTURES / f"{name}.png"))
