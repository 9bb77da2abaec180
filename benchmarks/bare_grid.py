"""A Streamlit app that is nothing but a table to edit: what the preview's speed is measured against."""

import os
import pickle
from pathlib import Path
from typing import Any

import streamlit as st

FILE = "BARE_GRID"


@st.cache_resource
def _table() -> Any:
    return pickle.loads(Path(os.environ[FILE]).read_bytes())


st.set_page_config(layout="wide")
frame, look = _table()
edited = st.data_editor(frame, key="bare", **look)
st.text(f"{int(edited['Push'].fillna(False).sum()):,} ticked")
