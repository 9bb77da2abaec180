"""Make the pictures of the README and the docs anew, from the running demo."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.november import CHROMIUM, FLAGS, ROOT, Walk, demo

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Walk through November and take a picture of every page that the docs show."""
    with demo() as addresses, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})

        def picture(name: str, height: int = 800) -> None:
            page.set_viewport_size({"width": 1280, "height": height})
            page.mouse.move(5, 5)
            page.wait_for_timeout(900)
            page.screenshot(path=Path(IMAGES, f"{name}.png"))
            page.set_viewport_size({"width": 1280, "height": 800})

        walk = Walk(page, addresses, picture)
        walk.open()
        picture("overview", 640)
        walk.scan()
        picture("snapshot", 560)
        walk.upload()
        walk.map_licenses()
        picture("mappings", 860)
        walk.menu("Avanan Seats")
        page.wait_for_timeout(6000)
        picture("preview", 1080)
        walk.resolve("Pellmarsh", "Pellmarsh Property Lettings")
        walk.choose("Thornrigg")
        walk.choose("Scarmere")
        walk.push(20)
        picture("pushed", 900)
        walk.menu("Operations")
        picture("operations", 640)
        walk.menu("Audit")
        picture("audit", 900)
        browser.close()


if __name__ == "__main__":
    main()
