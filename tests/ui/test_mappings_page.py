"""The Mappings page: licenses that wait, saved mappings, agreement types."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from seatsync.desk import Desk
from seatsync.licenses import list_licenses
from seatsync.model import ExportId, ProductId, TierMapping
from seatsync.people import Permission, Person, Role
from seatsync.previews import build_preview, upload
from seatsync.status import Status
from seatsync.ui import mapping_table
from seatsync.ui.session import Keys
from seatsync.upkeep import book_of, clear_mapping, find_product, map_tier, mapping_of
from tests.ui.conftest import OpenPage, words
from tools.installed import TIERS

PAGE = "pages/mappings.py"
TYPES = "Agreement types"
HOSTILE = "**Evil** <b>x</b> :smile: $x$ [y](http://z)"


def labels(page: AppTest) -> list[str]:
    """The labels of the buttons, as they are read."""
    return [_read(button) for button in page.button]


def button(page: AppTest, label: str, place: int = 0) -> Button:
    """The button with that label; the first, unless another place is given."""
    return [button for button in page.button if _read(button) == label][place]


def press(page: AppTest, label: str, place: int = 0) -> AppTest:
    """Press the button with that label."""
    return button(page, label, place).click().run()


def _read(button: Button) -> str:
    return button.label.replace("\\", "").replace("\u2060", "")


def toasted(page: AppTest) -> str:
    """What the toast says."""
    return page.toast[0].value.replace("\\", "").replace("\u2060", "")


def check(page: AppTest, *rows: int) -> AppTest:
    """Check rows of the page's table."""
    key = page.dataframe[0].key
    assert key is not None
    page.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return page.run()


def change(page: AppTest, tier: str) -> AppTest:
    """Open the drawer of a mapping, as the button in its row does, which page tests can't click."""
    page.session_state[Keys.mapping_changed] = tier
    return page.run()


def test_before_the_first_scan_it_leads_there(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert not page.exception
    assert "No snapshot yet" in words(page)
    assert not page.selectbox


def test_before_the_first_export_it_leads_to_the_upload(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "Once an export is uploaded" in words(page)
    assert "Save mapping" in labels(page)


def test_the_licenses_that_wait_come_first_with_their_seats_and_rows(
    november: ExportId, open_page: OpenPage
) -> None:
    said = words(open_page(PAGE))
    assert "Not mapped yet: 4 licenses of avanan-2026-11.csv, 59 seats in all." in said
    assert said.index("**Partner Demo**") < said.index("**Email & Collaboration Advanced Protect**")
    assert "25 seats in 1 row wait." in said
    assert "Review the changes" not in said


def test_a_license_that_bears_the_name_of_a_product_is_mapped_in_one_click(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    clear_mapping(desk, "Email Advanced Protect")
    page = open_page(PAGE)
    assert "The catalogue has a product of this name: AV-EAP · Email Advanced Protect · 4.00." in words(page)
    assert mapping_of(desk, "Email Advanced Protect") is None
    page = press(page, "Map to AV-EAP")
    product = find_product(book_of(desk).products.values(), "AV-EAP")
    assert mapping_of(desk, "Email Advanced Protect") == TierMapping("Email Advanced Protect", product)
    assert "Email Advanced Protect is mapped to AV-EAP. The preview uses it at once." in toasted(page)


def test_no_more_than_one_button_is_the_primary_one(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    for tier in TIERS:
        clear_mapping(desk, tier)
    page = open_page(PAGE)
    assert sum(label.startswith("Map to") for label in labels(page)) >= 3
    primary = [_read(button) for button in page.button if button.proto.type == "primary"]
    assert primary == ["Map to AV-EAP"]


def test_any_product_is_saved_on_the_row_of_the_license_and_counts_at_once(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(PAGE)
    tier = "Archiving Add-on Only"
    product = find_product(book_of(desk).products.values(), "AV-EBP")
    assert button(page, "Save mapping").disabled
    page.selectbox(key=f"product-{tier}").set_value(product).run()
    page.button(key=f"save-product-{tier}").click().run()
    assert not page.exception
    assert mapping_of(desk, tier) == TierMapping(tier, product)
    assert "The preview uses it at once" in toasted(page)
    rows = build_preview(desk, november).preview.rows
    assert not [row for row in rows if row.status is Status.LICENSE_UNMAPPED and row.parts[0].tier == tier]


def test_a_license_is_marked_no_charge_on_its_row(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(PAGE)
    page.button(key="free-product-Partner Demo").click().run()
    assert mapping_of(desk, "Partner Demo") == TierMapping("Partner Demo", None)
    assert "Partner Demo is no-charge" in toasted(page)


def test_a_near_miss_is_suggested_and_applied_only_when_asked(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    tier = "email advanced protect"
    page = open_page(PAGE)
    assert "Nearly the same as Email Advanced Protect, which is mapped to AV-EAP" in words(page)
    assert mapping_of(desk, tier) is None
    page.button(key=f"map-{tier}").click().run()
    near, meant = mapping_of(desk, tier), mapping_of(desk, "Email Advanced Protect")
    assert near is not None
    assert meant is not None
    assert near.product_id == meant.product_id


def test_a_license_that_is_in_no_export_is_typed_by_hand(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(PAGE)
    page.text_input(key="license-0").set_value("EMAIL advanced protect").run()
    assert "Nearly the same as" in words(page)
    page.button(key="map-EMAIL advanced protect").click().run()
    assert mapping_of(desk, "EMAIL advanced protect") is not None
    page.text_input(key="license-1").set_value("Email Basic Protect").run()
    assert "It is mapped already: AV-EBP" in words(page)
    page.button(key="free-another-1-Email Basic Protect").click().run()
    assert mapping_of(desk, "Email Basic Protect") == TierMapping("Email Basic Protect", None)


def test_when_the_last_license_is_mapped_it_leads_to_the_changes(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(PAGE)
    for _ in range(4):
        assert "is mapped." not in words(page)
        page = press(page, "Mark no-charge")
    assert "Every license of the last export, avanan-2026-11.csv, is mapped." in words(page)
    assert "Review the changes" in [link.label for link in page.get("page_link")]


def test_of_many_licenses_that_wait_the_first_are_shown_and_the_others_offered(
    desk: Desk, open_page: OpenPage
) -> None:
    rows = "".join(f"Tenant {n},t{n},License {n:02d},{n},Paid\n" for n in range(1, 13))
    upload(desk, "many.csv", f"Tenant,Portal,License,Users,Status\n{rows}".encode())
    page = open_page(PAGE)
    assert "Not mapped yet: 12 licenses" in words(page)
    assert "**License 05**" in words(page)
    assert "**License 04**" not in words(page)
    assert "4 more licenses wait below" in words(page)
    assert page.selectbox(key="license-0").options == ["License 04", "License 03", "License 02", "License 01"]


def test_the_saved_mappings_tell_product_price_seats_and_who_saved_them(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    map_tier(desk, "Partner Demo", None)
    table = open_page(PAGE).dataframe[0].value
    assert list(table["License"]) == [
        "Email Advanced Protect",
        "Email Complete Protect",
        "Email Basic Protect",
        "Partner Demo",
    ]
    assert list(table["Product"]) == ["AV-EAP", "AV-ECP", "AV-EBP", "No-charge"]
    assert list(table["Price"]) == ["4.00", "5.50", "2.75", ""]
    assert list(table["Seats"]) == [2046, 138, 47, 25]
    assert set(table["Saved by"]) == {"local"}
    assert "To do" not in table


def test_a_mapping_to_a_product_that_is_gone_is_marked_with_what_to_do(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    draft = desk.draft(Permission.MANAGE, "mapping.save", "Old")
    desk.store.choices.save_mapping(desk.team.id, TierMapping("Old", ProductId(987654)), draft)
    page = open_page(PAGE)
    assert "1 mapping needs another product" in words(page)
    table = page.dataframe[0].value
    assert (table["License"][0], table["To do"][0]) == ("Old", "Product gone: choose another")
    page = change(page, "Old")
    assert "Its product is not in the last scan: choose another, or scan again." in words(page)


def test_the_saved_mappings_are_searched_once_they_are_many(desk: Desk, open_page: OpenPage) -> None:
    assert [box.label for box in open_page(PAGE).text_input] == ["License"]
    for number in range(9):
        map_tier(desk, f"Free {number}", None)
    page = open_page(PAGE)
    search = page.text_input(key=Keys.mapping_search)
    search.set_value("av-ecp COMPLETE").run()
    assert list(page.dataframe[0].value["License"]) == ["Email Complete Protect"]
    search.set_value("no such license").run()
    assert "No saved mapping mentions that" in words(page)


def test_a_mapping_is_changed_in_its_drawer(desk: Desk, november: ExportId, open_page: OpenPage) -> None:
    tier = "Email Basic Protect"
    page = change(open_page(PAGE), tier)
    assert "47 seats in 5 rows of the last export, avanan-2026-11.csv." in words(page)
    product = find_product(book_of(desk).products.values(), "AV-EAP")
    page.selectbox(key=f"change-{tier}").set_value(product).run()
    page = press(page, "Save mapping", place=-1)
    assert mapping_of(desk, tier) == TierMapping(tier, product)
    assert Keys.mapping_changed not in page.session_state
    page = press(change(page, tier), "Mark no-charge", place=-1)
    assert mapping_of(desk, tier) == TierMapping(tier, None)
    page = press(change(page, tier), "Remove mapping")
    assert mapping_of(desk, tier) is None
    assert f"The mapping of {tier} is removed" in toasted(page)


def test_the_button_in_a_row_opens_the_mapping_of_that_row(
    desk: Desk, november: ExportId, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: dict[str, object] = {}
    monkeypatch.setattr(mapping_table, "get", lambda _: SimpleNamespace(row=1))
    monkeypatch.setattr(mapping_table, "put", opened.__setitem__)
    found = mapping_table.matching(list_licenses(desk, book_of(desk)).mapped, "")
    mapping_table._open(found)
    assert opened == {Keys.mapping_changed: found[1].tier}


def test_several_mappings_are_removed_after_a_question_that_tells_their_seats(
    desk: Desk, november: ExportId, open_page: OpenPage
) -> None:
    page = open_page(PAGE)
    assert button(page, "Remove mappings").disabled
    page = press(check(page, 0, 2), "Remove 2 mappings")
    assert "**2 licenses with 2,093 seats** of avanan-2026-11.csv go back to License unmapped" in words(page)
    assert mapping_of(desk, "Email Advanced Protect") is not None
    page = press(page, "Not now")
    assert mapping_of(desk, "Email Advanced Protect") is not None
    page = press(press(page, "Remove 2 mappings"), "Remove 2 mappings", place=-1)
    assert "2 mappings are removed" in toasted(page)
    assert [each.tier for each in desk.store.choices.mappings(desk.team.id)] == ["Email Complete Protect"]


def test_agreement_types_tell_what_they_hold_and_that_a_change_is_not_saved(
    desk: Desk, open_page: OpenPage
) -> None:
    page = open_page(PAGE, tab=TYPES)
    table = page.dataframe[0].value
    assert list(table["Agreement type"]) == list(book_of(desk).agreement_types)
    assert sum(table["Lines"]) > 0
    assert button(page, "Save agreement types").disabled
    assert "Not saved yet" not in words(page)

    page.multiselect[0].set_value(["Security Bundle"]).run()
    assert ":orange-badge[:material/edit: Not saved yet]" in words(page)
    assert "2 lines would count, now 53." in words(page)
    assert list(page.dataframe[0].value["Counts"]) == ["– No", "– No", "✓ Yes"]
    assert desk.rules.agreement_types == frozenset()

    page = press(page, "Drop the change")
    assert page.multiselect[0].value == []


def test_agreement_types_are_saved(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(PAGE, tab=TYPES)
    first = book_of(desk).agreement_types[0]
    page.multiselect[0].set_value([first]).run()
    page = press(page, "Save agreement types")
    assert desk.rules.agreement_types == {first}
    assert "1 agreement type counts" in toasted(page)
    assert button(page, "Save agreement types").disabled
    page.multiselect[0].set_value([]).run()
    assert "Every agreement counts" in toasted(press(page, "Save agreement types"))


def test_the_address_opens_a_tab(november: ExportId, open_page: OpenPage) -> None:
    for query, opened in (
        ({}, 0),
        ({"tab": TYPES}, 1),
        ({"tab": "Company links"}, 2),
        ({"tab": "no such"}, 0),
    ):
        page = open_page(PAGE, **query)
        (tabs,) = page.get("tab_container")
        assert not page.exception
        assert tabs.proto.tab_container.default_tab_index == opened


def test_a_viewer_reads_but_changes_nothing(
    desk: Desk, november: ExportId, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    for tab in ("License mappings", TYPES, "Company links"):
        page = open_page(PAGE, tab=tab)
        assert not page.exception
        assert [button.label for button in page.button if not button.disabled] == []
        assert not page.selectbox
    page = change(open_page(PAGE), "Email Basic Protect")
    assert "25 seats in 1 row wait." in words(page)
    assert "Change" not in page.dataframe[0].value
    assert labels(page) == []


def test_hostile_names_show_as_text(desk: Desk, open_page: OpenPage) -> None:
    rows = f"{HOSTILE},p1,{HOSTILE},3,Paid\n"
    upload(desk, "a.csv", f"Tenant,Portal,License,Users,Status\n{rows}".encode())
    page = open_page(PAGE)
    marked = markdown(page)
    page = press(page, "Mark no-charge")
    marked += markdown(page)
    marked += markdown(change(page, HOSTILE))
    marked += markdown(press(check(change(page, ""), 0, 1), "Remove 2 mappings"))
    assert not page.exception
    assert marked.count("Evil") >= 4
    for live in ("**Evil**", "<b>", ":smile:", "$x$", "[y]("):
        assert live not in marked


def markdown(page: AppTest) -> str:
    """Everything on a page that is read as Markdown."""
    kinds = ("markdown", "caption", "toast", "warning", "success")
    said = [str(getattr(element, "value", "")) for kind in kinds for element in page.get(kind)]
    said += [f"{element.label}{element.help}" for element in (*page.button, *page.selectbox)]
    return "\n".join(said)
