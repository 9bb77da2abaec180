"""License mappings and agreement types: what is saved, and the forms that change it."""

from collections.abc import Mapping

import streamlit as st

from seatsync.answers import money
from seatsync.desk import Desk
from seatsync.errors import InvalidChoice
from seatsync.model import Book, Product, ProductId, TierMapping, decimals
from seatsync.people import Permission
from seatsync.tiers import TierUse, near_miss
from seatsync.ui.frame import done, explained
from seatsync.ui.session import Keys, get, put
from seatsync.ui.text import plain, unique_labels
from seatsync.ui.words import counted
from seatsync.upkeep import clear_mapping, map_tier, set_agreement_types, tiers_in_use

AT_ONCE = "The preview uses it at once."


def show_mappings(desk: Desk, book: Book) -> None:
    """Show the saved license mappings and the form that adds or replaces one."""
    uses = {use.tier: use for use in tiers_in_use(desk)}
    saved = {mapping.tier: mapping for mapping in desk.store.choices.mappings(desk.team.id)}
    waiting = [use for use in uses.values() if not use.mapped]
    if not uses:
        st.info("Once an export is uploaded, its licenses are listed here.", icon=":material/upload_file:")
        st.page_link("pages/preview.py", label="Upload the export", icon=":material/upload_file:")
    elif waiting:
        seats = int(decimals([use.seats for use in waiting]))
        st.warning(
            f"Not mapped yet: {counted(len(waiting), 'license')} of the last export, "
            f"{counted(seats, 'seat')} in all.",
            icon=":material/conversion_path:",
        )
    else:
        st.success("Every license of the last export is mapped.", icon=":material/check_circle:")
        st.page_link("pages/preview.py", label="Review the changes", icon=":material/checklist:")
    if desk.person.may(Permission.MANAGE):
        _form(desk, book, uses, saved)
    _saved(desk, book, uses, saved)


def _form(desk: Desk, book: Book, uses: Mapping[str, TierUse], saved: Mapping[str, TierMapping]) -> None:
    generation = get(Keys.form, 0)
    with st.container(border=True):
        left, right = st.columns(2)
        tier = left.selectbox(
            "License",
            [*uses, *(tier for tier in saved if tier not in uses)],
            format_func=lambda tier: _license(tier, uses.get(tier), mapped=tier in saved),
            index=0 if any(not use.mapped for use in uses.values()) else None,
            accept_new_options=True,
            placeholder="Choose a license, or type it as it stands in the export",
            help="Compared letter by letter, upper and lower case included.",
            key=f"license-{generation}",
        )
        products = {product.id: product for product in _by_name(book)}
        before = saved.get(tier) if tier else None
        chosen = list(products).index(before.product_id) if before and before.product_id in products else None
        labels = unique_labels(products, lambda key: describe(products[key]))
        product = right.selectbox(
            "Product",
            list(products),
            format_func=lambda key: labels[key],
            index=chosen,
            placeholder="Type to search the catalogue",
            key=f"product-{generation}-{tier}",
        )
        if tier and before is None:
            _suggest(desk, tier, saved, products)
        with st.container(horizontal=True):
            save = st.button("Save mapping", type="primary", icon=":material/save:")
            free = st.button("Mark no-charge", icon=":material/money_off:")
        if save or free:
            with explained():
                _save(desk, tier or "", product, no_charge=free)


def _license(tier: str, use: TierUse | None, *, mapped: bool) -> str:
    said = f"{use.seats:,} seats" if use else "not in the last export"
    return f"{tier} - {said}{', mapped' if mapped else ''}"


def _by_name(book: Book) -> list[Product]:
    return sorted(book.products.values(), key=lambda p: (p.inactive, p.identifier.casefold(), p.id))


def describe(product: Product) -> str:
    """Name a product: identifier, description, price."""
    parts = [product.identifier, product.description]
    parts.append("no price" if product.price is None else money(product.price))
    if product.inactive:
        parts.append("inactive")
    return " - ".join(part for part in parts if part)


def _suggest(
    desk: Desk, tier: str, saved: Mapping[str, TierMapping], products: Mapping[ProductId, Product]
) -> None:
    near = near_miss(tier, saved)
    if near is None:
        return
    meant = saved[near].product_id
    found = products.get(meant) if meant is not None else None
    name = "no-charge" if meant is None else describe(found) if found else "a product of an older scan"
    st.caption(f"Nearly the same as {plain(near)}, which is mapped to {plain(name)}.")
    if (found or meant is None) and st.button("Map it the same way", icon=":material/content_copy:"):
        with explained():
            _save(desk, tier, meant, no_charge=meant is None)


def _save(desk: Desk, tier: str, product: ProductId | None, *, no_charge: bool) -> None:
    if product is None and not no_charge:
        raise InvalidChoice("Choose the product that the license bills, or mark the license no-charge.")
    map_tier(desk, tier, None if no_charge else product)
    put(Keys.form, get(Keys.form, 0) + 1)
    done(f"{plain(tier)} is {'no-charge' if no_charge else 'mapped'}. {AT_ONCE}")


def _saved(desk: Desk, book: Book, uses: Mapping[str, TierUse], saved: Mapping[str, TierMapping]) -> None:
    if not saved:
        st.caption("No license is mapped yet.")
        return
    st.subheader("Saved mappings")
    for place, name in zip(
        st.columns(_WIDTHS), ("License", "Product", "Seats in last export", ""), strict=True
    ):
        place.caption(name)
    for mapping in saved.values():
        tier, product, seats, act = st.columns(_WIDTHS, vertical_alignment="center")
        tier.text(mapping.tier)
        product.text(_product_name(mapping, book))
        use = uses.get(mapping.tier)
        seats.text(f"{int(use.seats):,}" if use else "0")
        if desk.person.may(Permission.MANAGE) and act.button(
            "Remove", icon=":material/delete:", key=f"remove-{mapping.tier}", type="tertiary"
        ):
            with explained():
                clear_mapping(desk, mapping.tier)
                done(f"The mapping of {plain(mapping.tier)} is removed. {AT_ONCE}")


_WIDTHS = (0.36, 0.36, 0.16, 0.12)


def _product_name(mapping: TierMapping, book: Book) -> str:
    if mapping.product_id is None:
        return "No-charge: its rows leave the preview"
    found = book.products.get(mapping.product_id)
    return describe(found) if found else "Not in the last scan: choose another product"


def show_agreement_types(desk: Desk, book: Book) -> None:
    """Show which agreement types count, and let a person choose others."""
    chosen = sorted(desk.rules.agreement_types)
    st.caption("Only lines of agreements of these types count. An empty choice means every agreement.")
    gone = [name for name in chosen if name not in book.agreement_types]
    if gone:
        st.warning(f"Not in the last scan: {plain(', '.join(gone))}.", icon=":material/warning:")
    with st.form("agreement-types", border=False):
        names = st.multiselect(
            "Agreement types",
            list(dict.fromkeys([*book.agreement_types, *gone])),
            default=chosen,
            placeholder="Every agreement",
            disabled=not desk.person.may(Permission.MANAGE),
        )
        saved = st.form_submit_button(
            "Save agreement types", icon=":material/save:", disabled=not desk.person.may(Permission.MANAGE)
        )
    if saved:
        with explained():
            set_agreement_types(desk, names)
            said = f"{counted(len(names), 'agreement type')} count" if names else "Every agreement counts"
            done(f"{said}. {AT_ONCE}")
