"""The Explore page: what is asked stands in the address, and the answer with its rows and downloads below."""

from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.people import Person, Role
from seatsync.previews import build_preview, upload
from seatsync.question import Dimension, Measure
from tests.ui.conftest import OpenPage, words
from tools.installed import SAMPLES

EXPLORE = "pages/explore.py"
MONTHS = ("2026-09", "2026-10", "2026-11")
HEAD = "Tenant,Portal,License,Users,Status\n"


@pytest.fixture
def autumn(desk: Desk) -> Desk:
    """A desk whose three sample exports were uploaded and looked at, so that their tenants are linked."""
    for month in MONTHS:
        name = f"avanan-{month}.csv"
        build_preview(desk, upload(desk, name, (SAMPLES / name).read_bytes()).export.id)
    return desk


def explore(open_page: OpenPage, **query: str) -> AppTest:
    """Open the page, and make sure that nothing broke."""
    page = open_page(EXPLORE, **query)
    assert not page.exception
    return page


def pivot(page: AppTest) -> pd.DataFrame:
    """The pivot, by the name of the row."""
    return next(table.value for table in page.dataframe if "name" in table.value).set_index("name")


def seat_rows(page: AppTest) -> pd.DataFrame | None:
    """The seat rows in the drawer, None while it is closed."""
    return next((table.value for table in page.dataframe if "Portal" in table.value), None)


def metric(page: AppTest, label: str) -> Any:
    """A number of the band."""
    return next(metric for metric in page.metric if metric.label == label)


def test_without_an_export_the_page_leads_to_the_upload(open_page: OpenPage) -> None:
    page = explore(open_page)
    assert "No export is kept yet" in words(page)
    assert [button.label for button in page.button] == ["Upload the export"]


def test_the_seats_of_every_company_stand_in_a_column_a_month(autumn: Desk, open_page: OpenPage) -> None:
    page = explore(open_page)
    table = pivot(page)
    assert [column for column in table if column in MONTHS] == list(MONTHS)
    assert table.index[0] == "Total"
    assert table[list(MONTHS)].iloc[1:].sum().tolist() == table[list(MONTHS)].iloc[0].tolist()
    assert table.loc["Scarworth Food Importers Inc", "2026-11"] == 1204
    assert metric(page, "Seats in 2026-11").value == f"{table['2026-11'].iloc[0]:,.0f}"
    assert metric(page, "Change since 2026-09").value == f"{table['change'].iloc[0]:+,.0f}"
    assert "Only paid seats count." in words(page)


def test_one_export_has_seats_but_no_changes_yet(desk: Desk, november: object, open_page: OpenPage) -> None:
    assert "change" not in pivot(explore(open_page))
    page = explore(open_page, measure="seat-change")
    assert "One export is kept, and a change needs two" in words(page)
    assert not page.dataframe


def test_what_is_chosen_goes_into_the_address(autumn: Desk, open_page: OpenPage) -> None:
    page = explore(open_page)
    page.get_by_key("explore_by").set_value(Dimension.TENANT).run()
    page.get_by_key("explore_measure").set_value(Measure.SEAT_CHANGE).run()
    page.selectbox(key="explore_from").set_value("2026-11").run()
    page.text_input(key="explore_find").set_value("brambeck").run()
    page.multiselect(key="explore_licenses").set_value(["Email Advanced Protect"]).run()
    page.selectbox(key="explore_sort").set_value("name").run()
    assert not page.exception
    assert {
        name: page.query_params[name] for name in ("by", "measure", "from", "find", "license", "sort")
    } == {
        "by": "tenant",
        "measure": "seat-change",
        "from": "2026-11",
        "find": "brambeck",
        "license": "Email Advanced Protect",
        "sort": "name",
    }
    table = pivot(page)
    assert list(table.index) == ["Total", "Brambeck Freight Limited", "Brambeck Freight Ltd"]
    assert table["2026-11"].tolist() == [2, 2, 0]
    page.text_input(key="explore_find").set_value("").run()
    assert "find" not in page.query_params


def test_an_address_shows_the_same_in_another_browser_with_the_rows_of_one(
    autumn: Desk, open_page: OpenPage
) -> None:
    asked = {
        "by": "tenant",
        "measure": "seat-change",
        "to": "2026-10",
        "find": "brambeck",
        "row": "brambeck-eu",
    }
    page = explore(open_page, **asked)
    assert page.selectbox(key="explore_to").value == "2026-10"
    assert page.text_input(key="explore_find").value == "brambeck"
    assert list(pivot(page).index) == ["Total", "Brambeck Freight Limited", "Brambeck Freight Ltd"]
    rows = seat_rows(page)
    assert rows is not None
    assert rows[["Month", "Tenant", "Counted", "File"]].values.tolist() == [
        ["2026-10", "Brambeck Freight Limited", 3.0, "avanan-2026-10.csv"]
    ]


def test_the_rows_behind_a_company_add_up_to_its_cells(autumn: Desk, open_page: OpenPage) -> None:
    page = explore(open_page, find="brambeck")
    key = next(
        link.company_id for link in autumn.store.choices.links(autumn.team.id) if "brambeck" in link.key
    )
    rows = seat_rows(explore(open_page, row=str(key)))
    assert rows is not None
    cells = pivot(page).loc["Brambeck Freight Ltd", list(MONTHS)]
    assert rows.groupby("Month")["Counted"].sum().to_dict() == cells.to_dict()
    assert len(set(rows["Tenant"])) == 2


def test_another_question_closes_the_rows(autumn: Desk, open_page: OpenPage) -> None:
    page = explore(open_page, by="license", row="Email Advanced Protect")
    assert seat_rows(page) is not None
    page.get_by_key("explore_measure").set_value(Measure.MONEY).run()
    assert "row" not in page.query_params
    assert seat_rows(page) is None


def test_hostile_and_outdated_parameters_show_what_the_page_shows_at_first(
    autumn: Desk, open_page: OpenPage
) -> None:
    names = ("by", "measure", "from", "to", "license", "currency", "sort", "files", "chart", "row")
    bad = "<script>alert(1)</script>"
    page = explore(open_page, **dict.fromkeys(names, bad))
    assert pivot(page).equals(pivot(explore(open_page)))
    assert bad not in words(page)


def test_the_question_is_still_there_after_a_look_at_another_page(autumn: Desk, open_page: OpenPage) -> None:
    page = explore(open_page, by="license", find="complete")
    page.switch_page("pages/operations.py").run()
    for name in ("by", "find"):
        page.query_params.pop(name, None)
    page.switch_page(EXPLORE).run()
    assert not page.exception
    assert list(pivot(page).index) == ["Total", "Email Complete Protect"]
    assert page.query_params["by"] == "license"


def test_a_search_that_fits_nothing_can_be_cleared(autumn: Desk, open_page: OpenPage) -> None:
    page = explore(open_page, find="nobody at all")
    assert "No seat fits" in words(page)
    next(button for button in page.button if button.label.startswith("Clear")).click().run()
    assert not page.exception
    assert "find" not in page.query_params
    assert len(pivot(page)) > 10


def test_money_is_by_currency_and_unknown_prices_are_said(autumn: Desk, open_page: OpenPage) -> None:
    page = explore(open_page, measure="money")
    table = pivot(page)
    assert pd.isna(table.loc["Not linked", "2026-11"])
    assert table["Seats without price"].iloc[0] == table["Seats without price"].iloc[1:].sum() > 0
    assert "have no known price" in words(page)
    assert "What is billed in EUR is not in these sums." in words(page)
    page.get_by_key("explore_currency").set_value("EUR").run()
    assert page.query_params["currency"] == "EUR"
    assert (
        metric(page, "Monthly EUR in 2026-11").value
        != metric(explore(open_page, measure="money"), "Monthly USD in 2026-11").value
    )


def test_two_exports_of_a_month_can_have_a_column_each(autumn: Desk, open_page: OpenPage) -> None:
    last = (SAMPLES / "avanan-2026-11.csv").read_bytes()
    upload(
        autumn, "again-2026-11.csv", last + b"A Ltd,a,A Ltd,US,Paid,Email Advanced Protect,,3,Unlimited,\n"
    )
    page = explore(open_page, find="a")
    assert "2026-11 has 2 exports; the last whole one stands for it (again-2026-11.csv)." in words(page)
    page.toggle(key="explore_files").set_value(True).run()
    assert page.query_params["files"] == "all"
    assert len([column for column in pivot(page) if column.startswith("2026-11")]) == 2


def test_an_incomplete_export_is_marked(autumn: Desk, open_page: OpenPage) -> None:
    short = upload(autumn, "avanan-2026-12.csv", f"{HEAD}A,a,Email Advanced Protect,3,Paid\n".encode())
    build_preview(autumn, short.export.id)
    page = explore(open_page)
    assert "2026-12 (avanan-2026-12.csv) is incomplete" in words(page)


def test_hostile_names_are_text_and_downloads_are_named_after_the_question(
    desk: Desk, open_page: OpenPage
) -> None:
    name = "**bold** <b>x</b> :smile: $x$ [a](javascript:alert)"
    row = f'"{name}","{name}","=cmd()",3,Paid\n'
    upload(desk, "=x **y** 2026-11.csv", f"{HEAD}{row}".encode())
    page = explore(open_page, by="tenant", row=name.casefold())
    assert list(pivot(page).index) == ["Total", name]
    said = "\n".join(str(element.value) for kind in ("markdown", "caption") for element in page.get(kind))
    for live in ("**bold**", "<b>x", ":smile:", "$x$", "](javascript"):
        assert live not in said
    assert name in [text.value for text in page.text]
    files = [button.proto.label for button in page.get("download_button")]
    assert files == ["CSV", "XLSX", "CSV", "XLSX"]


def test_a_viewer_may_explore(autumn: Desk, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatsync.ui.frame.LOCAL_ADMIN", Person("vera", Role.VIEWER))
    assert len(pivot(explore(open_page))) > 10
