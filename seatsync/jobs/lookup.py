"""Settle by reading what became of a write; nothing is ever sent from here."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from seatsync.errors import ConnectWiseError
from seatsync.jobs.endings import GONE, done, failed
from seatsync.jobs.sending import effective_dates
from seatsync.jobs.words import by_hand, in_place_of
from seatsync.journal import UNKNOWN, Outcome
from seatsync.model import Addition, AdditionId
from seatsync.plan import Create
from seatsync.ports import ConnectWise
from seatsync.verify import PREVIEW, beside_intent, made_line, unlike_intent

SETTLE_SECONDS = 10
"""How long a write whose answer or process was lost may take to show up."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Reads the line of a change after its write; ``since`` says when it was as the change expects it.

    ``scanned`` are lines that a scan after the write found, so that every later plan counts them.
    """

    connectwise: ConnectWise
    since: str = PREVIEW
    pause: Callable[[float], None] = time.sleep
    scanned: frozenset[AdditionId] = frozenset()

    def settle(
        self,
        outcome: Outcome,
        why: str,
        live: Addition | None = None,
        *,
        patient: bool = False,
        quiet: bool = False,
    ) -> Outcome:
        """Say what became of a write; ``why`` is what it is looked up for, ``live`` the line before it.

        With ``patient`` a write that is not there yet is looked for again: it may be on its way. With
        ``quiet`` nothing is said of a write that took effect.
        """
        change = outcome.change
        try:
            lines = self._lines(outcome)
            for _ in range(SETTLE_SECONDS if patient else 0):
                if self.found(outcome, lines) is not None or new_lines(outcome, lines):
                    break
                self.pause(1.0)
                lines = self._lines(outcome)
        except ConnectWiseError as error:
            if says_gone(error):
                return failed(outcome, f"{why} Looked up: {GONE}.", outcome.request_id)
            words = f"{UNKNOWN}: {why} Looking it up failed too ({error})."
            return failed(outcome, f"{words} Look again, or check it in ConnectWise.", outcome.request_id)
        found = self.found(outcome, lines)
        if found is not None:
            return self.close(outcome, found, "" if quiet else f"{why} Looked up, and found as wanted.", live)
        if isinstance(change, Create):
            words = in_place_of(new_lines(outcome, lines), why, self.scanned)
            return failed(outcome, words, outcome.request_id)
        instead = "; ".join(unlike_intent(change, line, None) for line in lines)
        return failed(outcome, f"{why} Looked up: {instead}.{by_hand(change)}", outcome.request_id)

    def close(self, outcome: Outcome, line: Addition, message: str, live: Addition | None = None) -> Outcome:
        """Close a change that took effect, saying what else of its line is not as it was."""
        beside = beside_intent(outcome.change, line, live, self.since)
        if isinstance(outcome.change, Create):
            # One that is known by its serial number may have been changed since by somebody.
            beside = "; ".join(filter(None, (unlike_intent(outcome.change, line, None), beside)))
        return done(outcome, line, message, beside)

    def found(self, outcome: Outcome, lines: Sequence[Addition]) -> Addition | None:
        """Return the line that shows that the write took effect."""
        change = outcome.change
        if isinstance(change, Create):
            return made_line(change, lines, effective_dates(change.effective, change.agreement))
        return next((line for line in lines if not unlike_intent(change, line, None)), None)

    def _lines(self, outcome: Outcome) -> Sequence[Addition]:
        change = outcome.change
        if isinstance(change, Create):
            return self.connectwise.additions(change.agreement.id)
        return [self.connectwise.addition(change.agreement.id, change.addition.id)]


def new_lines(outcome: Outcome, lines: Sequence[Addition]) -> tuple[Addition, ...]:
    """List the lines that a create could have made: of its product, and not known before."""
    change = outcome.change
    if not isinstance(change, Create):
        return ()
    return tuple(
        line
        for line in lines
        if line.product_id == change.product.id
        and line.id not in change.known
        # A line with a serial number of somebody else's is not the one that was given its own.
        and (not change.serial or line.serial in ("", change.serial))
    )


def says_gone(error: ConnectWiseError) -> bool:
    """Say whether the record is gone: a 404 without this code is an address or keys that are wrong."""
    return error.status == 404 and error.code == "NotFound"


def look_again(
    outcome: Outcome, connectwise: ConnectWise, since: str, scanned: frozenset[AdditionId]
) -> Outcome:
    """Settle an outcome that is unknown by reading once more; it may stay unknown, with words."""
    looks = LookUp(connectwise, since, scanned=scanned)
    return looks.settle(outcome, "It was not known whether it took effect.")
