"""The records of a tracked run: the operation, the outcome of each change, and audit entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, assert_never

from seatsync.model import ExportId, OperationId, SnapshotId, TeamId, number
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.status import Kind, OperationKind, OperationStatus, Result

NO_OPERATION = OperationId(0)

UNKNOWN = "Outcome unknown"
"""How the message begins of a write of which it is not known whether it took effect."""

BESIDE = "Not all is as asked"
"""How the message goes on of a write that took effect, while something else of its line is not as it was."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One tracked run. ``done`` of ``total`` steps are finished; ``detail`` holds a scan's figures.

    ``undoes`` is the operation that an undo takes back.
    """

    id: OperationId
    team_id: TeamId
    kind: OperationKind
    status: OperationStatus
    who: str
    started_at: datetime
    finished_at: datetime | None = None
    export_id: ExportId | None = None
    snapshot_id: SnapshotId | None = None
    digest: str = ""
    done: int = 0
    total: int = 0
    counts: Mapping[Result, int] = field(default_factory=dict)
    message: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    cancel_requested: bool = False
    undoes: OperationId | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change of an operation.

    ``sent`` says that a write may have left for ConnectWise, at ``sent_at`` the last time: both are set, and
    committed, before sending. Journals from before it was kept have no ``sent_at``.
    ``day`` is the date that was written: a create's effective date, a cancel's last day, or the cancel date
    that a line which bills again had before.
    """

    operation_id: OperationId
    position: int
    change: Change
    result: Result = Result.PLANNED
    sent: bool = False
    before: str = ""
    after: str = ""
    day: date | None = None
    request_id: str = ""
    message: str = ""
    sent_at: datetime | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the change."""
        return self.change.kind

    @property
    def unknown(self) -> bool:
        """Whether the write was sent and nobody could tell yet if it took effect."""
        return self.result is Result.FAILED and self.sent and self.message.startswith(UNKNOWN)

    @property
    def needs_eye(self) -> bool:
        """Whether the change failed, or took effect and left something else of its line not as it was."""
        return self.result is Result.FAILED or (self.result.written and BESIDE in self.message)


def planned(changes: Sequence[Change], operation: OperationId = NO_OPERATION) -> tuple[Outcome, ...]:
    """List changes as outcomes that have not happened yet, in the plan's order."""
    return tuple(_planned(change, place, operation) for place, change in enumerate(changes))


def _planned(change: Change, place: int, operation: OperationId) -> Outcome:
    match change:
        case Update():
            before, after, day = number(change.addition.quantity), number(change.quantity), None
        case Create():
            before, after, day = "", number(change.quantity), change.effective
        case Cancel():
            before, after, day = number(change.addition.quantity), "0", change.last_day
        case BillAgain():
            before, after, day = "0", number(change.addition.quantity), change.until
        case _:
            assert_never(change)
    return Outcome(operation, place, change, before=before, after=after, day=day)


def resource_of(change: Change) -> str:
    """Name what a change is about, as the audit log does: company, product, agreement and line."""
    line = "new line" if isinstance(change, Create) else f"line {change.addition.id}"
    return f"{change.company.name}: {change.product.identifier}, {change.agreement.name}, {line}"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Count what became of the changes, in a sentence or two."""
    order = (Result.UPDATED, Result.CREATED, Result.CANCELLED, Result.SKIPPED, Result.FAILED)
    counts = [(sum(o.result is result for o in outcomes), result) for result in order]
    said = ", ".join(f"{count} {result.value}" for count, result in counts if count)
    more = sum(outcome.result.written and outcome.needs_eye for outcome in outcomes)
    beside = f" {BESIDE} in {more} of them." if more else ""
    return f"{said or 'nothing to do'}.".capitalize() + beside


def concluded_anew(
    operation: Operation, before: Sequence[Outcome], after: Sequence[Outcome]
) -> tuple[OperationStatus, str]:
    """Say how an ended run stands when outcomes were settled since: its status, and its message."""
    message = operation.message
    old = summary(before)
    if message.startswith(old):
        message = summary(after) + message.removeprefix(old)
    status = operation.status
    if status is OperationStatus.COMPLETED_WITH_FAILURES and not any(o.needs_eye for o in after):
        status = OperationStatus.COMPLETED
    return status, message


@dataclass(frozen=True, slots=True)
class AuditDraft:
    """An audit entry before the store numbers, dates and chains it. ``result`` is ok, refused or failed."""

    who: str
    team_id: TeamId
    permission: str
    action: str
    resource: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    result: str = "ok"
    operation_id: OperationId | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the audit log. ``hash`` covers the entry and the hash of the entry before."""

    seq: int
    at: datetime
    who: str
    team: str
    permission: str
    action: str
    resource: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    result: str
    operation_id: OperationId | None
    hash: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the hash chain holds; ``first_bad`` is the sequence number where it breaks."""

    ok: bool
    entries: int
    first_bad: int | None
