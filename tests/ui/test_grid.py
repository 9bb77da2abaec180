"""The boxes of the grid: which rows a click is for, and when the browser's clicks are forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import pytest

from seatsync.ui import grid
from seatsync.ui.grid import Drawn, new_clicks, read_clicks
from seatsync.ui.session import Keys
from seatsync.worksheet import Line, View, Worksheet
from tests.test_worksheet import ROWS, worksheet


class Browser:
    """A browser's session, as far as the grid knows it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept: dict[str, object] = {}
        monkeypatch.setattr(grid, "get", lambda name, default=None: self.kept.get(name, default))
        monkeypatch.setattr(grid, "put", self.kept.__setitem__)

    def holds(self, sheet: Worksheet, clicks: Mapping[int, bool]) -> None:
        """Hold clicks on the grid that is shown."""
        rows = {place: {"Push": value} for place, value in clicks.items()}
        self.kept[grid._key(sheet)] = {"edited_rows": rows}

    @property
    def generation(self) -> object:
        return self.kept.get(Keys.grid_generation, 0)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


SELECTABLE = [place for place, row in enumerate(ROWS.rows) if row.selectable]
LOCKED = [place for place, row in enumerate(ROWS.rows) if not row.selectable]


def drawn(boxes: Sequence[bool | None], clicks: Mapping[int, bool] | None = None) -> Drawn:
    """A grid with these boxes, of which the clicks are known."""
    sheet = worksheet()
    lines = sheet.find(View())[: len(boxes)]
    names = tuple(sheet.rows[line.places[0]].key for line in lines)
    return Drawn(sheet, lines, names, tuple(boxes), pd.DataFrame(), clicks or {})


def test_only_what_was_clicked_since_the_grid_was_drawn_counts() -> None:
    before = drawn([True, False, None], {0: False})
    assert new_clicks(before, {0: False, 1: True}) == {1: True}
    assert new_clicks(before, {0: True}) == {0: True}
    assert new_clicks(before, {}) == {0: True}
    assert new_clicks(before, {0: False}) == {}
    assert new_clicks(before, {0: False, 99: True}) == {}


def test_a_click_is_for_the_row_that_stands_there_whatever_the_order() -> None:
    sheet = worksheet()
    lines = [Line((place,)) for place in reversed(range(len(sheet.rows)))]
    place = len(lines) - 1 - SELECTABLE[0]
    ticks, refused = read_clicks(sheet, lines, {place: False})
    assert ticks == {sheet.rows[SELECTABLE[0]].key: False}
    assert not refused


def test_a_clients_box_is_for_all_its_rows_and_a_rows_own_click_goes_before_it() -> None:
    rows = tuple(replace(ROWS.rows[SELECTABLE[0]], key=f"r{number}") for number in range(3))
    sheet = worksheet(rows)
    lines = sheet.find(View(grouped=True))
    assert [line.client for line in lines] == [True, False, False, False]
    ticks, refused = read_clicks(sheet, lines, {2: False, 0: True})
    assert ticks == {"r0": True, "r1": False, "r2": True}
    assert not refused


def test_a_client_without_a_row_to_push_is_refused() -> None:
    rows = tuple(replace(ROWS.rows[LOCKED[0]], key=f"r{n}", company=ROWS.rows[0].company) for n in range(2))
    sheet = worksheet(rows)
    ticks, refused = read_clicks(sheet, sheet.find(View(grouped=True)), {0: True})
    assert not ticks
    assert refused == (rows[0],)


def draw(sheet: Worksheet, ticks: Mapping[str, bool], view: View = View()) -> Drawn:  # noqa: B008 -- frozen
    return grid._draw(sheet, sheet.find(view), sheet.chosen(ticks))


def test_the_browser_is_not_sent_the_table_again_after_its_own_click(browser: Browser) -> None:
    sheet, place = worksheet(), SELECTABLE[0]
    first = draw(sheet, {})
    value = not first.boxes[place]
    browser.holds(sheet, {place: value})
    again = draw(sheet, {sheet.rows[place].key: value})
    assert again.frame is first.frame
    assert again.clicks == {place: value}
    assert browser.generation == 0


def test_a_box_that_somebody_else_clicked_is_sent(browser: Browser) -> None:
    sheet, place = worksheet(), SELECTABLE[0]
    first = draw(sheet, {})
    value = not first.boxes[place]
    again = draw(sheet, {sheet.rows[place].key: value})
    assert again.boxes[place] is value
    assert bool(again.frame["Push"].iloc[place]) is value
    assert browser.generation == 0


def test_a_click_that_the_truth_contradicts_is_forgotten(browser: Browser) -> None:
    sheet, place = worksheet(), SELECTABLE[0]
    first = draw(sheet, {})
    browser.holds(sheet, {place: not first.boxes[place]})
    again = draw(sheet, {})
    assert browser.generation == 1
    assert again.boxes == first.boxes
    assert again.clicks == {}


def test_other_rows_are_another_table_and_take_no_click_over(browser: Browser) -> None:
    sheet, place = worksheet(), SELECTABLE[0]
    draw(sheet, {})
    browser.holds(sheet, {place: False})
    narrowed = draw(sheet, {}, View(words="fabrikam"))
    assert narrowed.clicks == {}
    assert narrowed.boxes == tuple(
        sheet.chosen({})[line.places[0]] if sheet.rows[line.places[0]].selectable else None
        for line in narrowed.lines
    )
    assert browser.generation == 0


def test_a_table_is_indexed_by_the_keys_of_its_rows_so_that_a_click_cannot_move(browser: Browser) -> None:
    sheet = worksheet()
    shown = draw(sheet, {}, View(grouped=True))
    assert list(shown.frame.index) == list(shown.names)
    assert len(set(shown.names)) == len(shown.names)
    assert list(shown.frame["Push"].isna()) == [box is None for box in shown.boxes]
