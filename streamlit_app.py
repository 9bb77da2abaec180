"""Overview: what needs a person now, and the way to a finished push."""

import streamlit as st

from seatsync.runs import recent, under_way
from seatsync.steps import find_way
from seatsync.ui.checklist import show_checklist
from seatsync.ui.frame import frame, guarded
from seatsync.ui.overview import last_preview, show_next, show_standing
from seatsync.ui.run_details import show_under_way
from seatsync.ui.runs_table import show_runs
from seatsync.ui.session import installation

LAST = 5

desk = frame("Overview", intro="Avanan seats against ConnectWise agreement additions.")
with guarded():
    way = find_way(desk, connected=installation().connection(desk.team.id) is not None)
    running = under_way(desk)
    runs = recent(desk)
preview = last_preview(desk, way)
if running is not None:
    show_under_way(desk, running)
elif way.pushed_once:
    show_next(way, preview)
if not way.pushed_once:
    show_checklist(way, running)
show_standing(way, preview)
if runs:
    st.subheader("Last operations")
    show_runs(runs[:LAST])
    st.page_link("pages/operations.py", label="All operations", icon=":material/history:")
