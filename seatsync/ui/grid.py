"""The grid of preview rows: their boxes are saved as soon as they are clicked, by the key of the row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd
import streamlit as st

from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.people import Permission
from seatsync.preview import PreviewRow
from seatsync.previews import tick
from seatsync.status import Status
from seatsync.ui.grid_table import ORDER, PUSH, columns_of, table_of
from seatsync.ui.looks import ROW, table_height
from seatsync.ui.notices import attempt, refuse
from seatsync.ui.session import Keys, get, put
from seatsync.worksheet import Line, Worksheet

_TALLEST = 18


@dataclass(frozen=True, slots=True)
class Drawn:
    """The grid as the browser has it: its lines by name, and their boxes before the ``clicks`` it holds."""

    sheet: Worksheet
    lines: tuple[Line, ...]
    names: tuple[str, ...]
    boxes: tuple[bool | None, ...]
    frame: pd.DataFrame
    clicks: Mapping[int, bool]

    def now(self, place: int, clicks: Mapping[int, bool]) -> bool | None:
        """Return what stands in a line's box after clicks."""
        return clicks.get(place, self.boxes[place])


def bulk_buttons(desk: Desk, sheet: Worksheet, lines: Sequence[Line]) -> None:
    """Offer to check, uncheck or reset every row that is shown and can be pushed."""
    keys = [row.choice for row in _rows(sheet, lines) if row.selectable]
    offers: Mapping[str, tuple[bool | None, str, str]] = {
        "Select all": (True, ":material/check_box:", "Check every shown row that can be pushed."),
        "Select none": (False, ":material/check_box_outline_blank:", "Uncheck every shown row."),
        "Defaults": (
            None,
            ":material/restart_alt:",
            "Back to how it was: Ready rows checked, the rest unchecked; shown rows only.",
        ),
    }
    for label, (value, icon, help_text) in offers.items():
        st.button(
            label,
            icon=icon,
            help=help_text,
            disabled=not keys or not desk.person.may(Permission.MANAGE),
            on_click=_tick_all,
            args=(desk, sheet.review.export.id, dict.fromkeys(keys, value)),
        )


def _rows(sheet: Worksheet, lines: Sequence[Line]) -> list[PreviewRow]:
    return [sheet.rows[line.places[0]] for line in lines if not line.client]


def _tick_all(desk: Desk, export: ExportId, ticks: Mapping[str, bool | None]) -> None:
    if attempt(tick, desk, export, ticks):
        _start_anew()


def _start_anew() -> None:
    """Give the grid a new key, so that edits the browser still holds are forgotten."""
    put(Keys.grid_generation, get(Keys.grid_generation, 0) + 1)


def show_grid(
    desk: Desk,
    sheet: Worksheet,
    lines: tuple[Line, ...],
    ticks: Mapping[str, bool],
    opened: Callable[[str], None],
) -> None:
    """Show lines with their boxes; ``opened`` is called with a row's key when its details are asked for."""
    drawn, key = _draw(sheet, lines, sheet.chosen(ticks)), _key(sheet)
    st.data_editor(
        drawn.frame,
        key=key,
        hide_index=True,
        height=table_height(max(len(lines), 1), _TALLEST),
        disabled=True if not desk.person.may(Permission.MANAGE) else [*ORDER[1:]],
        column_config=columns_of(sheet, partial(_open, drawn, opened)),
        on_change=_save,
        args=(desk, drawn, key, ticks),
        row_height=ROW,
        placeholder="",
        column_order=ORDER,
        alt="Preview rows",
    )


def _key(sheet: Worksheet) -> str:
    return f"{Keys.grid}-{sheet.review.export.id}-{get(Keys.grid_generation, 0)}"


def _clicks(key: str) -> dict[int, bool]:
    """Return the boxes that the browser holds as clicked, by position; nothing else of a row is editable."""
    edited: Mapping[int, Mapping[str, Any]] = (get(key) or {}).get("edited_rows", {})
    return {place: bool(values[PUSH]) for place, values in edited.items() if PUSH in values}


def _box(sheet: Worksheet, line: Line, chosen: Sequence[bool]) -> bool | None:
    """Return the state of a line's box; a client's is checked when all of its rows are. None is no box."""
    if not line.client:
        (place,) = line.places
        return chosen[place] if sheet.selectable[place] else None
    places = [place for place in line.places if sheet.selectable[place]]
    return all(chosen[place] for place in places) if places else None


def _draw(sheet: Worksheet, lines: tuple[Line, ...], chosen: Sequence[bool]) -> Drawn:
    """Decide what table the browser is sent: the same one as before, while its own clicks make it right.

    A table that holds another state of the boxes is sent when they were changed elsewhere; where a click that
    the browser still holds would contradict it, the grid starts anew.
    """
    before: Drawn | None = get(Keys.grid_drawn)
    boxes = tuple(_box(sheet, line, chosen) for line in lines)
    names = _names(sheet, lines)
    clicks: dict[int, bool] = {}
    if before is not None and before.names == names:
        clicks = {place: value for place, value in _clicks(_key(sheet)).items() if place < len(lines)}
        same = all(before.now(place, clicks) is box for place, box in enumerate(boxes))
        if same and before.sheet is sheet:
            drawn = replace(before, clicks=clicks)
            put(Keys.grid_drawn, drawn)
            return drawn
        if any(boxes[place] is not value for place, value in clicks.items()):
            _start_anew()
            clicks = {}
    drawn = Drawn(sheet, lines, names, boxes, table_of(sheet, lines, names, boxes), clicks)
    put(Keys.grid_drawn, drawn)
    return drawn


_last_names: WeakKeyDictionary[Worksheet, tuple[tuple[Line, ...], tuple[str, ...]]] = WeakKeyDictionary()


def _names(sheet: Worksheet, lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Name every line differently, whatever its place; worked out once for the same lines."""
    kept = _last_names.get(sheet)
    if kept is None or kept[0] is not lines:
        kept = _last_names[sheet] = (lines, tuple(_name(sheet, line) for line in lines))
    return kept[1]


def _name(sheet: Worksheet, line: Line) -> str:
    key = sheet.rows[line.places[0]].key
    return f"client {key}" if line.client else key


def _open(drawn: Drawn, opened: Callable[[str], None]) -> None:
    click = get(Keys.details_button)
    if click is not None and click.row < len(drawn.lines):
        opened(drawn.sheet.rows[drawn.lines[click.row].places[0]].key)


def _save(desk: Desk, drawn: Drawn, key: str, before: Mapping[str, bool]) -> None:
    """Save the boxes that were clicked since the grid was drawn, by the keys of their rows."""
    ticks, refused = read_clicks(drawn.sheet, drawn.lines, new_clicks(drawn, _clicks(key)))
    ticks = {name: value for name, value in ticks.items() if before.get(name) is not value}
    saved = attempt(tick, desk, drawn.sheet.review.export.id, ticks) if ticks else True
    for row in refused:
        refuse(f"{row.status.label}, not pushed. {_why_not(row)}")
    if refused or not saved:
        _start_anew()


def new_clicks(drawn: Drawn, clicks: Mapping[int, bool]) -> dict[int, bool]:
    """Return what was clicked since the grid was drawn, by position, of all that the browser holds."""
    known = {place: value for place, value in clicks.items() if place < len(drawn.lines)}
    return {
        place: bool(drawn.now(place, known))
        for place in sorted(known.keys() | drawn.clicks.keys())
        if drawn.now(place, known) is not drawn.now(place, drawn.clicks)
    }


def read_clicks(
    sheet: Worksheet, lines: Sequence[Line], clicks: Mapping[int, bool]
) -> tuple[dict[str, bool], tuple[PreviewRow, ...]]:
    """Return the boxes that were clicked, by choice, and the rows that were checked and can't be pushed.

    ``clicks`` are positions among the lines as shown. A client's box stands for those of all its rows.
    """
    ticks: dict[str, bool] = {}
    refused: list[PreviewRow] = []
    # A client's line first: what is clicked of its rows by themselves goes before it.
    for place in sorted(clicks, key=lambda place: not lines[place].client):
        rows = [sheet.rows[each] for each in lines[place].places]
        able = [row.choice for row in rows if row.selectable]
        ticks.update(dict.fromkeys(able, clicks[place]))
        if clicks[place] and not able:
            refused.append(rows[0])
    return ticks, tuple(refused)


def _why_not(row: PreviewRow) -> str:
    said = row.reason if row.status is Status.NO_ADDITION else f"{row.status.on_push}."
    return row.locked or said
