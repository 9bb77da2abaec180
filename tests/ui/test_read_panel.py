"""The panel What was read: its line, its problems, its columns, and the choice of a column."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.people import Person, Role
from seatsync.previews import upload
from seatsync.ui import frame
from seatsync.ui.downloads import file_stem

from .conftest import OpenPage, upload_sample, words

PAGE = "pages/preview.py"
TWO_COLUMNS = b"Tenant,License,User Count,Number of Users\nContoso,Email Advanced Protect,5,6\n"
HOSTILE = b"Tenant,Portal,License,Users,Status\n**b** :material/home:,x,Email Advanced Protect,**9**,Paid\n"


def button(test: AppTest, label: str) -> Button:
    """The one button with a label."""
    (found,) = [b for b in test.button if b.label == label]
    return found


def table(test: AppTest, column: str) -> list[dict[str, object]]:
    """The rows of the one table with a column of this name."""
    (found,) = [frame.value for frame in test.dataframe if column in frame.value.columns]
    return [dict(row) for _, row in found.iterrows()]


def tables(test: AppTest) -> set[str]:
    """The first column of every table on the page."""
    return {str(frame.value.columns[0]) for frame in test.dataframe}


def unfold(test: AppTest) -> AppTest:
    """Open the panel of the first export."""
    test.session_state["read-1"] = True
    return test.run()


def test_the_line_adds_up_and_the_panel_is_closed_while_every_row_is_read(
    open_page: OpenPage, desk: Desk
) -> None:
    upload_sample(desk, "avanan-2026-10.csv")
    test = open_page(PAGE)
    label = test.expander[0].label
    assert "What was read: 59 rows = 54 paid + 2 skipped + 2 expired or deleted + 1 blank or totals" in label
    assert not test.expander[0].proto.expanded
    assert not {"Line", "Taken for"} & tables(test)


def test_a_row_that_cannot_be_read_is_told_in_red_and_the_panel_says_where_and_how_to_mend_it(
    open_page: OpenPage, november: ExportId
) -> None:
    test = open_page(PAGE)
    assert ":red[1 unreadable]" in test.expander[0].label
    unfold(test)
    (row,) = table(test, "How to mend it")
    assert (row["Line"], row["Tenant"], row["Column"], row["In the file"]) == (
        30,
        "Jarrowbeck Machine Tools Ltd",
        "Users",
        "12x",
    )
    assert "not a whole number" in str(row["How to mend it"])
    assert "Taken for totals, not for tenants: line 64." in words(test)
    names = [b.proto.label for b in test.get("download_button")]
    assert sorted(names) == ["CSV", "XLSX"]


def test_the_panel_says_who_uploaded_how_it_is_written_and_which_column_is_what(
    open_page: OpenPage, november: ExportId
) -> None:
    test = unfold(open_page(PAGE))
    assert "avanan-2026-11.csv · uploaded" in words(test)
    assert "by local · UTF-8 text, cells parted by commas" in words(test)
    columns = {row["Taken for"]: row["Column of the file"] for row in table(test, "Taken for")}
    assert columns["Users"] == "Users"
    assert columns["License limit, never the seat count"] == "Maximum Licensed Users"
    assert {row["Why"] for row in table(test, "Taken for")} == {
        "The name in the vendor's documents",
        "A name that is known for it",
    }


def test_a_file_without_status_and_portal_says_so_on_the_closed_panel(
    open_page: OpenPage, desk: Desk
) -> None:
    upload(desk, "few.csv", b"Tenant,License,Users\nContoso,Email Advanced Protect,5\n")
    test = open_page(PAGE)
    assert test.expander[0].label.endswith(" · no status column · no portal column")
    test.session_state["read-1"] = True
    assert "every row with a license counts as paid" in words(test.run())


def test_a_chosen_column_is_told_with_who_and_can_be_chosen_again(open_page: OpenPage, desk: Desk) -> None:
    upload(desk, "oct.csv", TWO_COLUMNS, {"users": "Number of Users"})
    test = open_page(PAGE)
    assert test.expander[0].proto.expanded
    assert '"Number of Users" as users: chosen by local on' in words(test)
    assert "for files with this header" in words(test)
    assert {row["Why"] for row in table(test, "Taken for") if row["Taken for"] == "Users"} == {
        "Chosen by a person"
    }

    button(test, "Choose again").click().run()
    assert not test.exception
    assert "Upload the file again to choose another column" in test.toast[0].value
    assert "not remembered any more" in words(test)
    test.session_state["upload_open"] = True
    test.run()
    test.file_uploader[0].upload("nov.csv", TWO_COLUMNS.replace(b"6", b"7")).run()
    assert test.radio(key="column_choice").options == ["User Count", "Number of Users"]


def test_while_a_column_is_asked_for_no_other_export_is_shown(
    open_page: OpenPage, november: ExportId
) -> None:
    test = open_page(PAGE)
    test.session_state["upload_open"] = True
    test.run()
    test.file_uploader[0].upload("two.csv", TWO_COLUMNS).run()
    assert "could each hold the" in test.warning[0].value
    assert not test.error
    assert "remembered for every file with the same header" in words(test)
    assert not test.expander
    assert not [b for b in test.button if b.label.startswith("Push")]


def test_each_column_that_could_be_meant_is_shown_with_what_stands_in_it(
    open_page: OpenPage, desk: Desk
) -> None:
    test = open_page(PAGE)
    rows = b"".join(b"T%d,Email Advanced Protect,%d,%d\n" % (n, n, n + 1000) for n in range(1, 7))
    test.file_uploader[0].upload("two.csv", TWO_COLUMNS.splitlines(keepends=True)[0] + rows).run()
    radio = test.radio(key="column_choice")
    captions = [str(caption).replace("\\", "") for caption in radio.proto.captions]
    assert captions == ["1, 2, 3, 4 … 21 in all", "1,001, 1,002, 1,003, 1,004 … 6,021 in all"]
    assert radio.value is None
    assert button(test, "Use this column").disabled
    radio.set_value("Number of Users").run()
    button(test, "Use this column").click().run()
    (kept,) = desk.store.exports.all(desk.team.id)
    assert kept.columns["users"] == "Number of Users"


def test_after_a_refusal_the_page_names_the_export_that_stands_below(
    open_page: OpenPage, november: ExportId
) -> None:
    test = open_page(PAGE)
    test.session_state["upload_open"] = True
    test.run()
    test.file_uploader[0].upload("limit.csv", b"Tenant,License,Maximum Licensed Users\nA,B,5\n").run()
    assert "no column for the number of users" in test.error[0].value
    assert "Nothing of the file was kept. Below is avanan-2026-11.csv · uploaded" in words(test)
    assert button(test, "Push 18 changes to ConnectWise")


def test_a_remembered_column_is_used_without_asking(open_page: OpenPage, desk: Desk) -> None:
    upload(desk, "oct.csv", TWO_COLUMNS, {"users": "Number of Users"})
    test = open_page(PAGE)
    test.session_state["upload_open"] = True
    test.run()
    test.file_uploader[0].upload("nov.csv", TWO_COLUMNS.replace(b"6", b"7")).run()
    assert not test.exception
    newest = desk.store.exports.all(desk.team.id)[0]
    assert (newest.name, newest.columns["users"]) == ("nov.csv", "Number of Users")


def test_a_viewer_sees_the_choice_and_cannot_forget_it(
    open_page: OpenPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(desk, "oct.csv", TWO_COLUMNS, {"users": "Number of Users"})
    monkeypatch.setattr(frame, "LOCAL_ADMIN", Person("vera", Role.VIEWER))
    test = open_page(PAGE)
    assert "chosen by local" in words(test)
    assert not [b for b in test.button if b.label == "Choose again"]


def test_a_downloaded_file_is_named_after_team_export_and_kind(desk: Desk) -> None:
    export = upload(desk, "../**f** nov.csv", HOSTILE).export
    assert file_stem("Root", export, "problems") == "Root-f-nov-problems"


def test_text_of_the_file_is_shown_letter_by_letter(open_page: OpenPage, desk: Desk) -> None:
    upload(desk, "**f**.csv", HOSTILE)
    test = unfold(open_page(PAGE))
    (row,) = table(test, "How to mend it")
    assert row["In the file"] == "**9**"
    for kind in ("markdown", "caption", "expander"):
        for element in test.get(kind):
            said = str(getattr(element, "value", "")) + str(getattr(element, "label", ""))
            assert "**f**" not in said
            assert "**9**" not in said
