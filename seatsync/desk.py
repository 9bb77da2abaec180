"""Where a person acts for a team: who, for whom, on which day, with which edges; permissions are checked."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from seatsync.errors import NotPermitted, NotReady
from seatsync.journal import AuditDraft
from seatsync.keeping import Store
from seatsync.model import Snapshot, Team
from seatsync.people import Permission, Person
from seatsync.ports import ConnectWise, Runner
from seatsync.rules import Rules


@dataclass(frozen=True)
class Desk:
    """One person's desk in one team.

    ``connect`` opens the team's ConnectWise; it raises NotConfigured. ``export_limit`` is in bytes.
    """

    team: Team
    person: Person
    store: Store
    today: date
    connect: Callable[[], AbstractContextManager[ConnectWise]]
    runner: Callable[[], Runner]
    export_limit: int

    @property
    def rules(self) -> Rules:
        """The team's own settings."""
        return self.store.teams.rules(self.team.id)

    def require(self, permission: Permission, action: str, resource: str = "") -> None:
        """Let the action pass. Raises NotPermitted, and records the refused attempt."""
        if self.person.may(permission):
            return
        self.store.audit.append(self.draft(permission, action, resource, result="refused"))
        raise NotPermitted(
            f'{self.person.name} has the role {self.person.role}, which lacks "{permission}". '
            "Ask an admin of the team."
        )

    def draft(
        self,
        permission: Permission,
        action: str,
        resource: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        result: str = "ok",
    ) -> AuditDraft:
        """Draft the audit entry of an action by this person."""
        return AuditDraft(
            self.person.name, self.team.id, permission, action, resource, before or {}, after or {}, result
        )

    def snapshot(self) -> Snapshot:
        """Return the snapshot in use. Raises NotReady before the first scan."""
        snapshot = self.store.snapshots.latest(self.team.id)
        if snapshot is None:
            raise NotReady(
                f'Team "{self.team.name}" has no snapshot of ConnectWise yet. Scan first '
                "(Snapshot page, or: python -m seatsync scan)."
            )
        return snapshot
