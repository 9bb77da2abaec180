"""The grid of preview rows: filters, and checkboxes that are saved as soon as they are clicked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.people import Permission
from seatsync.present import preview_frame
from seatsync.preview import PreviewRow
from seatsync.previews import Review, tick
from seatsync.status import Status
from seatsync.ui.looks import colour, count_column, marked, money_column, status_help, text_column
from seatsync.ui.notices import attempt, refuse
from seatsync.ui.reading import by_status
from seatsync.ui.session import Keys, get, put
from seatsync.ui.text import plain
from seatsync.ui.words import counted

PUSH, OPEN = "Push", "Details"
_HIDDEN = frozenset({Status.NO_CHANGE})
_ORDER = (
    PUSH,
    OPEN,
    "Status",
    "Company",
    "Product",
    "Billed now",
    "Seats in export",
    "Difference",
    "Monthly effect",
    "Currency",
    "Reason",
    "Licenses",
    "Tenants",
    "Agreement",
    "Unit price",
)
_ROW, _HEAD, _TALLEST = 33, 36, 15


def choose_statuses(review: Review) -> frozenset[Status]:
    """Ask which statuses to show; No change is hidden unless it is asked for.

    All are offered, with none left out for having no rows: a choice that lacks one would hide its rows later.
    """
    counts = by_status(review)
    chosen = st.pills(
        "Status",
        list(Status),
        selection_mode="multi",
        default=[status for status in Status if status not in _HIDDEN],
        format_func=lambda status: f"{status.label} {counts.get(status, 0):,}",
        key=Keys.statuses,
        persist_state="session",
        help=f"What a push does with a row of each status:\n{status_help()}\n\nNone chosen: all are shown.",
    )
    return frozenset(chosen or Status)


def search_box() -> str:
    """Ask for words to look for; every one has to occur in a row."""
    words = st.text_input(
        "Search",
        key=Keys.search,
        type="search",
        live=True,
        persist_state="session",
        placeholder="Search tenant, company, product or license",
        label_visibility="collapsed",
        width=380,
    )
    return words or ""


def filter_rows(review: Review, statuses: frozenset[Status], words: str) -> tuple[PreviewRow, ...]:
    """Return the rows of some statuses in which every word occurs, in the preview's order."""
    needles = words.casefold().split()
    return tuple(
        row
        for row in review.preview.rows
        if row.status in statuses and all(needle in _haystack(row) for needle in needles)
    )


def _haystack(row: PreviewRow) -> str:
    said = [row.company.name if row.company else ""]
    said += [row.product.identifier, row.product.description] if row.product else []
    said += [row.agreement.name] if row.agreement else []
    said += [text for part in row.parts for text in (part.tenant, part.portal, part.tier)]
    return "\n".join(said).casefold()


def bulk_buttons(desk: Desk, review: Review, shown: Sequence[PreviewRow]) -> None:
    """Offer to check, uncheck or reset every row that is shown."""
    keys = [row.key for row in shown if row.selectable]
    offers: Mapping[str, tuple[bool | None, str, str]] = {
        "Select all shown": (True, ":material/check_box:", "Check every shown row that can be pushed."),
        "Select none shown": (False, ":material/check_box_outline_blank:", "Uncheck every shown row."),
        "Back to defaults": (
            None,
            ":material/restart_alt:",
            "Ready rows checked, the rest unchecked; shown rows only.",
        ),
    }
    for label, (value, icon, help_text) in offers.items():
        st.button(
            label,
            icon=icon,
            help=help_text,
            disabled=not keys or not desk.person.may(Permission.MANAGE),
            on_click=_tick_all,
            args=(desk, review.export.id, dict.fromkeys(keys, value)),
        )


def _tick_all(desk: Desk, export: ExportId, ticks: Mapping[str, bool | None]) -> None:
    if attempt(tick, desk, export, ticks):
        _start_anew()


def _start_anew() -> None:
    """Give the grid a new key, so that edits the browser still holds are forgotten."""
    put(Keys.grid_generation, get(Keys.grid_generation, 0) + 1)


def show_grid(desk: Desk, review: Review, shown: Sequence[PreviewRow], opened: Callable[[str], None]) -> None:
    """Show rows with their boxes; ``opened`` is called with a row's key when its details are asked for."""
    key = f"{Keys.grid}-{review.export.id}-{get(Keys.grid_generation, 0)}"
    keys = tuple(row.key for row in shown)
    frame = _frame(review, shown)
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        height=_HEAD + _ROW * min(max(len(shown), 1), _TALLEST),
        disabled=True
        if not desk.person.may(Permission.MANAGE)
        else [str(column) for column in frame if column != PUSH],
        column_config=_columns(keys, opened),
        on_change=_save,
        args=(desk, review, key, keys),
        row_height=_ROW,
        placeholder="",
        column_order=_ORDER,
        alt="Preview rows",
    )


def _frame(review: Review, shown: Sequence[PreviewRow]) -> pd.DataFrame:
    """Tabulate rows for the grid; a row that can't be pushed has no box value at all."""
    frame = preview_frame(shown).drop(columns="Key")
    frame["Status"] = [[marked(row.status)] for row in shown]
    frame["Company"] = [
        name if row.company else f"tenant: {tenants}" if tenants else ""
        for row, name, tenants in zip(shown, frame["Company"], frame["Tenants"], strict=True)
    ]
    frame["Agreement"] = [
        "Choose agreement" if awaits_agreement(row) else name
        for row, name in zip(shown, frame["Agreement"], strict=True)
    ]
    ticks = [review.ticked(row) if row.selectable else None for row in shown]
    frame.insert(0, PUSH, pd.Series(ticks, index=frame.index, dtype="boolean"))
    frame.insert(1, OPEN, "Open")
    return frame


def awaits_agreement(row: PreviewRow) -> bool:
    """Say whether a new line waits for somebody to choose among several agreements."""
    return (
        row.status is Status.NO_ADDITION
        and not row.selectable
        and row.agreement is None
        and bool(row.agreements)
    )


def _columns(keys: Sequence[str], opened: Callable[[str], None]) -> dict[str, Any]:
    return {
        PUSH: st.column_config.CheckboxColumn(width=64, pinned=True, help="Checked rows are pushed."),
        OPEN: st.column_config.ButtonColumn(
            width=54,
            pinned=True,
            type="tertiary",
            key=Keys.details_button,
            on_click=_open,
            args=(keys, opened),
            help="Show the row in full, beside the table.",
        ),
        "Status": st.column_config.MultiselectColumn(
            width=132,
            pinned=True,
            help="What a push does with each status is told at the filter above.",
            options=[marked(status) for status in Status],
            color=[colour(status) for status in Status],
        ),
        "Tenants": text_column("Tenants", 170, "As they stand in the export."),
        "Company": text_column(
            "Company", 160, "The company in ConnectWise; the tenant while it is not known."
        ),
        "Licenses": text_column("Licenses", 190),
        "Product": text_column("Product", 66),
        "Agreement": text_column("Agreement", 180),
        "Billed now": count_column("Billed", "Seats on the billing line in ConnectWise now.", 50),
        "Seats in export": count_column("Export", "Seats in the export.", 54),
        "Difference": count_column("Diff.", "Seats in the export less seats billed now.", 46),
        "Unit price": money_column("Unit price"),
        "Monthly effect": money_column("Monthly effect", "Change of what is billed each month.", 96),
        "Currency": text_column("Currency", 66),
        "Reason": text_column("Reason", 620),
    }


def _open(keys: Sequence[str], opened: Callable[[str], None]) -> None:
    click = get(Keys.details_button)
    if click is not None and click.row < len(keys):
        opened(keys[click.row])


def _save(desk: Desk, review: Review, key: str, keys: Sequence[str]) -> None:
    ticks, refused = read_clicks(review, keys, get(key, {}).get("edited_rows", {}))
    saved = attempt(tick, desk, review.export.id, ticks) if ticks else True
    for row in refused:
        refuse(f"{row.status.label}, not pushed. {_why_not(row)}")
    if refused or not saved:
        _start_anew()


def read_clicks(
    review: Review, keys: Sequence[str], edited: Mapping[int, Mapping[str, Any]]
) -> tuple[dict[str, bool], tuple[PreviewRow, ...]]:
    """Return the boxes that were clicked, by row key, and the rows that were checked and can't be pushed.

    ``edited`` is what the browser holds, by position; positions are those of ``keys``, the rows as shown.
    """
    rows = {row.key: row for row in review.preview.rows}
    clicked = [
        (rows[keys[place]], bool(values[PUSH]))
        for place, values in edited.items()
        if place < len(keys) and PUSH in values
    ]
    ticks = {row.key: value for row, value in clicked if row.selectable and review.ticked(row) is not value}
    return ticks, tuple(row for row, value in clicked if value and not row.selectable)


def _why_not(row: PreviewRow) -> str:
    said = row.reason if row.status is Status.NO_ADDITION else f"{row.status.on_push}."
    return row.locked or said


def shown_sentence(review: Review, shown: Sequence[PreviewRow]) -> str:
    """Say how many rows are shown, how many chosen ones are not, and what has no row at all."""
    keys = {row.key for row in shown}
    hidden = sum(review.ticked(row) and row.key not in keys for row in review.preview.rows)
    said = [f"{len(shown):,} of {counted(len(review.preview.rows), 'row')} shown."]
    if hidden:
        said.append(f"**{counted(hidden, 'chosen row')} not shown.**")
    if review.preview.left_out:
        said.append(f"Left out: {plain('; '.join(review.preview.left_out))}.")
    return " ".join(said)
