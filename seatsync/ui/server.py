"""The app as an ASGI server: interrupted runs resume and scheduled scans start with no page open."""

import gc
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
import streamlit as st

from seatsync.errors import SeatSyncError
from seatsync.people import Person, Role
from seatsync.ui.session import installation

ROOT = Path(__file__).resolve().parents[2]
NOBODY = Person("warm-up", Role.VIEWER)
_log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Take over dead runs, keep the schedules, and keep the collector from walking the libraries."""
    installation().keep_schedules()
    assert pd.__name__ == "pandas"
    gc.collect()
    gc.freeze()
    warming = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    warming.start()
    yield
    warming.join()
    installation().close()


def _warm_up() -> None:
    """Build each team's newest preview, so that the first to open the app need not wait for it."""
    wiring = installation()
    for team in wiring.store.teams.all():
        try:
            wiring.reviews.warm_up(wiring.desk(team.name, NOBODY))
        except SeatSyncError as error:
            _log.warning("The preview of team %s is not built beforehand: %s", team.id, error)


app = st.App(ROOT / "streamlit_app.py", lifespan=lifespan)
