"""Scans on a schedule: each team's scan starts once per due time, in whichever process looks first.

The schedules of DBOS don't fit: a process of the command line that just passes would take the scan on and
end, a time that the clock shows twice starts two, and after a pause every missed time is made up, not one.
So the audit log says which due times are settled, under a lock that all processes share and that the system
frees when its holder dies; the scan itself is a durable run like any other.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from seatsync.desk import Desk
from seatsync.errors import RunInProgress
from seatsync.journal import Operation
from seatsync.keeping import Store
from seatsync.model import Team, TeamId
from seatsync.people import Permission
from seatsync.runs import open_run
from seatsync.schedules import SCHEDULE, last_due, read_cron
from seatsync.status import OperationKind

MADE_UP_FOR = timedelta(hours=24)
"""How late a scan may start, when nothing ran at its due time."""

_POLL_SECONDS = 5.0
# No team has this number: it names the lock of settling a due time.
_SETTLING = TeamId(0)


def _now() -> datetime:
    return datetime.now(UTC)


class Scheduler:
    """Starts the teams' scans when they are due, in a thread of its own.

    ``desk`` seats the schedule at a team's desk; ``timezone`` names the zone in which a team's schedule is
    read. The clock is the real one, also where the settings fix the date of today.
    """

    def __init__(
        self,
        store: Store,
        desk: Callable[[Team], Desk],
        timezone: Callable[[TeamId], str],
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._desk = desk
        self._timezone = timezone
        self._clock = clock
        self._settled: dict[TeamId, datetime] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="seatsync-schedule", daemon=True)

    def start(self) -> None:
        """Begin to look for scans that are due."""
        self._thread.start()

    def close(self) -> None:
        """Start no more scans. One under way goes on."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._closing.wait(_POLL_SECONDS):
            _spared(self.look_round)

    def look_round(self) -> None:
        """Start what is due now, for every team; a team that fails keeps no other waiting."""
        for team in self._store.teams.all():
            _spared(partial(self._look_at, team))

    def _look_at(self, team: Team) -> None:
        kept = self._store.teams.scan_schedule(team.id)
        if not kept:
            return
        now = self._clock()
        due = last_due(read_cron(kept), self._timezone(team.id), now)
        if due is None or self._settled.get(team.id) == due:
            return
        with self._store.operations.run_lock(_SETTLING) as free:
            if not free:
                return
            settle(self._desk(team), due, now)
        self._settled[team.id] = due


def _spared(act: Callable[[], None]) -> None:
    """Let a round fail: a database that is away comes back, and the next round tries again."""
    try:
        act()
    except Exception:  # noqa: BLE001 - the edge of a thread
        return


def settle(desk: Desk, due: datetime, now: datetime) -> None:
    """Start the scan of a due time, or record why not; a second call for the same time does nothing.

    A scan that can't be started at its time is not queued. One that nothing started, because the app was
    down, is made up for within 24 hours, unless the snapshot is newer than its due time.
    """
    key = due.strftime("%Y-%m-%dT%H:%MZ")
    if due <= _counted_from(desk) or _is_settled(desk, key):
        return
    why = _needless(desk, due, now)
    if not why:
        try:
            desk.runner().start(open_run(desk, lambda: _opened(desk, key)))
        except RunInProgress as error:
            why = f"The scheduled scan was skipped. {error}"
    if why:
        after = {"due": key, "message": why}
        desk.store.audit.append(desk.draft(Permission.MANAGE, "scan.skip", "ConnectWise", after=after))


def _counted_from(desk: Desk) -> datetime:
    """Return since when due times count: one before the schedule or its zone was saved was never missed."""
    saved = [
        entry.at
        for action in ("schedule.save", "timezone.save")
        for entry in desk.store.audit.entries(desk.team.id, action=action)
        if entry.result == "ok"
    ]
    return max(saved, default=datetime.min.replace(tzinfo=UTC))


def _is_settled(desk: Desk, key: str) -> bool:
    return bool(desk.store.audit.entries(desk.team.id, who=SCHEDULE.name, text=key, limit=1))


def _needless(desk: Desk, due: datetime, now: datetime) -> str:
    if now - due > MADE_UP_FOR:
        hours = MADE_UP_FOR // timedelta(hours=1)
        return f"The scheduled scan was skipped: the app did not run within {hours} hours of its time."
    snapshot = desk.store.snapshots.latest(desk.team.id)
    if snapshot is not None and snapshot.taken_at >= due:
        return "The scheduled scan was skipped: somebody scanned after its time."
    return ""


def _opened(desk: Desk, key: str) -> Operation:
    draft = desk.draft(Permission.MANAGE, "scan.start", "ConnectWise", after={"due": key})
    return desk.store.operations.open(desk.team.id, OperationKind.SCAN, desk.person.name, audit=draft)
