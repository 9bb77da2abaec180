"""The database: everything that SeatSync keeps, on SQLite or PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from seatsync.keeping import Exports, Snapshots, Teams
from seatsync.keeping_choices import Choices
from seatsync.keeping_runs import Audit, Operations
from seatsync.store.audit import SqlAudit
from seatsync.store.choices import SqlChoices
from seatsync.store.engine import Database
from seatsync.store.exports import SqlExports
from seatsync.store.operations import SqlOperations
from seatsync.store.schema import bring_up_to_date
from seatsync.store.secrets import Vault
from seatsync.store.snapshots import SqlSnapshots
from seatsync.store.teams import SqlTeams

__all__ = ["SqlStore", "open_store"]


def utc_now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


class SqlStore:
    """The database, by what it keeps. Threads may share it; it is closed at the end of a ``with`` block."""

    teams: Teams
    snapshots: Snapshots
    exports: Exports
    choices: Choices
    operations: Operations
    audit: Audit

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self.teams = SqlTeams(database, vault)
        self.snapshots = SqlSnapshots(database)
        self.exports = SqlExports(database)
        self.choices = SqlChoices(database)
        self.operations = SqlOperations(database)
        self.audit = SqlAudit(database)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(
    url: str, *, secret_key: str | None = None, clock: Callable[[], datetime] = utc_now
) -> SqlStore:
    """Open the database at ``url``, made and brought up to date where needed.

    ``clock`` returns aware times. Raises DatabaseError, and SettingsError when ``url`` is not one.
    """
    database = Database(url, clock)
    try:
        bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    path = database.path
    key_file = None if path is None else path.with_name(f"{path.name}.key")
    lasting = database.on_postgres
    return SqlStore(database, Vault(secret_key, key_file, lasting=lasting))
