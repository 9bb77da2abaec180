"""Avanan Seats: upload an export, see what it changes, choose rows, and go on to the push."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import ColumnUnclear
from seatsync.ui.checklist import need_snapshot
from seatsync.ui.compared import show_compared, show_older
from seatsync.ui.details import offer_rows, open_row, show_details
from seatsync.ui.downloads import preview_downloads
from seatsync.ui.filters import forget_filters, offer_view, show_chips, show_search, view_sentence
from seatsync.ui.frame import desk_again, frame, guarded, menu_last
from seatsync.ui.grid import bulk_buttons, show_grid
from seatsync.ui.notices import show_problem
from seatsync.ui.read_panel import show_read_panel
from seatsync.ui.reading import (
    Work,
    offer_push,
    open_work,
    show_banner,
    show_snapshot_age,
    show_unmapped,
)
from seatsync.ui.totals import left_out_sentence, offer_by_status, show_totals, shown_sentence
from seatsync.ui.upload import (
    ask_column,
    choose_export,
    export_shown,
    kept_exports,
    no_export,
    show_refusal,
    show_repeated,
    upload_box,
)

TITLE = "Avanan Seats"
EXPORTS = 430


@st.fragment
def show_work() -> None:
    """Draw all but the title and the menu, which a click here does not draw anew."""
    desk = desk_again(TITLE)
    show_problem()
    exports = kept_exports(desk)
    export = export_shown(exports)
    # Everything is worked out first: what is drawn in one go, the browser paints in one go.
    work = open_work(desk, export) if export else None
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        which, actions = st.container(width=EXPORTS), st.container(horizontal=True, width="content")
    with guarded():
        refusal = upload_box(desk, actions, small=bool(exports))
    with which:
        choose_export(exports, export)
    if refusal is not None:
        show_refusal(refusal, export)
    if isinstance(refusal, ColumnUnclear):
        ask_column(desk, refusal)
        return
    if work is None:
        no_export()
        return
    with actions:
        offer_push(desk, work.review.export, sum(work.chosen))
    above, table = st.container(), st.container()
    with table:
        # The browser gets the table first, which takes it longest, and draws the rest around it.
        if work.lines:
            show_grid(desk, work.sheet, work.lines, work.review.ticks, open_row)
        else:
            st.info("No row fits the filters.", icon=":material/filter_alt_off:")
            st.button("Show all rows", icon=":material/filter_alt_off:", on_click=forget_filters)
    with above:
        show_above(desk, work)
    show_below(desk, work)
    show_details(desk, work.review)


def show_above(desk: Desk, work: Work) -> None:
    """Draw what stands over the table: what to know before reading it, its sums, and its filters."""
    sheet, review = work.sheet, work.review
    show_snapshot_age(desk, review)
    show_repeated(review.export)
    show_older(review)
    show_banner(desk, review)
    show_unmapped(review)
    show_totals(sheet, work.chosen)
    show_chips(sheet)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_search()
        offer_view(sheet)
        bulk_buttons(desk, sheet, work.lines)
        offer_by_status(sheet, work.chosen)
        preview_downloads(desk, review)
    st.caption(shown_sentence(sheet, work.lines, work.chosen) + view_sentence(work.view))


def show_below(desk: Desk, work: Work) -> None:
    """Draw what stands under the table: what has no row, the rows by name, what was read of the export."""
    st.caption(left_out_sentence(work.sheet))
    offer_rows(work.sheet)
    st.subheader("About this export")
    show_read_panel(desk, work.review)
    show_compared(desk, work.review)


desk = frame(TITLE, menu=False)
with menu_last(desk):
    need_snapshot(desk)
    show_work()
