"""The Audit page: who did what, filtered, downloaded and verified."""

import io
import zipfile
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.people import Permission, Person, Role
from seatsync.ui.audit_view import Filter, entries_csv, entries_xlsx
from tests.ui.conftest import OpenPage, words

PAGE = "pages/audit.py"


def log(page: AppTest) -> list[str]:
    """The actions listed, newest first."""
    return list(page.dataframe[0].value["Action"])


def write(desk: Desk, resource: str, who: str = "Ada", times: int = 1) -> None:
    """Append entries to the log."""
    for _ in range(times):
        draft = desk.draft(Permission.MANAGE, "link.save", resource, {"company": "Old"}, {"company": "New"})
        desk.store.audit.append(replace(draft, who=who))


def test_an_empty_log_says_so(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert not page.exception
    assert "Nothing is logged yet" in words(page)


def test_entries_are_listed_newest_first_in_words(desk: Desk, open_page: OpenPage) -> None:
    write(desk, "portal-1")
    page = open_page(PAGE)
    assert not page.exception
    assert log(page)[0] == "Link saved"
    first = page.dataframe[0].value.iloc[0]
    assert (first["Before"], first["After"], first["Resource"]) == (
        "company: Old",
        "company: New",
        "portal-1",
    )
    assert "Scan started" in log(page)


def test_person_action_and_text_narrow_the_list(desk: Desk, open_page: OpenPage) -> None:
    write(desk, "portal-1")
    write(desk, "portal-2", who="Bob")
    page = open_page(PAGE)
    next(box for box in page.selectbox if box.label == "Person").set_value("Bob").run()
    assert list(page.dataframe[0].value["Who"]) == ["Bob"]
    next(box for box in page.selectbox if box.label == "Action").set_value("link.save").run()
    page.text_input[0].set_value("PORTAL-1").run()
    assert "No entry matches" in words(page)


def test_the_address_filters_by_operation(desk: Desk, open_page: OpenPage) -> None:
    write(desk, "portal-1")
    page = open_page(PAGE, operation="1")
    assert "Entries of operation 1" in words(page)
    assert set(page.dataframe[0].value["Operation"]) == {1}
    next(button for button in page.button if button.label == "Show all operations").click().run()
    assert log(page)[0] == "Link saved"


def test_more_than_the_limit_is_said(
    desk: Desk, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.audit_view.LIMIT", 3)
    write(desk, "portal-1", times=5)
    page = open_page(PAGE)
    assert len(log(page)) == 3
    assert "There are more" in words(page)


def test_the_chain_is_verified(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(PAGE)
    next(button for button in page.button if button.label == "Verify the chain").click().run()
    assert "The chain holds" in page.success[0].value


def test_downloads_hold_every_matching_entry_and_no_formula(desk: Desk) -> None:
    write(desk, "=1+1", who="Bob", times=4)
    lines = entries_csv(desk, Filter(who="Bob")).decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert all("'=1+1" in line for line in lines[1:])
    with zipfile.ZipFile(io.BytesIO(entries_xlsx(desk, Filter(who="Bob")))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_an_operator_may_not_read_the_log(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Olga", Role.OPERATOR))
    page = open_page(PAGE)
    assert not page.dataframe
    assert "lacks" in page.error[0].value
