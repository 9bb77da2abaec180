"""One audit entry in full, in a drawer: before and after side by side, and everything else that is kept."""

from datetime import UTC

import streamlit as st

from seatsync.audit_words import NOTHING, Differs, action_label, differences
from seatsync.desk import Desk
from seatsync.errors import NotFound
from seatsync.journal import AuditEntry
from seatsync.logbook import read_entry
from seatsync.ui.frame import explained
from seatsync.ui.looks import ROW, table_height, text_column
from seatsync.ui.runs_table import PARAMETER
from seatsync.ui.text import plain

ENTRY = "entry"
_WIDTH, _WIDE = 620, 28
_SIGNS = {
    Differs.CHANGED: "≠",
    Differs.NEW: "+",
    Differs.REMOVED: "−",
    Differs.SAME: "=",
    Differs.NOT_WRITTEN: "⊘",
}
RESULTS = {"ok": ("✓ Done", "green"), "refused": ("⊘ Refused", "orange"), "failed": ("! Failed", "red")}


def open_entry(seq: int) -> None:
    """Show an entry in full, beside the table, on the next drawing of the page."""
    st.query_params[ENTRY] = str(seq)


def _close() -> None:
    st.query_params.pop(ENTRY, None)


def show_asked(desk: Desk) -> None:
    """Show the entry that the address names, if it names one."""
    named = st.query_params.get(ENTRY)
    if named is None:
        return
    with explained():
        if not (named.isascii() and named.isdigit()):
            raise NotFound("The address names no audit entry. Choose one from the log.")
        _drawer(read_entry(desk, int(named[:12])))


@st.dialog("Audit entry", width=_WIDTH, position="right", on_dismiss=_close)
def _drawer(entry: AuditEntry) -> None:
    word, colour = RESULTS.get(entry.result, (entry.result, "gray"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(word, color=colour)  # type: ignore[arg-type]
        st.markdown(f"**{plain(action_label(entry.action))}**", width="content")
    st.text(entry.resource)
    _compare(entry)
    message, request = (str(entry.after.get(name) or "") for name in ("message", "request_id"))
    if message:
        st.caption("What was said")
        st.text(message)
    if request:
        st.caption("Request id, by which ConnectWise support finds the call")
        st.code(request, language=None)
    _facts(entry)
    if entry.operation_id is not None:
        st.page_link(
            "pages/operations.py",
            label=f"Open operation {entry.operation_id}",
            icon=":material/history:",
            query_params={PARAMETER: str(entry.operation_id)},
        )


def _compare(entry: AuditEntry) -> None:
    # Where there was nothing before, there is nothing to compare with.
    found = [change for change in differences(entry) if entry.before or change.after != NOTHING]
    if not found:
        st.caption("The entry records that it happened; it changed no value.")
        return
    cells = {
        "Differs": [f"{_SIGNS[change.differs]} {change.differs}" for change in found],
        "Field": [change.name for change in found],
        "Before": [change.before for change in found],
        "After": [change.after for change in found],
    }
    shown = cells if entry.before else {"Field": cells["Field"], "After": cells["After"]}
    st.dataframe(
        shown,
        hide_index=True,
        height=table_height(len(found), 12),
        row_height=ROW,
        column_config={
            "Differs": text_column("Differs", 104),
            "Field": text_column("Field", 140),
            "Before": text_column("Before", 145),
            "After": text_column("After" if entry.before else "Recorded", 185),
        },
        placeholder="",
        alt="Before and after",
    )
    for change in found:
        for what, value in (("before", change.before), ("after", change.after)):
            if len(value) > _WIDE:
                st.caption(f"{plain(change.name)}, {what} in full" if entry.before else plain(change.name))
                st.text(value)


def _facts(entry: AuditEntry) -> None:
    facts = {
        "When": f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "Who": entry.who,
        "Team": entry.team,
        "Permission": entry.permission,
        "Action": entry.action,
        "Result": entry.result,
        "Entry": f"{entry.seq:,}",
    }
    st.caption("Everything else")
    st.dataframe(
        {"What": list(facts), "Value": list(facts.values())},
        hide_index=True,
        height=table_height(len(facts)),
        row_height=ROW,
        column_config={"What": text_column("What", 110), "Value": text_column("Value", 440)},
        alt="Facts of the entry",
    )
    st.caption("Hash, which chains the entry to the one before")
    st.code(entry.hash, language=None)
