"""Walk through November in a browser: from the empty demo to a finished push, as an analyst would."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import FilePayload, Locator, Page, expect

from tools.grid import Grid
from tools.installed import SAMPLES, Addresses, free_port, process

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000
_SLIDING = 400

Picture = Callable[[str], None]


@contextmanager
def demo() -> Iterator[Addresses]:
    """Run the demo on free ports and yield the addresses of the app and of the simulated ConnectWise."""
    port, simulated = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "seatsync", "demo", "--port", str(port)]
    with process([*command, "--simulator-port", str(simulated)], f"{address}/_stcore/health", {}):
        yield Addresses(address, f"http://127.0.0.1:{simulated}")


class Walk:
    """The steps of one month, each by what stands on the screen; ``picture`` is told where it is.

    ``clicks`` counts what a person clicks on: links, buttons, boxes to type in, choices, cells.
    """

    def __init__(self, page: Page, addresses: Addresses, picture: Picture = lambda _: None) -> None:
        self.page = page
        self.address, self.connectwise = addresses.app, addresses.connectwise
        self.picture = picture
        self.clicks = 0
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    def open(self, path: str = "") -> None:
        """Open a page of the app by its address."""
        self.page.goto(f"{self.address}/{path}")
        expect(self.page.locator("h1")).to_be_visible()
        self.settle()

    def settle(self) -> None:
        """Wait until the app stands still."""
        self.page.wait_for_timeout(150)
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0)
        expect(self.page.locator("[data-stale=true]")).to_have_count(0)
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        if self.page.get_by_role("dialog").count():
            self.page.wait_for_timeout(_SLIDING)

    def click(self, what: Locator) -> None:
        """Click on something, and wait until the app has answered."""
        self.clicks += 1
        what.click()
        self.page.mouse.move(700, 5)
        self.settle()

    def menu(self, label: str) -> None:
        """Go to a page by the menu."""
        self.click(self.page.get_by_test_id("stSidebar").get_by_role("link", name=label, exact=True))
        expect(self.page.locator("h1")).to_contain_text(label)
        self.settle()

    def press(self, label: str | re.Pattern[str]) -> None:
        """Press a button, by its words or a part of them."""
        self.click(self.page.get_by_role("button", name=label).first)

    def follow(self, label: str | re.Pattern[str]) -> None:
        """Follow a link on the page to another page."""
        self.click(self.page.get_by_test_id("stMain").get_by_role("link", name=label).first)

    def turn_to(self, tab: str) -> None:
        """Open a tab of the page."""
        self.click(self.page.get_by_role("tab", name=tab).first)

    def pick(self, label: str, text: str) -> None:
        """Type into a select box and take the first choice that has the very text."""
        box = self.page.get_by_role("combobox", name=label).first
        self.clicks += 1
        box.click()
        box.fill(text)
        options = self.page.get_by_role("option").filter(has_text=re.compile(re.escape(text)))
        self.click(options.filter(has_not_text="Add:").first)

    def says(self, text: str | re.Pattern[str]) -> None:
        """Wait until something stands on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def search(self, text: str) -> None:
        """Search the preview: click into the box, and type in place of what is there."""
        box = self.page.get_by_placeholder("Search tenant, company")
        self.clicks += 1
        box.click()
        box.fill(text)
        box.press("Enter")
        self.page.wait_for_timeout(300)
        self.settle()

    def grid(self) -> Grid:
        """Return the table of the preview."""
        return Grid(self.page)

    def cell(self, column: str, row: int) -> None:
        """Click on a cell of the preview."""
        self.clicks += 1
        self.grid().click(column, row)
        self.page.mouse.move(700, 5)
        self.settle()

    def mark(self, column: str, row: int | None = None) -> None:
        """Click on the box before a row of the table that has a column, or on the one in its head."""
        self.clicks += 1
        Grid(self.page, column).mark(row)
        self.page.mouse.move(700, 5)
        self.settle()

    def close_dialog(self) -> None:
        """Close the dialog or the drawer by its cross."""
        dialog = self.page.get_by_role("dialog")
        self.click(dialog.get_by_role("button", name="Close").first)
        expect(dialog).to_have_count(0)

    def scan(self) -> None:
        """Take a snapshot, on the page where that is done."""
        self.menu("Snapshot")
        self.press(re.compile("Scan ConnectWise"))
        self.says("Read from ConnectWise at")
        self.settle()

    def offer_file(self, name: str, content: bytes) -> None:
        """Choose a file to upload; the click on it in the system's own window counts."""
        opened = self.page.get_by_role("button", name="Upload export")
        if opened.count():
            self.click(opened.first)
        self.clicks += 2
        self.page.locator("input[type=file]").first.set_input_files(
            files=[FilePayload(name=name, mimeType="text/csv", buffer=content)]
        )
        self.settle()

    def upload(self, month: str = "2026-11") -> None:
        """Upload a sample export."""
        name = f"avanan-{month}.csv"
        self.offer_file(name, (SAMPLES / name).read_bytes())
        self.says(re.compile(f"{re.escape(name)} is kept"))
        self.settle()

    def open_row(self, row: int = 0) -> None:
        """Open a row of the preview in the drawer."""
        self.cell("Details", row)
        expect(self.page.get_by_role("dialog")).to_be_visible()
        self.settle()

    def resolve(self, tenant: str, company: str) -> None:
        """Pick the company of a tenant in the details of its row."""
        self.search(tenant)
        self.open_row()
        self.picture("details")
        self.pick("Company in ConnectWise", company)
        self.press("Save company")
        self.says("by hand")
        self.close_dialog()

    def choose(self, company: str) -> None:
        """Check the box of the one row that a search shows."""
        self.search(company)
        self.cell("Push", 0)

    def push(self) -> None:
        """Push the chosen rows and wait for the end."""
        self.press(re.compile("^.*Push [0-9,]+ change"))
        expect(self.page.locator("h1")).to_contain_text("Push")
        self.settle()
        self.picture("push")
        self.press(re.compile("Review and push"))
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        self.settle()
        self.picture("confirm")
        self.click(dialog.get_by_role("button", name=re.compile("Push [0-9,]+ change")))
        self.says("Last push of this export")
        self.settle()
