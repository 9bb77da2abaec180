"""A table of plain text whose rows can be checked, so that a button acts on several at once."""

from typing import Any

import pandas as pd
import streamlit as st

from seatsync.ui.looks import ROW, table_height

_MOST = 12


def height_of(rows: int) -> int:
    """Return the height in pixels of a table of so many rows: at most 12 are seen at once."""
    return table_height(max(rows, 1), _MOST)


def pick_rows(
    cells: pd.DataFrame, key: str, columns: dict[str, Any], alt: str, *, picks: bool
) -> tuple[int, ...]:
    """Show a table and return the places of the rows that are checked; none can be without ``picks``.

    ``key`` must name the rows: what is checked is a place, and must not stay when other rows move there.
    """
    height, places = height_of(len(cells)), range(len(cells))
    if not picks:
        st.dataframe(
            cells, hide_index=True, height=height, row_height=ROW, column_config=columns, alt=alt, key=key
        )
        return ()
    event = st.dataframe(
        cells,
        hide_index=True,
        height=height,
        row_height=ROW,
        column_config=columns,
        alt=alt,
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
    )
    return tuple(row for row in event["selection"]["rows"] if row in places)
