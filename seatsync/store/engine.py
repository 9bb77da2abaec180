"""Open the database and hand out short transactions, alike on SQLite and PostgreSQL."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.pool import StaticPool

from seatsync.errors import DatabaseError, SettingsError

SETTING = "SEATSYNC_DATABASE_URL"
BUSY_SECONDS = 10
_KEPT_OPEN = 32
"""How many connections to a file are kept: making one for each query costs more than the query."""

LOCK_SPACE = 0x5EA7
"""First number of every PostgreSQL advisory lock taken for the length of a transaction."""

_ALONE = {"schema": 1, "audit": 2, "root": 3}
_ADVICE = {
    "locked": "Another program holds it: try again in a moment.",
    "unable to open": f"Check that the folder exists and may be written, or correct {SETTING}.",
    "readonly": "Check that the file and its folder may be written.",
    "not a database": f"Restore it from a backup, or name another file in {SETTING}.",
    "malformed": f"The file is damaged: restore it from a backup, or name another file in {SETTING}.",
    "disk is full": "Make room on the disk and try again.",
}
_ELSE = f"Check that it runs and that {SETTING} is right, then try again."


class Database:
    """One database: where it is, its clock, and transactions that end before anything leaves the store.

    ``path`` is the absolute path of a SQLite file, None in memory and on PostgreSQL.
    """

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        parsed = _parse(url)
        self.clock = clock
        self.on_postgres = parsed.get_backend_name() == "postgresql"
        self.path = _sqlite_path(parsed)
        self.where = _without_credentials(parsed, self.path)
        self._secrets = [word for word in (parsed.password, parsed.query.get("password")) if word]
        # SQLite takes one writer at a time, and its own waiting is slow and unfair between threads.
        self._write_turn: AbstractContextManager[object] = (
            nullcontext() if self.on_postgres else threading.RLock()
        )
        # In memory there is but one connection, so that readers take turns too.
        in_memory = not self.on_postgres and self.path is None
        self._read_turn = self._write_turn if in_memory else nullcontext()
        self.engine = self._postgres(parsed) if self.on_postgres else self._sqlite()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a transaction in which every query sees the same state. Raises DatabaseError."""
        options: dict[str, Any] = {}
        if self.on_postgres:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.guarded(), self._read_turn, self.engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction that writes, committed at the end of the block. Raises DatabaseError."""
        with self.guarded(), self._write_turn, self.engine.connect() as plain:
            connection = plain.execution_options(seatsync_writes=True)
            with connection.begin():
                yield connection

    def alone(self, connection: Connection, what: str) -> None:
        """Let no other transaction do ``what`` until this one ends; on SQLite every writer is alone."""
        if self.on_postgres:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:space, :what)"),
                {"space": LOCK_SPACE, "what": _ALONE[what]},
            )

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what the database or its driver raises into DatabaseError; a defect of ours stays one."""
        try:
            yield
        except (DBAPIError, NoFreeConnection, sqlite3.Error) as error:
            raise DatabaseError(self._sentence(error)) from error

    def _sentence(self, error: Exception) -> str:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        lines = str(cause).strip().splitlines()
        said = lines[0].rstrip(".") if lines else type(cause).__name__
        for secret in self._secrets:
            said = said.replace(str(secret), "***")
        advice = next((cure for word, cure in _ADVICE.items() if word in said), _ELSE)
        return f"The database {self.where} can't be used: {said}. {advice}"

    def _sqlite(self) -> Engine:
        if self.path is None:
            engine = create_engine(
                "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
            )
        else:
            _make_folder(self.path)
            file = URL.create("sqlite", database=str(self.path))
            engine = create_engine(file, pool_size=_KEPT_OPEN, max_overflow=_KEPT_OPEN)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgres(self, url: URL) -> Engine:
        wait = {} if "connect_timeout" in url.query else {"connect_timeout": BUSY_SECONDS}
        with self.guarded():
            return create_engine(url, pool_pre_ping=True, connect_args=wait)


def only(connection: Connection, statement: Executable) -> Any:
    """Return the single value that a statement finds, None when it finds nothing."""
    return connection.execute(statement).scalar_one_or_none()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text may hold a password, so that neither it nor the cause is shown.
        raise SettingsError({SETTING: "is not a database URL such as sqlite:///data/seatsync.db"}) from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    is_file_uri = (parsed.database or "").startswith("file:")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and not is_file_uri and not parsed.query:
        return parsed
    raise SettingsError(
        {SETTING: "must be sqlite:///PATH without options, or postgresql://USER:PASSWORD@HOST/NAME"}
    )


def _sqlite_path(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    # Resolved at once: every process must name the key and lock files beside it alike, from any folder.
    return Path(url.database or "").expanduser().resolve()


def _without_credentials(url: URL, path: Path | None) -> str:
    if url.get_backend_name() == "sqlite":
        return str(path) if path else "in memory"
    host = url.host or str(url.query.get("host", "localhost"))
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{host}{port}/{url.database or ''}"


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"The folder {path.parent} of the database {path} can't be made: {error.strerror}. "
            f"Make it, or name another file in {SETTING}."
        ) from error


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not begin transactions of its own: _begin_sqlite does.
    connection.isolation_level = None
    cursor = connection.cursor()
    _use_write_ahead_log(cursor)
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _use_write_ahead_log(cursor: Any) -> None:
    # Two processes that switch a new file at once wait for each other: both must let go, and try again.
    cursor.execute("PRAGMA busy_timeout=0")
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(random.uniform(0.005, 0.05))
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A writer that began as a reader would fail instead of wait when another writes first.
    writes = connection.get_execution_options().get("seatsync_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
