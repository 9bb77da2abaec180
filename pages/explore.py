"""Explore: seats and money over the kept exports, by company, tenant, license or product."""

import streamlit as st

from seatsync.people import Permission
from seatsync.ui.explore_drill import show_drill
from seatsync.ui.explore_tools import ask, show_tools
from seatsync.ui.explore_view import show_answer, show_no_export
from seatsync.ui.frame import frame, guarded
from seatsync.ui.session import installation

desk = frame("Explore", Permission.SEE, "Seats and money over the kept exports.")
with guarded():
    shelf = installation().shelves.of(desk.team.id)
    holdings = shelf.holdings(desk)
if not holdings.files:
    show_no_export()
    st.stop()
asked = ask(holdings)
show_tools(asked)
found = shelf.pivot(holdings, asked.question)
show_answer(holdings, asked, found, desk.team.name)
show_drill(holdings, asked, found, desk.team.name)
