"""The main job in a real browser, against a ConnectWise in another process."""

import json
from decimal import Decimal
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tools.november import Walk

pytestmark = pytest.mark.browser


def state(walk: Walk) -> dict[str, dict[int, dict[str, object]]]:
    """What the simulated ConnectWise holds: lines by id."""
    with urlopen(f"{walk.connectwise}/simulator/state", timeout=10) as answer:
        book = json.load(answer, parse_float=Decimal)
    return {"lines": {line["id"]: line for line in book["additions"]}}


def test_a_month_from_the_empty_demo_to_a_finished_push(walk: Walk) -> None:
    before = state(walk)["lines"]
    walk.open()
    walk.says("Getting started")
    walk.picture("overview-empty")
    walk.scan()
    walk.upload()
    walk.map_licenses()
    walk.menu("Avanan Seats")
    walk.picture("preview")
    walk.resolve("Pellmarsh", "Pellmarsh Property Lettings")
    walk.choose("Thornrigg")
    walk.choose("Scarmere")
    walk.page.reload()
    walk.settle()
    walk.says("Push 20 changes to ConnectWise")
    walk.push(20)
    walk.says("set 18 quantities, added 1 line and cancelled 1 for 20 companies from avanan-2026-11.csv.")
    walk.picture("pushed")
    after = state(walk)["lines"]
    made = [line for number, line in after.items() if number not in before]
    assert [(line["quantity"], line["effectiveDate"]) for line in made] == [(13, "2027-01-01T00:00:00Z")]
    changed = [number for number in before if after[number] != before[number]]
    assert len(changed) == 19
    ended = [after[number] for number in changed if after[number].get("cancelledDate")]
    assert [line["cancelledDate"] for line in ended] == ["2026-11-30T00:00:00Z"]

    walk.menu("Operations")
    expect(walk.page.get_by_text("Seat Sync").first).to_be_attached()
    walk.scan()
    walk.menu("Push")
    walk.says("No row is chosen, so there is nothing to push.")
    for page in ("Overview", "Mappings", "Audit", "Setup"):
        walk.menu(page)
        walk.picture(page.casefold())


def test_a_wrong_file_is_refused_in_a_sentence(walk: Walk) -> None:
    walk.open()
    walk.scan()
    walk.menu("Avanan Seats")
    walk.page.locator("input[type=file]").set_input_files(
        files=[{"name": "page.csv", "mimeType": "text/csv", "buffer": b"<!DOCTYPE html><html></html>"}]
    )
    expect(walk.page.get_by_test_id("stAlert").filter(has_text="HTML").first).to_be_visible()
    expect(walk.page.get_by_text("Traceback")).to_have_count(0)
