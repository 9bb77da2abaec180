"""Overview: what needs a person now, and the way to a finished push."""

import streamlit as st

from seatsync.runs import recent, under_way
from seatsync.steps import find_way
from seatsync.ui.checklist import show_checklist
from seatsync.ui.frame import frame, guarded
from seatsync.ui.overview import last_sheet, show_next, show_standing, show_waiting
from seatsync.ui.run_details import show_under_way
from seatsync.ui.runs_table import show_runs
from seatsync.ui.session import installation
from seatsync.ui.trends import show_movers, show_trends

LAST = 5

desk = frame("Overview")
with guarded():
    connected = installation().connection(desk.team.id) is not None
    way = find_way(desk, installation().lists.tiers(desk), connected=connected)
    running = under_way(desk)
    runs = recent(desk)
    holdings = installation().shelves.of(desk.team.id).holdings(desk)
sheet = last_sheet(desk, way)
if running is not None:
    show_under_way(desk, running)
elif way.pushed_once:
    show_next(desk, way, sheet)
if not way.pushed_once:
    show_checklist(desk, way, running)
show_standing(way, sheet)
if way.snapshot is not None and way.export is not None:
    left, right = st.columns([0.54, 0.46])
    with left.container(border=True, height="stretch", gap=None):
        show_waiting(way, sheet)
    with right.container(border=True, height="stretch", gap=None):
        show_movers(holdings)
show_trends(holdings)
if runs:
    st.subheader("Last operations")
    show_runs(runs[:LAST])
    st.page_link("pages/operations.py", label="All operations", icon=":material/history:")
