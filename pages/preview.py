"""Avanan Seats: upload an export, see what it changes, choose rows, and go on to the push."""

import streamlit as st

from seatsync.errors import ColumnUnclear
from seatsync.people import Permission
from seatsync.ui.compared import show_compared, show_older
from seatsync.ui.details import open_row, show_details
from seatsync.ui.downloads import preview_downloads
from seatsync.ui.frame import frame, guarded
from seatsync.ui.grid import bulk_buttons, choose_statuses, filter_rows, search_box, show_grid, shown_sentence
from seatsync.ui.notices import show_problem
from seatsync.ui.read_panel import show_read_panel
from seatsync.ui.reading import (
    chosen_rows,
    review_of,
    show_banner,
    show_snapshot_age,
    show_totals,
    show_unmapped,
)
from seatsync.ui.upload import (
    PARAMETER,
    ask_column,
    choose_export,
    need_snapshot,
    no_export,
    show_refusal,
    show_repeated,
    upload_box,
)

desk = frame("Avanan Seats")
show_problem()
need_snapshot(desk)
with guarded():
    left, right = st.columns(2, vertical_alignment="top")
    with left:
        refusal = upload_box(desk)
    with right:
        export = choose_export(desk)
        show_snapshot_age(desk)
if refusal is not None:
    show_refusal(refusal, export)
if isinstance(refusal, ColumnUnclear):
    ask_column(desk, refusal)
    st.stop()
if export is None:
    no_export()
    st.stop()

review = review_of(desk, export.id)
show_repeated(export)
show_older(review)
show_banner(desk, review)
show_read_panel(desk, review)
show_compared(desk, review)
show_unmapped(review)
show_totals(review)

statuses, chosen = choose_statuses(review), len(chosen_rows(review))
with st.container(horizontal=True, vertical_alignment="center"):
    words = search_box()
    if desk.person.may(Permission.MANAGE) and st.button(
        f"Push {chosen:,} changes to ConnectWise",
        type="primary",
        icon=":material/publish:",
        disabled=not chosen,
        help="Nothing is written yet: the changes are shown first, and confirmed.",
    ):
        st.switch_page("pages/push.py", query_params={PARAMETER: str(export.id)})
shown = filter_rows(review, statuses, words)
with st.container(horizontal=True, vertical_alignment="center"):
    bulk_buttons(desk, review, shown)
    preview_downloads(desk, review)
st.caption(shown_sentence(review, shown))
if shown:
    show_grid(desk, review, shown, open_row)
else:
    st.info(
        "No row fits the filter. Choose another status, or clear the search.",
        icon=":material/filter_alt_off:",
    )
show_details(desk, review)
