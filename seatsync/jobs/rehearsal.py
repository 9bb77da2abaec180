"""A push or undo without its writes: every read, and the requests that would be sent, byte for byte."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from seatsync.errors import ConnectWiseError
from seatsync.jobs.change import Protocol
from seatsync.jobs.sending import requests_of
from seatsync.jobs.words import since
from seatsync.journal import Outcome
from seatsync.model import OperationId
from seatsync.ports import ConnectWise
from seatsync.rehearsals import Rehearsed
from seatsync.status import Result

_AT_ONCE = 6


def rehearse(
    outcomes: Sequence[Outcome], connectwise: ConnectWise, today: date, undoes: OperationId | None = None
) -> tuple[Rehearsed, ...]:
    """Do every read of a push or an undo and no write; say what would be sent, or why nothing."""

    def unsent() -> None:
        raise ConnectWiseError("A rehearsal writes nothing.")

    protocol = Protocol(connectwise, today, unsent, since=since(undoes))

    def one(outcome: Outcome) -> Rehearsed:
        ended = protocol.rehearse(outcome)
        as_approved = ended.result is Result.PLANNED
        return Rehearsed(ended, requests_of(ended.change, connectwise.drafts) if as_approved else ())

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="seatsync-rehearsal") as pool:
        return tuple(pool.map(one, outcomes))
