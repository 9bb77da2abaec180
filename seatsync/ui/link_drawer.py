"""One link in full in a drawer, with what changes it; and the question before several are cleared."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.link_list import LinkView
from seatsync.links import clear_link, clear_links, keep_link, link_company
from seatsync.model import Book, Company, CompanyId
from seatsync.people import Permission
from seatsync.resolve import told
from seatsync.ui.frame import done, explained
from seatsync.ui.notices import attempt
from seatsync.ui.session import Keys, drop
from seatsync.ui.text import plain, unique_labels
from seatsync.ui.trails import NOT_THIS, UNLINK
from seatsync.ui.words import AT_ONCE, counted, moment

TENANT = "tenant"
KEEP, LINK_ANOTHER = "Keep", "Link another company"
_DRAWER = 620
_NAMED = 8


def open_link(view: LinkView) -> None:
    """Name a link in the page's address, so that its drawer is open and stays so on a refresh."""
    st.query_params[TENANT] = view.portal


def close_link() -> None:
    """Take the link out of the address, and forget what was about to be cleared."""
    st.query_params.pop(TENANT, None)
    drop(Keys.links_to_clear)


def undo_word(view: LinkView) -> str:
    """Name what takes a link back.

    An automatic link whose company is gone can't come back: it is removed, and nothing is ruled out.
    """
    return UNLINK if view.by_hand or view.gone else NOT_THIS


def take_back(desk: Desk, view: LinkView) -> bool:
    """Remove a link, or rule its company out; the page tells in a toast."""
    said = f"The link of {view.name} is removed. It is matched by its name again."
    if undo_word(view) == NOT_THIS:
        said = f"{view.link.company_name} is ruled out for {view.name}. Pick its company on its row."
    return attempt(clear_link, desk, view.portal, done=said)


def kept(view: LinkView) -> str:
    """Say that a renamed link was confirmed."""
    return f"{view.name} stays linked, under the names of today."


@st.dialog("Company link", width=_DRAWER, position="right", on_dismiss=close_link, icon=":material/link:")
def show_link(desk: Desk, book: Book, view: LinkView) -> None:
    """Show one link in full, and let a person keep it, link another company or take it back."""
    company = view.company.name if view.company else view.link.company_name
    st.markdown(f"**{plain(view.name)}** is **{plain(company)}**")
    manages = desk.person.may(Permission.MANAGE)
    if view.needs_check:
        _check(desk, view, manages=manages)
    made = view.link.made_at
    _fact("Why", told(view.link, view.link.company_name))
    left, right = st.columns(2)
    with left:
        _fact("Portal", view.portal)
    with right:
        _fact("Made", " by ".join(filter(None, (moment(made) if made else "", view.link.made_by))))
    _fact("Last use", f"{view.seen.name}, {moment(view.seen.at)}" if view.seen else "Never in a kept export")
    if manages:
        _change(desk, book, view)


def _fact(label: str, text: str) -> None:
    with st.container(gap=None):
        st.caption(label)
        st.text(text or "Not known")


def _check(desk: Desk, view: LinkView, *, manages: bool) -> None:
    """Say what became of a link's names, and offer to keep it."""
    if view.gone:
        st.error(
            f"{plain(view.link.company_name)} is no longer in ConnectWise: link another company.",
            icon=":material/error:",
        )
    for rename in view.renames:
        st.warning(
            f"Renamed: check. The {rename.what} was {plain(rename.was)} and is now {plain(rename.now)}.",
            icon=":material/drive_file_rename_outline:",
        )
    keep = (
        manages
        and not view.gone
        and st.button(
            KEEP,
            type="primary",
            icon=":material/check:",
            help="The link is still right: it is saved by hand, under the names of today.",
        )
    )
    if keep:
        with explained():
            keep_link(desk, view.portal)
            close_link()
            done(plain(kept(view)))


def _change(desk: Desk, book: Book, view: LinkView) -> None:
    with st.container(border=True):
        company = pick_company(book, key=f"company-{view.link.key}")
        with st.container(horizontal=True):
            save = st.button(
                "Save link",
                type="secondary" if view.renames and not view.gone else "primary",
                icon=":material/save:",
                disabled=company is None,
                help="Choose the company first." if company is None else None,
            )
            word = undo_word(view)
            undo = st.button(
                word,
                icon=":material/link_off:" if word == UNLINK else ":material/block:",
                help="The tenant is matched by its name again."
                if word == UNLINK
                else "It is not suggested for this tenant again; taken back below the table.",
            )
    if undo and take_back(desk, view):
        close_link()
        st.rerun()
    if save and company is not None:
        with explained():
            made = link_company(desk, view.portal, company, _tenant_now(view))
            close_link()
            done(f"{plain(view.name)} is linked to {plain(made.company_name)}. {AT_ONCE}")


def _tenant_now(view: LinkView) -> str:
    """Return the tenant's present name, so that a link that is changed needs no check afterwards."""
    return next((each.now for each in view.renames if each.what == "tenant"), view.link.tenant_name)


def _named(company: Company) -> str:
    return f"{company.name} · {company.identifier}" if company.identifier else company.name


def pick_company(book: Book, key: str) -> CompanyId | None:
    """Let a person pick a company by typing; companies that share a name show their identifier."""
    companies = {
        company.id: company
        for company in sorted(book.companies.values(), key=lambda c: (c.name.casefold(), c.id))
        if not company.deleted
    }
    labels = unique_labels(companies, lambda id_: _named(companies[id_]))
    return st.selectbox(
        LINK_ANOTHER,
        list(companies),
        format_func=lambda id_: labels[id_],
        index=None,
        placeholder="Type to search the companies",
        key=key,
    )


@st.dialog("Clear links", width="medium", on_dismiss=close_link, icon=":material/link_off:")
def ask_to_clear(desk: Desk, views: Sequence[LinkView]) -> None:
    """Say what clearing links does, and ask."""
    by_hand = [view for view in views if view.by_hand]
    automatic = len(views) - len(by_hand)
    if automatic:
        st.markdown(
            f"**{counted(automatic, 'automatic link')}** {'is' if automatic == 1 else 'are'} matched anew "
            "by name in the next preview, and may come out the same."
        )
    if by_hand:
        st.markdown(
            f"**{counted(len(by_hand), 'link')} made by hand** {'is' if len(by_hand) == 1 else 'are'} lost: "
            "what somebody picked is not picked again by itself."
        )
    listed = [*by_hand, *(view for view in views if not view.by_hand)]
    with st.container(gap=None):
        for view in listed[:_NAMED]:
            st.text(f"{view.name}: {view.link.company_name}{', by hand' if view.by_hand else ''}")
        if len(listed) > _NAMED:
            st.caption(f"and {len(listed) - _NAMED:,} more")
    st.caption("No company is ruled out by this. Nothing is written to ConnectWise.")
    with st.container(horizontal=True):
        clear = st.button(f"Clear {counted(len(views), 'link')}", type="primary", icon=":material/link_off:")
        if st.button("Not now"):
            close_link()
            st.rerun()
    if clear:
        with explained():
            gone = clear_links(desk, [view.link.key for view in views])
            close_link()
            done(f"{counted(len(gone), 'link')} {'is' if len(gone) == 1 else 'are'} cleared. {AT_ONCE}")
