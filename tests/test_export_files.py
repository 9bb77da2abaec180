"""Whole files: encodings, delimiters, workbooks, columns to choose, and what is refused by name."""

import csv
import datetime
import hashlib
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import ColumnUnclear, ExportRefused, SeatSyncError
from seatsync.export_columns import why_column
from seatsync.model import SeatRow
from seatsync.vendor_export import check_size, read_export

EXPORTS = Path(__file__).parent / "exports"
HEADER = ["Tenant", "Portal", "License", "Users", "Status", "Expiration"]


def sample(name: str) -> bytes:
    """Read a sample file."""
    return (EXPORTS / name).read_bytes()


def refusal(name: str, content: bytes) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(ExportRefused) as caught:
        read_export(name, content)
    return str(caught.value)


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Write a workbook of these sheets."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


def repacked(content: bytes, old: bytes, new: bytes) -> bytes:
    """Replace bytes in the first sheet of a workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, part.replace(old, new) if name.endswith("sheet1.xml") else part)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("daily_usage_report.csv", "is the daily usage report"),
        ("infinity_usage_table.csv", "is a usage or contract table of the Infinity Portal"),
        ("preview_saved_by_seatsync.csv", "is a preview that SeatSync saved"),
        ("header_only.csv", "holds a header and no tenant below it"),
        ("empty.csv", "is empty"),
        ("sign_in_page.csv", "is a web page (HTML)"),
        ("api_answer.csv", "is JSON"),
        ("damaged_workbook.xlsx", "is a damaged workbook"),
        ("legacy_workbook.xls", "is a legacy Excel workbook (.xls)"),
        ("invoice.pdf", "is a PDF document"),
        ("users_column_twice.csv", 'has two columns called "Users" (columns 4 and 6)'),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence_that_says_what_it_is(name: str, what: str) -> None:
    assert refusal(name, sample(name)).startswith(f'"{name}" {what}')
    assert "pload" in refusal(name, sample(name))


def test_other_text_is_refused_too() -> None:
    assert "is an XML document" in refusal("nov.csv", b"<?xml version='1.0'?><tenants/>")
    assert "has no column for the tenant name and the license and the number of users" in refusal(
        "nov.csv", b"Dear customer,\nsee above.\n"
    )


def test_a_missing_column_is_named_with_the_headers_found_and_the_names_known() -> None:
    sentence = refusal("no_users_column.csv", sample("no_users_column.csv"))
    assert "has no column for the number of users." in sentence
    assert 'Its columns are "Tenant", "Portal", "License", "Status".' in sentence
    assert "For the number of users: Users, User, User Count, Number of Users, Protected Users." in sentence


def test_a_limit_column_is_never_taken_for_the_seats_even_when_chosen() -> None:
    content = sample("limit_column_only.csv")
    assert "has no column for the number of users" in refusal("limit_column_only.csv", content)
    with pytest.raises(ExportRefused, match="holds a limit, not the number of users"):
        read_export("x.csv", content, columns={"users": "Maximum Licensed Users"})


def test_licensed_users_alone_needs_a_confirmation() -> None:
    content = sample("licensed_users_only.csv")
    with pytest.raises(ColumnUnclear) as caught:
        read_export("nov.csv", content)
    assert (caught.value.field, caught.value.candidates) == ("users", ("Licensed Users",))
    assert str(caught.value) == 'Column "Licensed Users" may hold the users, or something else. Confirm it.'
    assert caught.value.hint == 'For example: --column users="Licensed Users".'
    export = read_export("nov.csv", content, columns={"users": "Licensed Users"})
    assert (export.columns["users"], export.seat_rows[0].users) == ("Licensed Users", 17)


def test_two_columns_that_fit_are_asked_about_and_a_choice_settles_it() -> None:
    content = sample("two_name_columns.csv")
    with pytest.raises(ColumnUnclear, match='Columns "Customer" and "Company" could each hold the tenant'):
        read_export("nov.csv", content)
    row = read_export("nov.csv", content, columns={"tenant": "customer "}).seat_rows[0]
    assert (row.tenant, dict(row.extra)) == ("Contoso US", {"company": "Contoso Ltd"})


@pytest.mark.parametrize(
    ("header", "field", "taken"),
    [
        ("Company,Tenant,License,Users", "tenant", "Tenant"),
        ("Company,License,Users", "tenant", "Company"),
        ("Tenant,License,Package,Users", "tier", "License"),
        ("Tenant,Package,Users", "tier", "Package"),
        ("Tenant,License,Licensed Users,Users,Maximum Licensed Users", "users", "Users"),
        ("Tenant,License,Max Licensed Users,Number_of_users", "users", "Number_of_users"),
        ("Domain,Tenant ID,Portal,Tenant,License,Users", "portal", "Portal"),
        ("Tenant,License,Users,Type,Mode,Status", "state", "Status"),
        ("  TENANT ,license,uSERs,Contract Type", "state", "Contract Type"),
        ("Tenant,License,Users,POC Expiration", "expires", "POC Expiration"),
    ],
)
def test_the_attested_name_wins_and_spelling_of_headers_does_not_matter(
    header: str, field: str, taken: str
) -> None:
    content = f"{header}\n{','.join('1' for _ in header.split(','))}\n".encode()
    assert read_export("nov.csv", content).columns[field] == taken


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"seats": "Users"}, '"seats" is no field of an export'),
        ({"users": "Seats"}, 'has no column "Seats" to take for users. Its columns are "Tenant", "License"'),
        ({"users": ""}, 'has no column "" to take for users'),
        ({"tenant": "Users", "users": "Users"}, "one column is chosen for two fields"),
    ],
)
def test_a_choice_that_cant_be_followed_is_refused(columns: dict[str, str], words: str) -> None:
    with pytest.raises(ExportRefused) as caught:
        read_export("nov.csv", b"Tenant,License,Users\nContoso,Advanced,17\n", columns=columns)
    assert words in str(caught.value)


def test_a_choice_between_columns_of_one_name_is_refused() -> None:
    with pytest.raises(ExportRefused, match='two columns called "Seats"'):
        read_export("x.csv", b"Tenant,License,Seats,Seats\nA,B,1,2\n", columns={"users": "Seats"})


def test_chosen_columns_find_a_header_that_has_no_known_name() -> None:
    content = "Kunde;Paket;Anzahl\nContoso;Advanced;17\n".encode("cp1252")
    export = read_export("x.csv", content, columns={"tenant": "Kunde", "tier": "Paket", "users": "Anzahl"})
    assert export.seat_rows[0].users == Decimal(17)


def test_a_file_over_the_limit_is_refused_with_both_sizes() -> None:
    content = b"x" * (3 * 1024 * 1024)
    with pytest.raises(ExportRefused, match=r'"big.csv" is 3\.1 MB, over the limit of 2\.0 MB\.'):
        read_export("big.csv", content, limit=2 * 1024 * 1024)
    with pytest.raises(ExportRefused, match=r"is 3\.1 MB, over the limit of 1,000 bytes\."):
        read_export("big.csv", content, limit=1000)


def test_a_size_can_be_refused_before_a_file_is_read() -> None:
    check_size("small.csv", 1000, 1000)
    with pytest.raises(ExportRefused, match=r'"big.csv" is 1,001 bytes, over the limit of 1,000 bytes\.'):
        check_size("big.csv", 1001, 1000)


@pytest.mark.parametrize(
    ("field", "header", "why"),
    [
        ("users", "Users", "attested name"),
        ("tier", " license ", "attested name"),
        ("tenant", "Customer Name", "alias"),
        ("state", "Contract type", "alias"),
        ("users", "Licensed Users", "chosen by a person"),
        ("tenant", "Kunde", "chosen by a person"),
    ],
)
def test_it_is_told_why_a_column_was_taken(field: str, header: str, why: str) -> None:
    assert why_column(field, header) == why


@pytest.mark.parametrize("content", [b"a\n" * 500_001, b"," * 20_000 + b"\n"])
def test_far_more_lines_or_cells_than_a_list_has_are_refused(content: bytes) -> None:
    assert "more than" in refusal("nov.csv", content)


def test_quotes_on_every_line_are_read_in_time() -> None:
    lines = b'x","\n' * 20_000
    start = perf_counter()
    export = read_export("nov.csv", b"Tenant,License,Users\n" + lines)
    assert (export.rows, export.truncated) == (20_000, True)
    assert perf_counter() - start < 10  # under 1 s; the margin is for a busy machine


def test_a_zip_that_is_no_workbook_is_taken_for_an_infinity_report() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("PAYG Monthly Report.csv", "Service Name,Monthly Usage\n")
    assert "is a ZIP archive, as the Infinity Portal exports" in refusal("report.csv", buffer.getvalue())


def test_a_workbook_with_broken_parts_is_damaged() -> None:
    rows: list[list[object]] = [["Tenant", "License", "Users"], ["Contoso", "Advanced", 17]]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "no XML")
    assert "is a damaged workbook" in refusal("book.xlsx", buffer.getvalue())
    assert "is a damaged workbook" in refusal("b.xlsx", repacked(workbook({"T": rows}), b"</c>", b"</d>"))
    assert "is a damaged workbook" in refusal("b.xlsx", workbook({"T": rows})[:-40])


def test_a_workbook_that_unpacks_to_far_more_is_refused_before_it_is_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "")
        for number in range(5):
            archive.writestr(f"xl/media/{number}", bytes(60 * 1024 * 1024))
    assert "is too large when unpacked" in refusal("book.xlsx", buffer.getvalue())


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfTenant\xff,License", b"\xff\xfeT\x00\x00\xdcT\x00", b"Caf\xe9 \x81 Tenant"]
)
def test_text_that_breaks_its_own_encoding_is_refused(content: bytes) -> None:
    assert "UTF-" in refusal("nov.csv", content)


@pytest.mark.parametrize("name", ["xl/workbook.bin", "content.xml"])
def test_other_spreadsheets_are_refused_with_the_way_out(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    assert "Save it as CSV or .xlsx" in refusal("book", buffer.getvalue())


@pytest.mark.parametrize("preamble", ["", "\n\n", "sep=;\n", "Tenant report; November 2026\n\n"])
def test_the_header_may_follow_blank_lines_a_title_or_a_separator_line(preamble: str) -> None:
    content = f"{preamble}Tenant;License;Users\nContoso;Advanced;17\n".encode()
    export = read_export("nov.csv", content)
    line = preamble.count("\n") + 2
    assert [(row.line, row.tenant, row.users) for row in export.seat_rows] == [(line, "Contoso", 17)]
    assert (export.delimiter, export.rows) == (";", 1)


def test_a_sample_with_each_fault_keeps_its_other_rows() -> None:
    for name, lines in {
        "last_row_cut_off.csv": [4],
        "comma_not_quoted.csv": [3],
        "same_portal_twice.csv": [2, 3],
        "quote_not_closed.csv": [2],
    }.items():
        export = read_export(name, sample(name))
        assert [row.line for row in export.seat_rows if row.problem] == lines, name
        assert export.truncated == (name == "last_row_cut_off.csv"), name
        assert export.sha256 == hashlib.sha256(sample(name)).hexdigest()


def test_half_a_character_at_the_end_is_a_cut_and_no_other_encoding() -> None:
    content = "Tenant,License,Users\nCafé,Advanced,17\nCafé".encode()[:-1]
    export = read_export("nov.csv", content)
    assert (export.encoding, export.truncated, export.seat_rows[0].tenant) == ("utf-8", True, "Café")
    assert export.seat_rows[1].problem is not None


def test_a_last_accent_of_windows_is_no_cut() -> None:
    content = "Tenant,Users,License\nContoso,17,Café".encode("cp1252")
    export = read_export("nov.csv", content)
    assert (export.encoding, export.truncated, export.seat_rows[0].tier) == ("windows-1252", False, "Café")


def test_a_workbook_is_read_by_its_content_and_every_cell_as_text() -> None:
    day = datetime.date(2026, 11, 30)
    rows: list[list[object]] = [
        HEADER,
        ["Contoso", "contoso", "Advanced", 17, "Paid", day],
        ["Fabrikam", "fabrikam", "Advanced", 1.5, "Paid", 46356],
        ["Tailspin", "tailspin", "Advanced", datetime.time(8, 30), "Paid", ""],
        ["Northwind", 12345, "Advanced", "1,204", "Paid", ""],
    ]
    export = read_export("nov.csv", workbook({"Notes": [["nothing here"]], "Tenants": rows}))
    contoso, fabrikam, tailspin, northwind = export.seat_rows
    assert (contoso.line, contoso.users, contoso.expires) == (2, 17, day)
    assert (fabrikam.users, fabrikam.expires) == (None, day)
    assert str(fabrikam.problem).startswith('Row 3, column "Users": "1.5" is not a whole number.')
    assert tailspin.problem is not None
    assert (northwind.portal, northwind.users) == ("12345", 1204)
    assert (export.encoding, export.delimiter, export.truncated) == ("xlsx", "", False)
    assert export.notes == ('Read from the sheet "Tenants" of the workbook.',)


def test_a_workbook_of_usage_alone_is_refused_by_name() -> None:
    rows: list[list[object]] = [["Day", "Tenant", "Package", "User", "Price (USD)"], ["1", "a", "b", 1, 1]]
    assert "is the daily usage report" in refusal("nov.xlsx", workbook({"Usage": rows}))
    assert "holds no table" in refusal("nov.xlsx", workbook({"Blank": []}))


@pytest.mark.parametrize("corner", [b'r="XFD1048576"', b"r='ZZZZ99999999999999'", b'r="A9999999"'])
def test_a_cell_far_outside_the_table_does_not_take_all_memory(corner: bytes) -> None:
    content = workbook({"T": [["Tenant", "License", "Users"], ["Contoso", "Advanced", 17]]})
    assert "is too large when unpacked" in refusal("nov.xlsx", repacked(content, b'r="C2"', corner))


def test_cells_without_a_place_are_read_in_order() -> None:
    content = workbook({"T": [["Tenant", "License", "Users"], ["Contoso", "Advanced", 17]]})
    for place in (b'r="A2"', b'r="B2"', b'r="C2"'):
        content = repacked(content, place, b"")
    assert read_export("nov.xlsx", content).seat_rows[0].users == 17


def test_a_shared_text_that_multiplies_is_refused() -> None:
    rows = [["Tenant", "License", "Users"], *([["x" * 30_000] * 40] * 1_000)]
    assert "is too large when unpacked" in refusal("nov.xlsx", workbook({"T": rows}))


@pytest.mark.parametrize(
    "content",
    [
        b"Tenant,License,Users\n" + b"A" * 1_000_000 + b",Advanced,17\n",
        b"Tenant,License,Users" + b",x" * 10_000 + b"\nContoso,Advanced,17\n",
        b"Tenant,License,Users\nCon\x00toso,Advanced,17\n",
        b"Tenant,License,Users\n" + b'"' * 1_000_000,
        b"Tenant,License,Users\n" + b'""",' * 200_000,
    ],
)
def test_hostile_text_is_read_in_time_without_a_traceback(content: bytes) -> None:
    limit, start = csv.field_size_limit(), perf_counter()
    assert read_export("nov.csv", content).rows == 1
    assert perf_counter() - start < 5
    assert csv.field_size_limit() == limit


def test_a_nul_never_joins_two_numbers() -> None:
    row = read_export("nov.csv", b"Tenant,License,Users\nContoso,Advanced,1\x002\n").seat_rows[0]
    assert row.users is None
    assert "\x00" not in str(row.problem)


TEXT = st.text("aé Üz&,;'\"\t=\n", max_size=10)
CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


@given(
    st.lists(st.tuples(TEXT, TEXT, TEXT, st.sampled_from(["17", "1,204", "x"])), min_size=1, max_size=5),
    st.sampled_from(CODECS),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_encoding_delimiter_quoting_and_line_ends_do_not_change_the_rows(
    rows: list[tuple[str, ...]], codec: str, delimiter: str, end: str, quoting: int
) -> None:
    def written(delimiter: str, end: str, quoting: int) -> str:
        text = io.StringIO(newline="")
        # The standard writer leaves a line feed bare in a file whose lines end with a carriage return.
        quoting = csv.QUOTE_ALL if end == "\r" else quoting
        writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerows([HEADER, *([*row, "Paid", ""] for row in rows)])
        return text.getvalue()

    plain = read_export("nov.csv", written(",", "\n", csv.QUOTE_ALL).encode())
    other = read_export("nov.csv", written(delimiter, end, quoting).encode(codec))
    assert [told(row) for row in other.seat_rows] == [told(row) for row in plain.seat_rows]
    assert [row.tenant for row in plain.seat_rows] == [row[0].strip() for row in rows]
    assert (other.rows, other.ignored, other.truncated) == (plain.rows, plain.ignored, False)


def told(row: SeatRow) -> tuple[object, ...]:
    """Return what a seat row says, without the raw text of a problem."""
    return (
        row.line,
        row.portal,
        row.tenant,
        row.tier,
        row.users,
        row.state,
        row.problem and row.problem.cure,
    )


VALID = (
    b'Tenant,Portal,License,Users,Status\nContoso,contoso,Advanced,17,Paid\n"Fab, Inc",fab,A,"1,204",POC\n'
)
BOOK = workbook({"T": [HEADER, ["Contoso", "contoso", "Advanced", 17, "Paid", ""]]})


@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=60).map(lambda tail: VALID + tail),
        st.tuples(st.sampled_from([VALID, BOOK]), st.integers(0), st.binary(max_size=4)).map(
            lambda t: t[0][: t[1] % len(t[0])] + t[2] + t[0][t[1] % len(t[0]) + len(t[2]) :]
        ),
    )
)
def test_any_bytes_are_either_read_or_refused_with_a_sentence(content: bytes) -> None:
    try:
        export = read_export("nov.csv", content)
    except SeatSyncError:
        return
    assert export.rows == len(export.seat_rows) + export.ignored
    assert export == read_export("nov.csv", content)
