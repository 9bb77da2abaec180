"""Push: the plan of the chosen rows, its confirmation, the run, and what became of it."""

import streamlit as st

from seatsync.people import Permission
from seatsync.pushes import propose
from seatsync.ui.confirm import confirm_if_asked, show_actions, show_digest
from seatsync.ui.frame import frame, guarded
from seatsync.ui.notices import show_problem
from seatsync.ui.proposal import show_plan
from seatsync.ui.pushed import pushes_of, show_result, stop_while_running
from seatsync.ui.upload import PARAMETER, choose_export, need_snapshot, no_export

desk = frame(
    "Push", needs=Permission.MANAGE, intro="Nothing is written to ConnectWise before the plan is confirmed."
)
show_problem()
stop_while_running(desk)
need_snapshot(desk)
export = choose_export(desk)
if export is None:
    no_export()
    st.page_link("pages/preview.py", label="Open Avanan Seats", icon=":material/table_chart:")
    st.stop()

back = {PARAMETER: str(export.id)}
st.page_link(
    "pages/preview.py",
    label="Back to the rows of this export",
    icon=":material/arrow_back:",
    query_params=back,
)
ended = pushes_of(desk, export.id)
with guarded():
    proposal = propose(desk, export.id, "default", with_ticks=True)
if any(run.digest == proposal.plan.digest for run in ended):
    st.info("This plan was pushed. Scan again to see what is left to do.", icon=":material/check_circle:")
elif not proposal.plan.changes:
    st.info(
        "No row is chosen, so there is nothing to push. Choose rows in the preview.", icon=":material/info:"
    )
else:
    if any(run.snapshot_id == proposal.plan.snapshot_id for run in ended):
        st.info(
            "This export was pushed since the last scan. Lines that are as wanted already are skipped; "
            "scan again to plan from what ConnectWise bills now.",
            icon=":material/photo_camera:",
        )
    show_actions(desk, proposal)
    show_plan(proposal)
    show_digest(proposal)
    confirm_if_asked(desk, proposal)
if ended:
    st.header("Last push of this export")
    show_result(desk, ended[0])
