"""A scan that saw far less than the last is suspected aloud."""

from datetime import UTC, datetime

import pytest

from seatsync.model import Book, Company, CompanyId, Product, ProductId, Snapshot, SnapshotId
from seatsync.suspicion import suspect

from .factories import agreement, line


def snapshot(number: int, companies: int, agreements: int, additions: int, suspicion: str = "") -> Snapshot:
    taken = datetime(2026, 11, number, tzinfo=UTC)
    return Snapshot(SnapshotId(number), taken, companies, agreements, additions, 1, suspicion)


def book(companies: int, agreements: int, additions: int) -> Book:
    return Book(
        {CompanyId(number): Company(CompanyId(number), "A") for number in range(companies)},
        {found.id: found for found in map(agreement, range(agreements))},
        tuple(map(line, range(additions))),
        {ProductId(1): Product(ProductId(1), "A")},
    )


def test_the_first_scan_is_never_suspected() -> None:
    assert suspect(book(0, 0, 0), []) == ""


@pytest.mark.parametrize(
    ("now", "suspected"),
    [
        ((100, 100, 100), False),
        ((80, 80, 80), False),
        ((100, 79, 100), True),
        ((79, 100, 100), True),
        ((100, 100, 0), True),
        ((200, 200, 200), False),
    ],
)
def test_a_fall_of_more_than_a_fifth_is_suspected(now: tuple[int, int, int], suspected: bool) -> None:
    assert bool(suspect(book(*now), [snapshot(1, 100, 100, 100)])) is suspected


def test_a_few_records_less_in_a_small_book_are_no_sharp_fall() -> None:
    assert suspect(book(4, 4, 4), [snapshot(1, 8, 8, 8)]) == ""
    assert suspect(book(8, 0, 0), [snapshot(1, 8, 1, 1)])


def test_the_numbers_and_the_way_out_are_told() -> None:
    said = suspect(book(1000, 300, 2000), [snapshot(7, 1000, 512, 2000)])
    assert said == (
        "ConnectWise shows 300 agreements where there were 512 at the scan of 2026-11-07. Unless so many "
        "were removed, the API member's security role hides the rest: check it, then scan again."
    )


def test_the_same_short_list_is_suspected_again_at_the_next_scan() -> None:
    kept = [snapshot(8, 10, 60, 100, "ConnectWise shows less"), snapshot(7, 10, 100, 100)]
    assert "60 agreements where there were 100" in suspect(book(10, 60, 100), kept)
    assert suspect(book(10, 60, 100), kept[:1]) == ""
