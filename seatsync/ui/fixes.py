"""What can be done about a row in place: pick its company, its agreement, or the product of its license."""

from collections.abc import Iterable, Mapping

import streamlit as st

from seatsync.desk import Desk
from seatsync.links import link_company
from seatsync.model import AgreementId, CompanyId, ProductId, SeatRow, TierMapping, portal_key
from seatsync.preview import PreviewRow
from seatsync.previews import Review, choose_agreement
from seatsync.status import Status
from seatsync.ui.frame import done, explained
from seatsync.ui.notices import attempt
from seatsync.ui.session import get
from seatsync.ui.text import plain, unique_labels
from seatsync.ui.trails import likeness
from seatsync.upkeep import map_tier


def fix_agreement(desk: Desk, review: Review, row: PreviewRow) -> None:
    """Ask in which agreement a new line is created; the one that bills mapped products stands first."""
    if len(row.agreements) < 2:
        return
    agreements = {agreement.id: agreement for agreement in row.agreements}
    words = {a.id: dict.fromkeys(filter(None, (a.name, a.type_name))) for a in row.agreements}
    labels = unique_labels(agreements, lambda number: " · ".join(words[number]))
    chosen = row.agreement.id if row.agreement else None
    key = f"agreement-{review.export.id}-{row.key}"
    st.selectbox(
        "Agreement to create the line in",
        list(agreements),
        index=None if chosen is None else list(agreements).index(chosen),
        format_func=lambda number: labels.get(number, ""),
        key=key,
        placeholder="Choose an agreement",
        on_change=_choose_agreement,
        args=(desk, review, row, key),
        help="Then check the row's Push box: a line is only created when it is chosen.",
        width=520,
    )


def _choose_agreement(desk: Desk, review: Review, row: PreviewRow, key: str) -> None:
    chosen: AgreementId | None = get(key)
    said = "The agreement is chosen. Check the row's Push box to create the line."
    attempt(choose_agreement, desk, review.export.id, row.key, chosen, done=said)


def fix_mapping(desk: Desk, review: Review, row: PreviewRow) -> None:
    """Offer to map each license of the row that has no mapping, or to mark it no-charge."""
    mappings = {mapping.tier: mapping for mapping in desk.store.choices.mappings(desk.team.id)}
    for tier in dict.fromkeys(part.tier for part in row.parts):
        if tier and tier not in mappings:
            _map(desk, review, row, tier, mappings)


def _map(desk: Desk, review: Review, row: PreviewRow, tier: str, mappings: Mapping[str, TierMapping]) -> None:
    near = mappings.get(row.suggestion)
    first = near.product_id if near else None
    products = {p.id: p for p in review.book.products.values() if not p.inactive or p.id == first}
    order = sorted(products, key=lambda number: (number != first, products[number].identifier.casefold()))
    labels = unique_labels(
        order, lambda n: " · ".join(filter(None, (products[n].identifier, products[n].description)))
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        product: ProductId | None = st.selectbox(
            f"Product for the license “{plain(tier)}”",
            order,
            index=0 if first in products else None,
            format_func=lambda number: labels.get(number, ""),
            key=f"product-{tier}",
            placeholder="Choose a product, or type a part of its name",
            help="The mapping holds for every tenant on this license, in this export and later ones.",
            width=520,
        )
        save = st.button("Save mapping", icon=":material/save:", disabled=product is None, key=f"map-{tier}")
        free = st.button(
            "Mark no-charge",
            icon=":material/money_off:",
            key=f"free-{tier}",
            help="Seats of this license are never billed; its rows leave the preview.",
        )
    with explained():
        if save and product is not None:
            map_tier(desk, tier, product)
            done(f"{plain(tier)} is mapped to {plain(products[product].identifier)}.")
        if free:
            map_tier(desk, tier, None)
            done(f"{plain(tier)} is marked no-charge; its rows leave the preview.")


def fix_company(desk: Desk, review: Review, row: PreviewRow) -> None:
    """Let a company be picked for each tenant of the row."""
    tenants = {
        portal_key(part.portal or part.tenant): part for part in row.parts if part.portal or part.tenant
    }
    if not tenants:
        return
    open_ = row.status in (Status.UNMATCHED, Status.AMBIGUOUS)
    title = "Pick the company" if open_ else "Pick another company"
    with st.expander(title, icon=":material/link:", expanded=open_):
        key = next(iter(tenants))
        if len(tenants) > 1:
            names = unique_labels(tenants, lambda key: tenants[key].tenant)
            key = st.selectbox("Tenant", list(tenants), format_func=lambda key: names.get(key, ""), width=520)
        _company(desk, review, row, tenants[key])


def _company(desk: Desk, review: Review, row: PreviewRow, part: SeatRow) -> None:
    portal = part.portal or part.tenant
    order = _companies(review, (candidate.company_id for candidate in row.candidates))
    companies, listed = review.book.companies, {c.company_id: c for c in row.candidates}

    def label(number: CompanyId) -> str:
        company = companies[number]
        said = f"{company.name} ({company.identifier})" if company.identifier else company.name
        return f"{said} · {likeness(listed[number])}" if number in listed else said

    labels = unique_labels(order, label)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        company: CompanyId | None = st.selectbox(
            f"Company in ConnectWise for {plain(part.tenant)}",
            order,
            index=None,
            format_func=lambda number: labels.get(number, ""),
            key=f"company-{portal}",
            placeholder="Choose a company, or type a part of its name",
            help="Every company of the last scan, likely ones first. The choice is kept for later exports.",
            width=520,
        )
        save = st.button("Save company", icon=":material/link:", disabled=company is None, type="primary")
    with explained():
        if save and company is not None:
            link_company(desk, portal, company, part.tenant)
            done(f"{plain(part.tenant)} is linked to {plain(companies[company].name)}, by hand.")


def _companies(review: Review, first: Iterable[CompanyId]) -> list[CompanyId]:
    """Order the companies of the snapshot: the likely ones, then the rest by name."""
    companies = {c.id: c for c in review.book.companies.values() if not c.deleted}
    likely = [number for number in dict.fromkeys(first) if number in companies]
    rest = sorted(
        companies.keys() - set(likely), key=lambda number: (companies[number].name.casefold(), number)
    )
    return [*likely, *rest]
