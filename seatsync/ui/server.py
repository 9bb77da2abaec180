"""The app as an ASGI server: interrupted runs resume and scheduled scans start with no page open."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
import streamlit as st

from seatsync.ui.session import installation

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Take over dead runs, keep the schedules, and keep the collector from walking the libraries."""
    installation().keep_schedules()
    assert pd.__name__ == "pandas"
    gc.collect()
    gc.freeze()
    yield
    installation().close()


app = st.App(ROOT / "streamlit_app.py", lifespan=lifespan)
