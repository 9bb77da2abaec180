"""Download a table as CSV or XLSX, and the evidence sheets of an operation."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.model import Company, ExportRecord
from seatsync.present import PREVIEW_COLUMNS, Cell, preview_cells, to_csv, to_xlsx
from seatsync.preview_sheet import preview_page
from seatsync.previews import Review
from seatsync.report import companies_of, report_stem, sheet_name
from seatsync.reports import report_csv, report_sheet, report_xlsx, report_zip
from seatsync.ui.session import Keys
from seatsync.ui.text import unique_labels
from seatsync.ui.words import counted
from seatsync.undos import LookBack

_UNSAFE = re.compile(r"[^\w.-]+")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def preview_downloads(desk: Desk, review: Review) -> None:
    """Offer every row of the preview, shown or not, as CSV, as XLSX and as a page to print."""
    panel = st.popover("Download", icon=":material/download:", key=Keys.downloads_open, on_change="rerun")
    if not panel.open:
        return
    with panel:
        st.caption("Every row of the preview, shown or not.")
        table_downloads(
            desk,
            review.export,
            "preview",
            PREVIEW_COLUMNS,
            lambda: map(preview_cells, review.preview.rows),
            "every row of the preview, shown or not",
        )
        st.download_button(
            "Page to print",
            lambda: preview_page(desk.team, review, datetime.now(UTC)).encode(),
            f"{file_stem(desk.team.name, review.export, 'preview')}.html",
            "text/html",
            key="print-preview",
            icon=":material/print:",
            on_click="ignore",
            help="One page by status, for paper or PDF; open it and print.",
        )


def table_downloads(
    desk: Desk,
    export: ExportRecord,
    kind: str,
    columns: Sequence[str],
    rows: Callable[[], Iterable[Sequence[Cell]]],
    what: str,
) -> None:
    """Offer a table as CSV and XLSX, named after team, export and ``kind``; it is written when asked for.

    ``what`` names the rows in the help of the buttons.
    """
    offer_files(file_stem(desk.team.name, export, kind), kind, columns, rows, what)


def offer_files(
    stem: str,
    kind: str,
    columns: Sequence[str],
    rows: Callable[[], Iterable[Sequence[Cell]]],
    what: str,
    sums: Collection[str] = (),
) -> None:
    """Offer a table as CSV and XLSX under a name without its ending; ``sums`` are its columns of money."""
    st.download_button(
        "CSV",
        lambda: to_csv(columns, rows(), sums),
        f"{stem}.csv",
        "text/csv",
        key=f"csv-{kind}",
        icon=":material/download:",
        on_click="ignore",
        help=f"Download {what}, as CSV.",
    )
    st.download_button(
        "XLSX",
        lambda: to_xlsx(columns, rows(), kind.capitalize(), sums),
        f"{stem}.xlsx",
        _XLSX,
        key=f"xlsx-{kind}",
        icon=":material/download:",
        on_click="ignore",
        help=f"Download {what}, as a workbook.",
    )


def file_stem(team: str, export: ExportRecord, kind: str) -> str:
    """Name a file after team, export and kind, with nothing that a file system would stumble on."""
    return safe_name(team, export.name.rpartition(".")[0] or export.name, kind)


def safe_name(*parts: str) -> str:
    """Join the parts of a file name, without what a file system would stumble on."""
    return "-".join(filter(None, (_UNSAFE.sub("-", part).strip("-.") for part in parts)))


def report_downloads(desk: Desk, back: LookBack) -> None:
    """Offer what became of every change as CSV and XLSX, and the evidence sheet of one or every company."""
    run, stem = back.operation, report_stem(desk.team, back.operation)
    st.download_button(
        "CSV",
        partial(report_csv, desk, run.id),
        f"{stem}.csv",
        "text/csv",
        key="report-csv",
        icon=":material/download:",
        on_click="ignore",
        help="Download every change with its source, dates, money and request id, as CSV.",
    )
    st.download_button(
        "XLSX",
        partial(report_xlsx, desk, run.id),
        f"{stem}.xlsx",
        _XLSX,
        key="report-xlsx",
        icon=":material/download:",
        on_click="ignore",
        help="Download every change with its source, dates, money and request id, as a workbook.",
    )
    companies = companies_of(each.outcome for each in back.outcomes)
    _sheet_download(desk, run, companies)


def _sheet_download(desk: Desk, run: Operation, companies: Sequence[Company]) -> None:
    every = f"All {counted(len(companies), 'company', 'companies')} (ZIP)"
    labels = unique_labels(companies, lambda company: company.name)
    chosen = st.selectbox(
        "Evidence sheet of",
        [None, *companies],
        format_func=lambda company: every if company is None else labels[company],
        label_visibility="collapsed",
        key=f"report-company-{run.id}",
        width=260,
    )
    name = f"{report_stem(desk.team, run)}.zip" if chosen is None else sheet_name(desk.team, run, chosen)
    made = (
        partial(report_zip, desk, run.id)
        if chosen is None
        else partial(report_sheet, desk, run.id, chosen.id)
    )
    st.download_button(
        "Evidence sheets" if chosen is None else "Evidence sheet",
        made,
        name,
        "application/zip" if chosen is None else "text/html",
        key="report-sheet",
        icon=":material/description:",
        on_click="ignore",
        help="A page to read, print or send: what, when, who, from which export, before and after.",
    )
