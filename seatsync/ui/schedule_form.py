"""When the team's scans start by themselves, as a form."""

from datetime import UTC, datetime, time

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice
from seatsync.schedules import EXAMPLE, WEEKDAYS, Cron, read_cron, save_schedule, schedule_of, told
from seatsync.ui.frame import done, explained
from seatsync.ui.saving import offer_save
from seatsync.ui.session import installation
from seatsync.ui.text import plain

OFF, DAILY, WEEKLY, EXPERT = "Off", "Every day", "Every week", "Cron expression"
_MORNING = time(6)
_WEEKLY_CRON = "0 6 * * 1"


def show_schedule(desk: Desk) -> None:
    """Show when scans start by themselves, and let an admin choose."""
    wiring = installation()
    zone, kept = wiring.timezone(desk.team.id), schedule_of(desk)
    if kept is None:
        st.info("No scan starts by itself.", icon=":material/timer_off:")
    else:
        st.info(f"Scans start {plain(told(kept, zone, datetime.now(UTC)))}.", icon=":material/timer:")
    choice = st.radio(
        "Scan by itself",
        (OFF, DAILY, WEEKLY, EXPERT),
        index=(OFF, DAILY, WEEKLY, EXPERT).index(_choice(kept)),
        horizontal=True,
    )
    wanted = _ask(choice, kept)
    _save(desk, choice, wanted, kept)
    st.caption(
        "A scheduled scan keeps the snapshot fresh, with no browser open, for as long as the app runs. It is "
        "skipped while a scan or a push is under way. One that was missed is made up for within 24 hours."
    )
    if wiring.settings.today is not None:
        st.caption("The schedule goes by the clock, not by the date that today is set to.")


def _save(desk: Desk, choice: str, wanted: str, kept: Cron | None) -> None:
    """Offer to save what was chosen; say what it would do, and that it is not saved yet."""
    zone = installation().timezone(desk.team.id)
    cron, wrong = None, None
    try:
        cron = read_cron(wanted) if choice != OFF else None
    except InvalidChoice as error:
        wrong = error
    said = f"scans start {plain(told(cron, zone, datetime.now(UTC)))}" if cron else "no scan starts by itself"
    unsaved = wrong is None and cron != kept
    pressed = offer_save(
        "Save schedule",
        "schedule",
        unsaved=f"**Not saved yet.** Once saved, {said}." if unsaved else "",
        saved="" if wrong is not None else "The schedule is saved.",
    )
    if wrong is not None:
        st.error(plain(wrong), icon=":material/error:")
    elif pressed:
        with explained():
            save_schedule(desk, cron.text if cron else "")
            done(f"The schedule is saved: {said}.")


def _choice(kept: Cron | None) -> str:
    """Return the simplest choice that can show a schedule."""
    if kept is None:
        return OFF
    if len(kept.hours) > 1 or len(kept.days) < 31 or len(kept.months) < 12 or kept.either:
        return EXPERT
    return {1: WEEKLY, 7: DAILY}.get(len(kept.weekdays), EXPERT)


def _ask(choice: str, kept: Cron | None) -> str:
    """Ask what the choice leaves open, and return it as a cron expression; blank for never."""
    if choice == OFF:
        return ""
    if choice == EXPERT:
        asked = st.text_input(
            "Cron expression",
            kept.text if kept else _WEEKLY_CRON,
            help=f"Minute, hour, day of the month, month, day of the week. {plain(EXAMPLE)}",
        )
        return asked or ""
    day, at = WEEKDAYS[0], _MORNING
    if kept is not None and _choice(kept) in (DAILY, WEEKLY):
        day, at = WEEKDAYS[min(kept.weekdays)], time(kept.hours[0], kept.minute)
    left, right = st.columns(2)
    if choice == DAILY:
        at = left.time_input("At", at)
        return f"{at.minute} {at.hour} * * *"
    day = left.selectbox("On", WEEKDAYS, index=WEEKDAYS.index(day))
    at = right.time_input("At", at)
    return f"{at.minute} {at.hour} * * {(WEEKDAYS.index(day) + 1) % 7}"
