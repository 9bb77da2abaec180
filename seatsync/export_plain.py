"""Build at once the seat row of a record that needs no closer look, as nearly all of a file are."""

from collections.abc import Callable
from typing import Generic, TypeVar

from seatsync.export_cells import Record
from seatsync.export_rows import Layout, is_total
from seatsync.export_values import calendar_day, says_nothing, tenant_state, trim, whole_number
from seatsync.model import SeatRow
from seatsync.status import TenantState

Understood = TypeVar("Understood")

_MOST_KNOWN = 4096
_NO_EXTRA: dict[str, str] = {}


class Known(dict[str, Understood], Generic[Understood]):
    """What the cells of one column mean; the first few thousand that differ are looked at only once.

    Rows whose cells are equal then share one text, so that a large export takes less memory.
    """

    def __init__(self, look: Callable[[str], Understood]) -> None:
        super().__init__()
        self.look = look

    def __missing__(self, cell: str) -> Understood:
        """Look at a cell for the first time."""
        found = self.look(cell)
        if len(self) < _MOST_KNOWN:
            self[cell] = found
        return found


def plain_rows(layout: Layout) -> Callable[[Record], SeatRow | None]:
    """Return the function that builds the seat row of a plain record, and returns None for any other.

    Plain is what has all its cells, a tenant, a license, a number of users and a known state, and nothing
    that ``seat_row`` finds a problem in or ``ignorable`` leaves out: both give the same result, but slowly.
    """
    width, pick, rivals = layout.width, layout.pick, layout.rivals
    tiers, counts = Known(_tier), Known(lambda cell: whole_number(cell.strip()))
    states = Known(_state if "state" in layout.columns else _paid)
    days = Known(lambda cell: calendar_day(cell.strip(), serial=not layout.delimiter))
    evidence = [(field, at, Known(str.strip)) for field, at in layout.evidence]

    def plain_row(record: Record) -> SeatRow | None:
        line, cells, damaged, _ = record
        if damaged or len(cells) != width:
            return None
        tenant, portal, tier, users, state, _, expires = pick((*cells, ""))
        tenant = tenant.strip() if tenant.isascii() else trim(tenant)
        portal = portal.strip() if portal.isascii() else trim(portal)
        tier, count, (known, said) = tiers[tier], counts[users], states[state]
        if not tenant or not tier or count is None or known is TenantState.UNKNOWN:
            return None
        if "#" in tenant or "#" in portal or says_nothing(portal) or (not portal and is_total(tenant)):
            return None
        if any(states[cells[at]][0] is not TenantState.PAID for at in rivals if cells[at]):
            return None
        extra = {field: cell for field, at, shared in evidence if (cell := shared[cells[at]])}
        day = days[expires] if expires else None
        if day is None and (text := expires.strip()):
            extra["expires"] = text
        return SeatRow(line, portal, tenant, tier, count, known, said, day, None, extra or _NO_EXTRA)

    return plain_row


def _tier(cell: str) -> str:
    """Return the license as it stands; blank when there is none, or one that needs a closer look."""
    bare = trim(cell)
    return cell if bare and "#" not in cell and not is_total(bare) and not says_nothing(bare) else ""


def _state(cell: str) -> tuple[TenantState, str]:
    """Return the state that a cell says, and its text."""
    text = trim(cell)
    return tenant_state(text), text


def _paid(_cell: str) -> tuple[TenantState, str]:
    """Return the state of a row with a license, where the file has no column for it."""
    return TenantState.PAID, ""
