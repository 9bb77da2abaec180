"""The agreement types whose lines count: what each holds, and the choice, unsaved until it is saved."""

from collections.abc import Sequence

import streamlit as st

from seatsync.agreement_counts import TypeCount, lines_of
from seatsync.desk import Desk
from seatsync.model import Book
from seatsync.people import Permission
from seatsync.ui.looks import count_column, text_column
from seatsync.ui.notices import attempt
from seatsync.ui.pick_table import height_of
from seatsync.ui.session import Keys, drop, installation
from seatsync.ui.text import plain
from seatsync.ui.words import AT_ONCE, counted
from seatsync.upkeep import set_agreement_types


def show_agreement_types(desk: Desk, book: Book) -> None:
    """Show which agreement types count and what each holds, and let a person choose others."""
    counts = installation().lists.types(desk)
    saved = sorted(desk.rules.agreement_types)
    gone = [name for name in saved if name not in book.agreement_types]
    st.caption("Only lines of agreements of the chosen types count. None chosen: every agreement counts.")
    if gone:
        st.warning(
            f"Not in the last scan: {plain(', '.join(gone))}. Remove it, or scan again.",
            icon=":material/warning:",
        )
    manages = desk.person.may(Permission.MANAGE)
    names: Sequence[str] = st.multiselect(
        "Agreement types",
        list(dict.fromkeys([*book.agreement_types, *gone])),
        default=saved,
        placeholder="Every agreement",
        disabled=not manages,
        key=f"{Keys.types_chosen}-{hash(tuple(saved))}",
    )
    if manages:
        _save(desk, counts, saved, names)
    _table(counts, names)


def _save(desk: Desk, counts: Sequence[TypeCount], saved: Sequence[str], names: Sequence[str]) -> None:
    """Offer to save or drop a change, and say what it would do."""
    changed = set(names) != set(saved)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Save agreement types",
            type="primary" if changed else "secondary",
            icon=":material/save:",
            disabled=not changed,
            on_click=_keep,
            args=(desk, names),
        )
        if changed:
            st.button(
                "Drop the change",
                icon=":material/undo:",
                on_click=drop,
                args=(f"{Keys.types_chosen}-{hash(tuple(saved))}",),
            )
            st.badge("Not saved yet", icon=":material/edit:", color="orange")
            st.caption(
                f"{counted(lines_of(counts, names), 'line')} would count, now {lines_of(counts, saved):,}."
            )


def _keep(desk: Desk, names: Sequence[str]) -> None:
    verb = "counts" if len(names) == 1 else "count"
    said = f"{counted(len(names), 'agreement type')} {verb}" if names else "Every agreement counts"
    attempt(set_agreement_types, desk, names, done=f"{said}. {AT_ONCE}")


def _table(counts: Sequence[TypeCount], names: Sequence[str]) -> None:
    if not counts:
        st.caption("The last scan found no agreement.")
        return
    chosen = set(names)
    st.dataframe(
        {
            "Agreement type": [count.name or "Without a type" for count in counts],
            "Counts": ["✓ Yes" if not chosen or count.name in chosen else "– No" for count in counts],
            "Agreements": [count.agreements for count in counts],
            "Lines": [count.lines for count in counts],
        },
        hide_index=True,
        height=height_of(len(counts)),
        row_height=33,
        column_config={
            "Agreement type": text_column("Agreement type", 320),
            "Counts": text_column("Counts", 100, "With the choice above, saved or not."),
            "Agreements": count_column("Agreements", "Active today: neither ended nor cancelled.", 110),
            "Lines": count_column(
                "Lines", "Billing lines of mapped products that count when the type does.", 110
            ),
        },
        alt="Agreement types",
    )
