"""Holdings for tests, from the rows of each month."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from seatsync.holdings import Ground, Holdings, gather_holdings
from seatsync.model import Book, ExportId, ExportRecord, Link, SeatRow, TierMapping
from seatsync.months import in_time_order
from seatsync.rules import Rules
from tests.factories import MAPPINGS, TODAY


def export(number: int, name: str, **fields: Any) -> ExportRecord:
    """A kept export of no rows."""
    given: dict[str, Any] = {
        "id": ExportId(number),
        "name": name,
        "sha256": str(number),
        "uploaded_at": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "uploaded_by": "anna",
        "columns": {},
        "rows": 0,
        "ignored": 0,
        "truncated": False,
        "encoding": "utf-8",
        "delimiter": ",",
    }
    return ExportRecord(**(given | fields))


def hold(
    *months: Sequence[SeatRow],
    links: Sequence[Link] = (),
    book: Book | None = None,
    mappings: Sequence[TierMapping] = MAPPINGS,
    names: Sequence[str] = (),
) -> Holdings:
    """Gather the rows of one export a month, from January 2026 on."""
    called = names or [f"a-2026-{place:02}.csv" for place in range(1, len(months) + 1)]
    kept = [export(place, name) for place, name in enumerate(called, start=1)]
    rows = dict(zip(called, months, strict=True))
    files = [(dated, rows[dated.export.name]) for dated in in_time_order(kept)]
    return gather_holdings(files, Ground(mappings, links, book, Rules(), TODAY))
