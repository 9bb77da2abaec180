"""What happened to a row's seats: export by export, and push by push."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.line_history import history_of
from seatsync.preview import PreviewRow
from seatsync.ui.looks import ROW, count_column, table_height, text_column
from seatsync.ui.words import moment

_MOST = 8


def show_history(desk: Desk, row: PreviewRow) -> None:
    """Show the exports and the pushes that had to do with a row, newest first."""
    events = history_of(desk, row)
    if not events:
        return
    st.caption("History: quantity by export and by push")
    st.dataframe(
        {
            "When": [moment(event.at) for event in events],
            "Seats": [None if event.seats is None else float(event.seats) for event in events],
            "From": [event.source for event in events],
            "What": [event.what for event in events],
        },
        hide_index=True,
        placeholder="",
        height=table_height(len(events), _MOST),
        row_height=ROW,
        column_config={
            "When": text_column("When", 140),
            "Seats": count_column("Seats", "In the export, or on the line after the push.", 60),
            "From": text_column("From", 170),
            "What": text_column("What", 430),
        },
        alt="History of the row",
    )
