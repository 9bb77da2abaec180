"""The few statements that every part of the store repeats."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from itertools import islice, repeat
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, insert, select, update

from seatsync.errors import NotFound
from seatsync.model import ExportId, TeamId
from seatsync.store.engine import only
from seatsync.store.tables import EXPORT, TEAM


def columns_of(table: Table, record: type) -> tuple[Column[Any], ...]:
    """Return the columns that hold the record's fields, in the order of the fields."""
    return tuple(table.c[name] for name in _kept(record))


def _kept(record: type) -> list[str]:
    """Name the fields that are kept: what a record is not compared by is known only as just read."""
    return [one.name for one in fields(record) if one.compare]


def keyed(table: Table, key: Mapping[str, Any]) -> ColumnElement[bool]:
    """Return the condition that each column of ``key`` has its value."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def lock_team(connection: Connection, team: TeamId) -> str:
    """Make other writers of the team wait until the transaction ends; return its name. Raises NotFound."""
    # NO KEY UPDATE: rows that merely refer to the team can still be added meanwhile.
    name: str | None = only(
        connection, select(TEAM.c.name).where(TEAM.c.id == team).with_for_update(key_share=True)
    )
    if name is None:
        raise NotFound(f"There is no team {team}. Choose another team.")
    return name


def require_export(connection: Connection, team: TeamId, export: ExportId) -> None:
    """Raise NotFound unless the export is the team's."""
    if only(connection, select(EXPORT.c.id).where(EXPORT.c.team_id == team, EXPORT.c.id == export)) is None:
        raise NotFound(f"The team has no export {export}. Upload it, or choose one of the kept exports.")


def put(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Replace the values of the row, or add it. The caller holds the team's lock."""
    changed = connection.execute(update(table).where(keyed(table, key)).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def add_all(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert many rows at once."""
    batch = [dict(row) for row in rows]
    if batch:
        connection.execute(insert(table), batch)


def add_records(
    connection: Connection, table: Table, kind: type, records: Collection[object], **same: object
) -> None:
    """Insert records of one kind, each with the ``same`` further values.

    The driver is handed finished values column by column: for 20,000 additions this takes half the time.
    """
    if not records:
        return
    dialect = connection.dialect
    names = _kept(kind)
    columns: list[Iterable[object]] = [repeat(value) for value in same.values()]
    for name in names:
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        values = map(attrgetter(name), records)
        columns.append(map(process, values) if process else values)
    quote = dialect.identifier_preparer.quote
    listed = ", ".join(quote(name) for name in (*same, *names))
    marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({listed}) VALUES ({marks})"
    connection.exec_driver_sql(statement, list(islice(zip(*columns, strict=False), len(records))))


def add(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Insert a row and return the id that the database gave it."""
    made: int = connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
    return made
