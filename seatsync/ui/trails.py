"""Why each tenant of a row is its company, or which it could be; one click says that it is not."""

import streamlit as st

from seatsync.desk import Desk
from seatsync.links import allow_company, clear_link, link_company, reject_company, rejections_of
from seatsync.model import Company, CompanyId, Rejection
from seatsync.names import normalise
from seatsync.people import Permission
from seatsync.preview import Candidate, PreviewRow, Trail
from seatsync.previews import Review
from seatsync.ui.notices import attempt
from seatsync.ui.session import Keys, drop, put
from seatsync.ui.text import plain
from seatsync.ui.words import counted

THIS = "This company"
NOT_THIS = "Not this company"
UNLINK = "Remove link"
TAKE_BACK = "Take back"


def show_trails(desk: Desk, review: Review, row: PreviewRow) -> None:
    """Show, tenant by tenant, how the row came to its company, with the button that takes it back."""
    if not row.trails:
        return
    matched = any(trail.resolution.company_id is not None for trail in row.trails)
    st.caption("How the tenant was matched" if matched else "How a company was looked for")
    for trail in row.trails:
        with st.container(border=len(row.trails) > 1):
            _show(desk, review, trail, told=trail.resolution.reason in row.reason)


def _show(desk: Desk, review: Review, trail: Trail, *, told: bool) -> None:
    found, manages = trail.resolution, desk.person.may(Permission.MANAGE)
    company = review.book.companies.get(found.company_id) if found.company_id is not None else None
    if company is not None or found.by_link:
        who, act = st.columns([3, 1], vertical_alignment="center")
        if company is not None:
            who.markdown(
                f"**{plain(trail.tenant or trail.portal)}** (portal {plain(trail.portal)}) "
                f"is **{plain(company.name)}**"
            )
        if manages:
            with act:
                _undo(desk, trail, company)
    if not told:
        st.text(found.reason)
    if said := _compared(trail, company):
        st.caption(plain(said))
    if company is None:
        _candidates(desk, trail, manages=manages)
    if manages:
        _ruled_out(desk, trail)


def _compared(trail: Trail, company: Company | None) -> str:
    """Say what else speaks for the match: the website, and the form of a name that the reason leaves out."""
    said, form = [], normalise(trail.tenant)
    if not (trail.resolution.by_hand or form in trail.resolution.reason or form == trail.tenant.casefold()):
        said.append(f'The tenant\'s name is compared as "{form}".')
    if company is not None:
        site = company.website
        said.append(f"Its website is {site}." if site else "It has no website in ConnectWise.")
    return " ".join(said)


def _undo(desk: Desk, trail: Trail, company: Company | None) -> None:
    """Offer to take the match back: what was matched is ruled out, what a person linked is unlinked."""
    if trail.resolution.by_hand or company is None:
        st.button(
            UNLINK,
            icon=":material/link_off:",
            key=f"unlink-{trail.line}-{trail.key}",
            help="The tenant is matched by its name again.",
            on_click=_unlink,
            args=(desk, trail),
        )
        return
    _reject_button(desk, trail, company.id, company.name)


def _reject_button(desk: Desk, trail: Trail, company: CompanyId, name: str) -> None:
    st.button(
        NOT_THIS,
        icon=":material/block:",
        key=f"not-{company}-{trail.line}-{trail.key}",
        help="It is not suggested for this tenant again, until this is taken back.",
        on_click=_reject,
        args=(desk, trail, company, name),
    )


def _candidates(desk: Desk, trail: Trail, *, manages: bool) -> None:
    """List the companies that the tenant could be, each with the button that rules it out."""
    listed = trail.resolution.candidates
    if not listed:
        st.caption("No company is suggested.")
        return
    st.caption(f"{counted(len(listed), 'company', 'companies')} it could be")
    for candidate in listed:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{candidate.name}: {likeness(candidate)}", width=420)
            if manages:
                st.button(
                    THIS,
                    icon=":material/link:",
                    key=f"this-{candidate.company_id}-{trail.line}-{trail.key}",
                    help="Link the tenant to this company, in this export and later ones.",
                    on_click=_pick,
                    args=(desk, trail, candidate),
                )
                _reject_button(desk, trail, candidate.company_id, candidate.name)


def _ruled_out(desk: Desk, trail: Trail) -> None:
    """List what a person ruled out for the tenant, each with the button that takes it back."""
    for rejection in rejections_of(desk, trail.portal):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{rejection.company_name}: ruled out", width=520)
            st.button(
                TAKE_BACK,
                icon=":material/undo:",
                key=f"allow-{rejection.company_id}-{trail.line}-{trail.key}",
                help="It may be suggested for this tenant again, and matched by its name.",
                on_click=_allow,
                args=(desk, trail, rejection),
            )


def likeness(candidate: Candidate) -> str:
    """Say how alike the names are, and whether the website is that of the portal."""
    alike = f"{candidate.score:.0%} alike"
    return f"{alike}, and its website fits the portal" if candidate.website else alike


def _pick(desk: Desk, trail: Trail, candidate: Candidate) -> None:
    said = f"{trail.tenant or trail.portal} is linked to {candidate.name}, by hand."
    if attempt(link_company, desk, trail.portal, candidate.company_id, trail.tenant, done=said):
        _follow(trail)


def _reject(desk: Desk, trail: Trail, company: CompanyId, name: str) -> None:
    said = f"{name} is ruled out for {trail.tenant or trail.portal}. Pick its company here."
    if attempt(reject_company, desk, trail.portal, company, trail.tenant, done=said):
        _follow(trail)


def _allow(desk: Desk, trail: Trail, rejection: Rejection) -> None:
    said = f"{rejection.company_name} may be suggested for {trail.tenant or trail.portal} again."
    if attempt(allow_company, desk, trail.portal, rejection.company_id, done=said):
        _follow(trail)


def _unlink(desk: Desk, trail: Trail) -> None:
    said = f"The link of {trail.tenant or trail.portal} is removed. It is matched by its name again."
    if attempt(clear_link, desk, trail.portal, done=said):
        _follow(trail)


def _follow(trail: Trail) -> None:
    """Show the tenant's own row next, from a preview that is built anew."""
    put(Keys.details_line, trail.line)
    drop(Keys.details_row)
