"""Mappings: which product a license bills, which agreements count, which company a tenant is."""

import streamlit as st

from seatsync.ui.agreement_types import show_agreement_types
from seatsync.ui.checklist import need_snapshot
from seatsync.ui.frame import frame, guarded
from seatsync.ui.links import LINKS, show_links
from seatsync.ui.mapping_forms import show_mappings
from seatsync.ui.notices import show_problem
from seatsync.ui.session import Keys, installation

desk = frame(
    "Mappings",
    intro="What a license bills, which agreements count, which company a tenant is. "
    "A change counts at once for the export that is already uploaded.",
)
show_problem()
need_snapshot(desk, "Products, agreement types and companies to choose from come from a scan of ConnectWise.")
with guarded():
    book = installation().lists.book(desk)
shows = {"License mappings": show_mappings, "Agreement types": show_agreement_types, LINKS: show_links}
# The address names the tab, so that a refresh and a link come back to it; only the open one is computed.
tabs = st.tabs(list(shows), key=Keys.mappings_tab, bind="query-params")
for tab, show in zip(tabs, shows.values(), strict=True):
    if tab.open:
        with tab, guarded():
            show(desk, book)
