"""Look again: settle by reading the writes of an operation whose outcome is unknown; nothing is sent."""

from collections.abc import Collection

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice
from seatsync.jobs.lookup import look_again as read_again
from seatsync.jobs.words import since
from seatsync.journal import AuditDraft, Operation, Outcome, resource_of
from seatsync.model import AdditionId, OperationId
from seatsync.people import Permission
from seatsync.plan import Create


def look_again(
    desk: Desk, operation: OperationId, select: str | Collection[str] = "all"
) -> tuple[Operation, tuple[Outcome, ...]]:
    """Read what became of each write of an operation that is unknown, and journal it; return the operation.

    ``select`` is ``all`` that is unknown, or keys of changes. Each ends as updated, created or cancelled, as
    failed because it is known not to be done, or stays unknown. Raises NotFound, NotConfigured, and
    InvalidChoice for an operation that goes on or a key whose outcome is known.
    """
    desk.require(Permission.MANAGE, "operation.look_again", f"operation {operation}")
    operations, team = desk.store.operations, desk.team.id
    found = operations.get(team, operation)
    chosen = _chosen(found, operations.outcomes(operation), select)
    if chosen:
        with desk.connect() as connectwise:
            for outcome in chosen:
                seen = read_again(outcome, connectwise, since(found.undoes), _scanned(desk, found, outcome))
                operations.settle(team, seen, _draft(desk, outcome, seen))
    return operations.get(team, operation), operations.outcomes(operation)


def _chosen(
    operation: Operation, outcomes: Collection[Outcome], select: str | Collection[str]
) -> tuple[Outcome, ...]:
    if not operation.status.finished:
        raise InvalidChoice(
            f"Operation {operation.id} ({operation.kind.label}) has not ended yet. It looks up by itself "
            "what was not answered; look again when it has ended."
        )
    unknown = {outcome.change.key: outcome for outcome in outcomes if outcome.unknown}
    if select == "all":
        return tuple(unknown.values())
    keys = tuple(dict.fromkeys([select] if isinstance(select, str) else select))
    for key in keys:
        if key not in unknown:
            raise InvalidChoice(f"Operation {operation.id} has no change {key} whose outcome is unknown.")
    return tuple(unknown[key] for key in keys)


def _scanned(desk: Desk, operation: Operation, outcome: Outcome) -> frozenset[AdditionId]:
    """List the lines of a create's product that a scan after the operation found."""
    snapshot, ended = desk.store.snapshots.latest(desk.team.id), operation.finished_at
    if not isinstance(outcome.change, Create) or snapshot is None or not ended or snapshot.taken_at <= ended:
        return frozenset()
    book = desk.store.snapshots.book(desk.team.id, snapshot.id, {outcome.change.product.id})
    return frozenset(line.id for line in book.additions)


def _draft(desk: Desk, before: Outcome, after: Outcome) -> AuditDraft:
    return desk.draft(
        Permission.MANAGE,
        "operation.look_again",
        resource_of(after.change),
        {"result": before.result, "message": before.message},
        {"result": after.result, "message": after.message},
        "failed" if after.unknown else "ok",
    )
