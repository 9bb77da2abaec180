"""The append-only log: entries numbered without gaps, each hashed together with the one before."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from seatsync.errors import NotFound
from seatsync.journal import AuditDraft, AuditEntry, AuditVerdict
from seatsync.model import OperationId, TeamId
from seatsync.status import Result
from seatsync.store.codec import clean, json_text
from seatsync.store.engine import Database
from seatsync.store.tables import AUDIT, OPERATION, OUTCOME, TEAM

_AT_ONCE = 500
_TOO_BIG = 2**31


def record(database: Database, connection: Connection, *drafts: AuditDraft) -> None:
    """Append entries in the caller's transaction, as its last statements. Raises NotFound."""
    if not drafts:
        return
    # Taken last in every transaction, so that two writers can't wait for each other.
    database.alone(connection, "audit")
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, "")
    names = _team_names(connection, {draft.team_id for draft in drafts})
    at = database.clock().astimezone(UTC)
    entries = []
    for draft in drafts:
        seq += 1
        entry = _entry(draft, seq, at, names[draft.team_id])
        previous = entry["hash"] = _hash(entry, previous)
        entries.append(entry)
    connection.execute(insert(AUDIT), entries)


def _team_names(connection: Connection, teams: set[TeamId]) -> dict[int, str]:
    found = connection.execute(select(TEAM.c.id, TEAM.c.name).where(TEAM.c.id.in_(teams))).all()
    names = {row.id: row.name for row in found}
    missing = teams - names.keys()
    if missing:
        raise NotFound(f"There is no team {min(missing)}. Choose another team.")
    return names


def _entry(draft: AuditDraft, seq: int, at: datetime, team: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": at,
        "who": clean(draft.who),
        "team_id": draft.team_id,
        "team": team,
        "permission": clean(draft.permission),
        "action": clean(draft.action),
        "resource": clean(draft.resource),
        "before": json_text(draft.before),
        "after": json_text(draft.after),
        "result": clean(draft.result),
        "operation_id": draft.operation_id,
    }


def _hash(entry: Mapping[str, Any], previous: str) -> str:
    hashed = {name: value for name, value in entry.items() if name != "hash"}
    hashed |= {"at": entry["at"].isoformat(timespec="microseconds"), "previous": previous}
    return hashlib.sha256(json_text(hashed).encode()).hexdigest()


class SqlAudit:
    """The log, read and checked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, draft: AuditDraft) -> None:
        """Add an entry that belongs to no other write."""
        with self._database.writing() as connection:
            record(self._database, connection, draft)

    def entries(
        self,
        team: TeamId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        who: str = "",
        action: str = "",
        text: str = "",
        operation: OperationId | None = None,
        limit: int | None = None,
    ) -> tuple[AuditEntry, ...]:
        """List entries, oldest first; with ``limit``, the newest that many.

        ``since`` is included and ``until`` is not. ``who`` and ``action`` are whole; ``text`` occurs in the
        resource, before or after, in any case.
        """
        wanted = select(AUDIT).where(AUDIT.c.team_id == team).order_by(AUDIT.c.seq.desc())
        if since is not None:
            wanted = wanted.where(AUDIT.c.at >= since)
        if until is not None:
            wanted = wanted.where(AUDIT.c.at < until)
        if who:
            wanted = wanted.where(AUDIT.c.who == who)
        if action:
            wanted = wanted.where(AUDIT.c.action == action)
        if operation is not None:
            wanted = wanted.where(AUDIT.c.operation_id == operation)
        found: list[AuditEntry] = []
        with self._database.reading() as connection:
            for row in _streamed(connection, wanted):
                if limit is not None and len(found) >= limit:
                    break
                if _mentions(row, text):
                    found.append(_shown(row))
        return tuple(reversed(found))

    def entry(self, team: TeamId, seq: int) -> AuditEntry:
        """Return one entry by its number. Raises NotFound."""
        wanted = select(AUDIT).where(AUDIT.c.team_id == team, AUDIT.c.seq == seq)
        # A number that no column holds is refused by PostgreSQL.
        known = 0 < seq < _TOO_BIG
        with self._database.reading() as connection:
            row = connection.execute(wanted).first() if known else None
        if row is None:
            raise NotFound(f"The team has no audit entry {seq}. Choose another from the log.")
        return _shown(row)

    def head(self, team: TeamId) -> int:
        """Return the number of the team's last entry, 0 before the first."""
        last = select(AUDIT.c.seq).where(AUDIT.c.team_id == team).order_by(AUDIT.c.seq.desc()).limit(1)
        with self._database.reading() as connection:
            found: int | None = connection.execute(last).scalar()
        return found or 0

    def verify(self) -> AuditVerdict:
        """Recompute the hash chain of all teams, and compare its end with the journal of runs."""
        entries, first_bad, previous = 0, None, ""
        with self._database.reading() as connection:
            for row in _streamed(connection, select(AUDIT).order_by(AUDIT.c.seq)):
                entries += 1
                # Where an entry was removed, its number is the first bad one.
                if first_bad is None and (
                    row.seq != entries or row.hash != _hash(dict(row._mapping), previous)
                ):
                    first_bad = entries
                previous = row.hash
            # The chain alone can't tell that its end was cut off; the runs it reports are still there.
            if first_bad is None and _unreported(connection):
                first_bad = entries + 1
        return AuditVerdict(ok=first_bad is None, entries=entries, first_bad=first_bad)


def _streamed(connection: Connection, statement: Any) -> Iterator[Row[Any]]:
    with connection.execute(statement, execution_options={"yield_per": _AT_ONCE}) as rows:
        yield from rows


def _unreported(connection: Connection) -> bool:
    """Say whether an ended run lacks an entry of its opening, of a change, or of its end."""
    told = (
        select(AUDIT.c.operation_id, func.count().label("entries"))
        .where(AUDIT.c.operation_id.is_not(None))
        .group_by(AUDIT.c.operation_id)
        .subquery()
    )
    ended = (
        select(OUTCOME.c.operation_id, func.count().label("changes"))
        .where(OUTCOME.c.result.not_in((Result.PLANNED, Result.STARTED)))
        .group_by(OUTCOME.c.operation_id)
        .subquery()
    )
    due = 2 + func.coalesce(ended.c.changes, 0)
    short = (
        select(OPERATION.c.id)
        .outerjoin(told, told.c.operation_id == OPERATION.c.id)
        .outerjoin(ended, ended.c.operation_id == OPERATION.c.id)
        .where(OPERATION.c.finished_at.is_not(None), func.coalesce(told.c.entries, 0) < due)
    )
    return connection.execute(short.limit(1)).first() is not None


def _mentions(row: Row[Any], text: str) -> bool:
    # Compared here and not by LIKE, which folds the case of ASCII letters alone on SQLite.
    plain = clean(text).casefold()
    if plain in row.resource.casefold():
        return True
    quoted = json_text(text)[1:-1].casefold()
    return quoted in row.before.casefold() or quoted in row.after.casefold()


def _shown(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        who=row.who,
        team=row.team,
        permission=row.permission,
        action=row.action,
        resource=row.resource,
        before=json.loads(row.before),
        after=json.loads(row.after),
        result=row.result,
        operation_id=row.operation_id,
        hash=row.hash,
    )
