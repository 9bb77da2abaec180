"""Company links: searched, filtered, opened, taken back and cleared from one table."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.desk import Desk
from seatsync.link_list import LinkView, Part, find, matching
from seatsync.links import keep_link
from seatsync.model import Book
from seatsync.people import Permission
from seatsync.ui.link_drawer import (
    KEEP,
    LINK_ANOTHER,
    TENANT,
    ask_to_clear,
    kept,
    open_link,
    show_link,
    take_back,
    undo_word,
)
from seatsync.ui.looks import text_column
from seatsync.ui.notices import attempt
from seatsync.ui.pick_table import pick_rows
from seatsync.ui.ruled_out import show_ruled_out
from seatsync.ui.session import Keys, get, installation, put
from seatsync.ui.text import plain
from seatsync.ui.words import counted, moment

TAB, LINKS = Keys.mappings_tab, "Company links"
_OPEN, _MENU, _CHECK = "Open", "More", "Renamed: check"
_PARTS = {
    Part.ALL: "All",
    Part.AUTOMATIC: "Automatic",
    Part.BY_HAND: "By hand",
    Part.CHECK: "Needs a check",
    Part.UNUSED: "Not in the last export",
}


def show_links(desk: Desk, book: Book) -> None:
    """Show the saved links with what changes them, and below them the companies ruled out."""
    views = installation().lists.links(desk)
    rejections = desk.store.choices.rejections(desk.team.id)
    if not views:
        st.info(
            "No tenant is linked yet. Links are made when an export is previewed, or on a row of it by hand.",
            icon=":material/link:",
        )
        st.page_link("pages/preview.py", label="Open Avanan Seats", icon=":material/table_chart:")
    _say_unlinked(views)
    words, part = _tools(views) if views or rejections else ("", Part.ALL)
    if views:
        _links(desk, book, views, matching(views, part, words))
    if rejections:
        show_ruled_out(desk, rejections, words)


def _say_unlinked(views: Sequence[LinkView]) -> None:
    """Say that the tenant which the address names has no link."""
    portal = st.query_params.get(TENANT, "")
    if portal and find(views, portal) is None:
        st.warning(
            f"The tenant {plain(portal)} has no link. Its company is picked on its row.",
            icon=":material/link_off:",
        )
        st.page_link("pages/preview.py", label="Open Avanan Seats", icon=":material/table_chart:")


def _tools(views: Sequence[LinkView]) -> tuple[str, Part]:
    """Ask for words to look for, and which part of the links to show."""
    counts = {part: sum(map(part.holds, views)) for part in Part}
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.text_input(
            "Search the links",
            type="search",
            live=True,
            key=Keys.link_search,
            placeholder="Search tenant, portal or company",
            label_visibility="collapsed",
            width=300,
        )
        part = st.segmented_control(
            "Show",
            list(Part),
            default=Part.ALL,
            required=True,
            format_func=lambda part: f"{_PARTS[part]} {counts[part]:,}",
            key=Keys.link_part,
            label_visibility="collapsed",
        )
    return words or "", part or Part.ALL


def _links(desk: Desk, book: Book, views: Sequence[LinkView], found: Sequence[LinkView]) -> None:
    manages = desk.person.may(Permission.MANAGE)
    tools = st.container(horizontal=True, vertical_alignment="center")
    if found:
        selected = _table(desk, found)
        if manages:
            _clear_button(tools, selected)
        hint = " Open a row to read in full why it was made." if not selected else ""
        tools.caption(f"{counted(len(found), 'link')} of {len(views):,}.{hint}")
    else:
        st.info("No link mentions that. Change the search or the filter.", icon=":material/search_off:")
    _open_dialogs(desk, book, views)


def _table(desk: Desk, found: Sequence[LinkView]) -> tuple[LinkView, ...]:
    """Show links; return those whose boxes are checked."""
    manages = desk.person.may(Permission.MANAGE)
    key = f"{Keys.links_table}-{hash(tuple((view.link.key, view.link.company_id) for view in found))}"
    cells, columns = _cells(found, manages=manages), _columns(desk, found)
    return tuple(found[row] for row in pick_rows(cells, key, columns, LINKS, picks=manages))


def _columns(desk: Desk, found: Sequence[LinkView]) -> dict[str, Any]:
    renamed = "The name of today where it is not that of the link: open the row to keep or to change it."
    return {
        _OPEN: st.column_config.ButtonColumn(
            "", width=68, type="tertiary", key=Keys.link_button, on_click=_opened, args=(found,)
        ),
        _MENU: st.column_config.ButtonColumn(
            "", width=40, type="tertiary", key=Keys.link_undo, on_click=_acted, args=(desk, found)
        ),
        "Tenant": text_column("Tenant", 184, "As it was called when the link was made."),
        "Company": text_column("Company", 184, "As it was called when the link was made."),
        _CHECK: text_column(_CHECK, 246, renamed),
        "Source": text_column("Source", 84),
        "Last use": text_column("Last use", 88, "When the last export that has the tenant was uploaded."),
        "Export": text_column("Export", 160, "The last export that has the tenant."),
        "Portal": text_column("Portal", 170),
        "Made by": text_column("Made by", 90),
        "Made": text_column("Made", 150),
        "Why": text_column("Why", 640),
    }


def _cells(found: Sequence[LinkView], *, manages: bool) -> pd.DataFrame:
    checks = [check_of(view) for view in found]
    cells: dict[str, list[object]] = {
        _OPEN: ["Check" if view.needs_check else "Open" for view in found],
        **({_MENU: [_menu(view) for view in found]} if manages else {}),
        "Tenant": [view.name for view in found],
        "Company": [view.link.company_name for view in found],
        **({_CHECK: list(checks)} if any(checks) else {}),
        "Source": ["By hand" if view.by_hand else "Automatic" for view in found],
        "Last use": [f"{view.seen.at:%Y-%m-%d}" if view.seen else "Never" for view in found],
        "Export": [view.seen.name if view.seen else "" for view in found],
        "Portal": [view.portal for view in found],
        "Made by": [view.link.made_by for view in found],
        "Made": [moment(view.link.made_at) if view.link.made_at else "" for view in found],
        "Why": [view.link.reason or ("Picked by a person" if view.by_hand else "Not kept") for view in found],
    }
    return pd.DataFrame(cells)


def check_of(view: LinkView) -> str:
    """Say in one line what is no longer as the link has it; empty when all is."""
    said = ["Company gone from ConnectWise"] if view.gone else []
    said += [f"{each.what.capitalize()} is now {each.now}" for each in view.renames]
    return ", ".join(said)


def _menu(view: LinkView) -> list[str]:
    keep = [KEEP] if view.renames and not view.gone else []
    return [*keep, LINK_ANOTHER, undo_word(view)]


def _opened(found: Sequence[LinkView]) -> None:
    """Open the link whose button in the table was pressed."""
    click = get(Keys.link_button)
    if click is not None and click.row < len(found):
        open_link(found[click.row])


def _acted(desk: Desk, found: Sequence[LinkView]) -> None:
    """Do what was chosen in the menu of a link's row."""
    click = get(Keys.link_undo)
    if click is None or click.row >= len(found):
        return
    view = found[click.row]
    if click.label == LINK_ANOTHER:
        open_link(view)
    elif click.label == KEEP:
        attempt(keep_link, desk, view.portal, done=kept(view))
    else:
        take_back(desk, view)


def _clear_button(place: DeltaGenerator, selected: Sequence[LinkView]) -> None:
    keys = tuple(view.link.key for view in selected)
    place.button(
        f"Clear {counted(len(keys), 'link')}" if keys else "Clear links",
        icon=":material/link_off:",
        disabled=not keys,
        help=None if keys else "Check the boxes at the left of the rows first.",
        on_click=put,
        args=(Keys.links_to_clear, keys),
    )


def _open_dialogs(desk: Desk, book: Book, views: Sequence[LinkView]) -> None:
    """Open what was asked for: the question before links are cleared, or the link that the address names."""
    asked = frozenset(get(Keys.links_to_clear, ()))
    clearing = tuple(view for view in views if view.link.key in asked)
    asked_for = find(views, st.query_params.get(TENANT, ""))
    if clearing:
        ask_to_clear(desk, clearing)
    elif asked_for is not None:
        show_link(desk, book, asked_for)
