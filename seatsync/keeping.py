"""What the desk and the jobs need of the database, as Protocols: what it keeps, and how."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from seatsync.journal import AuditDraft
from seatsync.keeping_choices import Choices
from seatsync.keeping_runs import Audit, Operations
from seatsync.model import (
    Book,
    ExportId,
    ExportRecord,
    ParsedExport,
    ProductId,
    SeatRow,
    Snapshot,
    SnapshotId,
    Team,
    TeamId,
)
from seatsync.ports import Connection
from seatsync.preview import SeenTenant
from seatsync.renames import Sighting
from seatsync.rules import Rules
from seatsync.snapshot_changes import SnapshotChanges


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

    def changes(self, team: TeamId, snapshot: SnapshotId) -> SnapshotChanges | None:
        """Return what a kept snapshot's scan found changed; None when it had none to compare with."""

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

    def last_seen(self, team: TeamId) -> tuple[Sighting, ...]:
        """List, for each tenant, the last export that it occurs in, and its names there."""

    def rows_of(self, team: TeamId, keys: Collection[str]) -> tuple[tuple[ExportId, SeatRow], ...]:
        """List the paid rows of some tenants in every export, by their stable keys; oldest export first."""

    def declare_complete(self, team: TeamId, export: ExportId, reason: str, audit: AuditDraft) -> None:
        """Record that a person calls the file complete, and why."""

    def judge(self, team: TeamId, export: ExportId, incomplete: str) -> None:
        """Record what the last preview found of the file's completeness."""


class Store(Protocol):
    """The database, by what it keeps."""

    teams: Teams
    snapshots: Snapshots
    exports: Exports
    choices: Choices
    operations: Operations
    audit: Audit
