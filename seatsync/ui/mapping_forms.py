"""Licenses that wait for a mapping, each with what maps it in one click; and a form for any other license."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.licenses import Licenses, Waiting
from seatsync.model import Book, Product, ProductId
from seatsync.people import Permission
from seatsync.tiers import Suggestion, suggest
from seatsync.ui.mapping_table import bills, show_saved
from seatsync.ui.notices import attempt
from seatsync.ui.products import Choices, describe, short
from seatsync.ui.session import Keys, get, installation, put
from seatsync.ui.text import plain
from seatsync.ui.words import AT_ONCE, counted
from seatsync.upkeep import map_tier

_SHOWN = 8


def show_mappings(desk: Desk, book: Book) -> None:
    """Show the licenses that wait, the form for another license, and the saved mappings."""
    licenses = installation().lists.licenses(desk)
    choices = Choices(book)
    _standing(licenses)
    manages = desk.person.may(Permission.MANAGE)
    first = next((each for each in licenses.waiting[:_SHOWN] if each.suggestion), None)
    for waiting in licenses.waiting[:_SHOWN]:
        with st.container(border=True):
            _waiting(desk, choices, waiting, primary=waiting is first, manages=manages)
    if manages:
        later = [each.use.tier for each in licenses.waiting[_SHOWN:]]
        if later:
            st.caption(f"{counted(len(later), 'more license')} wait below: they move up as these are done.")
        with st.expander("Another license", icon=":material/add:", expanded=not licenses.export):
            _another(desk, choices, licenses, later)
    show_saved(desk, choices, licenses)


def _standing(licenses: Licenses) -> None:
    """Say how many licenses wait, or that none does and what comes next."""
    waiting = len(licenses.waiting)
    if not licenses.export:
        st.info("Once an export is uploaded, its licenses are listed here.", icon=":material/upload_file:")
        st.page_link("pages/preview.py", label="Upload the export", icon=":material/upload_file:")
    elif waiting:
        st.warning(
            f"Not mapped yet: {counted(waiting, 'license')} of {plain(licenses.export)}, "
            f"{counted(int(licenses.seats_waiting), 'seat')} in all. "
            f"{'It waits' if waiting == 1 else 'They wait'} as License unmapped in the preview.",
            icon=":material/conversion_path:",
        )
    else:
        st.success(
            f"Every license of the last export, {plain(licenses.export)}, is mapped.",
            icon=":material/check_circle:",
        )
        st.page_link("pages/preview.py", label="Review the changes", icon=":material/checklist:")


def _waiting(desk: Desk, choices: Choices, waiting: Waiting, *, primary: bool, manages: bool) -> None:
    use, suggestion = waiting.use, waiting.suggestion
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"**{plain(use.tier)}**")
            st.caption(
                f"{counted(int(use.seats), 'seat')} in {counted(use.tenants, 'row')} "
                f"{'waits' if use.seats == 1 else 'wait'}. {_why(suggestion)}".rstrip()
            )
        if manages and suggestion is not None and suggestion.product is not None:
            _map_button(desk, use.tier, suggestion.product, primary=primary)
    if manages:
        _choose(desk, choices, use.tier, key=f"product-{use.tier}")


def _why(suggestion: Suggestion | None) -> str:
    """Say, in Markdown, what a license may bill and why that is thought."""
    if suggestion is None:
        return ""
    product = suggestion.product
    if not suggestion.near:
        assert product is not None
        return f"The catalogue has a product of this name: {plain(describe(product))}."
    meant = "no-charge" if product is None else f"mapped to {plain(describe(product))}"
    return f"Nearly the same as {plain(suggestion.near)}, which is {meant}."


def _map_button(desk: Desk, tier: str, product: Product, *, primary: bool) -> None:
    st.button(
        f"Map to {plain(short(product.identifier))}",
        icon=":material/check:",
        type="primary" if primary else "secondary",
        key=f"map-{tier}",
        help=f"Maps {plain(tier)} to {plain(describe(product))}.",
        on_click=_map,
        args=(desk, tier, product.id, product.identifier),
    )


def _choose(desk: Desk, choices: Choices, tier: str, key: str) -> None:
    """Offer every product, and no-charge, for one license."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        product = choices.box(f"Product for {plain(short(tier))}" if tier else "Product", key)
        named = choices.products[product].identifier if product is not None else ""
        st.button(
            "Save mapping",
            icon=":material/save:",
            key=f"save-{key}",
            disabled=product is None or not tier.strip(),
            help="Choose the product first." if product is None else None,
            on_click=_map,
            args=(desk, tier, product, named),
        )
        st.button(
            "Mark no-charge",
            icon=":material/money_off:",
            key=f"free-{key}",
            disabled=not tier.strip(),
            help="Seats of this license are never billed; its rows leave the preview.",
            on_click=_map,
            args=(desk, tier, None, ""),
        )


def _another(desk: Desk, choices: Choices, licenses: Licenses, later: Sequence[str]) -> None:
    """Map a license that is typed by hand, or one that waits further down."""
    generation = get(Keys.form, 0)
    tier = _ask_license(later, f"license-{generation}")
    now = next((each for each in licenses.mapped if each.tier == tier), None)
    if now is not None:
        st.caption(f"It is mapped already: {plain(bills(now))}. Saving replaces that.")
    suggestion = suggest(tier, licenses.mappings, choices.products) if tier and now is None else None
    if suggestion is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_why(suggestion))
            if suggestion.product is not None:
                _map_button(desk, tier, suggestion.product, primary=False)
    _choose(desk, choices, tier, key=f"another-{generation}-{tier}")


def _ask_license(later: Sequence[str], key: str) -> str:
    """Ask for a license: one of ``later``, or any other text."""
    label, hint = "License", "Compared letter by letter, upper and lower case included."
    if not later:
        return st.text_input(label, placeholder="As it stands in the export", help=hint, key=key) or ""
    chosen = st.selectbox(
        label,
        later,
        index=None,
        accept_new_options=True,
        placeholder="Choose one, or type it as it stands in the export",
        help=hint,
        key=key,
    )
    return chosen or ""


def _map(desk: Desk, tier: str, product: ProductId | None, named: str) -> None:
    """Save what a license bills; the page tells in a toast."""
    said = f"{tier} is mapped to {named}." if product is not None else f"{tier} is no-charge."
    if attempt(map_tier, desk, tier, product, done=f"{said} {AT_ONCE}"):
        put(Keys.form, get(Keys.form, 0) + 1)
