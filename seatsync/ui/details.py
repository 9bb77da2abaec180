"""One row in full, in a drawer: why it is here, its parts, its matches, its lines and their history."""

from weakref import WeakKeyDictionary

import streamlit as st

from seatsync.desk import Desk
from seatsync.model import decimals
from seatsync.people import Permission
from seatsync.preview import PreviewRow
from seatsync.previews import Review, tick
from seatsync.status import Kind, TenantState
from seatsync.ui.fixes import fix_agreement, fix_company, fix_mapping
from seatsync.ui.history import show_history
from seatsync.ui.links import LINKS, TAB
from seatsync.ui.looks import colour, count_column, marked, money_column, row_title, text_column
from seatsync.ui.notices import attempt, show_problem
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import amount, plain, seats, unique_labels
from seatsync.ui.trails import show_trails
from seatsync.worksheet import Worksheet

_NOT_KNOWN = "Its billing lines are looked up once its company is known and its license is mapped."
_WIDTH = 860
ROW = "row"
_DEEDS = {
    Kind.UPDATE: "Push this change: set the quantity",
    Kind.CREATE: "Push this change: create the addition",
    Kind.CANCEL: "Push this change: cancel the addition",
}
_STATES = {
    TenantState.PAID: "Paid",
    TenantState.TRIAL: "Proof of concept",
    TenantState.NOT_FOR_RESALE: "Not for resale",
    TenantState.EXPIRED: "Expired",
    TenantState.DELETED: "Deleted",
    TenantState.UNKNOWN: "Unknown",
}


def open_row(key: str) -> None:
    """Show a row in full beside the grid on the next drawing of the page, and name it in the address."""
    put(Keys.details_row, key)
    st.query_params[ROW] = key


def offer_rows(sheet: Worksheet) -> None:
    """Offer every row by name, for whom a list is easier than the grid, and the way to all matches."""
    with st.container(horizontal=True, vertical_alignment="center"):
        panel = st.popover(
            "Open a row by name", icon=":material/list:", key=Keys.details_names, on_change="rerun"
        )
        st.page_link(
            "pages/mappings.py",
            label="Why each tenant is its company",
            icon=":material/link:",
            help="Every link with its reason, and what takes it back.",
            query_params={TAB: LINKS},
        )
    if panel.open:
        panel.selectbox(
            "Row",
            [row.key for row in sheet.rows],
            index=None,
            format_func=lambda key: labels_of(sheet).get(key, ""),
            key=Keys.details_choice,
            placeholder="Type a part of its name",
            on_change=_open_choice,
            width=420,
        )


_labels: WeakKeyDictionary[Worksheet, dict[str, str]] = WeakKeyDictionary()


def labels_of(sheet: Worksheet) -> dict[str, str]:
    """Name every row of a worksheet differently, by key; worked out once."""
    found = _labels.get(sheet)
    if found is None:
        rows = {row.key: row for row in sheet.rows}
        found = _labels[sheet] = unique_labels(rows, lambda key: row_title(rows[key]))
    return found


def _open_choice() -> None:
    key = get(Keys.details_choice)
    if key is not None:
        open_row(key)
    put(Keys.details_choice, None)
    put(Keys.details_names, False)


def show_details(desk: Desk, review: Review) -> None:
    """Show the row that was asked for in a drawer, with what can be done about it."""
    drop(Keys.changed)
    rows = {row.key: row for row in review.preview.rows}
    asked = st.query_params.get(ROW)
    if asked is not None and get(Keys.details_row) is None and get(Keys.details_line) is None:
        put(Keys.details_row, asked)
    key = _follow(review, rows)
    if key is None:
        if asked is not None:
            _close()
        return
    row = rows[key]
    put(Keys.details_row, key)
    put(Keys.details_line, row.parts[0].line if row.parts else None)
    if asked != key:
        st.query_params[ROW] = key
    _drawer(desk, review, row)


def _close() -> None:
    for name in (Keys.details_row, Keys.details_line):
        drop(name)
    st.query_params.pop(ROW, None)


@st.dialog("Row details", width=_WIDTH, position="right", on_dismiss=_close)
def _drawer(desk: Desk, review: Review, row: PreviewRow) -> None:
    # A click in a drawer draws the drawer alone: what it changed is on the page that is drawn anew.
    if get(Keys.changed) or get(Keys.done):
        st.rerun()
    show_problem()
    _show(desk, review, row)


def _show(desk: Desk, review: Review, row: PreviewRow) -> None:
    manages = desk.person.may(Permission.MANAGE)
    _head(desk, review, row)
    if manages:
        fix_agreement(desk, review, row)
        fix_mapping(desk, review, row)
    _parts(row)
    show_trails(desk, review, row)
    if manages:
        fix_company(desk, review, row)
    _lines(row)
    show_history(desk, row)


def _follow(review: Review, rows: dict[str, PreviewRow]) -> str | None:
    """Return the row to show: a seat row of the export is followed when its preview row got another key."""
    key: str | None = get(Keys.details_row)
    if key in rows:
        return key
    line = get(Keys.details_line)
    if line is None:
        return None
    keys = (row.key for row in review.preview.rows for part in row.parts if part.line == line)
    return next(keys, None)


def _head(desk: Desk, review: Review, row: PreviewRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(marked(row.status), color=colour(row.status))  # type: ignore[arg-type]
        st.markdown(f"**{plain(row_title(row).rpartition(' · ')[0])}**", width="content")
    with st.container(border=True):
        st.caption("Why this row is here")
        st.text(row.reason)
        said = [f"On push: {row.status.on_push}."]
        if row.monthly_delta is not None:
            said.append(f"Monthly effect: {amount(row.monthly_delta, row.currency)}.")
        st.caption(plain(" ".join(said)))
    if row.selectable:
        key = f"push-{review.export.id}-{row.key}"
        put(key, review.ticked(row))
        st.checkbox(
            _DEEDS[row.change] if row.change else "Push",
            key=key,
            disabled=not desk.person.may(Permission.MANAGE),
            on_change=_tick,
            args=(desk, review, row, key),
            help="The same box as in the table.",
        )


def _tick(desk: Desk, review: Review, row: PreviewRow, key: str) -> None:
    attempt(tick, desk, review.export.id, {row.choice: bool(get(key))})
    put(Keys.changed, True)


def _parts(row: PreviewRow) -> None:
    if not row.parts:
        st.caption("No row of the export is part of this.")
        return
    users = [part.users for part in row.parts]
    known = [count for count in users if count is not None]
    if len(users) > 1 and len(known) == len(users):
        listed = " + ".join(f"{part.tenant} {seats(part.users or decimals([]))}" for part in row.parts)
        added = f"{listed} = {seats(decimals(known))}"
        if added not in row.reason:
            st.text(added)
    expires = [part.expires.isoformat() if part.expires else "" for part in row.parts]
    st.caption("Rows of the export")
    st.dataframe(
        {
            "Row": [part.line for part in row.parts],
            "Tenant": [part.tenant for part in row.parts],
            "Portal": [part.portal for part in row.parts],
            "License": [part.tier for part in row.parts],
            "Users": [None if part.users is None else float(part.users) for part in row.parts],
            "Status": [part.raw_state or _STATES[part.state] for part in row.parts],
            **({"Expires": expires} if any(expires) else {}),
        },
        hide_index=True,
        placeholder="",
        column_config={
            "Row": st.column_config.NumberColumn(
                width=50, help="The line of the file; its header is line 1."
            ),
            "Tenant": text_column("Tenant", 190),
            "Portal": text_column("Portal", 190),
            "License": text_column("License", 165),
            "Users": count_column("Users", width=55),
            "Status": text_column("Status", 90),
            "Expires": text_column("Expires", 90),
        },
        alt="Rows of the export",
    )


def _lines(row: PreviewRow) -> None:
    if not row.lines:
        known = row.company is not None and row.product is not None
        st.caption("No billing line in ConnectWise that counts." if known else _NOT_KNOWN)
        return
    st.caption("Billing lines in ConnectWise")
    views = [(view.addition, view.agreement) for view in row.lines]
    ends = [a.cancelled.isoformat() if a.cancelled else "" for a, _ in views]
    st.dataframe(
        {
            "Agreement": [agreement.name for _, agreement in views],
            "Type": [agreement.type_name for _, agreement in views],
            "Quantity": [float(addition.quantity) for addition, _ in views],
            "Unit price": [None if a.unit_price is None else float(a.unit_price) for a, _ in views],
            "Currency": [agreement.currency or row.currency for _, agreement in views],
            "Starts": [a.effective.isoformat() if a.effective else "" for a, _ in views],
            **({"Ends": ends} if any(ends) else {}),
            "Next invoice": [g.next_invoice.isoformat() if g.next_invoice else "" for _, g in views],
            "Billing cycle": [agreement.cycle for _, agreement in views],
            "Number": [addition.id for addition, _ in views],
        },
        hide_index=True,
        placeholder="",
        column_config={
            "Agreement": text_column("Agreement", 150),
            "Type": text_column("Type", 125),
            "Quantity": count_column("Quantity", width=68),
            "Unit price": money_column("Unit price", width=75),
            "Currency": text_column("Currency", 65),
            "Starts": text_column("Starts", 85),
            "Ends": text_column("Ends", 85),
            "Next invoice": text_column("Next invoice", 90),
            "Billing cycle": text_column("Billing cycle", 88),
            "Number": st.column_config.NumberColumn(
                width=62,
                format="%d",
                help="The number of the addition in ConnectWise, for looking it up there.",
            ),
        },
        alt="Billing lines",
    )
