"""What a running simulator keeps besides its book: calendar, faults, waiting edits, request log."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from seatsync.simulator.book import Record, SimulatedBook
from seatsync.simulator.edits import Edit, Moment, apply_edit
from seatsync.simulator.faults import Faults
from seatsync.simulator.refusals import not_found

LOG_LENGTH: Final = 50_000
"""Older requests leave the log, so that a long run does not fill the memory."""


@dataclass
class Simulator:
    """A book being served. ``latency`` is seconds added to every answer."""

    book: SimulatedBook
    today: Callable[[], date]
    faults: Faults
    latency: float = 0.0
    edits: list[Edit] = field(default_factory=list)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    served: int = 0

    def __post_init__(self) -> None:
        """Keep the book as it is now, for resets."""
        self._pristine = self.book.copy()

    def reset(self) -> None:
        """Return to the book of the start and forget faults, waiting edits and the log."""
        self.book = self._pristine.copy()
        self.faults.clear()
        self.edits.clear()
        self.log.clear()

    def edit(self, edit: Edit) -> None:
        """Make an edit now, or keep it for its moment. Raises LookupError."""
        if edit.when is Moment.NOW:
            apply_edit(self.book, edit)
        else:
            self.edits.append(edit)

    def make_due_edits(self, moment: Moment, method: str, path: str) -> None:
        """Make the edits that waited for this request."""
        due = [edit for edit in self.edits if edit.due(moment, method, path)]
        for edit in due:
            self.edits.remove(edit)
            apply_edit(self.book, edit)

    def record(self, entry: Mapping[str, Any]) -> None:
        """Add a request to the log."""
        self.served += 1
        self.log.append({"seq": self.served, "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", **entry})

    def agreements(self) -> dict[int, Record]:
        """Return the agreements that the signed-in role sees."""
        hidden = self.book.quirks.hidden_types
        if not hidden:
            return self.book.agreements
        types = {i for i, kind in self.book.agreement_types.items() if kind["name"] in hidden}
        return {i: a for i, a in self.book.agreements.items() if a["type"]["id"] not in types}

    def additions(self, agreement: int) -> dict[int, Record]:
        """Return the lines of an agreement. Raises Refusal."""
        if agreement not in self.agreements():
            raise not_found("Agreement", agreement)
        return self.book.additions.get(agreement, {})
