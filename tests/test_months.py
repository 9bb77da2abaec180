"""Which month an export is of, in which order exports stand, and which one stands for its month."""

from dataclasses import replace
from datetime import UTC, datetime

from seatsync.months import in_time_order, stand_for_months
from tests.holding import export


def names(*exports: str) -> list[str]:
    """The names of exports uploaded in this order, in the order of their time."""
    return [each.export.name for each in in_time_order(export(n, name) for n, name in enumerate(exports, 1))]


def test_the_month_of_the_name_decides_whatever_was_uploaded_when() -> None:
    assert names("a-2026-11.csv", "a-2026-09.csv", "a-2026-10.csv") == [
        "a-2026-09.csv",
        "a-2026-10.csv",
        "a-2026-11.csv",
    ]


def test_a_day_comes_after_an_earlier_day_of_its_month() -> None:
    assert names("a-2026-11-20.csv", "a-2026-11-05.csv") == ["a-2026-11-05.csv", "a-2026-11-20.csv"]


def test_a_name_without_a_day_is_later_than_what_was_uploaded_before_it() -> None:
    assert names("a-2026-11-20.csv", "again-2026-11.csv") == ["a-2026-11-20.csv", "again-2026-11.csv"]
    assert names("again-2026-11.csv", "a-2026-11-20.csv") == ["again-2026-11.csv", "a-2026-11-20.csv"]


def test_a_name_without_a_month_is_of_the_day_of_its_upload_and_says_so() -> None:
    at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    (dated,) = in_time_order([replace(export(1, "tenants.csv"), uploaded_at=at)])
    assert (str(dated.at), str(dated.month), dated.by_upload) == ("2026-10-31", "2026-10", True)


def test_the_last_whole_file_stands_for_its_month() -> None:
    half = replace(export(3, "c-2026-11.csv"), incomplete="half of it is missing")
    files = in_time_order([export(1, "a-2026-11.csv"), export(2, "b-2026-11.csv"), half])
    assert [files[place].export.name for place in stand_for_months(files)] == ["b-2026-11.csv"]


def test_a_month_with_no_whole_file_is_stood_for_by_its_last() -> None:
    half = [replace(export(n, f"{n}-2026-11.csv"), incomplete="half") for n in (1, 2)]
    files = in_time_order([export(9, "z-2026-10.csv"), *half])
    assert [files[place].export.name for place in stand_for_months(files)] == [
        "z-2026-10.csv",
        "2-2026-11.csv",
    ]


def test_a_file_that_is_cut_off_is_not_whole_unless_somebody_says_so() -> None:
    cut = replace(export(1, "a-2026-11.csv"), truncated=True)
    assert [each.whole for each in in_time_order([cut])] == [False]
    assert [each.whole for each in in_time_order([replace(cut, declared="I counted")])] == [True]
