"""A push goes on without its page; it can be stopped, and what is left is pushed later."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab
from tests.browser.connectwise import writes_to
from tools.installed import Addresses
from tools.november import Walk

pytestmark = pytest.mark.browser


def test_a_push_survives_a_refresh_and_a_closed_tab(slow_walk: Walk, another_tab: OpenTab) -> None:
    walk = slow_walk
    start(walk)
    walk.says("A push is under way")
    walk.page.reload()
    walk.says("A push is under way")
    walk.picture("under-way")
    walk.page.goto("about:blank")
    with another_tab(Addresses(walk.address, walk.connectwise)) as other:
        other.open("operations")
        other.says(re.compile("set 18 quantities"))
        other.settle()
        other.picture("ended")
    written = [each["path"] for each in writes_to(walk.connectwise)]
    assert len(written) == len(set(written)) == 18


def test_a_push_is_stopped_and_the_rest_pushed_later(slow_walk: Walk) -> None:
    walk = slow_walk
    start(walk)
    walk.says("A push is under way")
    walk.page.get_by_role("button", name="Stop").first.click()
    walk.says("Last push of this export")
    walk.settle()
    walk.picture("stopped")
    written = len(writes_to(walk.connectwise))
    assert written < 18
    walk.page.get_by_role("button", name="Scan again and review").or_(
        walk.page.get_by_role("link", name="Scan again")
    ).first.click()
    walk.settle()
    walk.picture("scanning-again")
    expect(walk.page.get_by_text("Traceback")).to_have_count(0)


def test_a_wrong_file_is_refused_in_a_sentence(prepared_walk: Walk) -> None:
    walk = prepared_walk
    walk.open("preview")
    walk.offer_file("page.csv", b"<!DOCTYPE html><html></html>")
    expect(walk.page.get_by_test_id("stAlert").filter(has_text="HTML").first).to_be_visible()
    walk.says(re.compile("Nothing of the file was kept"))
    expect(walk.page.get_by_text("Upload Avanan CSV")).to_be_hidden()
    walk.picture("refused")
    expect(walk.page.get_by_text("Traceback")).to_have_count(0)
    walk.says(re.compile("Push 18 changes"))


def start(walk: Walk) -> None:
    """Confirm the push of what is chosen by default, and do not wait for its end."""
    walk.open("push")
    walk.press("Review and push 18 changes")
    walk.page.get_by_role("dialog").get_by_role("button", name=re.compile("Push 18 changes")).click()
