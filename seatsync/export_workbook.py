"""Turn the bytes of an Excel workbook into records of text, one table a sheet."""

import io
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from seatsync.errors import ExportRefused
from seatsync.export_cells import INSTEAD, Record, Table

Value = int | float | str | bool | time | date | datetime | timedelta

_UNPACKED = 256 * 1024 * 1024
_ENTRIES = 5_000
_AREA = 5_000_000
_TEXT = 256 * 1024 * 1024
_PREFIX = rb"(?:[^\s<>/:!?]+:)?"
_PLACE = re.compile(rb"""(?<=[\s"'])r\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_CELL = re.compile(rb"<" + _PREFIX + rb"c[\s/>]")
_ROW = re.compile(rb"<" + _PREFIX + rb"row[\s/>]")
_SHARED = re.compile(rb"<" + _PREFIX + rb"sst[\s/>]")
_ITEM = re.compile(rb"<" + _PREFIX + rb"si[\s/>]")
_VALUE = re.compile(rb"<" + _PREFIX + rb"v[^<>]*>\s*([0-9]{1,9})\s*<")
# Every cell of the usual kind says its place first, and stands within the first 50 columns and 99,999 rows: a
# million of them are looked through in a moment, and take no more than the area allowed, 5,000,000 cells.
_UNUSUAL = re.compile(rb'<c(?:[\t\n\r/>]| (?!r="(?:[A-Z]|A[A-X])[0-9]{1,5}"))')
_CELL_START = rb"""(<c(?=\s)(?:\s+[rs]\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)"""
_ERROR = re.compile(_CELL_START + rb"""\s+t\s*=\s*["']e["']""")
_NOT_COMPUTED = re.compile(
    _CELL_START + rb"""\s*>(<f(?:\s[^<>]*)?>)([^<]*)(</f>)(?:<v\s*/>|<v>\s*</v>)?(?=</c>)"""
)
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
    parts = _unpack(name, content)
    _refuse_huge(name, parts.values())
    try:
        packed = _repack(parts)
        parts.clear()
        book = CalamineWorkbook.from_filelike(packed)
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(name) from error
    for each in sheets:
        try:
            sheet = book.get_sheet_by_name(each.name)
        except (CalamineError, OSError, ValueError) as error:
            raise _damaged(name) from error
        yield Table(
            partial(_records, sheet),
            "xlsx",
            sheet=each.name if len(sheets) > 1 else "",
            hidden=each.visible is not SheetVisibleEnum.Visible,
        )


def _records(sheet: CalamineSheet) -> Iterator[Record]:
    """Yield the rows of a sheet, blank ones included, with the sheet's own row numbers."""
    for line, values in enumerate(sheet.iter_rows(), start=1):
        cells = tuple([value if type(value) is str else _text(value) for value in values])
        if "\x00" in "".join(cells):
            cells = tuple(cell.replace("\x00", "\ufffd") for cell in cells)
        yield Record(line, cells)


def _text(value: Value) -> str:
    """Write a cell as text: whole numbers without a point, dates in ISO form."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _unpack(name: str, content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook that hold its sheets. Raises ExportRefused."""
    if content.count(b"PK\x01\x02") > _ENTRIES:
        raise _too_large(name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_other_archive(name, {entry.filename for entry in entries})
            if any(entry.flag_bits & 1 for entry in entries):
                raise _locked(name)
            # What the directory says is checked before anything is unpacked; no more than that is unpacked.
            if sum(entry.file_size for entry in entries) > _UNPACKED:
                raise _too_large(name)
            wanted = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
            return {entry.filename: _mended(entry.filename, archive.read(entry)) for entry in wanted}
    except _UNZIP_ERRORS as error:
        raise _damaged(name) from error


def _mended(name: str, part: bytes) -> bytes:
    """Make text of errors and of formulas without a result, which the reader takes for blank cells."""
    if not name.startswith("xl/worksheets/"):
        return part
    if b'"e"' in part or b"'e'" in part:
        part = _ERROR.sub(rb'\1 t="str"', part)
    if b"<f" in part:
        part = _NOT_COMPUTED.sub(rb'\1 t="str">\2\3\4<v>#FORMULA! =\3</v>', part)
    return part


def _repack(parts: Mapping[str, bytes]) -> io.BytesIO:
    """Pack the parts anew, so that the reader meets what was checked, whatever the file says elsewhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    packed.seek(0)
    return packed


def _refuse_huge(name: str, parts: Collection[bytes]) -> None:
    """Raise ExportRefused for what takes far more memory when laid out than in the file.

    The reader lays a sheet out as a full rectangle, so that one cell in the last corner takes all memory, and
    copies a shared text into each cell that uses it. Running out of memory there ends the whole process.
    """
    cells = 0
    shared: list[int] = []
    for part in parts:
        area, held = _weigh(part)
        if area > _AREA:
            raise _too_large(name)
        cells += held
        if b"sst" in part and _SHARED.search(part):
            shared += map(len, _ITEM.split(part)[1:])
    longest = max(shared, default=0)
    if cells * longest <= _TEXT:
        return
    used = Counter(int(number) for part in parts for number in _VALUE.findall(part))
    told = sum(used.values())
    copied = sum(used[number] * size for number, size in enumerate(shared))
    if copied + max(cells - told, 0) * longest > _TEXT:
        raise _too_large(name)


def _weigh(part: bytes) -> tuple[int, int]:
    """Return how many cells a sheet takes when laid out, or more, and how many it holds."""
    if b":c" in part or _UNUSUAL.search(part) is not None:
        return _weigh_exactly(part)
    return _AREA, part.count(b"<c ")


def _weigh_exactly(part: bytes) -> tuple[int, int]:
    """Return how many cells a sheet takes when laid out, and how many it holds, whatever its XML is like."""
    places = _PLACE.findall(part)
    cells, rows = len(_CELL.findall(part)), len(_ROW.findall(part))
    width = max(map(_column, {letters for letters, _ in places}), default=0)
    height = max((int(digits[:9]) for digits in {digits for _, digits in places}), default=0)
    if len(places) < cells + rows:  # cells without a place follow the one before
        width += max(len(_CELL.findall(row)) for row in _ROW.split(part))
        height += rows
    return width * height, cells


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
    if "word/document.xml" in entries or "ppt/presentation.xml" in entries:
        raise ExportRefused(f'"{name}" is a Word or PowerPoint document, not a tenant export. {INSTEAD}')
    raise ExportRefused(
        f'"{name}" is a ZIP archive, as the Infinity Portal exports its usage reports, not a tenant export. '
        f"If it holds the tenant list, unpack it and upload that. {INSTEAD}"
    )


def _damaged(name: str) -> ExportRefused:
    """Build the refusal of a workbook that can't be read."""
    return ExportRefused(
        f'"{name}" is a damaged workbook or ZIP archive and can\'t be read. '
        "Export it again and upload the new file."
    )


def _locked(name: str) -> ExportRefused:
    """Build the refusal of an archive that needs a password."""
    return ExportRefused(
        f'"{name}" is an archive protected by a password, which can\'t be read. '
        "Save its content without the password and upload that."
    )


def _too_large(name: str) -> ExportRefused:
    """Build the refusal of a workbook that would take too much memory."""
    return ExportRefused(
        f'"{name}" is too large when unpacked: a cell stands far outside the table, or the sheets hold far '
        "more than a tenant list. Save the table alone as CSV and upload that."
    )
