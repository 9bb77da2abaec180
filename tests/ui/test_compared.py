"""What moved since the last accepted export, and the warning of an old file."""

from streamlit.testing.v1 import AppTest

from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.previews import build_preview, upload
from tools.installed import SAMPLES

from .conftest import OpenPage, upload_sample, words

PAGE = "pages/preview.py"
OCTOBER = (SAMPLES / "avanan-2026-10.csv").read_bytes()


def label(test: AppTest) -> str:
    """The line of the comparison, as it is read."""
    (found,) = [e.label for e in test.expander if e.label.startswith("Since")]
    return found.replace("\\", "")


def moved(test: AppTest) -> list[tuple[str, str]]:
    """What moved and who, in the order shown."""
    (found,) = [table.value for table in test.dataframe if "Seats before" in table.value.columns]
    return list(zip(found["What"], found["Tenant"], strict=True))


def open_comparison(test: AppTest, export: ExportId) -> AppTest:
    """Open the table behind the line."""
    test.session_state[f"compared-{export}"] = True
    return test.run()


def test_the_first_export_is_compared_with_nothing(open_page: OpenPage, desk: Desk) -> None:
    upload_sample(desk, "avanan-2026-10.csv")
    test = open_page(PAGE)
    assert not [e for e in test.expander if e.label.startswith("Since")]


def test_one_line_says_what_moved_and_the_table_names_departures_first(
    open_page: OpenPage, desk: Desk
) -> None:
    upload_sample(desk, "avanan-2026-10.csv")
    november = upload_sample(desk, "avanan-2026-11.csv")
    test = open_page(PAGE)
    assert label(test) == (
        "Since avanan-2026-10.csv: 3 gone, 1 no longer paid, 1 fewer seats, 6 new, 1 renamed · "
        "53 → 56 tenants · 2,255 → 2,290 seats · 1 can't be compared"
    )
    open_comparison(test, november)
    assert not test.exception
    assert moved(test)[:5] == [
        ("Gone", "Ostercombe Warehousing Ltd"),
        ("Gone", "Scarmere Ceramics Ltd"),
        ("Gone", "Oakenrigg Law LLP"),
        ("No longer paid", "Wethercroft Print Ltd"),
        ("Fewer seats", "Oakenthwaite Cold Storage Ltd"),
    ]
    assert "20 more moved by less than 5 seats or 25 %, +36 seats in all." in words(test)
    assert "1 can't be compared, because a row of the tenant can't be read." in words(test)


def test_nobody_is_called_gone_while_the_file_is_incomplete(open_page: OpenPage, desk: Desk) -> None:
    build_preview(desk, upload_sample(desk, "avanan-2026-10.csv"))
    half = upload(desk, "half.csv", b"\n".join(OCTOBER.splitlines()[:20])).export.id
    test = open_page(PAGE)
    assert "Incomplete export: orphans are not looked for" in words(test)
    assert "of the 53 paid tenants of the last accepted export" in words(test)
    assert " missing" in label(test)
    assert " gone" not in label(test)
    assert "who is missing in it need not be gone" in words(open_comparison(test, half))
    assert {what for what, _ in moved(test)} == {"Missing"}


def test_a_file_that_was_only_saved_anew_is_said_so(open_page: OpenPage, desk: Desk) -> None:
    upload_sample(desk, "avanan-2026-10.csv")
    upload(desk, "november.csv", OCTOBER.replace(b"\n", b"\r\n"))
    test = open_page(PAGE)
    assert "holds the same rows: this file was only saved anew" in words(test)
    assert not [e for e in test.expander if e.label.startswith("Since")]


def test_a_file_of_an_earlier_month_warns_and_leads_to_the_later_one(open_page: OpenPage, desk: Desk) -> None:
    later = upload_sample(desk, "avanan-2026-11.csv")
    upload_sample(desk, "avanan-2026-10.csv")
    test = open_page(PAGE)
    assert "An older export." in words(test)
    assert "avanan-2026-10.csv is of 2026-10, and avanan-2026-11.csv of 2026-11 is kept" in words(test)
    (show,) = [b for b in test.button if b.label == "Show the later one"]
    show.click().run()
    assert not test.exception
    assert test.query_params["export"] in (str(later), [str(later)])
    assert "An older export." not in words(test)


def test_names_from_outside_are_no_markdown_in_the_line(open_page: OpenPage, desk: Desk) -> None:
    upload(desk, ":red[x] **b**.csv", OCTOBER)
    upload_sample(desk, "avanan-2026-11.csv")
    (line,) = [e.label for e in open_page(PAGE).expander if e.label.startswith("Since")]
    assert ":red[x]" not in line
    assert "**b**" not in line
