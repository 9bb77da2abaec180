"""Commands that read: preview, match, audit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import WAITING, JsonOption, TeamOption, exit_with, open_desk, pairs
from seatsync.console import answer, print_review, say, table, tell
from seatsync.errors import ExportRefused, InvalidChoice
from seatsync.status import Status

if TYPE_CHECKING:
    from seatsync.previews import Review, Upload

CsvOption = Annotated[Path | None, typer.Option("--csv", help="Also write the table to this CSV file.")]


def preview(
    file: Annotated[Path, typer.Argument(help="The monthly tenant export, CSV or XLSX.")],
    column: Annotated[list[str] | None, typer.Option(help='Settle a column: users="Licensed Users".')] = None,
    complete: Annotated[str, typer.Option(help="Declare the file complete, and why.")] = "",
    csv_: CsvOption = None,
    xlsx: Annotated[Path | None, typer.Option(help="Also write the table to this workbook.")] = None,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Read an export, reconcile it with the last scan, and show what would change."""
    from seatsync import previews
    from seatsync.answers import review_json

    chosen = pairs(column or [], "--column")
    with open_desk(team) as (wiring, desk):
        content = read_file(file, desk.export_limit)
        kept = previews.upload(desk, file.name, content, chosen)
        if complete:
            previews.declare_complete(desk, kept.export.id, complete)
        review = previews.build_preview(desk, kept.export.id)
        _tell_of(kept, review)
        if not wiring.store.choices.mappings(desk.team.id):
            tell("No license is mapped yet. Map them with: python -m seatsync map LICENSE --product ID.")
    _write_files(review, csv_, xlsx)
    if json:
        answer(review_json(review))
    else:
        _print_compared(review)
        print_review(review)
    waits = any(row.status not in (Status.NO_CHANGE, Status.SKIPPED) for row in review.preview.rows)
    exit_with(WAITING if waits or review.preview.incomplete else 0)


def _tell_of(kept: "Upload", review: "Review") -> None:
    """Say what a person should know before the preview: the same file, an old one, chosen columns."""
    from seatsync.column_choices import listed
    from seatsync.file_dates import older_sentence

    export = kept.export
    if kept.repeated:
        tell(
            f"The same file is kept already as export {export.id} ({export.name}), uploaded on "
            f"{export.uploaded_at:%Y-%m-%d} by {export.uploaded_by}. Nothing new was read."
        )
    if review.later is not None:
        tell(f"AN OLDER EXPORT. {older_sentence(export, review.later)}")
    if kept.newly:
        tell(f"Remembered for files with this header: {listed(kept.chosen)}.")
    elif kept.chosen:
        who = f" by {review.header.chosen_by}" if review.header.chosen_by else ""
        tell(f"Read with what was chosen{who} for files with this header: {listed(kept.chosen)}.")


def _print_compared(review: "Review") -> None:
    from seatsync.comparison import moved, remarks
    from seatsync.present import MOVEMENT_COLUMNS, movement_cells

    compared = review.compared
    if compared is None:
        return
    if compared.same_rows:
        say(f"The same rows as {compared.export.name}: this file was only saved anew.")
        return
    whole = not review.preview.incomplete
    say(f"Since {compared.export.name}: {moved(compared, whole)}.")
    if compared.movements:
        table(MOVEMENT_COLUMNS, [movement_cells(movement, whole) for movement in compared.movements])
    for remark in remarks(compared):
        say(remark)
    say("")


def read_file(file: Path, limit: int | None = None) -> bytes:
    """Read a file of at most ``limit`` bytes. Raises ExportRefused with a sentence when it can't be."""
    try:
        if limit is not None:
            from seatsync.vendor_export import check_size

            check_size(file.name, file.stat().st_size, limit)
        return file.read_bytes()
    except IsADirectoryError as error:
        raise ExportRefused(f"{file} is a folder. Give the exported file itself.") from error
    except OSError as error:
        raise ExportRefused(
            f"{file} can't be read ({error.strerror}). Check the path and try again."
        ) from error


def write_file(file: Path, content: bytes) -> None:
    """Write a file. Raises InvalidChoice with a sentence when it can't be."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidChoice(f"{file} can't be written ({error.strerror}). Choose another place.") from error


def _write_files(review: "Review", csv_: Path | None, xlsx: Path | None) -> None:
    if csv_ is None and xlsx is None:
        return
    from seatsync.present import PREVIEW_COLUMNS, preview_cells, to_csv, to_xlsx

    rows = [preview_cells(row) for row in review.preview.rows]
    if csv_ is not None:
        write_file(csv_, to_csv(PREVIEW_COLUMNS, rows))
    if xlsx is not None:
        write_file(xlsx, to_xlsx(PREVIEW_COLUMNS, rows, "Preview"))


def audit(
    action: Annotated[str, typer.Argument(help='"verify" checks the hash chain.')] = "",
    csv_: CsvOption = None,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """List the audit log, or verify that nobody changed it."""
    from seatsync import logbook
    from seatsync.answers import audit_json

    if action not in ("", "verify"):
        raise InvalidChoice(f'The command audit takes nothing or "verify", not "{action}".')
    with open_desk(team) as (_, desk):
        if action == "verify":
            verdict = logbook.verify_log(desk)
            if json:
                answer({"ok": verdict.ok, "entries": verdict.entries, "first_bad": verdict.first_bad})
            elif verdict.ok:
                say(f"All {verdict.entries} entries are as they were written.")
            else:
                say(f"The chain of {verdict.entries} entries breaks at entry {verdict.first_bad}.")
            exit_with(0 if verdict.ok else WAITING)
            return
        entries = logbook.read_log(desk)
    if csv_ is not None:
        from seatsync.present import AUDIT_COLUMNS, audit_cells, to_csv

        write_file(csv_, to_csv(AUDIT_COLUMNS, [audit_cells(entry) for entry in entries]))
    if json:
        answer([audit_json(entry) for entry in entries])
    else:
        table(
            ("Number", "Time", "Who", "Action", "Resource", "Result"),
            [(e.seq, f"{e.at:%Y-%m-%d %H:%M:%S}", e.who, e.action, e.resource, e.result) for e in entries],
        )


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(preview)
    app.command()(audit)
