"""Which month or day an export is of, by its file name; and whether a later one is kept already."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from seatsync.model import ExportRecord

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = "january|february|march|april|may|june|july|august|september|october|november|december|sept"
_YEAR = r"(?P<year>20\d\d)"
_WORD = rf"(?P<word>{_LONG}|{'|'.join(_MONTHS)})"
_GAP = r"[-_. ]"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_YEAR}(?P<month>\d\d)(?P<day>\d\d)?(?!\d)",
        rf"(?<!\d){_YEAR}(?P<gap>{_GAP})(?P<month>\d\d)(?:(?P=gap)(?P<day>\d\d))?(?!\d)",
        rf"(?<!\d){_YEAR}(?P<gap>[-_.])(?P<month>\d{{1,2}})(?:(?P=gap)(?P<day>\d{{1,2}}))?(?!\d)",
        rf"(?<!\d)(?<!\d{_GAP})(?P<first>\d{{1,2}}){_GAP}(?P<second>\d{{1,2}}){_GAP}{_YEAR}(?!{_GAP}?\d)",
        rf"(?<!\d)(?<!\d{_GAP})(?P<month>\d{{1,2}}){_GAP}{_YEAR}(?!{_GAP}?\d)",
        rf"(?<![a-z0-9])(?:(?P<day>\d{{1,2}}){_GAP}?)?{_WORD}{_GAP}?{_YEAR}(?!\d)",
        rf"(?<![a-z0-9]){_WORD}{_GAP}(?P<day>\d{{1,2}}),?{_GAP}+{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}{_GAP}?{_WORD}(?:{_GAP}?(?P<day>\d{{1,2}}))?(?![a-z0-9])",
    )
)


@dataclass(frozen=True, slots=True, order=True)
class FileDate:
    """A month, or a day of it; ``day`` is 0 where only the month is known."""

    year: int
    month: int
    day: int = 0

    def __str__(self) -> str:
        """Write it as ``2026-09`` or ``2026-09-30``."""
        return f"{self.year}-{self.month:02}" + (f"-{self.day:02}" if self.day else "")


def file_date(name: str) -> FileDate | None:
    """Return the month or day that a file name states.

    None when it states none, or may mean several months: ``03-09-2026`` alone, or the dates of two months.
    """
    stem = name.rpartition(".")[0] or name
    found = set(_stated(stem))
    if len({(one.year, one.month) for one in found}) != 1:
        return None
    days = {one for one in found if one.day}
    if len(days) == 1:
        return days.pop()
    any_ = found.pop()
    return FileDate(any_.year, any_.month)


def kept_later(export: ExportRecord, kept: Iterable[ExportRecord]) -> ExportRecord | None:
    """Return the latest of the accepted exports that are of a later time than ``export``; None if none is.

    The dates of the two file names decide; where they can't, whichever was uploaded last is the later one.
    """
    later = [other for other in kept if other.accepted and other.id != export.id and _after(other, export)]
    return max(later, key=lambda other: (file_date(other.name) or FileDate(0, 0), other.id), default=None)


def older_sentence(export: ExportRecord, later: ExportRecord) -> str:
    """Say that an export is older than another kept one, by what that is known, and why it matters."""
    ours, theirs = file_date(export.name), file_date(later.name)
    if ours and theirs and not _alike(ours, theirs):
        lead = f"{export.name} is of {ours}, and {later.name} of {theirs} is kept already."
    else:
        days = f"{export.uploaded_at:%Y-%m-%d %H:%M}", f"{later.uploaded_at:%Y-%m-%d %H:%M}"
        lead = (
            f"{export.name} was first uploaded on {days[0]} UTC, and {later.name} after it, on {days[1]} UTC."
        )
    return f"{lead} Pushing the older one would bill old numbers."


def _after(other: ExportRecord, export: ExportRecord) -> bool:
    theirs, ours = file_date(other.name), file_date(export.name)
    if theirs is None or ours is None or _alike(theirs, ours):
        return other.id > export.id
    return theirs > ours


def _alike(one: FileDate, other: FileDate) -> bool:
    """Say whether two dates are the same as far as both are known."""
    days = not one.day or not other.day or one.day == other.day
    return (one.year, one.month) == (other.year, other.month) and days


def _stated(stem: str) -> Iterator[FileDate]:
    """Yield each date that a part of a file name may mean."""
    for form in _FORMS:
        for found in form.finditer(stem):
            parts = found.groupdict()
            year = int(parts["year"])
            if parts.get("first"):
                first, second = int(parts["first"]), int(parts["second"])
                readings = {(second, first), (first, second)}
            elif parts.get("word"):
                readings = {(_MONTHS.index(parts["word"][:3].casefold()) + 1, int(parts["day"] or 0))}
            else:
                readings = {(int(parts["month"]), int(parts.get("day") or 0))}
            yield from (FileDate(year, month, day) for month, day in readings if _exists(year, month, day))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day or 1)
    except ValueError:
        return False
    return True
