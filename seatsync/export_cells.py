"""Turn the bytes of a delimited file into records of text, whatever its encoding, delimiter and line ends."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from seatsync.errors import ExportRefused

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
INSTEAD = "Upload the tenant list, exported as CSV from the Avanan partner portal."
_DAMAGED = "Save or export it again and upload the new file."
_SAMPLE = 4096
# A tenant list has one line a tenant; each line costs about a kilobyte of memory, however short it is.
_MOST_LINES = 500_000
_MOST_CELLS = 16_384
_WINDOW = 1_000
_MAGIC = (
    (b"%PDF", "is a PDF document"),
    (b"\x89PNG", "is an image"),
    (b"\xff\xd8\xff", "is an image"),
    (b"GIF8", "is an image"),
    (b"II*\x00", "is an image"),
    (b"MM\x00*", "is an image"),
    (b"\x1f\x8b", "is a compressed archive"),
    (b"BZh", "is a compressed archive"),
    (b"\xfd7zXZ", "is a compressed archive"),
    (b"\x28\xb5\x2f\xfd", "is a compressed archive"),
    (b"7z\xbc\xaf", "is a compressed archive"),
    (b"Rar!", "is a compressed archive"),
    (b"SQLite format 3", "is a database"),
    (b"{\\rtf", "is a Word document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BREAK = re.compile(r"\r\n|\r|\n")
# What str.splitlines takes for a line break and a file of records does not.
_NO_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_PAGE = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|style|title|meta|div|p|table|form|span|center|h[1-6])\b",
    re.IGNORECASE,
)
_JSON = re.compile(r'[{\[]\s*(?:["{}\[\]]|-?\d|true|false|null)')
_MAIL = re.compile(r"(?:(?:Received|Return-Path|Delivered-To|MIME-Version|From|Date|Message-ID): .*\s+){2}")
_INSIDE = re.compile(r'([^"]*+(?:""[^"]*+)*+)("?)')
_PLAIN = {mark: re.compile(rf"([^{mark}\r\n]*+)({mark}?)") for mark in DELIMITERS}
_HIGH = bytes(range(128, 256))
_LATIN_LEADS = (b"\xc2", b"\xc3", b"\xc4", b"\xc5")
_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


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

    ``records`` starts from the top at each call. ``open_end`` says that the last line has no line break,
    ``cut`` that the file ends in the middle of a character, ``hidden`` that nobody sees the sheet.
    """

    records: Callable[[], Iterator[Record]]
    encoding: str
    delimiter: str = ""
    sheet: str = ""
    open_end: bool = False
    cut: bool = False
    hidden: bool = False


def delimited_tables(name: str, content: bytes) -> Iterator[Table]:
    """Read a delimited file under each delimiter in turn. Raises ExportRefused for anything else."""
    _refuse_known_binary(name, content)
    text, encoding, cut = _decode(name, content)
    _refuse_other_text(name, text)
    # A NUL can't be stored, and dropping it would join digits that were apart.
    text = text.replace("\x00", "\ufffd") + ("\ufffd" if cut else "")
    if max(text.count("\n"), text.count("\r")) > _MOST_LINES:
        raise ExportRefused(
            f'"{name}" has more than {_MOST_LINES:,} lines, far more than a tenant list has. {INSTEAD}'
        )
    text = text.removesuffix("\x1a")  # the mark of old programs for the end of a file
    open_end = not text.endswith(("\r", "\n")) and _BREAK.search(text) is not None
    lines = split_lines(text)
    del text  # the lines hold the same letters again
    if any(_cells(line) > _MOST_CELLS for line in lines if len(line) > _MOST_CELLS and '"' not in line):
        raise ExportRefused(f'"{name}" has a line with more than {_MOST_CELLS:,} cells. {INSTEAD}')
    for delimiter in DELIMITERS:
        yield Table(partial(split_records, lines, delimiter), encoding, delimiter, open_end=open_end, cut=cut)


def _cells(line: str) -> int:
    """Count the cells that a line holds at most."""
    return max(map(line.count, DELIMITERS)) + 1


def split_lines(text: str) -> list[str]:
    """Split text into lines, each with its own line break: CR, LF or both."""
    if any(mark in text for mark in _NO_BREAKS):
        return list(io.StringIO(text, newline=""))
    return text.splitlines(keepends=True)


def split_records(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """Split lines into records, lazily.

    The standard reader is trusted with single lines alone: over a whole file it hides an unclosed quote, and
    its limit on the size of a cell holds for the whole process. Where quotes don't pair, the record is its
    first line alone, so that a stray quote does not swallow the rows below it; where the next one stands, the
    row is damaged, too.
    """
    # Hostile quotes could have each line look at all that follow; what is looked at in vain is limited.
    at, spare, doubtful = 0, 20 * _WINDOW, 0
    while at < len(lines):
        if spare <= 0 and '"' in lines[at]:
            yield _lone_record(lines, at, delimiter, doubtful)
            at += 1
            continue
        start, end = at, min(at + min(_WINDOW, max(spare, 1)), len(lines))
        reader = csv.reader(map(lines.__getitem__, range(at, end)), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if reader.line_num != at - start + 1:
                    break
                at += 1
                odd = at <= doubtful and lines[at - 1].count('"') % 2 == 1
                yield Record(at, tuple(cells), odd)
        except csv.Error:
            pass
        if at < end:
            record, taken = _quoted_record(lines, at, delimiter, spare)
            if record.damaged:
                doubtful = max(doubtful, at + taken)
                spare -= taken
            at += 1 if record.damaged else taken
            yield record


def _lone_record(lines: Sequence[str], at: int, delimiter: str, doubtful: int) -> Record:
    """Read a line with quotes as a record of its own, once nothing is left to look at others."""
    record, _ = _quoted_record(lines, at, delimiter, 0)
    odd = at < doubtful and lines[at].count('"') % 2 == 1
    return record._replace(damaged=True) if odd and not record.damaged else record


def _quoted_record(lines: Sequence[str], at: int, delimiter: str, spare: int) -> tuple[Record, int]:
    """Read the record that starts on a line, and say how many lines were looked at."""
    plain = _PLAIN[delimiter]
    line, place, taken = lines[at], 0, 1
    cells: list[str] = []
    damaged = more = False
    while (more or not cells) and len(cells) < _MOST_CELLS:
        inside: list[str] = []
        if line.startswith('"', place):
            place += 1
            while True:
                found = _INSIDE.match(line, place)
                assert found is not None
                inside.append(found[1].replace('""', '"'))
                place = found.end()
                if found[2]:
                    break
                if at + taken == len(lines) or taken > spare:
                    return _first_line(lines[at], at, delimiter, unclosed=at + taken == len(lines)), taken
                line, place, taken = lines[at + taken], 0, taken + 1
        found = plain.match(line, place)
        assert found is not None
        damaged = damaged or bool(inside and found[1].strip())
        cells.append("".join(inside) + found[1])
        place, more = found.end(), bool(found[2])
    swallowed = taken > 1 and any(_holds_a_row(line, delimiter) for cell in cells for line in _inner(cell))
    if ((damaged or swallowed) and taken > 1) or more:
        return _first_line(lines[at], at, delimiter), taken
    return Record(at + 1, tuple(cells), damaged), taken


def _inner(cell: str) -> list[str]:
    """Return the lines of a cell that holds several."""
    lines = cell.splitlines()
    return lines if len(lines) > 1 else []


def _holds_a_row(line: str, delimiter: str) -> bool:
    """Say whether a line inside a cell looks like a whole row: a stray quote hides such from the reader."""
    parts = line.split(delimiter)
    return len(parts) > 2 and any(part.strip().isdigit() for part in parts)


def _first_line(line: str, at: int, delimiter: str, *, unclosed: bool = False) -> Record:
    """Build a damaged record of one line."""
    cells = line.rstrip("\r\n").split(delimiter)
    return Record(at + 1, tuple([cell.removeprefix('"') for cell in cells]), damaged=True, unclosed=unclosed)


def _refuse_known_binary(name: str, content: bytes) -> None:
    """Raise ExportRefused, by what the first bytes show."""
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise ExportRefused(f'"{name}" {what}, not a tenant export. {INSTEAD}')
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            what, cure = "is a workbook protected by a password", "Save it without the password, or as CSV"
        elif "__substg1.0".encode("utf-16-le") in content:
            what, cure = "is an e-mail message of Outlook", "Save its attachment"
        else:
            what, cure = "is a legacy Excel workbook (.xls)", "Save it as CSV or .xlsx"
        raise ExportRefused(f'"{name}" {what}, which can\'t be read. {cure} and upload that.')


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
    # Bytes left over at the end are half a character of UTF-8, unless they may be the only accent of Windows.
    rest = content[used:]
    if len(rest) == 1 and text.isascii() and rest not in _LATIN_LEADS:
        return _windows(name, content)
    return text, "utf-8", bool(rest)


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
    """Decode as Windows-1252. Raises ExportRefused, too for UTF-8 in which a few bytes were spoiled."""
    high = len(content) - len(content.translate(None, _HIGH))
    if 2 * sum(map(len, _PAIR.findall(content))) > high:
        raise ExportRefused(f'"{name}" is damaged: it is not UTF-8 throughout. {_DAMAGED}')
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
    if _MAIL.match(head):
        raise ExportRefused(
            f'"{name}" is an e-mail message. Save its attachment and upload that, if it is the tenant list.'
        )
    if len(_CONTROL.findall(text[:_SAMPLE])) * 10 > len(text[:_SAMPLE]):
        raise ExportRefused(f'"{name}" is a binary file, not a tenant export. {INSTEAD}')
