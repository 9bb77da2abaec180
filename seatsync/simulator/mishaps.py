"""Answers that go wrong: what a fault makes of a request, before or after the API has seen it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from seatsync.simulator.faults import Fault, FaultRule
from seatsync.simulator.messages import Answer, answer, refuse
from seatsync.simulator.refusals import Refusal

_PAGE: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>"
)


def early_answer(rule: FaultRule) -> Answer | None:
    """Return the answer that a fault gives in place of the API; None when the API is asked."""
    match rule.fault:
        case Fault.SERVER_ERROR:
            return refuse(Refusal(500, "ConnectWiseApi", "Timeout expired. The timeout period elapsed."))
        case Fault.UNAUTHORIZED:
            return refuse(Refusal(401, "Unauthorized", "UserNotAuthenticated"))
        case Fault.BAD_GATEWAY:
            return Answer(502, _PAGE, [(b"content-type", b"text/html; charset=utf-8")])
        case Fault.RATE_LIMITED:
            return _too_many(rule)
        case _:
            return None


def truncated(whole: Answer) -> Answer:
    """Return the first half of an answer."""
    return Answer(whole.status, whole.body[: len(whole.body) // 2], whole.headers)


def _too_many(rule: FaultRule) -> Answer:
    if rule.body == "usual":
        made = refuse(Refusal(429, "ConnectWiseApi", "Too many requests."))
    else:
        made = answer({"error": "ConnectWiseAPI", "message": "Too many requests."}, 429)
    seconds = 1 if rule.seconds is None else rule.seconds
    if rule.retry_after == "seconds":
        made.headers.append((b"retry-after", f"{seconds:g}".encode()))
    if rule.retry_after == "date":
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        made.headers.append((b"retry-after", format_datetime(until, usegmt=True).encode()))
    return made
