"""The saved mappings: a table to search, change and remove in, one by one or several at once."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.answers import money
from seatsync.desk import Desk
from seatsync.licenses import Licenses, Mapped, matching
from seatsync.model import decimals
from seatsync.people import Permission
from seatsync.ui.frame import done, explained
from seatsync.ui.looks import count_column, text_column
from seatsync.ui.pick_table import pick_rows
from seatsync.ui.products import Choices, describe
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import plain
from seatsync.ui.words import AT_ONCE, counted, moment
from seatsync.upkeep import clear_mappings, map_tier

_CHANGE, _DO = "Change", "To do"
_SEARCHED = 10
_NAMED = 8
_DRAWER = 560


def show_saved(desk: Desk, choices: Choices, licenses: Licenses) -> None:
    """Show the saved mappings; a drawer changes one, a dialog removes those that are selected."""
    st.subheader("Saved mappings")
    if not licenses.mapped:
        st.caption("No license is mapped yet.")
        return
    troubled = [each for each in licenses.mapped if each.trouble]
    if troubled:
        st.warning(
            f"{counted(len(troubled), 'mapping')} {'needs' if len(troubled) == 1 else 'need'} another "
            "product, see the first rows.",
            icon=":material/warning:",
        )
    tools = st.container(horizontal=True, vertical_alignment="center")
    words = ""
    if len(licenses.mapped) > _SEARCHED:
        words = tools.text_input(
            "Search the saved mappings",
            type="search",
            live=True,
            key=Keys.mapping_search,
            placeholder="Search license or product",
            label_visibility="collapsed",
            width=380,
        )
    found = matching(licenses.mapped, words or "")
    if not found:
        st.info("No saved mapping mentions that. Change the search.", icon=":material/search_off:")
        return
    manages = desk.person.may(Permission.MANAGE)
    selected = _table(found, manages=manages)
    if manages:
        _remove_button(tools, selected)
    st.caption(f"{counted(len(found), 'mapping')} of {len(licenses.mapped):,}.")
    if manages:
        _open_dialogs(desk, choices, licenses)


def _table(found: Sequence[Mapped], *, manages: bool) -> tuple[Mapped, ...]:
    key = f"{Keys.mappings_table}-{hash(tuple(each.tier for each in found))}"
    columns = {
        _CHANGE: st.column_config.ButtonColumn(
            "", width=70, type="tertiary", key=Keys.mapping_button, on_click=_open, args=(found,)
        ),
        "License": text_column("License", 206),
        "Product": text_column("Product", 96),
        "Description": text_column("Description", 182),
        "Price": text_column("Price", 64, "Of one seat, in the catalogue.", align="right"),
        "Seats": count_column("Seats", "Paid seats in the last export.", 64),
        _DO: text_column(_DO, 212),
        "Saved by": text_column("Saved by", 74, "As far back as the audit log is kept."),
        "Saved": text_column("Saved", 150),
    }
    cells = _cells(found, manages=manages)
    return tuple(found[row] for row in pick_rows(cells, key, columns, "Saved mappings", picks=manages))


def _cells(found: Sequence[Mapped], *, manages: bool) -> pd.DataFrame:
    cells: dict[str, list[object]] = {
        **({_CHANGE: [_CHANGE for _ in found]} if manages else {}),
        "License": [each.tier for each in found],
        **(
            {_DO: [each.trouble.label if each.trouble else "" for each in found]}
            if any(each.trouble for each in found)
            else {}
        ),
        "Product": [_product(each) for each in found],
        "Description": [_description(each) for each in found],
        "Price": [_price(each) for each in found],
        "Seats": [int(each.seats) for each in found],
        "Saved by": [each.saved_by for each in found],
        "Saved": [moment(each.saved_at) if each.saved_at else "" for each in found],
    }
    return pd.DataFrame(cells)


def _product(mapped: Mapped) -> str:
    if mapped.no_charge:
        return "No-charge"
    return mapped.product.identifier if mapped.product else "Not known"


def _description(mapped: Mapped) -> str:
    if mapped.no_charge:
        return "Its rows leave the preview"
    return mapped.product.description if mapped.product else ""


def _price(mapped: Mapped) -> str:
    product = mapped.product
    return "" if product is None or product.price is None else money(product.price)


def _open(found: Sequence[Mapped]) -> None:
    click = get(Keys.mapping_button)
    if click is not None and click.row < len(found):
        put(Keys.mapping_changed, found[click.row].tier)


def _remove_button(place: DeltaGenerator, selected: Sequence[Mapped]) -> None:
    tiers = tuple(each.tier for each in selected)
    label = f"Remove {counted(len(tiers), 'mapping')}" if tiers else "Remove mappings"
    place.button(
        label,
        icon=":material/delete:",
        disabled=not tiers,
        help=None if tiers else "Check the boxes at the left of the rows first.",
        on_click=put,
        args=(Keys.mappings_to_remove, tiers),
    )


def _open_dialogs(desk: Desk, choices: Choices, licenses: Licenses) -> None:
    """Open what was asked for: the drawer of one mapping, or the question before several are removed."""
    changed = next((each for each in licenses.mapped if each.tier == get(Keys.mapping_changed)), None)
    asked = get(Keys.mappings_to_remove, ())
    removed = tuple(each for each in licenses.mapped if each.tier in asked)
    if removed:
        _ask(desk, licenses, removed)
    elif changed is not None:
        _change(desk, choices, licenses, changed)


def _close() -> None:
    drop(Keys.mapping_changed)
    drop(Keys.mappings_to_remove)


@st.dialog("Remove mappings", width="medium", on_dismiss=_close, icon=":material/delete:")
def _ask(desk: Desk, licenses: Licenses, removed: Sequence[Mapped]) -> None:
    _consequence(licenses, removed)
    with st.container(gap=None):
        for each in removed[:_NAMED]:
            st.text(f"{each.tier}: {bills(each)}, {counted(int(each.seats), 'seat')}")
        if len(removed) > _NAMED:
            st.caption(f"and {len(removed) - _NAMED:,} more")
    with st.container(horizontal=True):
        remove = st.button(
            f"Remove {counted(len(removed), 'mapping')}", type="primary", icon=":material/delete:"
        )
        if st.button("Not now"):
            _close()
            st.rerun()
    if remove:
        _remove(desk, removed)


def _consequence(licenses: Licenses, removed: Sequence[Mapped]) -> None:
    total = int(decimals([each.seats for each in removed]))
    export = f" of {plain(licenses.export)}" if licenses.export else ""
    st.markdown(
        f"**{counted(len(removed), 'license')} with {counted(total, 'seat')}**{export} "
        f"{'goes' if len(removed) == 1 else 'go'} back to License unmapped: nothing of "
        f"{'it' if len(removed) == 1 else 'them'} is pushed before a new mapping."
    )


def _remove(desk: Desk, removed: Sequence[Mapped]) -> None:
    with explained():
        gone = clear_mappings(desk, [each.tier for each in removed])
        _close()
        what = f"The mapping of {plain(gone[0])} is" if len(gone) == 1 else f"{len(gone):,} mappings are"
        done(f"{what} removed. {AT_ONCE}")


def bills(mapped: Mapped) -> str:
    """Say what a mapped license bills."""
    if mapped.no_charge:
        return "no-charge"
    return describe(mapped.product) if mapped.product else "a product that is not in the last scan"


@st.dialog("Change a mapping", width=_DRAWER, position="right", on_dismiss=_close, icon=":material/edit:")
def _change(desk: Desk, choices: Choices, licenses: Licenses, mapped: Mapped) -> None:
    st.markdown(f"**{plain(mapped.tier)}**")
    use = mapped.use
    used = f"{counted(int(use.seats), 'seat')} in {counted(use.tenants, 'row')} of" if use else "Not in"
    st.caption(f"{used} the last export{f', {plain(licenses.export)}' if licenses.export else ''}.")
    st.text(f"Now: {bills(mapped)}")
    if mapped.saved_at is not None:
        st.caption(f"Saved by {plain(mapped.saved_by)} at {moment(mapped.saved_at)}.")
    if mapped.trouble:
        st.warning(mapped.trouble.advice, icon=":material/warning:")
    now = mapped.product.id if mapped.product else None
    product = choices.box("Product", f"change-{mapped.tier}", now)
    with st.container(horizontal=True):
        save = st.button(
            "Save mapping", type="primary", icon=":material/save:", disabled=product is None or product == now
        )
        free = not mapped.no_charge and st.button(
            "Mark no-charge",
            icon=":material/money_off:",
            help="Seats of this license are never billed; its rows leave the preview.",
        )
        remove = st.button("Remove mapping", icon=":material/delete:")
    if remove:
        _remove(desk, (mapped,))
    if save or free:
        with explained():
            map_tier(desk, mapped.tier, None if free else product)
            _close()
            done(f"{plain(mapped.tier)} is {'no-charge' if free else 'mapped anew'}. {AT_ONCE}")
