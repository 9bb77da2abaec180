"""The evidence sheet of a company, and the index of the sheets: what they say, and what can't run in them."""

import base64
import hashlib
import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.evidence_sheet import index_page, sheet
from seatsync.journal import UNKNOWN, Outcome
from seatsync.model import Company, CompanyId, OperationId
from seatsync.status import OperationStatus, Result
from tests.reporting import RUN, TWO, Reader, entry, hostile_report, report
from tests.test_undos import CANCEL, CONTOSO, CREATE, UPDATE, outcome

HOSTILE = (
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "[x](javascript:alert(1)) **b** :material/home:",
    "\u202egnp.exe\u202c",
    "=HYPERLINK(1)",
    "&lt;b&gt;",
    "Zahnärzte 🦷 مستشفى",
    "x" * 500,
)


def test_a_sheet_says_what_when_who_from_which_export_before_and_after() -> None:
    text = Reader(sheet(report(entry(parts=TWO)), CONTOSO)).text
    for words in (
        "Operation 5 by anna on 2026-11-22 10:31 UTC set 1 quantity for Contoso Ltd from nov.csv.",
        "2026-11-22 10:31:02 to 10:31:09 UTC",
        "anna, plan 5f2c5f2c5f2c",
        "nov.csv, uploaded 2026-11-22 09:31 UTC by bert",
        "ab12ab12ab12, 120 rows",
        "Snapshot 7 of ConnectWise, taken 2026-11-22 08:31 UTC",
        "AV-EAPAgreement 81, line 9001",
        "1217none4.00 USDMonthly+20.00 USDUpdated",
        "The quantity was set from 12 to 17.",
        "Contoso US: 12 (row 3) + Contoso EU: 5 (row 9) = 17",
        "ConnectWise request: 7f3a-1",
        "Right before each write SeatSync read the line",
        "Made by SeatSync on 2026-11-22 12:31 UTC for carl.",
    ):
        assert words in text, words


def test_a_sheet_tells_the_dates_that_were_written() -> None:
    created = entry(outcome(CREATE, after="5", day=date(2026, 12, 1)))
    cancelled = entry(outcome(CANCEL, before="12", after="0", day=date(2026, 11, 30)))
    text = Reader(sheet(report(created, cancelled), CONTOSO)).text
    assert "no line52026-12-01first day" in text
    assert "1202026-11-30last day" in text
    assert "it bills from 2026-12-01, not from 2026-11-22 as planned" in text
    assert "Monthly effect of what was written-28.00 USD" in text


@pytest.mark.parametrize(
    ("became", "words"),
    [
        (
            outcome(UPDATE, Result.SKIPPED, before="12", message="was 12 in the preview, is 14 now"),
            ["12not writtennone", "noneSkipped", "nothing was written", "is 14 now"],
        ),
        (
            outcome(UPDATE, Result.FAILED, before="12", message="Nothing was written. No."),
            ["12failednone", "not knownFailed", "Failed. It was to"],
        ),
        (
            outcome(UPDATE, Result.FAILED, before="12", message=f"{UNKNOWN}: lost."),
            ["12unknownnone", "not knownUnknown", "Of a change it is not known whether it was written."],
        ),
    ],
)
def test_what_was_not_written_is_told_clearly(became: Outcome, words: list[str]) -> None:
    text = Reader(sheet(report(entry(became, parts=TWO)), CONTOSO)).text
    assert [each for each in words if each not in text] == []
    assert "Monthly effect of what was writtennone" in text


def test_a_sheet_says_by_what_it_was_undone() -> None:
    text = Reader(sheet(report(entry(undone_by=OperationId(6)), entry()), CONTOSO)).text
    assert "Undone later by operation 6: 1 of 2 written changes." in text
    assert "undone by 6" in text


def test_a_run_that_goes_on_says_that_it_has_not_ended() -> None:
    running = replace(RUN, status=OperationStatus.RUNNING, finished_at=None)
    text = Reader(sheet(replace(report(entry()), operation=running), CONTOSO)).text
    assert "The operation has not ended" in text
    assert "2026-11-22 10:31:02 UTC, not ended" in text


def test_a_sheet_holds_nothing_of_another_company() -> None:
    other = Company(CompanyId(251), "Fabrikam Inc")
    theirs = entry(outcome(replace(UPDATE, company=other), after="987", message="Fabrikam's own"))
    found = report(entry(parts=TWO), theirs)
    ours = sheet(found, CONTOSO)
    assert "Fabrikam" not in ours
    assert "987" not in Reader(ours).text
    text = Reader(index_page(found)).text
    assert "Contoso Ltd10+20.00 USD" in text
    assert "Fabrikam Inc10+20.00 USD" in text
    assert "Monthly effect of what was written+40.00 USD" in text


def test_money_of_two_currencies_is_never_added_together() -> None:
    euro = replace(entry(), currency="EUR")
    text = Reader(sheet(report(entry(), euro), CONTOSO)).text
    assert "Monthly effect of what was written+20.00 EUR+20.00 USD" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_plain_text(name: str) -> None:
    found, company = hostile_report(name)
    for page in (sheet(found, company), index_page(found)):
        read = Reader(page)
        quiet = report(entry(parts=TWO))
        plain = Reader(sheet(quiet, CONTOSO) if page == sheet(found, company) else index_page(quiet))
        assert set(read.tags) <= set(plain.tags), "a tag that no sheet has"
        assert {key for key, _ in read.attributes} <= {key for key, _ in plain.attributes}
        shown = "".join("\ufffd" if unicodedata.bidirectional(c) in ("RLO", "PDF") else c for c in name)
        assert shown in read.text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)


@given(st.text(st.characters(codec=None), max_size=60))
def test_no_name_adds_a_tag_or_breaks_the_file(name: str) -> None:
    found, company = hostile_report(name)
    page = sheet(found, company)
    assert page.encode()
    assert set(Reader(page).tags) <= set(Reader(sheet(report(entry(parts=TWO)), CONTOSO)).tags)


def test_a_sheet_needs_nothing_from_elsewhere_and_lets_nothing_run() -> None:
    for page in (sheet(report(entry()), CONTOSO), index_page(report(entry()))):
        read = Reader(page)
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(read.tags)
        assert not [key for key, _ in read.attributes if key in ("src", "style") or key.startswith("on")]
        policy = dict(read.attributes)
        contents = [value or "" for key, value in read.attributes if key == "content"]
        (csp,) = [value for value in contents if value.startswith("default-src")]
        style = page.split("<style>")[1].split("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert csp == (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )
        assert "url(" not in style
        assert policy["lang"] == "en"


def test_a_sheet_can_be_read_without_seeing_it() -> None:
    read = Reader(sheet(report(entry()), CONTOSO))
    assert (read.tags.count("h1"), read.tags.count("title"), read.tags.count("caption")) == (1, 1, 1)
    scopes = [value for key, value in read.attributes if key == "scope"]
    assert (scopes.count("col"), scopes.count("row")) == (7, 2)
    assert read.tags.count("th") == len(scopes)
