"""What needs a person now: the age of the snapshot, the last export, and what waits by status."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import SeatSyncError
from seatsync.preview import Preview
from seatsync.previews import build_preview
from seatsync.status import Status
from seatsync.steps import Stage, Way
from seatsync.ui.checklist import go_to, offers_samples, samples_sentence
from seatsync.ui.session import installation
from seatsync.ui.text import amounts, plain
from seatsync.ui.words import age, counted, moment


def show_next(way: Way) -> None:
    """Say what comes next for a team that has pushed before, with its button."""
    step = way.next
    if step is not None:
        stage, said = step.stage, f"**Next:** {plain(step.said)}"
    elif way.outdated:
        stage = Stage.SCAN
        said = "**The last export is pushed.** Scan again to see ConnectWise as it is now."
    else:
        stage = Stage.UPLOAD
        said = "**The last export is pushed.** Next comes the export of the next month."
    with st.container(border=True):
        words, act = st.columns([0.74, 0.26], vertical_alignment="center")
        words.markdown(said)
        if stage is Stage.UPLOAD and installation().settings.today and offers_samples():
            words.caption(samples_sentence())
        with act:
            go_to(stage)


def show_standing(desk: Desk, way: Way) -> None:
    """Show the snapshot, the last export and what waits in it; nothing before there is either."""
    preview = _preview(desk, way)
    if way.snapshot is None:
        return
    left, middle, ready, open_ = st.columns(4)
    left.metric(
        "Snapshot",
        age(way.snapshot.taken_at),
        border=True,
        height="stretch",
        help=moment(way.snapshot.taken_at),
    )
    exported = way.export
    middle.metric(
        "Last export",
        age(exported.uploaded_at) if exported else "None yet",
        border=True,
        height="stretch",
        help=f"{plain(exported.name)}, {moment(exported.uploaded_at)}" if exported else None,
    )
    by_status = preview.totals.by_status if preview else {}
    ready.metric("Ready to push", f"{by_status.get(Status.READY, 0):,}", border=True, height="stretch")
    waiting = sum(number for status, number in by_status.items() if status.needs_person)
    open_.metric("Need a person", f"{waiting:,}", border=True, height="stretch")
    if preview is not None and exported is not None:
        _waiting(way, preview, exported.name)


def _preview(desk: Desk, way: Way) -> Preview | None:
    if way.snapshot is None or way.export is None:
        return None
    try:
        return build_preview(desk, way.export.id).preview
    except SeatSyncError as error:
        st.error(plain(error), icon=":material/error:")
        return None


def _waiting(way: Way, preview: Preview, name: str) -> None:
    st.subheader("What waits")
    said = [f"{plain(name)}: {counted(preview.counts.rows, 'row')} in the file"]
    if preview.totals.monthly_delta:
        money = plain(amounts(preview.totals.monthly_delta))
        said.append(f"the rows chosen by default change monthly billing by {money}")
    st.caption(", ".join(said) + ".")
    if way.outdated:
        st.caption("Counted against the snapshot from before the last push; scan again for the present.")
    if preview.incomplete:
        st.warning(plain(preview.incomplete), icon=":material/rule:")
    listed = [status for status in Status if preview.totals.by_status.get(status)]
    st.dataframe(
        {
            "Status": [status.label for status in listed],
            "Rows": [preview.totals.by_status[status] for status in listed],
            "On push": [status.on_push for status in listed],
        },
        hide_index=True,
        column_config={
            "Status": st.column_config.TextColumn(width=180),
            "Rows": st.column_config.NumberColumn(width=90, format="localized"),
        },
        alt="Preview rows by status",
    )
    st.page_link("pages/preview.py", label="Open Avanan Seats", icon=":material/table_chart:")
