"""Read operations and outcomes from their tables, and refuse a runner that lost its run."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, update

from seatsync.errors import DigestMismatch, NotFound, RunInProgress
from seatsync.journal import Operation, Outcome
from seatsync.model import OperationId, TeamId
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.store.codec import change_from_json
from seatsync.store.rows import columns_of
from seatsync.store.tables import OPERATION, OUTCOME

UNDER_WAY = OPERATION.c.status.in_([OperationStatus.QUEUED, OperationStatus.RUNNING])
_STORED = [OPERATION.c[name] for name in Operation.__dataclass_fields__ if name != "counts"]


def read_operations(
    connection: Connection,
    where: ColumnElement[bool],
    limit: int | None = None,
    *,
    oldest_first: bool = False,
) -> tuple[Operation, ...]:
    """Read operations with their counts, newest first unless asked otherwise."""
    order = OPERATION.c.id if oldest_first else OPERATION.c.id.desc()
    found = connection.execute(select(*_STORED).where(where).order_by(order).limit(limit)).all()
    counts = _counts(connection, [row.id for row in found])
    return tuple(_operation(row, counts.get(row.id, {})) for row in found)


def read_operation(connection: Connection, team: TeamId, operation: OperationId) -> Operation:
    """Read one operation of the team. Raises NotFound."""
    found = read_operations(connection, and_(OPERATION.c.team_id == team, OPERATION.c.id == operation))
    if not found:
        raise NotFound(f"The team has no operation {operation}. Look it up under Operations.")
    return found[0]


def read_outcome(connection: Connection, operation: OperationId, position: int) -> Outcome:
    """Read one outcome. Raises NotFound."""
    place = and_(OUTCOME.c.operation_id == operation, OUTCOME.c.position == position)
    row = connection.execute(select(*columns_of(OUTCOME, Outcome)).where(place)).one_or_none()
    if row is None:
        raise no_change(operation, position)
    return outcome_of(row)


def no_change(operation: OperationId, position: int) -> NotFound:
    """Say that an operation has no such change."""
    return NotFound(f"Operation {operation} has no change at place {position}.")


def read_outcomes(connection: Connection, operation: OperationId) -> tuple[Outcome, ...]:
    """Read the outcomes of an operation in the plan's order."""
    wanted = select(*columns_of(OUTCOME, Outcome)).where(OUTCOME.c.operation_id == operation)
    return tuple(outcome_of(row) for row in connection.execute(wanted.order_by(OUTCOME.c.position)))


def outcome_of(row: Row[Any]) -> Outcome:
    """Rebuild an outcome from its row."""
    values = dict(row._mapping)
    return Outcome(**(values | {"change": change_from_json(row.change), "result": Result(row.result)}))


def fence(connection: Connection, operation: OperationId, attempt: int) -> None:
    """Let only the latest attempt of an unfinished run write. Raises RunInProgress, NotFound."""
    held = select(OPERATION.c.attempt, OPERATION.c.status).where(OPERATION.c.id == operation)
    row = connection.execute(held.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise NotFound(f"There is no operation {operation}. Look it up under Operations.")
    if row.attempt != attempt:
        raise RunInProgress(
            f"Operation {operation} was taken over by another process, which goes on with it. "
            "This one stops and writes nothing more."
        )
    if OperationStatus(row.status).finished:
        raise RunInProgress(f"Operation {operation} has ended. Nothing more is written for it.")


def set_operation(connection: Connection, operation: OperationId, **values: Any) -> None:
    """Change columns of an operation."""
    connection.execute(update(OPERATION).where(OPERATION.c.id == operation).values(**values))


def refuse_second(connection: Connection, team: TeamId, team_name: str, digest: str) -> None:
    """Raise RunInProgress while a run of the team is under way, DigestMismatch when the digest is spent."""
    under_way = read_operations(connection, and_(OPERATION.c.team_id == team, UNDER_WAY))
    if under_way:
        run = under_way[0]
        raise RunInProgress(
            f'{run.who} runs operation {run.id} ({run.kind.label}) for team "{team_name}". '
            "Wait until it ends, or stop it under Operations."
        )
    if digest:
        spent = and_(OPERATION.c.team_id == team, OPERATION.c.digest == digest)
        for run in read_operations(connection, spent):
            raise DigestMismatch(
                f"This plan was pushed already as operation {run.id}. Scan again to make a new plan."
            )


def _counts(connection: Connection, operations: Iterable[int]) -> dict[int, dict[Result, int]]:
    grouped = (
        select(OUTCOME.c.operation_id, OUTCOME.c.result, func.count())
        .where(OUTCOME.c.operation_id.in_(operations))
        .group_by(OUTCOME.c.operation_id, OUTCOME.c.result)
    )
    counts: dict[int, dict[Result, int]] = {}
    for operation, result, count in connection.execute(grouped):
        counts.setdefault(operation, {})[Result(result)] = count
    return counts


def _operation(row: Row[Any], counts: dict[Result, int]) -> Operation:
    words = {"kind": OperationKind(row.kind), "status": OperationStatus(row.status)}
    return Operation(**(dict(row._mapping) | words), counts=counts)
