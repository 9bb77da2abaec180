"""One change of a push or undo, from the live re-read to the journalled end; safe to repeat after a crash."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import assert_never

from seatsync.errors import ConnectWiseError, NotNow, WaitStopped
from seatsync.jobs.endings import GONE, failed, skipped
from seatsync.jobs.lookup import SETTLE_SECONDS, LookUp, new_lines, says_gone
from seatsync.jobs.sending import days_of, send
from seatsync.jobs.words import by_hand, describe, in_place_of
from seatsync.journal import UNKNOWN, Outcome
from seatsync.model import Addition
from seatsync.plan import BillAgain, Create
from seatsync.ports import ConnectWise, nothing
from seatsync.status import Result
from seatsync.verify import (
    PREVIEW,
    AlreadySo,
    AsApproved,
    Drift,
    Verdict,
    unlike_intent,
    verify,
    verify_create,
)

_REFUSED = 400
_SENT = "Sent before an interruption"
_PATIENCE = 120.0
"""Seconds that one change waits in all for ConnectWise to take its write."""

_ARRIVES_WITHIN = 60.0
"""Seconds after which a create whose process died is not expected any more, and is sent again."""


def _now() -> datetime:
    return datetime.now(UTC)


def _goes_on() -> str:
    """Never say that the run stopped."""
    return ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one change is carried out: verify live, send, compare, look up what was not answered.

    ``sending`` journals that a write is about to leave, with nothing between it and the write; it returns
    only after that is committed. ``not_taken`` journals that ConnectWise did not take it, so that nothing is
    on its way. ``in_turn`` lets one change at a time be tried again after a wait.
    ``stopped`` says why nothing new may be sent, empty when it may: what an earlier try sent is looked up
    all the same. ``since`` says in words when the line was as the change expects it.
    """

    connectwise: ConnectWise
    today: date
    sending: Callable[[], None]
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now
    stopped: Callable[[], str] = _goes_on
    not_taken: Callable[[], None] = nothing
    in_turn: AbstractContextManager[object] = field(default_factory=nullcontext)
    since: str = PREVIEW

    def carry_out(self, outcome: Outcome) -> Outcome:
        """Carry out a change and return its outcome; ``outcome.sent`` tells of an earlier, interrupted try.

        When ConnectWise asks to wait, what was approved is read anew after the wait. Raises
        RefusedCredentials and RefusedAgreement, which carry the outcome.
        """
        waited, tries = 0.0, 0
        while True:
            why = self.stopped()
            if why and not outcome.sent:
                return skipped(outcome, why)
            try:
                # So many changes that read at once could use up what ConnectWise allows before any writes.
                with self.in_turn if tries else nullcontext():
                    return self._try(outcome, why)
            except _Held as held:
                error: ConnectWiseError = held.error
                wait, counted = 0.0, 1.0
            except NotNow as busy:
                self.not_taken()
                # What was sent before an interruption is looked up by now.
                outcome, error = replace(outcome, sent=False), busy
                wait = counted = _wait(busy, tries)
            except ConnectWiseError as refused:
                return self._end(outcome, refused)
            waited, tries = waited + counted, tries + 1
            if waited > _PATIENCE:
                return self._end(outcome, error)
            self.pause(wait)

    def _end(self, outcome: Outcome, error: ConnectWiseError) -> Outcome:
        """End a change by what ConnectWise said. Raises RefusedCredentials, RefusedAgreement."""
        if isinstance(error, WaitStopped) and not outcome.sent:
            return skipped(outcome, self.stopped() or str(error))
        if says_gone(error):
            return failed(outcome, f"{_SENT}. Looked up: {GONE}.") if outcome.sent else skipped(outcome, GONE)
        way_out = by_hand(outcome.change) if error.status == _REFUSED else ""
        ended = failed(outcome, f"{_written(outcome)} {error}{way_out}", error.request_id)
        if error.refuses_credentials:
            raise RefusedCredentials(ended) from error
        if error.refuses_agreement:
            raise RefusedAgreement(ended) from error
        return ended

    def rehearse(self, outcome: Outcome) -> Outcome:
        """Do every read of a change and no write; the message says what would be sent."""
        try:
            verdict, _, _ = self._look(outcome)
        except ConnectWiseError as error:
            if says_gone(error):
                return skipped(outcome, GONE)
            return failed(outcome, str(error), error.request_id)
        if not isinstance(verdict, AsApproved):
            return skipped(outcome, verdict.words)
        return replace(outcome, message=f"As approved; would send {describe(outcome.change)}.")

    @property
    def _looks(self) -> LookUp:
        return LookUp(self.connectwise, self.since, self.pause)

    def _try(self, outcome: Outcome, stopped: str) -> Outcome:
        verdict, lines = self._verify(outcome)
        if outcome.sent:
            verdict, lines = self._settle(outcome, verdict, lines)
            found = self._looks.found(outcome, lines)
            if found is not None:
                return self._looks.close(outcome, found, f"{_SENT}, and found as wanted.")
            if made := new_lines(outcome, lines):
                return failed(outcome, in_place_of(made, f"{_SENT}."))
            if isinstance(verdict, Drift):
                return failed(outcome, f"{_SENT}. Looked up: {verdict.words}.")
            if stopped:
                return failed(outcome, f"{_SENT}. Looked up: not done; not sent again, {stopped}.")
        match verdict:
            case AlreadySo(words) | Drift(words):
                return skipped(outcome, words)
            case AsApproved():
                if isinstance(outcome.change, Create):
                    return self._create(outcome, outcome.change)
                (day,) = days_of(outcome.change)
                return self._send(replace(outcome, day=day), lines[0])
            case _:
                assert_never(verdict)

    def _settle(
        self, outcome: Outcome, verdict: Verdict, lines: Sequence[Addition]
    ) -> tuple[Verdict, Sequence[Addition]]:
        """Give a write whose process died the time to arrive: a create sent too early would make a twin."""
        seconds = _time_to_arrive(outcome, self.now())
        while seconds > 0 and isinstance(verdict, AsApproved):
            self.pause(1.0)
            seconds -= 1.0
            verdict, lines = self._verify(outcome)
        return verdict, lines

    def _verify(self, outcome: Outcome) -> tuple[Verdict, Sequence[Addition]]:
        """Read and judge. Raises _Held when a wait parted the reads: what was read before it is outdated."""
        verdict, lines, held = self._look(outcome)
        if held and isinstance(verdict, AsApproved):
            raise _Held
        return verdict, lines

    def _look(self, outcome: Outcome) -> tuple[Verdict, Sequence[Addition], bool]:
        change, connectwise = outcome.change, self.connectwise
        agreement = connectwise.agreement(change.agreement.id)
        before = connectwise.waits
        if isinstance(change, Create):
            lines = [line for each in change.counted for line in connectwise.additions(each)]
            verdict = verify_create(change, lines, agreement, self.today)
        else:
            lines = [connectwise.addition(change.agreement.id, change.addition.id)]
            verdict = verify(change, lines[0], agreement, self.today, self.since)
        return verdict, lines, connectwise.waits != before

    def _create(self, outcome: Outcome, change: Create) -> Outcome:
        refused: list[str] = []
        for day in days_of(change):
            if refused:
                verdict, _ = self._verify(outcome)
                if not isinstance(verdict, AsApproved):
                    return skipped(outcome, verdict.words)
            try:
                ended = self._send(replace(outcome, day=day), None)
            except ConnectWiseError as error:
                if not error.refuses_date:
                    raise
                refused.append(f"{day}: {error}")
                self.not_taken()
                continue
            if refused and ended.result is Result.CREATED:
                later = f"ConnectWise refused {change.effective}; effective {day}."
                return replace(ended, message=f"{later} {ended.message}".rstrip())
            return ended
        return failed(outcome, f"ConnectWise refused every effective date. {' '.join(refused)}")

    def _send(self, outcome: Outcome, live: Addition | None) -> Outcome:
        """Send the write of a change and judge its answer; ``live`` is the line just before it."""
        change, looks = outcome.change, self._looks
        try:
            written = send(change, outcome.day, self.connectwise.writer(self.sending))
        except ConnectWiseError as error:
            if not error.outcome_unknown:
                raise
            why = f"ConnectWise's answer was lost ({error.status or 'no answer'})."
            return looks.settle(replace(outcome, request_id=error.request_id), why, live, patient=True)
        outcome, line = replace(outcome, request_id=written.request_id), written.addition
        wrong = unlike_intent(change, line, outcome.day)
        if not wrong and isinstance(change, BillAgain):
            # No public source shows that ConnectWise lets go of a cancel date, so its answer is no proof.
            return looks.settle(outcome, "ConnectWise took the request.", live, quiet=True)
        if not wrong and isinstance(change, Create):
            line, wrong = self._read_back(line)
        if wrong:
            return looks.settle(outcome, f"ConnectWise answered that {wrong}.", live)
        return looks.close(outcome, line, "", live)

    def _read_back(self, line: Addition) -> tuple[Addition, str]:
        """Read a line that was added: an answer alone is no proof, and nothing was there to compare."""
        try:
            return self.connectwise.addition(line.agreement_id, line.id), ""
        except ConnectWiseError as error:
            why = "which is not there" if says_gone(error) else "and could not be read back"
            return line, f"line {line.id} was added, {why}"


class _Held(Exception):
    """A read had to wait after another was answered."""

    error = ConnectWiseError("ConnectWise asked to wait during every look at the line.")


class Refused(Exception):
    """ConnectWise refuses more than the one change, whose ``outcome`` this carries."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.message)


class RefusedCredentials(Refused):
    """ConnectWise refuses the credentials, so that no further change can succeed."""


class RefusedAgreement(Refused):
    """ConnectWise says that the agreement is over, so that no further change of its lines can succeed."""


def _time_to_arrive(outcome: Outcome, now: datetime) -> float:
    """Return for how many seconds an interrupted write may still be on its way.

    Integrators saw ConnectWise take minutes over a create, and made duplicates by sending it again. A PATCH
    sets what it sets, so that a late one does no harm.
    """
    longest = _ARRIVES_WITHIN if isinstance(outcome.change, Create) else SETTLE_SECONDS
    if outcome.sent_at is None:
        return longest
    return min(longest - (now - outcome.sent_at).total_seconds(), longest)


def _wait(error: NotNow, tries: int) -> float:
    """Return for how many seconds to wait: as long as ConnectWise asks, growing where it does not say."""
    asked, first, longest = error.retry_after or 0.0, 0.1, 1.0
    if error.retry_after is None:
        first, longest = 2.0, 30.0
    return max(asked, min(first * 2.0**tries, longest))


def _written(outcome: Outcome) -> str:
    if outcome.sent:
        return f"{UNKNOWN}: it was sent before an interruption, and can't be looked up. Look again."
    return "Nothing was written."
