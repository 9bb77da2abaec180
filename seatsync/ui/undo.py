"""Undo an operation on screen: the changes to take back, chosen by their boxes, and the plan they make."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.people import Permission
from seatsync.ui.confirm import confirm_if_asked, show_actions, show_digest, show_rehearsed
from seatsync.ui.frame import guarded
from seatsync.ui.looks import ROW, money_column, table_height, text_column
from seatsync.ui.proposal import show_summary, step
from seatsync.ui.runs_table import PARAMETER
from seatsync.ui.session import Keys, drop
from seatsync.ui.words import counted, moment
from seatsync.undos import LookBack, Undoable, propose_undo

UNDO = "undo"
_TALLEST = 10


def offer_undo(desk: Desk, back: LookBack) -> None:
    """Offer to undo an ended run, where something of it can be undone."""
    operation = back.operation
    if back.changes and operation.status.finished and desk.person.may(Permission.MANAGE):
        st.button(
            "Undo…",
            icon=":material/undo:",
            help="Shows the plan that takes the changes back; nothing is written before it is confirmed.",
            on_click=st.query_params.from_dict,
            args=({PARAMETER: str(operation.id), UNDO: str(operation.id)},),
        )


def is_asked(back: LookBack) -> bool:
    """Say whether the address asks for the undo of this run, and it can be undone."""
    asked = st.query_params.get(UNDO) == str(back.operation.id)
    return asked and back.operation.status.finished and bool(back.changes)


def show_undo(desk: Desk, back: LookBack) -> None:
    """Show what can be undone of a run, the plan of the chosen changes, and the way to confirm it."""
    operation = back.operation
    words, actions = st.columns([0.55, 0.45], vertical_alignment="center")
    words.subheader(f"Undo {operation.kind.label} of {moment(operation.started_at)}")
    st.button("Leave as it is", icon=":material/arrow_back:", on_click=_leave, args=(operation,))
    st.caption(
        f"A line is put back only if it is still as operation {operation.id} left it. Invoices made since "
        "stay as they are, and a created line stays listed, cancelled on its first day."
    )
    offered = [each for each in back.outcomes if each.change is not None]
    keys = [offered[place].outcome.change.key for place in _choose(desk, back, offered)]
    with guarded():
        proposal = propose_undo(desk, operation.id, keys)
    with actions:
        show_actions(desk, proposal)
    show_rehearsed(desk, proposal)
    show_summary(proposal)
    show_digest(proposal)
    _show_left_out([each for each in back.outcomes if each.change is None])
    confirm_if_asked(desk, proposal)


def _leave(operation: Operation) -> None:
    drop(Keys.confirm_digest)
    st.query_params.from_dict({PARAMETER: str(operation.id)})


def _choose(desk: Desk, back: LookBack, offered: Sequence[Undoable]) -> list[int]:
    """Show the changes with a box each, all checked at first; return the places of those checked."""
    changes = [each.change for each in offered if each.change is not None]
    currencies = [change.agreement.currency or desk.rules.currency for change in changes]
    same = len(set(currencies)) == 1
    cells: dict[str, list[Any]] = {
        "Company": [change.company.name for change in changes],
        "Product": [change.product.identifier for change in changes],
        "Was done": [step(each.outcome.change) for each in offered],
        "Undo": [step(change) for change in changes],
        "Monthly effect": [
            None if change.monthly_delta is None else float(change.monthly_delta) for change in changes
        ],
        "Currency": currencies,
    }
    event = st.dataframe(
        cells,
        hide_index=True,
        height=table_height(len(changes), _TALLEST),
        row_height=ROW,
        column_config={
            "Company": text_column("Company", 170),
            "Product": text_column("Product", 64),
            "Was done": text_column("Was done", 236),
            "Undo": text_column("Undo", 236),
            "Monthly effect": money_column(
                f"Monthly {currencies[0]}" if same else "Monthly effect", width=92, sign=True
            ),
            "Currency": None if same else text_column("Currency", 66),
        },
        key=f"{Keys.runs_table}-undo-{back.operation.id}-{len(back.undos)}",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": list(range(len(changes)))}},
        alt="Changes to undo",
    )
    return sorted(event["selection"]["rows"])


def _show_left_out(left: Sequence[Undoable]) -> None:
    if not left:
        return
    with st.expander(f"{counted(len(left), 'change')} left out"):
        st.dataframe(
            {
                "Company": [each.outcome.change.company.name for each in left],
                "Product": [each.outcome.change.product.identifier for each in left],
                "Change": [each.outcome.kind.label for each in left],
                "Why": [each.why for each in left],
            },
            hide_index=True,
            column_config={
                "Company": text_column("Company", 200),
                "Product": text_column("Product", 68),
                "Change": text_column("Change", 80),
                "Why": text_column("Why", 540),
            },
            alt="Changes left out",
        )
