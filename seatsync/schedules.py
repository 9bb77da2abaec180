"""When a team's scans start by themselves: a cron expression, its due times, and its words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice
from seatsync.people import Permission, Person, Role

SCHEDULE = Person("schedule", Role.OPERATOR)
"""Who starts a scheduled scan, in the journal and in the audit log."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EXAMPLE = "For example, 0 6 * * 1 is every Monday at 06:00."

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_PART = re.compile(
    r"(?:\*|(?P<low>\d{1,2}|[a-z]{3})(?:-(?P<high>\d{1,2}|[a-z]{3}))?)(?:/(?P<step>0?[1-9]|[1-9]\d))?",
    re.ASCII,
)
_WEEKDAY = "day of the week"
_SHOWN = 40
# From one 29 February to the next across 2100, which is no leap year: the longest that anything can wait.
_FARTHEST = 8 * 366
_RESOURCE = "scan schedule"


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression, read: the clock times and days on which something is due, at most once an hour.

    ``weekdays`` counts from Monday, 0. ``either`` says that both kinds of day are restricted, so that a day
    of one kind is enough, as POSIX has it for crontab.
    """

    text: str
    minute: int
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def falls_on(self, day: date) -> bool:
        """Say whether something is due on that day."""
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.weekday() in self.weekdays
        return of_month or of_week if self.either else of_month and of_week

    @property
    def words(self) -> str:
        """The expression in words, without the zone: ``every Monday at 06:00``."""
        days = f"on day {_listed([str(day) for day in sorted(self.days)])} of the month"
        weekdays = f"every {_listed([WEEKDAYS[day] for day in sorted(self.weekdays)])}"
        if self.either:
            said = f"{days} and {weekdays}"
        elif len(self.days) < 31:
            said = days
        else:
            said = weekdays if len(self.weekdays) < 7 else "every day"
        if len(self.months) < 12:
            said += f" in {_listed([_MONTHS[month - 1] for month in sorted(self.months)])}"
        if len(self.hours) == 24:
            hourly = f"every hour at minute {self.minute}"
            return hourly if said == "every day" else f"{hourly}, {said}"
        return f"{said} at {_listed([f'{hour:02}:{self.minute:02}' for hour in self.hours])}"


def read_cron(text: str) -> Cron:
    """Read a cron expression of five fields, as POSIX defines them, with ``/`` steps and English names.

    Raises InvalidChoice for one that can't be read, never comes, or comes more often than once an hour.
    """
    fields = text.split()
    if len(fields) != 5:
        raise InvalidChoice(
            f"{_quoted(text)} is not a schedule: it takes five fields, which are minute, hour, day of the "
            f"month, month and day of the week. {EXAMPLE}"
        )
    minutes = _values(text, fields[0], "minute", 0, 59)
    hours = _values(text, fields[1], "hour", 0, 23)
    days = _values(text, fields[2], "day of the month", 1, 31)
    months = _values(text, fields[3], "month", 1, 12, ["", *_MONTHS])
    # Cron counts from Sunday, and takes 7 for it, too.
    weekdays = _values(text, fields[4], _WEEKDAY, 0, 7, [WEEKDAYS[-1], *WEEKDAYS])
    if len(minutes) > 1:
        raise InvalidChoice(
            f"{_quoted(text)} scans more than once an hour, which loads ConnectWise for nothing. Give one "
            "minute: 0 * * * * is every hour."
        )
    cron = Cron(
        " ".join(fields),
        minute=min(minutes),
        hours=tuple(sorted(hours)),
        days=frozenset(days),
        months=frozenset(months),
        weekdays=frozenset((day - 1) % 7 for day in weekdays),
        either="*" not in fields[2:5:2],
    )
    if next_due(cron, "UTC", datetime(2000, 1, 1, tzinfo=UTC)) is None:
        raise InvalidChoice(f"{_quoted(text)} never comes: no such month has such a day. {EXAMPLE}")
    return cron


def _values(text: str, field: str, what: str, low: int, high: int, names: Sequence[str] = ()) -> set[int]:
    found: set[int] = set()
    for part in field.lower().split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise _wrong(text, what, part, "can't be read")
        first, last, step = match["low"], match["high"], match["step"]
        if step and first and not last:
            raise _wrong(text, what, part, "needs a range or * before the step")
        from_ = _number(first, names) if first else low
        to = _number(last, names) if last else from_ if first else high
        if to == 0 and what == _WEEKDAY:
            to = 7 if from_ else 0
        if not low <= from_ <= to <= high:
            raise _wrong(text, what, part, f"is not from {low} to {high}")
        found.update(range(from_, to + 1, int(step or 1)))
    return found


def _number(word: str, names: Sequence[str]) -> int:
    """Return what a number or the first three letters of a name stand for; -1 for an unknown name."""
    short = [name[:3].lower() for name in names]
    if word.isdigit():
        return int(word)
    return short.index(word) if word in short else -1


def _wrong(text: str, what: str, part: str, why: str) -> InvalidChoice:
    return InvalidChoice(f'{_quoted(text)} is not a schedule: the {what} "{_cut(part)}" {why}. {EXAMPLE}')


def _quoted(text: str) -> str:
    return f'"{_cut(" ".join(text.split()))}"'


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _listed(words: Sequence[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def next_due(cron: Cron, zone: str, after: datetime) -> datetime | None:
    """Return the first due time after a moment, in UTC; None when there is none.

    Due times are read off the zone's clock. One that the clock skips comes as much later as it skips, and of
    one that the clock shows twice the first counts.
    """
    place = ZoneInfo(zone)
    # A day early: a skipped time of day stands on the clock before the moment at which it comes.
    start = after.astimezone(place).date() - timedelta(days=1)
    for day in _days(cron, start, 1):
        for hour in cron.hours:
            due = datetime.combine(day, time(hour, cron.minute), place).astimezone(UTC)
            if due > after:
                return due
    return None


def last_due(cron: Cron, zone: str, until: datetime) -> datetime | None:
    """Return the last due time that has come at a moment, in UTC; None when there is none."""
    place = ZoneInfo(zone)
    start = until.astimezone(place).date() + timedelta(days=1)
    for day in _days(cron, start, -1):
        for hour in reversed(cron.hours):
            due = datetime.combine(day, time(hour, cron.minute), place).astimezone(UTC)
            if due <= until:
                return due
    return None


def _days(cron: Cron, start: date, step: int) -> Iterator[date]:
    listed = (start + timedelta(days=step * count) for count in range(_FARTHEST + 3))
    return (day for day in listed if cron.falls_on(day))


def told(cron: Cron, zone: str, now: datetime) -> str:
    """Say when scans start: ``every Monday at 06:00 Europe/Berlin; next: Mon 2026-11-30 06:00``."""
    due = next_due(cron, zone, now)
    coming = "never" if due is None else f"{due.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"
    return f"{cron.words} {zone}; next: {coming}"


def schedule_of(desk: Desk) -> Cron | None:
    """Return when the team's scans start by themselves; None for never."""
    desk.require(Permission.SEE, "schedule.view", _RESOURCE)
    kept = desk.store.teams.scan_schedule(desk.team.id)
    return read_cron(kept) if kept else None


def save_schedule(desk: Desk, cron: str) -> Cron | None:
    """Save when the team's scans start by themselves; blank for never. Raises InvalidChoice."""
    desk.require(Permission.ADMINISTER, "schedule.save", _RESOURCE)
    wanted = read_cron(cron) if cron.strip() else None
    before = {"cron": desk.store.teams.scan_schedule(desk.team.id)}
    after = {"cron": wanted.text if wanted else ""}
    draft = desk.draft(Permission.ADMINISTER, "schedule.save", _RESOURCE, before, after)
    desk.store.teams.save_scan_schedule(desk.team.id, after["cron"], draft)
    return wanted
