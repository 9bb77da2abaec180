"""A plan on screen: what a push or an undo would change, by name, with dates and money."""

from collections.abc import Sequence
from typing import Any, assert_never

import streamlit as st

from seatsync.plan import BillAgain, Cancel, Change, Create, Plan, Update
from seatsync.pushes import Proposal
from seatsync.rehearsals import Rehearsed
from seatsync.status import Kind
from seatsync.ui.looks import RESULT_MARKS, ROW, count_column, money_column, table_height, text_column
from seatsync.ui.text import amounts, plain, seats
from seatsync.ui.words import counted

_MANY, _TALL = 12, 360
_ROWS = 20
_OTHER_DAY = (
    "If ConnectWise refuses the date, the line starts on the first of next month or when the agreement "
    "allows; the outcome says which."
)
_PUSHED = {Kind.UPDATE: ("update", ""), Kind.CREATE: ("create", ""), Kind.CANCEL: ("cancel", "")}
_UNDONE = {
    Kind.UPDATE: ("update", ""),
    Kind.BILL_AGAIN: ("line billed again", "lines billed again"),
    Kind.CANCEL: ("cancel", ""),
}
_TITLES = {
    Kind.UPDATE: (
        ":material/sync:",
        "Updates",
        "The quantity of the line is set; nothing else of it is touched.",
    ),
    Kind.CREATE: (
        ":material/add_circle:",
        "Creates",
        "A new line is added at the catalogue's price, from the day shown on.",
    ),
    Kind.CANCEL: (
        ":material/cancel:",
        "Cancels",
        "The line bills for the last time on the day shown. No line is deleted.",
    ),
}


def counts_sentence(plan: Plan) -> str:
    """Say how many changes of each kind a plan makes."""
    nouns = _PUSHED if plan.undoes is None else _UNDONE
    parts = [counted(len(plan.of(kind)), *noun) for kind, noun in nouns.items()]
    return f"{counted(len(plan.changes), 'change')}: {', '.join(parts[:-1])} and {parts[-1]}."


def money_sentence(plan: Plan) -> str:
    """Say what a plan changes each month, by currency."""
    said = f"Monthly effect: {amounts(plan.money)}."
    if plan.without_money:
        said += f" {counted(plan.without_money, 'change')} left out: the price is not known."
    return said


def show_numbers(proposal: Proposal) -> None:
    """Show a plan's numbers in one band: changes by kind, seats before and after, money by currency."""
    plan = proposal.plan
    now, then = plan.quantities
    moved = then - now
    shown = [
        *((noun, f"{len(plan.of(kind)):,}") for kind, (_, noun, _) in _TITLES.items()),
        (
            f"Seats billed ({moved.normalize():+,f})" if moved else "Seats billed",
            f"{seats(now)} → {seats(then)}",
        ),
        *(
            (f"Monthly {currency}".rstrip(), f"{plan.money[currency]:+,.2f}")
            for currency in sorted(plan.money)
        ),
    ]
    widths = [0.7, 0.7, 0.7, 1.4, *(1 for _ in plan.money)]
    for place, (label, value) in zip(st.columns(widths), shown, strict=True):
        place.metric(label, value, border=True, height="stretch")


def show_plan(proposal: Proposal) -> None:
    """Show every change of the plan of a push."""
    plan = proposal.plan
    show_summary(proposal)
    for kind, (icon, title, how) in _TITLES.items():
        changes = plan.of(kind)
        if changes:
            st.subheader(f"{icon} {title} ({len(changes):,})", help=how)
            _table(plan, changes, kind)


def show_summary(proposal: Proposal) -> None:
    """Show what a plan does in all: counts, money, the brake, and what bills fewer seats or is new."""
    plan = proposal.plan
    st.markdown(f"**{counts_sentence(plan)}** {plain(money_sentence(plan))}")
    if proposal.brake is not None:
        st.warning(
            f"**This plan cuts a lot.** {plain(' '.join(proposal.brake.reasons))}", icon=":material/warning:"
        )
    show_decreases(plan)
    show_creates(plan)


def show_decreases(plan: Plan) -> None:
    """Name every change that bills fewer seats."""
    if not plan.decreases:
        st.caption("No change bills fewer seats.")
        return
    _named(
        ":material/trending_down:",
        f"{counted(len(plan.decreases), 'change')} with fewer seats",
        plan.decreases,
    )


def show_creates(plan: Plan) -> None:
    """Name every new line with its first day, and say what happens when ConnectWise refuses that day."""
    creates = plan.of(Kind.CREATE)
    if creates:
        _named(":material/add_circle:", counted(len(creates), "new line"), creates, _OTHER_DAY)


def _named(icon: str, title: str, changes: Sequence[Change], note: str = "") -> None:
    listed = [f"{change.company.name} · {change.product.identifier}: {step(change)}" for change in changes]
    with st.container(border=True, height=_TALL if len(listed) > _MANY else "content"):
        st.markdown(f"{icon} **{title}**")
        if note:
            st.caption(note)
        st.text("\n".join(listed))


def step(change: Change) -> str:
    """Say in a few words what a change does to its line."""
    match change:
        case Update():
            return f"{seats(change.addition.quantity)} to {seats(change.quantity)}"
        case Cancel():
            return f"{seats(change.addition.quantity)} to 0, cancelled; last day {change.last_day}"
        case Create():
            noun = "seat" if change.quantity == 1 else "seats"
            return f"{seats(change.quantity)} {noun} from {change.effective}"
        case BillAgain():
            until = f"until {change.until}" if change.until else "again"
            return f"0 to {seats(change.addition.quantity)}, billed {until}"
        case _:
            assert_never(change)


def _table(plan: Plan, changes: Sequence[Change], kind: Kind) -> None:
    cells: dict[str, list[Any]] = {
        "Company": [change.company.name for change in changes],
        "Product": [change.product.identifier for change in changes],
        "Agreement": [change.agreement.name for change in changes],
    }
    if kind is not Kind.CREATE:
        cells["Billed now"] = [
            float(change.addition.quantity) for change in changes if not isinstance(change, Create)
        ]
    if kind is not Kind.CANCEL:
        cells["New"] = [float(change.quantity) for change in changes if isinstance(change, Update | Create)]
    if kind is Kind.UPDATE:
        cells["Difference"] = [new - now for new, now in zip(cells["New"], cells["Billed now"], strict=True)]
    if kind is Kind.CREATE:
        cells["Effective"] = [str(change.effective) for change in changes if isinstance(change, Create)]
    if kind is Kind.CANCEL:
        cells["Last day"] = [str(change.last_day) for change in changes if isinstance(change, Cancel)]
    cells["Monthly effect"] = [
        None if change.monthly_delta is None else float(change.monthly_delta) for change in changes
    ]
    cells["Currency"] = [plan.currency.get(change.key, "") for change in changes]
    even = all(float(difference).is_integer() for difference in cells.get("Difference", []))
    st.dataframe(
        cells,
        hide_index=True,
        height=table_height(len(changes), _ROWS),
        row_height=ROW,
        column_config={
            "Company": text_column("Company", 210),
            "Product": text_column("Product", 80),
            "Agreement": text_column("Agreement", 160),
            "Billed now": count_column("Billed now", width=80),
            "New": count_column("New", width=60),
            "Difference": st.column_config.NumberColumn(
                width=80, format="%+,.0f" if even else "%+,.2f", help="Seats after the push less seats now."
            ),
            "Effective": text_column("Effective", 95),
            "Last day": text_column("Last day", 95),
            "Monthly effect": money_column("Monthly effect", width=110, sign=True),
            "Currency": text_column("Currency", 75),
        },
        alt=_TITLES[kind][1],
    )


def show_rehearsal(rehearsed: Sequence[Rehearsed]) -> None:
    """Show what a plan would send, byte for byte, or why it would send nothing, change by change."""
    outcomes = [each.outcome for each in rehearsed]
    st.subheader(":material/theater_comedy: Rehearsal", help="Every read of the plan, and no write.")
    st.dataframe(
        {
            "Result": [RESULT_MARKS[outcome.result] for outcome in outcomes],
            "Change": [outcome.kind.label for outcome in outcomes],
            "Company": [outcome.change.company.name for outcome in outcomes],
            "Product": [outcome.change.product.identifier for outcome in outcomes],
            "Before": [outcome.before for outcome in outcomes],
            "After": [outcome.after for outcome in outcomes],
            "Date": [str(outcome.day or "") for outcome in outcomes],
            "What would happen": [outcome.message for outcome in outcomes],
            "Would send": [
                "\n".join(f"{one.method} {one.path} {one.body}" for one in each.requests)
                for each in rehearsed
            ],
        },
        hide_index=True,
        column_config={
            "Company": text_column("Company", 220),
            "Before": text_column("Before", 70, align="right"),
            "After": text_column("After", 70, align="right"),
            "What would happen": text_column("What would happen", 420),
            "Would send": text_column("Would send", 620),
        },
        alt="Rehearsal",
    )
