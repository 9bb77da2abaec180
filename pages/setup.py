"""Setup: the ConnectWise connection, the time zone, and the limits that keep an error from being pushed."""

import streamlit as st

from seatsync.people import Permission
from seatsync.ui.connection import show_connection
from seatsync.ui.frame import frame, guarded
from seatsync.ui.rules_form import show_rules, show_timezone

desk = frame("Setup", Permission.ADMINISTER, intro="Settings of this team. Every change is audited.")
connection, timezone, limits = st.tabs(["ConnectWise", "Time zone", "Limits"])
with connection, guarded():
    show_connection(desk)
with timezone, guarded():
    show_timezone(desk)
with limits, guarded():
    show_rules(desk)
