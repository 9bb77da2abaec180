"""The audit log: its filters, its table, its downloads and the check of its chain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.desk import Desk
from seatsync.journal import AuditEntry
from seatsync.logbook import read_log, verify_log
from seatsync.model import OperationId
from seatsync.present import AUDIT_COLUMNS, audit_cells, said, to_csv, to_xlsx
from seatsync.ui.frame import explained
from seatsync.ui.runs_table import PARAMETER
from seatsync.ui.words import counted, moment

LIMIT = 500
ACTIONS = {
    "audit.verify": "Audit chain verified",
    "audit.view": "Audit log viewed",
    "connection.save": "Connection saved",
    "connection.test": "Connection tested",
    "export.declare_complete": "Export declared complete",
    "export.upload": "Export uploaded",
    "export.view": "Export viewed",
    "link.clear": "Link removed",
    "link.match": "Link made automatically",
    "link.save": "Link saved",
    "mapping.clear": "Mapping removed",
    "mapping.list": "Mappings viewed",
    "mapping.save": "Mapping saved",
    "operation.cancel": "Operation asked to stop",
    "operation.finish": "Operation finished",
    "operation.list": "Operations viewed",
    "operation.resume": "Operation resumed",
    "operation.view": "Operation viewed",
    "page.open": "Page opened",
    "preview.agreement": "Agreement chosen",
    "preview.tick": "Row chosen",
    "preview.view": "Preview viewed",
    "push.cancel": "Addition cancelled",
    "push.create": "Addition created",
    "push.update": "Addition updated",
    "push.plan": "Push planned",
    "push.rehearse": "Push rehearsed",
    "push.start": "Push started",
    "report.export": "Report handed out",
    "undo.bill_again": "Addition billed again",
    "undo.cancel": "Created addition cancelled",
    "undo.plan": "Undo planned",
    "undo.rehearse": "Undo rehearsed",
    "undo.start": "Undo started",
    "undo.update": "Addition put back",
    "rules.save": "Rules saved",
    "scan": "Scan",
    "scan.skip": "Scheduled scan skipped",
    "schedule.save": "Scan schedule saved",
    "schedule.view": "Scan schedule viewed",
    "snapshot.save": "Snapshot saved",
    "scan.start": "Scan started",
    "timezone.save": "Time zone saved",
}
_SPANS = {"Last 24 hours": 1, "Last 7 days": 7, "Last 30 days": 30, "All time": None}
_DAYS = "Between days"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the entries shown have in common; empty means any."""

    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    action: str = ""
    text: str = ""
    operation: OperationId | None = None


def action_label(action: str) -> str:
    """Say an action of the log in words."""
    return ACTIONS.get(action) or action.replace(".", " ").replace("_", " ").capitalize()


def ask_filter(entries: Sequence[AuditEntry]) -> Filter:
    """Show the filters; people and actions are offered from ``entries``."""
    when, who, what, text = st.columns(4)
    span = when.selectbox("Time", [*_SPANS, _DAYS], index=2)
    since, until = _between(when) if span == _DAYS else (_since(_SPANS[span]), None)
    person = who.selectbox("Person", sorted({e.who for e in entries}), index=None, placeholder="Anybody")
    actions = sorted({e.action for e in entries}, key=action_label)
    action = what.selectbox("Action", actions, index=None, format_func=action_label, placeholder="Any action")
    wanted = text.text_input("Text", type="search", placeholder="Company, license, portal ...")
    return Filter(since, until, person or "", action or "", (wanted or "").strip(), _operation())


def _operation() -> OperationId | None:
    named = st.query_params.get(PARAMETER, "")
    if not (named.isascii() and named.isdigit()):
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Entries of operation {named}")
        st.button("Show all operations", icon=":material/close:", type="tertiary", on_click=_forget_operation)
    return OperationId(int(named))


def _forget_operation() -> None:
    st.query_params.pop(PARAMETER, None)


def _since(days: int | None) -> datetime | None:
    # To the minute, so that the same question has the same answer while it is looked at.
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return None if days is None else now - timedelta(days=days)


def _between(place: DeltaGenerator) -> tuple[datetime | None, datetime | None]:
    chosen = place.date_input("Days (UTC)", value=[], format="YYYY-MM-DD")
    days = list(chosen) if isinstance(chosen, tuple) else [chosen]
    known = [day for day in days if isinstance(day, date)]
    first = datetime.combine(known[0], time(), UTC) if known else None
    last = datetime.combine(known[1], time(), UTC) + timedelta(days=1) if len(known) > 1 else None
    return first, last


def show_entries(entries: Sequence[AuditEntry]) -> None:
    """Show entries newest first, at most LIMIT of them, and say how many there are."""
    listed = list(reversed(entries))[:LIMIT]
    shown = counted(len(listed), "entry", "entries")
    if len(entries) > LIMIT:
        st.caption(f"The newest {shown}. There are more: narrow the filters, or download them all.")
    else:
        st.caption(f"{shown}, newest first.")
    cells: dict[str, list[Any]] = {
        "Time": [moment(entry.at) for entry in listed],
        "Who": [entry.who for entry in listed],
        "Action": [action_label(entry.action) for entry in listed],
        "Resource": [entry.resource for entry in listed],
        "Before": [_words(entry.before) for entry in listed],
        "After": [_words(entry.after) for entry in listed],
        "Result": [entry.result for entry in listed],
        "Operation": [entry.operation_id for entry in listed],
        "Permission": [entry.permission for entry in listed],
        "Number": [entry.seq for entry in listed],
    }
    st.dataframe(
        cells,
        hide_index=True,
        height=min(36 + 35 * len(listed), 640),
        placeholder="",
        column_config={
            "Time": st.column_config.TextColumn(width=148),
            "Resource": st.column_config.TextColumn(width=240),
            "Before": st.column_config.TextColumn(width=150),
            "After": st.column_config.TextColumn(width="medium"),
        },
        alt="Audit log",
    )


def _words(values: Mapping[str, Any]) -> str:
    return said({name.replace("_", " "): value for name, value in values.items()})


def offer_downloads(desk: Desk, chosen: Filter) -> None:
    """Offer every matching entry as CSV and as XLSX; the file is made when it is asked for."""
    stem = f"audit-{datetime.now(UTC):%Y-%m-%d}"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    forms: tuple[tuple[str, Callable[[], bytes], str], ...] = (
        ("CSV", partial(entries_csv, desk, chosen), "text/csv"),
        ("XLSX", partial(entries_xlsx, desk, chosen), sheet),
    )
    for form, made, kind in forms:
        st.download_button(
            f"Download {form}",
            made,
            f"{stem}.{form.lower()}",
            kind,
            icon=":material/download:",
            on_click="ignore",
        )


def find_entries(desk: Desk, chosen: Filter, limit: int | None = None) -> tuple[AuditEntry, ...]:
    """Read the entries that match, oldest first; with ``limit``, the newest that many."""
    return read_log(
        desk,
        since=chosen.since,
        until=chosen.until,
        who=chosen.who,
        action=chosen.action,
        text=chosen.text,
        operation=chosen.operation,
        limit=limit,
    )


def entries_csv(desk: Desk, chosen: Filter) -> bytes:
    """Write every matching entry as CSV."""
    return to_csv(AUDIT_COLUMNS, map(audit_cells, find_entries(desk, chosen)))


def entries_xlsx(desk: Desk, chosen: Filter) -> bytes:
    """Write every matching entry as a workbook."""
    return to_xlsx(AUDIT_COLUMNS, map(audit_cells, find_entries(desk, chosen)), "Audit log")


def show_verdict(desk: Desk) -> None:
    """Recompute the hash chain and say whether it holds."""
    with explained():
        with st.spinner("Recomputing the chain"):
            verdict = verify_log(desk)
        checked = counted(verdict.entries, "entry", "entries")
        if verdict.ok:
            st.success(f"The chain holds: {checked}, none changed or removed.", icon=":material/verified:")
        else:
            st.error(
                f"The chain breaks at entry {verdict.first_bad:,} of {checked}: it, or an entry before it, "
                "was changed or removed. Compare the log with a backup.",
                icon=":material/gpp_bad:",
            )
