"""A plain row is built at once; it comes out as the closer look at every cell would have it."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.export_cells import Record, Table
from seatsync.export_columns import choose_columns, find_header
from seatsync.export_plain import Known, plain_rows
from seatsync.export_rows import Layout, ignorable, lay_out, row_values, seat_row
from seatsync.vendor_export import read_export

WIDE = ("Tenant", "Portal", "License", "Users", "Status", "Type", "Expiration", "Company", "Region")
HEADERS = (WIDE, ("Tenant", "License", "Users"), ("Expiration", "Users", "License", "Portal", "Tenant"))
PLAIN = ("Contoso", "contoso", "Advanced", "17", "Paid", "", "2026-11-30", "Contoso Ltd", "US")
ODD = " | Contoso |\u00a0Caf\u00e9\u200b|Total|Grand total 14|North total|\u200b| 1,204 |1.5|-3|12.0|\u00a0"
STATES = "POC|Trial|Expired|NFR|Suspended|PAID |#N/A|C# Ltd|#FORMULA! =1|05/04/2026|46356|Tenant|Users"
CELL = st.sampled_from([*PLAIN, *ODD.split("|"), *STATES.split("|")])


def layout_of(header: tuple[str, ...], delimiter: str = ",") -> Layout:
    """Lay out a table that has this header and no row."""

    def records() -> Iterator[Record]:
        yield Record(1, header)

    found = find_header(Table(records, "utf-8", delimiter), {})
    return lay_out(found, choose_columns("nov.csv", found, {}), ())


@settings(max_examples=600, derandomize=True, deadline=None)
@given(st.sampled_from(HEADERS), st.sampled_from([",", ""]), st.lists(CELL, max_size=10), st.booleans())
def test_a_plain_row_is_what_the_closer_look_finds(
    header: tuple[str, ...], delimiter: str, others: list[str], damaged: bool
) -> None:
    layout = layout_of(header, delimiter)
    usual = tuple(PLAIN[WIDE.index(title)] for title in header)
    plain_row = plain_rows(layout)
    for at, cell in enumerate(others):
        cells = (*usual[: at % len(usual)], cell, *usual[at % len(usual) + 1 :])
        for record in (Record(2, cells), Record(3, tuple(others)), Record(4, cells, damaged)):
            row = plain_row(record)
            if row is not None:
                full, values = row_values(record, layout)
                assert row == seat_row(record, full, values, layout, cut=False)
                assert row.problem is None
                assert not ignorable(record, full, values)


@pytest.mark.parametrize("header", HEADERS)
def test_the_usual_row_is_plain_under_each_header(header: tuple[str, ...]) -> None:
    row = plain_rows(layout_of(header))(Record(2, tuple(PLAIN[WIDE.index(title)] for title in header)))
    assert row is not None
    assert (row.tenant, row.tier, row.users) == ("Contoso", "Advanced", Decimal(17))


def test_equal_cells_of_a_column_are_one_text_in_memory() -> None:
    lines = "".join(f"Tenant {n},Email  Protect,1,Paid,EU west\n" for n in range(3))
    rows = read_export("nov.csv", b"Tenant,License,Users,Status,Region\n" + lines.encode()).seat_rows
    assert rows[0].tier is rows[1].tier
    assert rows[0].raw_state is rows[1].raw_state
    assert rows[0].extra["region"] is rows[1].extra["region"]


def test_no_more_than_some_thousands_of_cells_are_remembered() -> None:
    known = Known(str.strip)
    assert [known[f" {number}"] for number in range(5_000)] == [f"{number}" for number in range(5_000)]
    assert len(known) == 4_096
