"""The snapshot in use: its age, what it holds, and how that differs from the one before."""

import streamlit as st

from seatsync.model import Snapshot
from seatsync.ui.text import plain
from seatsync.ui.words import age, moment


def show_suspicion(snapshot: Snapshot) -> None:
    """Say why a snapshot may lack something; nothing when nothing speaks for that."""
    if snapshot.suspicion:
        st.warning(
            f"**The scan may not have seen everything.** {plain(snapshot.suspicion)} "
            "Until then, seats may seem to have no addition although one bills them.",
            icon=":material/visibility_off:",
        )


def show_snapshot(snapshot: Snapshot, before: Snapshot | None) -> None:
    """Show how old the snapshot is and its counts, each with its difference from the one before."""
    first, *others = st.columns([1.3, 1, 1, 1, 1])
    first.metric(
        "Taken",
        age(snapshot.taken_at),
        border=True,
        height="stretch",
        help=f"At {moment(snapshot.taken_at)}. Every preview is computed from this copy.",
        delta=moment(snapshot.taken_at),
        delta_color="off",
        delta_arrow="off",
    )
    for place, name in zip(others, ("Companies", "Agreements", "Additions", "Products"), strict=True):
        now = getattr(snapshot, name.lower())
        than = None if before is None else now - getattr(before, name.lower())
        place.metric(
            name,
            f"{now:,}",
            border=True,
            height="stretch",
            delta="as before" if than == 0 else None if than is None else f"{than:+,}",
            delta_color="off",
            delta_arrow="off",
        )
    show_suspicion(snapshot)
