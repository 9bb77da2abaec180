"""What is asked on the Explore page: it stands in the address alone, and every control writes it there."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from seatsync.holdings import Holdings
from seatsync.question import Asked, Dimension, Drawing, Measure, Order, read_address
from seatsync.ui.session import Keys, get, put

_NAMES = ("by", "measure", "from", "to", "find", "license", "currency", "sort", "files", "chart", "row")


def ask(holdings: Holdings) -> Asked:
    """Return what the address asks for; without a question in it, what was asked last in this session."""
    given = _address()
    last: dict[str, list[str]] | None = get(Keys.explored)
    if not given and last:
        given = last
        for name, values in given.items():
            st.query_params[name] = values
    put(Keys.explored, given)
    return read_address(given, holdings)


def _address() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in _NAMES if name in st.query_params}


def _set(**values: str | list[str] | None) -> None:
    """Write parameters into the address, or take them out, and remember the question as it is then."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value
    put(Keys.explored, _address())


def show_tools(asked: Asked) -> None:
    """Show the controls, each as the address has it."""
    question = asked.question
    with st.container(horizontal=True, vertical_alignment="center"):
        _segments("Rows", Keys.explore_by, "by", list(Dimension), question.dimension)
        _segments("Numbers", Keys.explore_measure, "measure", list(Measure), question.measure)
        if question.measure.of_money and len(asked.currencies) > 1:
            _segments("Currency", Keys.explore_currency, "currency", asked.currencies, question.currency)
        if asked.several:
            _every_file(asked)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        begin, end = asked.columns.index(asked.first), asked.columns.index(asked.last)
        labels = {column.key: column.label for column in asked.columns}
        keys = list(labels)
        _box("From", Keys.explore_from, "from", keys[: end + 1], asked.first.key, labels, 136)
        _box("To", Keys.explore_to, "to", keys[begin:], asked.last.key, labels, 120)
        _search(question.words)
        _licenses(asked)
        orders = {each.value: each.label for each in Order}
        _box("Sort:", Keys.explore_sort, "sort", list(orders), question.order.value, orders, 178)


def show_drawings(asked: Asked) -> None:
    """Ask how the pivot is drawn."""
    _segments("Chart", Keys.explore_chart, "chart", list(Drawing), asked.drawing)


def open_row(key: str) -> None:
    """Show the seat rows behind a row of the pivot."""
    _set(row=key)


def close_row() -> None:
    """Show the pivot alone."""
    _set(row=None)


def clear_filters() -> None:
    """Look at every tenant and license again."""
    _set(find=None, license=None, row=None)


def _follow(key: str, wanted: object) -> None:
    """Set a control to what the address says; left alone where it says so already, as while one types."""
    if get(key) != wanted:
        put(key, wanted)


def _write(key: str, name: str) -> None:
    """Write what was chosen in a control into the address; another question closes the row shown."""
    chosen: Any = get(key)
    value = chosen if isinstance(chosen, list) else str(chosen or "")
    _set(**{name: value or None, "row": None})


def _segments(label: str, key: str, name: str, options: Sequence[Any], chosen: Any) -> None:
    _follow(key, chosen)
    st.segmented_control(
        label,
        options,
        required=True,
        format_func=lambda each: getattr(each, "label", each),
        key=key,
        label_visibility="collapsed",
        on_change=_write,
        args=(key, name),
    )


def _box(
    label: str,
    key: str,
    name: str,
    options: Sequence[str],
    chosen: str,
    labels: dict[str, str],
    width: int,
) -> None:
    _follow(key, chosen)
    st.selectbox(
        label,
        options,
        format_func=lambda each: f"{label} {labels.get(each, '')}",
        key=key,
        label_visibility="collapsed",
        width=width,
        on_change=_write,
        args=(key, name),
    )


def _search(words: str) -> None:
    _follow(Keys.explore_find, words)
    st.text_input(
        "Search",
        key=Keys.explore_find,
        type="search",
        live=True,
        placeholder="Search tenant, company …",
        help="Every word has to occur in the tenant, its portal, company, license or product.",
        label_visibility="collapsed",
        width=210,
        on_change=_write,
        args=(Keys.explore_find, "find"),
    )


def _licenses(asked: Asked) -> None:
    _follow(Keys.explore_licenses, list(asked.question.licenses))
    st.multiselect(
        "Licenses",
        list(asked.licenses),
        key=Keys.explore_licenses,
        placeholder="All licenses",
        label_visibility="collapsed",
        width=222,
        on_change=_write,
        args=(Keys.explore_licenses, "license"),
    )


def _every_file(asked: Asked) -> None:
    _follow(Keys.explore_files, asked.every_file)
    st.toggle(
        "Every export",
        key=Keys.explore_files,
        help="A column for each export. Otherwise the last whole export of a month stands for it.",
        on_change=_write_files,
    )


def _write_files() -> None:
    _set(**{"files": "all" if get(Keys.explore_files) else None, "from": None, "to": None, "row": None})
