"""Workbooks: which sheet is read, what a cell means as text, and files made to take all memory."""

import io
import zipfile

import pytest

from seatsync.errors import ExportRefused
from seatsync.vendor_export import read_export
from tests.test_export_corpus import workbook

HEADER = ["Tenant", "Portal", "License", "Users", "Status"]
PAID = ["Contoso Ltd", "contoso", "Advanced", 17, "Paid"]
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = b"".join(
    b'<c r="%c1" t="inlineStr"><is><t>%s</t></is></c>' % (65 + place, title.encode())
    for place, title in enumerate(HEADER)
)
TEXT = b"<t>" + b"a" * 100_000 + b"</t>"


def refusal(content: bytes) -> str:
    """Return the sentence with which a workbook is refused."""
    with pytest.raises(ExportRefused) as caught:
        read_export("nov.xlsx", content)
    return str(caught.value)


def with_parts(**parts: bytes) -> bytes:
    """Make a workbook of one tenant, with its ``sheet`` or its ``shared`` texts replaced."""
    buffer = io.BytesIO()
    good = workbook({"T": {"rows": [HEADER, PAID]}})
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(buffer, "w", 8) as target:
        for name in source.namelist():
            kind = {"xl/worksheets/sheet1.xml": "sheet", "xl/sharedStrings.xml": "shared"}.get(name, "")
            target.writestr(name, parts.get(kind, source.read(name)))
    return buffer.getvalue()


def sheet(rows: bytes, before: bytes = b"") -> bytes:
    """Write a sheet of the header and some rows."""
    head = b'<row r="1">' + HEAD + b"</row>"
    return b"<worksheet xmlns='%s'>%s<sheetData>%s%s</sheetData></worksheet>" % (MAIN, before, head, rows)


def shared(item: bytes, prefix: bytes = b"") -> bytes:
    """Write shared texts of one long item."""
    space = b"xmlns:x='%s' xmlns='%s'" % (MAIN, MAIN)
    return b"<%ssst %s>%s</%ssst>" % (prefix, space, item, prefix)


@pytest.mark.parametrize(
    "part",
    [
        sheet(b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>", b"<!--<sst-->"),
        sheet(b"<row spans='1:3'r='1048576'><c t='n'r='XFD1048576'><v>1</v></c></row>"),
        sheet(b'<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>'),
        sheet(b"<row r='9'><c r='A2' r='XFD1048576'><v>1</v></c></row>"),
        sheet(b"<row r='9'><x:c xmlns:x='" + MAIN + b"' r='XFD1048576'><x:v>1</x:v></x:c></row>"),
        sheet(b"<row r='1048570'>" + b"<c><v>1</v></c>" * 16_000 + b"</row>"),
    ],
)
def test_a_cell_far_outside_is_seen_however_it_is_written(part: bytes) -> None:
    """The library that reads workbooks would ask for hundreds of gigabytes and end the process."""
    assert "is too large when unpacked" in refusal(with_parts(sheet=part))


@pytest.mark.parametrize(
    "texts",
    [
        shared(b"<si>" + TEXT + b"</si>"),
        shared(b"<x:si>" + TEXT.replace(b"<t>", b"<x:t>").replace(b"</t>", b"</x:t>") + b"</x:si>", b"x:"),
        shared(b"<x:si>" + TEXT + b"</x:si>"),
    ],
)
@pytest.mark.parametrize("number", [b"<v>0</v>", b"<v>&#48;</v>", b"<v xml:space='preserve'> 0 </v>"])
def test_a_shared_text_that_multiplies_is_seen_however_it_is_written(texts: bytes, number: bytes) -> None:
    rows = (b"<row>" + (b"<c t='s'>" + number + b"</c>") * 100 + b"</row>") * 100
    assert "is too large when unpacked" in refusal(with_parts(sheet=sheet(rows), shared=texts))


def test_sizes_that_lie_do_not_get_a_workbook_unpacked() -> None:
    content = bytearray(with_parts(sheet=sheet(b"<row/>" * 100_000)))
    entry = content.rindex(b"xl/worksheets/sheet1.xml")
    content[entry - 22 : entry - 18] = (100).to_bytes(4, "little")  # the size unpacked, in the directory
    assert "is a damaged workbook" in refusal(bytes(content))


def test_an_archive_of_countless_entries_is_refused_unopened() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(5_001):
            archive.writestr(f"{number}", b"")
    assert "is too large when unpacked" in refusal(buffer.getvalue())


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["word/document.xml"], "is a Word or PowerPoint document"),
        (["content.xml", "mimetype"], "is a binary Excel workbook or an OpenDocument file"),
        (["xl/workbook.bin"], "is a binary Excel workbook or an OpenDocument file"),
        (["PAYG Monthly Report.csv"], "is a ZIP archive, as the Infinity Portal exports"),
    ],
)
def test_another_kind_of_archive_is_named(names: list[str], what: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    assert refusal(buffer.getvalue()).startswith(f'"nov.xlsx" {what}')


def test_an_archive_with_a_password_is_said_to_have_one() -> None:
    content = bytearray(with_parts())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(mark) + place] |= 1
    assert "is an archive protected by a password" in refusal(bytes(content))


def test_a_workbook_of_many_columns_and_of_many_rows_is_read() -> None:
    wide = workbook({"T": {"rows": [[*HEADER, *(f"Column {n}" for n in range(60))], PAID]}})
    assert read_export("wide.xlsx", wide).seat_rows[0].users == 17
    deep = with_parts(sheet=sheet(b'<row r="100001"><c r="A100001"><v>1</v></c></row>'))
    assert read_export("deep.xlsx", deep).rows == 100_000


def test_many_cells_share_a_long_text_that_few_of_them_use() -> None:
    rows = [
        [*HEADER, "Notes"],
        [*PAID, "x" * 30_000],
        *([f"T{n}", "", "A", 1, "POC", "y"] for n in range(3_000)),
    ]
    assert read_export("nov.xlsx", workbook({"T": {"rows": rows}})).rows == 3_001
