"""The installation behind the app, and the only door to the browser's session."""

import threading
from typing import Any

import streamlit as st

from seatsync.settings import load_settings
from seatsync.wiring import Wiring

_lock = threading.Lock()
_wiring: Wiring | None = None


def installation() -> Wiring:
    """Return the process's installation, opened on first use; it takes over runs whose process died.

    Raises SettingsError or DatabaseError.
    """
    global _wiring
    with _lock:
        if _wiring is None:
            opened = Wiring(load_settings())
            opened.keep_schedules()
            _wiring = opened
        return _wiring


def reset_installation() -> None:
    """Close the installation, so that the next page opens it from the settings as they are then."""
    global _wiring
    with _lock:
        if _wiring is not None:
            _wiring.close()
            _wiring = None


class Keys:
    """Every name in the browser's session, so that no two parts of the app share one by accident."""

    export = "export_id"
    read_panel = "read_panel_open"
    details_drawer = "details_drawer"
    link_undo = "link_undo"
    export_box = "export_box"
    upload = "upload_state"
    upload_generation = "upload_generation"
    problem = "problem_sentence"
    refusal = "refusal_sentence"
    review = "review_built"
    statuses = "status_filter"
    search = "row_search"
    grid = "grid"
    grid_generation = "grid_generation"
    details_button = "details_button"
    details_row = "details_row"
    details_line = "details_line"
    confirm_digest = "confirm_digest"
    cancels_typed = "cancels_typed"
    rehearsal = "rehearsal"
    done = "done_sentence"
    form = "form_generation"
    runs_table = "runs_table"
    links_table = "links_table"


def get(name: str, default: object = None) -> Any:
    """Return what this browser session keeps under a name."""
    return st.session_state.get(name, default)


def put(name: str, value: object) -> None:
    """Keep a value in this browser session."""
    st.session_state[name] = value


def drop(name: str) -> None:
    """Forget a name, so that the widget or value behind it starts anew."""
    st.session_state.pop(name, None)
