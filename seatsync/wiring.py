"""Build the edges from the settings: store, ConnectWise, runner; the one module that knows them all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from seatsync.desk import Desk
from seatsync.errors import DatabaseError, NotConfigured
from seatsync.model import Team, TeamId
from seatsync.people import LOCAL_ADMIN, Person
from seatsync.ports import Connection, ConnectWise
from seatsync.schedules import SCHEDULE
from seatsync.settings import Settings
from seatsync.store import SqlStore, open_store

if TYPE_CHECKING:
    from seatsync.jobs.durable import DurableRunner
    from seatsync.jobs.schedule import Scheduler


class Wiring:
    """One installation: its settings, its store, and what is built on them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store: SqlStore = open_store(settings.database_url, secret_key=settings.secret_key)
        self._runner: DurableRunner | None = None
        self._scheduler: Scheduler | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the schedules, the runner and the store."""
        if self._scheduler is not None:
            self._scheduler.close()
            self._scheduler = None
        self.let_go()
        self.store.close()

    def let_go(self) -> None:
        """Close the runner: changes in flight are finished, and what is left can be resumed."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def desk(self, team: str = "", person: Person = LOCAL_ADMIN) -> Desk:
        """Seat a person at the desk of a team, by name, or of the root team. Raises NotFound."""
        found = self.store.teams.by_name(team) if team else self.store.teams.root()
        return Desk(
            team=found,
            person=person,
            store=self.store,
            today=self.today(found.id),
            connect=lambda: self.connect(found.id),
            runner=self.runner,
            export_limit=self.settings.export_limit_mb * 1024 * 1024,
        )

    def timezone(self, team: TeamId) -> str:
        """Return the zone that decides what "today" means for a team."""
        own = self.settings.timezone if team == self.store.teams.root().id else None
        return own or self.store.teams.timezone(team) or self.settings.timezone or "UTC"

    def today(self, team: TeamId) -> date:
        """Return the team's calendar day, or the fixed date of the settings."""
        return self.settings.today or datetime.now(ZoneInfo(self.timezone(team))).date()

    def connection(self, team: TeamId) -> tuple[Connection, Team, bool] | None:
        """Return the connection that a team uses, whose it is, and whether the environment gives it.

        The environment's connection is the root team's, and comes before one saved for it.
        """
        root = self.store.teams.root()
        saved = self.store.teams.connection(team)
        given = self.settings.connection_parts
        url, company, public, private, client = given.values()
        if url and company and public and private and client and (saved is None or saved[1].id == root.id):
            return Connection(url, company, public, private, client), root, True
        return (*saved, False) if saved else None

    @contextmanager
    def connect(self, team: TeamId, stop: Callable[[], bool] | None = None) -> Iterator[ConnectWise]:
        """Open the team's ConnectWise and send nothing yet; ``stop`` ends its waits. Raises NotConfigured."""
        from seatsync.connectwise import connect  # httpx costs start-up time

        found = self.connection(team)
        if found is None:
            raise NotConfigured
        connection, _, from_environment = found
        settings = self.settings
        with connect(
            connection,
            in_flight=settings.in_flight,
            allow_private_hosts=settings.allow_private_hosts,
            from_environment=from_environment,
            local_mode=True,
            ca_file=settings.connectwise_ca_file,
            api_version=settings.connectwise_api_version,
            stop=stop,
        ) as client:
            yield client

    def runner(self, *, watch: bool = False) -> "DurableRunner":
        """Return the process's runner, launched on first use; with ``watch`` it takes over dead runs."""
        if self._runner is None:
            from seatsync.jobs.durable import DurableRunner  # DBOS costs start-up time

            self._runner = DurableRunner(
                self.store,
                self.connect,
                self.today,
                runs_url(self.settings.database_url),
                self.settings.in_flight,
            )
            self._runner.launch(watch=watch)
        return self._runner

    def keep_schedules(self) -> None:
        """Start the teams' scans when they are due, until this is closed; for a process that stays."""
        if self._scheduler is None:
            from seatsync.jobs.schedule import Scheduler

            self.runner(watch=True)
            self._scheduler = Scheduler(
                self.store, lambda team: self.desk(team.name, SCHEDULE), self.timezone
            )
            self._scheduler.start()


def runs_url(database_url: str) -> str:
    """Return where DBOS keeps its tables: beside a SQLite database, or inside a PostgreSQL one."""
    if not database_url.startswith("sqlite"):
        return database_url.replace("postgres://", "postgresql://", 1)
    path = database_url.partition(":///")[2]
    if not path or path == ":memory:":
        raise DatabaseError("Runs need a database file; set SEATSYNC_DATABASE_URL to one.")
    file = Path(path).expanduser().resolve()
    return f"sqlite:///{file.with_name(f'{file.stem}-runs.db')}"
