"""Who may do what: roles, the permissions they carry, and the person who acts."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What an action needs; the values are the names that the audit log records."""

    SEE = "psa:agreements.view"
    MANAGE = "psa:agreements.manage"
    AUDIT = "seatsync:audit.view"
    ADMINISTER = "seatsync:settings.manage"


class Role(StrEnum):
    """What a person is in a team."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the role may do."""
        return _GRANTS[self]


_GRANTS = {
    Role.VIEWER: frozenset({Permission.SEE}),
    Role.OPERATOR: frozenset({Permission.SEE, Permission.MANAGE}),
    Role.AUDITOR: frozenset({Permission.SEE, Permission.AUDIT}),
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts, by the name that the audit log records."""

    name: str
    role: Role

    def may(self, permission: Permission) -> bool:
        """Say whether the person's role carries the permission."""
        return permission in self.role.permissions


LOCAL_ADMIN = Person("local", Role.ADMIN)
