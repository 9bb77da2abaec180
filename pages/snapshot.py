"""Snapshot: the local copy of ConnectWise, a scan that renews it, and what each scan found changed."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.model import OperationId, Snapshot
from seatsync.people import Permission
from seatsync.runs import recent, start_scan, under_way
from seatsync.status import OperationKind, OperationStatus
from seatsync.ui.frame import explained, frame, guarded
from seatsync.ui.run_details import show_under_way
from seatsync.ui.runs_table import PARAMETER, choose_run, scan_cells
from seatsync.ui.scan_changes import show_scan
from seatsync.ui.session import installation
from seatsync.ui.snapshot_view import show_snapshot
from seatsync.ui.text import plain
from seatsync.ui.words import moment

ROWS = 5


def offer_scan(desk: Desk, running: Operation | None, snapshot: Snapshot | None) -> None:
    """Offer to start a scan, or say why it can't be started now."""
    if running is not None:
        show_under_way(desk, running)
        if snapshot is not None:
            st.caption(
                f"The snapshot below, of {moment(snapshot.taken_at)}, stays in use until a scan has read "
                "everything."
            )
        return
    with guarded():
        connected = installation().connection(desk.team.id) is not None
    if not connected:
        st.caption("ConnectWise is not configured for this team. Connect it first.")
        if desk.person.may(Permission.ADMINISTER):
            st.page_link("pages/setup.py", label="Open Setup", icon=":material/settings:")
        return
    if not desk.person.may(Permission.MANAGE):
        st.caption("Only an operator or an admin of the team may scan.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Scan ConnectWise now", icon=":material/sync:", type="primary"):
            with explained():
                start_scan(desk)
                st.rerun()
        if snapshot is not None:
            st.page_link(
                "pages/preview.py", label="Review an export against it", icon=":material/table_chart:"
            )
    read = "" if snapshot is None else f"Read from ConnectWise at {moment(snapshot.taken_at)}. "
    st.caption(
        f"{read}A scan only reads; if anything can't be read, it fails as a whole and the old snapshot stays."
    )


def chosen_scan(scans: Sequence[Operation]) -> OperationId:
    """Return the scan that the address names, else the newest that read everything, else the newest."""
    named = st.query_params.get(PARAMETER, "")
    complete = [scan for scan in scans if scan.status is OperationStatus.COMPLETED]
    asked = [scan for scan in scans if str(scan.id) == named]
    return next(scan.id for scan in (*asked, *complete, *scans))


desk = frame("Snapshot", intro="The local copy of ConnectWise that every preview is computed from.")
with guarded():
    kept = desk.store.snapshots.all(desk.team.id)
    running = under_way(desk)
    scans = [scan for scan in recent(desk, OperationKind.SCAN) if scan.status.finished]
snapshot = kept[0] if kept else None
if snapshot is None:
    st.info(
        "No snapshot yet. Scan ConnectWise once, so that an export can be compared with it.",
        icon=":material/photo_camera:",
    )
if running is not None or snapshot is None:
    offer_scan(desk, running, snapshot)
if scans and scans[0].status is not OperationStatus.COMPLETED and running is None:
    st.warning(
        f"**The last scan did not complete: {scans[0].status.label.lower()}.** {plain(scans[0].message)}",
        icon=":material/warning:",
    )
if snapshot is not None:
    show_snapshot(snapshot, kept[1] if len(kept) > 1 else None)
    if running is None:
        offer_scan(desk, running, snapshot)
if scans:
    chosen = chosen_scan(scans)
    st.subheader("Scans", help="Select a scan to see what it found changed in ConnectWise.")
    choose_run(scans, chosen, scan_cells(scans), ROWS)
    show_scan(desk, next(scan for scan in scans if scan.id == chosen))
