"""Watch a tracked run live, from any page and after a refresh, and ask it to stop."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.model import OperationId
from seatsync.people import Permission
from seatsync.runs import look_up, stop
from seatsync.status import Result
from seatsync.ui.frame import guarded
from seatsync.ui.text import plain

_SHOWN = (Result.UPDATED, Result.CREATED, Result.CANCELLED, Result.SKIPPED, Result.FAILED)

_ASKED = "Asked to stop; the change in flight is finished first."


def watch(desk: Desk, operation: Operation) -> None:
    """Show how far a run is, each second until it is finished; then draw the page anew once."""
    if operation.status.finished:
        show(operation)
        return

    @st.fragment(run_every=1.0)
    def live() -> None:
        with guarded():
            now, _ = look_up(desk, OperationId(operation.id))
        if now.status.finished:
            st.rerun()
        show(now)
        if now.cancel_requested:
            st.caption(_ASKED)
        elif desk.person.may(Permission.MANAGE):
            _offer_stop(desk, now)

    live()


def _offer_stop(desk: Desk, operation: Operation) -> None:
    if st.button("Stop", icon=":material/stop_circle:", key=f"stop-{operation.id}"):
        with guarded():
            stop(desk, operation.id)
        st.caption(_ASKED)


def show(operation: Operation) -> None:
    """Show where a run stands: its state, its progress and its counts."""
    share = operation.done / operation.total if operation.total else 0.0
    if not operation.status.finished:
        far = f": {operation.done:,} of {operation.total:,}" if operation.total else ""
        st.progress(min(share, 1.0), f"{operation.status.label}{far}")
    counts = [(operation.counts.get(result, 0), result) for result in _SHOWN]
    said = " · ".join(f"{count:,} {result.value}" for count, result in counts if count)
    if said:
        st.caption(said)
    if operation.message:
        st.caption(plain(operation.message))
