"""A pivot drawn with Streamlit's own charts: months stacked or as lines, or the bars of a single month."""

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from seatsync.explore import Pivot, PivotRow, rank
from seatsync.question import Column, Drawing
from seatsync.ui.text import unique_labels

MOST = 7
"""How many rows are drawn in a colour of their own; the theme's eighth is for the rest."""

Legend = Literal["right", "bottom"]

_LONGEST = 40
_FEW = 5


def draw(
    found: Pivot,
    *,
    title: str,
    alt: str,
    kind: Drawing = Drawing.STACKED,
    height: int = 200,
    legend: Legend | None = "right",
    money: bool = False,
) -> None:
    """Draw the rows that matter most over the columns, and the rest as one; lines leave the rest out.

    ``title`` names what the values are.
    """
    top, rest = rank(found, MOST)
    rows = [*top, rest] if rest is not None and kind is not Drawing.LINES else top
    labels = unique_labels(range(len(rows)), lambda place: short(rows[place].label))
    data = pd.DataFrame(_points(found.columns, rows, labels), columns=["month", "name", "value", "place"])
    if data.empty:
        st.caption("Nothing to draw: no value is known.")
        return
    names, months = list(labels.values()), [headed(column) for column in found.columns]
    form = ",.2f" if money else ",d"
    spec = {
        "encoding": {
            "color": {
                "field": "name",
                "type": "nominal",
                "scale": {"domain": names},
                "legend": None if legend is None or len(months) == 1 else _legend(legend),
            },
            "tooltip": [
                {"field": "name", "title": "Name"},
                {"field": "month", "title": "Month"},
                {"field": "value", "title": title, "format": form},
            ],
            **(_one_month(names) if len(months) == 1 else _months(months)),
        },
        "mark": _mark(kind, len(months)),
    }
    st.vega_lite_chart(data, spec, height=height, alt=alt)


def headed(column: Column) -> str:
    """Name a column where it stands above numbers: an incomplete one says so."""
    return column.label if column.whole else f"{column.label} incomplete"


def _points(
    columns: Sequence[Column], rows: Sequence[PivotRow], labels: dict[int, str]
) -> list[tuple[str, str, float, int]]:
    return [
        (headed(column), labels[place], float(cell), place)
        for place, row in enumerate(rows)
        for column, cell in zip(columns, row.cells, strict=True)
        if cell is not None
    ]


def short(label: str) -> str:
    """Cut a name that would push everything else aside."""
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _months(months: list[str]) -> dict[str, Any]:
    axis = {"labelAngle": 0, "title": None, "labelOverlap": True, "ticks": False}
    return {
        "x": {"field": "month", "type": "ordinal", "sort": months, "scale": {"domain": months}, "axis": axis},
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": None,
            "axis": {"tickCount": 4, "format": ",~r"},
        },
        "order": {"field": "place", "type": "quantitative"},
    }


def _one_month(names: list[str]) -> dict[str, Any]:
    axis = {"title": None, "labelLimit": 260, "ticks": False}
    return {
        "x": {"field": "value", "type": "quantitative", "title": None, "axis": {"tickCount": 5}},
        "y": {"field": "name", "type": "nominal", "sort": names, "axis": axis},
    }


def _mark(kind: Drawing, months: int) -> dict[str, Any]:
    if months > 1 and kind is Drawing.LINES:
        return {"type": "line", "point": True}
    if months > _FEW:
        return {"type": "bar", "width": {"band": 0.66}}
    return {"type": "bar", "size": 14 if months == 1 else 64}


def _legend(side: Legend) -> dict[str, Any]:
    looks: dict[str, Any] = {"title": None, "orient": side, "labelLimit": 190, "rowPadding": 2}
    looks |= {"symbolType": "square", "symbolSize": 80, "symbolStrokeWidth": 0}
    return looks | ({"columns": 2, "offset": 4} if side == "bottom" else {})
