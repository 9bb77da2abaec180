"""The scans of a team: what each of them found changed."""

from dataclasses import dataclass
from datetime import datetime

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.people import Permission
from seatsync.snapshot_changes import SnapshotChanges, What


@dataclass(frozen=True, slots=True)
class Findings:
    """What a scan found changed; ``named`` says that the changes are kept by name, not only as counts."""

    changes: SnapshotChanges
    named: bool


def findings_of(desk: Desk, scan: Operation) -> Findings | None:
    """Return what a scan found changed; None for one that had nothing to compare with, or failed.

    The names go with the scan's snapshot when it is dropped; the counts stay in the journal.
    """
    desk.require(Permission.SEE, "operation.view", str(scan.id))
    kept = None
    if scan.snapshot_id is not None:
        kept = desk.store.snapshots.changes(desk.team.id, scan.snapshot_id)
    if kept is not None:
        return Findings(kept, named=True)
    counts = counts_of(scan)
    if counts is None:
        return None
    since = datetime.fromisoformat(scan.detail["since"])
    return Findings(SnapshotChanges(since, counts, (), scan.detail.get("other_changes", 0)), named=False)


def counts_of(scan: Operation) -> dict[What, int] | None:
    """Return how many changes of each kind a scan found; None when it had nothing to compare with."""
    if "since" not in scan.detail:
        return None
    return {What(name): many for name, many in scan.detail.get("changes", {}).items() if name in set(What)}


def total_of(scan: Operation) -> int | None:
    """Count everything that a scan found changed; None when it had nothing to compare with."""
    counts = counts_of(scan)
    return None if counts is None else sum(counts.values()) + scan.detail.get("other_changes", 0)
