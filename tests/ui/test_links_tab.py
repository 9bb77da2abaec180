"""The Company links of the Mappings page."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from seatsync.desk import Desk
from seatsync.link_list import list_links
from seatsync.links import link_company, link_of, reject_company
from seatsync.model import CompanyId, ExportId, Link
from seatsync.people import Permission, Person, Role
from seatsync.previews import build_preview
from seatsync.status import LinkSource
from seatsync.ui import links
from seatsync.ui.session import Keys
from seatsync.upkeep import book_of
from tests.ui.conftest import OpenPage, upload_sample, words
from tests.ui.test_mappings_page import HOSTILE, PAGE, button, check, labels, markdown, press, toasted

TAB = {"tab": "Company links"}
BRAMFELL = "bramfell-timber"


def first_company(desk: Desk) -> CompanyId:
    """The first company of the book."""
    return next(iter(book_of(desk).companies))


def renamed(desk: Desk, portal: str = BRAMFELL, **names: Any) -> Link:
    """Save a portal's link as it would be if it had been made under other names."""
    found = link_of(desk, portal)
    assert found is not None
    was = replace(found, **names)
    desk.store.choices.save_link(desk.team.id, was, desk.draft(Permission.MANAGE, "link.save", portal))
    return was


def click(monkeypatch: pytest.MonkeyPatch, row: int, label: str = "") -> None:
    """Have the next callback of the table find a click on a button of its row."""
    monkeypatch.setattr(links, "get", lambda _: SimpleNamespace(row=row, label=label))


def test_links_are_listed_and_searched(desk: Desk, november: ExportId, open_page: OpenPage) -> None:
    build_preview(desk, november)
    kept = desk.store.choices.links(desk.team.id)
    page = open_page(PAGE, **TAB)
    table = page.dataframe[0].value
    assert list(table["Tenant"]) == [link.tenant_name for link in kept]
    assert set(table["Source"]) == {"Automatic"}
    assert set(table["Export"]) == {"avanan-2026-11.csv"}
    assert "Renamed: check" not in table
    page.text_input[0].set_value(kept[0].tenant_name.upper()).run()
    assert kept[0].tenant_name in list(page.dataframe[0].value["Tenant"])
    page.text_input[0].set_value("no such tenant").run()
    assert "No link mentions that" in words(page)


def test_links_are_filtered_by_who_made_them_and_by_what_needs_a_check(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    link_company(desk, "by-hand", first_company(desk), "Zyx Qwv")
    renamed(desk, company_name="Bramfell Sawmills")
    page = open_page(PAGE, **TAB)
    (parts,) = page.segmented_control
    assert parts.options == [
        "All 57",
        "Automatic 56",
        "By hand 1",
        "Needs a check 1",
        "Not in the last export 1",
    ]
    for part, tenants in (
        ("by_hand", ["Zyx Qwv"]),
        ("check", ["Bramfell Timber Ltd"]),
        ("unused", ["Zyx Qwv"]),
    ):
        page.segmented_control[0].set_value(part).run()
        assert list(page.dataframe[0].value["Tenant"]) == tenants
    assert list(page.dataframe[0].value["Last use"]) == ["Never"]


def test_the_table_says_why_each_tenant_was_linked(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    link_company(desk, "by-hand", first_company(desk), "Zyx Qwv")
    table = open_page(PAGE, **TAB).dataframe[0].value
    why = dict(zip(table["Tenant"], table["Why"], strict=True))
    assert why["Zyx Qwv"] == "Picked by a person"
    assert why["Bramfell Timber Ltd"].startswith("Same name:")


def test_the_last_use_is_the_last_export_that_has_the_tenant(desk: Desk, open_page: OpenPage) -> None:
    for month in ("09", "10", "11"):
        build_preview(desk, upload_sample(desk, f"avanan-2026-{month}.csv"))
    table = open_page(PAGE, **TAB).dataframe[0].value
    last = dict(zip(table["Portal"], table["Export"], strict=True))
    assert last[BRAMFELL] == "avanan-2026-11.csv"
    assert set(last.values()) > {"avanan-2026-11.csv"}


def test_a_renamed_company_is_first_and_kept_by_one_click(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    renamed(desk, company_name="Bramfell Sawmills")
    page = open_page(PAGE, **TAB)
    row = page.dataframe[0].value.iloc[0]
    assert (row["Open"], row["Company"]) == ("Check", "Bramfell Sawmills")
    assert row["Renamed: check"] == "Company is now Bramfell Timber Ltd"
    assert list(row["More"]) == ["Keep", "Link another company", "Not this company"]

    page = open_page(PAGE, **TAB, tenant=BRAMFELL)
    said = "Renamed: check. The company was Bramfell Sawmills and is now Bramfell Timber Ltd."
    assert said in words(page)
    page = press(page, "Keep")
    assert "Bramfell Timber Ltd stays linked" in toasted(page)
    kept = link_of(desk, BRAMFELL)
    assert kept is not None
    assert (kept.company_name, kept.source, kept.made_by) == (
        "Bramfell Timber Ltd",
        LinkSource.BY_HAND,
        "local",
    )
    assert "Renamed: check" not in page.dataframe[0].value
    assert "tenant" not in page.query_params


def test_a_link_to_a_company_that_is_gone_can_only_be_changed_or_removed(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    renamed(desk, company_id=CompanyId(987654))
    row = open_page(PAGE, **TAB).dataframe[0].value.iloc[0]
    assert row["Renamed: check"] == "Company gone from ConnectWise"
    assert list(row["More"]) == ["Link another company", "Remove link"]
    page = open_page(PAGE, **TAB, tenant=BRAMFELL)
    assert "Bramfell Timber Ltd is no longer in ConnectWise: link another company." in words(page)
    assert "Keep" not in labels(page)
    assert button(page, "Save link").disabled


def test_another_company_is_linked_in_the_drawer(desk: Desk, november: ExportId, open_page: OpenPage) -> None:
    build_preview(desk, november)
    company = first_company(desk)
    renamed(desk, tenant_name="Bramfell Sawmills")
    page = open_page(PAGE, **TAB, tenant=BRAMFELL)
    page.selectbox(key=f"company-{BRAMFELL}").set_value(company).run()
    page = press(page, "Save link")
    made = link_of(desk, BRAMFELL)
    assert made is not None
    assert (made.company_id, made.tenant_name, made.source) == (
        company,
        "Bramfell Timber Ltd",
        LinkSource.BY_HAND,
    )
    assert f"is linked to {made.company_name}" in toasted(page)
    assert "Renamed: check" not in page.dataframe[0].value


def test_an_automatic_link_is_ruled_out_in_the_drawer_and_taken_back_below(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    page = open_page(PAGE, **TAB, tenant=BRAMFELL)
    assert "Matched by name on" in words(page)
    page = press(page, "Not this company")
    assert not page.exception
    assert "Bramfell Timber Ltd is ruled out for Bramfell Timber Ltd" in toasted(page)
    assert link_of(desk, BRAMFELL) is None
    (rejection,) = desk.store.choices.rejections(desk.team.id)
    page = open_page(PAGE, **TAB)
    assert "Ruled out" in words(page)
    assert "Bramfell Timber Ltd (bramfell-timber)" in words(page)
    page = press(page, "Take back")
    assert "may be suggested for Bramfell Timber Ltd again" in toasted(page)
    assert desk.store.choices.rejections(desk.team.id) == ()
    build_preview(desk, november)
    again = link_of(desk, rejection.portal)
    assert again is not None
    assert again.company_id == rejection.company_id


def test_a_link_by_hand_says_who_made_it_and_is_removed(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    link_company(desk, BRAMFELL, first_company(desk))
    page = open_page(PAGE, **TAB, tenant=BRAMFELL)
    assert "by hand by local" in words(page)
    page = press(page, "Remove link")
    assert "It is matched by its name again" in toasted(page)
    assert (link_of(desk, BRAMFELL), desk.store.choices.rejections(desk.team.id)) == (None, ())


def test_the_menu_in_a_row_of_the_table_acts_on_the_link_of_that_row(
    desk: Desk, november: ExportId, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_preview(desk, november)
    renamed(desk, company_name="Bramfell Sawmills")
    views = list_links(desk, book_of(desk))
    assert views[0].link.key == BRAMFELL
    click(monkeypatch, 0, "Keep")
    links._acted(desk, views)
    kept = link_of(desk, BRAMFELL)
    assert kept is not None
    assert kept.source is LinkSource.BY_HAND

    click(monkeypatch, 3, "Not this company")
    links._acted(desk, views)
    assert link_of(desk, views[3].portal) is None
    assert [each.key for each in desk.store.choices.rejections(desk.team.id)] == [views[3].link.key]

    opened: dict[str, str] = {}
    monkeypatch.setattr("streamlit.query_params", opened)
    click(monkeypatch, 5, "Link another company")
    links._acted(desk, views)
    assert opened == {"tenant": views[5].portal}
    click(monkeypatch, 6)
    links._opened(views)
    assert opened == {"tenant": views[6].portal}


def test_several_links_are_cleared_after_a_question_that_counts_those_made_by_hand(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    link_company(desk, BRAMFELL, first_company(desk))
    kept = desk.store.choices.links(desk.team.id)
    by_hand = [link.key for link in kept].index(BRAMFELL)
    page = open_page(PAGE, **TAB)
    assert button(page, "Clear links").disabled
    page = press(check(page, 0, by_hand), "Clear 2 links")
    said = words(page)
    assert "**1 automatic link** is matched anew by name in the next preview" in said
    assert "**1 link made by hand** is lost" in said
    assert f"{kept[by_hand].tenant_name}: {kept[by_hand].company_name}, by hand" in said
    page = press(page, "Not now")
    assert desk.store.choices.links(desk.team.id) == kept
    page = press(press(page, "Clear 2 links"), "Clear 2 links", place=-1)
    assert "2 links are cleared" in toasted(page)
    left = {link.key for link in desk.store.choices.links(desk.team.id)}
    assert {link.key for link in kept} - left == {kept[0].key, BRAMFELL}
    assert desk.store.choices.rejections(desk.team.id) == ()
    build_preview(desk, november)
    assert link_of(desk, BRAMFELL) is not None


def test_a_selection_does_not_move_to_the_rows_of_another_search(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    page = check(open_page(PAGE, **TAB), 0)
    assert "Clear 1 link" in labels(page)
    page.text_input[0].set_value("bramfell").run()
    assert "Clear links" in labels(page)


def test_an_address_that_names_a_tenant_without_a_link_says_so(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    page = open_page(PAGE, **TAB, tenant="no-such-tenant")
    assert not page.exception
    assert "The tenant no-such-tenant has no link" in words(page)


def test_what_is_ruled_out_is_searched_and_a_viewer_can_not_take_it_back(
    desk: Desk, november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reject_company(desk, BRAMFELL, first_company(desk))
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE, **TAB)
    assert "Bramfell Timber Ltd (bramfell-timber)" in words(page)
    assert "Take back" not in labels(page)
    page.text_input[0].set_value("no such tenant").run()
    assert "Bramfell Timber Ltd (bramfell-timber)" not in words(page)


def test_without_links_the_page_says_how_they_are_made(open_page: OpenPage) -> None:
    assert "No tenant is linked yet" in words(open_page(PAGE, **TAB))


def test_a_viewer_opens_a_link_but_changes_nothing(
    desk: Desk, november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_preview(desk, november)
    renamed(desk, company_name="Bramfell Sawmills")
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE, **TAB, tenant=BRAMFELL)
    assert "Renamed: check." in words(page)
    assert "More" not in page.dataframe[0].value
    assert labels(page) == []
    page.session_state[Keys.links_to_clear] = (BRAMFELL,)
    page = press(page.run(), "Clear 1 link")
    assert 'lacks "psa:agreements.manage"' in words(page)
    assert link_of(desk, BRAMFELL) is not None


def test_hostile_names_show_as_text(desk: Desk, november: ExportId, open_page: OpenPage) -> None:
    link_company(desk, HOSTILE, first_company(desk), HOSTILE)
    reject_company(desk, BRAMFELL, first_company(desk), HOSTILE)
    renamed(desk, HOSTILE, company_name=HOSTILE)
    page = open_page(PAGE, **TAB, tenant=HOSTILE)
    marked = markdown(page)
    marked += markdown(press(page, "Keep"))
    marked += markdown(open_page(PAGE, **TAB, tenant=f"{HOSTILE} gone"))
    page = open_page(PAGE, **TAB)
    marked += markdown(press(check(page, 0), "Clear 1 link"))
    marked += markdown(press(page, "Clear 1 link", place=-1))
    assert not page.exception
    assert marked.count("Evil") >= 4
    for live in ("**Evil**", "<b>", ":smile:", "$x$", "[y]("):
        assert live not in marked
