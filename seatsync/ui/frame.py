"""The first line of every page: chrome, sign-in, permission; and how errors end on screen."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NoReturn

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import NotConfigured, NotPermitted, NotReady, SeatSyncError
from seatsync.people import LOCAL_ADMIN, Permission, Person
from seatsync.settings import is_loopback
from seatsync.ui.session import Keys, drop, get, installation, put
from seatsync.ui.text import plain

OVERVIEW = "streamlit_app.py"
_SIDEBAR = 210
# A picture of our own, read once: the browser would fetch a Material icon for the tab from another address.
ICON = f"data:image/png;base64,{b64encode(Path(__file__).with_name('icon.png').read_bytes()).decode()}"
MENU = (
    (OVERVIEW, "Overview", ":material/home:", Permission.SEE),
    ("pages/preview.py", "Avanan Seats", ":material/table_chart:", Permission.SEE),
    ("pages/push.py", "Push", ":material/publish:", Permission.MANAGE),
    ("pages/explore.py", "Explore", ":material/query_stats:", Permission.SEE),
    ("pages/operations.py", "Operations", ":material/history:", Permission.SEE),
    ("pages/mappings.py", "Mappings", ":material/conversion_path:", Permission.SEE),
    ("pages/snapshot.py", "Snapshot", ":material/photo_camera:", Permission.SEE),
    ("pages/audit.py", "Audit", ":material/fact_check:", Permission.AUDIT),
    ("pages/setup.py", "Setup", ":material/settings:", Permission.ADMINISTER),
)


def frame(title: str, needs: Permission = Permission.SEE, intro: str = "", *, menu: bool = True) -> Desk:
    """Draw a page's chrome and return the desk; the page stops here when the person may not see it.

    Without ``menu``, the rest of the page stands in ``menu_last``.
    """
    st.set_page_config(
        page_title=f"{title} · SeatSync", page_icon=ICON, layout="wide", initial_sidebar_state=_SIDEBAR
    )
    person = _person()
    if menu:
        _menu(person)
    with guarded():
        desk = installation().desk(person=person)
    if menu:
        _standing(desk)
    st.title(title)
    if intro:
        st.caption(intro)
    with guarded():
        desk.require(needs, "page.open", title)
    _confirm()
    return desk


def desk_again(title: str, needs: Permission = Permission.SEE) -> Desk:
    """Return the desk as it is now, for a part of a page that is drawn by itself; stops as ``frame`` does."""
    with guarded():
        desk = installation().desk(person=_person())
        desk.require(needs, "page.open", title)
    _confirm()
    return desk


@contextmanager
def menu_last(desk: Desk) -> Iterator[None]:
    """Draw the menu after what stands inside, which ends early by ``stop`` alone.

    A browser that has a large table to draw gets it the sooner.
    """
    _menu_due.set(desk)
    try:
        yield
    finally:
        _draw_due_menu()


_menu_due: ContextVar[Desk | None] = ContextVar("menu_due", default=None)


def _draw_due_menu() -> None:
    desk = _menu_due.get()
    _menu_due.set(None)
    if desk is not None:
        _menu(desk.person)
        _standing(desk)


def stop() -> NoReturn:
    """Stop the page here. A menu that is drawn last is drawn first: after a stop, nothing can be."""
    _draw_due_menu()
    st.stop()


def _menu(person: Person) -> None:
    with st.sidebar:
        st.subheader(":material/sync: SeatSync")
        for page, label, icon, permission in MENU:
            if person.may(permission):
                st.page_link(page, label=label, icon=icon)


def done(sentence: str) -> None:
    """Draw the page anew and confirm there, in a toast, what was done; ``sentence`` is Markdown."""
    put(Keys.done, sentence)
    st.rerun()


def _confirm() -> None:
    sentence = get(Keys.done)
    if sentence:
        drop(Keys.done)
        st.toast(str(sentence), icon=":material/check:")


def _person() -> Person:
    """Return who is at the browser: in local mode, the one local admin."""
    address = st.get_option("server.address") or ""
    if not is_loopback(str(address)):
        st.error("Nobody signs in here (local mode), so the app must listen on this machine alone.")
        st.stop()
    return LOCAL_ADMIN


def _standing(desk: Desk) -> None:
    who = f"Team {plain(desk.team.name)} · {plain(desk.person.name)}, {desk.person.role} (local mode)"
    fixed = installation().settings.today
    with st.sidebar:
        st.caption(who)
        if fixed is not None:
            st.warning(f"Today is set to {fixed}.", icon=":material/event:")


@contextmanager
def guarded() -> Iterator[None]:
    """Show what went wrong as a sentence with the way out, and stop the page there."""
    try:
        yield
    except SeatSyncError as error:
        st.error(plain(error), icon=":material/error:")
        _way_out(error)
        stop()


@contextmanager
def explained() -> Iterator[None]:
    """Show what went wrong as a sentence where it happened; the rest of the page is drawn all the same."""
    try:
        yield
    except SeatSyncError as error:
        st.error(plain(error), icon=":material/error:")
        _way_out(error)


def _way_out(error: SeatSyncError) -> None:
    match error:
        case NotConfigured():
            st.page_link("pages/setup.py", label="Open Setup", icon=":material/settings:")
        case NotReady():
            st.page_link("pages/snapshot.py", label="Open Snapshot", icon=":material/photo_camera:")
            st.page_link("pages/mappings.py", label="Open Mappings", icon=":material/conversion_path:")
        case NotPermitted():
            st.page_link(OVERVIEW, label="Back to the overview", icon=":material/home:")
        case _:
            pass
