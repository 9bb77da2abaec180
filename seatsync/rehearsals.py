"""The record of a rehearsal: what a push or an undo would send, change by change."""

from collections.abc import Sequence
from dataclasses import dataclass

from seatsync.answers import Json, push_json
from seatsync.journal import Outcome
from seatsync.ports import WriteRequest

ONLY = "This team only rehearses (Setup): everything is read, nothing is written to ConnectWise."
"""What is said wherever a push or an undo of such a team would write."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A change as far as it came without its write, and the requests that it would send.

    The first request is sent, each other one only when ConnectWise refuses the date of the one before.
    ``requests`` is empty where nothing would be sent; the outcome's message says why.
    """

    outcome: Outcome
    requests: tuple[WriteRequest, ...]


def rehearsal_json(digest: str, rehearsed: Sequence[Rehearsed]) -> Json:
    """Answer a rehearsal: each outcome with the requests that would be sent, in the order of the tries."""
    said = push_json(digest, "rehearsed", [each.outcome for each in rehearsed])
    requests = [
        [{"method": one.method, "path": one.path, "body": one.body} for one in each.requests]
        for each in rehearsed
    ]
    outcomes = [
        {**outcome, "would_send": sent} for outcome, sent in zip(said["outcomes"], requests, strict=True)
    ]
    return {**said, "outcomes": outcomes}
