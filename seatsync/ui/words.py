"""Numbers, times and spans as the screen says them."""

from datetime import UTC, datetime, timedelta

from seatsync.summary import counted, moment

__all__ = ["AT_ONCE", "age", "counted", "moment", "span"]

AT_ONCE = "The preview uses it at once."

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def age(at: datetime, now: datetime | None = None) -> str:
    """Say how long ago something was, in its largest unit."""
    seconds = int(((now or datetime.now(UTC)) - at).total_seconds())
    if seconds >= _DAY:
        return f"{counted(seconds // _DAY, 'day')} ago"
    if seconds >= _MINUTE:
        return f"{seconds // _HOUR} h ago" if seconds >= _HOUR else f"{seconds // _MINUTE} min ago"
    return "just now"


def span(length: timedelta) -> str:
    """Write a length of time in two units at most, as in ``2 min 5 s``."""
    seconds = max(0, round(length.total_seconds()))
    if seconds >= _HOUR:
        return f"{seconds // _HOUR:,} h {seconds % _HOUR // _MINUTE} min"
    if seconds >= _MINUTE:
        return f"{seconds // _MINUTE} min {seconds % _MINUTE} s"
    return f"{seconds} s" if seconds else "under 1 s"
