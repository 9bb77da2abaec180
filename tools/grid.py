"""The grid as a person uses it: drawn on a canvas, so a cell is a place; what it says is read beside it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, FloatRect, Locator, Page, expect

# Where the cells are is known to the component alone; React keeps what it was given on the element.
_GIVEN = """root => {
  const canvas = root.querySelector('[data-testid="data-grid-canvas"]')
  if (!canvas) return null
  let fiber = canvas[Object.keys(canvas).find(key => key.startsWith('__reactFiber$'))]
  for (; fiber; fiber = fiber.return) {
    const given = fiber.memoizedProps
    if (given && Array.isArray(given.columns) && given.cellXOffset !== undefined) break
  }
  if (!fiber) return null
  const given = fiber.memoizedProps
  const titles = given.columns.map(column => column.title.replace(/^[↑↓] /, ''))
"""
_GEOMETRY = f"""{_GIVEN}
  return {{
    titles,
    widths: given.columns.map(column => column.width),
    head: given.headerHeight,
    tall: typeof given.rowHeight === 'function' ? given.rowHeight(0) : given.rowHeight,
    rows: given.rows, first: given.cellXOffset, top: given.cellYOffset,
    right: given.translateX, down: given.translateY, frozen: given.freezeColumns,
    width: given.width, height: given.height,
  }}
}}"""
# What is drawn in a cell: the text that the component was given for it, or the state of its box.
_CELLS = f"""{_GIVEN}
  const said = cell => {{
    const data = cell.data?.value ?? cell.data
    const shown = cell.displayData ?? (data && data.values) ?? data
    return shown === undefined || shown === null ? '' : String(shown)
  }}
  return [...Array(given.rows).keys()].map(row => Object.fromEntries(
    titles.map((title, column) => [title, said(given.getCellContent([column, row]))])))
}}"""
_STEPS, _SOON, _STILL = 60, 20, 120


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the grid shows, in pixels from its corner: ``first`` and ``top`` count what is scrolled away."""

    titles: list[str]
    widths: list[float]
    head: float
    tall: float
    rows: int
    first: int
    top: int
    right: float
    down: float
    frozen: int
    width: float
    height: float

    def across(self, column: int) -> tuple[float, float]:
        """Return where a column begins and ends."""
        pinned = sum(self.widths[: self.frozen])
        if column < self.frozen:
            begin = sum(self.widths[:column])
        else:
            begin = pinned + sum(self.widths[self.frozen : column]) + self.right
            begin -= sum(self.widths[self.frozen : self.first])
        return begin, begin + self.widths[column]

    def along(self, row: int) -> float:
        """Return where a row begins."""
        return self.head + (row - self.top) * self.tall + self.down

    def sees(self, column: int, row: int | None) -> bool:
        """Say whether the middle of a cell is in view, or of a column's head."""
        begin, end = self.across(column)
        pinned = sum(self.widths[: self.frozen]) if column >= self.frozen else 0
        middle = (begin + end) / 2
        beside = pinned + 4 < middle < self.width - 4
        return beside and (row is None or self.head <= self.along(row) <= self.height - self.tall)


class Grid:
    """The table on the page that has a column of this name."""

    def __init__(self, page: Page, column: str = "Push") -> None:
        self.page = page
        named = page.locator("th[role=columnheader]", has_text=re.compile(f"^([↑↓] )?{re.escape(column)}$"))
        self.root: Locator = page.get_by_test_id("stDataFrame").filter(has=named).first

    def geometry(self) -> Geometry:
        """Measure the grid as it stands."""
        return Geometry(**self._ask(_GEOMETRY))

    @property
    def rows(self) -> int:
        """How many rows there are, in view or not."""
        return self.geometry().rows

    def read(self) -> list[dict[str, str]]:
        """Read every row from the top, in view or not, by the names of the columns."""
        rows: list[dict[str, str]] = self._ask(_CELLS)
        return rows

    def texts(self, column: str) -> list[str]:
        """Read a column from the top."""
        return [row[column] for row in self.read()]

    def find(self, column: str, text: str) -> int:
        """Return the first row whose cell says a text. Raises LookupError."""
        for place, said in enumerate(self.texts(column)):
            if text in said:
                return place
        raise LookupError(f"No {column} says {text}.")

    def place(self, column: str, row: int) -> tuple[float, float]:
        """Bring a cell into view, and return where in the window its middle is."""
        self.show(column, row)
        box, at = self._box(), self.geometry()
        begin, end = at.across(self._column(column))
        return box["x"] + (begin + end) / 2, box["y"] + at.along(row) + at.tall / 2

    def still(self, column: str, row: int) -> tuple[float, float]:
        """Return the place of a cell once it stands still."""
        return self._stands(lambda: self.place(column, row))

    def _stands(self, place: Callable[[], tuple[float, float]]) -> tuple[float, float]:
        """Return a place once it stays the same: the page may be drawn around it yet."""
        before, now = (0.0, 0.0), place()
        while before != now:
            self.page.wait_for_timeout(_STILL)
            before, now = now, place()
        return now

    def click(self, column: str, row: int) -> None:
        """Click on a cell."""
        self.page.mouse.click(*self.still(column, row))

    def click_head(self, column: str) -> None:
        """Click on the head of a column, which sorts by it."""
        self.show(column, None)
        box, at = self._box(), self.geometry()
        begin, _ = at.across(self._column(column))
        self.page.mouse.click(box["x"] + begin + 12, box["y"] + at.head / 2)

    def mark(self, row: int | None = None) -> None:
        """Select a row, or take it back, by the box before it; all rows by the box in the head."""
        self.root.scroll_into_view_if_needed()
        self.page.mouse.click(*self._stands(lambda: self._mark(row)))

    def _mark(self, row: int | None) -> tuple[float, float]:
        at, box = self.geometry(), self._box()
        middle = at.head / 2 if row is None else at.along(row) + at.tall / 2
        return box["x"] + at.widths[0] / 2, box["y"] + middle

    def show(self, column: str, row: int | None) -> None:
        """Scroll until a cell is in view, as a person does: the page to the grid, then the grid."""
        self.root.scroll_into_view_if_needed()
        place = self._column(column)
        for _ in range(_STEPS):
            at = self.geometry()
            if at.sees(place, row):
                return
            begin, end = at.across(place)
            aside = 0.0 if at.sees(place, None) else (begin + end) / 2 - at.width / 2
            down = 0.0 if row is None else at.along(row) - at.height / 2
            box = self._box()
            self.page.mouse.move(box["x"] + at.width / 2, box["y"] + at.head + 5)
            self.page.mouse.wheel(aside, down)
            self.page.wait_for_timeout(120)
        raise LookupError(f"The cell of {column} in row {row} can't be brought into view.")

    def _ask(self, script: str) -> Any:
        """Ask the component, again when another one takes its place. Raises LookupError."""
        for _ in range(_STEPS):
            expect(self.root).to_be_visible()
            try:
                answer = self.root.evaluate(script)
            except Error as error:
                if "not attached" not in str(error):
                    raise
                answer = None
            if answer is not None:
                return answer
            self.page.wait_for_timeout(_SOON)
        raise LookupError("The grid does not say what it shows.")

    def _column(self, title: str) -> int:
        titles = self.geometry().titles
        if title not in titles:
            raise LookupError(f"The grid has no column {title}: {titles}")
        return titles.index(title)

    def _box(self) -> FloatRect:
        for _ in range(_STEPS):
            box = self.root.get_by_test_id("data-grid-canvas").bounding_box()
            if box is not None:
                return box
            self.page.wait_for_timeout(_SOON)
        raise LookupError("The grid is not drawn.")
