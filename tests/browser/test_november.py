"""The main job in a real browser, against a ConnectWise in another process."""

import re
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.connectwise import lines_of
from tools.installed import TIERS
from tools.november import Walk

pytestmark = pytest.mark.browser

MOST_CLICKS = 25


def test_a_newcomer_does_november_from_the_empty_demo(walk: Walk, capsys: pytest.CaptureFixture[str]) -> None:
    """Scan, upload, map, resolve, choose a create and a cancel, push, and undo one, by the screen alone."""
    walk.open()
    walk.says("Getting started")
    walk.picture("1-overview")
    walk.press("Scan ConnectWise")
    walk.says("66 companies")
    before = lines_of(walk.connectwise)
    walk.press("Upload the export")
    walk.upload()
    walk.picture("2-uploaded")
    walk.follow("Map the licenses")
    for tier, product in TIERS.items():
        walk.press(re.compile(f"Map to {product}"))
        walk.says(f"{tier} is mapped to {product}")
    walk.picture("3-mapped")
    walk.menu("Avanan Seats")
    walk.picture("4-preview")

    walk.cell("Details", walk.grid().find("Company", "Pellmarsh"))
    walk.picture("5-details")
    this = walk.page.get_by_role("dialog").get_by_text("Pellmarsh Property Lettings Ltd").first
    expect(this).to_be_visible()
    walk.click(walk.page.get_by_role("dialog").get_by_role("button", name=re.compile("This company")).nth(1))
    walk.says("by hand")
    walk.page.keyboard.press("Escape")
    walk.settle()
    walk.cell("Push", walk.grid().find("Company", "Thornrigg"))
    walk.cell("Push", walk.grid().find("Company", "Scarmere"))
    walk.page.reload()
    walk.settle()
    walk.push()
    walk.picture("6-pushed")
    after = lines_of(walk.connectwise)
    changed = [number for number in before if after[number] != before[number]]
    made = [line for number, line in after.items() if number not in before]
    ended = [after[number] for number in changed if after[number].get("cancelledDate")]
    assert [(line["quantity"], line["effectiveDate"]) for line in made] == [(13, "2027-01-01T00:00:00Z")]
    assert [line["cancelledDate"] for line in ended] == ["2026-11-30T00:00:00Z"]
    assert len(changed) == 19

    walk.menu("Operations")
    walk.press("Undo")
    walk.mark("Was done")
    expect(walk.page.get_by_role("button", name="Review and undo 0 changes")).to_be_disabled()
    walk.mark("Was done", 0)
    walk.picture("7-undo")
    walk.press("Review and undo 1 change")
    walk.click(walk.page.get_by_role("dialog").get_by_role("button", name="Undo 1 change"))
    walk.says(re.compile("Undo of .* UTC"))
    walk.settle()
    walk.picture("8-undone")
    left = lines_of(walk.connectwise)
    undone = [number for number in after if left[number] != after[number]]
    assert len(undone) == 1
    with capsys.disabled():
        sys.stdout.write(f"\nNovember by a newcomer, from the empty demo: {walk.clicks} clicks.\n")
    assert walk.clicks <= MOST_CLICKS
