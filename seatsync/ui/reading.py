"""The preview behind the page, and what has to be known before its rows are read."""

import time
from dataclasses import dataclass, replace

import streamlit as st

from seatsync.comparison import moved
from seatsync.desk import Desk
from seatsync.model import ExportId, ExportRecord
from seatsync.people import Permission
from seatsync.previews import Review, declare_complete
from seatsync.runs import pushed_since
from seatsync.status import Status
from seatsync.ui.filters import current_view
from seatsync.ui.frame import done, explained, guarded
from seatsync.ui.session import installation
from seatsync.ui.snapshot_view import show_suspicion
from seatsync.ui.text import plain
from seatsync.ui.upload import PARAMETER
from seatsync.ui.words import age, counted, moment
from seatsync.worksheet import Line, View, Worksheet

# In seconds: the browser sends what is clicked in a table after 150 ms, and a box clicked just now counts.
_GATHERED = 0.25


@dataclass(frozen=True, slots=True)
class Work:
    """A preview as one person looks at it: its boxes as they are now, the lines that the filters leave."""

    sheet: Worksheet
    review: Review
    chosen: tuple[bool, ...]
    view: View
    lines: tuple[Line, ...]


def open_work(desk: Desk, export: ExportRecord) -> Work:
    """Return the preview of an export; it is computed anew only when what it depends on has changed."""
    with guarded():
        sheet = _sheet(desk, export.id)
        review = replace(sheet.review, ticks=desk.store.choices.ticks(desk.team.id, export.id))
    view = current_view(sheet)
    return Work(sheet, review, sheet.chosen(review.ticks), view, sheet.find(view))


def _sheet(desk: Desk, export: ExportId) -> Worksheet:
    reviews = installation().reviews
    if (kept := reviews.kept(desk, export)) is not None:
        return kept
    with st.spinner("Comparing the export with ConnectWise …"):
        return reviews.sheet(desk, export)


def offer_push(desk: Desk, export: ExportRecord, chosen: int) -> None:
    """Offer to go on to the plan of the checked rows; nothing is written by that."""
    if desk.person.may(Permission.MANAGE) and st.button(
        f"Push {chosen:,} changes to ConnectWise",
        type="primary",
        icon=":material/publish:",
        disabled=not chosen,
        help="Nothing is written yet: the changes are shown first, and confirmed.",
    ):
        time.sleep(_GATHERED)
        st.switch_page("pages/push.py", query_params={PARAMETER: str(export.id)})


def show_snapshot_age(desk: Desk, review: Review) -> None:
    """Say how old the ConnectWise side of the comparison is, and what moved since the export before."""
    taken = review.snapshot.taken_at
    said = [f"ConnectWise as of {moment(taken)} ({age(taken)})."]
    compared = review.compared
    if compared is not None and not compared.same_rows:
        said.append(f"Since {compared.export.name}: {moved(compared, not review.preview.incomplete)}.")
    st.caption(plain(" ".join(said)))
    if pushed_since(desk, taken):
        st.page_link(
            "pages/snapshot.py", label="Pushed since then: scan again", icon=":material/photo_camera:"
        )


def show_banner(desk: Desk, review: Review) -> None:
    """Say that the scan or the export may lack something, with the numbers; a person may declare the file."""
    export = review.export
    show_suspicion(review.snapshot)
    if export.declared:
        st.caption(f":material/verified: Declared complete: {plain(export.declared)}")
    if not review.preview.incomplete:
        return
    with st.container(border=True):
        st.warning(
            f"**Incomplete export: orphans are not looked for.** {plain(review.preview.incomplete)}",
            icon=":material/warning:",
        )
        if not desk.person.may(Permission.MANAGE):
            return
        with st.form("complete", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            reason = st.text_input(
                "Why the file is complete all the same",
                placeholder="For example: 14 tenants moved to another partner",
                help="The reason is kept in the audit log.",
            )
            if st.form_submit_button("Declare complete", icon=":material/verified:"):
                with explained():
                    declare_complete(desk, export.id, reason)
                    done("The export counts as complete now; orphans are looked for.")


def show_unmapped(review: Review) -> None:
    """Say how many rows wait for a license mapping, with the way to make it."""
    waiting = review.preview.totals.by_status.get(Status.LICENSE_UNMAPPED, 0)
    if not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{counted(waiting, 'row')} {'waits' if waiting == 1 else 'wait'} for a license mapping."
        st.markdown(f":material/conversion_path: **{said}**", width="content")
        st.page_link("pages/mappings.py", label="Map the licenses", icon=":material/arrow_forward:")
