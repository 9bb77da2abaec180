"""Make the pictures of the README and the docs anew; or, with --all, every page in every state."""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools.installed import ROOT, TIERS, served
from tools.november import CHROMIUM, FLAGS, Walk, demo
from tools.tour import prepared_sample, tour

Scheme = Literal["light", "dark"]

IMAGES = ROOT / "docs" / "images"
SIZES = (ViewportSize(width=1280, height=720), ViewportSize(width=1920, height=1080))
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_PAGE = ViewportSize(width=1280, height=800)
_TALL, _COLOURS = 900, 128
_MOMENT, _REDRAWN, _TOAST = 900, 450, 5000


def take(page: Page, file: Path) -> None:
    """Take a picture of what the window shows, and keep it with few colours."""
    page.mouse.move(700, 5)
    page.screenshot(path=file)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def take_all(page: Page, folder: Path, name: str) -> None:
    """Take a state in each size, in light and in dark, and what is below the fold of the small size."""
    for size in SIZES:
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(_REDRAWN)
            page.screenshot(path=folder / f"{name}-{size['width']}-{scheme}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SIZES[0])
    page.wait_for_timeout(_REDRAWN)
    _take_below(page, folder / f"{name}-{SIZES[0]['width']}-light")


def _take_below(page: Page, stem: Path) -> None:
    """Take what is reached by scrolling, screen by screen."""
    scroll = (
        "main => { const at = main.scrollTop; main.scrollBy(0, main.clientHeight - 80);"
        " return main.scrollTop > at + 40 }"
    )
    main = page.get_by_test_id("stMain")
    for number in range(2, 6):
        if page.get_by_role("dialog").count() or not main.evaluate(scroll):
            break
        page.wait_for_timeout(_REDRAWN)
        page.screenshot(path=stem.with_name(f"{stem.name}-{number}.png"))
    main.evaluate("main => main.scrollTo(0, 0)")


def document(browser: Browser) -> None:
    """Take the pictures that the README and the docs show."""
    with browser.new_context(viewport=_PAGE) as context:
        page = context.new_page()

        def picture(name: str, height: int = _PAGE["height"], scheme: Scheme = "light") -> None:
            page.set_viewport_size(ViewportSize(width=_PAGE["width"], height=height))
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(_MOMENT)
            take(page, IMAGES / f"{name}.png")
            page.set_viewport_size(_PAGE)
            page.emulate_media(color_scheme="light")

        with demo() as addresses:
            _november(Walk(page, addresses, picture), picture)
        with prepared_sample() as folders:
            with served(folders["filled"]) as addresses:
                walk = Walk(page, addresses)
                for name, path in {"start": "", "explore": "explore", "seats": "preview"}.items():
                    walk.open(path)
                    for scheme in SCHEMES:
                        picture(f"{name}-{scheme}", _TALL, scheme)
            with served(folders["pushed"]) as addresses:
                walk = Walk(page, addresses)
                walk.open("operations")
                walk.press("Undo")
                picture("undo", _TALL)


def _november(walk: Walk, picture: Callable[..., None]) -> None:
    """Do November from the empty demo, with a picture at each step."""
    walk.open()
    picture("overview", 640)
    walk.scan()
    picture("snapshot", 640)
    walk.menu("Avanan Seats")
    walk.upload()
    walk.menu("Mappings")
    walk.page.wait_for_timeout(_TOAST)
    picture("mappings", 1080)
    for tier, product in TIERS.items():
        walk.press(re.compile(f"Map to {product}"))
        walk.says(f"{tier} is mapped to {product}")
    walk.menu("Avanan Seats")
    walk.page.wait_for_timeout(_TOAST)
    picture("preview", 1080)
    walk.resolve("Pellmarsh", "Pellmarsh Property Lettings")
    walk.choose("Thornrigg")
    walk.choose("Scarmere")
    walk.search("")
    walk.push()
    picture("pushed", _TALL)
    walk.menu("Operations")
    picture("operations", _TALL)
    walk.menu("Audit")
    picture("audit", _TALL)


def main(given: Sequence[str] | None = None) -> None:
    """Make the pictures that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.make_screenshots", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="write every page in every state there")
    folder: Path | None = parser.parse_args(given).all
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        if folder is None:
            document(browser)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with prepared_sample() as folders:
                for state, prepared in folders.items():
                    tour(browser, prepared, state, lambda name, page: take_all(page, folder, name))
        browser.close()


if __name__ == "__main__":
    main()
