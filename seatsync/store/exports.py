"""The kept exports and their rows."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from seatsync.journal import AuditDraft
from seatsync.model import ExportId, ExportRecord, ParsedExport, SeatRow, TeamId
from seatsync.preview import SeenTenant
from seatsync.renames import Sighting
from seatsync.status import TenantState
from seatsync.store.audit import record
from seatsync.store.codec import json_text, problem_from_json, problem_to_json
from seatsync.store.engine import Database, only
from seatsync.store.rows import add, add_all, columns_of, lock_team, require_export
from seatsync.store.tables import EXPORT, SEAT_ROW


class SqlExports:
    """The exports of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, team: TeamId, parsed: ParsedExport, who: str, audit: AuditDraft
    ) -> tuple[ExportRecord, bool]:
        """Keep a file; the flag says that the same file, read the same way, was kept before.

        Then that record is returned. The audit entry also names the export and says whether it was kept
        before. Raises NotFound.
        """
        fingerprint = _fingerprint(parsed)
        same = select(EXPORT.c.id).where(EXPORT.c.team_id == team, EXPORT.c.fingerprint == fingerprint)
        with self._database.writing() as connection:
            lock_team(connection, team)
            export = only(connection, same)
            kept_before = export is not None
            if export is None:
                header = {"team_id": team, "fingerprint": fingerprint, "uploaded_by": who}
                export = add(connection, EXPORT, header | self._header(parsed))
                add_all(connection, SEAT_ROW, _row_values(export, parsed.seat_rows))
            after = {**audit.after, "export": export, "kept_before": kept_before}
            record(self._database, connection, replace(audit, after=after))
            return _read(connection, EXPORT.c.id == export)[0], kept_before

    def get(self, team: TeamId, export: ExportId) -> ExportRecord:
        """Return one. Raises NotFound."""
        with self._database.reading() as connection:
            return _get(connection, team, export)

    def all(self, team: TeamId) -> tuple[ExportRecord, ...]:
        """List the kept exports, newest first."""
        with self._database.reading() as connection:
            return _read(connection, EXPORT.c.team_id == team)

    def seat_rows(self, team: TeamId, export: ExportId) -> tuple[SeatRow, ...]:
        """Return the parsed rows, in the file's order. Raises NotFound."""
        wanted = select(*columns_of(SEAT_ROW, SeatRow)).where(SEAT_ROW.c.export_id == export)
        with self._database.reading() as connection:
            require_export(connection, team, export)
            return tuple(_seat_row(row) for row in connection.execute(wanted.order_by(SEAT_ROW.c.position)))

    def previous_accepted(self, team: TeamId, export: ExportId) -> ExportRecord | None:
        """Return the last accepted export kept before this one."""
        accepted = or_(EXPORT.c.incomplete == "", EXPORT.c.declared != "")
        earlier = and_(EXPORT.c.team_id == team, EXPORT.c.id < export, accepted)
        with self._database.reading() as connection:
            found = _read(connection, earlier, limit=1)
        return found[0] if found else None

    def seen_before(self, team: TeamId, export: ExportId) -> tuple[SeenTenant, ...]:
        """List, for each tenant and tier, the last export before this one that showed it paid.

        Sorted by key and tier. Raises NotFound.
        """
        newest_first = func.row_number().over(
            partition_by=(SEAT_ROW.c.key, SEAT_ROW.c.tier), order_by=SEAT_ROW.c.export_id.desc()
        )
        paid = (
            select(
                SEAT_ROW.c.key,
                SEAT_ROW.c.tenant,
                SEAT_ROW.c.tier,
                EXPORT.c.uploaded_at,
                EXPORT.c.name,
                newest_first.label("place"),
            )
            .join(EXPORT, EXPORT.c.id == SEAT_ROW.c.export_id)
            .where(EXPORT.c.team_id == team, EXPORT.c.id < export)
            .where(SEAT_ROW.c.state == TenantState.PAID, SEAT_ROW.c.problem.is_(None))
            .subquery()
        )
        wanted = select(paid.c.key, paid.c.tenant, paid.c.tier, paid.c.uploaded_at, paid.c.name)
        with self._database.reading() as connection:
            require_export(connection, team, export)
            found = connection.execute(wanted.where(paid.c.place == 1))
            seen = [SeenTenant(*row) for row in found]
        return tuple(sorted(seen, key=lambda one: (one.key, one.tier)))

    def last_seen(self, team: TeamId) -> tuple[Sighting, ...]:
        """List, for each tenant, the last export that it occurs in, and its names there; sorted by key."""
        # A rank: the same by the greatest export of each key, joined, takes SQLite twelve times as long.
        newest_first = func.rank().over(partition_by=SEAT_ROW.c.key, order_by=SEAT_ROW.c.export_id.desc())
        rows = (
            select(
                SEAT_ROW.c.key,
                SEAT_ROW.c.tenant,
                SEAT_ROW.c.position,
                EXPORT.c.id,
                EXPORT.c.name,
                EXPORT.c.uploaded_at,
                newest_first.label("place"),
            )
            .join(EXPORT, EXPORT.c.id == SEAT_ROW.c.export_id)
            .where(EXPORT.c.team_id == team)
            .subquery()
        )
        wanted = (
            select(rows.c.key, rows.c.tenant, rows.c.id, rows.c.name, rows.c.uploaded_at)
            .where(rows.c.place == 1)
            .order_by(rows.c.key, rows.c.position)
        )
        seen: dict[str, Sighting] = {}
        with self._database.reading() as connection:
            for key, tenant, export, name, at in connection.execute(wanted):
                before = seen[key].tenants if key in seen else ()
                tenants = before if tenant in before else (*before, tenant)
                seen[key] = Sighting(key, tenants, export, name, at)
        return tuple(seen[key] for key in sorted(seen))

    def rows_of(self, team: TeamId, keys: Collection[str]) -> tuple[tuple[ExportId, SeatRow], ...]:
        """List the paid rows of some tenants in every export, by their stable keys; oldest export first."""
        wanted = (
            select(SEAT_ROW.c.export_id, *columns_of(SEAT_ROW, SeatRow))
            .join(EXPORT, EXPORT.c.id == SEAT_ROW.c.export_id)
            .where(EXPORT.c.team_id == team, SEAT_ROW.c.key.in_(keys), SEAT_ROW.c.state == TenantState.PAID)
            .order_by(SEAT_ROW.c.export_id, SEAT_ROW.c.position)
        )
        with self._database.reading() as connection:
            return tuple((ExportId(row[0]), _seat_row(row[1:])) for row in connection.execute(wanted))

    def declare_complete(self, team: TeamId, export: ExportId, reason: str, audit: AuditDraft) -> None:
        """Record that a person calls the file complete, and why. Raises NotFound."""
        with self._database.writing() as connection:
            lock_team(connection, team)
            require_export(connection, team, export)
            connection.execute(update(EXPORT).where(_mine(team, export)).values(declared=reason))
            record(self._database, connection, audit)

    def judge(self, team: TeamId, export: ExportId, incomplete: str) -> None:
        """Record what the last preview found of the file's completeness. Raises NotFound."""
        # Every preview judges; nearly always nothing has changed, and reading does not hold up writers.
        if self.get(team, export).incomplete == incomplete:
            return
        with self._database.writing() as connection:
            connection.execute(update(EXPORT).where(_mine(team, export)).values(incomplete=incomplete))

    def _header(self, parsed: ParsedExport) -> dict[str, Any]:
        return {
            "name": parsed.name,
            "sha256": parsed.sha256,
            "uploaded_at": self._database.clock(),
            "columns": parsed.columns,
            "rows": parsed.rows,
            "ignored": parsed.ignored,
            "truncated": parsed.truncated,
            "encoding": parsed.encoding,
            "delimiter": parsed.delimiter,
            "notes": parsed.notes,
            "declared": "",
            "incomplete": "",
            "header": parsed.header,
            "chosen": parsed.chosen,
        }


def _fingerprint(parsed: ParsedExport) -> str:
    return hashlib.sha256(json_text([parsed.sha256, parsed.columns]).encode()).hexdigest()


def _mine(team: TeamId, export: ExportId) -> ColumnElement[bool]:
    return and_(EXPORT.c.team_id == team, EXPORT.c.id == export)


def _get(connection: Connection, team: TeamId, export: ExportId) -> ExportRecord:
    require_export(connection, team, export)
    return _read(connection, _mine(team, export))[0]


def _read(
    connection: Connection, where: ColumnElement[bool], limit: int | None = None
) -> tuple[ExportRecord, ...]:
    columns = columns_of(EXPORT, ExportRecord)
    found = connection.execute(select(*columns).where(where).order_by(EXPORT.c.id.desc()).limit(limit))
    return tuple(_record(row) for row in found)


def _record(row: Row[Any]) -> ExportRecord:
    texts = {"notes": tuple(row.notes), "header": tuple(row.header)}
    return ExportRecord(**(dict(row._mapping) | texts))


def _row_values(export: int, seat_rows: Sequence[SeatRow]) -> list[dict[str, Any]]:
    return [
        {
            "export_id": export,
            "position": position,
            "line": row.line,
            "key": row.key,
            "portal": row.portal,
            "tenant": row.tenant,
            "tier": row.tier,
            "users": row.users,
            "state": row.state,
            "raw_state": row.raw_state,
            "expires": row.expires,
            "problem": problem_to_json(row.problem),
            "extra": row.extra,
        }
        for position, row in enumerate(seat_rows)
    ]


_STATE, _PROBLEM = (list(SeatRow.__dataclass_fields__).index(name) for name in ("state", "problem"))


def _seat_row(row: Sequence[Any]) -> SeatRow:
    # By place: names cost half a second for 50,000 rows.
    values = list(row)
    values[_STATE], values[_PROBLEM] = TenantState(values[_STATE]), problem_from_json(values[_PROBLEM])
    return SeatRow(*values)
