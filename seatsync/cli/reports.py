"""Write the reports of an operation to files, and say which were written."""

from pathlib import Path
from typing import TYPE_CHECKING

from seatsync.cli.reviews import write_file
from seatsync.console import tell
from seatsync.errors import InvalidChoice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.desk import Desk
    from seatsync.model import OperationId


def write_reports(
    desk: "Desk", operation: "OperationId", csv_: Path | None, xlsx: Path | None, html: Path | None
) -> tuple[str, ...]:
    """Write what is asked for of an operation and return the files written; sheets never replace a file.

    Raises InvalidChoice, before anything is written where it can.
    """
    from seatsync import reports

    if html is not None:
        _check_free(html, reports.page_names(desk, operation))
    written = []
    for file, made in ((csv_, reports.report_csv), (xlsx, reports.report_xlsx)):
        if file is not None:
            known = file.exists()
            write_file(file, made(desk, operation))
            tell(f"{'Replaced' if known else 'Written'}: {file}")
            written.append(str(file))
    if html is not None:
        written += _write_pages(html, reports.report_pages(desk, operation))
    return tuple(written)


def _check_free(folder: Path, names: "Sequence[str]") -> None:
    if folder.exists() and not folder.is_dir():
        raise InvalidChoice(f"{folder} is a file. Give a folder for the evidence sheets.")
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise InvalidChoice(
            f"{folder} holds {there[0]} already, and evidence is not replaced. Give another folder, or move "
            "the old files."
        )


def _write_pages(folder: Path, pages: "Mapping[str, bytes]") -> list[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidChoice(
            f"Folder {folder} can't be made ({error.strerror}). Choose another place."
        ) from error
    for name, content in pages.items():
        write_file(folder / name, content)
        tell(f"Written: {folder / name}")
    return [str(folder / name) for name in pages]
