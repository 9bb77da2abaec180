"""What a scan found changed in ConnectWise: a sentence, the kinds to choose from, and one table."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.scans import Findings, findings_of
from seatsync.snapshot_changes import Entry, Records, SnapshotChanges, What
from seatsync.snapshot_words import in_words
from seatsync.status import OperationStatus
from seatsync.ui.frame import guarded
from seatsync.ui.looks import ROW, table_height, text_column
from seatsync.ui.words import moment

_ALL = "All"
_SIGNS = {"new": "+", "gone": "−"}
_TALLEST = 12


def show_scan(desk: Desk, scan: Operation) -> None:
    """Show what an ended scan found changed, or why it found nothing."""
    st.subheader(f"Scan of {moment(scan.started_at)}")
    if scan.status is not OperationStatus.COMPLETED:
        st.text(scan.message)
        return
    with guarded():
        findings = findings_of(desk, scan)
    if findings is None:
        st.caption("There was no earlier snapshot to compare with. The next scan says what changed since.")
        return
    changes = findings.changes
    st.markdown(f"**Since {moment(changes.since)}:** {in_words(changes)}")
    if changes.others:
        st.page_link(
            "pages/mappings.py",
            label="See which licenses are mapped",
            icon=":material/conversion_path:",
            help="Additions are listed by name where a license is mapped to their product.",
        )
    if findings.named:
        _choose(scan, changes)
    elif changes.counts:
        _forgotten(findings)


def _forgotten(findings: Findings) -> None:
    many = sum(findings.changes.counts.values())
    st.caption(
        f"The names of {'this change' if many == 1 else f'these {many:,} changes'} went with the snapshot: "
        "the last five are kept."
    )


def _choose(scan: Operation, changes: SnapshotChanges) -> None:
    """Offer the kinds of record that changed, and list the changes of the chosen one."""
    labels = {_ALL: f"{_ALL} {sum(changes.counts.values()):,}"} | {
        records.value: f"{records.value} {many:,}" for records in Records if (many := changes.of(records))
    }
    if not changes.counts:
        return
    kind = _ALL
    if len(labels) > 2:
        kind = (
            st.segmented_control(
                "Kind of record",
                list(labels),
                default=_ALL,
                required=True,
                format_func=lambda name: labels[name],
                label_visibility="collapsed",
                key=f"scan-{scan.id}-records",
            )
            or _ALL
        )
    listed = [entry for entry in changes.entries if kind in (_ALL, entry.what.records.value)]
    _table(listed)
    unnamed = {
        what: many - sum(entry.what is what for entry in changes.entries)
        for what, many in changes.counts.items()
        if kind in (_ALL, what.records.value)
    }
    more = [f"{many:,} {_label(what).lower()}" for what, many in unnamed.items() if many]
    if more:
        st.caption(f"The first of each kind in the alphabet are listed. Not listed: {', '.join(more)}.")


def _table(entries: Sequence[Entry]) -> None:
    cells: dict[str, list[Any]] = {
        "Change": [f"{_sign(entry.what)} {_label(entry.what)}" for entry in entries],
        "Company": [entry.company for entry in entries],
        "Agreement": [entry.agreement for entry in entries],
        "Product": [entry.product for entry in entries],
        "Before": [entry.before for entry in entries],
        "After": [entry.after for entry in entries],
    }
    shown = {name: values for name, values in cells.items() if any(values)}
    st.dataframe(
        shown,
        hide_index=True,
        height=table_height(len(entries), _TALLEST),
        row_height=ROW,
        column_config={
            "Change": text_column("Change", 172),
            "Company": text_column("Company", 206),
            "Agreement": text_column("Agreement", 140),
            "Product": text_column("Product", 70),
            "Before": text_column("Before", 160),
            "After": text_column("After", 174),
        },
        placeholder="",
        alt="What the scan found changed",
    )


def _label(what: What) -> str:
    noun = {Records.COMPANIES: "Company", Records.AGREEMENTS: "Agreement", Records.ADDITIONS: "Addition"}
    return f"{noun[what.records]} {what.label.lower()}"


def _sign(what: What) -> str:
    return _SIGNS.get(what.value.partition("_")[2], "≠")
