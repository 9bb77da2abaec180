"""Bytes and tables made at random: a file is read whole or refused, and nothing is invented."""

import csv
import io
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatsync.errors import ExportRefused
from seatsync.export_cells import split_lines, split_records
from seatsync.model import ParsedExport
from seatsync.vendor_export import read_export
from tests.test_export_corpus import EXPECTED, EXPORTS, content_of

SEEDS = tuple(
    content_of(path.name)
    for path in sorted(Path(EXPORTS).iterdir())
    if not path.name.endswith(EXPECTED) and path.stat().st_size < 4_000
)
HEADER = ["Tenant", "Portal", "License", "Users", "Status", "Notes"]
LIMITED = settings(
    max_examples=400, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """Cut, flip, insert or double some bytes of a sample file, up to four times."""
    content = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        size = draw(st.sampled_from([1, 1, 2, 7, 40]))
        match draw(st.sampled_from(["cut", "flip", "insert", "double", "drop"])):
            case "cut":
                content = content[:at]
            case "flip":
                content = (
                    content[:at]
                    + bytes(byte ^ 0x24 for byte in content[at : at + size])
                    + content[at + size :]
                )
            case "insert":
                content = content[:at] + draw(st.binary(min_size=1, max_size=4)) + content[at:]
            case "double":
                content = content[: at + size] + content[at:]
            case _:
                content = content[:at] + content[at + size :]
    return content


def check(content: bytes) -> ParsedExport | None:
    """Read a file and return it; None when it is refused with a sentence."""
    try:
        export = read_export("nov.csv", content)
    except ExportRefused:
        return None
    assert export.rows == len(export.seat_rows) + export.ignored
    lines = [row.line for row in export.seat_rows]
    assert lines == sorted(set(lines))
    for row in export.seat_rows:
        if row.problem is not None:
            assert row.users is None
            assert row.problem.line == row.line
            assert row.problem.cure.endswith(".")
    return export


@LIMITED
@given(spoiled())
def test_a_spoiled_file_is_read_whole_or_refused(content: bytes) -> None:
    check(content)


@LIMITED
@given(st.binary(max_size=300))
def test_random_bytes_are_read_whole_or_refused(content: bytes) -> None:
    check(content)
    check(b"Tenant,License,Users,Status\n" + content)


HOSTILE = st.one_of(
    st.sampled_from("|17|1,204|1 204|12.0|1.5|-3|abc|Paid|POC|Total|Tenant|\u00a0|#N/A|=1+1|'12".split("|")),
    st.sampled_from('"|""|a\nb|\r\n|x;y|a,b|\ufeff|\u200b|Users|License|1\n2|NFR|Expired'.split("|")),
    st.text("ab17é,;\t\"' .\r\n", max_size=6),
)
TABLE = st.lists(st.lists(HOSTILE, min_size=6, max_size=6), min_size=1, max_size=6)


@LIMITED
@given(
    TABLE,
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_cells_come_back_as_they_were_written(
    table: list[list[str]], codec: str, delimiter: str, end: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [HEADER, *table]
    )
    records = list(split_records(split_lines(text.getvalue()), delimiter))
    whole = [record for record in records if not record.damaged]
    if len(whole) == len(records):
        assert [list(record.cells) for record in records] == [HEADER, *table]
    else:  # only a cell that looks like swallowed rows is taken for damage, and then no line is lost
        assert any(re.search(r"[\r\n]", cell) and delimiter in cell for row in table for cell in row)
    export = check(text.getvalue().encode(codec))
    if export is None or len(whole) < len(records):
        return
    starts = [1]
    for row in [HEADER, *table]:
        starts.append(starts[-1] + 1 + sum(len(re.findall(r"\r\n|\r|\n", cell)) for cell in row))
    assert export.rows == len(table)
    for seat in export.seat_rows:
        written = table[starts.index(seat.line) - 1]
        assert seat.users is None or re.sub(r"\D", "", written[3].partition(".")[0]).lstrip("0") == (
            str(seat.users).lstrip("0")
        )
        assert seat.problem is not None or seat.tenant == written[0].strip(" \t\r\n\u00a0\ufeff\u200b")
