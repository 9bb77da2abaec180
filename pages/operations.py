"""Operations: every tracked run, and what became of each of its changes."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import NotFound
from seatsync.journal import Operation
from seatsync.model import OperationId
from seatsync.people import Permission
from seatsync.runs import recent
from seatsync.status import OperationKind
from seatsync.ui.frame import explained, frame, guarded
from seatsync.ui.run_details import show_run
from seatsync.ui.runs_table import PARAMETER, choose_run
from seatsync.ui.undo import is_asked, show_undo
from seatsync.ui.words import counted
from seatsync.undos import look_back

EVERY = "All kinds"


def chosen_run(runs: tuple[Operation, ...]) -> OperationId | None:
    """Return the run that the address names, else the newest push, else the newest run."""
    named = st.query_params.get(PARAMETER)
    if named is not None:
        return OperationId(int(named)) if named.isascii() and named.isdigit() else OperationId(0)
    pushes = [run for run in runs if run.kind is not OperationKind.SCAN]
    return next((run.id for run in (*pushes, *runs)), None)


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
            show_run(desk, back, undo=True)


desk = frame("Operations", intro="Every scan, push and undo, and what became of each change.")
with guarded():
    runs = recent(desk)
if not runs:
    st.info("Nothing has run yet. The first operation is the scan of ConnectWise.", icon=":material/history:")
    st.page_link("pages/snapshot.py", label="Open Snapshot", icon=":material/photo_camera:")
    st.stop()
kinds = [EVERY, *(kind.label for kind in OperationKind if any(run.kind is kind for run in runs))]
kind = st.segmented_control("Kind", kinds, default=EVERY, label_visibility="collapsed") or EVERY
listed = tuple(run for run in runs if kind in (EVERY, run.kind.label))
chosen = chosen_run(listed)
choose_run(listed, chosen)
st.caption(f"{counted(len(listed), 'operation')}, newest first. Select a row to see its outcomes.")
if chosen is not None:
    show_chosen(desk, chosen)
