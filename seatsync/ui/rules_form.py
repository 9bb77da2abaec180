"""The team's limits: each with what it means, its default and an example, and what is not saved yet."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.desk import Desk
from seatsync.limit_words import (
    CANCEL_SHARE,
    CANCELS,
    COMPANIES_SEEN,
    REVENUE_SHARE,
    SEAT_SHARE,
    TENANTS_KEPT,
    Limit,
)
from seatsync.owner_tag import LONGEST_TAG
from seatsync.rules import BrakeLimits, Rules
from seatsync.ui.frame import done, explained
from seatsync.ui.saving import offer_save
from seatsync.ui.session import Keys, get, put
from seatsync.ui.text import plain
from seatsync.upkeep import save_rules

_CURRENCIES = ("USD", "EUR", "GBP", "AUD", "CAD", "CHF", "NZD", "ZAR")
_INCOMPLETE = (TENANTS_KEPT, COMPANIES_SEEN)
_BRAKES = (CANCELS, CANCEL_SHARE, SEAT_SHARE, REVENUE_SHARE)


def show_rules(desk: Desk) -> None:
    """Show the limits on incomplete exports and on what one push may cut, and let an admin change them."""
    rules = desk.rules
    said: dict[Limit, DeltaGenerator] = {}
    asked: dict[Limit, Decimal] = {}
    st.subheader("Incomplete exports")
    st.caption("An export below these counts as incomplete: no line is called orphaned because of it.")
    _ask(_INCOMPLETE, rules, asked, said)
    st.subheader("Brakes")
    st.caption("A push over one of these goes on only when its number of cancels is typed to confirm it.")
    _ask(_BRAKES, rules, asked, said)
    wanted = _pushes(_money(_with(rules, asked)))
    for limit, place in said.items():
        place.text(limit.meaning)
        place.caption(f"{limit.example(wanted)} Default: {limit.default}.")
    _save(desk, rules, wanted)


def _ask(
    limits: Sequence[Limit],
    rules: Rules,
    asked: dict[Limit, Decimal],
    said: dict[Limit, DeltaGenerator],
) -> None:
    """Ask for each limit on the left, and keep the place on its right for what it means."""
    for limit in limits:
        left, said[limit] = st.columns([0.32, 0.68], gap="medium")
        value, key = limit.read(rules), f"limit-{limit.name}-{get(Keys.limits_form, 0)}"
        if limit.share:
            percent = left.number_input(
                limit.label,
                value=float(value * 100),
                min_value=0.0,
                max_value=100.0,
                step=1.0,
                format="%g",
                key=key,
            )
            # The browser's number is read back by its digits.
            asked[limit] = Decimal(str(percent)) / 100
        else:
            asked[limit] = Decimal(left.number_input(limit.label, value=value, min_value=0, step=1, key=key))


def _with(rules: Rules, asked: dict[Limit, Decimal]) -> Rules:
    brakes = BrakeLimits(int(asked[CANCELS]), asked[CANCEL_SHARE], asked[SEAT_SHARE], asked[REVENUE_SHARE])
    return replace(
        rules, tenants_kept=asked[TENANTS_KEPT], companies_seen=asked[COMPANIES_SEEN], brakes=brakes
    )


def _money(rules: Rules) -> Rules:
    st.subheader("Money")
    left, right = st.columns([0.32, 0.68], gap="medium")
    currency = left.selectbox(
        "Default currency",
        list(dict.fromkeys([rules.currency, *_CURRENCIES])),
        accept_new_options=True,
        key=f"limit-currency-{get(Keys.limits_form, 0)}",
    )
    right.text("The currency of agreements that name none.")
    right.caption(f"A code of three capital letters. Default: {Rules().currency}.")
    return replace(rules, currency=(currency or "").strip())


def _pushes(rules: Rules) -> Rules:
    """Ask what a push writes beside quantities, and whether it writes at all."""
    st.subheader("Pushes")
    left, right = st.columns([0.32, 0.68], gap="medium")
    rehearse = left.checkbox(
        "Only rehearse", value=rules.rehearse, key=f"limit-rehearse-{get(Keys.limits_form, 0)}"
    )
    right.text("Every push and undo of this team reads all, says what it would send, and writes nothing.")
    right.caption("Default: off.")
    left, right = st.columns([0.32, 0.68], gap="medium")
    tag = left.text_input(
        "Owner tag of new lines",
        value=rules.owner_tag,
        max_chars=LONGEST_TAG,
        placeholder="Off",
        key=f"limit-tag-{get(Keys.limits_form, 0)}",
    )
    right.text(
        "Begins the serial number of each line that a push adds, so that a line whose answer was lost is "
        "known again for certain. Lines that exist are never touched."
    )
    right.caption(
        ":material/warning: Staff see the serial number in ConnectWise, and it may print on invoices. "
        "Default: empty, which sets none."
    )
    return replace(rules, owner_tag=(tag or "").strip(), rehearse=rehearse)


def _save(desk: Desk, rules: Rules, wanted: Rules) -> None:
    unsaved = _differences(rules, wanted)
    pressed = offer_save(
        "Save limits",
        "limits",
        unsaved=f"**Not saved yet:** {plain('; '.join(unsaved))}" if unsaved else "",
        saved="All limits are saved. The preview uses them at once.",
        discard=_discard,
    )
    if pressed and unsaved:
        with explained():
            save_rules(desk, wanted)
            done("The limits are saved. The preview uses them at once.")


def _discard() -> None:
    put(Keys.limits_form, get(Keys.limits_form, 0) + 1)


def _differences(rules: Rules, wanted: Rules) -> list[str]:
    """Say what differs from what is saved, setting by setting."""
    limits = [
        f"{limit.label.removesuffix(' (%)')} {limit.said(rules)} → {limit.said(wanted)}"
        for limit in (*_INCOMPLETE, *_BRAKES)
        if limit.read(rules) != limit.read(wanted)
    ]
    others = {
        "Default currency": (rules.currency, wanted.currency),
        "Only rehearse": ("on" if rules.rehearse else "off", "on" if wanted.rehearse else "off"),
        "Owner tag": (rules.owner_tag or "none", wanted.owner_tag or "none"),
    }
    return limits + [f"{name} {old} → {new}" for name, (old, new) in others.items() if old != new]
