"""What moved since the last accepted export, and a word of warning when this one is old."""

import pandas as pd
import streamlit as st

from seatsync.comparison import Comparison, moved, remarks
from seatsync.desk import Desk
from seatsync.file_dates import older_sentence
from seatsync.present import MOVEMENT_COLUMNS, movement_cells
from seatsync.previews import Review
from seatsync.ui.downloads import table_downloads
from seatsync.ui.looks import count_column, text_column
from seatsync.ui.text import plain
from seatsync.ui.upload import open_export
from seatsync.ui.words import moment

_ROW, _HEAD, _MOST = 33, 36, 8


def show_older(review: Review) -> None:
    """Warn that a later export is kept already, with the way to it."""
    later = review.later
    if later is None:
        return
    said = plain(older_sentence(review.export, later))
    with st.container(border=True):
        left, right = st.columns([5, 2], vertical_alignment="center")
        left.markdown(f":orange[:material/history: **An older export.**] {said}")
        right.button(
            "Show the later one",
            icon=":material/arrow_forward:",
            width="stretch",
            on_click=lambda: open_export(later.id),
        )


def show_compared(desk: Desk, review: Review) -> None:
    """Show in one line what moved since the last accepted export, and on demand who."""
    compared = review.compared
    if compared is None:
        return
    before = compared.export
    if compared.same_rows:
        st.caption(
            f":material/content_copy: {plain(before.name)}, uploaded {moment(before.uploaded_at)}, holds the "
            "same rows: this file was only saved anew. Make sure that it is the export you mean."
        )
        return
    unread = f" · {compared.unread:,} can't be compared" if compared.unread else ""
    panel = st.expander(
        f"Since {plain(before.name)}: {moved(compared, not review.preview.incomplete)}{unread}",
        key=f"compared-{review.export.id}",
        icon=":material/compare_arrows:",
        on_change="rerun",
    )
    if panel.open:
        with panel:
            _show_movements(desk, review, compared)


def _show_movements(desk: Desk, review: Review, compared: Comparison) -> None:
    said = [f"Compared with the last accepted export, uploaded {moment(compared.export.uploaded_at)}."]
    if review.preview.incomplete:
        said.append("This file is incomplete: who is missing in it need not be gone.")
    st.caption(plain(" ".join([*said, *remarks(compared)])))
    if not compared.movements:
        return
    rows = [movement_cells(movement, not review.preview.incomplete) for movement in compared.movements]
    frame = pd.DataFrame(rows, columns=list(MOVEMENT_COLUMNS))
    for column in ("Seats before", "Seats now", "Difference"):
        frame[column] = pd.to_numeric(frame[column])
    st.dataframe(
        frame,
        hide_index=True,
        placeholder="",
        height=_HEAD + _ROW * min(len(rows), _MOST),
        column_config={
            "What": text_column("What", 100),
            "Tenant": text_column("Tenant", 190),
            "Portal": text_column("Portal", 180),
            "License": text_column("License", 160),
            "Seats before": count_column("Before", "Paid seats in the export before.", 60),
            "Seats now": count_column("Now", "Paid seats in this export.", 50),
            "Difference": st.column_config.NumberColumn("Diff.", width=50, format="%+,.0f"),
            "Remark": text_column("Remark", 220),
        },
        alt="What moved since the last accepted export",
    )
    with st.container(horizontal=True):
        table_downloads(desk, review.export, "moved", MOVEMENT_COLUMNS, lambda: rows, "this table")
