"""The drawer with one row in full, which the button in the row opens."""

import pytest
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.links import link_company, link_of
from seatsync.model import ExportId
from seatsync.previews import build_preview, upload
from seatsync.upkeep import book_of

from .conftest import OpenPage, words

PAGE = "pages/preview.py"
HEAD = b"Tenant,Portal,License,Users,Status\n"


def open_drawer(test: AppTest, desk: Desk, export: ExportId, tenant: str) -> AppTest:
    """Press Open in the row of a tenant, which page tests can't click."""
    rows = build_preview(desk, export).preview.rows
    (key,) = [row.key for row in rows if tenant in {part.tenant for part in row.parts}]
    test.session_state["details_row"] = key
    test.run()
    assert not test.exception
    return test


def press(test: AppTest, label: str) -> AppTest:
    """Press the one button with a label."""
    (found,) = [button for button in test.button if button.label == label]
    return found.click().run()


def drawers(test: AppTest) -> list[str]:
    """The titles of the drawers on the page."""
    return [block.proto.dialog.title for block in test.get("dialog")]


def test_a_row_opens_beside_the_grid_and_is_not_shown_twice(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_drawer(open_page(PAGE), desk, november, "Bramfell Timber Ltd")
    assert drawers(test) == ["Row details"]
    assert words(test).count("How the tenant was matched") == 1


def test_in_the_drawer_a_match_is_taken_back_with_one_press_and_the_tenant_is_followed(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_drawer(open_page(PAGE), desk, november, "Bramfell Timber Ltd")
    test = press(test, "Not this company")
    assert not test.exception
    assert link_of(desk, "bramfell-timber") is None
    assert drawers(test) == ["Row details"]
    assert "Bramfell Timber Ltd was ruled out by" in words(test)
    assert press(test, "Take back").session_state["details_row"].startswith("c")


@pytest.mark.parametrize(("portal", "word"), [("tmp", "Remove link"), ("tmp-eu", "Not this company")])
def test_a_tenant_linked_by_hand_and_its_namesake_say_why_and_are_taken_back(
    open_page: OpenPage, desk: Desk, portal: str, word: str
) -> None:
    company = next(iter(book_of(desk).companies))
    link_company(desk, "tmp", company, "Zyx Qwv")
    row = f"Zyx Qwv,{portal},Email Advanced Protect,5,Paid\n".encode()
    export = upload(desk, "a.csv", HEAD + row).export.id
    test = open_drawer(open_page(PAGE), desk, export, "Zyx Qwv")
    assert "by hand" in words(test)
    test = press(test, word)
    assert not test.exception
    assert link_of(desk, portal) is None


def test_a_tenant_without_any_likely_company_says_so(open_page: OpenPage, desk: Desk) -> None:
    export = upload(desk, "a.csv", HEAD + b"Zyx Qwv,zq,Email Advanced Protect,5,Paid\n").export.id
    test = open_drawer(open_page(PAGE), desk, export, "Zyx Qwv")
    assert "No company is suggested." in words(test)
    assert "Pick the company" in {panel.label for panel in test.expander}


def test_while_no_row_is_open_the_page_leads_to_why_each_tenant_is_its_company(
    open_page: OpenPage, november: ExportId
) -> None:
    (link,) = [x.proto for x in open_page(PAGE).get("page_link") if x.proto.label.startswith("Why each")]
    assert link.query_string == "tab=Company+links"
