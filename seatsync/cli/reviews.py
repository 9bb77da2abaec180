"""Commands that read: preview, match, audit."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import WAITING, JsonOption, TeamOption, collect_again, exit_with, open_desk, pairs
from seatsync.console import answer, print_review, say, table, tell
from seatsync.errors import ExportRefused, InvalidChoice
from seatsync.status import Status

if TYPE_CHECKING:
    from seatsync.previews import Review

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
    content = read_file(file)
    with open_desk(team) as (wiring, desk):
        kept = previews.upload(desk, file.name, content, chosen)
        if complete:
            previews.declare_complete(desk, kept.export.id, complete)
        review = previews.build_preview(desk, kept.export.id)
        if kept.repeated:
            tell(f"The same file is kept already as export {kept.export.id}.")
        if not wiring.store.choices.mappings(desk.team.id):
            tell("No license is mapped yet. Map them with: python -m seatsync map LICENSE --product ID.")
    _write_files(review, csv_, xlsx)
    if json:
        answer(review_json(review))
    else:
        print_review(review)
    waits = any(row.status not in (Status.NO_CHANGE, Status.SKIPPED) for row in review.preview.rows)
    exit_with(WAITING if waits or review.preview.incomplete else 0)


def read_file(file: Path) -> bytes:
    """Read a file. Raises ExportRefused with a sentence when it can't be."""
    try:
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


def match(
    tenants: Annotated[Path, typer.Argument(help="CSV with the columns query_id and name.")],
    companies: Annotated[Path, typer.Argument(help="CSV with the columns id and name.")],
    team: TeamOption = "",  # noqa: ARG001 - every command takes it
    json: JsonOption = False,
) -> None:
    """Match tenant names with company names, and say why; nothing is saved."""
    from seatsync.matching import NameIndex

    collect_again()
    queries = _names(tenants, "query_id")
    index = NameIndex(_names(companies, "id"))
    verdicts = [(query, name, index.match(name)) for query, name in queries]
    if json:
        answer(
            [
                {
                    "query_id": query,
                    "decision": verdict.decision.value,
                    "company_id": verdict.chosen,
                    "score": verdict.score,
                    "reason": verdict.reason,
                    "candidates": [
                        {"company_id": c.id, "name": c.name, "score": c.score} for c in verdict.candidates
                    ],
                }
                for query, _, verdict in verdicts
            ]
        )
    else:
        table(
            ("Tenant", "Decision", "Company", "Score", "Reason"),
            [(name, v.decision.value, v.chosen or "", v.score, v.reason) for _, name, v in verdicts],
        )


def _names(file: Path, key: str) -> list[tuple[str, str]]:
    try:
        text = read_file(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportRefused(f"{file} is not UTF-8 text. Save it as CSV in UTF-8.") from error
    reader = csv.DictReader(text.splitlines(keepends=True))
    if not {key, "name"} <= set(reader.fieldnames or ()):
        raise ExportRefused(f"{file} needs the columns {key} and name.")
    return [(row[key] or "", row["name"] or "") for row in reader]


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
    app.command()(match)
    app.command()(audit)
