"""The snapshot in use: its age and what it holds."""

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


def show_snapshot(snapshot: Snapshot | None) -> None:
    """Show how old the snapshot is and its counts, or that there is none."""
    if snapshot is None:
        st.info(
            "No snapshot yet. Scan ConnectWise once, so that an export can be compared with it.",
            icon=":material/photo_camera:",
        )
        return
    counts = {
        "Companies": snapshot.companies,
        "Agreements": snapshot.agreements,
        "Additions": snapshot.additions,
        "Products": snapshot.products,
    }
    first, *others = st.columns([1.4, *(1 for _ in counts)])
    first.metric("Taken", age(snapshot.taken_at), border=True, help=moment(snapshot.taken_at))
    for place, (name, number) in zip(others, counts.items(), strict=True):
        place.metric(name, f"{number:,}", border=True)
    show_suspicion(snapshot)
    st.caption(f"Read from ConnectWise at {moment(snapshot.taken_at)}.")
