"""The app as an ASGI server: interrupted runs resume and scheduled scans start with no page open."""

import gc
import logging
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
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
    _answer_at_once()
    gc.collect()
    gc.freeze()
    warming = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    warming.start()
    yield
    warming.join()
    installation().close()


def _answer_at_once() -> None:
    """Let every answer leave when it is written; connections inherit it from the socket that listens.

    asyncio sets this only on sockets that name their protocol, and Streamlit's does not: each run of a page
    would wait up to 40 ms for the browser to acknowledge its first message.
    """
    for each in gc.get_objects():
        if isinstance(each, socket.socket) and each.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):  # it was closed
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _warm_up() -> None:
    """Build the newest preview, so that the first to open the app need not wait for it."""
    wiring = installation()
    try:
        wiring.reviews.warm_up(wiring.desk(person=NOBODY))
    except SeatSyncError as error:
        _log.warning("The preview is not built beforehand: %s", error)


app = st.App(ROOT / "streamlit_app.py", lifespan=lifespan)
