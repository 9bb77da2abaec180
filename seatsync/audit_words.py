"""Entries of the audit log in words: the action, and what differs between before and after."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from seatsync.journal import AuditEntry

ACTIONS = {
    "audit.verify": "Audit chain verified",
    "audit.view": "Audit log viewed",
    "connection.save": "Connection saved",
    "connection.test": "Connection tested",
    "explore.view": "Months explored",
    "export.choose_columns": "Columns chosen",
    "export.declare_complete": "Export declared complete",
    "export.upload": "Export uploaded",
    "export.view": "Export viewed",
    "link.clear": "Link removed",
    "link.list": "Links viewed",
    "link.match": "Link made automatically",
    "link.reject": "Company ruled out",
    "link.save": "Link saved",
    "link.unreject": "Company allowed again",
    "mapping.clear": "Mapping removed",
    "mapping.list": "Mappings viewed",
    "mapping.save": "Mapping saved",
    "operation.cancel": "Operation asked to stop",
    "operation.finish": "Operation finished",
    "operation.list": "Operations viewed",
    "operation.look_again": "Unknown outcome looked up",
    "operation.resume": "Operation resumed",
    "operation.view": "Operation viewed",
    "page.open": "Page opened",
    "preview.agreement": "Agreement chosen",
    "preview.tick": "Row chosen",
    "preview.view": "Preview viewed",
    "push.cancel": "Addition cancelled",
    "push.create": "Addition created",
    "push.update": "Addition updated",
    "push.plan": "Push planned",
    "push.rehearse": "Push rehearsed",
    "push.start": "Push started",
    "report.export": "Report handed out",
    "undo.bill_again": "Addition billed again",
    "undo.cancel": "Created addition cancelled",
    "undo.plan": "Undo planned",
    "undo.rehearse": "Undo rehearsed",
    "undo.start": "Undo started",
    "undo.update": "Addition put back",
    "rules.save": "Limits saved",
    "scan": "Scan ended",
    "scan.skip": "Scheduled scan skipped",
    "schedule.save": "Scan schedule saved",
    "schedule.view": "Scan schedule viewed",
    "snapshot.save": "Snapshot saved",
    "scan.start": "Scan started",
    "timezone.save": "Time zone saved",
}
_FIELDS = {
    "tenants_kept": "paid tenants that must be there",
    "companies_seen": "billed companies that must be there",
    "brake_cancels": "cancels that are always allowed",
    "brake_cancel_share": "lines cancelled",
    "brake_seat_share": "seats lowered",
    "brake_revenue_share": "monthly revenue lowered",
    "rehearse": "only rehearse",
    "sha256": "SHA-256",
    "url": "server address",
    "cron": "schedule",
    "timezone": "time zone",
}
_RESOURCES = {"rules": "Limits", "timezone": "Time zone", "scan schedule": "Scan schedule"}
_NUMBERED = re.compile(r"^(operation|export|entry) \d+$")
_SHARES = ("tenants_kept", "companies_seen", "brake_cancel_share", "brake_seat_share", "brake_revenue_share")
# What is said beside a change, and is none itself.
_BESIDE = ("message", "request_id", "result", "wanted")
# Numbers that find a record, but say nothing to a reader.
_NUMBERS = ("digest", "sha256", "snapshot", "export", "kept_before", "chosen", "suspicion", "brake")
NOTHING = "nothing"


class Differs(StrEnum):
    """How a field differs; the values are the words on screen."""

    CHANGED = "changed"
    NEW = "new"
    REMOVED = "removed"
    SAME = "same"
    NOT_WRITTEN = "not written"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an entry, as it was before and after, in words."""

    name: str
    before: str
    after: str
    differs: Differs
    key: str = ""


def action_label(action: str) -> str:
    """Say an action of the log in words."""
    return ACTIONS.get(action) or action.replace(".", " ").replace("_", " ").capitalize()


def subject(entry: AuditEntry) -> str:
    """Say in short what an entry is about: of a change to a line, the company and the product."""
    resource = entry.resource
    if entry.action.partition(".")[0] in ("push", "undo") and ": " in resource and resource.count(", ") > 1:
        # Agreement and line come last; the entry in full has them.
        resource = resource.rpartition(", ")[0].rpartition(", ")[0]
    return _RESOURCES.get(resource) or _NUMBERED.sub(lambda found: found[0].capitalize(), resource)


def differences(entry: AuditEntry) -> tuple[FieldChange, ...]:
    """List every field of an entry with its value before and after, what differs first.

    A change that was wanted and not written has the wanted value as ``after``.
    """
    wanted = entry.after.get("wanted")
    wishes = wanted if isinstance(wanted, Mapping) else {}
    found = [*_wished(entry.before, wishes), *_compared(entry, wishes)]
    return tuple(sorted(found, key=lambda change: change.differs is Differs.SAME))


def _wished(before: Mapping[str, Any], wishes: Mapping[str, Any]) -> Iterator[FieldChange]:
    for key, value in wishes.items():
        yield FieldChange(
            field_name(key), _value(key, before.get(key)), _value(key, value), Differs.NOT_WRITTEN, key
        )


def _compared(entry: AuditEntry, wishes: Mapping[str, Any]) -> Iterator[FieldChange]:
    for key in dict.fromkeys([*entry.before, *entry.after]):
        if key in _BESIDE or key in wishes:
            continue
        old, new = _value(key, entry.before.get(key)), _value(key, entry.after.get(key))
        if old == new:
            differs = Differs.SAME
        elif key not in entry.before or old == NOTHING:
            differs = Differs.NEW
        else:
            differs = Differs.REMOVED if key not in entry.after or new == NOTHING else Differs.CHANGED
        yield FieldChange(field_name(key), old, new, differs, key)


def change_line(entry: AuditEntry) -> str:
    """Say in one line what an entry changed, as in ``quantity 52 → 57``; what was refused or failed first."""
    parts = [_short(change) for change in differences(entry) if _tells(change) and not _long(entry, change)]
    message = str(entry.after.get("message") or "")
    # A run tells all in its message; its status says the same again.
    said = message if message and (not parts or "status" in entry.after) else "; ".join(parts)
    if entry.result == "ok":
        return said
    return f"{entry.result.capitalize()}: {said}" if said else entry.result.capitalize()


def _long(entry: AuditEntry, change: FieldChange) -> bool:
    """Say whether it is a match's reason, which fills lines and is read in the entry itself."""
    return change.key == "reason" and entry.action.startswith("link.")


def _tells(change: FieldChange) -> bool:
    numbers = change.key in _NUMBERS or change.key.endswith("_id")
    return change.differs is not Differs.SAME and not numbers


def _short(change: FieldChange) -> str:
    match change.differs:
        case Differs.NEW:
            return f"{change.name} {change.after}"
        case Differs.REMOVED:
            return f"{change.name} {change.before} removed"
        case Differs.NOT_WRITTEN:
            return f"{change.name} {change.before} → {change.after} not written"
        case _:
            return f"{change.name} {change.before} → {change.after}"


def field_name(key: str) -> str:
    """Say the name of a field in words."""
    return _FIELDS.get(key) or key.replace("_", " ")


def _value(key: str, value: object) -> str:
    """Write a value for a reader."""
    if value in (None, "", [], {}):
        return NOTHING
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value) if key.endswith("_id") or key in _NUMBERS else f"{value:,}"
        case Mapping():
            return ", ".join(f"{name}: {_value(str(name), each)}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(_value(key, each) for each in value)
    if key in _SHARES:
        return _share(str(value))
    return str(value).replace("_", " ") if key in ("status", "result") else str(value)


def _share(text: str) -> str:
    try:
        percent = Decimal(text) * 100
    except InvalidOperation:
        return text
    return f"{percent.normalize():f} %" if percent else "0 %"
