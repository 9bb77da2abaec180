"""The journal of runs: one at a time for a team, each step kept, an old runner fenced off."""

import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from seatsync.errors import DigestMismatch, NotFound, NotReady, RunInProgress
from seatsync.journal import Operation, planned
from seatsync.model import ExportId, OperationId, SnapshotId
from seatsync.plan import BillAgain
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.store import SqlStore, open_store

from .making import (
    NOON,
    agreement,
    cancel,
    company,
    create,
    draft,
    line,
    look,
    parsed,
    product,
    tamper,
    team_of,
    update,
)

CHANGES = (update(), create(), cancel())


def push(store: SqlStore, digest: str = "d1", who: str = "anna", **fields) -> Operation:
    fields = {"changes": CHANGES, "audit": draft(store, "push")} | fields
    return store.operations.open(team_of(store), OperationKind.SEAT_SYNC, who, digest=digest, **fields)


def finish(store: SqlStore, run: Operation, attempt: int, status=OperationStatus.COMPLETED, **fields) -> None:
    audit = draft(store, "push.finish")
    store.operations.finish(run.id, attempt, status, "1 updated.", {"requests": 9}, audit, **fields)


def carry_out(store: SqlStore, run: Operation, position: int, attempt: int, result: Result) -> None:
    outcome = store.operations.begin(run.id, position, attempt)
    store.operations.end(replace(outcome, result=result), attempt, None)


def test_a_run_is_queued_with_its_changes_as_planned(database_url):
    with open_store(database_url, clock=lambda: NOON) as store:
        export = store.exports.add(team_of(store), parsed(), "anna", draft(store))[0].id
        run = push(store, export=export, snapshot=SnapshotId(7))
        assert (run.kind, run.status, run.who) == (OperationKind.SEAT_SYNC, OperationStatus.QUEUED, "anna")
        assert (run.export_id, run.snapshot_id, run.digest) == (export, 7, "d1")
        assert (run.done, run.total, run.counts) == (0, 3, {Result.PLANNED: 3})
        assert (run.started_at, run.finished_at, run.cancel_requested) == (NOON, None, False)
        assert store.operations.get(team_of(store), run.id) == run
        assert store.operations.outcomes(run.id) == planned(CHANGES, run.id)


def test_the_audit_entry_of_a_start_carries_the_number_of_the_run(store):
    run = push(store)
    (entry,) = store.audit.entries(team_of(store))
    assert (entry.action, entry.operation_id) == ("push", run.id)


def test_each_step_of_a_change_is_kept(store):
    run = push(store)
    attempt = store.operations.claim(run.id)
    before = store.operations.begin(run.id, 0, attempt)
    assert (before.result, before.sent, before.change) == (Result.PLANNED, False, CHANGES[0])
    assert store.operations.outcomes(run.id)[0].result is Result.STARTED
    store.operations.sending(run.id, 0, attempt)
    ended = replace(
        before,
        result=Result.UPDATED,
        before="12",
        after="17",
        day=date(2026, 11, 30),
        request_id="r-1",
        message="done",
    )
    store.operations.end(ended, attempt, draft(store, "push.update"))
    kept = store.operations.outcomes(run.id)[0]
    assert kept == replace(ended, sent=True, sent_at=kept.sent_at)
    assert kept.sent_at is not None
    assert kept.sent_at >= run.started_at
    after = store.operations.get(team_of(store), run.id)
    assert (after.done, after.counts) == (1, {Result.PLANNED: 2, Result.UPDATED: 1})
    assert after.status is OperationStatus.RUNNING
    assert store.audit.entries(team_of(store))[-1].operation_id == run.id


def test_a_write_that_was_not_taken_does_not_count_as_sent(store):
    run = push(store)
    attempt = store.operations.claim(run.id)
    store.operations.begin(run.id, 0, attempt)
    store.operations.sending(run.id, 0, attempt)
    store.operations.not_taken(run.id, 0, attempt)
    kept = store.operations.outcomes(run.id)[0]
    assert (kept.result, kept.sent, kept.sent_at) == (Result.STARTED, False, None)
    store.operations.sending(run.id, 0, attempt)
    assert store.operations.outcomes(run.id)[0].sent


def test_the_line_that_a_create_made_is_kept_with_its_end(store):
    """And a journal from before it was kept has none."""
    run = push(store)
    attempt = store.operations.claim(run.id)
    before = store.operations.begin(run.id, 1, attempt)
    assert before.change.made is None
    made = replace(line(9100, 1, "5"), unit_price=Decimal("0.131"), effective=date(2026, 11, 22))
    change = replace(before.change, made=made)
    store.operations.end(replace(before, result=Result.CREATED, change=change), attempt, None)
    assert store.operations.outcomes(run.id)[1].change == change
    (written,) = look(store, f"SELECT change FROM outcome WHERE operation_id = {run.id} AND position = 1")[0]
    older = json.loads(written) if isinstance(written, str) else dict(written)
    del older["made"]
    tamper(store, f"UPDATE outcome SET change = '{json.dumps(older)}' WHERE position = 1")
    assert store.operations.outcomes(run.id)[1].change == before.change


def test_an_undo_keeps_what_it_undoes_and_which_lines_bill_again(store):
    pushed = push(store)
    finish(store, pushed, store.operations.claim(pushed.id))
    ended = replace(line(), cancelled=date(2026, 11, 30))
    changes = tuple(
        BillAgain(f"b{until}", company(), product(), agreement(), ended, until, None)
        for until in (None, date(2027, 3, 31))
    )
    audit = draft(store)
    run = store.operations.open(
        team_of(store), OperationKind.UNDO, "anna", changes=changes, undoes=pushed.id, audit=audit
    )
    assert store.operations.get(team_of(store), run.id).undoes == pushed.id
    kept = store.operations.outcomes(run.id)
    assert [each.change for each in kept] == list(changes)
    assert [(each.before, each.after, each.day) for each in kept] == [
        ("0", "12", None),
        ("0", "12", date(2027, 3, 31)),
    ]


def test_a_resumed_runner_learns_what_may_have_been_sent(store):
    run = push(store)
    first = store.operations.claim(run.id)
    store.operations.begin(run.id, 0, first)
    store.operations.sending(run.id, 0, first)
    second = store.operations.claim(run.id)
    found = store.operations.begin(run.id, 0, second)
    assert (found.result, found.sent) == (Result.STARTED, True)
    untouched = store.operations.begin(run.id, 1, second)
    assert (untouched.result, untouched.sent) == (Result.PLANNED, False)


def test_a_change_that_has_ended_is_not_started_again(store):
    run = push(store)
    attempt = store.operations.claim(run.id)
    carry_out(store, run, 0, attempt, Result.FAILED)
    assert store.operations.begin(run.id, 0, store.operations.claim(run.id)).result is Result.FAILED
    assert store.operations.outcomes(run.id)[0].result is Result.FAILED


def test_an_end_that_is_journalled_twice_counts_once(store):
    run = push(store)
    attempt = store.operations.claim(run.id)
    for result in (Result.FAILED, Result.UPDATED):
        carry_out(store, run, 0, attempt, result)
    assert store.operations.get(team_of(store), run.id).done == 1


def test_a_runner_that_lost_the_run_can_write_nothing(store):
    run = push(store)
    old = store.operations.claim(run.id)
    outcome = store.operations.begin(run.id, 0, old)
    new = store.operations.claim(run.id)
    assert new == old + 1
    ended = replace(outcome, result=Result.UPDATED)
    writes = (
        lambda: store.operations.begin(run.id, 1, old),
        lambda: store.operations.sending(run.id, 0, old),
        lambda: store.operations.end(ended, old, draft(store, "push.update")),
        lambda: store.operations.progress(run.id, old, 1, 2, "half"),
        lambda: finish(store, run, old),
    )
    for write in writes:
        with pytest.raises(RunInProgress, match=f"Operation {run.id} was taken over by another process"):
            write()
    after = store.operations.get(team_of(store), run.id)
    assert (after.status, after.done, after.message) == (OperationStatus.RUNNING, 0, "")
    assert after.counts == {Result.PLANNED: 2, Result.STARTED: 1}
    assert [entry.action for entry in store.audit.entries(team_of(store))] == ["push"]


def test_a_run_that_has_ended_takes_no_more_writes_and_no_more_runners(store):
    run = push(store)
    attempt = store.operations.claim(run.id)
    finish(store, run, attempt)
    with pytest.raises(RunInProgress, match=f"Operation {run.id} has ended"):
        store.operations.begin(run.id, 0, attempt)
    with pytest.raises(NotReady, match=f"Operation {run.id} has ended"):
        store.operations.claim(run.id)
    assert store.operations.get(team_of(store), run.id).status is OperationStatus.COMPLETED


def test_a_finish_is_kept_with_its_figures(database_url):
    now = iter(NOON + timedelta(hours=hour) for hour in range(99))
    with open_store(database_url, clock=lambda: next(now)) as store:
        run = store.operations.open(team_of(store), OperationKind.SCAN, "anna", audit=draft(store))
        attempt = store.operations.claim(run.id)
        store.operations.progress(run.id, attempt, 3, 11, "reading additions")
        halfway = store.operations.get(team_of(store), run.id)
        assert (halfway.done, halfway.total, halfway.message) == (3, 11, "reading additions")
        finish(store, run, attempt, snapshot=SnapshotId(7))
        after = store.operations.get(team_of(store), run.id)
    assert (after.status, after.message, after.detail) == (
        OperationStatus.COMPLETED,
        "1 updated.",
        {"requests": 9},
    )
    assert after.snapshot_id == 7
    assert after.finished_at is not None
    assert after.finished_at > after.started_at


def test_a_run_keeps_the_snapshot_it_was_planned_on(store):
    run = push(store, snapshot=SnapshotId(7))
    finish(store, run, store.operations.claim(run.id))
    assert store.operations.get(team_of(store), run.id).snapshot_id == 7


def test_a_run_can_be_closed_before_a_runner_claimed_it(store):
    run = push(store)
    finish(store, run, 0, OperationStatus.CANCELLED)
    assert store.operations.running(team_of(store)) is None


@pytest.mark.parametrize("claimed", [False, True])
def test_a_second_run_of_the_team_is_refused_saying_who_runs_which(store, claimed):
    run = push(store, who="anna")
    if claimed:
        store.operations.claim(run.id)
    expected = f'anna runs operation {run.id} \\(Seat Sync\\) for team "Root". Wait until it ends'
    with pytest.raises(RunInProgress, match=expected):
        push(store, "d2", who="ben")
    assert store.operations.all(team_of(store)) == (store.operations.get(team_of(store), run.id),)


def test_another_team_may_run_at_the_same_time(store):
    run = push(store)
    east = store.teams.add("East", team_of(store), draft(store)).id
    theirs = store.operations.open(east, OperationKind.SCAN, "ben", audit=draft(store))
    assert store.operations.unfinished() == (run, theirs)
    assert store.operations.running(east) == theirs
    assert store.operations.all(east) == (theirs,)
    with pytest.raises(NotFound, match=f"The team has no operation {run.id}"):
        store.operations.get(east, run.id)
    with pytest.raises(NotFound):
        store.operations.request_cancel(east, run.id, draft(store))


@pytest.mark.parametrize("status", [status for status in OperationStatus if status.finished])
def test_a_plan_is_pushed_once_whatever_became_of_it(store, status):
    run = push(store, "d1")
    finish(store, run, store.operations.claim(run.id), status)
    with pytest.raises(DigestMismatch, match=f"This plan was pushed already as operation {run.id}"):
        push(store, "d1")
    assert push(store, "d2").id != run.id


def test_another_team_may_push_a_plan_of_the_same_digest(store):
    push(store, "d1")
    east = store.teams.add("East", team_of(store), draft(store)).id
    theirs = store.operations.open(east, OperationKind.SEAT_SYNC, "ben", digest="d1", audit=draft(store))
    assert theirs.digest == "d1"


def test_runs_without_a_digest_are_not_taken_for_one_another(store):
    for _ in range(2):
        run = store.operations.open(team_of(store), OperationKind.SCAN, "anna", audit=draft(store))
        finish(store, run, store.operations.claim(run.id))
    assert len(store.operations.all(team_of(store))) == 2


def test_of_many_starts_at_once_one_succeeds(store):
    audit, won, lost = draft(store), [], []
    team = team_of(store)

    def start(number: int) -> None:
        try:
            digest = f"d{number}"
            won.append(store.operations.open(team, OperationKind.SEAT_SYNC, "x", digest=digest, audit=audit))
        except RunInProgress as error:
            lost.append(error)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 4)
    assert store.operations.unfinished() == tuple(won)


def test_of_many_claims_at_once_each_gets_a_number_of_its_own(store):
    run, numbers = push(store), []
    claims = [
        threading.Thread(target=lambda: numbers.append(store.operations.claim(run.id))) for _ in range(5)
    ]
    for thread in claims:
        thread.start()
    for thread in claims:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4, 5]


def test_a_cancel_is_asked_for_once_and_seen_by_the_runner(store):
    run = push(store)
    assert not store.operations.cancel_requested(run.id)
    asked = store.operations.request_cancel(team_of(store), run.id, draft(store, "cancel"))
    assert asked.cancel_requested
    assert store.operations.cancel_requested(run.id)
    assert store.audit.entries(team_of(store))[-1].operation_id == run.id


def test_a_run_that_has_ended_cannot_be_cancelled(store):
    run = push(store)
    finish(store, run, store.operations.claim(run.id))
    asked = store.operations.request_cancel(team_of(store), run.id, draft(store, "cancel"))
    assert (asked.status, asked.cancel_requested) == (OperationStatus.COMPLETED, False)
    assert store.audit.entries(team_of(store), action="cancel") == ()


def test_runs_are_listed_newest_first_up_to_a_limit(store):
    made = []
    for number in range(3):
        made.append(push(store, f"d{number}"))
        finish(store, made[-1], store.operations.claim(made[-1].id))
    listed = store.operations.all(team_of(store), limit=2)
    assert [run.id for run in listed] == [made[2].id, made[1].id]
    assert [run.counts for run in listed] == [{Result.PLANNED: 3}] * 2


def test_what_is_not_there_is_not_found(store):
    run = push(store)
    attempt = store.operations.claim(run.id)
    nothing = OperationId(99)
    for call in (
        lambda: store.operations.claim(nothing),
        lambda: store.operations.begin(nothing, 0, 1),
        lambda: store.operations.begin(run.id, 3, attempt),
        lambda: store.operations.sending(run.id, 3, attempt),
    ):
        with pytest.raises(NotFound):
            call()
    assert store.operations.outcomes(nothing) == ()
    assert not store.operations.cancel_requested(nothing)


def test_an_export_of_another_team_cannot_be_pushed(store):
    with pytest.raises(NotFound, match="The team has no export 99"):
        push(store, export=ExportId(99))
    assert store.operations.running(team_of(store)) is None
    assert store.audit.entries(team_of(store)) == ()


def test_an_end_and_its_audit_entry_are_kept_together_or_not_at_all(store):
    run = push(store)
    attempt = store.operations.claim(run.id)
    outcome = store.operations.begin(run.id, 0, attempt)
    stranger = draft(store, team_id=99)
    with pytest.raises(NotFound):
        store.operations.end(replace(outcome, result=Result.UPDATED), attempt, stranger)
    assert store.operations.outcomes(run.id)[0].result is Result.STARTED
    assert store.operations.get(team_of(store), run.id).done == 0


def test_the_outcomes_of_one_company_are_found_in_every_run(store: SqlStore) -> None:
    other = replace(update("c25-p1"), company=company(25, "Company 250"))
    run = push(store, changes=(update(), other))
    attempt = store.operations.claim(run.id)
    carry_out(store, run, 0, attempt, Result.UPDATED)
    finish(store, run, attempt)
    push(store, digest="d2", changes=(cancel(),))
    found = store.operations.outcomes_of(team_of(store), company().id)
    assert [(outcome.operation_id, outcome.position) for outcome in found] == [(1, 0), (2, 0)]
    assert [o.position for o in store.operations.outcomes_of(team_of(store), company(25).id)] == [1]
    assert store.operations.outcomes_of(team_of(store), company(9).id) == ()


def test_the_last_write_is_the_start_of_the_newest_push_or_undo(store: SqlStore) -> None:
    team = team_of(store)
    assert store.operations.last_write(team) is None
    store.operations.open(team, OperationKind.SCAN, "anna", audit=draft(store, "scan"))
    assert store.operations.last_write(team) is None
    scan = store.operations.all(team)[0]
    finish(store, scan, store.operations.claim(scan.id))
    run = push(store)
    assert store.operations.last_write(team) == run.started_at
