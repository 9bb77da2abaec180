"""The pushes of an export: the one under way, and the last one that ended."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.model import ExportId
from seatsync.pushes import Proposal
from seatsync.status import OperationKind, Result
from seatsync.ui.frame import guarded
from seatsync.ui.next_step import lead_on
from seatsync.ui.run_details import show_run, show_under_way
from seatsync.ui.runs_table import PARAMETER
from seatsync.undos import look_back


def stop_while_running(desk: Desk) -> None:
    """Show the team's run under way instead of a plan: one push at a time."""
    with guarded():
        running = desk.store.operations.running(desk.team.id)
    if running is None:
        return
    if running.kind is OperationKind.SCAN:
        st.info(
            "A scan is under way. A push can be planned when it has ended.", icon=":material/photo_camera:"
        )
    else:
        what = "An undo" if running.kind is OperationKind.UNDO else "A push"
        st.info(
            f"{what} is under way. It goes on when this page is closed; another can start when it has ended.",
            icon=":material/publish:",
        )
    show_under_way(desk, running)
    st.stop()


def pushes_of(desk: Desk, export: ExportId) -> tuple[Operation, ...]:
    """List the ended pushes of an export, newest first."""
    runs = desk.store.operations.all(desk.team.id)
    return tuple(
        run
        for run in runs
        if run.kind is OperationKind.SEAT_SYNC and run.export_id == export and run.status.finished
    )


def say_pushed(proposal: Proposal, ended: Sequence[Operation]) -> None:
    """Say that there is nothing to push, or what has to be known because this export was pushed before."""
    plan = proposal.plan
    same = next((run for run in ended if run.digest == plan.digest), None)
    if same is not None and same.counts.get(Result.FAILED, 0) + same.counts.get(Result.SKIPPED, 0):
        st.info("This plan was pushed, but not all of it was written.", icon=":material/info:")
    elif same is not None:
        st.info("This plan was pushed.", icon=":material/check_circle:")
    elif not plan.changes:
        st.info(
            "No row is chosen, so there is nothing to push. Choose rows in the preview.",
            icon=":material/info:",
        )
    elif any(run.snapshot_id == plan.snapshot_id for run in ended):
        st.info(
            "This export was pushed since the last scan. Lines that are as wanted already are skipped; "
            "scan again to plan from what ConnectWise bills now.",
            icon=":material/photo_camera:",
        )


def show_result(desk: Desk, operation: Operation, *, leads: bool) -> None:
    """Show what became of every change of a push, and what to do next; ``leads`` if that is the next step."""
    with guarded():
        back = look_back(desk, operation.id)
    st.header("Last push of this export")
    lead_on(desk, back.operation, leads=leads)
    with st.container(border=True):
        show_run(desk, back)
        st.page_link(
            "pages/operations.py",
            label="Open in Operations",
            icon=":material/history:",
            query_params={PARAMETER: str(back.operation.id)},
        )
