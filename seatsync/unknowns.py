"""Hold back every change of a line while it is not known whether an earlier write to it took effect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from seatsync.journal import Outcome
from seatsync.model import AdditionId, CompanyId, OperationId, ProductId
from seatsync.plan import Change, Create
from seatsync.preview import PreviewRow


@dataclass(frozen=True, slots=True)
class Unknowns:
    """The lines with a write of unknown outcome, each with the operation that sent it.

    A create has no line yet: its place is the company and the product, where a twin must not be made.
    """

    lines: Mapping[AdditionId, OperationId] = field(default_factory=dict)
    places: Mapping[tuple[CompanyId, ProductId], OperationId] = field(default_factory=dict)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Self:
        """Gather them from outcomes; those that are known hold nothing back."""
        lines: dict[AdditionId, OperationId] = {}
        places: dict[tuple[CompanyId, ProductId], OperationId] = {}
        for outcome in outcomes:
            change = outcome.change
            if outcome.unknown:
                places[change.company.id, change.product.id] = outcome.operation_id
                if not isinstance(change, Create):
                    lines[change.addition.id] = outcome.operation_id
        return cls(lines, places)

    def why_not(self, change: Change) -> str:
        """Say why a change must wait; empty when it need not."""
        found = self.places.get((change.company.id, change.product.id))
        if found is None and not isinstance(change, Create):
            found = self.lines.get(change.addition.id)
        return "" if found is None else words(found)

    def hold_back(self, row: PreviewRow) -> PreviewRow:
        """Return a preview row that can't be chosen while the outcome of its line is unknown."""
        if row.change is None or row.company is None or row.product is None:
            return row
        found = self.places.get((row.company.id, row.product.id))
        if found is None and row.line is not None:
            found = self.lines.get(row.line.addition.id)
        if found is None:
            return row
        why = f"Held back: {words(found)}."
        return replace(row, selectable=False, selected=False, locked=why, reason=f"{why} {row.reason}")


def words(operation: OperationId) -> str:
    """Say which operation has to be looked at again."""
    return f"the outcome of operation {operation} is unknown: look again"
