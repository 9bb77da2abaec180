"""Avanan Seats: upload an export, see what it changes, choose rows, and go on to the push."""

import streamlit as st

from seatsync.errors import ColumnUnclear
from seatsync.ui.compared import show_compared, show_older
from seatsync.ui.details import offer_rows, open_row, show_details
from seatsync.ui.downloads import preview_downloads
from seatsync.ui.filters import current_view, forget_filters, offer_view, show_chips, show_search
from seatsync.ui.frame import frame, guarded, menu_last
from seatsync.ui.grid import bulk_buttons, show_grid
from seatsync.ui.notices import show_problem
from seatsync.ui.read_panel import show_read_panel
from seatsync.ui.reading import offer_push, open_sheet, show_banner, show_snapshot_age, show_unmapped
from seatsync.ui.totals import left_out_sentence, offer_by_status, show_totals, shown_sentence
from seatsync.ui.upload import (
    ask_column,
    choose_export,
    kept_exports,
    need_snapshot,
    no_export,
    show_refusal,
    show_repeated,
    upload_box,
)

desk = frame("Avanan Seats", menu=False)
with menu_last(desk):
    show_problem()
    need_snapshot(desk)
    which, upload, push = st.columns([0.5, 0.19, 0.31], vertical_alignment="bottom")
    exports = kept_exports(desk)
    with guarded():
        refusal = upload_box(desk, upload, small=bool(exports))
        with which:
            export = choose_export(exports)
    if refusal is not None:
        show_refusal(refusal, export)
    if isinstance(refusal, ColumnUnclear):
        ask_column(desk, refusal)
        st.stop()
    if export is None:
        no_export()
        st.stop()

    sheet, review = open_sheet(desk, export.id)
    chosen, view = sheet.chosen(review.ticks), current_view(sheet)
    lines = sheet.find(view)
    with push:
        offer_push(desk, export, sum(chosen))
    above, table = st.container(), st.container()
    with table:
        # The browser gets the table first, which takes it longest, and draws the rest around it.
        if lines:
            show_grid(desk, sheet, lines, review.ticks, open_row)
        else:
            st.info("No row fits the filters.", icon=":material/filter_alt_off:")
            st.button("Show all rows", icon=":material/filter_alt_off:", on_click=forget_filters)
    with above:
        show_snapshot_age(desk, review)
        show_repeated(export)
        show_older(review)
        show_banner(desk, review)
        show_unmapped(review)
        show_totals(sheet, chosen)
        show_chips(sheet)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show_search()
            offer_view(sheet, view)
            bulk_buttons(desk, sheet, lines)
            offer_by_status(sheet, chosen)
            preview_downloads(desk, review)
        st.caption(shown_sentence(sheet, lines, chosen))
    st.caption(left_out_sentence(sheet))
    offer_rows(sheet)
    st.subheader("About this export")
    show_read_panel(desk, review)
    show_compared(desk, review)
    show_details(desk, review)
