"""Upload an export once, and choose among the kept ones; the choice is kept in the page's address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from seatsync.desk import Desk
from seatsync.errors import ColumnUnclear, ExportRefused
from seatsync.model import ExportId, ExportRecord, SeatRow, decimals
from seatsync.people import Permission
from seatsync.previews import upload
from seatsync.ui.frame import done, guarded
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import plain, seats, unique_labels
from seatsync.ui.words import counted, moment
from seatsync.vendor_export import read_export

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
# Reading a file once more for each column it may be takes long for a large one, in bytes.
_SAMPLED, _VALUES = 2_000_000, 4
_MANUAL = "The monthly tenant export of the Avanan partner portal: CSV, tab-separated text or XLSX."


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A file that was not kept, so that it is not read again on every click."""

    file_id: str
    refusal: ExportRefused
    columns: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Repeated:
    """The name under which a file came that was kept before, as which export."""

    name: str
    export: ExportId


def kept_exports(desk: Desk) -> tuple[ExportRecord, ...]:
    """List the exports that were kept, newest first."""
    with guarded():
        return desk.store.exports.all(desk.team.id)


def upload_box(desk: Desk, place: DeltaGenerator, *, small: bool) -> ExportRefused | None:
    """Take a file and keep it once; return why it was not kept, if it was not.

    A ``small`` box is behind a button in ``place``.
    """
    if not desk.person.may(Permission.MANAGE):
        return None
    box = st.container()
    if small:
        if get(Keys.upload_seen):
            # What is said of the file, and its preview, stand where the open box would cover them.
            drop(Keys.upload_seen)
            put(Keys.upload_open, False)
        panel = place.popover(
            "Upload export",
            icon=":material/upload_file:",
            key=Keys.upload_open,
            on_change="rerun",
        )
        if not panel.open and get(_box()) is None:
            return None
        box = panel
    file = box.file_uploader("Upload Avanan CSV", key=_box(), help=_MANUAL, max_upload_size=_megabytes(desk))
    tried: _Attempt | _Repeated | None = get(Keys.upload)
    if file is None:
        if isinstance(tried, _Attempt):
            drop(Keys.upload)
        return None
    if not isinstance(tried, _Attempt) or tried.file_id != file.file_id:
        tried = _keep(desk, file, {})
        if small and tried is not None:
            st.rerun()
    return None if tried is None else tried.refusal


def show_refusal(refusal: ExportRefused, shown: ExportRecord | None) -> None:
    """Say why a file was not kept, what to do about it, and which export stands below instead."""
    if isinstance(refusal, ColumnUnclear):
        st.warning(plain(refusal), icon=":material/help:")
        return
    st.error(plain(refusal), icon=":material/error:")
    if shown is not None:
        st.caption(f"Nothing of the file was kept. Below is {plain(_label(shown))}, as before.")


def _box() -> str:
    return f"upload-{get(Keys.upload_generation, 0)}"


def _megabytes(desk: Desk) -> int:
    return max(1, desk.export_limit // (1024 * 1024))


def _keep(desk: Desk, file: UploadedFile, columns: Mapping[str, str]) -> _Attempt | None:
    """Keep a file and draw the page anew with it, or return why not."""
    try:
        with st.spinner(f"Reading {plain(file.name)} …"):
            kept = upload(desk, file.name, file.getvalue(), columns or None)
    except ExportRefused as refusal:
        seen = _samples(desk, file, refusal, columns) if isinstance(refusal, ColumnUnclear) else {}
        tried = _Attempt(file.file_id, refusal, columns, seen)
        put(Keys.upload, tried)
        put(Keys.upload_seen, True)
        return tried
    put(Keys.upload, _Repeated(file.name, kept.export.id) if kept.repeated else None)
    put(Keys.upload_generation, get(Keys.upload_generation, 0) + 1)
    put(Keys.upload_seen, True)
    open_export(kept.export.id)
    rows = counted(kept.export.rows, "row")
    done(f"{plain(kept.export.name)} is kept{' already' if kept.repeated else ''}: {rows}.")
    return None


def _samples(
    desk: Desk, file: UploadedFile, unclear: ColumnUnclear, columns: Mapping[str, str]
) -> Mapping[str, str]:
    """Say what stands in each column that could be meant, so that a person can tell them apart."""
    said: dict[str, str] = {}
    for column in unclear.candidates if file.size <= _SAMPLED else ():
        choice = {**columns, unclear.field: column}
        try:
            parsed = read_export(file.name, file.getvalue(), columns=choice, limit=desk.export_limit)
        except ExportRefused:
            continue
        said[column] = _sample(parsed.seat_rows, unclear.field)
    return said


def _sample(rows: Sequence[SeatRow], field: str) -> str:
    """Write the first values of a column, and what its numbers come to."""
    users = [row.users for row in rows if row.users is not None]
    cells = map(seats, users) if field == "users" else (str(getattr(row, field, "")) for row in rows)
    listed = ", ".join(islice(filter(None, dict.fromkeys(cells)), _VALUES))
    sum_ = f" … {seats(decimals(users))} in all" if field == "users" and listed else ""
    return f"{listed}{sum_}"


def show_repeated(export: ExportRecord) -> None:
    """Say that the file uploaded last was kept before, while the page shows that export."""
    last = get(Keys.upload)
    if isinstance(last, _Repeated) and last.export == export.id:
        alias = "" if last.name == export.name else f" {plain(last.name)} as {plain(export.name)},"
        st.caption(
            f":material/file_copy: **The same file again:**{alias} kept on {moment(export.uploaded_at)} by "
            f"{plain(export.uploaded_by)}. Nothing new was read."
        )


def ask_column(desk: Desk, unclear: ColumnUnclear) -> None:
    """Ask which column of the uploaded file is meant, and read it anew with that one."""
    file: UploadedFile | None = get(_box())
    tried: _Attempt | None = get(Keys.upload)
    if file is None or tried is None:
        return
    name = FIELDS.get(unclear.field, unclear.field)
    column = st.radio(
        f"Column that holds the {plain(name.lower())}",
        unclear.candidates,
        index=None,
        format_func=plain,
        captions=[plain(tried.samples.get(each, "")) for each in unclear.candidates],
        key="column_choice",
    )
    use = st.button("Use this column", icon=":material/check:", type="primary", disabled=column is None)
    st.caption(
        "The choice is remembered for every file with the same header. The preview follows once it is made; "
        "to go back to the export before, remove the file under Upload export."
    )
    if use and column is not None:
        _keep(desk, file, {**tried.columns, unclear.field: column})
        st.rerun()


def export_shown(exports: Sequence[ExportRecord]) -> ExportRecord | None:
    """Return the export that the page is about, and name it in the address; None when there is none."""
    if not exports:
        return None
    records = {record.id: record for record in exports}
    chosen = _wanted(records)
    open_export(chosen)
    return records[chosen]


def choose_export(exports: Sequence[ExportRecord], shown: ExportRecord | None) -> None:
    """Offer the kept exports to choose from, newest first."""
    if shown is None:
        return
    records = {record.id: record for record in exports}
    labels = unique_labels(records, lambda number: _label(records[number]))
    put(Keys.export_box, shown.id)
    st.selectbox(
        "Export",
        list(records),
        format_func=lambda i: labels.get(i, ""),
        key=Keys.export_box,
        on_change=lambda: open_export(get(Keys.export_box)),
        help="Every export that was uploaded is kept; the newest stands first.",
    )


def _label(record: ExportRecord) -> str:
    return f"{record.name} · uploaded {moment(record.uploaded_at)}"


def open_export(export: ExportId) -> None:
    """Show an export from now on, and name it in the page's address."""
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
