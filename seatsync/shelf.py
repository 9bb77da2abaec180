"""The holdings of a team, read once: exports never change once kept, and all else has a version."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from sys import intern

from seatsync.desk import Desk
from seatsync.explore import Pivot, pivot
from seatsync.holdings import Ground, Holdings, gather_holdings
from seatsync.model import ExportId, ExportRecord, SeatRow, TeamId
from seatsync.months import in_time_order
from seatsync.people import Permission
from seatsync.question import Question
from seatsync.tiers import mapped_products

KEPT = 36
"""How many exports are looked at: the latest uploaded ones, three years of one a month."""
ANSWERS = 16
"""How many of the last answers are kept at hand."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What tells that nothing has changed: every choice and every scan leaves an entry in the audit log."""

    audited: int
    today: date
    exports: tuple[tuple[ExportId, str, str], ...]


class Shelf:
    """One team's holdings, shared by all who may see them; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[ExportId, tuple[SeatRow, ...]] = {}
        self._version: _Version | None = None
        self._read: tuple[object, ...] = ()
        self._holdings = Holdings()
        self._pivots: dict[Question, Pivot] = {}

    def holdings(self, desk: Desk) -> Holdings:
        """Return the holdings of the team as they are now, from what is at hand where nothing changed."""
        desk.require(Permission.SEE, "explore.view")
        with self._lock:
            kept = desk.store.exports.all(desk.team.id)
            exports = kept[:KEPT]
            version = _Version(
                desk.store.audit.head(desk.team.id),
                desk.today,
                tuple((each.id, each.incomplete, each.declared) for each in exports),
            )
            if version != self._version:
                self._renew(desk, exports, len(kept) - len(exports))
                self._version = version
            return self._holdings

    def pivot(self, holdings: Holdings, asked: Question) -> Pivot:
        """Answer a question about holdings taken from here, at once where it was answered before."""
        with self._lock:
            found = self._pivots.pop(asked, None) if holdings is self._holdings else None
            answer = found or pivot(holdings, asked)
            if holdings is self._holdings:
                self._pivots[asked] = answer
                if len(self._pivots) > ANSWERS:
                    del self._pivots[next(iter(self._pivots))]
            return answer

    def _renew(self, desk: Desk, exports: Sequence[ExportRecord], older: int) -> None:
        """Gather the holdings anew if anything that they are made of has changed."""
        team, store = desk.team.id, desk.store
        mappings, links = store.choices.mappings(team), store.choices.links(team)
        snapshot, rules = store.snapshots.latest(team), desk.rules
        read = (exports, older, mappings, links, snapshot, rules, desk.today)
        if read == self._read:
            return
        products = mapped_products(mappings)
        book = store.snapshots.book(team, snapshot.id, products) if snapshot else None
        self._rows = {each.id: self._rows.get(each.id) or _slim(desk, each.id) for each in exports}
        files = [(dated, self._rows[dated.export.id]) for dated in in_time_order(exports)]
        ground = Ground(mappings, links, book, rules, desk.today)
        self._holdings = replace(gather_holdings(files, ground), older=older)
        self._pivots.clear()
        self._read = read


class Shelves:
    """The shelf of each team; threads may share them."""

    def __init__(self) -> None:
        self._shelves: dict[TeamId, Shelf] = {}

    def of(self, team: TeamId) -> Shelf:
        """Return the one shelf of a team."""
        return self._shelves.setdefault(team, Shelf())


def _slim(desk: Desk, export: ExportId) -> tuple[SeatRow, ...]:
    """Read the rows of an export, without the cells that nothing here looks at, each text held once."""
    return tuple(
        SeatRow(
            line=row.line,
            portal=intern(row.portal),
            tenant=intern(row.tenant),
            tier=intern(row.tier),
            users=row.users,
            state=row.state,
            raw_state=intern(row.raw_state),
            expires=row.expires,
            problem=row.problem,
        )
        for row in desk.store.exports.seat_rows(desk.team.id, export)
    )
