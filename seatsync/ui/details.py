"""One row in full, in a drawer or below the grid: its parts, its reason, its tenants' matches, its lines."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.model import decimals
from seatsync.people import Permission
from seatsync.preview import PreviewRow
from seatsync.previews import Review
from seatsync.status import TenantState
from seatsync.ui.fixes import fix_agreement, fix_company, fix_mapping
from seatsync.ui.links import LINKS, TAB
from seatsync.ui.looks import colour, count_column, icon, money_column, row_title, text_column
from seatsync.ui.notices import show_problem
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import amount, plain, seats, unique_labels
from seatsync.ui.trails import show_trails

_NOT_KNOWN = "Its billing lines are looked up once its company is known and its license is mapped."
_WIDTH = 800
_STATES = {
    TenantState.PAID: "Paid",
    TenantState.TRIAL: "Proof of concept",
    TenantState.NOT_FOR_RESALE: "Not for resale",
    TenantState.EXPIRED: "Expired",
    TenantState.DELETED: "Deleted",
    TenantState.UNKNOWN: "Unknown",
}


def open_row(key: str) -> None:
    """Show a row in full beside the grid, where it was asked for, on the next drawing of the page."""
    put(Keys.details_row, key)
    put(Keys.details_drawer, True)


def show_details(desk: Desk, review: Review) -> None:
    """Ask which row to show in full, and show it with what can be done about it."""
    rows = {row.key: row for row in review.preview.rows}
    _follow(review, rows)
    labels = unique_labels(rows, lambda key: row_title(rows[key]))
    st.subheader("Row details", anchor="details")
    chosen = st.selectbox(
        "Row",
        list(rows),
        index=None,
        format_func=lambda key: labels.get(key, ""),
        key=Keys.details_row,
        placeholder="Choose a row, or type a part of its name",
        label_visibility="collapsed",
    )
    if chosen is None:
        drop(Keys.details_line)
        st.caption("Choose a row to see its parts, its billing lines and why it is what it is.")
        st.page_link(
            "pages/mappings.py",
            label="Why each tenant is its company",
            icon=":material/link:",
            help="Every link with its reason, and what takes it back.",
            query_params={TAB: LINKS},
        )
        return
    row = rows[chosen]
    put(Keys.details_line, row.parts[0].line if row.parts else None)
    if get(Keys.details_drawer):
        _drawer(desk, review, row)
        return
    with st.container(border=True):
        _show(desk, review, row)


def _close() -> None:
    for name in (Keys.details_drawer, Keys.details_row, Keys.details_line):
        drop(name)


@st.dialog("Row details", width=_WIDTH, position="right", on_dismiss=_close)
def _drawer(desk: Desk, review: Review, row: PreviewRow) -> None:
    # A click in a drawer draws the drawer alone: what it changed is on the page that is drawn anew.
    if get(Keys.review) is None or get(Keys.done):
        st.rerun()
    show_problem()
    _show(desk, review, row)


def _show(desk: Desk, review: Review, row: PreviewRow) -> None:
    _head(row)
    _facts(desk, review, row)
    if desk.person.may(Permission.MANAGE):
        fix_agreement(desk, review, row)
        fix_mapping(desk, review, row)
        fix_company(desk, review, row)


def _follow(review: Review, rows: dict[str, PreviewRow]) -> None:
    """Stay with a seat row of the export when its preview row got another key."""
    if get(Keys.details_row) in rows:
        return
    line = get(Keys.details_line)
    keys = (row.key for row in review.preview.rows for part in row.parts if part.line == line)
    put(Keys.details_row, next(keys, None))


def _head(row: PreviewRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(row.status.label, icon=icon(row.status), color=colour(row.status))  # type: ignore[arg-type]
        st.markdown(f"**{plain(row_title(row).rpartition(' · ')[0])}**", width="content")
    st.text(row.reason)
    st.caption(f"On push: {plain(row.status.on_push)}.")


def _facts(desk: Desk, review: Review, row: PreviewRow) -> None:
    _parts(row)
    show_trails(desk, review, row)
    _lines(row)
    if row.monthly_delta is not None:
        st.caption(f"Monthly effect: {plain(amount(row.monthly_delta, row.currency))}")


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
            "Type": text_column("Type", 130),
            "Quantity": count_column("Quantity", width=70),
            "Unit price": money_column("Unit price", width=75),
            "Currency": text_column("Currency", 65),
            "Starts": text_column("Starts", 85),
            "Ends": text_column("Ends", 85),
            "Next invoice": text_column("Next invoice", 90),
            "Number": st.column_config.NumberColumn(
                format="%d", help="The number of the addition in ConnectWise, for looking it up there."
            ),
        },
        alt="Billing lines",
    )
