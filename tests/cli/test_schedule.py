"""The command that says and sets when scans start by themselves."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.jobs.installation import Installation

from .conftest import Run
from .test_startup import HEAVY, loaded


def test_without_a_schedule_the_command_says_so(empty: Installation, run: Run) -> None:
    assert run("schedule").out == "No scan starts by itself.\n"
    assert json.loads(run("schedule", "--json").out) == {"cron": "", "timezone": "UTC", "next": None}


def test_a_schedule_is_saved_shown_and_switched_off(
    empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSYNC_TIMEZONE", "Europe/Berlin")

    saved = run("schedule", "0 6 * * mon")
    assert (saved.code, saved.err) == (0, "")
    assert saved.out.startswith("Scans start every Monday at 06:00 Europe/Berlin; next: Mon ")
    assert run("schedule").out == saved.out

    shown = json.loads(run("schedule", "--json").out)
    assert (shown["cron"], shown["timezone"]) == ("0 6 * * mon", "Europe/Berlin")
    due = datetime.strptime(shown["next"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert due > datetime.now(UTC)
    assert due.astimezone(ZoneInfo("Europe/Berlin")).strftime("%A %H:%M") == "Monday 06:00"

    assert run("schedule", "--off").out == "No scan starts by itself.\n"
    assert json.loads(run("schedule", "--json").out)["next"] is None


def test_a_schedule_goes_by_the_clock_and_not_by_the_fixed_date(
    empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSYNC_TODAY", "2020-01-01")
    shown = json.loads(run("schedule", "0 6 * * *", "--json").out)
    assert shown["next"] > datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["*/5 * * * *"], "more than once an hour"),
        (["every Monday"], "takes five fields"),
        ([""], "takes five fields"),
        (["0 6 * * 1", "--off"], "either a schedule or --off"),
        (["--team", "West", "0 6 * * 1"], 'no team "West"'),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence_and_changes_nothing(
    empty: Installation, run: Run, arguments: list[str], said: str
) -> None:
    assert run("schedule", "30 5 * * 2").code == 0
    refused = run("schedule", *arguments)
    assert (refused.code, refused.out) == (1, "")
    assert said in refused.err
    assert json.loads(run("schedule", "--json").out)["cron"] == "30 5 * * 2"


@pytest.mark.parametrize("arguments", [["schedule"], ["schedule", "0 6 * * 1"], ["schedule", "--json"]])
def test_the_command_loads_no_heavy_library(arguments: list[str], scanned: Installation) -> None:
    assert loaded(scanned, *arguments).isdisjoint([*HEAVY, "croniter", "dateutil"])
