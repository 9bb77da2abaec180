"""Every page in every state that it can be in, on prepared installations: for pictures and inspections."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, expect

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.journal import Operation
from seatsync.pushes import propose, push
from seatsync.simulator.book import SimulatedBook
from tools.installed import prepare, sample_exports, served
from tools.november import Walk

Visit = Callable[[str, Page], None]

WINDOW = ViewportSize(width=1280, height=720)
PAGES = {
    "overview": "",
    "preview": "preview",
    "push": "push",
    "explore": "explore",
    "operations": "operations",
    "mappings": "mappings",
    "snapshot": "snapshot",
    "audit": "audit",
    "setup": "setup",
}
_AFTER = ("overview", "preview", "push", "operations", "snapshot", "audit")
_WRONG = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def push_defaults(desk: Desk) -> None:
    """Push the rows that are chosen by default, and wait for the end."""
    export = desk.store.exports.all(desk.team.id)[0].id
    proposal = propose(desk, export)
    ended(desk, push(desk, proposal, proposal.plan.digest))


def ended(desk: Desk, operation: Operation) -> Operation:
    """Wait for the end of a run."""
    return wait_for(desk.store, desk.team.id, operation.id, lambda _: None)


@contextmanager
def prepared_sample() -> Iterator[dict[str, Path | None]]:
    """Prepare the sample book before and after November's push; yields the folder of each state, by name."""
    with TemporaryDirectory(prefix="seatsync-tour-") as name:
        ready, pushed = Path(name, "ready"), Path(name, "pushed")
        prepare(ready, SimulatedBook.sample(), sample_exports())
        prepare(pushed, SimulatedBook.sample(), sample_exports(), then=push_defaults)
        yield {"empty": None, "filled": ready, "pushed": pushed}


def tour(browser: Browser, folder: Path | None, state: str, visit: Visit) -> None:
    """Show every page of an installation in one state after the other; ``visit`` is told the name of each.

    ``state`` is that of the installation: ``empty``, ``filled`` or ``pushed``.
    """
    with served(folder) as addresses, browser.new_context(viewport=WINDOW) as context:
        walk = Walk(context.new_page(), addresses)
        if state == "pushed":
            for page in _AFTER:
                walk.open(PAGES[page])
                visit(f"{page}-{state}", walk.page)
            return
        _pages(walk, visit, state)
        if state == "filled":
            _preview(walk, visit)
            _confirmation(walk, visit)


def _pages(walk: Walk, visit: Visit, state: str) -> None:
    for name, path in PAGES.items():
        walk.open(path)
        visit(f"{name}-{state}", walk.page)
        tabs = walk.page.get_by_role("tab")
        for place in range(1, tabs.count() if state == "filled" else 0):
            label = tabs.nth(place).inner_text().strip()
            walk.turn_to(label)
            visit(f"{name}-{state}-{label.lower().replace(' ', '-')}", walk.page)


def _preview(walk: Walk, visit: Visit) -> None:
    walk.open("preview")
    walk.search("Pellmarsh")
    walk.open_row()
    visit("preview-drawer-ambiguous", walk.page)
    walk.close_dialog()
    walk.search("Brambeck")
    walk.open_row()
    visit("preview-drawer-ready", walk.page)
    walk.close_dialog()
    walk.search("nothing has this name")
    visit("preview-no-row", walk.page)
    walk.search("")
    walk.offer_file("page.csv", _WRONG)
    visit("preview-refused", walk.page)


def _confirmation(walk: Walk, visit: Visit) -> None:
    walk.open("preview")
    walk.press(re.compile("Push [0-9,]+ change"))
    walk.settle()
    walk.press(re.compile("Review and push"))
    expect(walk.page.get_by_role("dialog")).to_be_visible()
    walk.settle()
    visit("push-confirm", walk.page)
