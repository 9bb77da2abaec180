"""Upload an export once, and choose among the kept ones; the choice is kept in the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from seatsync.desk import Desk
from seatsync.errors import ColumnUnclear, ExportRefused
from seatsync.model import ExportId, ExportRecord
from seatsync.people import Permission
from seatsync.previews import upload
from seatsync.ui.frame import done, guarded
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import plain, unique_labels
from seatsync.ui.words import counted, moment

PARAMETER = "export"
FIELDS = {
    "tenant": "Tenant",
    "portal": "Portal",
    "tier": "License",
    "users": "Users",
    "state": "Status",
    "expires": "Expiration",
    "company": "Company, kept as evidence",
    "region": "Region, kept as evidence",
    "addons": "Add-ons, kept as evidence",
    "msp": "Partner, kept as evidence",
    "limit": "License limit, never the seat count",
}
_MANUAL = "The monthly tenant export of the Avanan partner portal: CSV, tab-separated text or XLSX."


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A file that was not kept, so that it is not read again on every click."""

    file_id: str
    refusal: ExportRefused
    columns: Mapping[str, str] = field(default_factory=dict)


def need_snapshot(desk: Desk) -> None:
    """Stop the page with the next step when there is no snapshot, or nothing to scan."""
    with guarded():
        if desk.store.snapshots.latest(desk.team.id) is None:
            with desk.connect():
                pass
        desk.snapshot()


def upload_box(desk: Desk) -> ExportRefused | None:
    """Take a file and keep it once; ask for a column that is unclear, return any other refusal."""
    if not desk.person.may(Permission.MANAGE):
        return None
    generation = get(Keys.upload_generation, 0)
    file = st.file_uploader(
        "Upload Avanan CSV", key=f"upload-{generation}", help=_MANUAL, max_upload_size=_megabytes(desk)
    )
    if file is None:
        drop(Keys.upload)
        return None
    tried: _Attempt | None = get(Keys.upload)
    if tried is None or tried.file_id != file.file_id:
        tried = _keep(desk, file, {})
    if tried is None:
        return None
    if not isinstance(tried.refusal, ColumnUnclear):
        return tried.refusal
    show_refusal(tried.refusal)
    _ask_column(desk, file, tried, tried.refusal)
    return None


def show_refusal(refusal: ExportRefused) -> None:
    """Say why a file was not kept, and what to do about it."""
    st.error(plain(refusal), icon=":material/error:")


def _megabytes(desk: Desk) -> int:
    return max(1, desk.export_limit // (1024 * 1024))


def _keep(desk: Desk, file: UploadedFile, columns: Mapping[str, str]) -> _Attempt | None:
    """Keep a file and draw the page anew with it, or return why not."""
    try:
        with st.spinner(f"Reading {plain(file.name)} …"):
            kept = upload(desk, file.name, file.getvalue(), columns or None)
    except ExportRefused as refusal:
        tried = _Attempt(file.file_id, refusal, columns)
        put(Keys.upload, tried)
        return tried
    drop(Keys.upload)
    put(Keys.upload_generation, get(Keys.upload_generation, 0) + 1)
    _choose(kept.export.id)
    said = f"{plain(kept.export.name)} is kept: {counted(kept.export.rows, 'row')}."
    if kept.repeated:
        said = (
            f"The same file was kept already on {moment(kept.export.uploaded_at)} as "
            f"{plain(kept.export.name)}; it is shown here."
        )
    done(said)
    return None


def _ask_column(desk: Desk, file: UploadedFile, tried: _Attempt, unclear: ColumnUnclear) -> None:
    name = FIELDS.get(unclear.field, unclear.field)
    column = st.selectbox(
        f"Column that holds the {plain(name.lower())}", unclear.candidates, key="column_choice"
    )
    if st.button("Use this column", icon=":material/check:") and column is not None:
        _keep(desk, file, {**tried.columns, unclear.field: column})
        st.rerun()


def choose_export(desk: Desk) -> ExportRecord | None:
    """Choose among the kept exports, newest first; None when there is none."""
    exports = desk.store.exports.all(desk.team.id)
    if not exports:
        return None
    records = {record.id: record for record in exports}
    chosen = _wanted(records)
    labels = unique_labels(records, lambda number: _label(records[number]))
    put(Keys.export_box, chosen)
    st.selectbox(
        "Export",
        list(records),
        format_func=lambda i: labels.get(i, ""),
        key=Keys.export_box,
        on_change=lambda: _choose(get(Keys.export_box)),
        help="Every export that was uploaded is kept; the newest stands first.",
    )
    _choose(chosen)
    return records[chosen]


def _label(record: ExportRecord) -> str:
    return f"{record.name} · uploaded {moment(record.uploaded_at)}"


def _choose(export: ExportId) -> None:
    put(Keys.export, export)
    st.query_params[PARAMETER] = str(export)


def _wanted(records: Mapping[ExportId, ExportRecord]) -> ExportId:
    """Return the export of the address, else the one chosen last, else the newest."""
    asked = st.query_params.get(PARAMETER, "")
    if asked.isdecimal() and int(asked) in records:
        return ExportId(int(asked))
    last: ExportId | None = get(Keys.export)
    if last is not None and last in records and not asked:
        return last
    if asked:
        st.warning("The export in this page's address does not exist here; the newest is shown.")
    return next(iter(records))


def no_export() -> None:
    """Say what to do when no export is uploaded yet."""
    with st.container(border=True):
        st.markdown("**:material/upload_file: No export is uploaded yet**")
        st.markdown(
            "Upload the monthly tenant export of the Avanan partner portal above. To try SeatSync out, take "
            "one of the sample exports in the folder `data/samples` of the project."
        )
