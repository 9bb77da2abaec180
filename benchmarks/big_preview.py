"""An installation with a preview of thousands of rows, and the table that its page draws."""

import csv
import io
import os
import pickle
import random
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from seatsync.simulator.book import SimulatedBook
from seatsync.simulator.jsontext import dumps, loads
from seatsync.simulator.names import invented_names
from seatsync.simulator.records import addition, agreement, company, shared_records
from tools.installed import ROOT, TIERS, prepare, sample_exports, settings_of

HEADER: Final = ("Tenant", "Portal", "Status", "License", "Users")
_SEED: Final = 0
_FIRST_LINE: Final = 9001
_SAME, _NEW = 50, 20
_CALLBACKS: Final = ("on_change", "on_click", "args", "kwargs")


def make(folder: str, rows: int) -> dict[str, Any]:
    """Prepare an installation whose last export has so many paid rows that a push would touch or add.

    One in fifty more is as it should be, and one in twenty has no billing line yet.
    """
    draw, text = random.Random(_SEED), io.StringIO()
    write = csv.writer(text)
    write.writerow(HEADER)
    book: dict[str, Any] = {**shared_records(), "companies": [], "agreements": [], "additions": []}
    tiers, count = list(TIERS.items()), rows + rows // _SAME
    for number, name in enumerate(islice(invented_names(draw), count), start=1):
        tier, product = tiers[number % len(tiers)]
        seats = draw.randint(2, 90)
        book["companies"].append(company(number, name, f"client-{number}"))
        book["agreements"].append(agreement(number, "Managed Services", number, "Managed Services"))
        if number > rows or number % _NEW:
            book["additions"].append(addition(_FIRST_LINE + number, number, product, seats))
        more = 0 if number > rows else draw.choice((-1, 1, 2, 3))
        write.writerow((name, f"client-{number}", "Paid", tier, seats + more))
    simulated = SimulatedBook.from_json(loads(dumps(book)))
    prepare(Path(folder), simulated, [("avanan-2026-11.csv", text.getvalue().encode())])
    return {"rows": rows}


def record(folder: str, file: str) -> dict[str, Any]:
    """Draw the page of the preview, and keep the table that it hands to ``st.data_editor``, with its look."""
    os.environ.update(settings_of(Path(folder), "http://127.0.0.1:9"))
    from streamlit.elements.widgets.data_editor import DataEditorMixin
    from streamlit.testing.v1 import AppTest

    seen: list[tuple[Any, dict[str, Any]]] = []
    drawn = DataEditorMixin.data_editor

    def note(self: Any, data: Any, **given: Any) -> Any:
        seen.append((data.copy(), given))
        return drawn(self, data, **given)

    with patch.object(DataEditorMixin, "data_editor", note), patch("streamlit.data_editor", _bound(note)):
        page = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=120).run()
        page.switch_page("pages/preview.py").run()
    if page.exception or not seen:
        raise SystemExit(f"The preview was not drawn: {page.exception}")
    frame, given = max(seen, key=lambda each: len(each[0]))
    look = {name: value for name, value in given.items() if name not in (*_CALLBACKS, "key")}
    look["column_config"] = {
        name: _without_callbacks(config) for name, config in look.get("column_config", {}).items()
    }
    Path(file).write_bytes(pickle.dumps((frame, look)))
    return {"rows": len(frame), "columns": len(frame.columns)}


def _bound(note: Any) -> Any:
    import streamlit as st

    return note.__get__(st._main)


def _without_callbacks(config: Any) -> Any:
    if not isinstance(config, Mapping):
        return config
    return {name: value for name, value in config.items() if name not in _CALLBACKS}


def make_sample(folder: str) -> dict[str, Any]:
    """Prepare the sample book with its three exports."""
    prepare(Path(folder), SimulatedBook.sample(), sample_exports())
    return {}
