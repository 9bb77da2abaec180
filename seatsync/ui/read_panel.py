"""What was read of an export: how it adds up, which column was taken for what, and what can't be read."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.column_choices import forget
from seatsync.desk import Desk
from seatsync.export_columns import why_column
from seatsync.model import ExportRecord, SeatRow
from seatsync.people import Permission
from seatsync.present import PROBLEM_COLUMNS, problem_cells
from seatsync.preview import ExportCounts
from seatsync.previews import Review
from seatsync.ui.downloads import table_downloads
from seatsync.ui.frame import done, explained
from seatsync.ui.looks import text_column
from seatsync.ui.session import Keys, get, put
from seatsync.ui.text import plain
from seatsync.ui.upload import FIELDS
from seatsync.ui.words import counted, moment

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ENCODINGS = {"windows-1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_CHOSEN = "Chosen by a person"
_WHY = {"attested name": "The name in the vendor's documents", "alias": "A name that is known for it"}
_ROW, _HEAD, _MOST = 33, 36, 5


def show_read_panel(desk: Desk, review: Review) -> None:
    """Show how the rows of a file add up in one line, and on demand how it was read.

    The panel stands open while a person's choice of a column is told, until it is closed.
    """
    export = review.export
    wanted = bool(review.header.chosen)
    remembered: dict[int, bool] = get(Keys.read_panel, {})
    name = f"read-{export.id}"
    panel = st.expander(
        f"What was read: {_account(review.preview.counts)}{_peculiar(export)}",
        expanded=remembered.get(export.id, wanted),
        key=name,
        icon=":material/description:",
        on_change=lambda: put(Keys.read_panel, {**remembered, export.id: bool(get(name))}),
    )
    if panel.open:
        with panel:
            _show_choice(desk, review)
            if export.notes:
                st.caption("  \n".join(map(plain, export.notes)))
            columns: DeltaGenerator = panel
            problems = _problems(review)
            if problems:
                listed, columns = st.tabs([counted(len(problems), "unreadable row"), "Columns"])
                with listed:
                    _show_problems(desk, export, problems)
            with columns:
                st.caption(_how(export))
                _show_columns(review)


def _problems(review: Review) -> list[SeatRow]:
    found = {part.line: part for row in review.preview.rows for part in row.parts if part.problem is not None}
    return [found[line] for line in sorted(found)]


def _account(counts: ExportCounts) -> str:
    unreadable = f":red[{counts.unreadable:,} unreadable]"
    parts = (
        (counts.paid, f"{counts.paid:,} paid"),
        (counts.skipped, f"{counts.skipped:,} skipped"),
        (counts.expired, f"{counts.expired:,} expired or deleted"),
        (counts.no_charge, f"{counts.no_charge:,} no-charge"),
        (counts.unreadable, unreadable),
        (counts.ignored, f"{counts.ignored:,} blank or totals"),
    )
    return f"{counted(counts.rows, 'row')} = {' + '.join(said for count, said in parts if count)}"


def _peculiar(export: ExportRecord) -> str:
    """Say what the file lacks, so that it is seen while the panel is closed."""
    lacking = [FIELDS[name].casefold() for name in ("state", "portal") if name not in export.columns]
    return "".join(f" · no {name} column" for name in lacking)


def _how(export: ExportRecord) -> str:
    if export.delimiter:
        encoding = _ENCODINGS.get(export.encoding.casefold(), export.encoding.upper())
        delimiter = _DELIMITERS.get(export.delimiter, f'"{export.delimiter}"')
        form = f"{encoding} text, cells parted by {delimiter}"
    else:
        form = "a sheet of a workbook"
    return plain(f"{export.name} · uploaded {moment(export.uploaded_at)} by {export.uploaded_by} · {form}")


def _show_problems(desk: Desk, export: ExportRecord, problems: Sequence[SeatRow]) -> None:
    rows = [problem_cells(row) for row in problems]
    shown = [column for column in PROBLEM_COLUMNS if column != "License"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Not pushed until they are mended in the export. The list to hand on:", width="content")
        table_downloads(
            desk, export, "problems", PROBLEM_COLUMNS, lambda: rows, "the rows that can't be read"
        )
    st.dataframe(
        {column: [row[PROBLEM_COLUMNS.index(column)] for row in rows] for column in shown},
        hide_index=True,
        height=_HEAD + _ROW * min(len(rows), _MOST),
        column_config={
            "Line": st.column_config.NumberColumn(
                width=45, help="The line of the file; its header is line 1."
            ),
            "Tenant": text_column("Tenant", 190),
            "Column": text_column("Column", 65),
            "In the file": text_column("In the file", 90, "The cell as it stands in the file."),
            "How to mend it": text_column("How to mend it", 495),
        },
        alt="Rows that can't be read",
    )


def _show_columns(review: Review) -> None:
    export, header = review.export, review.header
    known = list(FIELDS)
    fields = sorted(export.columns, key=lambda name: known.index(name) if name in known else len(known))
    st.dataframe(
        {
            "Taken for": [FIELDS.get(name, name.capitalize()) for name in fields],
            "Column of the file": [export.columns[name] for name in fields],
            "Why": [_CHOSEN if name in header.chosen else _why(name, export) for name in fields],
        },
        hide_index=True,
        height=_HEAD + _ROW * len(fields),
        column_config={
            "Taken for": text_column("Taken for", 240),
            "Column of the file": text_column("Column of the file", 220),
            "Why": text_column("Why", 400),
        },
        alt="Columns of the file",
    )


def _why(name: str, export: ExportRecord) -> str:
    return _WHY.get(why_column(name, export.columns[name]), _CHOSEN)


def _show_choice(desk: Desk, review: Review) -> None:
    header = review.header
    if not header.chosen:
        return
    listed = ", ".join(
        f'"{column}" as {FIELDS.get(name, name).casefold()}' for name, column in header.chosen.items()
    )
    who = f" by {header.chosen_by}" if header.chosen_by else ""
    when = f" on {header.chosen_at:%Y-%m-%d}" if header.chosen_at else ""
    tail = " for files with this header." if header.remembered else "; not remembered any more."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/person: {plain(f'{listed}: chosen{who}{when}{tail}')}", width="content")
        if (
            header.remembered
            and desk.person.may(Permission.MANAGE)
            and st.button(
                "Choose again",
                icon=":material/undo:",
                help="Forgets the choice; upload the file again to be asked anew.",
            )
        ):
            with explained():
                forget(desk, review.export)
                done("The choice is forgotten. Upload the file again to choose another column.")
