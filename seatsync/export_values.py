"""Read the values of single cells: whole numbers, tenant states and calendar days."""

import re
from datetime import date, timedelta
from decimal import Decimal

from seatsync.status import TenantState

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([, \u00a0\u2009\u202f])[0-9]{3}(?:\1[0-9]{3})*)(?:\.0+)?")
_GROUP_MARK = re.compile(r"[^0-9]")
_PLAIN = re.compile(r"[0-9]+(?:\.0+)?")
_MOST_USERS = 10_000_000
_SURE = len(str(_MOST_USERS))
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
_SERIAL_ZERO = date(1899, 12, 30)


def whole_number(text: str) -> Decimal | None:
    """Read ``1204``, ``1,204``, ``1 204`` or ``1204.0``; None for all that is not surely a count of users.

    ``1.204`` is refused: it is 1204 in one country and about 1 in another.
    """
    if len(text) < _SURE and text.isdigit() and text.isascii():
        return Decimal(text)
    if len(text) > _LONGEST or not (_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)):
        return None
    number = int(_GROUP_MARK.sub("", text.partition(".")[0]))
    return Decimal(number) if number < _MOST_USERS else None


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
    if len(text) > 60:
        return None
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


def _day(year: int, month: int, day: int) -> date | None:
    """Build a date; None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
