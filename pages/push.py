"""Push: the plan of the chosen rows, its confirmation, the run, and what became of it."""

import streamlit as st

from seatsync.people import Permission
from seatsync.pushes import propose
from seatsync.ui.checklist import need_snapshot
from seatsync.ui.confirm import confirm_if_asked, show_actions, show_digest, show_rehearsed
from seatsync.ui.frame import frame, guarded
from seatsync.ui.notices import show_problem
from seatsync.ui.proposal import show_numbers, show_plan
from seatsync.ui.pushed import pushes_of, say_pushed, show_result, stop_while_running
from seatsync.ui.upload import PARAMETER, choose_export, export_shown, kept_exports, no_export

desk = frame(
    "Push", needs=Permission.MANAGE, intro="Nothing is written to ConnectWise before the plan is confirmed."
)
show_problem()
stop_while_running(desk)
need_snapshot(desk)
exports = kept_exports(desk)
export = export_shown(exports)
which, actions = st.columns([0.5, 0.5], vertical_alignment="bottom")
with which:
    choose_export(exports, export)
if export is None:
    no_export()
    st.page_link("pages/preview.py", label="Open Avanan Seats", icon=":material/table_chart:")
    st.stop()

ended = pushes_of(desk, export.id)
with guarded():
    proposal = propose(desk, export.id, "default", with_ticks=True)
open_ = bool(proposal.plan.changes) and all(run.digest != proposal.plan.digest for run in ended)
with actions:
    if open_:
        show_actions(desk, proposal)
st.page_link(
    "pages/preview.py",
    label="Back to the rows of this export",
    icon=":material/arrow_back:",
    query_params={PARAMETER: str(export.id)},
)
say_pushed(proposal, ended)
if ended and not open_:
    show_result(desk, ended[0], leads=True)
if open_:
    show_rehearsed(desk, proposal)
    show_numbers(proposal)
    show_plan(proposal)
    show_digest(proposal)
    confirm_if_asked(desk, proposal)
if ended and open_:
    show_result(desk, ended[0], leads=False)
