"""One change of a push or undo, from the live re-read to the journalled end; safe to repeat after a crash."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from seatsync.errors import ConnectWiseError
from seatsync.jobs.words import by_hand, describe, in_place_of
from seatsync.journal import UNKNOWN, Outcome
from seatsync.model import Addition, Agreement, number
from seatsync.plan import BillAgain, Cancel, Create, Update, first_of_next_month
from seatsync.ports import ConnectWise, Written
from seatsync.status import Kind, Result
from seatsync.verify import (
    PREVIEW,
    AlreadySo,
    AsApproved,
    Drift,
    Verdict,
    made_line,
    unlike_intent,
    verify,
    verify_create,
)

SETTLE_SECONDS = 10
"""How long a create whose process died may take to show up before it is sent again."""

_REFUSED = 400
_GONE = "the line or its agreement is no longer in ConnectWise"
_DONE = {
    Kind.UPDATE: Result.UPDATED,
    Kind.CREATE: Result.CREATED,
    Kind.CANCEL: Result.CANCELLED,
    Kind.BILL_AGAIN: Result.UPDATED,
}


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one change is carried out: verify live, send, compare, look up what was not answered.

    ``sending`` journals that a write is about to leave; it returns only after that is committed.
    ``stopped`` says why the run stopped: what an earlier try sent is looked up, and nothing new is sent.
    ``since`` says in words when the line was as the change expects it.
    """

    connectwise: ConnectWise
    today: date
    sending: Callable[[], None]
    pause: Callable[[float], None] = time.sleep
    stopped: str = ""
    since: str = PREVIEW

    def carry_out(self, outcome: Outcome) -> Outcome:
        """Carry out a change and return its outcome; ``outcome.sent`` tells of an earlier, interrupted try.

        Raises ConnectWiseError only when ConnectWise refuses the credentials.
        """
        try:
            return self._try(outcome)
        except ConnectWiseError as error:
            if _says_gone(error):
                return _skipped(outcome, _GONE)
            way_out = by_hand(outcome.change) if error.status == _REFUSED else ""
            failed = _failed(outcome, f"{_written(outcome)} {error}{way_out}", error.request_id)
            if error.refuses_credentials:
                raise RefusedCredentials(failed) from error
            return failed

    def rehearse(self, outcome: Outcome) -> Outcome:
        """Do every read of a change and no write; the message says what would be sent."""
        try:
            verdict, _ = self._verify(outcome)
        except ConnectWiseError as error:
            if _says_gone(error):
                return _skipped(outcome, _GONE)
            return _failed(outcome, str(error), error.request_id)
        if not isinstance(verdict, AsApproved):
            return _skipped(outcome, verdict.words)
        return replace(outcome, message=f"As approved; would send {describe(outcome.change)}.")

    def _try(self, outcome: Outcome) -> Outcome:
        verdict, lines = self._verify(outcome)
        if outcome.sent:
            verdict, lines = self._settle(outcome, verdict, lines)
            found = self._found(outcome, lines)
            if found is not None:
                return _done(outcome, found, "Sent before an interruption, and found as wanted.")
        if self.stopped:
            return _skipped(outcome, f"{self.stopped}; what was sent before had not taken effect")
        match verdict:
            case AlreadySo(words) | Drift(words):
                return _skipped(outcome, words)
            case AsApproved():
                change = outcome.change
                if isinstance(change, Create):
                    return self._create(outcome, change)
                return self._set(outcome, change)
            case _:
                assert_never(verdict)

    def _settle(
        self, outcome: Outcome, verdict: Verdict, lines: Sequence[Addition]
    ) -> tuple[Verdict, Sequence[Addition]]:
        """Give a create whose process died the time to arrive: sent again too early, it would make a twin."""
        for _ in range(SETTLE_SECONDS if isinstance(outcome.change, Create) else 0):
            if not isinstance(verdict, AsApproved):
                break
            self.pause(1.0)
            verdict, lines = self._verify(outcome)
        return verdict, lines

    def _verify(self, outcome: Outcome) -> tuple[Verdict, Sequence[Addition]]:
        change, connectwise = outcome.change, self.connectwise
        agreement = connectwise.agreement(change.agreement.id)
        if isinstance(change, Create):
            lines = [line for each in change.counted for line in connectwise.additions(each)]
            return verify_create(change, lines, agreement, self.today), lines
        line = connectwise.addition(change.agreement.id, change.addition.id)
        return verify(change, line, agreement, self.today, self.since), [line]

    def _set(self, outcome: Outcome, change: Update | Cancel | BillAgain) -> Outcome:
        agreement, line, connectwise = change.agreement.id, change.addition.id, self.connectwise
        match change:
            case Update():
                return self._send(outcome, lambda: connectwise.set_quantity(agreement, line, change.quantity))
            case Cancel():
                day: date | None = change.last_day
            case BillAgain():
                day = change.until
            case _:
                assert_never(change)
        return self._send(replace(outcome, day=day), lambda: connectwise.set_cancelled(agreement, line, day))

    def _create(self, outcome: Outcome, change: Create) -> Outcome:
        refused: list[str] = []
        for day in effective_dates(change.effective, change.agreement):
            dated = replace(outcome, day=day)
            try:
                done = self._send(
                    dated,
                    lambda day=day: self.connectwise.create_addition(  # type: ignore[misc]
                        change.agreement.id, change.product.id, change.quantity, day
                    ),
                )
            except ConnectWiseError as error:
                if not error.refuses_date:
                    raise
                refused.append(f"{day}: {error}")
                continue
            if refused and done.result is Result.CREATED:
                return replace(done, message=f"ConnectWise refused {change.effective}; effective {day}.")
            return done
        return _failed(outcome, f"ConnectWise refused every effective date. {' '.join(refused)}")

    def _send(self, outcome: Outcome, write: Callable[[], Written]) -> Outcome:
        self.sending()
        try:
            written = write()
        except ConnectWiseError as error:
            if not error.outcome_unknown:
                raise
            why = f"ConnectWise's answer was lost ({error.status or 'no answer'})."
            return self._look_up(outcome, why, error.request_id)
        change, line = outcome.change, written.addition
        wrong = unlike_intent(change, line, outcome.day, self.since)
        if not wrong and isinstance(change, BillAgain):
            # No public source shows that ConnectWise lets go of a cancel date, so its answer is no proof.
            found = self._look_up(outcome, "ConnectWise took the request.", written.request_id)
            return replace(found, message="") if found.result.written else found
        if not wrong and isinstance(change, Create):
            line, wrong = self._read_back(line)
        if wrong:
            return self._look_up(outcome, f"ConnectWise answered that {wrong}.", written.request_id)
        return _done(replace(outcome, request_id=written.request_id), line, "")

    def _read_back(self, line: Addition) -> tuple[Addition, str]:
        """Read a line that was added: an answer alone is no proof, and nothing was there to compare."""
        try:
            return self.connectwise.addition(line.agreement_id, line.id), ""
        except ConnectWiseError as error:
            return line, f"line {line.id} was added, which is not there" if _says_gone(error) else ""

    def _look_up(self, outcome: Outcome, why: str, request_id: str) -> Outcome:
        """Settle by reading a write whose answer was lost or was not as meant."""
        outcome = replace(outcome, request_id=request_id)
        change = outcome.change
        try:
            if isinstance(change, Create):
                lines: Sequence[Addition] = self.connectwise.additions(change.agreement.id)
            else:
                lines = [self.connectwise.addition(change.agreement.id, change.addition.id)]
        except ConnectWiseError as error:
            return _failed(
                outcome,
                f"{UNKNOWN}: {why} Looking it up failed too ({error}). Check it in ConnectWise.",
                request_id,
            )
        found = self._found(outcome, lines)
        if found is not None:
            return _done(outcome, found, f"{why} Looked up, and found as wanted.")
        if isinstance(change, Create):
            return _failed(outcome, in_place_of(change, lines, why), request_id)
        instead = "; ".join(unlike_intent(change, line, None, self.since) for line in lines)
        return _failed(outcome, f"{why} Looked up: {instead}.{by_hand(change)}", request_id)

    def _found(self, outcome: Outcome, lines: Sequence[Addition]) -> Addition | None:
        change = outcome.change
        if isinstance(change, Create):
            return made_line(change, lines, effective_dates(change.effective, change.agreement))
        return next((line for line in lines if not unlike_intent(change, line, None, self.since)), None)


class RefusedCredentials(Exception):
    """ConnectWise refuses the credentials, so that no further change can succeed."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.message)


def effective_dates(wanted: date, agreement: Agreement) -> tuple[date, ...]:
    """List the effective dates to try: as wanted, the first of next month, then what the agreement says.

    ConnectWise refuses a date before the billing start, or inside an invoiced period without proration.
    """
    later = first_of_next_month(wanted)
    known = {day for day in (agreement.bill_start, agreement.next_invoice) if day is not None and day > later}
    return (wanted, later, *sorted(known))


def _says_gone(error: ConnectWiseError) -> bool:
    # A 404 without this code is an address or keys that are wrong, and says nothing of the record.
    return error.status == 404 and error.code == "NotFound"


def _written(outcome: Outcome) -> str:
    if outcome.sent:
        return f"{UNKNOWN}: it was sent before an interruption, and can't be looked up."
    return "Nothing was written."


def _done(outcome: Outcome, line: Addition, message: str) -> Outcome:
    """Close a change by the line as it is now; a create keeps that line, so that it can be undone."""
    change = outcome.change
    after, day = number(line.quantity), outcome.day
    match change:
        case Update():
            pass
        case Create():
            day, change = line.effective, replace(change, made=line)
        case Cancel():
            after, day = "0", change.last_day
        case BillAgain():
            day = change.until
        case _:
            assert_never(change)
    result = _DONE[change.kind]
    return replace(outcome, change=change, result=result, after=after, day=day, message=message)


def _skipped(outcome: Outcome, words: str) -> Outcome:
    return replace(outcome, result=Result.SKIPPED, after="", day=None, message=words)


def _failed(outcome: Outcome, words: str, request_id: str = "") -> Outcome:
    return replace(outcome, result=Result.FAILED, after="", message=words, request_id=request_id)
