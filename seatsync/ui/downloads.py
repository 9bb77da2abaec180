"""Download a table as CSV or XLSX."""

import re
from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.model import ExportRecord
from seatsync.present import PREVIEW_COLUMNS, Cell, preview_cells, to_csv, to_xlsx
from seatsync.previews import Review

_UNSAFE = re.compile(r"[^\w.-]+")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def preview_downloads(desk: Desk, review: Review) -> None:
    """Offer every row of the preview, shown or not, as CSV and XLSX."""
    cells = [preview_cells(row) for row in review.preview.rows]
    what = "every row of the preview, shown or not"
    table_downloads(desk, review.export, "preview", PREVIEW_COLUMNS, cells, what)


def table_downloads(
    desk: Desk,
    export: ExportRecord,
    kind: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    what: str,
) -> None:
    """Offer a table as CSV and XLSX, named after team, export and ``kind``; it is written when asked for.

    ``what`` names the rows in the help of the buttons.
    """
    name = file_stem(desk.team.name, export, kind)
    st.download_button(
        "CSV",
        lambda: to_csv(columns, rows),
        f"{name}.csv",
        "text/csv",
        key=f"csv-{kind}",
        icon=":material/download:",
        on_click="ignore",
        help=f"Download {what}, as CSV.",
    )
    st.download_button(
        "XLSX",
        lambda: to_xlsx(columns, rows, kind.capitalize()),
        f"{name}.xlsx",
        _XLSX,
        key=f"xlsx-{kind}",
        icon=":material/download:",
        on_click="ignore",
        help=f"Download {what}, as a workbook.",
    )


def file_stem(team: str, export: ExportRecord, kind: str) -> str:
    """Name a file after team, export and kind, with nothing that a file system would stumble on."""
    stem = export.name.rpartition(".")[0] or export.name
    parts = (_UNSAFE.sub("-", part).strip("-.") for part in (team, stem, kind))
    return "-".join(filter(None, parts))
