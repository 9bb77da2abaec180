"""Names from outside are shown letter by letter on every page, and no file that is downloaded runs them."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PICTURES
from tests.browser.hostile import NAMES, hostile_book, hostile_export
from tools.installed import prepare, served
from tools.november import Walk
from tools.tour import PAGES

pytestmark = pytest.mark.browser

FORBIDDEN = (
    'a[href^="javascript"]',
    'a[href*="evil.example"]',
    'img[src="x"]',
    'img[src*="127.0.0.1:9"]',
    ".katex",
    "del",
    "em",
)
# A formula for a spreadsheet; a number may begin with a sign.
FORMULA = re.compile(r"^[=+\-@\t\r](?![0-9.,]*$)")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose companies, tenants, licenses and files bear hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    return prepare(folder, hostile_book(), [("=cmd()<b>2026-11</b>.csv", hostile_export())])


@pytest.fixture
def hostile_walk(hostile: Path, tab: Page) -> Iterator[Walk]:
    """The app on the hostile book; a script that runs, or a request to another host, fails the test."""
    asked: list[str] = []
    tab.on("dialog", lambda dialog: asked.append(dialog.message))
    with served(hostile) as addresses:
        tab.on("request", lambda request: asked.append(request.url))
        yield Walk(tab, addresses, lambda name: tab.screenshot(path=PICTURES / f"hostile-{name}.png"))
    own = (addresses.app, addresses.app.replace("http", "ws", 1), "data:", "blob:", "about:")
    assert [url for url in asked if not url.startswith(own)] == []


def test_hostile_names_are_plain_on_every_page_and_through_a_push(hostile_walk: Walk) -> None:
    walk = hostile_walk
    walk.open("preview")
    shown = walk.grid().texts("Company")
    for name in NAMES:
        assert name in shown, name
    plain(walk)
    for name in ("**Bold**", "[Click]", "$x^2$", ":red[Red]", "Interminable", "=2+3"):
        row = next(place for place, row in enumerate(walk.grid().read()) if name in "".join(row.values()))
        walk.open_row(row)
        dialog = walk.page.get_by_role("dialog")
        assert name in letters(dialog.inner_text()), name
        plain(walk)
        walk.close_dialog()
    walk.picture("preview")
    for path in PAGES.values():
        walk.open(path)
        plain(walk)
        tabs = walk.page.get_by_role("tab")
        for place in range(1, tabs.count()):
            walk.click(tabs.nth(place))
            plain(walk)
    walk.open("push")
    said = letters(walk.page.get_by_test_id("stMain").inner_text())
    assert [name for name in NAMES if name not in said] == []
    walk.press("Review and push")
    said = letters(walk.page.get_by_role("dialog").inner_text())
    assert [name for name in NAMES if name not in said] == []
    plain(walk)
    walk.picture("confirm")
    walk.click(walk.page.get_by_role("dialog").get_by_role("button", name=re.compile("Push [0-9,]+ change")))
    walk.says("Last push of this export")
    plain(walk)
    files_of(walk)


def files_of(walk: Walk) -> None:
    """Take every download of the pages, and look into each."""
    for page in ("preview", "push", "explore", "operations", "audit"):
        walk.open(page)
        opener = walk.page.get_by_test_id("stPopoverButton").filter(has_text="Download")
        if opener.count():
            walk.click(opener.first)
        buttons = walk.page.get_by_test_id("stDownloadButton").get_by_role("button")
        assert buttons.count(), page
        for place in range(buttons.count()):
            with walk.page.expect_download() as started:
                buttons.nth(place).click()
            name = started.value.suggested_filename
            assert not re.search(r"[=<>()]", name), name
            harmless(name, Path(started.value.path()).read_bytes())


def harmless(name: str, content: bytes) -> None:
    """Look into a file: no cell is a formula or a link, no page holds a script or an image."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.namelist():
                harmless(each, archive.read(each))
    elif name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheets = [book.read(each) for each in book.namelist() if each.startswith("xl/worksheets/")]
        assert sheets
        assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets), name
    elif name.endswith(".csv"):
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            assert [cell for cell in row if FORMULA.search(cell)] == [], name
    else:
        assert name.endswith(".html"), name
        found = _Tags()
        found.feed(content.decode())
        assert not found.tags & {"script", "img", "iframe", "object", "em", "del"}, name
        assert [link for link in found.links if not re.fullmatch(r"[\w.%-]+\.html", link)] == [], name


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for key, value in attrs if key in ("href", "src", "action")]


def plain(walk: Walk) -> None:
    """Fail when a name became a link, a picture, a formula or a style."""
    page = walk.page.get_by_test_id("stApp")
    for selector in FORBIDDEN:
        assert page.locator(selector).count() == 0, (walk.page.url, selector)
    for words in ("Bold", "slanted", "Red", "Blue", "Tier"):
        styled = page.locator("strong, h1, h2, h3, span[style], .stMarkdownBadge")
        assert styled.get_by_text(words, exact=True).count() == 0, (walk.page.url, words)
    assert walk.page.get_by_test_id("stException").count() == 0, walk.page.url


def letters(text: str) -> str:
    """Return text as it is read: without the invisible joiners that keep it from being Markdown."""
    return text.replace("\u2060", "").replace("\u200b", "")
