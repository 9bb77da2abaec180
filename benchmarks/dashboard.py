"""Compare a preview of 5,000 rows with a bare table in a browser, and our collector with Streamlit's."""

import argparse
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.child import measure
from benchmarks.tables import answer, say, table
from tools.grid import Grid
from tools.installed import app_on
from tools.november import CHROMIUM, FLAGS

FILE: Final = "BARE_GRID"
_NOWHERE: Final = "http://127.0.0.1:9"
_WINDOW: Final = {"width": 1280, "height": 720}
_TICKS: Final = "Push ([\\d,]+) change"
_SHOWN: Final = "([\\d,]+) of [\\d,]+ rows? shown"
# Letters that not every row has.
_LETTERS: Final = "fhjkquwxyz"
_PILLS: Final = "Status"
# The table is painted when its rows have ink on the canvas; where it has not, all pixels are of one colour.
_PAINTED: Final = """() => {
  const tables = [...document.querySelectorAll('[data-testid="data-grid-canvas"]')]
  const table = tables.sort((one, other) => other.height * other.width - one.height * one.width)[0]
  if (!table || table.height < 200) return 0
  const pixels = new Uint32Array(table.getContext('2d').getImageData(140, 40, 400, 90).data.buffer)
  return new Set(pixels).size > 12 ? performance.now() : 0
}"""
_ARMED: Final = """([says, happens]) => {
  const said = new RegExp(says)
  const read = () => (document.querySelector('[data-testid="stMain"]').textContent.match(said) || [])[0]
  const before = read()
  let began
  addEventListener(happens, () => { began ??= performance.now() }, {capture: true, once: true})
  window.echo = new Promise(done => {
    const look = () => {
      const now = read()
      if (began !== undefined && now !== undefined && now !== before) done(performance.now() - began)
      else requestAnimationFrame(look)
    }
    setTimeout(() => done(null), 20000)
    look()
  })
  return before
}"""


@dataclass(slots=True)
class Measured:
    """What one app was measured to take, in seconds, try by try; ``says`` is the text that a tick changes."""

    url: str
    says: str
    times: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: str, seconds: float) -> None:
        """Keep a time."""
        self.times.setdefault(what, []).append(seconds)

    def median(self, what: str) -> float:
        """Return the median of what was measured."""
        return statistics.median(self.times[what])


def paint(context: BrowserContext, url: str) -> tuple[Page, float]:
    """Open an app in a new tab, which is a new session; the seconds until its table is painted."""
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(url, wait_until="commit")
    at: float = page.wait_for_function(_PAINTED, polling="raf").json_value()
    return page, at / 1000


def echo(page: Page, says: str, happens: str, act: Any) -> float:
    """Do something, and return the seconds from its first event until a text of the page has changed."""
    if page.evaluate(_ARMED, [says, happens]) is None:
        raise SystemExit(f"The page does not say {says}.")
    act()
    elapsed: float | None = page.evaluate("window.echo")
    if elapsed is None:
        raise SystemExit(f"The page did not change what it says of {says}.")
    return elapsed / 1000


def tick(page: Page, each: Measured, times: int) -> None:
    """Click on boxes, one after the other, and note how long it takes until the app has counted them."""
    grid = Grid(page)
    for row in range(times):
        grid.show("Push", row)
        page.mouse.move(700, 5)
        page.wait_for_timeout(800)
        each.note("tick", echo(page, each.says, "pointerdown", lambda row=row: grid.click("Push", row)))


def keystroke(page: Page, each: Measured, times: int) -> None:
    """Type letters into the search, and note how long it takes until the count of rows has changed."""
    box = page.get_by_placeholder("Search").first
    for letter in _LETTERS[:times]:
        box.fill("")
        page.wait_for_timeout(2500)
        each.note("keystroke", echo(page, _SHOWN, "keydown", lambda letter=letter: box.press(letter)))


def compare(browser: Browser, ours: Measured, bare: Measured, tries: int) -> None:
    """Measure both by turns, so that what the machine does besides meets both alike."""
    for each in (ours, bare):
        with window(browser) as context:
            each.note("first", paint(context, each.url)[1])
    for _ in range(tries):
        for each in (ours, bare):
            with window(browser) as context:
                page, seconds = paint(context, each.url)
                each.note("empty cache", seconds)
                page.close()
                page, seconds = paint(context, each.url)
                each.note("cached", seconds)
                page.wait_for_timeout(1500)
                tick(page, each, 3)
    with window(browser) as context:
        page, _ = paint(context, ours.url)
        page.wait_for_timeout(1500)
        keystroke(page, ours, 2 * tries)


@contextmanager
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that knows nothing yet."""
    context = browser.new_context(viewport=_WINDOW)  # type: ignore[arg-type]  # a mapping with two numbers
    try:
        yield context
    finally:
        context.close()


def in_browser(folder: Path, tries: int) -> dict[str, Any]:
    """Serve the app and the bare table side by side, and compare them in one browser."""
    frame = folder / "frame.pickle"
    recorded = measure("big_preview.record", folder=str(folder), file=str(frame))
    with ExitStack() as stack:
        url = stack.enter_context(app_on(folder, _NOWHERE))
        bare = stack.enter_context(
            app_on(folder, _NOWHERE, _streamlit("benchmarks/bare_grid.py"), {FILE: str(frame)})
        )
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        apps = Measured(f"{url}/preview", _TICKS), Measured(bare, "([\\d,]+) ticked")
        compare(browser, *apps, tries)
        browser.close()
    ours, other = apps
    return {
        **recorded,
        "measured": {
            what: {
                "ours": ours.median(what),
                "bare": other.median(what) if what in other.times else None,
                "tries": len(times),
            }
            for what, times in ours.times.items()
        },
    }


def _streamlit(script: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "streamlit", "run", script, "--server.port={port}", *options]


def crowds(folder: Path, sessions: int, clicks: int, turns: int) -> dict[str, Any]:
    """Let sessions click in the app as it is, and in the same app with Streamlit's default collection."""
    collected = _streamlit("streamlit_app.py", "--runner.postScriptGC=true")
    found: dict[str, list[dict[str, Any]]] = {"SeatSync": [], "Streamlit's default collection": []}
    for _ in range(turns):
        for name, command in zip(found, ((), collected), strict=True):
            with app_on(folder, _NOWHERE, command) as url:
                asked: dict[str, Any] = {
                    "page": "preview",
                    "query": "",
                    "label": _PILLS,
                    "sessions": sessions,
                    "clicks": clicks,
                }
                found[name].append(measure("crowd.clicked", address=url, **asked))
    return {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in found.items()
    }


def main(given: Sequence[str] | None = None) -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--tries", type=int, default=5)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--clicks", type=int, default=4, help="clicks of each session")
    parser.add_argument("--turns", type=int, default=3, help="times that each crowd is let in")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(given)
    with TemporaryDirectory() as name:
        folder, sample = Path(name, "many"), Path(name, "sample")
        seen: dict[str, Any] = {}
        if Path(CHROMIUM).exists():
            measure("big_preview.make", folder=str(folder), rows=asked.rows)
            seen = in_browser(folder, asked.tries)
        measure("big_preview.make_sample", folder=str(sample))
        clicked = crowds(sample, asked.sessions, asked.clicks, asked.turns)
    if asked.json:
        answer({**seen, "crowds": clicked})
    else:
        _show(seen, clicked)


_NAMES: Final[Mapping[str, str]] = {
    "first": "first visit of the server, painted",
    "empty cache": "painted, browser's cache empty",
    "cached": "painted, browser's cache filled",
    "tick": "a tick's echo",
    "keystroke": "a letter typed into the search",
}


def _show(seen: Mapping[str, Any], clicked: Mapping[str, Mapping[str, float]]) -> None:
    if seen:
        _show_seen(seen)
    else:
        say(f"No browser at {CHROMIUM}: nothing was measured in one.")
    _show_clicked(clicked)
    say("Seconds are medians. Browser, app and bare table run on the same machine, by turns.")


def _show_seen(seen: Mapping[str, Any]) -> None:
    cells = []
    for what, name in _NAMES.items():
        each = seen["measured"][what]
        ours, bare = each["ours"], each["bare"]
        ratio = f"{ours / bare:.2f}" if bare else ""
        cells.append((name, str(each["tries"]), f"{ours:.2f}", f"{bare:.2f}" if bare else "", ratio))
    table((f"preview of {seen['rows']:,} rows", "tries", "seconds", "bare table", "ratio"), cells)
    say("")


def _show_clicked(clicked: Mapping[str, Mapping[str, float]]) -> None:
    slow = [*clicked.values()][-1]["per_second"]
    table(
        ("sessions that click at once", "sessions", "reruns", "a second", "ratio", "median wait"),
        [
            (
                name,
                f"{each['sessions']:.0f}",
                f"{each['reruns']:.0f}",
                f"{each['per_second']:.1f}",
                f"{each['per_second'] / slow:.1f}",
                f"{each['median_wait']:.2f}",
            )
            for name, each in clicked.items()
        ],
    )


if __name__ == "__main__":
    main()
