"""One tracked run in full: where it stands, its outcomes, and what can be done with it."""

from typing import Any

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation, Outcome
from seatsync.look_again import look_again
from seatsync.people import Permission
from seatsync.present import OUTCOME_COLUMNS, outcome_cells
from seatsync.reports import sentence_of
from seatsync.runs import abandoned, take_over
from seatsync.status import ENDED, OperationKind, OperationStatus, Result
from seatsync.summary import is_later
from seatsync.ui.downloads import report_downloads
from seatsync.ui.frame import done, explained
from seatsync.ui.looks import text_column
from seatsync.ui.progress import watch
from seatsync.ui.runs_table import PARAMETER, badge, lasted
from seatsync.ui.text import plain
from seatsync.ui.undo import offer_undo
from seatsync.ui.words import counted, moment
from seatsync.undos import LookBack

_FIRST = (Result.FAILED, Result.SKIPPED)
_UNFINISHED = (Result.STARTED, Result.PLANNED)
_COLOURS = {
    Result.FAILED: "red",
    Result.SKIPPED: "orange",
    Result.STARTED: "blue",
    Result.PLANNED: "gray",
    Result.UPDATED: "green",
    Result.CREATED: "green",
    Result.CANCELLED: "green",
}


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
        st.markdown(f":material/undo: **{' '.join(back.said)}**")
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
        _counts(operation)
        _outcomes(desk, back)
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
        st.caption(f"It took {lasted(operation)}.")
    else:
        who = plain(operation.who)
        st.caption(f"Operation {operation.id}, started by {who}, running for {lasted(operation)}.")


def _resume(desk: Desk, operation: Operation) -> None:
    if not desk.person.may(Permission.MANAGE) or not abandoned(desk, operation):
        return
    why = "No process carries this run out. It goes on where it stopped."
    if st.button("Resume", icon=":material/play_circle:", help=why):
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


def _rank(outcome: Outcome) -> int:
    """Place what needs an eye first: failed, skipped, later dates, not finished, and then the rest."""
    if outcome.needs_eye:
        return 0
    if outcome.result in _FIRST:
        return _FIRST.index(outcome.result)
    if is_later(outcome):
        return len(_FIRST)
    return len(_FIRST) + (1 if outcome.result in _UNFINISHED else 2)


def _said(operation: Operation) -> bool:
    """Say whether the sentence of a run says all that its message does."""
    return operation.kind is not OperationKind.SCAN and operation.status in (
        OperationStatus.COMPLETED,
        OperationStatus.COMPLETED_WITH_FAILURES,
    )


def _outcomes(desk: Desk, back: LookBack) -> None:
    outcomes = [each.outcome for each in back.outcomes]
    listed = sorted(outcomes, key=lambda outcome: (_rank(outcome), outcome.position))
    rows = [outcome_cells(outcome) for outcome in listed]
    cells: dict[str, list[Any]] = {name: [row[at] for row in rows] for at, name in enumerate(OUTCOME_COLUMNS)}
    cells["Change"] = [outcome.kind.label for outcome in listed]
    cells["Result"] = [[str(word)] for word in cells["Result"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{counted(len(rows), 'change')}, failed, skipped and later dates first.", width="stretch")
        if rows:
            report_downloads(desk, back)
    st.dataframe(
        cells,
        hide_index=True,
        column_config={
            "Result": st.column_config.MultiselectColumn(
                options=[result.value.capitalize() for result in _COLOURS],
                color=list(_COLOURS.values()),
                width=98,
            ),
            "Change": text_column("Change", 76),
            "Company": text_column("Company", 160),
            "Product": text_column("Product", 66),
            "Agreement": text_column("Agreement", 125),
            "Before": text_column("Before", 58, align="right"),
            "After": text_column("After", 52, align="right"),
            "Date": text_column("Date", 90),
            "Message": text_column("Message", 410),
        },
        alt="Outcomes",
    )


def show_under_way(desk: Desk, operation: Operation) -> None:
    """Show a run that is under way in a card of its own, with its progress and a way to it."""
    with st.container(border=True):
        st.markdown(f"**{operation.kind.label}** started by {plain(operation.who)}")
        watch(desk, operation)
