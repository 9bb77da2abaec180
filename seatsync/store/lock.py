"""The run lock of a team, which the kernel or the database server releases when its holder dies."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from seatsync.errors import DatabaseError
from seatsync.model import TeamId
from seatsync.store.engine import LOCK_SPACE, Database

# A space of its own, so that a team's id can't meet the number of a transaction's lock.
_RUN_SPACE = LOCK_SPACE + 1


class RunLocks:
    """Holds the run lock of a team: a locked file, a server's lock, or a thread lock in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._in_memory: dict[TeamId, threading.Lock] = {}

    def hold(self, team: TeamId) -> AbstractContextManager[bool]:
        """Yield whether the lock was free, and hold it for the block when it was. Raises DatabaseError."""
        if self._database.on_postgres:
            return self._on_server(team)
        path = self._database.path
        if path is None:
            return _held(self._in_memory.setdefault(team, threading.Lock()))
        return _on_file(path.with_name(f"{path.name}.run-{team}.lock"))

    @contextmanager
    def _on_server(self, team: TeamId) -> Iterator[bool]:
        place = {"space": _RUN_SPACE, "team": team}
        with self._database.guarded():
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            # Taken out of the pool for good: the lock lives as long as this one connection.
            connection.detach()
            held = connection.execute(text("SELECT pg_try_advisory_lock(:space, :team)"), place).scalar_one()
        try:
            yield bool(held)
        finally:
            # Unlocked by name first: after a mere close, the server frees the lock a moment later.
            with suppress(SQLAlchemyError):
                if held:
                    connection.execute(text("SELECT pg_advisory_unlock(:space, :team)"), place)
            connection.close()


@contextmanager
def _held(lock: threading.Lock) -> Iterator[bool]:
    held = lock.acquire(blocking=False)
    try:
        yield held
    finally:
        if held:
            lock.release()


@contextmanager
def _on_file(path: Path) -> Iterator[bool]:
    # The file stays: whoever opened it before a removal would hold a lock that nobody else sees.
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("ab"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = True
        except BlockingIOError:
            held = False
        except OSError as error:
            raise DatabaseError(
                f"The run lock {path} can't be used: {error.strerror}. "
                "Check that the folder may be written and is on a disk that supports file locks."
            ) from error
        yield held
