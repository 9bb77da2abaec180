"""Plan the undo of an operation: from what became of each of its changes, the change that takes it back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import assert_never

from seatsync.brakes import find_brake
from seatsync.desk import Desk
from seatsync.errors import InvalidChoice
from seatsync.journal import Operation, Outcome
from seatsync.lines import gather_lines
from seatsync.model import OperationId
from seatsync.people import Permission
from seatsync.plan import BillAgain, Cancel, Change, Create, Plan, Update, in_order
from seatsync.preview import Billed
from seatsync.pushes import Proposal
from seatsync.status import OperationKind
from seatsync.unknowns import Unknowns


@dataclass(frozen=True, slots=True)
class Undoable:
    """One outcome of an operation and the change that takes it back, or why there is none.

    ``undone_by`` is the undo that took it back already.
    """

    outcome: Outcome
    change: Change | None
    why: str = ""
    undone_by: OperationId | None = None


@dataclass(frozen=True, slots=True)
class LookBack:
    """An operation, what can be undone of it, in its order, and the undos of it so far, oldest first."""

    operation: Operation
    outcomes: tuple[Undoable, ...]
    undos: tuple[OperationId, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that take back what can be undone now."""
        return tuple(each.change for each in self.outcomes if each.change is not None)

    @property
    def undone_by(self) -> tuple[OperationId, ...]:
        """The undos whose effect stands."""
        return tuple(sorted({each.undone_by for each in self.outcomes if each.undone_by is not None}))

    @property
    def said(self) -> tuple[str, ...]:
        """What the operation undoes and by what it was undone, in sentences."""
        lines = [f"It undoes operation {self.operation.undoes}."] if self.operation.undoes is not None else []
        if self.undone_by:
            wrote = [each for each in self.outcomes if each.outcome.result.written]
            undone = sum(each.undone_by is not None for each in wrote)
            part = "" if undone == len(wrote) else f"{undone} of {len(wrote)} changes "
            by = " and ".join(f"operation {run}" for run in self.undone_by)
            lines.append(f"{part}undone by {by}.".capitalize())
        return tuple(lines)


def look_back(desk: Desk, operation: OperationId) -> LookBack:
    """Say of each outcome of an operation whether it can be undone; nothing is read from ConnectWise.

    Raises NotFound.
    """
    desk.require(Permission.SEE, "operation.view", str(operation))
    found = desk.store.operations.get(desk.team.id, operation)
    undos = _undos_of(desk, found)
    undone = _undone(desk, undos)
    unknowns = Unknowns.of(desk.store.operations.unknown(desk.team.id))
    outcomes = tuple(
        _undoable(outcome, undone.get(outcome.change.key), unknowns)
        for outcome in desk.store.operations.outcomes(operation)
    )
    return LookBack(found, outcomes, tuple(run.id for run in undos))


def propose_undo(desk: Desk, operation: OperationId, select: str | Collection[str] = "all") -> Proposal:
    """Make the plan that takes an operation back; nothing is read from or sent to ConnectWise.

    ``select`` is ``all`` that can be undone, or keys of changes. Raises NotFound, and InvalidChoice for an
    operation that can't be undone or a key that can't be chosen.
    """
    desk.require(Permission.MANAGE, "undo.plan", f"operation {operation}")
    back = look_back(desk, operation)
    _check(back.operation)
    changes = in_order(_chosen(back, select))
    rules = desk.rules
    currency = {change.key: change.agreement.currency or rules.currency for change in changes}
    plan = Plan(desk.team.id, None, "", None, changes, currency, undoes=operation, earlier=back.undos)
    return Proposal(plan, find_brake(plan, _billed(desk, changes), rules.brakes))


def take_back(outcome: Outcome) -> Change | str:
    """Return the change that takes an outcome back, or why there is none.

    An update gets its old quantity back, a cancelled line bills again, and a line that was created ends on
    its own first day. Each expects the line as the outcome left it.
    """
    if outcome.unknown:
        return "The outcome is unknown, so it can't be undone. Look again first."
    if not outcome.result.written:
        return "Nothing was written, so there is nothing to undo."
    change = outcome.change
    money = None if change.monthly_delta is None else -change.monthly_delta
    about = (change.key, change.company, change.product, change.agreement)
    match change:
        case Update():
            line, old = change.addition, change.addition.quantity
            return Update(*about, replace(line, quantity=change.quantity), old, money)
        case Cancel():
            line = change.addition
            return BillAgain(*about, replace(line, cancelled=change.last_day), line.cancelled, money)
        case BillAgain():
            line = change.addition
            if line.cancelled is None:
                return "The line had no cancel date, so there is none to put back."
            return Cancel(*about, replace(line, cancelled=change.until), line.cancelled, money)
        case Create():
            if change.made is None or change.made.effective is None:
                return (
                    "Which line was created was not kept, so it can't be undone here. "
                    f"Cancel it in ConnectWise on {outcome.day or change.effective}, its first day."
                )
            return Cancel(*about, change.made, change.made.effective, money)
        case _:
            assert_never(change)


def _undoable(outcome: Outcome, undone_by: OperationId | None, unknowns: Unknowns) -> Undoable:
    if undone_by is not None:
        return Undoable(outcome, None, f"Undone by operation {undone_by}.", undone_by)
    taken = take_back(outcome)
    if isinstance(taken, str):
        return Undoable(outcome, None, taken)
    why = unknowns.why_not(taken)
    return Undoable(outcome, None, f"Held back: {why}.") if why else Undoable(outcome, taken)


def _undos_of(desk: Desk, operation: Operation) -> tuple[Operation, ...]:
    """List the undos of an operation, oldest first."""
    operations, team = desk.store.operations, desk.team.id
    newest = operations.all(team, 1)
    # Numbers only rise, so that no more runs than this can be newer than the operation.
    newer = (
        operations.all(team, newest[0].id - operation.id) if newest and newest[0].id > operation.id else ()
    )
    return tuple(run for run in reversed(newer) if run.undoes == operation.id)


def _undone(desk: Desk, undos: Sequence[Operation]) -> Mapping[str, OperationId]:
    """Return, by key, the undo that took a change back and was not undone itself."""
    undone: dict[str, OperationId] = {}
    for run in undos:
        again = _undone(desk, _undos_of(desk, run))
        for outcome in desk.store.operations.outcomes(run.id):
            if outcome.result.written and outcome.change.key not in again:
                undone[outcome.change.key] = run.id
    return undone


def _check(operation: Operation) -> None:
    if operation.kind is OperationKind.SCAN:
        raise InvalidChoice(
            f"Operation {operation.id} is a scan, which writes nothing to ConnectWise, so nothing is "
            "there to undo. Choose a push or an undo under Operations."
        )
    if not operation.status.finished:
        raise InvalidChoice(
            f"Operation {operation.id} ({operation.kind.label}) has not ended yet. Wait until it ends, or "
            "stop it under Operations, and undo it then."
        )


def _chosen(back: LookBack, select: str | Collection[str]) -> tuple[Change, ...]:
    if select == "all":
        return back.changes
    found = {each.outcome.change.key: each for each in back.outcomes}
    chosen: list[Change] = []
    for key in dict.fromkeys([select] if isinstance(select, str) else select):
        undoable = found.get(key)
        if undoable is None:
            raise InvalidChoice(
                f"Operation {back.operation.id} has no change {key}. Look its changes up under Operations."
            )
        if undoable.change is None:
            raise InvalidChoice(
                f"Change {key} of operation {back.operation.id} can't be chosen. {undoable.why}"
            )
        chosen.append(undoable.change)
    return tuple(chosen)


def _billed(desk: Desk, changes: Sequence[Change]) -> Billed:
    """Return what the last scan found billed, for the brakes; without a scan every cut trips them."""
    snapshot = desk.store.snapshots.latest(desk.team.id)
    if snapshot is None:
        return Billed(0, Decimal(0), {})
    mapped = {mapping.product_id for mapping in desk.store.choices.mappings(desk.team.id)}
    products = {product for product in mapped if product is not None} | {each.product.id for each in changes}
    book = desk.store.snapshots.book(desk.team.id, snapshot.id, products)
    rules = desk.rules
    return gather_lines(book, products, rules.agreement_types, desk.today, rules.currency).billed
