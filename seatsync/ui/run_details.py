"""One tracked run in full: where it stands, its outcomes, and what can be done with it."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.look_again import look_again
from seatsync.people import Permission
from seatsync.reports import sentence_of
from seatsync.runs import abandoned, take_over
from seatsync.status import ENDED, OperationKind, OperationStatus
from seatsync.summary import is_later
from seatsync.ui.frame import done, explained
from seatsync.ui.outcomes import show_outcomes
from seatsync.ui.progress import watch
from seatsync.ui.runs_table import PARAMETER, badge, lasted
from seatsync.ui.text import plain
from seatsync.ui.undo import offer_undo
from seatsync.ui.words import counted, moment
from seatsync.undos import LookBack


def show_run(desk: Desk, back: LookBack, *, undo: bool = False) -> None:
    """Show one run: its state, its controls while it runs, its outcomes and their download.

    With ``undo``, the run can be undone from here.
    """
    operation, outcomes = back.operation, [each.outcome for each in back.outcomes]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{operation.kind.label} of {moment(operation.started_at)}", width="content")
        badge(operation)
        if undo:
            offer_undo(desk, back)
    _tell(desk, back)
    if back.said:
        _tell_undo(back, here=undo)
    later = sum(is_later(outcome) for outcome in outcomes)
    if later:
        st.markdown(f":material/event_upcoming: **{later:,} created with a later date than planned**")
    if operation.status.finished:
        if operation.message and not _said(operation):
            st.text(operation.message)
    else:
        watch(desk, operation)
        _resume(desk, operation)
    unknown = sum(outcome.unknown for outcome in outcomes)
    if unknown and operation.status.finished:
        _look_again(desk, operation, unknown)
    if operation.kind is not OperationKind.SCAN:
        if operation.status.finished:
            _counts(operation)
        else:
            st.caption("The list below is as it was when this page was drawn; it is drawn anew at the end.")
        show_outcomes(desk, back)
    elif operation.status is OperationStatus.COMPLETED:
        st.page_link(
            "pages/snapshot.py",
            label="What this scan found changed",
            icon=":material/difference:",
            query_params={PARAMETER: str(operation.id)},
        )
    if desk.person.may(Permission.AUDIT):
        st.page_link(
            "pages/audit.py",
            label="Audit entries of this operation",
            icon=":material/fact_check:",
            query_params={PARAMETER: str(operation.id)},
        )


def _tell(desk: Desk, back: LookBack) -> None:
    """Say what a run did; while it goes on, its progress says so, which is drawn anew by itself."""
    operation = back.operation
    if operation.status.finished:
        st.text(sentence_of(desk, back))
        sent = operation.detail.get("requests")
        asked = f" and {counted(sent, 'request')} to ConnectWise" if sent else ""
        st.caption(f"It took {lasted(operation)}{asked}.")
    else:
        st.caption(f"Operation {operation.id}, started by {plain(operation.who)}.")


def _tell_undo(back: LookBack, *, here: bool) -> None:
    """Say what the run undoes and by what it was undone, and lead there; ``here`` is the page of runs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/undo: **{' '.join(back.said)}**", width="content")
        for other in (back.operation.undoes, *back.undone_by):
            if other is None:
                continue
            label, query = f"Open operation {other}", {PARAMETER: str(other)}
            if here:
                # A link to the page that is open leaves the browser's address as it was.
                st.button(label, type="tertiary", on_click=st.query_params.from_dict, args=(query,))
            else:
                st.page_link("pages/operations.py", label=label, query_params=query)


def _resume(desk: Desk, operation: Operation) -> None:
    if not abandoned(desk, operation):
        return
    with st.container(border=True):
        words, act = st.columns([0.75, 0.25], vertical_alignment="center")
        words.markdown(
            ":material/power_off: **No process carries this run out.** It goes on where it stopped when it "
            "is resumed; nothing is written twice."
        )
        if desk.person.may(Permission.MANAGE) and act.button(
            "Resume", icon=":material/play_circle:", type="primary", width="stretch"
        ):
            with explained():
                take_over(desk, operation)
                done(f"Operation {operation.id} is resumed.")


def _look_again(desk: Desk, operation: Operation, unknown: int) -> None:
    st.warning(
        f"**The outcome of {counted(unknown, 'change')} is unknown.** ConnectWise's answer was lost and "
        "reading could not settle it. Nothing more is written to such a line until it is settled.",
        icon=":material/help:",
    )
    why = "Reads the lines from ConnectWise and says what became of each change; nothing is sent."
    if desk.person.may(Permission.MANAGE) and st.button("Look again", icon=":material/search:", help=why):
        with explained(), st.spinner("Reading the lines from ConnectWise …"):
            _, outcomes = look_again(desk, operation.id)
            left = sum(outcome.unknown for outcome in outcomes)
            said = f"{counted(left, 'change')} still unknown." if left else "Every outcome is known now."
            done(f"Looked again at operation {operation.id}. {said}")


def _counts(operation: Operation) -> None:
    for place, result in zip(st.columns(len(ENDED)), ENDED, strict=True):
        place.metric(result.value.capitalize(), f"{operation.counts.get(result, 0):,}", border=True)


def _said(operation: Operation) -> bool:
    """Say whether the sentence of a run says all that its message does."""
    if operation.kind is OperationKind.SCAN:
        return operation.status is OperationStatus.COMPLETED and not operation.detail.get("suspicion")
    return operation.status in (
        OperationStatus.COMPLETED,
        OperationStatus.COMPLETED_WITH_FAILURES,
    )


def show_under_way(desk: Desk, operation: Operation) -> None:
    """Show a run that is under way in a card of its own, with its progress and a way to it."""
    with st.container(border=True):
        st.markdown(f"**{operation.kind.label}** started by {plain(operation.who)}")
        watch(desk, operation)
