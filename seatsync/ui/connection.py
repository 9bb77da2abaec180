"""The ConnectWise connection: whose it is, a form for the team's own, and a test; keys are never shown."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import SettingsError
from seatsync.model import Team
from seatsync.ports import Check, Connection
from seatsync.ui.frame import done, explained
from seatsync.ui.session import Keys, get, installation, put
from seatsync.ui.text import plain
from seatsync.upkeep import save_connection, try_connection


def show_connection(desk: Desk) -> None:
    """Show the connection in use, its test, and the form that saves the team's own."""
    owner, from_environment = _in_use(desk)
    own = owner is not None and owner.id == desk.team.id and not from_environment
    if owner is not None:
        _test(desk)
    if from_environment and desk.team.parent_id is None:
        st.caption(
            "The environment provides the root team's connection (the settings that begin with "
            f"{plain('SEATSYNC_CONNECTWISE_')}), so that it can't be changed here. Unset them and start "
            "again to keep the connection in the database instead."
        )
        return
    _form(desk, own=own)
    if own:
        _return_to_inherited(desk)


def _in_use(desk: Desk) -> tuple[Team | None, bool]:
    """Say whose connection the team uses; return its owner and whether the environment gives it."""
    try:
        found = installation().connection(desk.team.id)
    except SettingsError as error:
        st.error(plain(error), icon=":material/key_off:")
        return desk.team, False
    if found is None:
        said = "ConnectWise is not configured for this team. Enter the connection, save and test it."
        st.info(said, icon=":material/link_off:")
        return None, False
    connection, owner, from_environment = found
    if from_environment:
        whose = "from the environment"
    elif owner.id == desk.team.id:
        whose = "this team's own"
    else:
        whose = f"inherited from team {plain(owner.name)}"
    left, right = st.columns([0.7, 0.3])
    with left.container(border=True, height="stretch"):
        st.caption("Server")
        st.text(connection.url)
    with right.container(border=True, height="stretch"):
        st.caption("Company")
        st.text(connection.company)
    st.caption(f"The connection in use is {whose}. Its keys are kept secret and never shown.")
    return owner, from_environment


def _test(desk: Desk) -> None:
    if not st.button("Test connection", icon=":material/network_check:"):
        return
    with explained():
        with st.spinner("Asking ConnectWise"):
            checks = try_connection(desk)
        for check in checks:
            _show_check(check)
        if all(check.ok for check in checks):
            st.success("The connection works. Next: scan ConnectWise.", icon=":material/check_circle:")
            st.page_link("pages/snapshot.py", label="Open Snapshot", icon=":material/photo_camera:")


def _show_check(check: Check) -> None:
    icon = ":green[:material/check_circle:]" if check.ok else ":red[:material/error:]"
    said = f": {plain(check.advice)}" if check.advice else ""
    st.markdown(f"{icon} {plain(check.what)}{said}")


def _form(desk: Desk, *, own: bool) -> None:
    st.subheader("Replace this team's connection" if own else "Connect this team")
    st.caption(
        "The keys belong to an API member of ConnectWise; the client ID comes from its developer site."
    )
    generation = get(Keys.form, 0)
    with st.form(f"connection-{generation}"):
        url = st.text_input("Server address", placeholder="https://api-na.myconnectwise.net")
        company = st.text_input("Company", help="The company ID with which people sign in.")
        left, right = st.columns(2)
        public = left.text_input("Public key", type="password", autocomplete="off")
        private = right.text_input("Private key", type="password", autocomplete="new-password")
        client = st.text_input("Client ID", type="password", autocomplete="off")
        saved = st.form_submit_button("Save connection", type="primary", icon=":material/save:")
    if saved:
        with explained():
            parts = (
                part.strip() for part in (url or "", company or "", public or "", private or "", client or "")
            )
            save_connection(desk, Connection(*parts))
            # A new form: the keys that were typed must not wait in the browser.
            put(Keys.form, generation + 1)
            done("The connection is saved. Test it, then scan.")


def _return_to_inherited(desk: Desk) -> None:
    why = "Forgets this team's own connection and uses the one of the team above it, if it has one."
    if st.button("Return to inherited", icon=":material/undo:", help=why):
        with explained():
            save_connection(desk, None)
            done("This team's own connection is forgotten.")
