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
            st.caption("Asked to stop; the change in flight is finished first.")
        elif desk.person.may(Permission.MANAGE) and st.button(
            "Stop", icon=":material/stop_circle:", key=f"stop-{now.id}"
        ):
            with guarded():
                stop(desk, now.id)
            st.rerun(scope="fragment")

    live()


def show(operation: Operation) -> None:
    """Show where a run stands: its state, its progress and its counts."""
    share = operation.done / operation.total if operation.total else 0.0
    if not operation.status.finished:
        st.progress(min(share, 1.0), f"{operation.status.label}: {operation.done} of {operation.total}")
    counts = [(operation.counts.get(result, 0), result) for result in _SHOWN]
    said = " · ".join(f"{count} {result.value}" for count, result in counts if count)
    if said:
        st.caption(said)
    if operation.message:
        st.caption(plain(operation.message))
