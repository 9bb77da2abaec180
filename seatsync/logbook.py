"""Read the audit log and check its hash chain."""

from datetime import datetime

from seatsync.desk import Desk
from seatsync.journal import AuditEntry, AuditVerdict
from seatsync.model import OperationId
from seatsync.people import Permission


def read_log(
    desk: Desk,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    who: str = "",
    action: str = "",
    text: str = "",
    operation: OperationId | None = None,
    limit: int | None = None,
) -> tuple[AuditEntry, ...]:
    """List the team's entries, oldest first; with ``limit``, the newest that many."""
    desk.require(Permission.AUDIT, "audit.view")
    return desk.store.audit.entries(
        desk.team.id,
        since=since,
        until=until,
        who=who,
        action=action,
        text=text,
        operation=operation,
        limit=limit,
    )


def read_entry(desk: Desk, seq: int) -> AuditEntry:
    """Return one entry of the team by its number. Raises NotFound."""
    desk.require(Permission.AUDIT, "audit.view", f"entry {seq}")
    return desk.store.audit.entry(desk.team.id, seq)


def verify_log(desk: Desk) -> AuditVerdict:
    """Recompute the hash chain of the whole log, all teams' entries."""
    desk.require(Permission.AUDIT, "audit.verify")
    return desk.store.audit.verify()
