"""Rows of the export: what is read, what is a problem of a row, what is ignored, and nothing is invented."""

import csv
import io
from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import ExportRefused
from seatsync.export_rows import is_total
from seatsync.export_values import trim
from seatsync.model import ParsedExport, SeatRow
from seatsync.status import TenantState
from seatsync.vendor_export import read_export

HEADER = "Tenant,Portal,License,Users,Status,Expiration"


def parsed(*lines: str, header: str = HEADER) -> ParsedExport:
    """Read a file of these lines."""
    return read_export("nov.csv", ("\n".join((header, *lines)) + "\n").encode())


def only(line: str, header: str = HEADER) -> SeatRow:
    """Read a file of one row."""
    (row,) = parsed(line, header=header).seat_rows
    return row


def paid(users: str) -> SeatRow:
    """Read a paid row with this cell under Users."""
    return only(f'Contoso,contoso,Advanced,"{users}",Paid,')


def said(row: SeatRow) -> str:
    """Return the sentence of a row's problem; blank when it has none."""
    return str(row.problem) if row.problem else ""


def test_a_paid_row_is_read_with_all_its_cells() -> None:
    export = parsed('"Contoso, Ltd",contoso,Email Advanced Protect,17,Paid,2026-11-30')
    assert export.seat_rows == (
        SeatRow(
            line=2,
            portal="contoso",
            tenant="Contoso, Ltd",
            tier="Email Advanced Protect",
            users=Decimal(17),
            state=TenantState.PAID,
            raw_state="Paid",
            expires=date(2026, 11, 30),
        ),
    )
    assert export.columns == {
        "tenant": "Tenant",
        "portal": "Portal",
        "tier": "License",
        "users": "Users",
        "state": "Status",
        "expires": "Expiration",
    }
    assert (export.rows, export.ignored, export.truncated, export.notes) == (1, 0, False, ())


@pytest.mark.parametrize(
    ("cell", "users"),
    [
        ("0", 0),
        ("17", 17),
        ("007", 7),
        ("12.0", 12),
        ("12.00", 12),
        ("1,204", 1204),
        ("1 204", 1204),
        ("1\u00a0204", 1204),
        ("1\u202f204", 1204),
        ("1,204.00", 1204),
        ("1,234,567", 1234567),
        (" 17 ", 17),
    ],
)
def test_whole_numbers_are_read_however_they_are_grouped(cell: str, users: int) -> None:
    assert (paid(cell).users, paid(cell).problem) == (Decimal(users), None)


@pytest.mark.parametrize(
    "cell",
    "1.5|-3|+3|abc|-|N/A|Unlimited|1.204|1,2x|12,04|1,20|0,204|1,204 567|1e3|12.|.0|0x1F|(3)|1/2|12 users|"
    "\u0661\u0662|\u00b2|99999999|123456789012345678901234567890123|=17|'17|NaN|Infinity".split("|"),
)
def test_anything_else_on_a_paid_row_is_a_problem_that_quotes_the_cell(cell: str) -> None:
    row = paid(cell)
    assert row.users is None
    assert said(row) == (
        f'Row 2, column "Users": "{cell}" is not a whole number. Correct the export and upload it again.'
    )


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("Contoso,contoso,Advanced,,Paid,", "Users", "The number of users is blank."),
        ("Contoso,contoso,,17,Paid,", "License", "The license is blank."),
        (",contoso,Advanced,17,Paid,", "Tenant", "The tenant name is blank."),
        ("Contoso,contoso,Advanced,17,,", "Status", "The status is blank."),
        ("Contoso,contoso,Advanced,17", "Status", "The status is blank."),
        ("Contoso,contoso,Advanced,17,Suspended,", "Status", '"Suspended" is not a known status.'),
        (
            "Contoso, Inc,contoso,Advanced,17,Paid,2026-11-30",
            "Tenant",
            "a comma inside a cell is probably not quoted.",
        ),
        ('"Contoso" "US",contoso,Advanced,17,Paid,', "Tenant", "quotation marks of this row don't pair"),
    ],
)
def test_a_row_that_cant_be_read_says_where_and_how_to_mend_it(line: str, column: str, words: str) -> None:
    row = only(line)
    assert row.users is None
    assert said(row).startswith(f'Row 2, column "{column}": ')
    assert words in said(row)
    assert said(row).endswith("Correct the export and upload it again.")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Paid|active|LICENSED|PAYG|Pay-As-You-Go|pay as you go|Annual subscription|About to expire", "paid"),
        ("POC|PoC|P.O.C.|Proof of Concept|Trial|in trial|Evaluation|In_Trial", "trial"),
        ("Expired|POC expired|Trial Expired|poc-expired", "expired"),
        ("Deleted|removed", "deleted"),
        ("NFR|Not for resale|not-for-resale", "not_for_resale"),
        ("Unpaid|Not paid|Paid?|Inactive|Paid until May|0|true", "unknown"),
    ],
)
def test_states_are_normalised_and_others_are_unknown(words: str, state: str) -> None:
    for word in words.split("|"):
        row = only(f"Contoso,contoso,Advanced,17,{word},")
        assert (row.state, row.raw_state) == (TenantState(state), word)


@pytest.mark.parametrize("state", ["POC", "NFR", "Expired", "Deleted"])
def test_a_row_that_bills_nothing_needs_neither_users_nor_a_license(state: str) -> None:
    assert only(f"Contoso,contoso,,,{state},").problem is None
    assert only(f"Contoso,contoso,,n/a,{state},").users is None
    assert only(f"Contoso,contoso,,5,{state},").users == 5


def test_a_character_that_cant_be_seen_is_named() -> None:
    assert '"17\u200b" (with the unseen character U+200B) is not a whole number.' in said(paid("17\u200b"))
    assert only("Contoso\u200b, contoso\ufeff,Advanced,17,Paid\u00ad,").key == "contoso"


def test_unused_columns_totals_and_rows_without_a_portal_are_told() -> None:
    export = parsed(
        "Contoso,contoso,Advanced,17,Paid,x",
        "Fabrikam,,Advanced,9,Paid,y",
        "Total,,,26,,",
        header="Tenant,Portal,License,Users,Status,E-mail",
    )
    assert export.notes == (
        'Columns not used: "E-mail".',
        "Taken for totals, not for tenants: line 4.",
        "Without a portal, so that the tenant name is used as key: line 3.",
    )


def test_a_number_that_ends_the_file_is_told_of() -> None:
    content = b"Tenant,Portal,License,Status,Users\nContoso,contoso,Advanced,Paid,17"
    (note,) = read_export("nov.csv", content).notes
    assert note.startswith("The file ends with the number of users of line 2 and no line break")
    assert read_export("nov.csv", content + b"\n").notes == ()


def test_without_a_status_column_every_row_with_a_license_is_paid_and_the_file_says_so() -> None:
    export = parsed("Contoso,c,Advanced,17", "Fabrikam,f,,9", header="Tenant,Portal,License,Users")
    first, second = export.seat_rows
    assert (first.state, first.problem) == (TenantState.PAID, None)
    assert "The license is blank." in said(second)
    assert "state" not in export.columns
    assert export.notes == ("The file has no status column: every row with a license counts as paid.",)


def test_without_a_portal_column_the_name_is_the_key_and_the_file_says_so() -> None:
    export = parsed("Contoso  US,Advanced,17,Paid", header="Tenant,License,Users,Status")
    assert export.seat_rows[0].key == "contoso us"
    assert export.notes == ("The file has no portal column: the tenant name is used as key.",)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("2026-11-30T23:59:59+05:00", date(2026, 11, 30)),
        ("2026/1/5", date(2026, 1, 5)),
        ("30 Nov 2026", date(2026, 11, 30)),
        ("30-nov-2026", date(2026, 11, 30)),
        ("Nov 30, 2026", date(2026, 11, 30)),
        ("November 30 2026", date(2026, 11, 30)),
        ("30/11/2026", date(2026, 11, 30)),
        ("11/30/2026 12:00 AM", date(2026, 11, 30)),
        ("05.05.2026", date(2026, 5, 5)),
    ],
)
def test_a_date_that_reads_in_one_way_is_read(cell: str, day: date) -> None:
    row = only(f'Contoso,contoso,Advanced,17,Paid,"{cell}"')
    assert (row.expires, dict(row.extra)) == (day, {})


@pytest.mark.parametrize(
    "cell", ["05/04/2026", "30/02/2026", "30/11/26", "2026-13-01", "46356", "never", "0", "2026" * 20]
)
def test_any_other_date_is_kept_as_text_and_never_guessed(cell: str) -> None:
    row = only(f"Contoso,contoso,Advanced,17,Paid,{cell}")
    assert (row.expires, dict(row.extra), row.problem) == (None, {"expires": cell}, None)


def test_the_same_portal_and_license_twice_is_a_problem_of_both_rows() -> None:
    export = parsed(
        "Contoso,contoso,Advanced,17,Paid,",
        "Contoso,contoso,advanced,5,Paid,",
        "Contoso Ltd, CONTOSO ,Advanced,0,POC,",
    )
    first, other_tier, twin = export.seat_rows
    assert "The same portal and license stand on line 4 too." in said(first)
    assert "The same portal and license stand on line 2 too." in said(twin)
    assert (first.users, twin.users, twin.state) == (None, None, TenantState.TRIAL)
    assert other_tier.users == 5


def test_twins_without_a_portal_are_listed_as_such_too() -> None:
    export = parsed("Contoso,,Advanced,17,Paid,", "Contoso,,Advanced,5,Paid,")
    assert all("The same tenant and license stand on" in said(row) for row in export.seat_rows)
    assert export.notes == ("Without a portal, so that the tenant name is used as key: lines 2, 3.",)


def test_ended_tenants_may_stand_twice() -> None:
    export = parsed("Contoso,contoso,Advanced,17,Expired,", "Contoso,contoso,Advanced,17,Deleted,")
    assert [row.problem for row in export.seat_rows] == [None, None]


def test_many_equal_rows_name_a_few_of_their_lines() -> None:
    export = parsed(*["Contoso,contoso,Advanced,17,Paid,"] * 500)
    assert "stand on lines 2, 3, 4 and 496 more too." in said(export.seat_rows[-1])
    assert all(row.problem for row in export.seat_rows)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  , ,,",
        ",,,1204,,",
        "Total,,,1204,,",
        "GRAND TOTAL:,,,1204,,",
        "Totals (14),,,1204,,",
        "Sum,,,9,,",
    ],
)
def test_blank_and_totals_rows_are_ignored_and_counted(line: str) -> None:
    export = parsed("Contoso,contoso,Advanced,17,Paid,", line)
    assert (export.rows, export.ignored, len(export.seat_rows)) == (2, 1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "Total Wine,totalwine,Advanced,17,Paid,",
        "Total Wine,,,17,,",
        "Total,total,,,POC,",
        "Total,,,,POC,",
        ",,,17,Paid,",
    ],
)
def test_what_may_be_a_tenant_is_never_taken_for_a_totals_row(line: str) -> None:
    assert parsed(line).ignored == 0


def test_a_blank_named_row_with_a_company_is_not_ignored() -> None:
    row = only(",,,17,,Contoso Ltd", header="Tenant,Portal,License,Users,Status,Company")
    assert row.problem is not None


def test_evidence_columns_are_kept_by_field() -> None:
    row = only(
        "Contoso,contoso,Contoso Ltd,Reseller,us,Paid,Advanced,DLP; Archiving,17,500",
        header="Tenant,Portal,Company,MSP,Region,Status,License,Add-ons,Users,Maximum Licensed Users",
    )
    assert (row.tenant, row.users) == ("Contoso", 17)
    assert row.extra == {
        "company": "Contoso Ltd",
        "msp": "Reseller",
        "region": "us",
        "addons": "DLP; Archiving",
        "limit": "500",
    }


def test_lines_are_those_of_the_file_when_cells_hold_line_breaks() -> None:
    content = 'Report\r\n\r\nTenant,License,Users\r\n"Con\r\ntoso",A,1\r\nFabrikam,A,x\r\n'
    export = read_export("nov.csv", content.encode())
    assert [(row.line, row.tenant) for row in export.seat_rows] == [(4, "Con\r\ntoso"), (6, "Fabrikam")]
    assert said(export.seat_rows[1]).startswith('Row 6, column "Users"')


def test_doubled_quotes_and_formulas_stay_plain_text() -> None:
    row = only('"The ""Best"" Co",=1+1,"=HYPERLINK(""x"")",17,Paid,')
    assert (row.tenant, row.portal, row.tier) == ('The "Best" Co', "=1+1", '=HYPERLINK("x")')


@pytest.mark.parametrize(
    "end",
    [
        "Fabrikam,fabrikam,Advanc",
        "Fabrikam",
        '"Fabrikam',
        'Fabrikam,fabrikam,Advanced,9,Paid,"2026',
        "Fabrikam,fabrikam,Advanced,9,Pa",
    ],
)
def test_a_row_that_is_cut_off_is_unreadable_and_marks_the_file(end: str) -> None:
    export = read_export("nov.csv", f"{HEADER}\nContoso,contoso,Advanced,17,Expired,\n{end}".encode())
    contoso, cut = export.seat_rows
    assert export.truncated
    assert contoso.problem is None
    assert (cut.line, cut.tenant[:8], cut.users) == (3, "Fabrikam", None)
    assert "The file is cut off in this row" in said(cut)


@pytest.mark.parametrize("end", ["Pai", "exp", "Proof of"])
def test_a_last_cell_that_only_begins_a_status_counts_as_cut(end: str) -> None:
    header = "Tenant,License,Users,Status"
    assert read_export("x", f"{header}\nContoso,A,1,Paid\nFabrikam,A,1,{end}".encode()).truncated
    assert not read_export("x", f"{header}\nContoso,A,1,Paid\nFabrikam,A,1,{end}\n".encode()).truncated


@pytest.mark.parametrize(
    "end",
    [
        "Fabrikam,fabrikam,Advanced,9,Paid,",
        "Fabrikam,fabrikam,Advanced,9,Paid,2026-11-30",
        "Fabrikam,fabrikam,Advanced,9,Suspended,",
        "Total,,,1204",
        "  ",
        "Fabrikam,fabrikam\n",
    ],
)
def test_a_whole_last_row_is_not_cut_off(end: str) -> None:
    export = read_export("nov.csv", f"{HEADER}\nContoso,contoso,Advanced,17,Paid,\n{end}".encode())
    assert not export.truncated


def test_a_short_last_row_among_short_rows_is_not_cut_off() -> None:
    content = f"{HEADER}\nContoso,contoso,Advanced,17,Paid\nFabrikam,fabrikam,Advanced,9,Paid"
    assert not read_export("nov.csv", content.encode()).truncated


def test_a_large_export_is_read_within_seconds() -> None:
    lines = (
        f'"Tenant, {i}",portal{i},Email Advanced Protect,"1,{i % 900 + 100}",Paid,' for i in range(20_000)
    )
    content = "\n".join((HEADER, *lines)).encode()
    start = perf_counter()
    export = read_export("nov.csv", content)
    assert perf_counter() - start < 10  # under 1 s; the margin is for a busy machine
    assert len({row.key for row in export.seat_rows if row.problem is None}) == 20_000


def csv_bytes(rows: list[list[str]]) -> bytes:
    """Write rows below the header with the standard writer."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.split(","), *rows])
    return text.getvalue().encode()


CELL = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    st.sampled_from(
        ["", "a\nb", "Total", "Paid", "POC", "Expired", "contoso", "17", "1,204", "-3", "2026-11-30"]
    ),
)


@given(st.lists(st.lists(CELL, max_size=8), min_size=1, max_size=8))
def test_every_row_is_counted_once_and_says_why_it_cant_be_billed(rows: list[list[str]]) -> None:
    try:
        export = read_export("nov.csv", csv_bytes(rows))
    except ExportRefused:
        # Nothing below the header but blank rows, figures and labels of totals.
        assert all(not (tenant := trim(row[0])) or is_total(tenant) for row in rows if row)
        return
    assert export.rows == len(rows) == len(export.seat_rows) + export.ignored
    assert not export.truncated
    for row in export.seat_rows:
        assert row.problem is None or (
            row.users is None and row.problem.cure and row.problem.line == row.line
        )
        billable = row.state is TenantState.PAID and row.problem is None
        assert not billable or (row.users is not None and row.tenant and row.tier)
        assert row.state is not TenantState.UNKNOWN or row.problem


@given(st.one_of(st.text("0123456789,. \u00a0-+xe\u0663", max_size=12), st.text(max_size=6)))
def test_no_number_of_users_is_invented(cell: str) -> None:
    row = only_csv(["Contoso", "contoso", "Advanced", cell, "Paid", ""])
    if row.users is not None:
        whole, _, fraction = cell.strip().partition(".")
        first, *groups = whole.replace(",", " ").split()
        assert set(fraction) <= {"0"}
        assert all(len(group) == 3 for group in groups)
        assert str(row.users) == ("".join([first, *groups]).lstrip("0") or "0")


def only_csv(row: list[str]) -> SeatRow:
    """Read a file of one row, written with the standard writer."""
    (seat_row,) = read_export("nov.csv", csv_bytes([row])).seat_rows
    return seat_row
