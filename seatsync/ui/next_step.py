"""The step after a push or an undo, as a card that leads on: scan again, and review what is left."""

from typing import Literal

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.next_steps import NextStep, Step, after
from seatsync.people import Permission
from seatsync.runs import start_scan
from seatsync.status import OperationKind
from seatsync.ui.frame import explained
from seatsync.ui.run_details import show_under_way
from seatsync.ui.words import counted

_REVIEW = "pages/preview.py"


def lead_on(desk: Desk, operation: Operation, *, leads: bool = True) -> None:
    """Offer the step that comes after an operation; nothing after a scan or while it goes on.

    ``leads`` says that the page has no step that comes before it.
    """
    following = after(desk, operation)
    if following is None:
        return
    if following.running is not None:
        if following.running.kind is OperationKind.SCAN:
            show_under_way(desk, following.running)
        return
    with st.container(border=True):
        words, act = st.columns([0.7, 0.3], vertical_alignment="center")
        words.markdown(_said(following))
        with act:
            _offer(desk, following, "primary" if leads and following.left else "secondary")


def _said(following: NextStep) -> str:
    left = (
        f"{counted(following.left, 'change')} failed or {'was' if following.left == 1 else 'were'} skipped."
    )
    if following.step is Step.REVIEW:
        scanned = (
            "ConnectWise was scanned after this operation, so that the preview shows what is left to do."
        )
        return f"**{left}** {scanned}" if following.left else scanned
    if following.left:
        return (
            f"**{left}** Scan again: the preview then shows what is still to be done, as ConnectWise is now."
        )
    return "The snapshot is from before this operation. Scan again to see what ConnectWise bills now."


def _offer(desk: Desk, following: NextStep, kind: Literal["primary", "secondary"]) -> None:
    query = {} if following.export is None else {"export": str(following.export)}
    if following.step is Step.REVIEW:
        if st.button("Review what is left", icon=":material/table_chart:", type=kind, width="stretch"):
            st.switch_page(_REVIEW, query_params=query)
        return
    if not desk.person.may(Permission.MANAGE):
        st.caption("An operator or an admin of the team can scan.")
        return
    label = "Scan again and review" if following.left else "Scan again"
    if st.button(label, icon=":material/sync:", type=kind, width="stretch"):
        with explained():
            start_scan(desk)
            st.rerun()
