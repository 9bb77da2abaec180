"""Walk through November in a browser: from the empty demo to a finished push, as an analyst would."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"
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

Picture = Callable[[str], None]


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Run the demo on free ports and yield the addresses of the app and of the simulated ConnectWise."""
    port, simulator = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SEATSYNC_")}
    command = [sys.executable, "-m", "seatsync", "demo", "--port", str(port)]
    command += ["--simulator-port", str(simulator)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        _await(address, process)
        yield address, f"http://127.0.0.1:{simulator}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError("The demo did not start.")


class Walk:
    """The steps of one month, each by what stands on the screen; ``picture`` is told where it is."""

    def __init__(self, page: Page, addresses: tuple[str, str], picture: Picture = lambda _: None) -> None:
        self.page = page
        self.address, self.connectwise = addresses
        self.picture = picture
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

    def menu(self, label: str) -> None:
        """Go to a page by the menu."""
        self.page.get_by_test_id("stSidebar").get_by_role("link", name=label, exact=True).click()
        heading = label
        expect(self.page.locator("h1")).to_contain_text(heading)
        self.settle()

    def press(self, label: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=label, exact=False).first.click()
        self.page.mouse.move(5, 5)
        self.settle()

    def pick(self, label: str, text: str) -> None:
        """Type into a select box and take the first choice that has the very text."""
        box = self.page.get_by_role("combobox", name=label).first
        box.click()
        box.fill(text)
        options = self.page.get_by_role("option").filter(has_text=re.compile(re.escape(text)))
        options.filter(has_not_text="Add:").first.click()
        self.settle()

    def says(self, text: str) -> None:
        """Wait until something stands on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def search(self, text: str) -> None:
        """Search the preview."""
        box = self.page.get_by_placeholder("Search tenant, company, product or license")
        box.fill(text)
        box.press("Enter")
        self.settle()

    def scan(self) -> None:
        """Take a snapshot."""
        self.menu("Snapshot")
        self.press("Scan ConnectWise now")
        self.says("Read from ConnectWise at")
        self.settle()

    def upload(self, month: str = "2026-11") -> None:
        """Upload a sample export."""
        self.menu("Avanan Seats")
        self.page.locator("input[type=file]").set_input_files(SAMPLES / f"avanan-{month}.csv")
        self.says("What was read:")
        self.settle()

    def map_licenses(self) -> None:
        """Map the three licenses of the samples, and mark the demo license no-charge."""
        self.menu("Mappings")
        for tier in ("Email Advanced Protect", "Email Complete Protect", "Email Basic Protect"):
            self.pick("License", tier)
            self.pick("Product", tier)
            self.press("Save mapping")
            expect(self.page.get_by_text(tier, exact=True).first).to_be_visible()
        self.pick("License", "Partner Demo")
        self.press("Mark no-charge")
        self.says("No-charge: its rows leave the preview")

    def choose(self, company: str) -> None:
        """Check the box of every row that a search shows."""
        self.search(company)
        self.press("Select all shown")
        self.search("")

    def resolve(self, tenant: str, company: str) -> None:
        """Pick the company of a tenant in the details of its row."""
        self.search(tenant)
        self.open_first_row()
        self.picture("details")
        self.pick("Company in ConnectWise", company)
        self.press("Save company")
        self.says("by hand")
        self.page.get_by_role("dialog").get_by_role("button", name="Close").first.click()
        self.settle()
        self.search("")

    def open_first_row(self) -> None:
        """Open the first row of the grid in the drawer: the grid is drawn, so that its cell is a place."""
        grid = self.page.get_by_test_id("stDataFrame").last
        grid.scroll_into_view_if_needed()
        grid.click(position={"x": 92, "y": 52})
        expect(self.page.get_by_role("dialog")).to_be_visible()
        self.page.mouse.move(5, 5)
        self.settle()

    def push(self, changes: int) -> None:
        """Push the chosen rows and wait for the end."""
        self.press(f"Push {changes} changes to ConnectWise")
        expect(self.page.locator("h1")).to_contain_text("Push")
        self.settle()
        self.picture("push")
        self.press(f"Review and push {changes} changes")
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        self.settle()
        self.picture("confirm")
        dialog.get_by_role("button", name=f"Push {changes} changes to ConnectWise").click()
        self.says("Last push of this export")
        self.settle()
