"""The server starts what is due before anybody opens a page."""

import asyncio
import gc
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seatsync.jobs import schedule
from seatsync.jobs.durable import wait_for
from seatsync.schedules import save_schedule
from seatsync.ui.server import lifespan
from seatsync.ui.session import installation
from tests.jobs.installation import until


def test_a_scan_that_is_due_starts_with_no_page_open(
    app_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = installation().desk()
    save_schedule(desk, "0 6 * * 1")
    due = datetime.now(UTC)
    monkeypatch.setattr(schedule, "_POLL_SECONDS", 0.05)
    monkeypatch.setattr(schedule, "last_due", lambda *_: due)

    async def serve() -> str:
        async with lifespan(None):
            (scan,) = until(lambda: desk.store.operations.all(desk.team.id), "the scheduled scan")
            ended = wait_for(desk.store, desk.team.id, scan.id, lambda _: None)
            return f"{ended.who} {ended.status}"

    assert asyncio.run(serve()) == "schedule completed"
    assert "seatsync-schedule" not in [thread.name for thread in threading.enumerate()]
    gc.unfreeze()
