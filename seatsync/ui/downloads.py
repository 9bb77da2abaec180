"""Download the preview as CSV or XLSX."""

import re

import streamlit as st

from seatsync.desk import Desk
from seatsync.present import PREVIEW_COLUMNS, preview_cells, to_csv, to_xlsx
from seatsync.previews import Review

_UNSAFE = re.compile(r"[^\w.-]+")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def preview_downloads(desk: Desk, review: Review) -> None:
    """Offer every row of the preview, shown or not, as CSV and XLSX; they are written when asked for."""
    stem = review.export.name.rpartition(".")[0] or review.export.name
    name = "-".join(_UNSAFE.sub("-", part).strip("-.") for part in (desk.team.name, stem, "preview"))
    cells = [preview_cells(row) for row in review.preview.rows]
    st.download_button(
        "CSV",
        lambda: to_csv(PREVIEW_COLUMNS, cells),
        f"{name}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        help="Download every row of the preview, shown or not, as CSV.",
    )
    st.download_button(
        "XLSX",
        lambda: to_xlsx(PREVIEW_COLUMNS, cells, "Preview"),
        f"{name}.xlsx",
        _XLSX,
        icon=":material/download:",
        on_click="ignore",
        help="Download every row of the preview, shown or not, as a workbook.",
    )
