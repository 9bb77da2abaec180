"""How far a team is on the way to a finished push, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.model import ExportRecord, Snapshot
from seatsync.people import Permission
from seatsync.status import OperationKind, OperationStatus
from seatsync.tiers import TierUse


class Stage(StrEnum):
    """The stages of the flow, in its order."""

    CONNECT = "connect"
    SCAN = "scan"
    UPLOAD = "upload"
    MAP = "map"
    PUSH = "push"


_DONE = (OperationStatus.COMPLETED, OperationStatus.COMPLETED_WITH_FAILURES)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: whether it is done, and what is so far or still to do, in a sentence."""

    stage: Stage
    done: bool
    said: str


@dataclass(frozen=True, slots=True)
class Way:
    """A team's way to a finished push. ``pushed_once`` says that it has been walked before.

    ``outdated`` says that something was pushed after the snapshot in use was taken.
    """

    steps: tuple[Step, ...]
    snapshot: Snapshot | None
    export: ExportRecord | None
    pushed_once: bool
    outdated: bool

    @property
    def next(self) -> Step | None:
        """The step to take now, None after the last."""
        return next((step for step in self.steps if not step.done), None)


def find_way(desk: Desk, uses: Sequence[TierUse], *, connected: bool) -> Way:
    """Look at what a team has done.

    ``uses`` are the licenses of its newest export; ``connected`` says that it has a connection.
    """
    desk.require(Permission.SEE, "overview.view")
    store, team = desk.store, desk.team.id
    snapshot = store.snapshots.latest(team)
    export = next(iter(store.exports.all(team)), None)
    runs = store.operations.all(team)
    pushes = [run for run in runs if _pushed(run)]
    steps = (
        _connect(connected),
        _scan(snapshot),
        _upload(export),
        _map(desk, export, uses),
        _push(export, pushes),
    )
    wrote = [run for run in runs if run.kind is not OperationKind.SCAN and run.status in _DONE]
    outdated = snapshot is not None and any(run.started_at > snapshot.taken_at for run in wrote)
    return Way(steps, snapshot, export, bool(pushes), outdated)


def _pushed(run: Operation) -> bool:
    return run.kind is OperationKind.SEAT_SYNC and run.status in _DONE


def _connect(connected: bool) -> Step:
    said = "" if connected else "Enter the server address and the keys of an API member."
    return Step(Stage.CONNECT, connected, said)


def _scan(snapshot: Snapshot | None) -> Step:
    if snapshot is None:
        said = "Reads companies, agreements, additions and products. Nothing is written to ConnectWise."
        return Step(Stage.SCAN, False, said)
    companies, agreements, additions = snapshot.companies, snapshot.agreements, snapshot.additions
    said = f"{companies:,} companies, {agreements:,} agreements, {additions:,} additions."
    return Step(Stage.SCAN, True, said)


def _map(desk: Desk, export: ExportRecord | None, uses: Sequence[TierUse]) -> Step:
    mapped = len(desk.store.choices.mappings(desk.team.id))
    waiting = [use.tier for use in uses if not use.mapped]
    if waiting:
        listed = ", ".join(waiting[:3]) + (f" and {len(waiting) - 3} more" if len(waiting) > 3 else "")
        return Step(Stage.MAP, False, f"Not mapped yet: {listed}.")
    if mapped:
        return Step(Stage.MAP, True, f"{mapped} license{'' if mapped == 1 else 's'} mapped.")
    said = "" if export else "The licenses are listed to choose from once an export is uploaded."
    return Step(Stage.MAP, False, said or "The last export has no paid seats; type the license by hand.")


def _upload(export: ExportRecord | None) -> Step:
    if export is None:
        return Step(Stage.UPLOAD, False, "The monthly tenant list of the Avanan partner portal, CSV or XLSX.")
    return Step(Stage.UPLOAD, True, f"{export.name}, {export.rows:,} row{'' if export.rows == 1 else 's'}.")


def _push(export: ExportRecord | None, pushes: Sequence[Operation]) -> Step:
    mine = [run for run in pushes if export is not None and run.export_id == export.id]
    if mine:
        return Step(Stage.PUSH, True, f"Pushed on {mine[0].started_at:%Y-%m-%d} by {mine[0].who}.")
    said = "Every change is shown and confirmed first; nothing is written to ConnectWise before."
    return Step(Stage.PUSH, False, said)
