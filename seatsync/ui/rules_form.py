"""The team's time zone and limits, as forms."""

from dataclasses import replace
from decimal import Decimal
from zoneinfo import available_timezones

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.desk import Desk
from seatsync.owner_tag import LONGEST_TAG
from seatsync.rules import BrakeLimits, Rules
from seatsync.ui.frame import done, explained
from seatsync.ui.session import installation
from seatsync.ui.text import plain
from seatsync.upkeep import save_rules, save_timezone

_CURRENCIES = ("USD", "EUR", "GBP", "AUD", "CAD", "CHF", "NZD", "ZAR")


def show_timezone(desk: Desk) -> None:
    """Show the zone that decides which day it is, and let an admin choose another."""
    wiring = installation()
    zone = wiring.timezone(desk.team.id)
    fixed = wiring.settings.timezone is not None and desk.team.parent_id is None
    zones = sorted({zone, *available_timezones()})
    st.caption('Decides which day is "today" for agreements, effective dates and cancel dates.')
    with st.form("timezone", border=False):
        chosen = st.selectbox("Time zone", zones, index=zones.index(zone), disabled=fixed)
        saved = st.form_submit_button("Save time zone", icon=":material/save:", disabled=fixed)
    if fixed:
        st.caption(
            f"The environment sets it ({plain('SEATSYNC_TIMEZONE')}), so that it can't be changed here."
        )
    st.caption(f"Today is {desk.today}.")
    if saved:
        with explained():
            save_timezone(desk, chosen)
            done(f"The time zone is {plain(chosen)}.")


def show_rules(desk: Desk) -> None:
    """Show the limits on incomplete exports and on what one push may cut, and let an admin change them."""
    rules, brakes = desk.rules, desk.rules.brakes
    with st.form("limits", border=False):
        st.subheader("Incomplete exports")
        st.caption("Below these, an export counts as incomplete and no line is called orphaned.")
        left, right = st.columns(2)
        kept = _share(left, "Paid tenants of the last export that must be there (%)", rules.tenants_kept)
        seen = _share(
            right, "Billed companies that must be there, on a first export (%)", rules.companies_seen
        )
        st.subheader("Brakes")
        st.caption("A push that cuts more than this needs the number of cancels typed in its confirmation.")
        left, right = st.columns(2)
        cancels = left.number_input(
            "Cancels that are always allowed", value=brakes.cancels, min_value=0, step=1
        )
        lines = _share(right, "Lines cancelled (%)", brakes.cancel_share)
        seats = _share(left, "Seats lowered (%)", brakes.seat_share)
        revenue = _share(right, "Monthly revenue lowered (%)", brakes.revenue_share)
        st.subheader("Money")
        currency = st.selectbox(
            "Default currency",
            list(dict.fromkeys([rules.currency, *_CURRENCIES])),
            accept_new_options=True,
            help="For agreements that name no currency. A code of three capital letters.",
        )
        tag, rehearse = _pushes(rules)
        saved = st.form_submit_button("Save limits", type="primary", icon=":material/save:")
    if saved:
        limits = BrakeLimits(int(cancels), lines, seats, revenue)
        wanted = replace(
            rules,
            tenants_kept=kept,
            companies_seen=seen,
            currency=(currency or "").strip(),
            brakes=limits,
            owner_tag=tag,
            rehearse=rehearse,
        )
        with explained():
            save_rules(desk, wanted)
            done("The limits are saved. The preview uses them at once.")


def _pushes(rules: Rules) -> tuple[str, bool]:
    """Ask what a push writes beside quantities, and whether it writes at all."""
    st.subheader("Pushes")
    rehearse = st.checkbox(
        "Only rehearse",
        value=rules.rehearse,
        help="Every push and undo of this team reads all, says what it would send, and writes nothing.",
    )
    tag = st.text_input(
        "Owner tag of new lines",
        value=rules.owner_tag,
        max_chars=LONGEST_TAG,
        placeholder="Off",
        help="Begins the serial number of each line that a push adds, so that a line whose answer was lost "
        "is known again for certain. Lines that exist are never touched.",
    )
    st.caption(
        ":material/warning: Staff see the serial number in ConnectWise, and it may print on invoices. "
        "Leave the tag empty to set none."
    )
    return tag.strip(), rehearse


def _share(place: DeltaGenerator, label: str, share: Decimal) -> Decimal:
    """Ask for a share as a percentage; the browser's number is read back by its digits."""
    percent = place.number_input(
        label, value=float(share * 100), min_value=0.0, max_value=100.0, step=1.0, format="%g"
    )
    return Decimal(str(percent)) / 100
