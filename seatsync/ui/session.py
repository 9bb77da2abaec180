"""The installation behind the app, and the only door to the browser's session."""

import threading
from typing import Any

import streamlit as st

from seatsync.kept_lists import KeptLists
from seatsync.kept_reviews import KeptReviews
from seatsync.settings import Settings, load_settings
from seatsync.shelf import Shelves
from seatsync.wiring import Wiring


class Installation(Wiring):
    """One installation behind the app, with what it has computed for everybody who looks."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.reviews = KeptReviews()
        self.lists = KeptLists()
        self.shelves = Shelves()


_lock = threading.Lock()
_wiring: Installation | None = None


def installation() -> Installation:
    """Return the process's installation, opened on first use; it takes over runs whose process died.

    Raises SettingsError or DatabaseError.
    """
    global _wiring
    with _lock:
        if _wiring is None:
            opened = Installation(load_settings())
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
    link_undo = "link_undo"
    export_box = "export_box"
    upload = "upload_state"
    upload_generation = "upload_generation"
    upload_seen = "upload_seen"
    problem = "problem_sentence"
    refusal = "refusal_sentence"
    statuses = "status_filter"
    search = "row_search"
    companies = "company_filter"
    licenses = "license_filter"
    order = "row_order"
    grouped = "rows_grouped"
    filters_open = "filters_open"
    filters_written = "filters_written"
    grid_drawn = "grid_drawn"
    changed = "changed_in_drawer"
    grid = "grid"
    grid_generation = "grid_generation"
    details_button = "details_button"
    details_row = "details_row"
    details_choice = "details_choice"
    details_names = "details_names"
    downloads_open = "downloads_open"
    upload_open = "upload_open"
    details_line = "details_line"
    confirm_digest = "confirm_digest"
    cancels_typed = "cancels_typed"
    rehearsal = "rehearsal"
    done = "done_sentence"
    form = "form_generation"
    limits_form = "limits_form_generation"
    runs_table = "runs_table"
    outcome_button = "outcome_button"
    outcome_open = "outcome_open"
    audit_button = "audit_button"
    links_table = "links_table"
    explored = "explored_address"
    explore_by = "explore_by"
    explore_measure = "explore_measure"
    explore_from = "explore_from"
    explore_to = "explore_to"
    explore_find = "explore_find"
    explore_licenses = "explore_licenses"
    explore_currency = "explore_currency"
    explore_sort = "explore_sort"
    explore_files = "explore_files"
    explore_chart = "explore_chart"
    explore_button = "explore_button"
    link_button = "link_button"
    link_part = "link_part"
    link_search = "link_search"
    links_to_clear = "links_to_clear"
    mappings_tab = "tab"
    mappings_table = "mappings_table"
    mapping_button = "mapping_button"
    mapping_changed = "mapping_changed"
    mapping_search = "mapping_search"
    mappings_to_remove = "mappings_to_remove"
    types_chosen = "types_chosen"


def get(name: str, default: object = None) -> Any:
    """Return what this browser session keeps under a name."""
    return st.session_state.get(name, default)


def put(name: str, value: object) -> None:
    """Keep a value in this browser session."""
    st.session_state[name] = value


def drop(name: str) -> None:
    """Forget a name, so that the widget or value behind it starts anew."""
    st.session_state.pop(name, None)
