"""Previews kept in this process, so that people who look at one don't wait for it to be computed again."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from seatsync.column_choices import account_of
from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.people import Permission
from seatsync.previews import build_preview
from seatsync.unknowns import Unknowns
from seatsync.worksheet import Worksheet

_KEPT = 6
"""How many previews are kept: one of 5,000 rows takes some 30 MB."""


_Head = tuple[int, object]
"""The number of the team's last audit entry, and what changes without one."""


@dataclass(slots=True)
class _Kept:
    head: _Head
    stamp: object
    sheet: Worksheet
    saved: bool

    def holds(self, *, manages: bool) -> bool:
        """Say whether it will do for a person: building for one who may manage saves what was found."""
        review = self.sheet.review
        found = review.preview.new_links or review.preview.incomplete != review.export.incomplete
        return self.saved or not (manages and found)


class KeptReviews:
    """The previews built last, by team and export; each is built anew once what it depends on has changed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._building: dict[object, threading.Lock] = {}

    def sheet(self, desk: Desk, export: ExportId) -> Worksheet:
        """Return the worksheet of an export, its review without ticks. Raises as build_preview does."""
        key = (desk.team.id, export)
        if (sheet := self.kept(desk, export)) is not None:
            return sheet
        with self._lock:
            building = self._building.setdefault(key, threading.Lock())
        with building:
            return self._renewed(desk, export, key)

    def kept(self, desk: Desk, export: ExportId) -> Worksheet | None:
        """Return the worksheet if it is at hand. Raises NotPermitted, NotReady."""
        desk.require(Permission.SEE, "preview.view", str(export))
        kept = self._get((desk.team.id, export))
        if kept is None or not kept.holds(manages=desk.person.may(Permission.MANAGE)):
            return None
        return kept.sheet if kept.head == _head(desk, export) else None

    def _get(self, key: object) -> _Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def _renewed(self, desk: Desk, export: ExportId, key: object) -> Worksheet:
        """Return what is kept if it still holds, which somebody else may have seen to; else build it."""
        manages = desk.person.may(Permission.MANAGE)
        # Both are read before it is built: what changes meanwhile, by the building too, makes it outdated.
        kept, head = self._get(key), _head(desk, export)
        stamp = _stamp(desk, export, head)
        if kept is None or kept.stamp != stamp or not kept.holds(manages=manages):
            sheet = Worksheet(replace(build_preview(desk, export), ticks={}))
            kept = _Kept(head, stamp, sheet, saved=manages)
        kept.head = head
        with self._lock:
            self._kept[key] = kept
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept.sheet

    def warm_up(self, desk: Desk) -> None:
        """Build the preview of the newest export, so that the first to look at it need not wait."""
        newest = next(iter(desk.store.exports.all(desk.team.id)), None)
        if newest is not None and desk.store.snapshots.latest(desk.team.id) is not None:
            self.sheet(desk, newest.id)


def _head(desk: Desk, export: ExportId) -> _Head:
    """Name the state of a team by a few small reads: none of its data changes without one of these."""
    team = desk.team.id
    known = (
        desk.today,
        desk.snapshot().id,
        tuple(sorted(desk.store.choices.agreements(team, export).items())),
        tuple((record.id, record.accepted, record.declared) for record in desk.store.exports.all(team)),
    )
    return desk.store.audit.head(team), known


def _stamp(desk: Desk, export: ExportId, head: _Head) -> object:
    """Name everything that a preview is computed from; reading it costs far less than the preview."""
    team, store = desk.team.id, desk.store
    return (
        head[1],
        desk.rules,
        store.choices.mappings(team),
        store.choices.links(team),
        store.choices.rejections(team),
        Unknowns.of(store.operations.unknown(team)),
        account_of(desk, store.exports.get(team, export)),
    )
