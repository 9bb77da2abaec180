"""Boxes in the preview: none is lost, and none moves to another row, whatever is filtered, sorted or left."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab
from tools.installed import Addresses
from tools.november import Walk

pytestmark = pytest.mark.browser

BOX, NAME = "Push", "Company"


def test_edits_survive_sorting_filters_other_pages_and_a_refresh(prepared_walk: Walk) -> None:
    walk = prepared_walk
    walk.open("preview")
    before = boxes(walk)
    changed = [row_at(walk, walk.grid().find(NAME, "Calderow"))]
    walk.cell(BOX, walk.grid().find(NAME, "Calderow"))

    walk.grid().click_head(NAME)
    walk.settle()
    place = walk.grid().find(NAME, "Caldmarsh")
    changed.append(row_at(walk, place))
    walk.cell(BOX, place)
    walk.picture("sorted")
    assert differing(before, boxes(walk)) == set(changed)

    walk.search("Scarmere")
    changed.append(row_at(walk, 0))
    walk.cell(BOX, 0)
    walk.picture("filtered")
    walk.search("")
    assert differing(before, boxes(walk)) == set(changed)

    walk.menu("Overview")
    walk.menu("Avanan Seats")
    assert differing(before, boxes(walk)) == set(changed)
    walk.page.reload()
    walk.settle()
    assert differing(before, boxes(walk)) == set(changed)
    walk.cell(BOX, walk.grid().find(NAME, "Calderow"))
    assert differing(before, boxes(walk)) == set(changed[1:])


def test_a_box_clicked_right_after_typing_is_never_that_of_another_row(prepared_walk: Walk) -> None:
    """A click on the filtered table counts once it stands there; a sooner one may be lost, but not moved.

    The browser gathers clicks for 150 ms, and forgets them when another table takes the place of theirs.
    """
    walk = prepared_walk
    walk.open("preview")
    expected, first = boxes(walk), row_at(walk, 0)
    for word, pause in {"Scarmere": 0, "Ostercote": 100, "Scarworth": None, "Oakenrigg": None}.items():
        search = walk.page.get_by_placeholder("Search tenant, company")
        search.click()
        search.press_sequentially(word, delay=15)
        if pause is None:
            while word not in row_at(walk, 0):
                walk.page.wait_for_timeout(5)
        else:
            walk.page.wait_for_timeout(pause)
        grid = walk.grid()
        walk.page.mouse.click(*(grid.still(BOX, 0) if pause is None else grid.place(BOX, 0)))
        walk.page.mouse.move(700, 5)
        walk.page.wait_for_timeout(700)
        walk.settle()
        filtered = row_at(walk, 0)
        walk.search("")
        now = boxes(walk)
        clicked = differing(expected, now)
        assert clicked == {filtered} if pause is None else clicked <= {first, filtered}, (word, clicked)
        expected = now
    walk.page.reload()
    walk.settle()
    assert boxes(walk) == expected


def test_quick_ticks_are_all_kept(prepared_walk: Walk) -> None:
    walk = prepared_walk
    walk.open("preview")
    before, grid = boxes(walk), walk.grid()
    grid.still(BOX, 0)
    for place in [grid.place(BOX, row) for row in range(10)]:
        walk.page.mouse.click(*place)
    walk.page.mouse.move(700, 5)
    walk.page.wait_for_timeout(500)
    walk.settle()
    now = boxes(walk)
    assert len(differing(before, now)) == 10
    walk.page.reload()
    walk.settle()
    assert boxes(walk) == now


def test_a_box_clicked_right_before_the_push_button_counts(prepared_walk: Walk) -> None:
    walk = prepared_walk
    walk.open("preview")
    grid, push = walk.grid(), walk.page.get_by_role("button", name=re.compile("Push 18 changes"))
    places = [grid.still(BOX, grid.find(NAME, name)) for name in ("Brambeck", "Calderow")]
    for place in places:
        walk.page.mouse.click(*place)
    push.click()
    expect(walk.page.locator("h1")).to_contain_text("Push")
    expect(walk.page.get_by_role("button", name="Review and push 16 changes")).to_be_enabled()


def test_bulk_choices_act_on_what_is_shown_alone(prepared_walk: Walk) -> None:
    walk = prepared_walk
    walk.open("preview")
    before, brambeck = boxes(walk), row_at(walk, walk.grid().find(NAME, "Brambeck"))
    walk.cell(BOX, walk.grid().find(NAME, "Brambeck"))
    walk.search("Scar")
    shown = boxes(walk)
    assert {"true", "false"} <= set(shown.values())
    walk.press("Select all")
    walk.picture("all")
    assert set(boxes(walk).values()) <= {"true", ""}
    walk.search("")
    checked = {row for row, said in shown.items() if said == "false"}
    assert differing(before, boxes(walk)) == {brambeck, *checked}
    walk.search("Scar")
    walk.press("Select none")
    assert set(boxes(walk).values()) <= {"false", ""}
    walk.cell(BOX, 0)
    walk.press("Defaults")
    assert boxes(walk) == shown
    walk.search("")
    assert differing(before, boxes(walk)) == {brambeck}


def test_a_filter_by_status_says_what_it_hides_and_stays_over_a_refresh(prepared_walk: Walk) -> None:
    walk = prepared_walk
    walk.open("preview")
    everything = set(boxes(walk))
    for status in ("Ready", "Skipped", "Unreadable"):
        walk.press(re.compile(f"{status} [0-9]"))
    walk.picture("some")
    walk.says(re.compile("18 chosen rows? not shown"))
    left = set(boxes(walk))
    assert left < everything
    assert not any(row.endswith(("Ready", "Skipped", "Unreadable")) for row in left)
    walk.page.reload()
    walk.settle()
    assert set(boxes(walk)) == left
    expect(walk.page.get_by_role("button", name=re.compile("Push 18 changes"))).to_be_enabled()


def test_what_somebody_else_changes_is_seen_around_the_table_too_at_the_next_click(
    prepared_walk: Walk, another_tab: OpenTab
) -> None:
    walk = prepared_walk
    walk.open("preview")
    left = walk.page.get_by_text(re.compile("Left out, without a row"))
    expect(left).to_contain_text("1 export row on a no-charge license")
    with another_tab(Addresses(walk.address, walk.connectwise)) as other:
        other.open("mappings")
        other.press("Mark no-charge")
        other.says("is no-charge")
    walk.press(re.compile("Skipped [0-9]"))
    expect(left).to_contain_text("2 export rows on a no-charge license")


def boxes(walk: Walk) -> dict[str, str]:
    """Read the box of every row that is shown."""
    rows = walk.grid().read()
    found = {_name(row): row[BOX] for row in rows}
    assert len(found) == len(rows)
    return found


def row_at(walk: Walk, place: int) -> str:
    """Name the row at a place of the table as it stands."""
    return _name(walk.grid().read()[place])


def _name(row: Mapping[str, str]) -> str:
    return " · ".join(row[name] for name in (NAME, "Product", "Reason", "Status"))


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    """Return the rows whose boxes differ; the rows have to be the same ones."""
    assert before.keys() == now.keys()
    return {row for row, said in before.items() if now[row] != said}
