"""The Mappings page: licenses, agreement types and company links."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.links import link_company, link_of, reject_company
from seatsync.model import Book, ExportId, Link
from seatsync.people import Person, Role
from seatsync.previews import build_preview, upload
from seatsync.ui import links
from seatsync.upkeep import book_of, find_product, mapping_of
from tests.ui.conftest import OpenPage, words

PAGE = "pages/mappings.py"
HOSTILE = "**Evil** <b>x</b> :smile: $x$ [y](http://z)"


def press(page: AppTest, label: str) -> AppTest:
    """Press the first button with that label."""
    return next(button for button in page.button if button.label == label).click().run()


def select(monkeypatch: pytest.MonkeyPatch, portal: str) -> None:
    """Select the link of a portal in the table, which page tests can't click."""
    table = links._table

    def selected(desk: Desk, shown: Sequence[Link], book: Book) -> Link | None:
        table(desk, shown, book)
        return next((link for link in shown if link.portal == portal), None)

    monkeypatch.setattr(links, "_table", selected)


def test_before_the_first_scan_it_leads_there(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert not page.exception
    assert "Scan first" in words(page)
    assert not page.selectbox


def test_before_the_first_export_it_leads_to_the_upload(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "Once an export is uploaded" in words(page)
    assert "Save mapping" in [button.label for button in page.button]


def test_the_licenses_of_the_export_are_offered_with_their_seats(
    november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(PAGE)
    license_ = next(box for box in page.selectbox if box.label == "License")
    assert license_.options[0] == "Partner Demo - 25 seats"
    assert "Not mapped yet" in words(page)


def test_a_mapping_is_saved_and_counts_at_once(desk: Desk, november: ExportId, open_page: OpenPage) -> None:
    page = open_page(PAGE)
    tier = "Archiving Add-on Only"
    product = find_product(book_of(desk).products.values(), "AV-EBP")
    next(box for box in page.selectbox if box.label == "License").set_value(tier).run()
    next(box for box in page.selectbox if box.label == "Product").set_value(product)
    page = press(page, "Save mapping")
    assert not page.exception
    saved = mapping_of(desk, tier)
    assert saved is not None
    assert saved.product_id == product
    assert "The preview uses it at once" in page.toast[0].value.replace("\\", "")
    rows = build_preview(desk, november).preview.rows
    assert not [row for row in rows if row.status == "license_unmapped" and row.parts[0].tier == tier]


def test_saving_without_a_product_asks_for_one(november: ExportId, open_page: OpenPage) -> None:
    page = press(open_page(PAGE), "Save mapping")
    assert "Choose the product" in page.error[0].value
    assert "Saved mappings" in words(page)


def test_a_license_is_marked_no_charge_and_removed(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(PAGE)
    next(box for box in page.selectbox if box.label == "License").set_value("Partner Demo").run()
    page = press(page, "Mark no-charge")
    saved = mapping_of(desk, "Partner Demo")
    assert saved is not None
    assert saved.no_charge
    page.button(key="remove-Partner Demo").click().run()
    assert mapping_of(desk, "Partner Demo") is None


def test_a_near_miss_is_suggested_and_applied_only_when_asked(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    tier = "email advanced protect"
    page = open_page(PAGE)
    next(box for box in page.selectbox if box.label == "License").set_value(tier).run()
    assert "Nearly the same as Email Advanced Protect" in words(page)
    assert mapping_of(desk, tier) is None
    press(page, "Map it the same way")
    near, meant = mapping_of(desk, tier), mapping_of(desk, "Email Advanced Protect")
    assert near is not None
    assert meant is not None
    assert near.product_id == meant.product_id


def test_agreement_types_are_saved(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(PAGE)
    first = book_of(desk).agreement_types[0]
    page.multiselect[0].set_value([first])
    page = press(page, "Save agreement types")
    assert desk.rules.agreement_types == {first}
    assert "1 agreement type" in page.toast[0].value


def test_links_are_listed_and_searched(desk: Desk, november: ExportId, open_page: OpenPage) -> None:
    build_preview(desk, november)
    links = desk.store.choices.links(desk.team.id)
    page = open_page(PAGE)
    assert len(page.dataframe[0].value) == len(links)
    assert set(page.dataframe[0].value["Made"]) == {"Automatically"}
    page.text_input[0].set_value(links[0].tenant_name.upper()).run()
    assert links[0].tenant_name in list(page.dataframe[0].value["Tenant"])
    page.text_input[0].set_value("no such tenant").run()
    assert "No link mentions that" in words(page)


def test_the_table_says_why_each_tenant_was_linked(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    build_preview(desk, november)
    link_company(desk, "by-hand", next(iter(book_of(desk).companies)), "Zyx Qwv")
    table = open_page(PAGE).dataframe[0].value
    why = dict(zip(table["Tenant"], table["Why"], strict=True))
    assert why["Zyx Qwv"] == "Picked by a person"
    assert why["Bramfell Timber Ltd"].startswith("Same name:")


def test_an_automatic_link_is_ruled_out_where_it_is_shown_and_taken_back_below(
    desk: Desk, november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_preview(desk, november)
    select(monkeypatch, "bramfell-timber")
    page = open_page(PAGE)
    assert "Matched by name on" in words(page)
    page = press(page, "Not this company")
    assert not page.exception
    assert "Bramfell Timber Ltd is ruled out for Bramfell Timber Ltd" in page.toast[0].value.replace("\\", "")
    assert link_of(desk, "bramfell-timber") is None
    (rejection,) = desk.store.choices.rejections(desk.team.id)
    page = open_page(PAGE)
    assert "Ruled out" in words(page)
    assert "Bramfell Timber Ltd (bramfell-timber)" in words(page)
    page = press(page, "Take back")
    assert "may be suggested for Bramfell Timber Ltd again" in page.toast[0].value.replace("\\", "")
    assert desk.store.choices.rejections(desk.team.id) == ()
    build_preview(desk, november)
    again = link_of(desk, rejection.portal)
    assert again is not None
    assert again.company_id == rejection.company_id


def test_the_button_in_a_row_of_the_table_takes_back_the_link_of_that_row(
    desk: Desk, november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_preview(desk, november)
    link_company(desk, "bramfell-timber", next(iter(book_of(desk).companies)))
    shown = desk.store.choices.links(desk.team.id)
    (by_hand,) = [at for at, link in enumerate(shown) if link.key == "bramfell-timber"]
    table = open_page(PAGE).dataframe[0].value
    assert list(table["Tenant"]) == [link.tenant_name for link in shown]
    assert table["Undo"][by_hand] == "Remove link"
    assert set(table["Undo"].drop(by_hand)) == {"Not this company"}

    for at in (by_hand, 0):
        monkeypatch.setattr(links, "get", lambda _, at=at: SimpleNamespace(row=at))
        links._undo(desk, book_of(desk), shown)
    gone = {link.key for link in shown} - {link.key for link in desk.store.choices.links(desk.team.id)}
    assert gone == {"bramfell-timber", shown[0].key}
    assert [each.key for each in desk.store.choices.rejections(desk.team.id)] == [shown[0].key]


def test_the_address_opens_the_company_links(november: ExportId, open_page: OpenPage) -> None:
    for query, opened in (({}, 0), ({"tab": "Company links"}, 2), ({"tab": "no such"}, 0)):
        (tabs,) = open_page(PAGE, **query).get("tab_container")
        assert tabs.proto.tab_container.default_tab_index == opened


def test_a_link_by_hand_says_who_made_it_and_is_removed(
    desk: Desk, november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    link_company(desk, "bramfell-timber", next(iter(book_of(desk).companies)))
    select(monkeypatch, "bramfell-timber")
    page = open_page(PAGE)
    assert "by hand by" in words(page)
    page = press(page, "Remove link")
    assert "It is matched by its name again" in page.toast[0].value
    assert (link_of(desk, "bramfell-timber"), desk.store.choices.rejections(desk.team.id)) == (None, ())


def test_what_is_ruled_out_is_searched_and_a_viewer_can_not_take_it_back(
    desk: Desk, november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reject_company(desk, "bramfell-timber", next(iter(book_of(desk).companies)))
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE)
    assert "Bramfell Timber Ltd (bramfell-timber)" in words(page)
    assert "Take back" not in [button.label for button in page.button]
    page.text_input[0].set_value("no such tenant").run()
    assert "Bramfell Timber Ltd (bramfell-timber)" not in words(page)


def test_without_links_the_page_says_how_they_are_made(open_page: OpenPage) -> None:
    assert "No tenant is linked yet" in words(open_page(PAGE))


def test_a_viewer_reads_but_changes_nothing(
    november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE)
    assert not page.exception
    assert "Saved mappings" in words(page)
    assert [button.label for button in page.button if not button.disabled] == []


def test_hostile_names_show_as_text(desk: Desk, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(desk, "a.csv", f"Tenant,Portal,License,Users,Status\n{HOSTILE},p1,{HOSTILE},3,Paid\n".encode())
    company = next(iter(book_of(desk).companies))
    link_company(desk, HOSTILE, company, HOSTILE)
    reject_company(desk, "p1", company, HOSTILE)
    select(monkeypatch, HOSTILE)
    page = open_page(PAGE)
    page = press(page, "Mark no-charge")
    assert not page.exception
    marked = "\n".join(
        str(getattr(e, "value", ""))
        for kind in ("markdown", "caption", "toast", "warning")
        for e in page.get(kind)
    )
    assert "Evil" in marked
    for live in ("**Evil**", "<b>", ":smile:", "$x$", "[y]("):
        assert live not in marked
