"""Turn the bytes of a delimited file into records of text, whatever its encoding, delimiter and line ends."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from seatsync.errors import ExportRefused

DELIMITERS = (",", ";", "\t")
INSTEAD = "Upload the tenant list, exported as CSV from the Avanan partner portal."
_DAMAGED = "Save or export it again and upload the new file."
_SAMPLE = 4096
_MAGIC = (
    (b"%PDF", "is a PDF document"),
    (b"\x89PNG", "is an image"),
    (b"\xff\xd8\xff", "is an image"),
    (b"GIF8", "is an image"),
    (b"\x1f\x8b", "is a compressed archive"),
    (b"7z\xbc\xaf", "is a compressed archive"),
    (b"Rar!", "is a compressed archive"),
    (b"SQLite format 3", "is a database"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BREAK = re.compile(r"\r\n|\r|\n")
_LINE = re.compile(r"([^\r\n]*+)(?:\r\n|\r|\n|\Z)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_JSON = re.compile(r'[{\[]\s*(?:["{}\[\]]|-?\d|true|false|null)')


class Record(NamedTuple):
    """The cells of one record and the file's own line on which it starts.

    ``damaged`` says that quotes don't pair, ``unclosed`` that the file ends inside a quoted cell. Tuples
    throughout, because the garbage collector lets go of them: a quarter of the time of a large file.
    """

    line: int
    cells: tuple[str, ...]
    damaged: bool = False
    unclosed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One reading of a file: its records under one delimiter, or those of one sheet of a workbook.

    ``records`` starts from the top at each call. ``open_end`` says that the last line has no line break, and
    ``cut`` that the file ends in the middle of a character.
    """

    records: Callable[[], Iterator[Record]]
    encoding: str
    delimiter: str = ""
    sheet: str = ""
    open_end: bool = False
    cut: bool = False


def delimited_tables(name: str, content: bytes) -> Iterator[Table]:
    """Read a delimited file under each delimiter in turn. Raises ExportRefused for anything else."""
    _refuse_known_binary(name, content)
    text, encoding, cut = _decode(name, content)
    _refuse_other_text(name, text)
    # A NUL can't be stored, and dropping it would join digits that were apart.
    text = text.replace("\x00", "\ufffd") + ("\ufffd" if cut else "")
    open_end = not text.endswith(("\r", "\n")) and _BREAK.search(text) is not None
    for delimiter in DELIMITERS:
        yield Table(partial(split_records, text, delimiter), encoding, delimiter, open_end=open_end, cut=cut)


def split_records(text: str, delimiter: str) -> Iterator[Record]:
    """Split text into records, lazily.

    The standard reader is trusted with single lines alone: over a whole file it hides an unclosed quote, and
    its limit on the size of a cell holds for the whole process.
    """
    quoted, plain = _patterns(delimiter)
    position, line = 0, 1
    while position < len(text):
        whole = _LINE.match(text, position)
        assert whole is not None
        simple = _one_line(whole[1], delimiter)
        if simple is not None:
            yield Record(line, tuple(simple))
            position, line = whole.end(), line + 1
            continue
        start, more = position, True
        cells: list[str] = []
        damaged = unclosed = False
        while more:
            if text.startswith('"', position):
                cell = quoted.match(text, position)
                assert cell is not None
                inside, closing, tail, separator = cell.groups()
                unclosed = not closing
                damaged = damaged or bool(tail.strip())
                cells.append(inside.replace('""', '"') + tail)
            else:
                cell = plain.match(text, position)
                assert cell is not None
                inside, separator = cell.groups()
                cells.append(inside)
            position = cell.end()
            more = separator == delimiter
        yield Record(line, tuple(cells), damaged, unclosed)
        line += len(_BREAK.findall(text, start, position))


def _one_line(text: str, delimiter: str) -> list[str] | None:
    """Split a line that is a whole, well-formed record; None when it is not, or is not known to be."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the patterns of one quoted and one plain cell, each ending with its separator."""
    rest = rf"([^{delimiter}\r\n]*+)({delimiter}|\r\n|\r|\n|\Z)"
    return re.compile(r'"([^"]*+(?:""[^"]*+)*+)("?)' + rest), re.compile(rest)


def _refuse_known_binary(name: str, content: bytes) -> None:
    """Raise ExportRefused, by what the first bytes show."""
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise ExportRefused(f'"{name}" {what}, not a tenant export. {INSTEAD}')
    if content.startswith(_OLE):
        raise ExportRefused(
            f'"{name}" is a legacy Excel workbook (.xls) or one with a password, which can\'t be read. '
            "Save it as CSV, or as .xlsx without a password, and upload that."
        )


def _decode(name: str, content: bytes) -> tuple[str, str, bool]:
    """Return the text, the name of its encoding, and whether it ends in the middle of a character."""
    if content.startswith(codecs.BOM_UTF8):
        return _strictly(name, content[3:], "utf-8")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        little = content.startswith(codecs.BOM_UTF16_LE)
        return _strictly(name, content[2:], "utf-16-le" if little else "utf-16-be")
    sample = content[:_SAMPLE]
    high, low = sample[::2].count(0), sample[1::2].count(0)
    # Text in Latin letters as UTF-16 has a zero in about every second byte, always on the same side.
    if max(high, low) * 5 > len(sample) and min(high, low) * 10 < max(high, low):
        return _strictly(name, content, "utf-16-le" if low > high else "utf-16-be")
    try:
        text, used = codecs.utf_8_decode(content, "strict", False)
    except UnicodeDecodeError:
        return _windows(name, content)
    # Bytes left over at the end are half a character of UTF-8, unless nothing else in the file is.
    if used < len(content) and text.isascii():
        return _windows(name, content)
    return text, "utf-8", used < len(content)


def _strictly(name: str, content: bytes, encoding: str) -> tuple[str, str, bool]:
    """Decode as ``encoding``, leaving out half a character at the end. Raises ExportRefused."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(content)
    except UnicodeDecodeError as error:
        raise ExportRefused(
            f'"{name}" is damaged: it is not {encoding.upper()} throughout. {_DAMAGED}'
        ) from error
    return text, encoding.removesuffix("-le").removesuffix("-be"), bool(decoder.getstate()[0])


def _windows(name: str, content: bytes) -> tuple[str, str, bool]:
    """Decode as Windows-1252. Raises ExportRefused."""
    try:
        return content.decode("cp1252"), "windows-1252", False
    except UnicodeDecodeError as error:
        raise ExportRefused(
            f'"{name}" is not a text file in UTF-8, UTF-16 or Windows-1252. {INSTEAD}'
        ) from error


def _refuse_other_text(name: str, text: str) -> None:
    """Raise ExportRefused for an empty file, a page, a JSON answer and bytes that only look like text."""
    head = text[:_SAMPLE].lstrip("\ufeff \t\r\n")
    if not head and not text.strip("\ufeff \t\r\n\x00"):
        raise ExportRefused(f'"{name}" is empty. {INSTEAD}')
    if _PAGE.search(head) and head.startswith("<"):
        raise ExportRefused(
            f'"{name}" is a web page (HTML), perhaps a sign-in or error page of the portal. {INSTEAD}'
        )
    if head.startswith("<"):
        raise ExportRefused(f'"{name}" is an XML document, not a tenant export. {INSTEAD}')
    if _JSON.match(head):
        raise ExportRefused(f'"{name}" is JSON, perhaps an answer of an API. {INSTEAD}')
    if len(_CONTROL.findall(text[:_SAMPLE])) * 10 > len(text[:_SAMPLE]):
        raise ExportRefused(f'"{name}" is a binary file, not a tenant export. {INSTEAD}')
