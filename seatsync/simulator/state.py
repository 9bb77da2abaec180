"""What a running simulator keeps besides its book: calendar, faults, waiting edits, request log."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from seatsync.simulator.book import COLLECTION_OF, Record, SimulatedBook
from seatsync.simulator.edits import Edit, Moment, apply_edit
from seatsync.simulator.faults import Faults
from seatsync.simulator.lag import Lag
from seatsync.simulator.refusals import not_found
from seatsync.simulator.views import id_of

LOG_LENGTH: Final = 50_000
"""Older requests leave the log, so that a long run does not fill the memory."""


@dataclass
class Simulator:
    """A book being served. ``latency`` is seconds added to every answer.

    ``corrupt`` names records, by type and id, that break every answer that would hold them.
    """

    book: SimulatedBook
    today: Callable[[], date]
    faults: Faults
    latency: float = 0.0
    edits: list[Edit] = field(default_factory=list)
    corrupt: set[tuple[str, int]] = field(default_factory=set)
    lag: Lag = field(default_factory=Lag)
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
        self.corrupt.clear()
        self.lag.clear()
        self.log.clear()

    def edit(self, edit: Edit) -> None:
        """Make an edit now, or keep it for its moment. Raises LookupError."""
        if edit.when is Moment.NOW:
            self._apply(edit)
        else:
            self.edits.append(edit)

    def make_due_edits(self, moment: Moment, method: str, path: str) -> None:
        """Make the edits that waited for this request; one whose record is gone by now is forgotten."""
        if not self.edits:
            return
        due = [edit for edit in self.edits if edit.due(moment, method, path)]
        for edit in due:
            self.edits.remove(edit)
            try:
                self._apply(edit)
            except LookupError:
                continue

    def record(self, entry: Mapping[str, Any]) -> None:
        """Add a request to the log."""
        self.served += 1
        moment = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self.log.append({"seq": self.served, "at": moment, **entry})

    def records(self, type_name: str, agreement: int | None = None) -> Mapping[int, Record]:
        """Return the records of a type that the signed-in role sees; of additions, those of an agreement.

        Raises Refusal when there is no such agreement.
        """
        if type_name == "Addition":
            return self.additions(agreement or 0)
        records = self.book.collection(COLLECTION_OF[type_name])
        if type_name != "Agreement" or not self.book.quirks.hidden_types:
            return records
        return {number: record for number, record in records.items() if not self._hidden(record)}

    def additions(self, agreement: int) -> dict[int, Record]:
        """Return the lines of an agreement. Raises Refusal when the role sees no such agreement."""
        owner = self.book.agreements.get(agreement)
        if owner is None or self._hidden(owner):
            raise not_found("Agreement", agreement)
        return self.book.additions.get(agreement, {})

    def store(self, type_name: str, before: Record | None, after: Record | None) -> None:
        """Put a record in the place of another; None for a record that is new, or that goes."""
        record = after or before or {}
        number = record["id"]
        if type_name == "Addition":
            held = self.book.lines(record["agreementId"])
        else:
            held = self.book.collection(COLLECTION_OF[type_name])
        self.lag.note(self.book.quirks, type_name, number, before, self.served)
        if after is None:
            del held[number]
        else:
            held[number] = after

    def _hidden(self, agreement: Record) -> bool:
        hidden = self.book.quirks.hidden_types
        if not hidden:
            return False
        kind = self.book.agreement_types.get(id_of(agreement.get("type")), {})
        return kind.get("name") in hidden

    def _apply(self, edit: Edit) -> None:
        apply_edit(self.book, edit)
        number = int(edit.path.rpartition("/")[2])
        if edit.corrupt is not None:
            change = self.corrupt.add if edit.corrupt else self.corrupt.discard
            change((edit.type_name, number))
