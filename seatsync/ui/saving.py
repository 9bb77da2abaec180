"""The line below a form: its button to save, and whether what it shows is saved."""

from collections.abc import Callable

import streamlit as st


def offer_save(
    label: str, key: str, *, unsaved: str, saved: str = "", discard: Callable[[], None] | None = None
) -> bool:
    """Offer to save; return whether that was pressed.

    ``unsaved`` tells in Markdown what is not saved yet, and is empty when all is; then ``saved`` is said, if
    anything. ``discard`` drops what is not saved.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        # Always enabled, under one key: the click that ends typing must reach it.
        pressed = st.button(
            label,
            type="primary" if unsaved else "secondary",
            icon=":material/save:",
            key=f"save-{key}",
        )
        if unsaved:
            if discard is not None:
                st.button("Discard", icon=":material/undo:", key=f"discard-{key}", on_click=discard)
            st.markdown(f":material/edit: {unsaved}")
        elif saved:
            st.caption(saved)
    return pressed
