"""When the next request may leave: slots in flight, waits that all requests share, tries and time left."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from seatsync.connectwise.failures import Failure, repeated
from seatsync.errors import ConnectWiseError, WaitStopped

TRIES = 7
BUDGET = 120.0
_LONGEST_HOLD = 3600.0
_LONGEST_BACKOFF = 30.0
_SLICE = 0.5

Stop = Callable[[], bool]


def _now() -> datetime:
    return datetime.now(UTC)


def _step_aside() -> None:
    time.sleep(0.0005)


def never() -> bool:
    """Never ask to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that tests can replace them. ``jitter`` returns 0 to 1; seconds otherwise.

    ``step_aside`` lets another thread go first.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now
    jitter: Callable[[], float] = random.random
    step_aside: Callable[[], None] = _step_aside


class Gate:
    """Lets requests of all threads through: few at once, none before a wait is over or after a refusal."""

    def __init__(self, in_flight: int, clock: Clock) -> None:
        self.clock = clock
        self._places = threading.Condition()
        self._free = in_flight
        self._first = 0
        self._not_before = clock.monotonic()
        self._refused: ConnectWiseError | None = None
        self._sent = 0
        self._in_line = 0
        self._own = threading.local()

    @property
    def sent(self) -> int:
        """Count the requests let through."""
        return self._sent

    @contextmanager
    def slot(self, deadline: float, stop: Stop, *, guarded: bool, at_once: bool = False) -> Iterator[None]:
        """Hold one place among the requests in flight; with ``at_once`` before all others, or not at all.

        Raises ConnectWiseError when the credentials were refused before, and one of status 429 when the wait
        would pass ``deadline``, or, with ``at_once``, when there is any that ConnectWise asked for.
        """
        while True:
            if guarded and self._refused is not None:
                raise repeated(self._refused) from self._refused
            self._await_turn(self.clock.monotonic() if at_once else deadline, stop)
            if not self._take_place(deadline, at_once):
                self.require_in_time(deadline)
                continue
            refused = guarded and self._refused is not None
            if not refused and self.clock.monotonic() >= self._not_before:
                break
            self._give_place()  # another request was refused or told to wait while this one stood in line
        try:
            with self._places:
                self._sent += 1
            yield
        finally:
            self._give_place()

    def _take_place(self, deadline: float, first: bool) -> bool:
        with self._places:
            self._in_line += 1
            self._first += first
            try:
                left = max(deadline - self.clock.monotonic(), 0.0)
                got = self._places.wait_for(lambda: self._free and (first or not self._first), left)
                self._free -= bool(got)
            finally:
                self._in_line -= 1
                self._first -= first
                if first:
                    self._places.notify_all()
        return bool(got)

    def _give_place(self) -> None:
        with self._places:
            self._free += 1
            self._places.notify_all()

    def require_in_time(self, deadline: float) -> None:
        """Raise ConnectWiseError of status 429 when a request can't leave before its time is over."""
        if self.clock.monotonic() >= deadline:
            raise ConnectWiseError("No request could leave in time: ConnectWise is too slow.", status=429)

    @property
    def waits(self) -> int:
        """Count how often the calling thread was made to wait."""
        found: int = getattr(self._own, "waits", 0)
        return found

    @property
    def wait_left(self) -> float:
        """Return for how many seconds no request may leave; 0 when one may."""
        return max(self._not_before - self.clock.monotonic(), 0.0)

    def let_next_leave(self) -> None:
        """Let a request that stands in line leave before the work that an answer makes.

        Taking an answer apart holds the interpreter: without this, each slot stays empty for a millisecond.
        """
        if self._in_line:
            self.clock.step_aside()

    def hold(self, seconds: float) -> None:
        """Let no request leave for so long."""
        until = self.clock.monotonic() + min(seconds, _LONGEST_HOLD)
        with self._places:
            self._not_before = max(self._not_before, until)

    def refuse(self, error: ConnectWiseError) -> None:
        """Let no further guarded request leave: the credentials are refused."""
        with self._places:
            self._refused = self._refused or error

    def pause(self, until: float, stop: Stop) -> None:
        """Wait until a time of the monotonic clock. Raises WaitStopped when asked to stop meanwhile."""
        if until > self.clock.monotonic():
            self._own.waits = self.waits + 1
        while (left := until - self.clock.monotonic()) > 0:
            if stop():
                raise WaitStopped
            self.clock.sleep(min(left, _SLICE))

    def _await_turn(self, deadline: float, stop: Stop) -> None:
        until = self._not_before
        if until > deadline:
            left = until - self.clock.monotonic()
            raise ConnectWiseError(
                f"ConnectWise limits the number of requests. Try again in {left:.0f} seconds.",
                status=429,
                retry_after=left,
            )
        self.pause(until, stop)


class Patience:
    """How often and how long one request may still be repeated."""

    def __init__(self, gate: Gate, stop: Stop, tries: int = TRIES, budget: float = BUDGET) -> None:
        self.stop = stop
        self.deadline = gate.clock.monotonic() + budget
        self._gate = gate
        self._tries = tries
        self._failed = 0
        self._limited = 0

    def again(self, failure: Failure) -> None:
        """Wait as long as the failure asks for. Raises its error when it is final or the patience ends.

        Being told to wait costs time but no try: at a steady limit every request would else fail in the end.
        """
        error = failure.error
        limited = error.status == 429
        if limited:
            self._limited += 1
        else:
            self._failed += 1
        delay = self._delay(error, limited)
        until = self._gate.clock.monotonic() + delay
        if not failure.repeatable or self._failed >= self._tries or until > self.deadline:
            raise error from failure.cause
        if limited:
            self._gate.hold(delay)
        self._gate.pause(until, self.stop)

    def _delay(self, error: ConnectWiseError, limited: bool) -> float:
        count, first = (self._limited, 2.0) if limited else (self._failed, 0.5)
        longest = _LONGEST_BACKOFF
        if error.retry_after is not None:
            first, longest = 0.1, 1.0  # the server's wait rules; this only keeps a "0" from becoming a storm
        backoff = min(first * 2.0 ** (count - 1), longest)
        jittered = backoff * (1 + self._gate.clock.jitter()) / 2
        return max(error.retry_after or 0.0, jittered)
