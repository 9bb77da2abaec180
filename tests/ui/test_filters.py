"""Which rows of the preview are shown, and the address that says so."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.previews import build_preview, upload
from seatsync.status import Status
from seatsync.worksheet import Order

from .conftest import OpenPage, words

PAGE = "pages/preview.py"
NAMES = (
    b"Tenant,Portal,License,Users,Status\nBrambeck Freight Ltd,brambeck-us,Email Advanced Protect,3,Paid\n"
)


def grid(test: AppTest) -> list[str]:
    """The companies of the grid, line by line."""
    (table,) = [each.value for each in test.dataframe if "Push" in each.value.columns]
    return list(table["Company"])


def opened(test: AppTest) -> AppTest:
    """Open what narrows, sorts and groups the rows, as a press on its button does."""
    test.session_state["filters_open"] = True
    return test.run()


def asked(test: AppTest, name: str) -> list[str]:
    """What the address says under a name."""
    found = test.query_params.get(name, [])
    return [found] if isinstance(found, str) else list(found)


def test_at_first_the_address_names_no_filter(open_page: OpenPage, november: ExportId) -> None:
    test = open_page(PAGE)
    assert not test.exception
    assert set(test.query_params) == {"export"}


def test_what_is_asked_for_stands_in_the_address(open_page: OpenPage, november: ExportId) -> None:
    test = open_page(PAGE)
    pills = test.get("button_group")[0]
    assert isinstance(pills, ButtonGroup)
    pills.set_value([Status.READY]).run()
    test.text_input(key="row_search").set_value("ltd").run()
    opened(test).multiselect(key="license_filter").set_value(["Email Advanced Protect"]).run()
    opened(test).selectbox(key="row_order").set_value(Order.MONEY).run()
    opened(test).toggle(key="rows_grouped").set_value(True).run()
    assert not test.exception
    assert {name: asked(test, name) for name in ("status", "find", "license", "sort", "group")} == {
        "status": ["ready"],
        "find": ["ltd"],
        "license": ["Email Advanced Protect"],
        "sort": ["money"],
        "group": ["yes"],
    }


def test_an_address_shows_the_same_rows_in_another_browser(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    (row,) = [
        row
        for row in build_preview(desk, november).preview.rows
        if row.company and row.company.name == "Brambeck Freight Ltd"
    ]
    assert row.company is not None
    test = open_page(PAGE, company=str(row.company.id), status="all", sort="client")
    assert not test.exception
    assert grid(test) == ["Brambeck Freight Ltd"]
    assert asked(test, "sort") == ["client"]
    test = open_page(PAGE, status="ambiguous", find="pellmarsh")
    assert grid(test) == ["tenant: Pellmarsh Property"]


@pytest.mark.parametrize(
    "hostile",
    [
        {"status": "no such", "sort": "x", "group": "maybe", "company": "-1"},
        {"company": "<script>alert(1)</script>", "license": "=1+1", "find": ""},
        {"row": "c9-p9"},
    ],
)
def test_an_address_that_makes_no_sense_shows_what_is_shown_at_first(
    open_page: OpenPage, november: ExportId, hostile: dict[str, str]
) -> None:
    test = open_page(PAGE, **hostile)
    assert not test.exception
    assert "48 of 67 rows shown" in words(test)
    assert set(test.query_params) == {"export"}


def test_when_no_row_fits_one_press_shows_them_all(open_page: OpenPage, november: ExportId) -> None:
    test = open_page(PAGE, find="no such words", status="ready")
    assert "No row fits the filters" in words(test)
    (button,) = [button for button in test.button if button.label == "Show all rows"]
    button.click().run()
    assert "48 of 67 rows shown" in words(test)
    assert set(test.query_params) == {"export"}


def test_a_company_that_another_export_lacks_is_not_asked_for_any_more(
    open_page: OpenPage, desk: Desk, november: ExportId
) -> None:
    test = open_page(PAGE)
    number = next(
        row.company.id
        for row in build_preview(desk, november).preview.rows
        if row.company and row.company.name == "Hazelgarth Nurseries Ltd"
    )
    opened(test).multiselect(key="company_filter").set_value([number]).run()
    assert grid(test) == ["Hazelgarth Nurseries Ltd"]
    other = upload(desk, "other.csv", NAMES).export.id
    build_preview(desk, other)
    test.query_params["export"] = str(other)
    test.run()
    assert not test.exception
    assert "company" not in test.query_params


def test_what_was_chosen_among_the_filters_holds_while_they_are_closed(
    open_page: OpenPage, november: ExportId
) -> None:
    test = open_page(PAGE)
    opened(test).multiselect(key="license_filter").set_value(["Email Basic Protect"]).run()
    shown = grid(test)
    test.session_state["filters_open"] = False
    test.run()
    test.run()
    assert not test.multiselect
    assert grid(test) == shown
    assert asked(test, "license") == ["Email Basic Protect"]


def test_grouped_rows_stand_under_a_line_of_their_client(open_page: OpenPage, november: ExportId) -> None:
    test = open_page(PAGE, group="yes", status="all")
    (table,) = [each.value for each in test.dataframe if "Push" in each.value.columns]
    clients = [name for name in table.index if str(name).startswith("client ")]
    assert clients
    first = list(table.index).index(clients[0])
    rows = table.iloc[first]
    assert rows["Reason"] == "2 rows of this company."
    assert list(table["Company"])[first + 1].strip() == rows["Company"]
    parts = table.iloc[first + 1 : first + 3]
    assert rows["Seats in export"] == parts["Seats in export"].fillna(0).sum()
