"""Audit: who did what, when, and what it changed; filtered, downloaded, verified."""

import streamlit as st

from seatsync.people import Permission
from seatsync.ui.audit_entry import show_asked
from seatsync.ui.audit_view import (
    LIMIT,
    Filter,
    ask_filter,
    count_said,
    find_entries,
    offer_downloads,
    show_entries,
    show_verdict,
)
from seatsync.ui.frame import frame, guarded

desk = frame(
    "Audit", Permission.AUDIT, intro="The log can't be changed: each entry is chained to the one before."
)
with guarded():
    newest = find_entries(desk, Filter(), LIMIT)
    chosen = ask_filter(newest)
    entries = find_entries(desk, chosen, LIMIT + 1)
with st.container(horizontal=True, vertical_alignment="center"):
    verify = st.button("Verify the chain", icon=":material/verified:")
    if entries:
        offer_downloads(desk, chosen)
        st.caption(count_said(entries))
if verify:
    show_verdict(desk)
if entries:
    show_entries(entries)
elif newest:
    st.info("No entry matches. Widen the time or clear a filter.", icon=":material/search_off:")
else:
    st.info(
        "Nothing is logged yet. Every upload, choice, scan and push will be.", icon=":material/fact_check:"
    )
    st.page_link("streamlit_app.py", label="Back to the overview", icon=":material/home:")
show_asked(desk)
