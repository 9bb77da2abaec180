"""A push as a run: the order of its changes, what stops it, and what the journal and the audit log keep."""

from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seatsync.errors import ConnectWiseError
from seatsync.jobs.push import FAILURES_IN_A_ROW, PushRun
from seatsync.jobs.rehearsal import rehearse
from seatsync.journal import Operation, planned
from seatsync.model import Addition, AdditionId, AgreementId
from seatsync.plan import Change, Update
from seatsync.status import OperationKind, OperationStatus
from seatsync.store import SqlStore
from tests.store.making import draft, team_of

from .worlds import COMPANY, PLAIN, PRODUCT, TODAY, InMemory


def server_with(lines: int) -> InMemory:
    """A server with so many lines of 12 seats, numbered from 9001."""
    server = InMemory()
    first = server.held[AdditionId(9001)]
    server.held = {AdditionId(9001 + n): replace(first, id=AdditionId(9001 + n)) for n in range(lines)}
    return server


def updates(server: InMemory, seats: int = 17) -> list[Change]:
    """An update of every line."""
    agreement = server.agreements[PLAIN]
    return [
        Update(f"k{line.id}", COMPANY, PRODUCT, agreement, line, Decimal(seats), None)
        for line in server.held.values()
    ]


def opened(store: SqlStore, changes: list[Change]) -> tuple[Operation, int]:
    """A claimed run of the changes, with its attempt."""
    made = store.operations.open(
        team_of(store), OperationKind.SEAT_SYNC, "anna", digest="d", changes=changes, audit=draft(store)
    )
    return made, store.operations.claim(made.id)


def run_of(store: SqlStore, server: InMemory, operation: Operation, attempt: int) -> PushRun:
    return PushRun(store.operations, operation, attempt, server, lambda: TODAY)


def results(store: SqlStore, operation: Operation) -> list[str]:
    return [outcome.result.value for outcome in store.operations.outcomes(operation.id)]


def test_every_change_is_journalled_and_audited(sqlite_store: SqlStore) -> None:
    server = server_with(2)
    operation, attempt = opened(sqlite_store, updates(server))
    server.held[AdditionId(9002)] = replace(server.held[AdditionId(9002)], quantity=Decimal(14))
    run = run_of(sqlite_store, server, operation, attempt)

    assert [run.change(place) for place in (0, 1)] == ["updated", "skipped"]

    outcomes = sqlite_store.operations.outcomes(operation.id)
    assert [(o.sent, o.before, o.after) for o in outcomes] == [(True, "12", "17"), (False, "12", "")]
    assert run.conclude(outcomes) == (OperationStatus.COMPLETED, "1 updated, 1 skipped.")
    first, second = sqlite_store.audit.entries(team_of(sqlite_store), action="push.update")
    assert (first.who, first.result, first.operation_id) == ("anna", "ok", operation.id)
    assert first.resource == "Tarnwick Dental Care Ltd: AV-EAP, Agreement 81, line 9001"
    assert (first.before, first.after["quantity"]) == ({"quantity": "12"}, "17")
    assert second.result == "refused"
    assert (second.after["wanted"], "quantity" in second.after) == ({"quantity": "17"}, False)


def test_a_change_that_has_ended_is_not_carried_out_again(sqlite_store: SqlStore) -> None:
    server = server_with(1)
    operation, attempt = opened(sqlite_store, updates(server))
    run_of(sqlite_store, server, operation, attempt).change(0)
    server.held[AdditionId(9001)] = replace(server.held[AdditionId(9001)], quantity=Decimal(12))

    again = sqlite_store.operations.claim(operation.id)
    assert run_of(sqlite_store, server, operation, again).change(0) == "updated"

    assert server.sent == ["PATCH"]
    assert len(sqlite_store.audit.entries(team_of(sqlite_store), action="push.update")) == 1


def test_one_failure_does_not_stop_the_others(sqlite_store: SqlStore) -> None:
    server = server_with(3)
    operation, attempt = opened(sqlite_store, updates(server))
    server.fault("refused", method="PATCH")
    run = run_of(sqlite_store, server, operation, attempt)

    assert [run.change(place) for place in range(3)] == ["failed", "updated", "updated"]

    status, said = run.conclude(sqlite_store.operations.outcomes(operation.id))
    assert (status, said) == ("completed_with_failures", "2 updated, 1 failed.")


def test_ten_failures_in_a_row_stop_the_run(sqlite_store: SqlStore) -> None:
    server = server_with(13)
    operation, attempt = opened(sqlite_store, updates(server))
    server.fault("refused", method="PATCH", times=None)
    run = run_of(sqlite_store, server, operation, attempt)

    for place in range(13):
        run.change(place)

    assert results(sqlite_store, operation) == ["failed"] * FAILURES_IN_A_ROW + ["skipped"] * 3
    assert len(server.sent) == FAILURES_IN_A_ROW
    outcomes = sqlite_store.operations.outcomes(operation.id)
    assert outcomes[-1].message == "run stopped: 10 failures in a row"
    assert run.conclude(outcomes) == (
        OperationStatus.FAILED,
        "3 skipped, 10 failed. Run stopped: 10 failures in a row.",
    )


def test_ten_failures_are_the_most_that_are_sent_however_many_go_at_once(sqlite_store: SqlStore) -> None:
    server = server_with(24)
    operation, attempt = opened(sqlite_store, updates(server))
    server.fault("refused", method="PATCH", times=None)
    run = run_of(sqlite_store, server, operation, attempt)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run.change, range(24)))

    assert sorted(results(sqlite_store, operation)) == ["failed"] * FAILURES_IN_A_ROW + ["skipped"] * 14
    assert len(server.sent) == FAILURES_IN_A_ROW


def test_failures_with_a_success_between_do_not_stop_the_run(sqlite_store: SqlStore) -> None:
    server = server_with(14)
    operation, attempt = opened(sqlite_store, updates(server))
    run = run_of(sqlite_store, server, operation, attempt)

    server.fault("refused", method="PATCH", times=9)
    for place in range(10):
        run.change(place)
    server.fault("refused", method="PATCH", times=4)
    for place in range(10, 14):
        run.change(place)

    assert results(sqlite_store, operation) == ["failed"] * 9 + ["updated"] + ["failed"] * 4


class Choosy(InMemory):
    """Refuses every write to the lines of ``bad``."""

    bad: frozenset[int] = frozenset()

    def set_quantity(self, agreement: AgreementId, addition: AdditionId, quantity: Decimal) -> Any:
        if addition in self.bad:
            raise ConnectWiseError("Refused.", status=400)
        return super().set_quantity(agreement, addition, quantity)


def choosy(lines: int, bad: Collection[int]) -> Choosy:
    """A server with so many lines, which refuses the writes to those at the places of ``bad``."""
    server = Choosy()
    server.held = server_with(lines).held
    server.bad = frozenset(9001 + place for place in bad)
    return server


def test_failures_are_in_a_row_by_the_plan_and_not_by_when_they_end(sqlite_store: SqlStore) -> None:
    """One that fails is looked up for seconds, so that those of a long plan end one after the other."""
    bad = range(0, 60, 5)
    server = choosy(60, bad)
    operation, attempt = opened(sqlite_store, updates(server))
    run = run_of(sqlite_store, server, operation, attempt)

    for place in sorted(range(60), key=lambda place: place in bad):
        run.change(place)

    assert Counter(results(sqlite_store, operation)) == {"updated": 48, "failed": 12}


def test_failures_in_a_row_stop_the_run_in_whatever_order_they_end(sqlite_store: SqlStore) -> None:
    bad = range(3, 13)
    server = choosy(20, bad)
    operation, attempt = opened(sqlite_store, updates(server))
    run = run_of(sqlite_store, server, operation, attempt)

    for place in (0, 1, 2, 12, 4, 3, 11, 6, 5, 10, 8, 7, 9, *range(13, 20)):
        run.change(place)

    assert Counter(results(sqlite_store, operation)) == {"updated": 3, "failed": 10, "skipped": 7}


def test_refused_credentials_stop_the_run_and_the_rest_is_skipped(sqlite_store: SqlStore) -> None:
    server = server_with(4)
    operation, attempt = opened(sqlite_store, updates(server))
    run = run_of(sqlite_store, server, operation, attempt)
    run.change(0)
    server.fault("unauthorized", times=None)

    for place in range(1, 4):
        run.change(place)

    assert results(sqlite_store, operation) == ["updated", "failed", "skipped", "skipped"]
    status, said = run.conclude(sqlite_store.operations.outcomes(operation.id))
    assert status == "failed"
    assert said.endswith("Run stopped: ConnectWise refuses the credentials.")
    assert server.sent == ["PATCH"]


def test_a_run_that_is_asked_to_stop_skips_what_is_left(sqlite_store: SqlStore) -> None:
    server = server_with(3)
    operation, attempt = opened(sqlite_store, updates(server))
    run = run_of(sqlite_store, server, operation, attempt)
    run.change(0)
    sqlite_store.operations.request_cancel(team_of(sqlite_store), operation.id, draft(sqlite_store))

    run.change(1), run.change(2)

    outcomes = sqlite_store.operations.outcomes(operation.id)
    assert [o.result for o in outcomes] == ["updated", "skipped", "skipped"]
    assert outcomes[1].message == "run stopped: cancelled"
    assert run.conclude(outcomes)[0] == "cancelled"
    assert server.sent == ["PATCH"]


def test_a_change_that_was_sent_is_settled_even_in_a_run_that_stops(sqlite_store: SqlStore) -> None:
    """It may have been written: calling it skipped would be a guess."""
    server = server_with(1)
    operation, attempt = opened(sqlite_store, updates(server))
    sqlite_store.operations.begin(operation.id, 0, attempt)
    sqlite_store.operations.sending(operation.id, 0, attempt)
    server.held[AdditionId(9001)] = replace(server.held[AdditionId(9001)], quantity=Decimal(17))
    sqlite_store.operations.request_cancel(team_of(sqlite_store), operation.id, draft(sqlite_store))

    again = sqlite_store.operations.claim(operation.id)
    run = run_of(sqlite_store, server, operation, again)

    assert run.change(0) == "updated"
    assert server.sent == []
    assert run.conclude(sqlite_store.operations.outcomes(operation.id))[0] == "completed"


def test_a_runner_that_lost_the_run_writes_nothing_more(sqlite_store: SqlStore) -> None:
    from seatsync.errors import RunInProgress

    server = server_with(2)
    operation, attempt = opened(sqlite_store, updates(server))
    old = run_of(sqlite_store, server, operation, attempt)
    sqlite_store.operations.claim(operation.id)

    with pytest.raises(RunInProgress):
        old.change(0)

    assert server.sent == []


def test_a_run_taken_over_between_the_check_and_the_sending_does_not_send(sqlite_store: SqlStore) -> None:
    from seatsync.errors import RunInProgress

    server = server_with(1)
    operation, attempt = opened(sqlite_store, updates(server))

    class TakenOver(InMemory):
        def addition(self, agreement: object, addition: object) -> Addition:
            sqlite_store.operations.claim(operation.id)
            return server.held[AdditionId(9001)]

    with pytest.raises(RunInProgress):
        run_of(sqlite_store, TakenOver(), operation, attempt).change(0)

    assert server.sent == []


@contextmanager
def nothing_written(server: InMemory) -> Iterator[None]:
    before = (dict(server.held), list(server.sent))
    yield
    assert (server.held, server.sent) == before


def test_a_rehearsal_reads_everything_and_writes_nothing() -> None:
    server = server_with(3)
    changes = updates(server)
    server.held[AdditionId(9002)] = replace(server.held[AdditionId(9002)], quantity=Decimal(14))
    del server.held[AdditionId(9003)]

    with nothing_written(server):
        outcomes = rehearse(planned(changes), server, TODAY)

    assert [o.outcome.message for o in outcomes] == [
        "As approved; would send PATCH quantity 17 to line 9001.",
        "was 12 in the preview, is 14 now",
        "the line or its agreement is no longer in ConnectWise",
    ]


def test_a_rehearsal_cannot_send_even_by_mistake() -> None:
    """The journal's gate, through which every write must pass, is shut."""
    from seatsync.jobs.change import Protocol

    server = server_with(1)

    def shut() -> None:
        raise ConnectWiseError("A rehearsal writes nothing.")

    with nothing_written(server):
        ended = Protocol(server, date(2026, 11, 22), shut).carry_out(planned(updates(server))[0])
    assert ended.result == "failed"
