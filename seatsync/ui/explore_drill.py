"""The seat rows behind one row of the pivot, in a drawer."""

import pandas as pd
import streamlit as st

from seatsync.explore import Pivot, PivotRow, drill
from seatsync.holdings import Holdings
from seatsync.provenance import ROW_COLUMNS, row_cells
from seatsync.question import Asked, Dimension
from seatsync.ui.charts import headed
from seatsync.ui.downloads import offer_files
from seatsync.ui.explore_tools import close_row
from seatsync.ui.explore_view import file_name, numbers, value_said
from seatsync.ui.looks import ROW, count_column, table_height, text_column
from seatsync.ui.text import plain

_TALLEST = 14
_WIDTH = 1000


def show_drill(holdings: Holdings, asked: Asked, found: Pivot, team: str) -> None:
    """Show the seat rows behind the row that the address names, if the pivot has it."""
    row = next((each for each in found.rows if each.key == asked.row), None)
    if row is not None:
        _drawer(holdings, asked, found, row, team)


@st.dialog("Seat rows", width=_WIDTH, position="right", on_dismiss=close_row)
def _drawer(holdings: Holdings, asked: Asked, found: Pivot, row: PivotRow, team: str) -> None:
    question = asked.question
    held = drill(holdings, question, row.key)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(question.dimension.label)}**", width="content")
        st.text(row.label, width="content")
    said = [
        f"{headed(column)}: {value_said(cell, asked)}"
        for column, cell in zip(found.columns, row.cells, strict=True)
    ]
    st.caption(f"{question.measure.label} · {plain(' · '.join(said))}")
    cells = [row_cells(each, question.columns, holdings.files) for each in held]
    frame = pd.DataFrame(cells, columns=list(ROW_COLUMNS))
    if not any(each.row.problem for each in held):
        frame = frame.drop(columns="Remark")
    for column in ("Users", "Counted"):
        frame[column] = numbers(list(frame[column]))
    st.dataframe(
        frame,
        hide_index=True,
        row_height=ROW,
        height=table_height(len(cells), _TALLEST),
        placeholder="",
        column_config={
            "Month": text_column("Month", 72),
            "Tenant": text_column("Tenant", 176),
            "License": text_column("License", 160),
            "Users": count_column("Users", "As the export says.", 52),
            "Counted": count_column("Seats", "The seats that count: those of paid rows.", 52),
            "Status": text_column("Status", 122),
            "Portal": text_column("Portal", 132),
            "File": text_column("File", 144),
            "Line": count_column("Line", "The line of the file; the header is line 1.", 46),
            "Remark": text_column("Remark", 300),
        },
        alt="The seat rows behind the line, by tenant, license and month",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        offer_files(f"{file_name(asked, found, team)}-rows", "rows", ROW_COLUMNS, lambda: cells, "these rows")
        _lead_on(question.dimension, row)


def _lead_on(dimension: Dimension, row: PivotRow) -> None:
    """Lead to the rows of the last export that are of the same value, where the preview can be asked so."""
    asked = {
        Dimension.COMPANY: {"company": row.key},
        Dimension.LICENSE: {"license": row.key},
        Dimension.TENANT: {"find": row.label},
    }.get(dimension)
    if asked and row.key not in ("", "none"):
        st.page_link(
            "pages/preview.py",
            label="Show in Avanan Seats",
            icon=":material/table_chart:",
            query_params={**asked, "status": "all"},
        )
