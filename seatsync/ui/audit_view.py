"""The audit log: its filters, its table, its downloads and the check of its chain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.audit_words import action_label, change_line, subject
from seatsync.desk import Desk
from seatsync.journal import AuditEntry
from seatsync.logbook import read_log, verify_log
from seatsync.model import OperationId
from seatsync.present import AUDIT_COLUMNS, audit_cells, to_csv, to_xlsx
from seatsync.ui.audit_entry import open_entry
from seatsync.ui.downloads import safe_name
from seatsync.ui.frame import explained
from seatsync.ui.looks import ROW, table_height, text_column
from seatsync.ui.runs_table import PARAMETER
from seatsync.ui.session import Keys, get
from seatsync.ui.words import counted, moment

LIMIT = 500
OPEN = "Details"
_TALLEST = 14
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


def ask_filter(entries: Sequence[AuditEntry]) -> Filter:
    """Show the filters; people and actions are offered from ``entries``."""
    when, who, what, text = st.columns(4)
    span = when.selectbox("Time", [*_SPANS, _DAYS], index=2)
    since, until = _between(when) if span == _DAYS else (_since(_SPANS[span]), None)
    person = who.selectbox("Person", sorted({e.who for e in entries}), index=None, placeholder="Anybody")
    actions = sorted({e.action for e in entries}, key=action_label)
    action = what.selectbox("Action", actions, index=None, format_func=action_label, placeholder="Any action")
    wanted = text.text_input("Text", type="search", placeholder="Company, license, portal …")
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


def count_said(entries: Sequence[AuditEntry]) -> str:
    """Say how many entries are listed, and whether there are more."""
    if len(entries) > LIMIT:
        return f"The newest {LIMIT:,} entries. There are more: narrow the filters, or download them all."
    return f"{counted(len(entries), 'entry', 'entries')}, newest first."


def show_entries(entries: Sequence[AuditEntry]) -> None:
    """Show entries newest first, at most LIMIT of them."""
    listed = list(reversed(entries))[:LIMIT]
    cells: dict[str, list[Any]] = {
        OPEN: ["Open"] * len(listed),
        "Time": [moment(entry.at) for entry in listed],
        "Who": [entry.who for entry in listed],
        "Action": [action_label(entry.action) for entry in listed],
        "What": [subject(entry) for entry in listed],
        "Change": [change_line(entry) for entry in listed],
    }
    st.dataframe(
        cells,
        hide_index=True,
        height=table_height(len(listed), _TALLEST),
        row_height=ROW,
        placeholder="",
        column_config={
            OPEN: st.column_config.ButtonColumn(
                width=58,
                pinned=True,
                type="tertiary",
                key=Keys.audit_button,
                on_click=_open,
                args=(tuple(entry.seq for entry in listed),),
                help="Show the entry in full, beside the table.",
            ),
            "Time": text_column("Time", 142),
            "Who": text_column("Who", 68),
            "Action": text_column("Action", 150),
            "What": text_column("What", 262),
            "Change": text_column("Change", 248, "What was refused or failed says so first."),
        },
        alt="Audit log",
    )


def _open(listed: Sequence[int]) -> None:
    click = get(Keys.audit_button)
    if click is not None and click.row < len(listed):
        open_entry(listed[click.row])


def offer_downloads(desk: Desk, chosen: Filter) -> None:
    """Offer every matching entry as CSV and as XLSX; the file is made when it is asked for."""
    stem = safe_name(desk.team.name, "audit", f"{datetime.now(UTC):%Y-%m-%d}")
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    forms: tuple[tuple[str, Callable[[], bytes], str], ...] = (
        ("CSV", partial(entries_csv, desk, chosen), "text/csv"),
        ("XLSX", partial(entries_xlsx, desk, chosen), sheet),
    )
    for form, made, kind in forms:
        st.download_button(
            form,
            made,
            f"{stem}.{form.lower()}",
            kind,
            icon=":material/download:",
            on_click="ignore",
            help=f"Download every matching entry, listed or not, as {form}.",
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
