"""What moved between two exports: who left, ended, came or changed its seats, the largest first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from seatsync.model import ExportRecord, SeatRow, decimals, portal_key
from seatsync.status import TenantState

# Below either, a month's usual joiners and leavers would hide the moves that somebody should look at.
LARGE_SEATS = Decimal(5)
LARGE_SHARE = Decimal("0.25")


class Move(StrEnum):
    """What happened to one tenant between two exports, in the order in which a reader wants to know."""

    GONE = "gone"
    ENDED = "ended"
    MOVED_TIER = "moved_tier"
    DOWN = "down"
    UP = "up"
    NEW = "new"
    TURNED_PAID = "turned_paid"
    RENAMED = "renamed"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]

    def said(self, whole: bool) -> str:
        """Say it of a file that is whole, or not: of one that is not, nobody is said to be gone."""
        return "Missing" if self is Move.GONE and not whole else self.label


_LABELS = {
    Move.GONE: "Gone",
    Move.ENDED: "No longer paid",
    Move.MOVED_TIER: "Other license",
    Move.DOWN: "Fewer seats",
    Move.UP: "More seats",
    Move.NEW: "New",
    Move.TURNED_PAID: "Turned paid",
    Move.RENAMED: "Renamed",
}
_PLACE = {move: place for place, move in enumerate(Move)}


@dataclass(frozen=True, slots=True)
class Movement:
    """One tenant's move. Seats are None on a side where the tenant and tier are not paid.

    ``tenant_before`` and ``tier_before`` are set where they differ. ``state`` is what a tenant no longer
    paid is now, or what one that turned paid was.
    """

    move: Move
    tenant: str
    portal: str
    tier: str
    seats_before: Decimal | None
    seats_after: Decimal | None
    tenant_before: str = ""
    tier_before: str = ""
    state: TenantState | None = None

    @property
    def difference(self) -> Decimal:
        """Seats won (positive) or lost (negative)."""
        return (self.seats_after or Decimal(0)) - (self.seats_before or Decimal(0))

    @property
    def what(self) -> str:
        """What happened beyond the seats, in words; empty when the seats say it all."""
        match self.move:
            case Move.RENAMED:
                return f"was {self.tenant_before}"
            case Move.MOVED_TIER:
                return f"was on {self.tier_before}"
            case Move.ENDED if self.state:
                return f"now {self.state.replace('_', ' ')}"
            case Move.TURNED_PAID if self.state:
                return f"was {self.state.replace('_', ' ')}"
        return ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two exports side by side: ``export`` is the earlier one.

    ``movements`` are sorted by ``Move``, then by size. ``smaller`` counts the tenants whose seats moved by
    less, and ``smaller_seats`` adds those up. ``unread`` counts what can't be compared because a row of the
    tenant can't be read. ``same_rows`` says that both files hold the same rows, in whatever order;
    ``by_name`` that tenants were told apart by name, because one of the files has no portals.
    """

    export: ExportRecord
    tenants_before: int
    tenants_after: int
    seats_before: Decimal
    seats_after: Decimal
    movements: tuple[Movement, ...] = ()
    smaller: int = 0
    smaller_seats: Decimal = Decimal(0)
    unread: int = 0
    same_rows: bool = False
    by_name: bool = False

    @property
    def counts(self) -> Mapping[Move, int]:
        """Count the movements of each kind that occurs, in the order of ``Move``."""
        found = Counter(movement.move for movement in self.movements)
        return {move: found[move] for move in Move if found[move]}


@dataclass(slots=True)
class _Tenant:
    """What one export says of one tenant: its paid seats, the state of its other rows, what can't be read."""

    name: str = ""
    portal: str = ""
    pays: bool = False
    paid: dict[str, Decimal] = field(default_factory=dict)
    states: dict[str, TenantState] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def state(self, tier: str) -> TenantState | None:
        """The state in which the tenant has the tier, or in which all of it is; None where it is absent."""
        whole = None if self.paid else next(iter(self.states.values()), None)
        return self.states.get(tier, whole)


def compare(export: ExportRecord, before: Sequence[SeatRow], after: Sequence[SeatRow]) -> Comparison:
    """Compare the rows of a file with those of ``export``, the one before it."""
    by_name = bool(before and after) and not (
        any(row.portal for row in before) and any(row.portal for row in after)
    )
    old, new = _tenants(before, by_name), _tenants(after, by_name)
    pairs = [(old.get(key, _Tenant()), new.get(key, _Tenant())) for key in old.keys() | new.keys()]
    found = [one for was, now in pairs for one in (*_moves(was, now), *_renamed(was, now))]
    small = [movement.difference for movement in found if not _notable(movement)]
    return Comparison(
        export=export,
        tenants_before=sum(tenant.pays for tenant in old.values()),
        tenants_after=sum(tenant.pays for tenant in new.values()),
        seats_before=_seats(old.values()),
        seats_after=_seats(new.values()),
        movements=tuple(sorted(filter(_notable, found), key=_largest_first)),
        smaller=len(small),
        smaller_seats=decimals(small),
        unread=sum(len(_unsure(was, now)) for was, now in pairs),
        same_rows=_content(before) == _content(after),
        by_name=by_name,
    )


def _tenants(rows: Sequence[SeatRow], by_name: bool) -> dict[str, _Tenant]:
    found: dict[str, _Tenant] = {}
    for row in rows:
        key = portal_key(row.tenant) if by_name else row.key
        tenant = found.setdefault(key, _Tenant(row.tenant, row.portal))
        tenant.pays = tenant.pays or row.state is TenantState.PAID
        if row.problem is not None:
            tenant.unread.add(row.tier)
        elif row.state is TenantState.PAID:
            tenant.paid[row.tier] = tenant.paid.get(row.tier, Decimal(0)) + (row.users or Decimal(0))
        else:
            tenant.states[row.tier] = row.state
    return found


def _unsure(was: _Tenant, now: _Tenant) -> set[str]:
    """List the tiers of a tenant that can't be compared.

    While a row of the tenant can't be read, a tier that stands on one side alone may be that row's.
    """
    if not was.unread and not now.unread:
        return set()
    return was.unread | now.unread | (was.paid.keys() ^ now.paid.keys())


def _moves(was: _Tenant, now: _Tenant) -> Iterator[Movement]:
    """Yield what happened to one tenant."""
    name, portal = now.name or was.name, now.portal or was.portal
    unsure = _unsure(was, now)
    for tier in was.paid.keys() & now.paid.keys() - unsure:
        before, after = was.paid[tier], now.paid[tier]
        if before != after:
            move = Move.UP if after > before else Move.DOWN
            yield Movement(move, name, portal, tier, before, after)
    lost, won = was.paid.keys() - now.paid.keys() - unsure, now.paid.keys() - was.paid.keys() - unsure
    if lost and won:
        before, after = _sum(was, lost), _sum(now, won)
        yield Movement(Move.MOVED_TIER, name, portal, _joined(won), before, after, tier_before=_joined(lost))
        return
    for tier in lost:
        state = now.state(tier)
        move = Move.ENDED if state else Move.GONE
        yield Movement(move, name, portal, tier, was.paid[tier], None, state=state)
    for tier in won:
        state = was.state(tier)
        move = Move.TURNED_PAID if state else Move.NEW
        yield Movement(move, name, portal, tier, None, now.paid[tier], state=state)


def _renamed(was: _Tenant, now: _Tenant) -> Iterator[Movement]:
    """Yield the movement of a paid tenant whose name differs by more than case and spaces."""
    if not (was.pays and now.pays) or portal_key(was.name) == portal_key(now.name):
        return
    yield Movement(
        Move.RENAMED,
        now.name,
        now.portal,
        _joined(now.paid),
        None if was.unread else _sum(was, was.paid),
        None if now.unread else _sum(now, now.paid),
        tenant_before=was.name,
    )


def _notable(movement: Movement) -> bool:
    if movement.move not in (Move.UP, Move.DOWN):
        return True
    size = abs(movement.difference)
    return size >= LARGE_SEATS and size >= LARGE_SHARE * (movement.seats_before or Decimal(0))


def _largest_first(movement: Movement) -> tuple[object, ...]:
    return (
        _PLACE[movement.move],
        -abs(movement.difference),
        movement.tenant.casefold(),
        movement.portal,
        movement.tier,
    )


def _sum(tenant: _Tenant, tiers: Iterable[str]) -> Decimal:
    return decimals([tenant.paid[tier] for tier in tiers])


def _joined(tiers: Iterable[str]) -> str:
    return " + ".join(sorted(tiers))


def _seats(tenants: Iterable[_Tenant]) -> Decimal:
    return decimals([seats for tenant in tenants for seats in tenant.paid.values()])


def _content(rows: Sequence[SeatRow]) -> Counter[tuple[object, ...]]:
    """Count the rows by what they say, so that neither order nor line matters."""
    return Counter(
        (
            row.key,
            row.tenant,
            row.tier,
            row.users,
            row.state,
            row.raw_state,
            row.expires,
            row.problem and row.problem.raw,
        )
        for row in rows
    )


def moved(found: Comparison, whole: bool = True) -> str:
    """Say in a line how many tenants moved which way, and what it comes to; ``whole`` is as in ``said``."""
    counts = ", ".join(f"{count:,} {move.said(whole).casefold()}" for move, count in found.counts.items())
    tenants = f"{found.tenants_before:,} → {found.tenants_after:,} tenants"
    return (
        f"{counts or 'no large moves'} · {tenants} · {found.seats_before:,f} → {found.seats_after:,f} seats"
    )


def remarks(found: Comparison) -> tuple[str, ...]:
    """Say what the movements leave out, a sentence each."""
    said = []
    if found.smaller:
        seats = f"{found.smaller_seats:+,f}" if found.smaller_seats else "no"
        said.append(
            f"{found.smaller:,} more moved by less than {LARGE_SEATS} seats or {LARGE_SHARE * 100:.0f} %, "
            f"{seats} seats in all."
        )
    if found.unread:
        said.append(f"{found.unread:,} can't be compared, because a row of the tenant can't be read.")
    if found.by_name:
        said.append("One of the files has no portals, so a renamed tenant counts as gone and new.")
    return tuple(said)
