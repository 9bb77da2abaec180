"""Confirm a plan: the dialog, the typed number of cancels, and the start of the push or undo."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import DigestMismatch
from seatsync.plan import Cancel, Plan
from seatsync.pushes import Proposal, propose, push, rehearse_plan
from seatsync.rehearsals import ONLY
from seatsync.ui.frame import explained
from seatsync.ui.proposal import (
    counts_sentence,
    money_sentence,
    show_creates,
    show_decreases,
    show_rehearsal,
)
from seatsync.ui.runs_table import PARAMETER
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import plain
from seatsync.ui.words import counted
from seatsync.undos import propose_undo

_DIGEST_SHOWN = 12


def show_digest(proposal: Proposal) -> None:
    """Show the start of the plan's digest, and say what it is for."""
    pushed = "the export, the snapshot, the chosen rows"
    source = pushed if proposal.plan.undoes is None else "the operation undone, the chosen changes"
    st.caption(
        f"Plan {proposal.plan.digest[:_DIGEST_SHOWN]}",
        help=f"The digest names this plan. It covers the team, {source} and every quantity before the "
        "change: when any of them changes, the plan has to be confirmed again.",
    )


def _icon(plan: Plan) -> str:
    return ":material/publish:" if plan.undoes is None else ":material/undo:"


def show_actions(desk: Desk, proposal: Proposal) -> None:
    """Offer to confirm the plan as it is drawn here, and to rehearse it."""
    plan, only = proposal.plan, desk.rules.rehearse
    verb = "push" if plan.undoes is None else "undo"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        rehearsed = st.button(
            f"Rehearse the {verb} of {counted(len(plan.changes), 'change')}" if only else "Rehearse",
            type="primary" if only else "secondary",
            icon=":material/theater_comedy:",
            disabled=not plan.changes,
            help="Reads every line from ConnectWise and says what would be sent; nothing is written.",
        )
        if not only:
            st.button(
                f"Review and {verb} {counted(len(plan.changes), 'change')}",
                type="primary",
                icon=_icon(plan),
                disabled=not plan.changes,
                help="Shows the summary; nothing is written before it is confirmed there.",
                on_click=put,
                args=(Keys.confirm_digest, plan.digest),
            )
    if rehearsed:
        with explained(), st.spinner("Reading the lines from ConnectWise …"):
            put(Keys.rehearsal, (plan.digest, rehearse_plan(desk, plan)))


def show_rehearsed(desk: Desk, proposal: Proposal) -> None:
    """Show what the rehearsal of this very plan said, if there was one; and that nothing else is possible."""
    if desk.rules.rehearse:
        st.warning(f"**REHEARSAL.** {ONLY}", icon=":material/theater_comedy:")
    kept = get(Keys.rehearsal)
    if kept and kept[0] == proposal.plan.digest:
        show_rehearsal(kept[1])


def confirm_if_asked(desk: Desk, proposal: Proposal) -> None:
    """Open the dialog while a confirmation is asked for; a plan that changed meanwhile is refused."""
    approved = get(Keys.confirm_digest)
    if approved is None:
        return
    if approved != proposal.plan.digest:
        drop(Keys.confirm_digest)
        st.warning(
            "The plan has changed since it was approved, so nothing was written. "
            "Review the new plan and confirm it.",
            icon=":material/sync_problem:",
        )
        return
    title = "Confirm the push" if proposal.plan.undoes is None else "Confirm the undo"
    dialog = st.dialog(title, width="medium", on_dismiss=_close, icon=_icon(proposal.plan))
    dialog(_confirm)(desk, proposal)


def _close() -> None:
    drop(Keys.confirm_digest)


def _confirm(desk: Desk, proposal: Proposal) -> None:
    plan, brake = proposal.plan, proposal.brake
    st.markdown(f"**{counts_sentence(plan)}** {plain(money_sentence(plan))}")
    days = sorted({str(change.last_day) for change in plan.changes if isinstance(change, Cancel)})
    if days:
        st.caption(f"Cancelled lines bill for the last time on {', '.join(days)}.")
    show_decreases(plan)
    show_creates(plan)
    typed: int | None = None
    if brake is not None:
        st.warning(plain(brake), icon=":material/warning:")
        typed = st.number_input(
            "Number of cancels",
            min_value=0,
            value=None,
            step=1,
            key=Keys.cancels_typed,
            placeholder="Type the number",
        )
    show_digest(proposal)
    label = f"Push {len(plan.changes):,} changes to ConnectWise"
    if plan.undoes is not None:
        label = f"Undo {counted(len(plan.changes), 'change')} in ConnectWise"
    with st.container(horizontal=True):
        go = st.button(
            label,
            type="primary",
            icon=_icon(plan),
            disabled=brake is not None and typed is None,
        )
        if st.button("Not now"):
            _close()
            st.rerun()
    if go:
        _start(desk, proposal, typed)


def _start(desk: Desk, proposal: Proposal, typed: int | None) -> None:
    """Rebuild the plan and push it, if it is still the one that was shown."""
    approved = str(get(Keys.confirm_digest, ""))
    with explained():
        try:
            operation = push(desk, _rebuilt(desk, proposal.plan), approved, typed)
        except DigestMismatch:
            st.button("Show the new plan", on_click=_close)
            raise
        _close()
        drop(Keys.rehearsal)
        if proposal.plan.undoes is not None:
            st.query_params.from_dict({PARAMETER: str(operation.id)})
        st.rerun()


def _rebuilt(desk: Desk, plan: Plan) -> Proposal:
    if plan.undoes is not None:
        return propose_undo(desk, plan.undoes, [change.key for change in plan.changes])
    assert plan.export_id is not None
    return propose(desk, plan.export_id, "default", with_ticks=True)
