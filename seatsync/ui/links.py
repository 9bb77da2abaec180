"""Company links and companies ruled out: searched, changed, removed and taken back, from the table itself."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.links import allow_company, clear_link, link_company
from seatsync.model import Book, Company, CompanyId, Link, Rejection
from seatsync.people import Permission
from seatsync.resolve import told
from seatsync.status import LinkSource
from seatsync.ui.frame import done, explained
from seatsync.ui.looks import text_column
from seatsync.ui.mapping_forms import AT_ONCE
from seatsync.ui.notices import attempt
from seatsync.ui.session import Keys, drop, get
from seatsync.ui.text import plain, unique_labels
from seatsync.ui.trails import NOT_THIS, TAKE_BACK, UNLINK
from seatsync.ui.words import counted, moment

TAB, LINKS = "tab", "Company links"
_MADE = {LinkSource.AUTOMATIC: "Automatically", LinkSource.BY_HAND: "By hand"}
_GONE = "No longer in ConnectWise"
_SHOWN = 50
_WIDTHS = (0.3, 0.22, 0.18, 0.18, 0.12)
_UNDO = "Undo"
_ROW, _HEAD, _MOST = 33, 36, 9


def show_links(desk: Desk, book: Book) -> None:
    """Show the saved links and the companies ruled out, with a search and what changes them."""
    links = desk.store.choices.links(desk.team.id)
    rejections = desk.store.choices.rejections(desk.team.id)
    if not links:
        st.info(
            "No tenant is linked yet. Links are made when an export is previewed, or on a row of it by hand.",
            icon=":material/link:",
        )
        st.page_link("pages/preview.py", label="Open Avanan Seats", icon=":material/table_chart:")
    wanted = ""
    if links or rejections:
        wanted = _search("Search tenant, portal or company")
    if links:
        _links(desk, book, links, wanted)
    if rejections:
        _rejections(desk, rejections, wanted)


def _search(label: str) -> str:
    return (
        st.text_input(label, type="search", live=True, placeholder=label, label_visibility="collapsed") or ""
    )


def _links(desk: Desk, book: Book, links: Sequence[Link], wanted: str) -> None:
    found = tuple(link for link in links if _mentions(link, wanted))
    if not found:
        st.info("No link mentions that. Change the search.", icon=":material/search_off:")
        return
    selected = _table(desk, found, book)
    manages = desk.person.may(Permission.MANAGE)
    hint = (
        " Select a row to read in full why it was made, or to link another company."
        if selected is None
        else ""
    )
    st.caption(f"{counted(len(found), 'link')} of {len(links):,}.{hint}")
    if selected is not None:
        with st.container(border=True):
            _show(selected, book)
            if manages:
                _change(desk, book, selected)


def _mentions(link: Link | Rejection, text: str) -> bool:
    wanted = text.strip().casefold()
    return any(wanted in name.casefold() for name in (link.tenant_name, link.portal, link.company_name))


def _table(desk: Desk, links: Sequence[Link], book: Book) -> Link | None:
    companies = [book.companies.get(link.company_id) for link in links]
    now = [_now(link, company) for link, company in zip(links, companies, strict=True)]
    manages = desk.person.may(Permission.MANAGE)
    cells = {
        **({_UNDO: [_undo_word(link, book) for link in links]} if manages else {}),
        "Tenant": [link.tenant_name for link in links],
        "Company": [link.company_name for link in links],
        **({"Company now": now} if any(now) else {}),
        "Why": [link.reason or ("Picked by a person" if _by_hand(link) else "Not kept") for link in links],
        "Portal": [link.portal or link.key for link in links],
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
        height=_HEAD + _ROW * min(len(links), _MOST),
        row_height=_ROW,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            _UNDO: st.column_config.ButtonColumn(
                width=112,
                type="tertiary",
                key=Keys.link_undo,
                on_click=_undo,
                args=(desk, book, links),
                help="Takes the link back at once. A company that is ruled out so is listed below.",
            ),
            "Tenant": text_column("Tenant", 180),
            "Company": text_column("Company", 180),
            "Company now": text_column("Company now", 150, "Where it differs from the link."),
            "Why": text_column("Why", 270),
            "Portal": text_column("Portal", 160),
        },
        alt="Company links",
    )
    rows = event["selection"]["rows"]
    return links[rows[0]] if rows and rows[0] < len(links) else None


def _undo_word(link: Link, book: Book) -> str:
    """Name what takes a link back.

    An automatic link whose company is gone can't come back: it is removed, and nothing is ruled out.
    """
    gone = _now(link, book.companies.get(link.company_id)) == _GONE
    return UNLINK if _by_hand(link) or gone else NOT_THIS


def _undo(desk: Desk, book: Book, links: Sequence[Link]) -> None:
    """Take back the link whose button in the table was pressed."""
    click = get(Keys.link_undo)
    if click is not None and click.row < len(links):
        _take_back(desk, links[click.row], _undo_word(links[click.row], book))


def _take_back(desk: Desk, link: Link, word: str) -> None:
    """Remove a link, or rule its company out, as ``word`` says; the page tells in a toast."""
    name = link.tenant_name or link.portal or link.key
    said = f"The link of {name} is removed. It is matched by its name again."
    if word == NOT_THIS:
        said = f"{link.company_name} is ruled out for {name}. Pick its company on its row."
    attempt(clear_link, desk, link.portal or link.key, done=f"{said} {AT_ONCE}")


def _now(link: Link, company: Company | None) -> str:
    """Say what became of a link's company; empty when it is as it was."""
    if company is None or company.deleted:
        return _GONE
    return "" if company.name == link.company_name else company.name


def _by_hand(link: Link) -> bool:
    return link.source is LinkSource.BY_HAND


def _show(link: Link, book: Book) -> None:
    """Say in full why a tenant is linked."""
    company = book.companies.get(link.company_id)
    st.markdown(f"**{plain(link.tenant_name or link.portal)}**")
    st.text(told(link, link.company_name))
    if now := _now(link, company):
        st.caption(f"The company now: {plain(now)}.")


def _change(desk: Desk, book: Book, link: Link) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        company = pick_company(book, link.company_id, key=f"company-{link.key}")
        save = st.button("Save link", type="primary", icon=":material/save:", disabled=company is None)
        word = _undo_word(link, book)
        st.button(
            word,
            icon=":material/link_off:" if word == UNLINK else ":material/block:",
            help=None if word == UNLINK else "It is not suggested for this tenant again; taken back below.",
            on_click=_take_back,
            args=(desk, link, word),
        )
    if save and company is not None:
        with explained():
            made = link_company(desk, link.portal or link.key, company, link.tenant_name)
            name = plain(link.tenant_name or link.portal or link.key)
            done(f"{name} is linked to {plain(made.company_name)}. {AT_ONCE}")


def _rejections(desk: Desk, rejections: Sequence[Rejection], wanted: str) -> None:
    """List the companies ruled out, each with the button that takes it back."""
    found = [rejection for rejection in rejections if _mentions(rejection, wanted)]
    st.subheader("Ruled out")
    st.caption(
        "A company ruled out for a tenant is neither matched nor suggested: a person links that tenant. "
        f"{counted(len(found), 'company', 'companies')} of {len(rejections):,}."
    )
    for rejection in found[:_SHOWN]:
        tenant, company, who, when, act = st.columns(_WIDTHS, vertical_alignment="center")
        tenant.text(f"{rejection.tenant_name} ({rejection.portal or rejection.key})")
        company.text(rejection.company_name)
        who.text(f"by {rejection.rejected_by}" if rejection.rejected_by else "")
        when.text(moment(rejection.rejected_at) if rejection.rejected_at else "")
        if desk.person.may(Permission.MANAGE) and act.button(
            TAKE_BACK,
            icon=":material/undo:",
            type="tertiary",
            key=f"allow-{rejection.company_id}-{rejection.key}",
        ):
            with explained():
                allow_company(desk, rejection.portal or rejection.key, rejection.company_id)
                drop(Keys.review)
                name = plain(rejection.tenant_name or rejection.portal)
                done(f"{plain(rejection.company_name)} may be suggested for {name} again. {AT_ONCE}")
    if len(found) > _SHOWN:
        st.caption(f"The first {_SHOWN} are shown. Search for the others.")


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
