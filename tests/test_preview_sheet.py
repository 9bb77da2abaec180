"""The preview as a page to print."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from seatsync.model import Team, TeamId
from seatsync.preview_sheet import preview_page
from seatsync.status import Status
from tests.test_worksheet import ROWS, worksheet

MADE = datetime(2026, 11, 22, 13, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) =1+1 \u202eevil"


def page(*, team: str = "Root", **changed: object) -> str:
    review = worksheet().review
    return preview_page(Team(TeamId(1), team, None), replace(review, **changed), MADE)


def test_every_row_with_something_to_do_is_listed_once_under_its_status() -> None:
    written = page()
    assert len(re.findall("<tr><td>", written)) == len(ROWS.rows)
    for status in {row.status for row in ROWS.rows}:
        assert f"<caption>{status.label}: " in written


def test_the_ticks_are_those_of_the_preview() -> None:
    chosen = [row for row in ROWS.rows if row.selected]
    assert page().count("☑") == len(chosen)
    assert page(ticks={row.key: False for row in ROWS.rows}).count("☑") == 0
    assert f"{len(chosen)} chosen change" in page()


def test_rows_without_a_change_are_counted_and_not_listed() -> None:
    rows = (*ROWS.rows, replace(ROWS.rows[0], key="same", status=Status.NO_CHANGE))
    written = page(preview=replace(ROWS, rows=rows))
    assert "1 row without a change" in written
    assert "<caption>No change" not in written


def test_an_incomplete_export_says_so() -> None:
    assert "Incomplete export." in page(preview=replace(ROWS, incomplete="40 tenants are gone."))


def test_names_from_outside_are_text() -> None:
    rows = (replace(ROWS.rows[0], reason=HOSTILE),)
    written = page(team=HOSTILE, preview=replace(ROWS, rows=rows))
    assert "<script" not in written
    assert "\u202e" not in written
    assert "default-src 'none'" in written
    assert "href" not in written
