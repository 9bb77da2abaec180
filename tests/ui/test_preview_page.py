"""The page Avanan Seats: upload, filters, boxes, row details and what can be done there."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, ButtonGroup

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.links import link_of
from seatsync.model import CompanyId, ExportId
from seatsync.people import Permission, Person, Role
from seatsync.previews import build_preview, tick
from seatsync.status import OperationKind, Status
from seatsync.ui import frame
from seatsync.ui.grid import read_clicks
from seatsync.ui.session import installation
from seatsync.upkeep import book_of, map_tier, mapping_of
from seatsync.worksheet import Line, View, Worksheet
from tools.installed import SAMPLES

from .conftest import OpenPage, upload_sample, words

PAGE = "pages/preview.py"
NOVEMBER = (SAMPLES / "avanan-2026-11.csv").read_bytes()
TWO_USER_COLUMNS = b"Tenant,License,User Count,Number of Users\nContoso,Email Advanced Protect,5,6\n"


def button(test: AppTest, label: str) -> Button:
    """The one button with a label."""
    (found,) = [b for b in test.button if b.label == label]
    return found


def open_row(test: AppTest, key: str) -> AppTest:
    """Open a row by its name, in the box under the grid."""
    test.session_state["details_names"] = True
    test.run()
    (box,) = [box for box in test.selectbox if box.label == "Row"]
    box.set_value(key).run()
    assert not test.exception
    return test


def key_of(desk: Desk, export: ExportId, name: str) -> str:
    """The key of the row of one tenant, or of one company."""
    rows = build_preview(desk, export).preview.rows
    (found,) = [
        row.key
        for row in rows
        if name in {part.tenant for part in row.parts} or (row.company and row.company.name == name)
    ]
    return found


def company_id(desk: Desk, name: str) -> CompanyId:
    """The id of the one company of a name."""
    (found,) = [company.id for company in book_of(desk).companies.values() if company.name == name]
    return found


def test_without_a_scan_the_page_says_so_and_starts_it(open_empty: OpenPage) -> None:
    test = open_empty(PAGE)
    assert "No snapshot yet" in words(test)
    assert "Overview" in {link.proto.label for link in test.get("page_link")}
    assert not test.get("file_uploader")
    (scan,) = [button for button in test.button if button.label == "Scan ConnectWise"]
    scan.click().run()
    assert not test.exception
    desk = installation().desk()
    (started,) = desk.store.operations.all(desk.team.id)
    assert started.kind is OperationKind.SCAN
    assert wait_for(desk.store, desk.team.id, started.id, lambda _: None).status == "completed"
    assert "No export is uploaded yet" in words(test.run())


def test_without_a_connection_the_page_leads_to_setup(
    open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("URL", "COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID"):
        monkeypatch.delenv(f"SEATSYNC_CONNECTWISE_{name}")
    test = open_empty(PAGE)
    assert "ConnectWise has to be connected first" in words(test)
    assert [button.label for button in test.button] == ["Connect ConnectWise"]


def test_without_an_export_the_page_says_where_the_samples_are(open_page: OpenPage) -> None:
    test = open_page(PAGE)
    assert test.title[0].value == "Avanan Seats"
    assert test.file_uploader[0].label == "Upload Avanan CSV"
    assert "data/samples" in words(test)


def test_an_upload_is_kept_once_and_shown(open_page: OpenPage, desk: Desk) -> None:
    test = open_page(PAGE)
    test.file_uploader[0].upload("avanan-2026-11.csv", NOVEMBER).run()
    test.run()
    assert not test.exception
    assert len(desk.store.exports.all(desk.team.id)) == 1
    assert len(desk.store.audit.entries(desk.team.id, action="export.upload")) == 1
    assert "63 rows = 55 paid + 3 skipped + 3 expired or deleted" in test.expander[0].label
    assert button(test, "Push 18 changes to ConnectWise")
    assert test.query_params["export"] in ("1", ["1"])


def test_the_same_file_again_is_said_so(open_page: OpenPage, november: ExportId) -> None:
    test = open_page(PAGE)
    test.session_state["upload_open"] = True
    test.run()
    test.file_uploader[0].upload("again.csv", NOVEMBER).run()
    assert "is kept already" in test.toast[0].value.replace("\\", "")
    assert "The same file again: again.csv as avanan-2026-11.csv, kept on" in words(test).replace("*", "")
    assert "Nothing new was read" in words(test)


def test_a_refused_file_is_refused_in_a_sentence_and_read_once(open_page: OpenPage, desk: Desk) -> None:
    test = open_page(PAGE)
    test.file_uploader[0].upload("usage.csv", b"Day,Price (USD),Cost (USD)\n2026-11-01,1,1\n").run()
    test.run()
    assert len(test.error) == 1
    assert not test.exception
    assert not desk.store.exports.all(desk.team.id)


def test_an_unclear_column_is_asked_for(open_page: OpenPage, desk: Desk) -> None:
    test = open_page(PAGE)
    test.file_uploader[0].upload("two.csv", TWO_USER_COLUMNS).run()
    assert "command line" not in words(test)
    box = test.radio(key="column_choice")
    box.set_value("Number of Users").run()
    button(test, "Use this column").click().run()
    assert not test.exception
    (kept,) = desk.store.exports.all(desk.team.id)
    assert kept.columns["users"] == "Number of Users"


def test_no_change_is_hidden_until_it_is_asked_for(open_page: OpenPage, november: ExportId) -> None:
    test = open_page(PAGE)
    assert "48 of 67 rows shown" in words(test)
    pills = test.get("button_group")[0]
    assert isinstance(pills, ButtonGroup)
    pills.set_value([]).run()
    assert "67 of 67 rows shown" in words(test)


def test_the_search_looks_in_tenant_company_product_and_license(
    open_page: OpenPage, november: ExportId
) -> None:
    test = open_page(PAGE)
    test.text_input(key="row_search").set_value("pellmarsh").run()
    assert "1 of 67 rows shown" in words(test)
    assert "18 chosen rows not shown" in words(test)
    test.text_input(key="row_search").set_value("no such words").run()
    assert "No row fits the filters" in words(test)


def test_select_none_shown_unticks_the_shown_rows_alone(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_page(PAGE)
    test.text_input(key="row_search").set_value("hazelgarth").run()
    button(test, "Select none").click().run()
    assert button(test, "Push 17 changes to ConnectWise")
    assert list(desk.store.choices.ticks(desk.team.id, november).values()) == [False]
    button(test, "Defaults").click().run()
    assert button(test, "Push 18 changes to ConnectWise")


def test_select_all_shown_leaves_rows_alone_that_cannot_be_pushed(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_page(PAGE)
    button(test, "Select all").click().run()
    review = build_preview(desk, november)
    ticked = {row.key for row in review.preview.rows if review.ticked(row)}
    assert ticked == {row.key for row in review.preview.rows if row.selectable}


def test_a_click_is_read_by_the_order_in_which_rows_are_shown(desk: Desk, november: ExportId) -> None:
    sheet = Worksheet(build_preview(desk, november))
    lines = sheet.find(View(statuses=frozenset({Status.READY})))[::-1]
    shown = [sheet.rows[line.places[0]].key for line in lines]
    ticks, refused = read_clicks(sheet, lines, {0: False, 1: True})
    assert ticks == {shown[0]: False, shown[1]: True}
    assert not refused


def test_a_click_on_a_row_that_cannot_be_pushed_is_refused(desk: Desk, november: ExportId) -> None:
    sheet = Worksheet(build_preview(desk, november))
    (locked, *_) = [place for place, row in enumerate(sheet.rows) if not row.selectable]
    ticks, refused = read_clicks(sheet, [Line((locked,))], {0: True})
    assert not ticks
    assert refused == (sheet.rows[locked],)


def test_ticks_survive_another_browser(open_page: OpenPage, desk: Desk, november: ExportId) -> None:
    tick(desk, november, {key_of(desk, november, "Hazelgarth Nurseries Ltd"): False})
    assert button(open_page(PAGE), "Push 17 changes to ConnectWise")


def test_nothing_chosen_cannot_be_pushed(open_page: OpenPage, desk: Desk, november: ExportId) -> None:
    rows = build_preview(desk, november).preview.rows
    tick(desk, november, {row.choice: False for row in rows if row.selectable})
    assert button(open_page(PAGE), "Push 0 changes to ConnectWise").disabled


def test_rows_that_wait_for_a_mapping_are_counted_above_the_totals(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_page(PAGE)
    assert "3 rows wait for a license mapping." in words(test)
    assert "Map the licenses" in {link.proto.label for link in test.get("page_link")}
    for row in build_preview(desk, november).preview.rows:
        if row.status is Status.LICENSE_UNMAPPED:
            map_tier(desk, row.parts[0].tier, None)
    assert "for a license mapping" not in words(open_page(PAGE))


def test_the_grid_names_the_tenant_where_no_company_is_known_and_asks_for_the_agreement(
    open_page: OpenPage, november: ExportId
) -> None:
    test = open_page(PAGE)
    (grid,) = [table.value for table in test.dataframe if "Push" in table.value.columns]
    by_tenant = grid.set_index("Tenants")
    assert by_tenant.loc["Pellmarsh Property", "Company"] == "tenant: Pellmarsh Property"
    assert by_tenant.loc["Yarlcombe Haulage Ltd", "Agreement"] == "Choose agreement"
    assert list(grid["Agreement"]).count("Choose agreement") == 1


def test_the_parts_of_a_row_are_added_up_in_words(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_row(open_page(PAGE), key_of(desk, november, "Brambeck Freight Ltd"))
    assert "Brambeck Freight Limited 5 + Brambeck Freight Ltd 12 = 17" in words(test)


def test_a_company_picked_on_an_ambiguous_row_is_linked_and_the_row_followed(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_row(open_page(PAGE), key_of(desk, november, "Pellmarsh Property"))
    (box,) = [b for b in test.selectbox if b.label.startswith("Company in ConnectWise for")]
    assert box.options[0].startswith("Pellmarsh Property Management Ltd")
    box.set_value(company_id(desk, "Pellmarsh Property Management Ltd")).run()
    button(test, "Save company").click().run()
    assert not test.exception
    link = link_of(desk, "pellmarsh-property-management")
    assert link is not None
    assert link.source == "by_hand"
    assert test.session_state["details_row"].startswith("c")
    assert "by hand by" in words(test)
    button(test, "Remove link").click().run()
    assert link_of(desk, "pellmarsh-property-management") is None
    assert "It is matched by its name again" in test.toast[0].value.replace("\\", "")


def test_a_matched_tenant_says_why_and_is_unmatched_in_two_clicks(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_row(open_page(PAGE), key_of(desk, november, "Bramfell Timber Ltd"))
    said = words(test)
    assert "Bramfell Timber Ltd (portal bramfell-timber) is Bramfell Timber Ltd" in said.replace("**", "")
    assert 'Same name: "Bramfell Timber Ltd"' in said
    assert "Its website is https://" in said
    button(test, "Not this company").click().run()
    assert not test.exception
    assert "Bramfell Timber Ltd is ruled out for Bramfell Timber Ltd. Pick its company here" in test.toast[
        0
    ].value.replace("\\", "")
    (rejection,) = desk.store.choices.rejections(desk.team.id)
    assert (rejection.portal, rejection.tenant_name) == ("bramfell-timber", "Bramfell Timber Ltd")
    assert test.session_state["details_row"].startswith("t")
    assert "Bramfell Timber Ltd was ruled out by" in words(test)
    assert link_of(desk, "bramfell-timber") is None
    button(test, "Take back").click().run()
    assert not test.exception
    assert desk.store.choices.rejections(desk.team.id) == ()
    assert link_of(desk, "bramfell-timber") is not None
    assert test.session_state["details_row"].startswith("c")


def test_each_tenant_of_a_row_has_its_own_button(open_page: OpenPage, desk: Desk, november: ExportId) -> None:
    test = open_row(open_page(PAGE), key_of(desk, november, "Brambeck Freight Ltd"))
    undo = [b for b in test.button if b.label == "Not this company"]
    assert len(undo) == 2
    (eu,) = [b for b in undo if b.key and b.key.endswith("-brambeck-eu")]
    eu.click().run()
    assert not test.exception
    assert [each.key for each in desk.store.choices.rejections(desk.team.id)] == ["brambeck-eu"]
    assert link_of(desk, "brambeck-us") is not None
    assert "Brambeck Freight Ltd was ruled out by" in words(test)


def test_a_candidate_is_ruled_out_on_an_ambiguous_row(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_row(open_page(PAGE), key_of(desk, november, "Pellmarsh Property"))
    before = [b for b in test.button if b.label == "Not this company"]
    before[0].click().run()
    assert not test.exception
    (rejection,) = desk.store.choices.rejections(desk.team.id)
    assert f"{rejection.company_name} was ruled out by" in words(test)
    assert len([b for b in test.button if b.label == "Not this company"]) == len(before) - 1


def test_a_create_with_several_agreements_can_be_ticked_once_one_is_chosen(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    key = key_of(desk, november, "Yarlcombe Haulage Ltd")
    test = open_row(open_page(PAGE), key)
    (box,) = [b for b in test.selectbox if b.label == "Agreement to create the line in"]
    assert box.value is None
    before = {row.key: row for row in build_preview(desk, november).preview.rows}[key]
    assert not before.selectable
    box.set_value(before.agreements[0].id).run()
    assert not test.exception
    row = {row.key: row for row in build_preview(desk, november).preview.rows}[key]
    assert row.selectable
    assert row.agreement is not None


def test_an_unmapped_license_is_mapped_on_its_row(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    rows = build_preview(desk, november).preview.rows
    (key,) = [row.key for row in rows if row.parts and row.parts[0].tier == "email advanced protect"]
    test = open_row(open_page(PAGE), key)
    (box,) = [b for b in test.selectbox if b.label.startswith("Product for the license")]
    assert box.options[box.index or 0].startswith("AV-EAP")
    button(test, "Save mapping").click().run()
    mapping = mapping_of(desk, "email advanced protect")
    assert mapping is not None
    assert not mapping.no_charge


def test_a_license_is_marked_no_charge_on_its_row(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    rows = build_preview(desk, november).preview.rows
    (key,) = [row.key for row in rows if row.parts and row.parts[0].tier == "Archiving Add-on Only"]
    test = open_row(open_page(PAGE), key)
    button(test, "Mark no-charge").click().run()
    assert not test.exception
    assert "on a no-charge license" in words(test)


def test_an_incomplete_export_says_so_until_it_is_declared_complete(open_page: OpenPage, desk: Desk) -> None:
    upload_sample(desk, "avanan-2026-10.csv")
    build_preview(desk, ExportId(1))
    few = b"\n".join(NOVEMBER.splitlines()[:12])
    test = open_page(PAGE)
    test.session_state["upload_open"] = True
    test.run()
    test.file_uploader[0].upload("few.csv", few).run()
    assert "Incomplete export: orphans are not looked for" in words(test)
    button(test, "Declare complete").click().run()
    assert "Say why the file is complete" in words(test)
    (reason,) = [box for box in test.text_input if box.label.startswith("Why the file")]
    reason.set_value("Forty tenants moved away")
    button(test, "Declare complete").click().run()
    assert "Incomplete export" not in words(test)
    assert "Forty tenants moved away" in words(test)


def test_a_viewer_sees_the_preview_and_can_change_nothing(
    open_page: OpenPage, desk: Desk, november: ExportId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "LOCAL_ADMIN", Person("vera", Role.VIEWER))
    assert not Person("vera", Role.VIEWER).may(Permission.MANAGE)
    test = open_page(PAGE)
    assert not test.exception
    assert not test.get("file_uploader")
    assert not [b for b in test.button if b.label.startswith("Push")]
    assert button(test, "Select all").disabled
    open_row(test, next(row.key for row in build_preview(desk, november).preview.rows if row.company))
    assert "How the tenant was matched" in words(test)
    assert "Not this company" not in [b.label for b in test.button]


def test_names_from_outside_are_no_markdown(open_page: OpenPage, desk: Desk) -> None:
    name = b"**bold** :material/home: [x](http://evil.example)"
    test = open_page(PAGE)
    test.file_uploader[0].upload(
        "h.csv", b"Tenant,License,Users\n" + name + b",Email Advanced Protect,5\n"
    ).run()
    (key,) = [row.key for row in build_preview(desk, ExportId(1)).preview.rows if row.parts]
    open_row(test, key)
    for kind in ("markdown", "caption", "error", "info"):
        assert all("**bold**" not in str(getattr(element, "value", "")) for element in test.get(kind))


def test_the_totals_say_seats_before_and_after_and_each_currency_apart(
    open_page: OpenPage, november: ExportId
) -> None:
    shown = {metric.label: metric.value for metric in open_page(PAGE).metric}
    assert shown == {
        "Chosen": "18",
        "Seats billed (+36)": "1,574 → 1,610",
        "Monthly EUR": "+6.50",
        "Monthly USD": "+138.50",
        "Need a person": "12",
    }
