"""Which rows of a preview are shown, and in which order; what is asked for stands in the page's address."""

from collections.abc import Mapping, Sequence

import streamlit as st

from seatsync.status import Status
from seatsync.ui.looks import marked, status_help
from seatsync.ui.session import Keys, get, put
from seatsync.ui.text import unique_labels
from seatsync.ui.words import counted
from seatsync.worksheet import Order, View, Worksheet

_HIDDEN = frozenset({Status.NO_CHANGE})
_SHOWN = [status for status in Status if status not in _HIDDEN]
_STATUS, _WORDS, _COMPANY, _LICENSE, _ORDER, _GROUPED = (
    "status",
    "find",
    "company",
    "license",
    "sort",
    "group",
)
PARAMETERS = (_STATUS, _WORDS, _COMPANY, _LICENSE, _ORDER, _GROUPED)
_ALL, _YES = "all", "yes"


def current_view(sheet: Worksheet) -> View:
    """Return what the filters ask for, before they are drawn; No change is hidden unless it is asked for.

    The choices follow a person through the app, and stand in the page's address, so that a refresh, a
    bookmark and somebody else's browser show the same rows.
    """
    if get(Keys.statuses) is None:
        forget_filters()
        put(Keys.order, Order.STATUS)
        put(Keys.grouped, False)
    _read_address(sheet)
    view = View(
        frozenset(get(Keys.statuses) or Status),
        get(Keys.search) or "",
        frozenset(get(Keys.companies) or ()),
        frozenset(get(Keys.licenses) or ()),
        get(Keys.order) or Order.STATUS,
        bool(get(Keys.grouped)),
    )
    _write_address(view)
    return view


def show_chips(sheet: Worksheet) -> None:
    """Draw a chip for each status, with its count."""
    counts = sheet.review.preview.totals.by_status
    # All are offered, with none left out for having no rows: a choice that lacks one would hide them later.
    st.pills(
        "Status",
        list(Status),
        selection_mode="multi",
        format_func=lambda status: f"{marked(status)} {counts.get(status, 0):,}",
        key=Keys.statuses,
        persist_state="session",
        label_visibility="collapsed",
        help=f"What a push does with a row of each status:\n{status_help()}\n\nNone chosen: all are shown.",
    )


def show_search() -> None:
    """Draw the search box."""
    st.text_input(
        "Search",
        key=Keys.search,
        type="search",
        live=True,
        persist_state="session",
        placeholder="Search tenant, company …",
        label_visibility="collapsed",
        help="Every word has to occur, in the tenant, portal, company, agreement, product or license.",
        width=236,
    )


def offer_view(sheet: Worksheet) -> None:
    """Offer to narrow the rows by company and license, to sort and to group them; drawn when asked for."""
    # Its label stays the same: the browser closes a panel that is renamed.
    panel = st.popover(
        "View",
        icon=":material/tune:",
        key=Keys.filters_open,
        help="Companies, licenses, sorting, grouping.",
        on_change="rerun",
    )
    if panel.open:
        with panel:
            _companies(sheet)
            _licenses(sheet)
            _order()
            _grouped()
            st.button("Clear all filters", icon=":material/filter_alt_off:", on_click=forget_filters)


def view_sentence(view: View) -> str:
    """Say in Markdown what of a view the page does not show otherwise; empty when there is nothing."""
    said = [counted(len(view.companies), "company", "companies")] if view.companies else []
    said += [counted(len(view.licenses), "license")] if view.licenses else []
    said += [f"sorted by {view.order.label.lower()}"] if view.order is not Order.STATUS else []
    said += ["grouped by company"] if view.grouped else []
    return f" View: {', '.join(said)}." if said else ""


def _companies(sheet: Worksheet) -> None:
    labels = unique_labels(sheet.companies, lambda number: sheet.companies[number])
    st.multiselect(
        "Company",
        list(sheet.companies),
        format_func=lambda number: labels.get(number, ""),
        key=Keys.companies,
        persist_state="session",
        placeholder="Every company",
    )


def _licenses(sheet: Worksheet) -> None:
    st.multiselect(
        "License",
        list(sheet.licenses),
        key=Keys.licenses,
        persist_state="session",
        placeholder="Every license",
    )


def _order() -> None:
    st.selectbox(
        "Sort by",
        list(Order),
        format_func=lambda each: each.label,
        key=Keys.order,
        persist_state="session",
    )


def _grouped() -> None:
    st.toggle(
        "Group by company",
        key=Keys.grouped,
        persist_state="session",
        help="Puts the rows of a company under a line that sums them up, and whose box is for all of them.",
    )


def _read_address(sheet: Worksheet) -> None:
    """Take over what the address asks for, where it came from a link, a bookmark or a refresh."""
    asked = {name: st.query_params.get_all(name) for name in PARAMETERS if name in st.query_params}
    if not asked or asked == get(Keys.filters_written):
        _forget_absent(sheet)
        return
    statuses = [status for status in Status if status.value in asked.get(_STATUS, [])]
    put(Keys.statuses, [] if _ALL in asked.get(_STATUS, []) else statuses or _SHOWN)
    put(Keys.search, _first(asked, _WORDS))
    put(Keys.companies, [number for number in sheet.companies if str(number) in asked.get(_COMPANY, [])])
    put(Keys.licenses, [name for name in sheet.licenses if name in asked.get(_LICENSE, [])])
    put(Keys.order, next((each for each in Order if each == _first(asked, _ORDER)), Order.STATUS))
    put(Keys.grouped, _first(asked, _GROUPED) == _YES)


def _forget_absent(sheet: Worksheet) -> None:
    """Drop companies and licenses of another export, which this one does not offer."""
    for name, offered in ((Keys.companies, sheet.companies), (Keys.licenses, sheet.licenses)):
        kept: Sequence[object] | None = get(name)
        if kept and any(each not in offered for each in kept):
            put(name, [each for each in kept if each in offered])


def _first(asked: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(asked.get(name, [])), "")


def _write_address(view: View) -> None:
    """Name the filters in the address, those that are not as they were at first."""
    said: dict[str, list[str]] = {}
    if view.statuses != set(_SHOWN):
        every = view.statuses == set(Status)
        said[_STATUS] = [_ALL] if every else [status.value for status in Status if status in view.statuses]
    if view.words:
        said[_WORDS] = [view.words]
    if view.companies:
        said[_COMPANY] = [str(number) for number in sorted(view.companies)]
    if view.licenses:
        said[_LICENSE] = sorted(view.licenses)
    if view.order is not Order.STATUS:
        said[_ORDER] = [view.order.value]
    if view.grouped:
        said[_GROUPED] = [_YES]
    put(Keys.filters_written, said)
    for name in PARAMETERS:
        now = st.query_params.get_all(name)
        if name in said and now != said[name]:
            st.query_params[name] = said[name]
        elif name not in said and now:
            del st.query_params[name]


def forget_filters() -> None:
    """Show the rows as they are shown at first."""
    put(Keys.statuses, _SHOWN)
    put(Keys.search, "")
    put(Keys.companies, [])
    put(Keys.licenses, [])
