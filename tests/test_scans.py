"""What the journal and the snapshots together know of a scan, and which step follows a run."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from seatsync.desk import Desk
from seatsync.errors import NotFound, NotPermitted
from seatsync.journal import Operation
from seatsync.logbook import read_entry
from seatsync.model import OperationId, ProductId, SnapshotId, TierMapping
from seatsync.next_steps import Step, after
from seatsync.people import LOCAL_ADMIN, Person, Role
from seatsync.scans import counts_of, findings_of, total_of
from seatsync.snapshot_changes import What
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.store import SqlStore
from tests.store.making import NOON, book, draft, line

NOBODY = Person("nobody", Role.VIEWER)


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    """An admin's desk in an empty database."""
    return Desk(
        store.teams.root(),
        LOCAL_ADMIN,
        store,
        date(2026, 11, 22),
        lambda: nullcontext(),  # type: ignore[arg-type, return-value]
        Mock,
        10**6,
    )


def scan_of(desk: Desk, snapshot: SnapshotId | None, **detail: Any) -> Operation:
    """A scan that ended with a snapshot."""
    return Operation(
        OperationId(1),
        desk.team.id,
        OperationKind.SCAN,
        OperationStatus.COMPLETED,
        "anna",
        NOON,
        snapshot_id=snapshot,
        detail=detail,
    )


def test_what_a_scan_found_is_told_by_name_while_its_snapshot_is_kept(desk: Desk, store: SqlStore) -> None:
    store.choices.save_mapping(desk.team.id, TierMapping("Protect", ProductId(3409)), draft(store))
    store.snapshots.swap_in(desk.team.id, book(line()), NOON, draft(store))
    made = store.snapshots.swap_in(desk.team.id, book(line(quantity="17")), NOON, draft(store))
    findings = findings_of(desk, scan_of(desk, made.id))
    assert findings is not None
    assert findings.named
    assert [entry.after for entry in findings.changes.entries] == ["17"]


def test_when_the_snapshot_is_dropped_the_counts_are_left(desk: Desk, store: SqlStore) -> None:
    scan = scan_of(
        desk,
        SnapshotId(99),
        since=NOON.isoformat(),
        changes={"addition_quantity": 3, "of_a_later_version": 1},
        other_changes=2,
    )
    findings = findings_of(desk, scan)
    assert findings is not None
    assert not findings.named
    assert (findings.changes.since, findings.changes.counts) == (NOON, {What.ADDITION_QUANTITY: 3})
    assert total_of(scan) == 5


def test_a_first_scan_and_a_failed_one_found_nothing(desk: Desk, store: SqlStore) -> None:
    first = desk.store.snapshots.swap_in(desk.team.id, book(line()), NOON, draft(store))
    for scan in (scan_of(desk, first.id), scan_of(desk, None)):
        assert findings_of(desk, scan) is None
        assert counts_of(scan) is None
        assert total_of(scan) is None


def ended(desk: Desk, kind: OperationKind = OperationKind.SEAT_SYNC, **counts: int) -> Operation:
    """A push that ended at noon."""
    return replace(
        scan_of(desk, None),
        kind=kind,
        finished_at=NOON,
        counts={Result(name): many for name, many in counts.items()},
    )


def test_after_a_push_comes_a_scan_and_then_another_look(desk: Desk, store: SqlStore) -> None:
    push = ended(desk, updated=3, failed=1, skipped=2)
    following = after(desk, push)
    assert following is not None
    assert (following.step, following.left) == (Step.SCAN, 3)
    desk.store.snapshots.swap_in(desk.team.id, book(line()), NOON - timedelta(hours=1), draft(store))
    assert after(desk, push) == following, "that snapshot is from before the push"
    desk.store.snapshots.swap_in(desk.team.id, book(line()), NOON + timedelta(hours=1), draft(store))
    assert after(desk, push) == replace(following, step=Step.REVIEW)


def test_while_something_runs_it_is_waited_for(desk: Desk, store: SqlStore) -> None:
    running = desk.store.operations.open(
        desk.team.id,
        OperationKind.SCAN,
        "anna",
        audit=draft(store),
    )
    following = after(desk, ended(desk, updated=1))
    assert following is not None
    assert following.step is Step.WAIT
    assert following.running == running


@pytest.mark.parametrize(
    "but",
    [
        lambda run: replace(run, kind=OperationKind.SCAN),
        lambda run: replace(run, status=OperationStatus.RUNNING),
    ],
)
def test_nothing_comes_after_a_scan_or_a_run_that_goes_on(
    desk: Desk, but: Callable[[Operation], Operation]
) -> None:
    assert after(desk, but(ended(desk, failed=1))) is None


def test_one_entry_is_read_by_its_number_by_those_who_may(desk: Desk, store: SqlStore) -> None:
    desk.store.audit.append(draft(store, "first"))
    desk.store.audit.append(draft(store, "second"))
    assert read_entry(desk, 2).action == "second"
    for number in (0, -1, 3, 2**31, 10**12):
        with pytest.raises(NotFound, match=f"no audit entry {number}"):
            read_entry(desk, number)
    with pytest.raises(NotPermitted):
        read_entry(replace(desk, person=NOBODY), 1)
