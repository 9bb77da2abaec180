"""Every page in every state, light and dark: nothing severe for axe-core, and one primary button at most."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import findings
from tests.browser.conftest import PICTURES
from tools.tour import PAGES, tour

pytestmark = pytest.mark.browser

PRIMARY = '[data-testid^="stBaseButton-primary"]:visible'


@pytest.mark.parametrize("state", ["empty", "filled", "pushed"])
def test_no_page_in_any_state_has_a_severe_fault_or_two_primary_buttons(
    state: str, chromium: Browser, request: pytest.FixtureRequest
) -> None:
    faults: dict[str, list[str]] = {}

    def inspect(name: str, page: Page) -> None:
        found = [str(each) for each in findings(page)]
        primary = page.get_by_test_id("stMain").locator(PRIMARY).count()
        if page.get_by_test_id("stException").count():
            found.append("an unexpected error")
        if page.get_by_test_id("stSidebar").get_by_role("link").count() != len(PAGES):
            found.append("not the whole menu")
        if primary > 1:
            found.append(f"{primary} primary buttons")
        page.screenshot(path=PICTURES / f"{name}-light.png")
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(300)
        found += [f"dark: {each}" for each in findings(page, "color-contrast")]
        page.screenshot(path=PICTURES / f"{name}-dark.png")
        page.emulate_media(color_scheme="light")
        if found:
            faults[name] = found

    folder = None if state == "empty" else request.getfixturevalue("ready" if state == "filled" else "pushed")
    tour(chromium, folder, state, inspect)
    assert not faults, "\n".join(f"{name}:\n  " + "\n  ".join(each) for name, each in faults.items())
