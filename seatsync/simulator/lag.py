"""The lag of searches: for a while after a write, conditions are judged on the records of before."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from seatsync.simulator.book import Record
from seatsync.simulator.quirks import Quirks


@dataclass(frozen=True, slots=True)
class _Before:
    record: Record | None
    until: float
    until_request: int


class Lag:
    """What searches still see of the records that were written lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._before: dict[tuple[str, int], _Before] = {}

    def note(self, quirks: Quirks, type_name: str, number: int, before: Record | None, served: int) -> None:
        """Keep the record of before a write, None for one that is new, while the quirks want it."""
        if not quirks.search_lag_seconds and not quirks.search_lag_requests:
            return
        earlier = self._before.get((type_name, number))
        self._before[type_name, number] = _Before(
            before if earlier is None else earlier.record,
            self._clock() + float(quirks.search_lag_seconds),
            served + quirks.search_lag_requests,
        )

    def as_searched(
        self, type_name: str, records: Mapping[int, Record], parent: int | None, served: int
    ) -> Mapping[int, Record]:
        """Return the records that a search sees; ``parent`` is the agreement whose lines they are."""
        if not self._before:
            return records
        now = self._clock()
        self._before = {
            key: before
            for key, before in self._before.items()
            if now < before.until or served < before.until_request
        }
        seen = dict(records)
        for (kind, number), before in self._before.items():
            if kind != type_name:
                continue
            if before.record is None:
                seen.pop(number, None)
            elif parent is None or before.record.get("agreementId") == parent:
                seen[number] = before.record
        return seen

    def clear(self) -> None:
        """Let searches see everything."""
        self._before.clear()
