"""The team's time zone, which decides which day it is."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from seatsync.desk import Desk
from seatsync.ui.frame import done, explained
from seatsync.ui.saving import offer_save
from seatsync.ui.session import installation
from seatsync.ui.text import plain
from seatsync.upkeep import save_timezone


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def show_timezone(desk: Desk) -> None:
    """Show the zone that decides which day it is, and let an admin choose another."""
    wiring = installation()
    zone = wiring.timezone(desk.team.id)
    fixed = wiring.settings.timezone is not None and desk.team.parent_id is None
    zones = list(dict.fromkeys([zone, *_zones()]))
    left, right = st.columns([0.32, 0.68], gap="medium")
    chosen = left.selectbox("Time zone", zones, disabled=fixed, help="Type a part of its name.")
    right.text('Decides which day is "today": for agreements, effective dates and cancel dates.')
    right.caption(_now_in(chosen))
    if wiring.settings.today is not None:
        right.caption(f"For now, today is set to {wiring.settings.today} whatever the zone.")
    if fixed:
        st.caption(
            f"The environment sets it ({plain('SEATSYNC_TIMEZONE')}), so that it can't be changed here."
        )
        return
    unsaved = chosen != zone
    pressed = offer_save(
        "Save time zone",
        "timezone",
        unsaved=f"**Not saved yet:** {plain(f'{zone} → {chosen}')}" if unsaved else "",
        saved=f"In use: {plain(zone)}.",
    )
    if pressed and unsaved:
        with explained():
            save_timezone(desk, chosen)
            done(f"The time zone is {plain(chosen)}.")


def _now_in(zone: str) -> str:
    now = datetime.now(UTC).astimezone(ZoneInfo(zone))
    return f"In {plain(zone)} it is {now:%Y-%m-%d %H:%M} now."
