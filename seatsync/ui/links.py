"""Company links: the saved choices portal to company, searched, changed and removed."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.model import Book, Company, CompanyId, Link
from seatsync.people import Permission
from seatsync.status import LinkSource
from seatsync.ui.frame import done, explained
from seatsync.ui.mapping_forms import AT_ONCE
from seatsync.ui.session import Keys
from seatsync.ui.text import plain, unique_labels
from seatsync.ui.words import counted, moment
from seatsync.upkeep import clear_link, link_company

_MADE = {LinkSource.AUTOMATIC: "Automatically", LinkSource.BY_HAND: "By hand"}


def show_links(desk: Desk, book: Book) -> None:
    """Show the saved links with a search, and the form that changes the selected one."""
    links = desk.store.choices.links(desk.team.id)
    if not links:
        st.info(
            "No tenant is linked yet. Links are made when an export is previewed, or on a row of it by hand.",
            icon=":material/link:",
        )
        st.page_link("pages/preview.py", label="Open Avanan Seats", icon=":material/table_chart:")
        return
    wanted = st.text_input("Search tenant, portal or company", type="search", live=True)
    found = tuple(link for link in links if _mentions(link, wanted or ""))
    if not found:
        st.info("No link mentions that. Change the search.", icon=":material/search_off:")
        return
    selected = _table(found, book)
    manages = desk.person.may(Permission.MANAGE)
    hint = " Select a row to change or remove its link." if manages and selected is None else ""
    st.caption(f"{counted(len(found), 'link')} of {len(links):,}.{hint}")
    if selected is not None and manages:
        _change(desk, book, selected)


def _mentions(link: Link, text: str) -> bool:
    wanted = text.strip().casefold()
    return any(wanted in name.casefold() for name in (link.tenant_name, link.portal, link.company_name))


def _table(links: Sequence[Link], book: Book) -> Link | None:
    companies = [book.companies.get(link.company_id) for link in links]
    now = [_now(link, company) for link, company in zip(links, companies, strict=True)]
    cells = {
        "Tenant": [link.tenant_name for link in links],
        "Portal": [link.portal or link.key for link in links],
        "Company": [link.company_name for link in links],
        **({"Company now": now} if any(now) else {}),
        "Made": [_MADE[link.source] for link in links],
        "By": [link.made_by for link in links],
        "When": [moment(link.made_at) if link.made_at else "" for link in links],
    }
    # The key names the rows: a selection is a position, and must not stay when other rows move there.
    key = f"{Keys.links_table}-{hash(tuple((link.key, link.company_id) for link in links))}"
    event = st.dataframe(
        cells,
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Company now": st.column_config.TextColumn(help="Where it differs from the link.")},
        alt="Company links",
    )
    rows = event["selection"]["rows"]
    return links[rows[0]] if rows and rows[0] < len(links) else None


def _now(link: Link, company: Company | None) -> str:
    """Say what became of a link's company; empty when it is as it was."""
    if company is None or company.deleted:
        return "No longer in ConnectWise"
    return "" if company.name == link.company_name else company.name


def _change(desk: Desk, book: Book, link: Link) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(link.tenant_name or link.portal)}**")
        company = pick_company(book, link.company_id, key=f"company-{link.key}")
        with st.container(horizontal=True):
            save = st.button("Save link", type="primary", icon=":material/save:", disabled=company is None)
            clear = st.button("Remove link", icon=":material/link_off:")
    portal = link.portal or link.key
    if save and company is not None:
        with explained():
            made = link_company(desk, portal, company, link.tenant_name)
            done(f"{plain(made.tenant_name or portal)} is linked to {plain(made.company_name)}. {AT_ONCE}")
    if clear:
        with explained():
            clear_link(desk, portal)
            done(f"The link of {plain(link.tenant_name or portal)} is removed. {AT_ONCE}")


def _named(company: Company) -> str:
    return f"{company.name} - {company.identifier}" if company.identifier else company.name


def pick_company(book: Book, now: CompanyId | None, key: str) -> CompanyId | None:
    """Let a person pick a company by typing; companies that share a name show their identifier."""
    companies = {
        company.id: company
        for company in sorted(book.companies.values(), key=lambda c: (c.name.casefold(), c.id))
        if not company.deleted
    }
    labels = unique_labels(companies, lambda id_: _named(companies[id_]))
    return st.selectbox(
        "Company",
        list(companies),
        format_func=lambda id_: labels[id_],
        index=list(companies).index(now) if now in companies else None,
        placeholder="Type to search the companies",
        key=key,
    )
