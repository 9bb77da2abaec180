"""The Audit page: who did what, filtered, downloaded and verified."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.model import OperationId
from seatsync.people import Permission, Person, Role
from seatsync.ui import audit_view
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
    assert (first["Who"], first["What"], first["Change"]) == ("Ada", "portal-1", "company Old → New")
    assert list(first.index) == ["Details", "Time", "Who", "Action", "What", "Change"]
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
    assert log(page) == ["Scan ended", "Snapshot saved", "Scan started"]
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


def test_downloads_are_named_after_team_kind_and_day(
    desk: Desk, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = Mock(return_value=False)
    monkeypatch.setattr("seatsync.ui.audit_view.st.download_button", offer)
    open_page(PAGE)
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    assert [call.args[2] for call in offer.call_args_list] == [
        f"Root-audit-{day}.csv",
        f"Root-audit-{day}.xlsx",
    ]


SKIPPED = {
    "message": "was 16 in the preview, is 999 now",
    "request_id": "11aa-22bb",
    "result": "skipped",
    "wanted": {"quantity": "19"},
}


def test_an_entry_named_by_the_address_is_shown_in_full(desk: Desk, open_page: OpenPage) -> None:
    draft = desk.draft(
        Permission.MANAGE, "push.update", "Contoso: AV-EAP, Managed, line 9", {"quantity": "16"}, SKIPPED
    )
    desk.store.audit.append(replace(draft, result="refused", operation_id=OperationId(1)))
    newest = desk.store.audit.entries(desk.team.id)[-1]
    page = open_page(PAGE, entry=str(newest.seq))
    assert not page.exception
    assert page.dataframe[0].value.iloc[0]["Change"] == "Refused: quantity 16 → 19 not written"
    assert page.dataframe[0].value.iloc[0]["What"] == "Contoso: AV-EAP"
    (compared,) = [table.value for table in page.dataframe if "Before" in table.value.columns]
    assert [list(row) for row in compared.to_numpy()] == [["⊘ not written", "quantity", "16", "19"]]
    assert "was 16 in the preview, is 999 now" in words(page)
    assert "Contoso: AV-EAP, Managed, line 9" in words(page)
    assert [code.value for code in page.code] == ["11aa-22bb", newest.hash]
    (facts,) = [table.value for table in page.dataframe if "Value" in table.value.columns]
    assert {"psa:agreements.manage", "push.update", "refused", desk.person.name} <= set(facts["Value"])


def test_an_entry_shows_hostile_text_letter_by_letter(desk: Desk, open_page: OpenPage) -> None:
    write(desk, "**bold** <b>x</b> [a](javascript:alert(1)) :smile:")
    page = open_page(PAGE, entry=str(desk.store.audit.entries(desk.team.id)[-1].seq))
    assert "**bold** <b>x</b> [a](javascript:alert(1)) :smile:" in [text.value for text in page.text]


@pytest.mark.parametrize("named", ["999999", "x", "-1", "１", "9" * 40])
def test_an_entry_that_is_not_there_is_one_sentence(named: str, open_page: OpenPage) -> None:
    page = open_page(PAGE, entry=named)
    assert not page.exception
    (error,) = page.error
    assert "audit entry" in error.value
    assert log(page)


def test_the_entry_of_another_team_is_not_shown(desk: Desk, open_page: OpenPage) -> None:
    draft = desk.draft(Permission.ADMINISTER, "test", "East")
    east = desk.store.teams.add("East", desk.team.id, draft)
    desk.store.audit.append(replace(draft, team_id=east.id, resource="secret of East"))
    page = open_page(PAGE, entry=str(len(desk.store.audit.entries(desk.team.id)) + 1))
    assert "secret of East" not in words(page)
    assert "no audit entry" in page.error[0].value


def test_a_click_opens_the_entry_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Mock()
    monkeypatch.setattr(audit_view, "open_entry", opened)
    for row in (1, 7):
        monkeypatch.setattr(audit_view, "get", Mock(return_value=SimpleNamespace(row=row)))
        audit_view._open((30, 29, 28))
    opened.assert_called_once_with(29)


def test_an_operator_may_not_read_the_log(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Olga", Role.OPERATOR))
    page = open_page(PAGE)
    assert not page.dataframe
    assert "lacks" in page.error[0].value
