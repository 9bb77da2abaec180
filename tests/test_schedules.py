"""When scans start by themselves: expressions, due times over changes of the clock, and who may save one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter  # type: ignore[import-untyped]
from hypothesis import assume, given
from hypothesis import strategies as st

from seatsync.errors import InvalidChoice, NotPermitted
from seatsync.people import Role
from seatsync.schedules import last_due, next_due, read_cron, save_schedule, schedule_of, told
from seatsync.store import SqlStore
from tests.test_previews import desk_of

BERLIN = "Europe/Berlin"
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONES = st.sampled_from(
    ["UTC", BERLIN, "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
MOMENTS = st.integers(0, 10 * 365 * 86400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def at(text: str, zone: str = BERLIN) -> datetime:
    """A time on the zone's clock, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    """One field of an expression: everything, a number, a range, a step or a list."""
    number = st.integers(low, high)
    span = st.tuples(number, number).filter(lambda pair: pair[0] < pair[1]).map(lambda p: f"{p[0]}-{p[1]}")
    step = st.tuples(st.one_of(st.just("*"), span), st.integers(2, 9)).map(lambda p: f"{p[0]}/{p[1]}")
    part = st.one_of(number.map(str), span, step)
    return st.one_of(st.just("*"), part, st.lists(part, min_size=2, max_size=3).map(",".join))


EXPRESSIONS = st.builds(
    lambda minute, *rest: " ".join([str(minute), *rest]),
    st.integers(0, 59),
    fields(0, 23),
    fields(1, 28),
    fields(1, 12),
    fields(0, 6),
)


@given(EXPRESSIONS, ZONES, MOMENTS)
def test_the_next_due_time_is_later_stands_on_the_clock_and_is_then_the_last(
    text: str, zone: str, now: datetime
) -> None:
    cron = read_cron(text)

    due = next_due(cron, zone, now)

    assert due is not None
    assert due > now
    assert last_due(cron, zone, due) == due
    before = last_due(cron, zone, due - timedelta(microseconds=1))
    assert before is not None
    assert before <= now, "nothing is due between now and the next"
    local = due.astimezone(ZoneInfo(zone))
    skipped = local.utcoffset() != (local - timedelta(days=1)).utcoffset()
    assert skipped or (local.hour in cron.hours and local.minute == cron.minute and cron.falls_on(local))


@given(EXPRESSIONS, MOMENTS)
def test_due_times_are_those_of_another_reader_of_cron(text: str, now: datetime) -> None:
    due, cron = now, read_cron(text)
    # The other takes a list of all seven days for the lack of one, but only beside certain days of the month.
    assume(len(cron.weekdays) < 7 or text.endswith(" *"))
    other = croniter(text, now)
    for _ in range(5):
        found = next_due(cron, "UTC", due)
        assert found == other.get_next(datetime)
        assert found is not None
        due = found


@given(st.text(max_size=60) | st.from_regex(r"([0-9*/,a-z-]{1,6} ){4}[0-9*/,a-z-]{1,6}", fullmatch=True))
def test_whatever_is_typed_is_a_schedule_or_told_in_a_sentence(text: str) -> None:
    try:
        cron = read_cron(text)
    except InvalidChoice as error:
        said = str(error)
    else:
        said = f"{cron.words}."
        assert read_cron(cron.text) == cron
        assert next_due(cron, "UTC", SUNDAY) is not None
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 6 * * 1", "every Monday at 06:00 Europe/Berlin; next: Mon 2026-11-23 06:00"),
        ("0 6 * * 7", "every Sunday at 06:00 Europe/Berlin; next: Sun 2026-11-29 06:00"),
        ("30 22 * * *", "every day at 22:30 Europe/Berlin; next: Sun 2026-11-22 22:30"),
        ("0 6,18 * * 1-3", "every Monday, Tuesday and Wednesday at 06:00 and 18:00"),
        ("0 6 * * FRI-sun", "every Friday, Saturday and Sunday at 06:00"),
        ("15 * * * *", "every hour at minute 15 Europe/Berlin"),
        ("0 * * * 1", "every hour at minute 0, every Monday Europe/Berlin"),
        ("0 6 1,15 * *", "on day 1 and 15 of the month at 06:00"),
        ("0 6 1 jan,7 *", "on day 1 of the month in January and July at 06:00"),
        ("0 6 * 3 mon", "every Monday in March at 06:00"),
        (
            "0 6 13 * 5",
            "on day 13 of the month and every Friday at 06:00 Europe/Berlin; next: Fri 2026-11-27",
        ),
        ("0 6 29 2 *", "on day 29 of the month in February at 06:00 Europe/Berlin; next: Tue 2028-02-29"),
        (" 0   6 * *\t1 ", "every Monday at 06:00"),
    ],
)
def test_a_schedule_is_told_in_words(text: str, words: str) -> None:
    assert told(read_cron(text), BERLIN, SUNDAY).startswith(words)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "takes five fields"),
        ("@daily", "takes five fields"),
        ("0 6 * * 1 2026", "takes five fields"),
        ("0 24 * * *", 'the hour "24" is not from 0 to 23'),
        ("60 6 * * *", 'the minute "60" is not from 0 to 59'),
        ("0 6 0 * *", 'the day of the month "0" is not from 1 to 31'),
        ("0 6 * 13 *", 'the month "13" is not from 1 to 12'),
        ("0 6 * * 8", 'the day of the week "8" is not from 0 to 7'),
        ("0 6 * * 5-1", 'the day of the week "5-1" is not from 0 to 7'),
        ("0 6 * * xyz", 'the day of the week "xyz" is not from 0 to 7'),
        ("0 mon * * *", 'the hour "mon" is not from 0 to 23'),
        ("0 6 * * funday", 'the day of the week "funday" can\'t be read'),
        ("0 6 l * *", 'the day of the month "l" can\'t be read'),
        ("0 6 * * 1#2", 'the day of the week "1#2" can\'t be read'),
        ("*/0 6 * * *", 'the minute "*/0" can\'t be read'),
        ("0 6 * * \u0661", 'the day of the week "\u0661" can\'t be read'),
        ("5/90 6 * * *", 'the minute "5/90" needs a range or * before the step'),
        ("* 6 * * *", "more than once an hour"),
        ("0,30 6 * * *", "more than once an hour"),
        ("0 6 31 4,6 *", "never comes"),
        ("0 6 30 2 *", "never comes"),
        (f"{'x' * 5000} 6 * * *", "xx…"),
    ],
)
def test_a_wrong_schedule_is_told_with_a_right_one(text: str, why: str) -> None:
    with pytest.raises(InvalidChoice) as caught:
        read_cron(text)
    said = str(caught.value)
    assert why in said
    assert "0 6 * * 1 is every Monday at 06:00" in said or "0 * * * * is every hour" in said
    assert len(said) < 300


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("30 2 * * *", "2026-03-28T12:00", ["2026-03-29T03:30", "2026-03-30T02:30"]),
        ("0 2 * * *", "2026-03-28T12:00", ["2026-03-29T03:00", "2026-03-30T02:00"]),
        ("30 2 * * *", "2026-10-24T12:00", ["2026-10-25T02:30", "2026-10-26T02:30"]),
        ("30 * * * *", "2026-03-29T01:00", ["2026-03-29T01:30", "2026-03-29T03:30", "2026-03-29T04:30"]),
        ("30 * * * *", "2026-10-25T01:00", ["2026-10-25T01:30", "2026-10-25T02:30", "2026-10-25T03:30"]),
    ],
)
def test_a_time_that_the_clock_skips_or_shows_twice_comes_once(text: str, after: str, due: list[str]) -> None:
    cron, now = read_cron(text), at(after)
    for expected in due:
        found = next_due(cron, BERLIN, now)
        assert found == at(expected)
        now = found


def test_of_an_hour_that_comes_twice_the_second_is_past_the_due_time() -> None:
    cron, second = read_cron("30 2 * * *"), at("2026-10-25T02:30") + timedelta(hours=1)
    assert second.astimezone(ZoneInfo(BERLIN)).strftime("%H:%M") == "02:30"
    assert last_due(cron, BERLIN, second) == at("2026-10-25T02:30")
    assert next_due(cron, BERLIN, second) == at("2026-10-26T02:30")


def test_from_29_february_to_the_next_over_2100_is_found() -> None:
    cron = read_cron("0 6 29 2 *")
    due = next_due(cron, "UTC", datetime(2096, 3, 1, tzinfo=UTC))
    assert due == datetime(2104, 2, 29, 6, tzinfo=UTC)
    assert last_due(cron, "UTC", due - timedelta(days=1)) == datetime(2096, 2, 29, 6, tzinfo=UTC)


def test_no_scan_is_scheduled_until_somebody_saves_one(sqlite_store: SqlStore) -> None:
    assert schedule_of(desk_of(sqlite_store)) is None


def test_a_schedule_is_saved_told_and_audited_with_what_was_before(sqlite_store: SqlStore) -> None:
    desk = desk_of(sqlite_store, Role.ADMIN)
    save_schedule(desk, " 0 6 *  * 1 ")
    save_schedule(desk, "0 7 * * *")
    assert schedule_of(desk) == read_cron("0 7 * * *")
    save_schedule(desk, "  ")
    assert schedule_of(desk) is None
    entries = desk.store.audit.entries(desk.team.id, action="schedule.save")
    assert [(entry.before["cron"], entry.after["cron"], entry.result) for entry in entries] == [
        ("", "0 6 * * 1", "ok"),
        ("0 6 * * 1", "0 7 * * *", "ok"),
        ("0 7 * * *", "", "ok"),
    ]
    assert {entry.permission for entry in entries} == {"seatsync:settings.manage"}


def test_a_wrong_schedule_changes_nothing(sqlite_store: SqlStore) -> None:
    desk = desk_of(sqlite_store, Role.ADMIN)
    save_schedule(desk, "0 6 * * 1")
    with pytest.raises(InvalidChoice, match="more than once an hour"):
        save_schedule(desk, "* * * * *")
    assert schedule_of(desk) == read_cron("0 6 * * 1")
    assert len(desk.store.audit.entries(desk.team.id, action="schedule.save")) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.AUDITOR])
def test_whoever_may_not_change_settings_is_refused_and_the_attempt_is_audited(
    sqlite_store: SqlStore, role: Role
) -> None:
    desk = desk_of(sqlite_store, role)
    with pytest.raises(NotPermitted):
        save_schedule(desk, "0 6 * * 1")
    assert desk.store.teams.scan_schedule(desk.team.id) == ""
    (entry,) = desk.store.audit.entries(desk.team.id)
    assert (entry.action, entry.resource, entry.result) == ("schedule.save", "scan schedule", "refused")
