"""What the desk and the jobs need of the database, as Protocols: what it keeps, and how."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from seatsync.journal import AuditDraft, AuditEntry, AuditVerdict, Operation, Outcome
from seatsync.model import (
    AgreementId,
    Book,
    CompanyId,
    ExportId,
    ExportRecord,
    Link,
    OperationId,
    ParsedExport,
    ProductId,
    Rejection,
    SeatRow,
    Snapshot,
    SnapshotId,
    Team,
    TeamId,
    TierMapping,
)
from seatsync.plan import Change
from seatsync.ports import Connection
from seatsync.preview import SeenTenant
from seatsync.rules import Rules
from seatsync.status import OperationKind, OperationStatus


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The columns, by field, that a person chose for every file with one header."""

    columns: Mapping[str, str] = field(default_factory=dict)
    chosen_by: str = ""
    chosen_at: datetime | None = None


class Teams(Protocol):
    """Teams, their rules and their ConnectWise connections."""

    def root(self) -> Team:
        """Return the root team, made on first use."""

    def by_name(self, name: str) -> Team:
        """Find a team. Raises NotFound."""

    def add(self, name: str, parent: TeamId, audit: AuditDraft) -> Team:
        """Add a team under another. Raises InvalidChoice when the name is taken or blank."""

    def all(self) -> tuple[Team, ...]:
        """List every team, the root first."""

    def rules(self, team: TeamId) -> Rules:
        """Return the team's own rules, or the defaults."""

    def save_rules(self, team: TeamId, rules: Rules, audit: AuditDraft) -> None:
        """Replace the team's rules."""

    def timezone(self, team: TeamId) -> str:
        """Return the IANA zone saved for the team; empty when none was saved."""

    def save_timezone(self, team: TeamId, zone: str, audit: AuditDraft) -> None:
        """Save the zone that decides what "today" means."""

    def scan_schedule(self, team: TeamId) -> str:
        """Return when the team's scans start by themselves, as a cron expression; empty for never."""

    def save_scan_schedule(self, team: TeamId, cron: str, audit: AuditDraft) -> None:
        """Save when scans start by themselves; empty for never."""

    def connection(self, team: TeamId) -> tuple[Connection, Team] | None:
        """Return the connection of the team or its nearest ancestor that has one, and whose it is."""

    def save_connection(self, team: TeamId, connection: Connection | None, audit: AuditDraft) -> None:
        """Save the team's own connection, encrypted; None returns to the inherited one."""


class Snapshots(Protocol):
    """The local copies of ConnectWise."""

    def latest(self, team: TeamId) -> Snapshot | None:
        """Return the snapshot in use."""

    def all(self, team: TeamId) -> tuple[Snapshot, ...]:
        """List the kept snapshots, newest first."""

    def book(self, team: TeamId, snapshot: SnapshotId, products: Collection[ProductId] | None = None) -> Book:
        """Load a snapshot; with ``products``, only the additions of those."""

    def swap_in(
        self, team: TeamId, book: Book, taken_at: datetime, audit: AuditDraft, suspicion: str = ""
    ) -> Snapshot:
        """Save a book as the snapshot in use, in one transaction, and drop all but the last few."""


class Exports(Protocol):
    """The kept exports."""

    def add(
        self, team: TeamId, parsed: ParsedExport, who: str, audit: AuditDraft
    ) -> tuple[ExportRecord, bool]:
        """Keep a file; the flag says that the same file, read the same way, is kept already."""

    def get(self, team: TeamId, export: ExportId) -> ExportRecord:
        """Return one. Raises NotFound."""

    def all(self, team: TeamId) -> tuple[ExportRecord, ...]:
        """List the kept exports, newest first."""

    def seat_rows(self, team: TeamId, export: ExportId) -> tuple[SeatRow, ...]:
        """Return the parsed rows, in the file's order."""

    def previous_accepted(self, team: TeamId, export: ExportId) -> ExportRecord | None:
        """Return the last accepted export kept before this one."""

    def seen_before(self, team: TeamId, export: ExportId) -> tuple[SeenTenant, ...]:
        """List, for each tenant and tier, the last export before this one that showed it paid."""

    def declare_complete(self, team: TeamId, export: ExportId, reason: str, audit: AuditDraft) -> None:
        """Record that a person calls the file complete, and why."""

    def judge(self, team: TeamId, export: ExportId, incomplete: str) -> None:
        """Record what the last preview found of the file's completeness."""


class Choices(Protocol):
    """Tier mappings, company links and rejections, chosen columns, and the choices made on preview rows."""

    def mappings(self, team: TeamId) -> tuple[TierMapping, ...]:
        """List the tier mappings, by tier."""

    def save_mapping(self, team: TeamId, mapping: TierMapping, audit: AuditDraft) -> None:
        """Save or replace a mapping."""

    def clear_mapping(self, team: TeamId, tier: str, audit: AuditDraft) -> None:
        """Remove a mapping. Raises NotFound."""

    def links(self, team: TeamId) -> tuple[Link, ...]:
        """List the links, by tenant name."""

    def save_link(self, team: TeamId, link: Link, audit: AuditDraft) -> None:
        """Save or replace a link, and take back the rejection of that company for the tenant."""

    def save_automatic_links(self, team: TeamId, links: Sequence[Link], audit: Sequence[AuditDraft]) -> None:
        """Save automatic links; a tenant linked or rejected meanwhile is left as it is."""

    def clear_link(self, team: TeamId, key: str, audit: AuditDraft) -> None:
        """Remove a link. Raises NotFound."""

    def rejections(self, team: TeamId) -> tuple[Rejection, ...]:
        """List the companies ruled out, by tenant name."""

    def save_rejection(self, team: TeamId, rejection: Rejection, audit: AuditDraft) -> None:
        """Rule a company out for a tenant, and remove the tenant's automatic link to it."""

    def clear_rejection(self, team: TeamId, key: str, company: CompanyId, audit: AuditDraft) -> None:
        """Take a rejection back. Raises NotFound."""

    def column_choice(self, team: TeamId, header: str) -> ColumnChoice:
        """Return the columns chosen for files with this header; ``header`` is its fingerprint."""

    def save_column_choice(
        self, team: TeamId, header: str, columns: Mapping[str, str], audit: AuditDraft
    ) -> None:
        """Replace the columns chosen for files with this header."""

    def ticks(self, team: TeamId, export: ExportId) -> Mapping[str, bool]:
        """Return, by row key, the checkboxes that a person set."""

    def save_ticks(self, team: TeamId, export: ExportId, ticks: Mapping[str, bool | None]) -> None:
        """Set checkboxes by row key; None returns one to its default."""

    def agreements(self, team: TeamId, export: ExportId) -> Mapping[str, AgreementId]:
        """Return, by row key, the agreement chosen for a create."""

    def save_agreement(self, team: TeamId, export: ExportId, key: str, agreement: AgreementId | None) -> None:
        """Choose where a row's create goes."""


class Operations(Protocol):
    """The journal of tracked runs. ``attempt`` numbers the runner: a runner that lost the run can't write."""

    def open(
        self,
        team: TeamId,
        kind: OperationKind,
        who: str,
        *,
        digest: str = "",
        export: ExportId | None = None,
        snapshot: SnapshotId | None = None,
        changes: Sequence[Change] = (),
        undoes: OperationId | None = None,
        audit: AuditDraft,
    ) -> Operation:
        """Record a queued run and its changes. Raises RunInProgress, DigestMismatch if pushed."""

    def get(self, team: TeamId, operation: OperationId) -> Operation:
        """Return one. Raises NotFound."""

    def all(self, team: TeamId, limit: int = 200) -> tuple[Operation, ...]:
        """List the runs, newest first."""

    def outcomes(self, operation: OperationId) -> tuple[Outcome, ...]:
        """List the outcomes in the plan's order."""

    def running(self, team: TeamId) -> Operation | None:
        """Return the run under way."""

    def unfinished(self) -> tuple[Operation, ...]:
        """List the queued and running runs of all teams, oldest first."""

    def claim(self, operation: OperationId) -> int:
        """Mark a run as running and return the attempt's number; older attempts are fenced off."""

    def begin(self, operation: OperationId, position: int, attempt: int) -> Outcome:
        """Journal *started*, return the outcome as it stood before. Raises RunInProgress when fenced off."""

    def sending(self, operation: OperationId, position: int, attempt: int) -> None:
        """Journal that a write is about to leave. Raises RunInProgress when fenced off."""

    def not_taken(self, operation: OperationId, position: int, attempt: int) -> None:
        """Journal that ConnectWise did not take a write: none is on its way. Raises RunInProgress."""

    def end(self, outcome: Outcome, attempt: int, audit: AuditDraft | None) -> None:
        """Journal the end of a change and its audit entry, in one transaction."""

    def progress(self, operation: OperationId, attempt: int, done: int, total: int, message: str) -> None:
        """Record how far a run without changes has come."""

    def tell(self, operation: OperationId, attempt: int, message: str) -> None:
        """Record what a run is waiting for."""

    def finish(
        self,
        operation: OperationId,
        attempt: int,
        status: OperationStatus,
        message: str,
        detail: Mapping[str, Any],
        audit: AuditDraft,
        snapshot: SnapshotId | None = None,
    ) -> None:
        """Close a run."""

    def unknown(self, team: TeamId) -> tuple[Outcome, ...]:
        """List the outcomes of all the team's runs of which it is not known whether the write took effect."""

    def settle(self, team: TeamId, outcome: Outcome, audit: AuditDraft) -> None:
        """Journal what an outcome that was unknown turned out to be, and how its ended run stands then."""

    def request_cancel(self, team: TeamId, operation: OperationId, audit: AuditDraft) -> Operation:
        """Ask a run to stop after the change in flight. Raises NotFound."""

    def cancel_requested(self, operation: OperationId) -> bool:
        """Say whether somebody asked the run to stop."""

    def run_lock(self, team: TeamId) -> AbstractContextManager[bool]:
        """Hold the team's run lock, which dies with the process; yields False when another holds it."""


class Audit(Protocol):
    """The append-only log."""

    def append(self, draft: AuditDraft) -> None:
        """Add an entry that belongs to no other write."""

    def entries(
        self,
        team: TeamId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        who: str = "",
        action: str = "",
        text: str = "",
        operation: OperationId | None = None,
        limit: int | None = None,
    ) -> tuple[AuditEntry, ...]:
        """List entries, oldest first; with ``limit``, the newest that many."""

    def verify(self) -> AuditVerdict:
        """Recompute the hash chain of all teams."""


class Store(Protocol):
    """The database, by what it keeps."""

    teams: Teams
    snapshots: Snapshots
    exports: Exports
    choices: Choices
    operations: Operations
    audit: Audit
