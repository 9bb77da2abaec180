"""Mappings: which product a license bills, which agreements count, which company a tenant is."""

import streamlit as st

from seatsync.ui.frame import frame, guarded
from seatsync.ui.links import LINKS, TAB, show_links
from seatsync.ui.mapping_forms import show_agreement_types, show_mappings
from seatsync.ui.notices import show_problem
from seatsync.upkeep import book_of

desk = frame("Mappings", intro="Saved choices. Each change counts for the export that is already uploaded.")
show_problem()
with guarded():
    scanned = desk.store.snapshots.latest(desk.team.id) is not None
if not scanned:
    st.info(
        "Products, agreement types and companies to choose from come from a scan of ConnectWise. Scan first.",
        icon=":material/photo_camera:",
    )
    st.page_link("pages/snapshot.py", label="Open Snapshot", icon=":material/photo_camera:")
    st.stop()
with guarded():
    book = book_of(desk)
asked = LINKS if st.query_params.get(TAB) == LINKS else None
licenses, types, links = st.tabs(["License mappings", "Agreement types", LINKS], default=asked)
with licenses, guarded():
    show_mappings(desk, book)
with types, guarded():
    show_agreement_types(desk, book)
with links, guarded():
    show_links(desk, book)
