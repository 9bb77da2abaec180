"""The ConnectWise connection: whose it is, its test, and a form for the team's own; keys are never shown."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.errors import SettingsError
from seatsync.model import Team
from seatsync.ports import Check, Connection
from seatsync.ui.frame import done, explained
from seatsync.ui.session import Keys, get, installation, put
from seatsync.ui.text import plain
from seatsync.upkeep import save_connection, try_connection

_MEMBERS = "System > Members > API Members"


def show_connection(desk: Desk) -> None:
    """Show the connection in use, its test, and the form that saves the team's own."""
    connection, owner, from_environment = _in_use(desk)
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
    _form(desk, connection if own else None, first=owner is None)
    if own:
        _return_to_inherited(desk)


def _in_use(desk: Desk) -> tuple[Connection | None, Team | None, bool]:
    """Show the connection that the team uses; return it, its owner, and whether the environment gives it."""
    try:
        found = installation().connection(desk.team.id)
    except SettingsError as error:
        st.error(plain(error), icon=":material/key_off:")
        return None, desk.team, False
    if found is None:
        said = "ConnectWise is not configured for this team. Enter the connection, save and test it."
        st.info(said, icon=":material/link_off:")
        return None, None, False
    connection, owner, from_environment = found
    if from_environment:
        whose = "from the environment"
    elif owner.id == desk.team.id:
        whose = "this team's own"
    else:
        whose = f"inherited from team {plain(owner.name)}"
    left, right = st.columns([0.7, 0.3])
    with left.container(border=True, height="stretch", gap="small"):
        st.caption("Server")
        st.text(connection.url)
    with right.container(border=True, height="stretch", gap="small"):
        st.caption("Company")
        st.text(connection.company)
    st.caption(f"The connection in use is {whose}. Its keys are kept secret and never shown.")
    return connection, owner, from_environment


def _test(desk: Desk) -> None:
    pressed = st.button(
        "Test connection",
        icon=":material/network_check:",
        type="primary",
        help="Reads one record of each list that a scan needs, and writes nothing.",
    )
    if not pressed:
        return
    with explained():
        with st.spinner("Asking ConnectWise"):
            checks = try_connection(desk)
        _show_verdict(checks)
        with st.container(border=True, gap="small"):
            for check in checks:
                _show_check(check)


def _show_verdict(checks: Sequence[Check]) -> None:
    """Say in one sentence whether scans can run, and what to do when they can't."""
    missing = [check for check in checks if not check.ok]
    if not missing:
        st.success("**The connection works.** Next: scan ConnectWise.", icon=":material/check_circle:")
        st.page_link("pages/snapshot.py", label="Open Snapshot", icon=":material/photo_camera:")
        return
    rights = dict.fromkeys(check.right for check in missing if check.refused)
    if not rights:
        st.error("**A scan can't run.** What to mend is said below.", icon=":material/error:")
        return
    what = "A permission is" if len(rights) == 1 else f"{len(rights):,} permissions are"
    st.error(
        f"**{what} missing, so that scans fail.** In ConnectWise, give the security role of the API member: "
        f"{plain('; '.join(rights))}.",
        icon=":material/key_off:",
    )


def _show_check(check: Check) -> None:
    what, needs = st.columns([0.3, 0.7], gap="small")
    if not check.tried:
        what.markdown(f":gray[:material/help:] {plain(check.what)} · not tried")
    elif check.ok:
        what.markdown(f":green[:material/check_circle:] {plain(check.what)} · works")
    else:
        what.markdown(f":red[:material/error:] **{plain(check.what)} · fails**")
    if not check.ok or (check.advice and check.tried):
        needs.text(check.advice)
    if check.right:
        only = "" if check.tried else " Only a write would show whether it is there." if check.ok else ""
        only = f" {check.advice}" if check.advice and not check.tried else only
        needs.caption(f"{plain(check.right)}. Without it: {plain(check.without)}{plain(only)}")


def _form(desk: Desk, own: Connection | None, *, first: bool) -> None:
    st.subheader("Connect this team" if own is None else "Replace this team's connection")
    st.caption(
        f"The keys belong to an API member of ConnectWise ({plain(_MEMBERS)}, tab API Keys); the client ID "
        "comes from its developer site. All five are needed, also to change one of them."
    )
    generation = get(Keys.form, 0)
    with st.form(f"connection-{generation}"):
        left, right = st.columns([0.7, 0.3])
        url = left.text_input(
            "Server address",
            value=own.url if own else "",
            placeholder="https://api-na.myconnectwise.net",
            help="On the cloud it begins with api-; on your own server it is the address of the web client.",
        )
        company = right.text_input(
            "Company", value=own.company if own else "", help="The company ID with which people sign in."
        )
        left, right = st.columns(2)
        public = left.text_input("Public key", type="password", autocomplete="off")
        private = right.text_input("Private key", type="password", autocomplete="new-password")
        client = st.text_input("Client ID", type="password", autocomplete="off")
        saved = st.form_submit_button(
            "Save connection", type="primary" if first else "secondary", icon=":material/save:"
        )
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
