"""Turn the bytes of an Excel workbook into records of text, one table a sheet."""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from seatsync.errors import ExportRefused
from seatsync.export_cells import INSTEAD, Record, Table

Value = int | float | str | bool | time | date | datetime | timedelta

_UNPACKED = 256 * 1024 * 1024
_AREA = 5_000_000
_TEXT = 1024 * 1024 * 1024
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_UNZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
)


def is_zip(content: bytes) -> bool:
    """Say whether the bytes start as a ZIP file does, as a workbook is one."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def workbook_tables(name: str, content: bytes) -> Iterator[Table]:
    """Read each sheet in turn. Raises ExportRefused for another kind of ZIP file and a damaged workbook."""
    _inspect(name, content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [sheet.name for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(name) from error
    for title in sheets:
        try:
            sheet = book.get_sheet_by_name(title)
        except (CalamineError, OSError, ValueError) as error:
            raise _damaged(name) from error
        yield Table(partial(_records, sheet), "xlsx", sheet=title if len(sheets) > 1 else "")


def _records(sheet: CalamineSheet) -> Iterator[Record]:
    """Yield the rows of a sheet, blank ones included, with the sheet's own row numbers."""
    for line, values in enumerate(sheet.iter_rows(), start=1):
        yield Record(line, tuple(_text(value) for value in values))


def _text(value: Value) -> str:
    """Write a cell as text: whole numbers without a point, dates in ISO form."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _inspect(name: str, content: bytes) -> None:
    """Raise ExportRefused unless the file is a workbook that can be unpacked and laid out in memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_other_archive(name, {entry.filename for entry in entries})
            if sum(entry.file_size for entry in entries) > _UNPACKED:
                raise _too_large(name)
            parts = [_weigh(archive.read(entry)) for entry in entries]
    except _UNZIP_ERRORS as error:
        raise _damaged(name) from error
    # The reader lays a sheet out as a full rectangle: one cell in the last corner would take all memory.
    if max(area for area, _, _ in parts) > _AREA:
        raise _too_large(name)
    if sum(cells for _, cells, _ in parts) * max(longest for _, _, longest in parts) > _TEXT:
        raise _too_large(name)


def _weigh(part: bytes) -> tuple[int, int, int]:
    """Return the area a sheet takes when laid out, its cells, and the longest shared text in bytes."""
    if b"<sst" in part:
        return 0, 0, max(map(len, part.split(b"<si")))
    places = _PLACE.findall(part)
    cells, rows = len(_CELL.findall(part)), len(_ROW.findall(part))
    width = max((_column(letters) for letters in {letters for letters, _ in places}), default=0)
    height = max((int(digits[:9]) for digits in {digits for _, digits in places}), default=0)
    if len(places) < cells + rows:  # cells without a place follow the one before
        width += max(len(_CELL.findall(row)) for row in _ROW.split(part))
        height += rows
    return width * height, cells, 0


def _column(letters: bytes) -> int:
    """Return the number of a column: A is 1, XFD is 16384."""
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number


def _refuse_other_archive(name: str, entries: set[str]) -> None:
    """Raise ExportRefused unless the entries are those of an .xlsx workbook."""
    if "xl/workbook.xml" in entries:
        return
    if "xl/workbook.bin" in entries or "content.xml" in entries:
        raise ExportRefused(
            f'"{name}" is a binary Excel workbook or an OpenDocument file, which can\'t be read. '
            "Save it as CSV or .xlsx and upload that."
        )
    raise ExportRefused(
        f'"{name}" is a ZIP archive, as the Infinity Portal exports its usage reports, not a tenant export. '
        f"{INSTEAD}"
    )


def _damaged(name: str) -> ExportRefused:
    """Build the refusal of a workbook that can't be read."""
    return ExportRefused(
        f'"{name}" is a damaged workbook or ZIP archive and can\'t be read. '
        "Export it again and upload the new file."
    )


def _too_large(name: str) -> ExportRefused:
    """Build the refusal of a workbook that would take too much memory."""
    return ExportRefused(
        f'"{name}" is too large when unpacked: a cell stands far outside the table, or the sheets hold far '
        "more than a tenant list. Save the table alone as CSV and upload that."
    )
