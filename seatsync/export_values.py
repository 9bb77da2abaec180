"""Read the values of single cells: whole numbers, tenant states and calendar days."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from seatsync.status import TenantState

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([, \u00a0\u2009\u202f])[0-9]{3}(?:\1[0-9]{3})*)(?:\.0+)?")
_GROUP_MARK = re.compile(r"[^0-9]")
_PLAIN = re.compile(r"[0-9]+(?:\.0+)?")
_MOST_USERS = 10_000_000
_LONGEST = 30
_WORDS = {
    TenantState.PAID: (
        "paid active licensed licenced payg payasyougo payasyougopayg"
        " annualsubscription yearlysubscription abouttoexpire"
    ),
    TenantState.TRIAL: (
        "poc proofofconcept proofofconceptpoc activepoc pocactive inpoc"
        " trial trialperiod intrial intrialperiod freetrial activetrial trialactive evaluation eval"
    ),
    TenantState.EXPIRED: (
        "expired expiredtenant expiredpoc pocexpired proofofconceptexpired"
        " expiredtrial trialexpired expiredevaluation evaluationexpired"
    ),
    TenantState.DELETED: "deleted removed",
    TenantState.NOT_FOR_RESALE: "nfr notforresale notforresalenfr",
}
_STATES = {word: state for state, words in _WORDS.items() for word in words.split()}
_ERRORS = frozenset("#N/A #REF! #NAME? #VALUE! #DIV/0! #NUM! #NULL! #SPILL! #CALC! #GETTING_DATA".split())
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_EDGES = _UNSEEN + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_STATE_MARKS = re.compile(r"[\s\-_./()\u2010-\u2015]+")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_CLOCK = r"(?:[T ,]+[0-9]{1,2}:[0-9]{2}.{0,30})?"
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _CLOCK)
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})" + _CLOCK)
_DAY_MONTH = re.compile(r"([0-9]{1,2})[ \-]([A-Za-z]{3,9})\.?,?[ \-]([0-9]{4})" + _CLOCK)
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})" + _CLOCK)
_SERIAL = re.compile(r"([2-7][0-9]{4})(?:\.[0-9]+)?")
_BEGUN_DAY = re.compile(
    r"[0-9]{1,4}|[0-9]{4}[-/.](?:[0-9]{1,2}[-/.]?)?|[0-9]{1,2}[-/.](?:[0-9]{1,2}(?:[-/.][0-9]{0,3})?)?"
)
_SHORT_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]")
_FULL_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BLANKS = frozenset(("-", "--", "---", "\u2013", "\u2014", "n/a", "n.a.", "none", "null", "nil"))
_LONGEST_BLANK = 5
_SERIAL_ZERO = date(1899, 12, 30)


def whole_number(text: str) -> Decimal | None:
    """Read ``1204``, ``1,204``, ``1 204`` or ``1204.0``; None for all that is not surely a count of users.

    ``1.204`` is refused: it is 1204 in one country and about 1 in another.
    """
    return _whole(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _whole(text: str) -> Decimal | None:
    if not (_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)):
        return None
    number = int(_GROUP_MARK.sub("", text.partition(".")[0]))
    return Decimal(number) if number < _MOST_USERS else None


def starts_a_day(text: str, others: Collection[str]) -> bool:
    """Say whether the text is the beginning of a date, or a day with one digit where the others have two."""
    if calendar_day(text) is None:
        return bool(_BEGUN_DAY.fullmatch(text))
    return bool(_SHORT_DAY.fullmatch(text)) and all(_FULL_DAY.fullmatch(other) for other in others if other)


def starts_a_number(text: str) -> bool:
    """Say whether the text is no number yet, but the beginning of one, as the end of a cut file may be."""
    return whole_number(text) is None and any(
        whole_number(text + "0" * more) is not None for more in (1, 2, 3)
    )


def is_error(text: str) -> bool:
    """Say whether a cell of a spreadsheet holds an error, or a formula that was never computed."""
    return text.startswith("#") and (text.upper() in _ERRORS or text.startswith("#FORMULA! ="))


def trim(text: str) -> str:
    """Remove white space and marks of no width from both ends."""
    return text.strip(_EDGES)


def says_nothing(text: str) -> bool:
    """Say whether a cell only stands for a blank one, as ``-`` and ``N/A`` do."""
    return len(text) < _LONGEST_BLANK and text.casefold() in _BLANKS


def quoted(text: str) -> str:
    """Put a text in quotation marks, and name the first character that can't be seen."""
    unseen = next((mark for mark in text if mark != " " and not mark.isprintable()), "")
    return f'"{text}"' + (f" (with the unseen character U+{ord(unseen):04X})" if unseen else "")


def tenant_state(text: str) -> TenantState:
    """Normalise a state; anything that is not one of the known words is unknown."""
    folded = text.casefold()
    return _STATES.get(folded) or _STATES.get(_STATE_MARKS.sub("", folded), TenantState.UNKNOWN)


def starts_a_state(text: str) -> bool:
    """Say whether the text is the beginning of a known state, as the end of a cut file may be."""
    begun = _STATE_MARKS.sub("", text.casefold())
    return begun != "" and begun not in _STATES and any(word.startswith(begun) for word in _STATES)


def calendar_day(text: str, *, serial: bool = False) -> date | None:
    """Read a date that can be read in one way only; None otherwise.

    A time of day is left out and zones are not converted. ``serial`` takes a bare number as Excel's count of
    days.
    """
    return _calendar_day(text, serial) if len(text) <= 2 * _LONGEST else None


@lru_cache(maxsize=1024)
def _calendar_day(text: str, serial: bool) -> date | None:
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if first > 12 or first == second:
            return _day(year, second, first)
        return _day(year, first, second) if second > 12 else None
    if found := _DAY_MONTH.fullmatch(text):
        return _day(int(found[3]), _MONTHS.get(found[2].casefold(), 0), int(found[1]))
    if found := _MONTH_DAY.fullmatch(text):
        return _day(int(found[3]), _MONTHS.get(found[1].casefold(), 0), int(found[2]))
    if serial and (found := _SERIAL.fullmatch(text)):
        return _SERIAL_ZERO + timedelta(days=int(found[1]))
    return None


def is_day(text: str, *, serial: bool = False) -> bool:
    """Say whether the text is a date, even one that can be read in two ways."""
    return calendar_day(text, serial=serial) is not None or (
        len(text) <= 2 * _LONGEST and _YEAR_LAST.fullmatch(text) is not None
    )


def _day(year: int, month: int, day: int) -> date | None:
    """Build a date; None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
