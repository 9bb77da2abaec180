"""Months of work at random: whatever mishap comes, ConnectWise holds what the journal says, and no more."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from seatsync import runs
from seatsync.brakes import Brake
from seatsync.desk import Desk
from seatsync.errors import DigestMismatch, PushRefused, RunInProgress
from seatsync.jobs.push import PushRun
from seatsync.jobs.scan import scan
from seatsync.journal import Operation, Outcome
from seatsync.look_again import look_again
from seatsync.model import Addition, ExportId
from seatsync.people import LOCAL_ADMIN
from seatsync.plan import Change, Create, Update
from seatsync.previews import build_preview, upload
from seatsync.pushes import Proposal, propose, push
from seatsync.status import Kind, OperationKind, OperationStatus, Result
from seatsync.store import open_store
from seatsync.undos import propose_undo
from seatsync.upkeep import map_tier

from .market import EDITS, MORE, NAMES, SEATS, TODAY, Applied, Market, Place, PowerCut, as_wanted

TIERS = {"Email Advanced Protect": SEATS, "Email Complete Protect": MORE}
FATES = ("", "lost before", "lost after", "late", "refused", "ignored", "busy", "unauthorized")
MISHAPS = ("cut", "cut", "cut", "cut", "blind", "blind", "stop", *EDITS)
mishaps = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(MISHAPS), st.integers(0, 9), st.integers(0, 30)),
    min_size=1,
    max_size=6,
)
"""At which moment of a run what happens, to which line, with which quantity."""

fates = st.lists(st.sampled_from((*[""] * 8, *FATES)), max_size=9)


TRIED = {*MISHAPS, "a push undone whole", "update unknown", "create unknown", "cancel unknown"} | {
    f"{kind} {result}"
    for kind, done in (("update", "updated"), ("create", "created"), ("cancel", "cancelled"))
    for result in (done, "skipped", "failed")
}
ENDS = [f"{verb}.{kind}" for verb in ("push", "undo") for kind in Kind]

keep = st.integers(1, 1023)
"""Which rows are chosen: a bit each."""

seats = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(TIERS))),
    st.integers(0, 30),
    min_size=3,
    max_size=8,
)
"""An export: seats by client and license."""

Seats = Mapping[tuple[str, str], int]
Mishap = tuple[int, str, int, int]
Mishaps = Sequence[Mishap]


class Journal:
    """The journal of a run whose process may die before and after each entry."""

    def __init__(self, machine: "Months") -> None:
        self._machine = machine
        self._real = machine.store.operations

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def begin(self, operation: Any, position: int, attempt: int) -> Outcome:
        self._machine.market.settled = False
        self._machine.market.pass_by()
        outcome = self._real.begin(operation, position, attempt)
        self._machine.market.current = ((operation, position), outcome.change)
        return outcome

    def sending(self, operation: Any, position: int, attempt: int) -> None:
        self._machine.market.pass_by()
        self._real.sending(operation, position, attempt)
        self._machine.market.pass_by()

    def not_taken(self, operation: Any, position: int, attempt: int) -> None:
        self._machine.market.pass_by()
        self._real.not_taken(operation, position, attempt)

    def end(self, outcome: Outcome, attempt: int, audit: Any) -> None:
        self._machine.check_end(outcome)
        self._machine.market.pass_by()
        self._real.end(outcome, attempt, audit)
        self._machine.market.pass_by()


class Months(RuleBasedStateMachine):
    """One team at work: exports, scans, pushes, undos; other editors, mishaps, and processes that die."""

    steps = 0
    seen: ClassVar[Counter[str]] = Counter()
    """How often what was tried, so that a test can say that it tried enough."""

    @initialize()
    def open(self) -> None:
        self.store = open_store("sqlite://", secret_key="private-key")
        self.market = Market(self.before_write, self.meanwhile)
        self.due: list[Mishap] = []
        self.began = 0
        self.interrupted: Operation | None = None
        self.export: ExportId | None = None
        self.counted: set[int] = set()
        self.serial = 0
        self.desk = Desk(
            self.store.teams.root(),
            LOCAL_ADMIN,
            self.store,
            TODAY,
            lambda: nullcontext(self.market),
            lambda: self,
            1024 * 1024,
        )
        self.take_a_scan()
        for tier, product in TIERS.items():
            map_tier(self.desk, tier, product)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    # --- what happens meanwhile ---

    def meanwhile(self) -> None:
        """Do what is due at this moment of a run; an edit waits while a line is held still."""
        now = self.market.moment - self.began
        for mishap in [each for each in self.due if each[0] <= now]:
            _, kind, which, quantity = mishap
            if kind in EDITS and self.market.settled:
                continue
            self.due.remove(mishap)
            self.seen[kind] += 1
            if kind == "cut":
                raise PowerCut
            if kind == "blind":
                self.market.blind = 3 + quantity
            if kind == "stop" and (running := self.store.operations.running(self.desk.team.id)):
                runs.stop(self.desk, running.id)
            elif kind in EDITS:
                self.market.meddle(kind, which, Decimal(quantity))

    # --- the runner: as the durable one, without its library, in one thread ---

    def start(self, operation: Operation) -> None:
        """Carry out a run to its end, or until the process dies."""
        if operation.kind is OperationKind.SCAN:
            attempt = self.store.operations.claim(operation.id)
            scan(self.store, operation, attempt, self.market)
            return
        self.seen[f"a {operation.kind.label} begun or gone on with"] += 1
        self.interrupted, self.began = operation, self.market.moment
        with suppress(PowerCut):
            self.carry_out(operation)
            self.interrupted = None
        self.market.settled, self.market.current = False, None

    def resume(self, operation: Operation) -> None:
        """Take over a run whose process died."""
        self.start(operation)

    def carry_out(self, operation: Operation) -> None:
        """Carry out the changes of a run in their order."""
        operations = self.store.operations
        attempt = operations.claim(operation.id)
        run = PushRun(Journal(self), operation, attempt, self.market, lambda: TODAY, pause=self.market.pause)
        for outcome in operations.outcomes(operation.id):
            run.change(outcome.position)
        self.market.pass_by()
        run.close(operations.outcomes(operation.id))

    # --- what must hold of each write and of each end ---

    def before_write(self, change: Change) -> None:
        """Check a write that is about to arrive: approved with these before-values, and not held back."""
        market = self.market
        place, _ = market.current or (None, None)
        agreement = market.agreements[change.agreement.id]
        assert not agreement.ineligible(TODAY), "a write into an agreement that is over"
        if isinstance(change, Create):
            there = [
                line
                for line in market.held.values()
                if line.product_id == change.product.id
                and line.agreement_id in change.counted
                and not line.ended(TODAY)
            ]
            assert not there, f"a twin of {there}"
        else:
            live = market.held[change.addition.id]
            assert shared(live) == shared(change.addition), "a write over other values than those approved"
        for outcome in self.store.operations.unknown(self.desk.team.id):
            if (outcome.operation_id, outcome.position) != place:
                assert not same_line(outcome.change, change), "a write to a line whose outcome is unknown"

    def applied(self, place: Place) -> list[Applied]:
        return [each for each in self.market.applied if each.place == place]

    def check_end(self, outcome: Outcome) -> None:
        """Check what is about to be journalled against what the server holds at this very moment."""
        if not outcome.result.written:
            return
        done = self.applied((outcome.operation_id, outcome.position))
        seen = as_wanted(outcome.change, iter(self.market.held.values()))
        edited = bool(done) and self.touched_since(done[-1])
        assert seen or edited, f"a false success: {outcome.message}"
        began = self.store.operations.outcomes(outcome.operation_id)[outcome.position]
        assert done or began.sent, "a success of which nothing was sent"

    def touched_since(self, done: Applied) -> bool:
        return self.market.touched.get(done.after.id, -1) >= done.at

    def check_run(self, operation: Operation) -> None:
        """Check a run that has ended against the server's own account of its writes."""
        outcomes = self.store.operations.outcomes(operation.id)
        found = self.store.operations.get(self.desk.team.id, operation.id)
        assert Counter(o.result for o in outcomes) == Counter(found.counts)
        assert found.done == found.total == len(outcomes)
        for outcome in outcomes:
            done = self.applied((operation.id, outcome.position))
            assert outcome.result not in (Result.PLANNED, Result.STARTED)
            self.seen[f"{outcome.kind} {'unknown' if outcome.unknown else outcome.result}"] += 1
            for one, another in pairwise(done):
                assert self.touched_since(one), f"done twice: {one}, {another}"
            if done and not outcome.result.written and not outcome.unknown:
                assert self.touched_since(done[-1]), f"done, and called {outcome.result}: {outcome.message}"
        drafts = self.store.audit.entries(self.desk.team.id, operation=operation.id)
        ends = [each for each in drafts if each.action in ENDS]
        assert len(ends) == len(outcomes), "one audit entry for the end of each change"

    # --- rules ---

    def take_a_scan(self) -> None:
        runs.start_scan(self.desk)

    @rule(kind=st.sampled_from(EDITS), which=st.integers(0, 9), quantity=st.integers(0, 30))
    def somebody_edits(self, kind: str, which: int, quantity: int) -> None:
        self.market.current = None
        self.market.moment += 1
        self.market.meddle(kind, which, Decimal(quantity))

    @precondition(lambda self: self.interrupted is None)
    @rule(seats=seats, keep=keep, mishaps=mishaps, fates=fates)
    def a_month(self, seats: Seats, keep: int, mishaps: Mishaps, fates: list[str]) -> None:
        """Scan, upload an export, and push some of it."""
        self.take_a_scan()
        self.upload(seats)
        self.push_some(keep, mishaps, fates)

    def upload(self, seats: Seats) -> None:
        self.serial += 1
        rows = [f"{name},{name.split()[0]},Paid,{tier},{users}" for (name, tier), users in seats.items()]
        text = "\n".join(["Tenant,Portal,Status,License,Users", *rows, ""])
        self.export = upload(self.desk, f"{self.serial}.csv", text.encode()).export.id
        draft = self.desk.draft("test", "test", "test")
        self.store.exports.declare_complete(self.desk.team.id, self.export, "It is whole.", draft)

    @precondition(lambda self: self.export is not None)
    @rule(keep=keep, mishaps=mishaps, fates=fates)
    def push(self, keep: int, mishaps: Mishaps, fates: list[str]) -> None:
        """Push by an old scan; what was interrupted has to be finished first."""
        self.push_some(keep, mishaps, fates)

    def push_some(self, keep: int, mishaps: Mishaps, fates: Sequence[str]) -> None:
        """Push some of what can be chosen."""
        assert self.export is not None
        rows = [row for row in build_preview(self.desk, self.export).preview.rows if row.change]
        agreements = {row.key: row.agreements[0].id for row in rows if row.agreements and not row.agreement}
        chosen = build_preview(self.desk, self.export, agreements).preview.rows
        keys = [row.key for n, row in enumerate(chosen) if row.selectable and keep >> (n % 10) & 1]
        self.confirm(propose(self.desk, self.export, keys, agreements), mishaps, fates)

    @rule(which=st.integers(0, 9), part=st.integers(0, 1000), mishaps=mishaps, fates=fates)
    def undo(self, which: int, part: int, mishaps: Mishaps, fates: list[str]) -> None:
        """Undo all or some of what an earlier run did."""
        ended = self.ended()
        if not ended:
            return
        operation = ended[which % len(ended)].id
        proposal = propose_undo(self.desk, operation)
        keys = [each.key for n, each in enumerate(proposal.plan.changes) if part >> (n % 10) & 1]
        self.confirm(propose_undo(self.desk, operation, keys), mishaps, fates)

    def confirm(self, proposal: Proposal, mishaps: Mishaps, fates: Sequence[str]) -> None:
        """Confirm a plan, with what goes wrong meanwhile."""
        brake: Brake | None = proposal.brake
        before = len(self.market.applied)
        with self.going_wrong(mishaps, fates):
            try:
                push(self.desk, proposal, proposal.plan.digest, brake.cancels if brake else None)
            except RunInProgress:
                assert self.interrupted is not None, "nothing is under way"
            except (DigestMismatch, PushRefused):
                assert self.interrupted is not None or not proposal.plan.changes or self.spent(proposal)
            else:
                return
        assert len(self.market.applied) == before, "a push that was refused wrote"

    def spent(self, proposal: Proposal) -> bool:
        return any(run.digest == proposal.plan.digest for run in self.ended())

    @contextmanager
    def going_wrong(self, mishaps: Mishaps, fates: Collection[str]) -> Iterator[None]:
        """Let things go wrong during a run, and no longer."""
        self.due, self.market.faults = sorted(mishaps), list(fates)
        self.began = self.market.moment
        yield
        self.due, self.market.faults, self.market.blind = [], [], 0

    @precondition(lambda self: self.interrupted is not None)
    @rule(mishaps=mishaps, fates=fates)
    def go_on(self, mishaps: Mishaps, fates: list[str]) -> None:
        """Take over the run whose process died."""
        assert self.interrupted is not None
        with self.going_wrong(mishaps, fates):
            runs.take_over(self.desk, self.interrupted)

    @precondition(lambda self: self.interrupted is not None)
    @rule()
    def stop(self) -> None:
        assert self.interrupted is not None
        runs.stop(self.desk, self.interrupted.id)

    @rule(which=st.integers(0, 9))
    def look_again(self, which: int) -> None:
        """Settle what is unknown; nothing is sent."""
        unknown = sorted({o.operation_id for o in self.store.operations.unknown(self.desk.team.id)})
        before = len(self.market.applied)
        for operation in unknown[which % len(unknown) :] if unknown else ():
            if self.interrupted is None or operation != self.interrupted.id:
                look_again(self.desk, operation)
        assert len(self.market.applied) == before

    @precondition(lambda self: self.interrupted is None)
    @rule(seats=seats, keep=keep)
    def a_month_and_its_undo(self, seats: Seats, keep: int) -> None:
        """Without any mishap, an undo gives every line back field by field; a created one ends at once."""
        self.take_a_scan()
        self.upload(seats)
        before, earlier = self.market.state(), {run.id for run in self.ended()}
        self.push_some(keep, [], [])
        pushed = self.newest()
        if pushed is None or pushed.id in earlier or pushed.status is not OperationStatus.COMPLETED:
            return
        held_back = any(o.result is Result.SKIPPED for o in self.store.operations.outcomes(pushed.id))
        self.confirm(propose_undo(self.desk, pushed.id), [], [])
        undone = self.newest()
        assert undone is not None
        if undone.undoes != pushed.id or held_back:
            return
        made = {
            outcome.change.made.id: outcome.change.made
            for outcome in self.store.operations.outcomes(pushed.id)
            if isinstance(outcome.change, Create) and outcome.change.made
        }
        after = self.market.state()
        assert {number: after[number] for number in before} == before
        assert after.keys() - before.keys() == made.keys()
        assert all(self.market.held[number].cancelled == made[number].effective for number in made)
        self.seen["a push undone whole"] += 1

    def newest(self) -> Operation | None:
        ended = self.ended()
        return ended[0] if ended else None

    def ended(self) -> list[Operation]:
        """The pushes and undos that have ended, newest first."""
        listed = self.store.operations.all(self.desk.team.id)
        return [run for run in listed if run.kind is not OperationKind.SCAN and run.status.finished]

    # --- what must hold all the time ---

    @invariant()
    def the_journal_and_the_server_agree(self) -> None:
        type(self).steps += 1
        if not hasattr(self, "counted"):
            return
        for run in self.ended():
            if run.id not in self.counted:
                self.counted.add(run.id)
                self.check_run(run)
        for done in self.market.applied:
            self.check_fields(done)

    def check_fields(self, done: Applied) -> None:
        """Nothing of a line but its quantity or its cancel date is ever changed by a write."""
        if done.before is None:
            return
        changed = {
            name
            for name in Addition.__dataclass_fields__
            if getattr(done.before, name) != getattr(done.after, name)
        }
        assert changed <= ({"quantity"} if isinstance(done.change, Update) else {"cancelled"})

    @invariant()
    def the_chain_of_the_audit_log_holds(self) -> None:
        if hasattr(self, "counted") and self.interrupted is None:
            assert self.store.audit.verify().ok


def same_line(one: Change, another: Change) -> bool:
    """Say whether two changes are of one line, or of lines that could be one."""
    if isinstance(one, Create) or isinstance(another, Create):
        return (one.company.id, one.product.id) == (another.company.id, another.product.id)
    return one.addition.id == another.addition.id


def shared(line: Addition) -> dict[str, object]:
    """The fields of a line that a snapshot keeps too."""
    return {
        name: getattr(line, name)
        for name, each in Addition.__dataclass_fields__.items()
        if each.compare and name != "description"
    }


def run_steps(examples: int, *, anew: bool = False) -> None:
    """Run so many histories of up to fifty steps each; with ``anew``, others each time."""
    run_state_machine_as_test(
        Months,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            derandomize=not anew,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a process is dead is known at once here."""
    monkeypatch.setattr(runs, "_START_SECONDS", 0)
    Months.steps, Months.seen = 0, Counter()


def test_whatever_happens_connectwise_holds_what_the_journal_says() -> None:
    run_steps(20)
    assert Months.steps > 300


@pytest.mark.soak
def test_whatever_happens_in_ten_thousand_steps_connectwise_holds_what_the_journal_says() -> None:
    while Months.steps < 10_000:
        run_steps(100, anew=True)
    assert Months.seen.keys() >= TRIED, TRIED - Months.seen.keys()
