"""One JSON object of ConnectWise, read with tolerance and exactly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from seatsync.errors import ConnectWiseError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_DAY = "0001-01-01"
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ID = re.compile(r"[0-9]{1,18}")
_LARGEST_ID = 2**63 - 1
_LARGEST_EXPONENT = 308


@dataclass(frozen=True, slots=True)
class Row:
    """One JSON object, read with tolerance: absent, null and "" are alike.

    ``kind`` names it in errors; ``holder`` is the object that refers to it.
    """

    values: Mapping[str, object]
    kind: str
    holder: "Row | None" = None

    @property
    def record(self) -> str:
        """Name the object, as in ``line 9001`` or ``the company of agreement 81``."""
        if self.holder is not None:
            return f"the {self.kind} of {self.holder.record}"
        return f"{self.kind} {self.id()}" if "id" in self.values else self.kind

    def id(self, key: str = "id") -> int:
        """Return the object's own id, or the one that ``key`` holds. Raises ConnectWiseError for none."""
        value = self.values.get(key)
        if type(value) is int and 0 <= value <= _LARGEST_ID:
            return value
        match value:
            case str() if _ID.fullmatch(value):
                return int(value)
            case Decimal() if 0 <= value <= _LARGEST_ID and value == value.to_integral_value():
                return int(value)
        raise _wrong(self.record if self.holder or key != "id" else self.kind, key, value)

    def text(self, key: str) -> str:
        """Return a text; empty when there is none."""
        match self.values.get(key):
            case str() as text:
                return text
            case None:
                return ""
            case int() | Decimal() as value:
                return str(value)
            case value:
                raise self._wrong(key, value)

    def flag(self, key: str) -> bool:
        """Return a truth value; false when there is none."""
        match self.values.get(key):
            case bool() as value:
                return value
            case None | "" | 0:
                return False
            case 1:
                return True
            case str() as word if word.casefold() in ("true", "false"):
                return word.casefold() == "true"
            case value:
                raise self._wrong(key, value)

    def number(self, key: str) -> Decimal | None:
        """Return an exact number; None when there is none."""
        value = self.values.get(key)
        if type(value) is Decimal:
            return value
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self._wrong(key, value)
        if isinstance(value, str) and not _NUMBER.fullmatch(value):
            raise self._wrong(key, value)
        try:
            return exact(value)
        except ValueError as error:
            raise self._wrong(key, value) from error

    def day_if_clear(self, key: str) -> date | None:
        """Return a calendar day; None for text of another form, where the vendor gives no format."""
        try:
            return self.day(key)
        except ConnectWiseError:
            return None

    def day(self, key: str) -> date | None:
        """Return a calendar day: the first ten characters, whatever zone follows them."""
        value = self.values.get(key)
        if value is None or value == "":
            return None
        try:
            return _day(str(value).strip()[:10]) if isinstance(value, str | int) else _day("")
        except ValueError as error:
            raise self._wrong(key, value) from error

    def moment(self, key: str) -> datetime | None:
        """Return a time in UTC, one without a zone taken as UTC; None for anything else."""
        try:
            value = self.values.get(key)
            found = datetime.fromisoformat(value[:40] if isinstance(value, str) else "")
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None

    def reference(self, key: str) -> "Row | None":
        """Return the object that a reference such as ``company`` holds; None when there is none."""
        value = self.values.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise self._wrong(key, value)
        return Row(value, key, self)

    def required(self, key: str) -> "Row":
        """Return a reference that must be there. Raises ConnectWiseError."""
        found = self.reference(key)
        if found is None:
            raise self._wrong(key, None)
        return found

    def _wrong(self, key: str, value: object) -> ConnectWiseError:
        return _wrong(self.record, key, value)


def exact(text: str | int) -> Decimal:
    """Read a number exactly. Raises ValueError for one that no double could hold, as the vendor's type is."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("not a number that a double holds")
    return number


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        raise ValueError("not a day")
    return None if text == _NO_DAY else date.fromisoformat(text)


def _wrong(record: str, key: str, value: object) -> ConnectWiseError:
    if value is None or value == "":
        return ConnectWiseError(f'ConnectWise sent {record} without "{key}". Check it in ConnectWise.')
    told = "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else str(value)
    shown = " ".join(told.split())[:60]
    return ConnectWiseError(
        f'ConnectWise sent {record} with "{key}" as "{shown}", which can\'t be read. Check it in ConnectWise.'
    )


def one(body: object, kind: str) -> Row:
    """Take a single object that has an id. Raises ConnectWiseError."""
    if not isinstance(body, dict):
        raise ConnectWiseError(f"ConnectWise sent something else than {kind}. Try again.")
    row = Row(body, kind)
    row.id()
    return row


def rows_of(body: object, kind: str) -> tuple[Row, ...]:
    """Take a list of objects that all have ids. Raises ConnectWiseError."""
    if not isinstance(body, list):
        raise ConnectWiseError(
            f"ConnectWise sent something else than a list where each entry is {kind}. Try again."
        )
    return tuple(one(entry, kind) for entry in body)
