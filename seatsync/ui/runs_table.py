"""Tracked runs as a table, newest first, and one run in full."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

import streamlit as st

from seatsync.journal import Operation
from seatsync.model import OperationId
from seatsync.status import ENDED, OperationKind, OperationStatus
from seatsync.ui.session import Keys, get
from seatsync.ui.words import moment, span

Colour = Literal["red", "orange", "blue", "green", "gray"]

LOOKS: dict[OperationStatus, tuple[str, Colour]] = {
    OperationStatus.QUEUED: (":material/schedule:", "blue"),
    OperationStatus.RUNNING: (":material/sync:", "blue"),
    OperationStatus.COMPLETED: (":material/check_circle:", "green"),
    OperationStatus.COMPLETED_WITH_FAILURES: (":material/warning:", "orange"),
    OperationStatus.CANCELLED: (":material/cancel:", "gray"),
    OperationStatus.FAILED: (":material/error:", "red"),
}
PARAMETER = "operation"


def badge(operation: Operation) -> None:
    """Show where a run stands as a badge."""
    icon, colour = LOOKS[operation.status]
    st.badge(operation.status.label, icon=icon, color=colour)


def show_runs(runs: Sequence[Operation], *, counts: bool = True) -> None:
    """Show runs as a table to read."""
    st.dataframe(
        _cells(runs, counts=counts),
        hide_index=True,
        column_config=_columns(),
        placeholder="",
        alt="Operations",
    )


def choose_run(runs: Sequence[Operation], chosen: OperationId | None) -> None:
    """Show runs as a table in which one can be chosen; the choice is kept in the page's address."""
    ids = tuple(run.id for run in runs)
    # A run that starts moves the others down, so that the table must forget which place was selected.
    key = f"{Keys.runs_table}-{ids[0]}"
    st.dataframe(
        _cells(runs, counts=True),
        hide_index=True,
        column_config=_columns(),
        placeholder="",
        key=key,
        on_select=partial(_chosen, key, ids),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(chosen)] if chosen in ids else []}},
        alt="Operations",
    )


def _chosen(key: str, ids: Sequence[OperationId]) -> None:
    rows = get(key)["selection"]["rows"]
    if rows:
        st.query_params[PARAMETER] = str(ids[rows[0]])
    else:
        st.query_params.pop(PARAMETER, None)


def lasted(run: Operation) -> str:
    """Say how long a run took, or has taken so far."""
    return span((run.finished_at or datetime.now(UTC)) - run.started_at)


def _cells(runs: Sequence[Operation], *, counts: bool) -> dict[str, list[Any]]:
    cells: dict[str, list[Any]] = {
        "Kind": [run.kind.label for run in runs],
        "Status": [[run.status.label] for run in runs],
        "Started": [moment(run.started_at) for run in runs],
        "Duration": [lasted(run) for run in runs],
    }
    if counts:
        for result in ENDED:
            cells[result.value.capitalize()] = [
                None if run.kind is OperationKind.SCAN else run.counts.get(result, 0) for run in runs
            ]
    return cells | {
        "Message": [run.message for run in runs],
        "Who": [run.who for run in runs],
        "Number": [run.id for run in runs],
    }


def _columns() -> dict[str, Any]:
    labels = [status.label for status in LOOKS]
    colours = [colour for _, colour in LOOKS.values()]
    numbers = {
        result.value.capitalize(): st.column_config.NumberColumn(format="localized", width=76)
        for result in ENDED
    }
    return {
        "Kind": st.column_config.TextColumn(width=84),
        "Status": st.column_config.MultiselectColumn(options=labels, color=colours, width=170),
        "Started": st.column_config.TextColumn(width=148),
        "Duration": st.column_config.TextColumn(width=80),
        "Who": st.column_config.TextColumn(width=90),
        "Message": st.column_config.TextColumn(width="large"),
        "Number": st.column_config.NumberColumn(width=70, help="As in messages and in the audit log."),
        **numbers,
    }
