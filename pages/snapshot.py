"""Snapshot: the local copy of ConnectWise, how old it is, and a scan that renews it."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.people import Permission
from seatsync.runs import recent, start_scan, under_way
from seatsync.status import OperationKind, OperationStatus
from seatsync.ui.frame import explained, frame, guarded
from seatsync.ui.run_details import show_under_way
from seatsync.ui.runs_table import show_runs
from seatsync.ui.session import installation
from seatsync.ui.snapshot_view import show_snapshot


def offer_scan(desk: Desk) -> None:
    """Offer to start a scan, or say why it can't be started now."""
    with guarded():
        running = under_way(desk)
        connected = installation().connection(desk.team.id) is not None
    if running is not None:
        show_under_way(desk, running)
        return
    if not connected:
        st.caption("ConnectWise is not configured for this team. Connect it first.")
        st.page_link("pages/setup.py", label="Open Setup", icon=":material/settings:")
        return
    if not desk.person.may(Permission.MANAGE):
        st.caption("Only an operator or an admin of the team may scan.")
        return
    if st.button("Scan ConnectWise now", icon=":material/sync:", type="primary"):
        with explained():
            start_scan(desk)
            st.rerun()
    st.caption(
        "A scan only reads. If anything can't be read, it fails as a whole and the old snapshot stays."
    )


desk = frame("Snapshot", intro="The local copy of ConnectWise that every preview is computed from.")
with guarded():
    snapshot = desk.store.snapshots.latest(desk.team.id)
    scans = recent(desk, OperationKind.SCAN)
show_snapshot(snapshot)
offer_scan(desk)
ended = [scan for scan in scans if scan.status.finished]
if ended and ended[0].status is not OperationStatus.COMPLETED:
    st.warning(
        f"The last scan did not complete: {ended[0].status.label.lower()}. Its message is below.",
        icon=":material/warning:",
    )
if ended:
    st.subheader("Scans")
    show_runs(ended, counts=False)
