"""The month that a file name states, and which of two exports is the older one."""

from datetime import UTC, datetime

import pytest

from seatsync.file_dates import file_date, kept_later, older_sentence
from seatsync.model import ExportId, ExportRecord


def export(number: int, name: str, incomplete: str = "") -> ExportRecord:
    """A kept export; the number also gives the day of its upload."""
    at = datetime(2026, 11, number, 9, 30, tzinfo=UTC)
    return ExportRecord(
        ExportId(number), name, "ab", at, "anna", {}, 1, 0, False, "utf-8", ",", incomplete=incomplete
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("avanan-2026-09.csv", "2026-09"),
        ("avanan_2026_09_30.csv", "2026-09-30"),
        ("avanan-2026-9.csv", "2026-09"),
        ("2026.09.30.xlsx", "2026-09-30"),
        ("Tenants sep-2026.xlsx", "2026-09"),
        ("Tenants September 2026 (1).csv", "2026-09"),
        ("Sep 30, 2026.csv", "2026-09-30"),
        ("5sep2026.csv", "2026-09-05"),
        ("2026 sept 5.csv", "2026-09-05"),
        ("tenants-09-2026.csv", "2026-09"),
        ("30-09-2026.csv", "2026-09-30"),
        ("tenants20260930.csv", "2026-09-30"),
        ("202609.csv", "2026-09"),
        ("2026-09-30T1200.csv", "2026-09-30"),
        ("2026-09-01_2026-09-30.csv", "2026-09"),
    ],
)
def test_a_file_name_states_its_month_in_many_ways(name: str, said: str) -> None:
    assert str(file_date(name)) == said


@pytest.mark.parametrize(
    "name",
    [
        "tenants.csv",
        "export (3).csv",
        "03-09-2026.csv",
        "2026-09 saved 2026-11-02.csv",
        "2026-13.csv",
        "2026-02-30.csv",
        "mayfair-2026.csv",
        "id-120260930.csv",
    ],
)
def test_a_file_name_that_states_no_one_month_is_not_guessed_at(name: str) -> None:
    assert file_date(name) is None


def test_an_export_is_old_when_its_name_is_of_an_earlier_month_though_uploaded_later() -> None:
    september, november = export(2, "avanan-2026-09.csv"), export(1, "avanan-2026-11.csv")
    assert kept_later(september, [september, november]) == november
    assert kept_later(november, [september, november]) is None
    assert older_sentence(september, november) == (
        "avanan-2026-09.csv is of 2026-09, and avanan-2026-11.csv of 2026-11 is kept already. "
        "Pushing the older one would bill old numbers."
    )


def test_without_dates_in_both_names_the_upload_decides() -> None:
    first, second = export(1, "tenants.csv"), export(2, "avanan-2026-11.csv")
    assert kept_later(first, [second, first]) == second
    assert kept_later(second, [second, first]) is None
    assert "first uploaded on 2026-11-01 09:30 UTC, and avanan-2026-11.csv after it" in older_sentence(
        first, second
    )


def test_a_month_and_a_day_of_it_are_told_apart_by_the_upload_alone() -> None:
    month, day = export(2, "2026-11.csv"), export(1, "2026-11-30.csv")
    assert kept_later(day, [month, day]) == month
    assert kept_later(month, [month, day]) is None


def test_the_latest_of_several_is_named_and_an_incomplete_one_does_not_count() -> None:
    kept = [
        export(1, "2026-09.csv"),
        export(2, "2026-11.csv"),
        export(3, "2026-10.csv"),
        export(4, "2026-12.csv", "half"),
    ]
    assert kept_later(kept[0], kept) == kept[1]
    assert kept_later(kept[1], kept) is None
