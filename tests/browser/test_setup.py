"""The first set-up: the overview leads, one button at a time, and the connection says what it may do."""

import re

import pytest
from playwright.sync_api import expect

from tools.november import Walk

pytestmark = pytest.mark.browser


def test_the_one_primary_button_leads_from_the_empty_demo_to_a_push(walk: Walk) -> None:
    walk.open()
    lead(walk, "Scan ConnectWise")
    walk.says("66 companies")
    lead(walk, "Upload the export")
    walk.upload()
    walk.menu("Overview")
    lead(walk, "Map the licenses")
    for product in ("AV-EAP", "AV-ECP", "AV-EBP"):
        walk.press(re.compile(f"Map to {product}"))
        walk.says(f"is mapped to {product}")
    walk.picture("mapped")
    walk.menu("Avanan Seats")
    lead(walk, "Push 18 changes")
    lead(walk, "Review and push 18 changes")
    expect(walk.page.get_by_role("dialog")).to_contain_text("18 updates")


def test_the_connection_is_tested_and_the_time_zone_kept(walk: Walk) -> None:
    walk.open("setup")
    walk.press("Test connection")
    walk.says("The connection works")
    walk.picture("tested")
    walk.turn_to("Time zone")
    walk.pick("Time zone", "Europe/Berlin")
    walk.press(re.compile("^.*Save"))
    walk.page.reload()
    walk.settle()
    walk.turn_to("Time zone")
    zone = walk.page.get_by_role("combobox", name="Time zone").first
    expect(zone).to_have_value(re.compile("Europe/Berlin"))


def lead(walk: Walk, label: str) -> None:
    """Press the page's primary button, which has to be the only one, and to say this."""
    primary = walk.page.get_by_test_id("stMain").locator('[data-testid^="stBaseButton-primary"]:visible')
    expect(primary).to_have_count(1)
    expect(primary).to_contain_text(label)
    walk.click(primary)
