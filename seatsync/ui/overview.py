"""What needs a person now: the age of the snapshot, the last export, and what waits by status."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import SeatSyncError
from seatsync.preview import Preview
from seatsync.previews import build_preview
from seatsync.status import Status
from seatsync.steps import Stage, Way
from seatsync.ui.checklist import go_to
from seatsync.ui.text import amounts, plain
from seatsync.ui.words import age, counted, moment


def show_next(way: Way, preview: Preview | None) -> None:
    """Say what comes next for a team that has pushed before, with its button."""
    stage, label, said = _next(way, preview)
    with st.container(border=True):
        words, act = st.columns([0.74, 0.26], vertical_alignment="center")
        words.markdown(said)
        with act:
            go_to(stage, label)


def _next(way: Way, preview: Preview | None) -> tuple[Stage, str, str]:
    """Return the stage to go to, what its button says where that is not the usual, and why, in Markdown."""
    step = way.next
    if way.outdated and (step is None or step.stage is not Stage.CONNECT):
        said = "**Next:** Scan again. The snapshot is from before the last push."
        return Stage.SCAN, "Scan again", said
    if step is not None:
        return step.stage, "", f"**Next:** {plain(step.said)}"
    waiting = need_person(preview)
    if waiting:
        rows, verb = counted(waiting, "row"), "needs" if waiting == 1 else "need"
        return Stage.PUSH, f"Resolve {rows}", f"**Next:** {rows} of the last export {verb} a person."
    if preview is not None and preview.totals.by_status.get(Status.READY):
        ready = counted(preview.totals.by_status[Status.READY], "row")
        return Stage.PUSH, "", f"**Next:** {ready} of the last export can be pushed."
    said = "**The last export is pushed.** Next comes the export of the next month."
    return Stage.UPLOAD, "", said


def need_person(preview: Preview | None) -> int:
    """Count the rows that somebody has to resolve."""
    by_status = preview.totals.by_status if preview else {}
    return sum(number for status, number in by_status.items() if status.needs_person)


def show_standing(way: Way, preview: Preview | None) -> None:
    """Show the snapshot, the last export and what waits in it; nothing before there is either."""
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
    label = "Ready before the push" if way.outdated else "Ready to push"
    ready.metric(label, f"{by_status.get(Status.READY, 0):,}", border=True, height="stretch")
    open_.metric("Need a person", f"{need_person(preview):,}", border=True, height="stretch")
    if preview is not None and exported is not None:
        _waiting(way, preview, exported.name)


def last_preview(desk: Desk, way: Way) -> Preview | None:
    """Return the preview of the newest export; None, with a sentence, when it can't be built."""
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
