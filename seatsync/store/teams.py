"""Teams, what each has set for itself, and the ConnectWise connection it has or inherits."""

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy import Connection as Sql

from seatsync.errors import InvalidChoice, NotFound
from seatsync.journal import AuditDraft
from seatsync.model import Team, TeamId
from seatsync.ports import Connection
from seatsync.rules import Rules
from seatsync.store.audit import record
from seatsync.store.codec import json_text, rules_from_json, rules_to_json
from seatsync.store.engine import Database, only
from seatsync.store.rows import add, lock_team, put
from seatsync.store.secrets import Vault
from seatsync.store.tables import CONNECTION, TEAM, TEAM_SETTING

ROOT = "Root"


class SqlTeams:
    """The teams of one database."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def root(self) -> Team:
        """Return the root team, made on first use."""
        of_root = _teams().where(TEAM.c.parent_id.is_(None))
        with self._database.reading() as connection:
            found = _read(connection, of_root)
        if found:
            return found[0]
        with self._database.writing() as connection:
            self._database.alone(connection, "root")
            found = _read(connection, of_root)
            if not found:
                add(connection, TEAM, {"name": ROOT, "parent_id": None})
                found = _read(connection, of_root)
        return found[0]

    def add(self, name: str, parent: TeamId, audit: AuditDraft) -> Team:
        """Make a team under ``parent``. Raises NotFound, InvalidChoice."""
        with self._database.writing() as connection:
            # All teams are under the root, so that its lock settles who takes a name first.
            self._database.alone(connection, "root")
            lock_team(connection, parent)
            if not name.strip():
                raise InvalidChoice("A team needs a name. Give it one.")
            if only(connection, select(TEAM.c.id).where(TEAM.c.name == name)) is not None:
                raise InvalidChoice(f'There is a team "{name}" already. Choose another name.')
            made = add(connection, TEAM, {"name": name, "parent_id": parent})
            record(self._database, connection, audit)
            return _read(connection, _teams().where(TEAM.c.id == made))[0]

    def by_name(self, name: str) -> Team:
        """Find a team. Raises NotFound."""
        with self._database.reading() as connection:
            found = _read(connection, _teams().where(TEAM.c.name == name))
        if not found:
            raise NotFound(f'There is no team "{name}". Check the name, or make the team under Setup.')
        return found[0]

    def all(self) -> tuple[Team, ...]:
        """List every team, the root first, the others by name."""
        with self._database.reading() as connection:
            found = _read(connection, _teams())
        return tuple(
            sorted(found, key=lambda team: (team.parent_id is not None, team.name.casefold(), team.id))
        )

    def rules(self, team: TeamId) -> Rules:
        """Return the team's own rules, or the defaults."""
        with self._database.reading() as connection:
            own = only(connection, select(TEAM_SETTING.c.rules).where(TEAM_SETTING.c.team_id == team))
        return rules_from_json(own) if own else Rules()

    def save_rules(self, team: TeamId, rules: Rules, audit: AuditDraft) -> None:
        """Replace the team's rules. Raises NotFound."""
        self._save(team, {"rules": rules_to_json(rules)}, audit)

    def timezone(self, team: TeamId) -> str:
        """Return the IANA zone saved for the team; empty when none was saved."""
        return self._text(team, TEAM_SETTING.c.timezone)

    def save_timezone(self, team: TeamId, zone: str, audit: AuditDraft) -> None:
        """Save the zone that decides what "today" means. Raises NotFound."""
        self._save(team, {"timezone": zone}, audit)

    def scan_schedule(self, team: TeamId) -> str:
        """Return when the team's scans start by themselves, as a cron expression; empty for never."""
        return self._text(team, TEAM_SETTING.c.scan_schedule)

    def save_scan_schedule(self, team: TeamId, cron: str, audit: AuditDraft) -> None:
        """Save when scans start by themselves; empty for never. Raises NotFound."""
        self._save(team, {"scan_schedule": cron}, audit)

    def connection(self, team: TeamId) -> tuple[Connection, Team] | None:
        """Return the connection of the team or its nearest ancestor that has one, and whose it is.

        Raises SettingsError when the key to it is missing or another one.
        """
        with self._database.reading() as connection:
            teams = {one.id: one for one in _read(connection, _teams())}
            sealed = {
                row.team_id: row.sealed
                for row in connection.execute(select(CONNECTION))
                if row.team_id in teams
            }
        owner = next((one for one in _upwards(teams, team) if one.id in sealed), None)
        if owner is None:
            return None
        plain = self._vault.open(sealed[owner.id], f'the ConnectWise connection of team "{owner.name}"')
        return Connection(**json.loads(plain)), owner

    def save_connection(self, team: TeamId, connection: Connection | None, audit: AuditDraft) -> None:
        """Save the team's own connection, encrypted; None returns to the inherited one. Raises NotFound."""
        with self._database.writing() as sql:
            lock_team(sql, team)
            if connection is None:
                sql.execute(delete(CONNECTION).where(CONNECTION.c.team_id == team))
            else:
                plain = {name: getattr(connection, name) for name in Connection.__dataclass_fields__}
                put(sql, CONNECTION, {"team_id": team}, {"sealed": self._vault.seal(json_text(plain))})
            record(self._database, sql, audit)

    def _text(self, team: TeamId, setting: ColumnElement[str]) -> str:
        with self._database.reading() as connection:
            return only(connection, select(setting).where(TEAM_SETTING.c.team_id == team)) or ""

    def _save(self, team: TeamId, values: dict[str, object], audit: AuditDraft) -> None:
        with self._database.writing() as connection:
            lock_team(connection, team)
            put(connection, TEAM_SETTING, {"team_id": team}, values)
            record(self._database, connection, audit)


def _teams() -> Select[tuple[object, ...]]:
    zone = func.coalesce(TEAM_SETTING.c.timezone, "").label("timezone")
    return (
        select(TEAM.c.id, TEAM.c.name, TEAM.c.parent_id, zone)
        .outerjoin(TEAM_SETTING, TEAM_SETTING.c.team_id == TEAM.c.id)
        .order_by(TEAM.c.id)
    )


def _read(connection: Sql, statement: Select[tuple[object, ...]]) -> list[Team]:
    return [
        Team(id=row.id, name=row.name, parent_id=row.parent_id, timezone=row.timezone or "UTC")
        for row in connection.execute(statement)
    ]


def _upwards(teams: dict[TeamId, Team], start: TeamId) -> Iterable[Team]:
    seen: set[TeamId] = set()
    team = teams.get(start)
    while team is not None and team.id not in seen:
        seen.add(team.id)
        yield team
        team = teams.get(team.parent_id) if team.parent_id is not None else None
