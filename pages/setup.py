"""Setup: the ConnectWise connection, the time zone, the schedule of scans, and the limits on a push."""

import streamlit as st

from seatsync.people import Permission
from seatsync.ui.connection import show_connection
from seatsync.ui.frame import frame, guarded
from seatsync.ui.rules_form import show_rules
from seatsync.ui.schedule_form import show_schedule
from seatsync.ui.timezone_form import show_timezone

desk = frame("Setup", Permission.ADMINISTER, intro="Settings of this team. Every change is audited.")
connection, timezone, schedule, limits = st.tabs(["ConnectWise", "Time zone", "Schedule", "Limits"])
with connection, guarded():
    show_connection(desk)
with timezone, guarded():
    show_timezone(desk)
with schedule, guarded():
    show_schedule(desk)
with limits, guarded():
    show_rules(desk)
