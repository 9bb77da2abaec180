"""What became of each change of a run: one table, and one change in full beside it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation, Outcome, planned
from seatsync.model import OperationId
from seatsync.plan import Create
from seatsync.present import OUTCOME_COLUMNS, outcome_cells
from seatsync.status import Result
from seatsync.summary import deed, is_later
from seatsync.ui.downloads import report_downloads
from seatsync.ui.looks import RESULT_MARKS, ROW, table_height, text_column
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import amount, plain
from seatsync.ui.words import counted, moment
from seatsync.undos import LookBack, Undoable

OPEN = "Details"
_FIRST = (Result.FAILED, Result.SKIPPED)
_UNFINISHED = (Result.STARTED, Result.PLANNED)
_TALLEST, _WIDTH = 14, 560
_COLOURS = {
    Result.FAILED: "red",
    Result.SKIPPED: "orange",
    Result.STARTED: "blue",
    Result.PLANNED: "gray",
    Result.UPDATED: "green",
    Result.CREATED: "green",
    Result.CANCELLED: "green",
}
_ORDER = (OPEN, "Result", "Company", "Product", "Before", "Wanted", "Date", "Message")


def show_outcomes(desk: Desk, back: LookBack) -> None:
    """Show the outcomes of a run, what needs an eye first, with their downloads; one can be opened."""
    listed = sorted(back.outcomes, key=lambda each: (_rank(each.outcome), each.outcome.position))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{counted(len(listed), 'change')}, failed, skipped and later dates first.", width="stretch"
        )
        if listed:
            report_downloads(desk, back)
    if not listed:
        return
    _table([each.outcome for each in listed], back.operation)
    opened = get(Keys.outcome_open)
    found = next((each for each in listed if opened == (back.operation.id, each.outcome.position)), None)
    # One drawer or dialog at a time: a confirmation comes first.
    if found is not None and get(Keys.confirm_digest) is None:
        _drawer(desk, found)


def _rank(outcome: Outcome) -> int:
    """Place what needs an eye first: failed, skipped, later dates, not finished, and then the rest."""
    if outcome.needs_eye:
        return 0
    if outcome.result in _FIRST:
        return _FIRST.index(outcome.result)
    if is_later(outcome):
        return len(_FIRST)
    return len(_FIRST) + (1 if outcome.result in _UNFINISHED else 2)


def _table(outcomes: Sequence[Outcome], operation: Operation) -> None:
    rows = [outcome_cells(outcome) for outcome in outcomes]
    cells: dict[str, list[Any]] = {name: [row[at] for row in rows] for at, name in enumerate(OUTCOME_COLUMNS)}
    cells["Wanted"] = [each.after for each in planned([outcome.change for outcome in outcomes])]
    cells["Result"] = [[RESULT_MARKS[outcome.result]] for outcome in outcomes]
    cells["Message"] = [outcome.message or deed(outcome) for outcome in outcomes]
    cells[OPEN] = ["Open"] * len(outcomes)
    # Only creates and cancels have a date.
    dated = any(cells["Date"])
    places = tuple(outcome.position for outcome in outcomes)
    st.dataframe(
        {name: cells[name] for name in _ORDER if dated or name != "Date"},
        hide_index=True,
        height=table_height(len(outcomes), _TALLEST),
        row_height=ROW,
        column_config={
            OPEN: st.column_config.ButtonColumn(
                width=58,
                pinned=True,
                type="tertiary",
                key=f"{Keys.outcome_button}-{operation.id}",
                on_click=_open,
                args=(operation.id, places),
                help="Show the change in full, beside the table.",
            ),
            "Result": st.column_config.MultiselectColumn(
                options=[RESULT_MARKS[result] for result in _COLOURS],
                color=list(_COLOURS.values()),
                width=98,
            ),
            "Company": text_column("Company", 172),
            "Product": text_column("Product", 62),
            "Before": text_column("Before", 54, "Seats on the line before.", align="right"),
            "Wanted": text_column("Wanted", 58, "Seats that the plan asked for.", align="right"),
            "Date": text_column(
                "Date", 88, "The first day of a new line, or the last day of a cancelled one."
            ),
            "Message": text_column("What happened", 308 if dated else 396),
        },
        alt="Outcomes",
    )


def _open(operation: OperationId, places: Sequence[int]) -> None:
    click = get(f"{Keys.outcome_button}-{operation}")
    if click is not None and click.row < len(places):
        put(Keys.outcome_open, (operation, places[click.row]))


def _close() -> None:
    drop(Keys.outcome_open)


@st.dialog("Change in full", width=_WIDTH, position="right", on_dismiss=_close)
def _drawer(desk: Desk, each: Undoable) -> None:
    outcome = each.outcome
    change = outcome.change
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(RESULT_MARKS[outcome.result], color=_COLOURS[outcome.result])  # type: ignore[arg-type]
        st.markdown(f"**{plain(change.company.name)}**", width="content")
    st.text(deed(outcome))
    if outcome.message:
        st.caption("What ConnectWise or SeatSync said")
        st.text(outcome.message)
    known = {name: value for name, value in _facts(desk, each).items() if value}
    st.dataframe(
        {"What": list(known), "Value": list(known.values())},
        hide_index=True,
        height=table_height(len(known)),
        row_height=ROW,
        column_config={"What": text_column("What", 170), "Value": text_column("Value", 320)},
        alt="Facts of the change",
    )
    if outcome.request_id:
        st.caption("Request id, by which ConnectWise support finds the call")
        st.code(outcome.request_id, language=None)


def _facts(desk: Desk, each: Undoable) -> dict[str, str]:
    """Tell a change field by field; what is not known of it, or does not apply, is empty."""
    outcome, change = each.outcome, each.outcome.change
    line = change.made if isinstance(change, Create) else change.addition
    effect = change.monthly_delta
    currency = change.agreement.currency or desk.rules.currency
    sent = moment(outcome.sent_at) if outcome.sent_at else ""
    return {
        "Change": change.kind.label,
        "Product": f"{change.product.identifier}  {change.product.description}".strip(),
        "Agreement": change.agreement.name,
        "Seats before": outcome.before or "no line",
        "Seats after": outcome.after,
        "Date": str(outcome.day or ""),
        "Monthly effect": "" if effect is None else amount(effect, currency),
        "Sent": sent if outcome.sent else "no, nothing was sent",
        "Undone": each.why if each.undone_by is not None else "",
        "Number of the line": "" if line is None else str(line.id),
        "Number of the agreement": str(change.agreement.id),
    }
