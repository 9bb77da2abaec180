"""Tracked runs as a table, newest first, in which one can be chosen."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.model import OperationId
from seatsync.scans import total_of
from seatsync.status import ENDED, OperationKind, OperationStatus
from seatsync.ui.frame import guarded
from seatsync.ui.looks import ROW, count_column, table_height, text_column
from seatsync.ui.session import Keys, get, put
from seatsync.ui.words import moment, span

Colour = Literal["red", "orange", "blue", "green", "gray"]
Cells = Mapping[str, list[Any]]

LOOKS: dict[OperationStatus, tuple[str, str, Colour]] = {
    OperationStatus.QUEUED: ("…", ":material/schedule:", "blue"),
    OperationStatus.RUNNING: ("↻", ":material/sync:", "blue"),
    OperationStatus.COMPLETED: ("✓", ":material/check_circle:", "green"),
    OperationStatus.COMPLETED_WITH_FAILURES: ("!", ":material/warning:", "orange"),
    OperationStatus.CANCELLED: ("–", ":material/cancel:", "gray"),
    OperationStatus.FAILED: ("×", ":material/error:", "red"),
}
PARAMETER = "operation"
"""Heights in pixels: of a row of a table, and of its head."""

_RESULTS = {"Created": 62, "Updated": 64, "Cancelled": 74, "Skipped": 64, "Failed": 54}


def badge(operation: Operation) -> None:
    """Show where a run stands as a badge."""
    _, icon, colour = LOOKS[operation.status]
    st.badge(operation.status.label, icon=icon, color=colour)


def show_runs(runs: Sequence[Operation], *, counts: bool = True) -> None:
    """Show runs as a table to read."""
    cells = run_cells(runs) if counts else scan_cells(runs)
    st.dataframe(
        dict(cells),
        hide_index=True,
        row_height=ROW,
        column_config=_columns(cells),
        placeholder="",
        alt="Operations",
    )


def choose_run(runs: Sequence[Operation], chosen: OperationId | None, cells: Cells, rows: int) -> None:
    """Show runs in a table of so many rows, one of which can be chosen; the page's address keeps which."""
    ids = tuple(run.id for run in runs)
    rows_chosen = [ids.index(chosen)] if chosen in ids else []
    # A run that starts moves the others down, so that the table must forget which place was selected.
    key = f"{Keys.runs_table}-{ids[0]}-{len(ids)}"
    if get(key) is not None and list(get(key)["selection"]["rows"]) != rows_chosen:
        # The address names another run than the one that was clicked here.
        put(key, {"selection": {"rows": rows_chosen, "columns": [], "cells": []}})
    st.dataframe(
        dict(cells),
        hide_index=True,
        height=table_height(len(ids), rows),
        row_height=ROW,
        column_config=_columns(cells),
        placeholder="",
        key=key,
        on_select=partial(_chosen, key, ids),
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows_chosen}},
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


def run_cells(runs: Sequence[Operation], sources: Mapping[OperationId, str] | None = None) -> Cells:
    """Tabulate runs of every kind; ``sources`` says, by run, what each was made from."""
    cells: dict[str, list[Any]] = _head_cells(runs) | {"Kind": [run.kind.label for run in runs]}
    if sources is not None:
        cells["From"] = [sources.get(run.id, "") for run in runs]
    for result in ENDED:
        cells[result.value.capitalize()] = [
            None if run.kind is OperationKind.SCAN else run.counts.get(result, 0) for run in runs
        ]
    return cells | {"Number": [run.id for run in runs]}


def sources_of(desk: Desk, runs: Sequence[Operation]) -> dict[OperationId, str]:
    """Say, by run, from which export it was made or which operation it undoes; nothing for a scan."""
    with guarded():
        names = {export.id: export.name for export in desk.store.exports.all(desk.team.id)}
    return {
        run.id: f"Operation {run.undoes}"
        if run.undoes is not None
        else names.get(run.export_id, "")
        if run.export_id is not None
        else ""
        for run in runs
    }


def scan_cells(runs: Sequence[Operation]) -> Cells:
    """Tabulate scans: what each read and found changed; a scan that failed read nothing."""
    cells = _head_cells(runs) | {"Duration": [lasted(run) for run in runs]}
    for name in ("companies", "agreements", "additions"):
        cells[name.capitalize()] = [run.detail.get(name) for run in runs]
    return cells | {
        "Changes": [total_of(run) for run in runs],
        "Who": [run.who for run in runs],
        "Number": [run.id for run in runs],
    }


def _head_cells(runs: Sequence[Operation]) -> dict[str, list[Any]]:
    return {
        "Started": [moment(run.started_at) for run in runs],
        "Status": [[_marked(run.status)] for run in runs],
    }


def _marked(status: OperationStatus) -> str:
    return f"{LOOKS[status][0]} {status.label}"


def _columns(cells: Cells) -> dict[str, Any]:
    columns = {
        "Started": text_column("Started", 142),
        "Status": st.column_config.MultiselectColumn(
            options=[_marked(status) for status in LOOKS],
            color=[colour for *_, colour in LOOKS.values()],
            width=168 if "Kind" in cells else 112,
        ),
        "Kind": text_column("Kind", 74),
        "From": text_column("From", 136, "The export of a push, or the operation that was undone."),
        "Duration": text_column("Duration", 84),
        **{name: count_column(name, width=94) for name in ("Companies", "Agreements", "Additions")},
        "Changes": count_column(
            "Changes",
            "What differs from the scan before, lines of every product included; blank for the first.",
            82,
        ),
        **{name: count_column(name, width=width) for name, width in _RESULTS.items()},
        "Number": count_column("No.", "As in messages and in the audit log.", 46),
        "Who": text_column("Who", 90),
    }
    return {name: column for name, column in columns.items() if name in cells}
