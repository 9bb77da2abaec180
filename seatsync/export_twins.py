"""Find the seat rows of an export whose portal and license stand there more than once."""

from collections.abc import Sequence
from dataclasses import replace

from seatsync.export_rows import Layout
from seatsync.model import SeatRow
from seatsync.status import TenantState

_GONE = (TenantState.EXPIRED, TenantState.DELETED)
_OTHERS = 3


def mark_twins(seat_rows: list[SeatRow], layout: Layout) -> None:
    """Give a problem to each row whose portal and tier occur more than once, unless all have ended.

    The rows are replaced where they stand, because a second list of a large export takes much memory.
    """
    first: dict[str, dict[str, int]] = {}
    alike: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(seat_rows):
        if key := row.key:
            tier = row.tier.strip()
            keys = first.setdefault(tier, {})
            # Most keys equal the portal letter by letter; one text then does for both.
            before = keys.setdefault(row.portal if key == row.portal else key, at)
            if before != at:
                alike.setdefault((key, tier), [before]).append(at)
    for places in alike.values():
        if all(seat_rows[at].state in _GONE for at in places):
            continue
        lines = [seat_rows[at].line for at in places]
        for at in places:
            if seat_rows[at].problem is None:
                seat_rows[at] = _twin(seat_rows[at], lines, layout)


def _twin(row: SeatRow, lines: Sequence[int], layout: Layout) -> SeatRow:
    """Give a problem to a row that has the same portal and tier as those on other lines."""
    others = [str(line) for line in lines[: _OTHERS + 1] if line != row.line][:_OTHERS]
    rest = len(lines) - 1 - len(others)
    listed = ", ".join(others) + (f" and {rest:,} more" if rest else "")
    word = "portal" if row.portal else "tenant"
    noun = "lines" if len(lines) > 2 else "line"
    cure = f"The same {word} and license stand on {noun} {listed} too. Keep one of them and upload it again."
    return replace(row, users=None, problem=layout.problem(row.line, word, row.portal or row.tenant, cure))
