"""Operations: every tracked run, and what became of each of its changes."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import NotFound
from seatsync.journal import Operation
from seatsync.model import OperationId
from seatsync.people import Permission
from seatsync.runs import recent
from seatsync.status import OperationKind, OperationStatus
from seatsync.ui.checklist import need_snapshot
from seatsync.ui.frame import explained, frame, guarded
from seatsync.ui.next_step import lead_on
from seatsync.ui.notices import show_problem
from seatsync.ui.run_details import show_run
from seatsync.ui.runs_table import PARAMETER, choose_run, run_cells, sources_of
from seatsync.ui.undo import is_asked, show_undo
from seatsync.ui.words import counted
from seatsync.undos import look_back

ALL = "All"
ROWS = 6
MOST = 200


def ask_filter(runs: Sequence[Operation]) -> tuple[Operation, ...]:
    """Ask for a kind and for a status; return the runs that have both."""
    kinds = {ALL: f"{ALL} {len(runs):,}"} | {
        kind.label: f"{kind.label} {many:,}"
        for kind in OperationKind
        if (many := sum(run.kind is kind for run in runs))
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.segmented_control(
            "Kind",
            list(kinds),
            default=ALL,
            required=True,
            format_func=lambda name: kinds.get(name, name),
            label_visibility="collapsed",
        )
        found = [run for run in runs if kind in (None, ALL, run.kind.label)]
        statuses = [each for each in OperationStatus if any(run.status is each for run in found)]
        status = st.selectbox(
            "Status",
            statuses,
            index=None,
            format_func=lambda each: f"{each.label} {sum(run.status is each for run in found):,}",
            placeholder="Any status",
            label_visibility="collapsed",
            width=230,
        )
        said = f"The newest {MOST:,} operations" if len(runs) >= MOST else counted(len(runs), "operation")
        st.caption(f"{said}, newest first. Select a row to see its outcomes.")
    return tuple(run for run in found if status in (None, run.status))


def chosen_run(runs: Sequence[Operation]) -> OperationId | None:
    """Return the run that the address names, else the one under way, the newest push, the newest run."""
    named = st.query_params.get(PARAMETER)
    if named is not None:
        return OperationId(int(named)) if named.isascii() and named.isdigit() else OperationId(0)
    open_ = [run for run in runs if not run.status.finished]
    pushes = [run for run in runs if run.kind is not OperationKind.SCAN]
    return next((run.id for run in (*open_, *pushes, *runs)), None)


def show_chosen(desk: Desk, chosen: OperationId) -> None:
    """Show one run, or say that there is none of that number."""
    with explained():
        try:
            back = look_back(desk, chosen)
        except NotFound as error:
            raise NotFound(
                "The address names an operation that this team does not have. Choose one above."
            ) from error
        if is_asked(back) and desk.person.may(Permission.MANAGE):
            show_undo(desk, back)
        else:
            lead_on(desk, back.operation)
            show_run(desk, back, undo=True)


desk = frame("Operations", intro="Every scan, push and undo, and what became of each change.")
show_problem()
with guarded():
    runs = recent(desk)
if not runs:
    need_snapshot(desk, "The first operation is the scan of ConnectWise.")
listed = ask_filter(runs)
chosen = chosen_run(listed)
if listed:
    choose_run(listed, chosen, run_cells(listed, sources_of(desk, listed)), ROWS)
else:
    st.caption("No operation matches. Choose another kind or status.")
if chosen is not None:
    show_chosen(desk, chosen)
