"""Every closed set of words: preview statuses, tenant states, kinds of change, outcomes, operation states."""

from enum import StrEnum


class Status(StrEnum):
    """What one preview row is; exactly one each."""

    READY = "ready"
    NO_CHANGE = "no_change"
    NO_ADDITION = "no_addition"
    ORPHANED = "orphaned"
    UNMATCHED = "unmatched"
    AMBIGUOUS = "ambiguous"
    LICENSE_UNMAPPED = "license_unmapped"
    MULTIPLE_ADDITIONS = "multiple_additions"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """The word on screen."""
        return self.value.replace("_", " ").capitalize()

    @property
    def on_push(self) -> str:
        """What a push does with such a row."""
        return _ON_PUSH[self]

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to resolve the row before it can be billed right."""
        return self in _NEEDS_PERSON


_ON_PUSH = {
    Status.READY: "Quantity updated (checked by default)",
    Status.NO_CHANGE: "Nothing (hidden by default)",
    Status.NO_ADDITION: "Optionally create a new addition (opt-in)",
    Status.ORPHANED: "Optionally cancel the addition (opt-in)",
    Status.UNMATCHED: "Nothing until a company is picked on the row",
    Status.AMBIGUOUS: "Nothing until a company is picked on the row",
    Status.LICENSE_UNMAPPED: "Nothing until the license is mapped or marked no-charge",
    Status.MULTIPLE_ADDITIONS: "Nothing until the duplicate is resolved in ConnectWise",
    Status.SKIPPED: "Nothing",
    Status.UNREADABLE: "Nothing until the export is mended",
}
_NEEDS_PERSON = frozenset(
    {
        Status.UNMATCHED,
        Status.AMBIGUOUS,
        Status.LICENSE_UNMAPPED,
        Status.MULTIPLE_ADDITIONS,
        Status.UNREADABLE,
    }
)


class TenantState(StrEnum):
    """The state of a tenant in the export, normalised."""

    PAID = "paid"
    TRIAL = "trial"
    NOT_FOR_RESALE = "not_for_resale"
    EXPIRED = "expired"
    DELETED = "deleted"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """The kinds of change that a push or an undo makes; only an undo bills a cancelled line again."""

    UPDATE = "update"
    CREATE = "create"
    CANCEL = "cancel"
    BILL_AGAIN = "bill_again"

    @property
    def label(self) -> str:
        """The word on screen."""
        return self.value.replace("_", " ").capitalize()


class Result(StrEnum):
    """What became of one change."""

    PLANNED = "planned"
    STARTED = "started"
    UPDATED = "updated"
    CREATED = "created"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def written(self) -> bool:
        """Whether the change took effect in ConnectWise."""
        return self in (Result.UPDATED, Result.CREATED, Result.CANCELLED)


ENDED = (Result.CREATED, Result.UPDATED, Result.CANCELLED, Result.SKIPPED, Result.FAILED)
"""What a change can end as, in the order in which the counts of a run are given."""


class OperationKind(StrEnum):
    """The kinds of tracked run."""

    SEAT_SYNC = "seat_sync"
    SCAN = "scan"
    UNDO = "undo"

    @property
    def label(self) -> str:
        """The word on screen."""
        return {"seat_sync": "Seat Sync", "scan": "Scan", "undo": "Undo"}[self.value]


class OperationStatus(StrEnum):
    """Where a tracked run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_FAILURES = "completed_with_failures"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """The word on screen."""
        return self.value.replace("_", " ").capitalize()

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to the run."""
        return self not in (OperationStatus.QUEUED, OperationStatus.RUNNING)


class LinkSource(StrEnum):
    """Who made a link."""

    AUTOMATIC = "automatic"
    BY_HAND = "by_hand"


class Decision(StrEnum):
    """What the matcher says of one tenant name."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
