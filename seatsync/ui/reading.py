"""The preview behind the page, built anew only when what it depends on has changed; and what was read."""

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from seatsync.desk import Desk
from seatsync.model import ExportCounts, ExportId, PreviewRow, Totals
from seatsync.people import Permission
from seatsync.previews import Review, build_preview, declare_complete
from seatsync.reconcile import total
from seatsync.status import Status
from seatsync.ui.frame import done, explained, guarded
from seatsync.ui.looks import text_column
from seatsync.ui.session import Keys, get, put
from seatsync.ui.text import amounts, plain, seats
from seatsync.ui.upload import FIELDS
from seatsync.ui.words import age, counted, moment

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", "": ""}


def review_of(desk: Desk, export: ExportId) -> Review:
    """Return the preview of an export with the checkboxes as they are now."""
    with guarded():
        stamp = _stamp(desk, export)
        kept: tuple[object, Review] | None = get(Keys.review)
        if kept is None or kept[0] != stamp:
            with st.spinner("Comparing the export with ConnectWise …"):
                kept = (stamp, build_preview(desk, export))
            put(Keys.review, kept)
        return replace(kept[1], ticks=desk.store.choices.ticks(desk.team.id, export))


def _stamp(desk: Desk, export: ExportId) -> object:
    """Name everything that the preview is computed from; reading it costs far less than the preview."""
    team, choices = desk.team.id, desk.store.choices
    return (
        team,
        export,
        desk.today,
        desk.person,
        desk.snapshot().id,
        desk.rules,
        choices.mappings(team),
        choices.links(team),
        tuple(sorted(choices.agreements(team, export).items())),
        tuple((record.id, record.accepted, record.declared) for record in desk.store.exports.all(team)),
    )


def chosen_rows(review: Review) -> tuple[PreviewRow, ...]:
    """List the rows whose box is checked."""
    return tuple(row for row in review.preview.rows if review.ticked(row))


def show_account(review: Review) -> None:
    """Show how the file was read: its counts in one line, and the rest on demand."""
    export, counts = review.export, review.preview.counts
    taken = review.snapshot.taken_at
    st.caption(
        f"{_account(counts)} Compared with the snapshot of {moment(taken)} ({age(taken, datetime.now(UTC))})."
    )
    if review.preview.left_out:
        st.caption(f"Not shown: {plain('; '.join(review.preview.left_out))}.")
    for note in export.notes:
        st.info(plain(note), icon=":material/info:")
    with st.expander("What was read", icon=":material/description:"):
        encoding = f"encoding {export.encoding}" if export.encoding else ""
        delimiter = _DELIMITERS.get(export.delimiter, export.delimiter)
        how = " · ".join(filter(None, (encoding, delimiter and f"columns parted by {delimiter}")))
        st.caption(
            f"Uploaded {moment(export.uploaded_at)} by {plain(export.uploaded_by)} · {plain(how or 'workbook')}"
        )
        st.dataframe(
            {
                "What": [FIELDS.get(field, field.capitalize()) for field in export.columns],
                "Column of the file": list(export.columns.values()),
            },
            hide_index=True,
            width=480,
            alt="Columns of the file",
        )
        _problems(review)


def _account(counts: ExportCounts) -> str:
    parts = (
        (counts.paid, "paid"),
        (counts.skipped, "skipped"),
        (counts.expired, "expired or deleted"),
        (counts.no_charge, "no-charge"),
        (counts.unreadable, "unreadable"),
        (counts.ignored, "blank or totals"),
    )
    return f"{counted(counts.rows, 'row')} = {' + '.join(f'{count:,} {what}' for count, what in parts)}."


def _problems(review: Review) -> None:
    problems = {
        part.line: part.problem
        for row in review.preview.rows
        for part in row.parts
        if part.problem is not None
    }
    if not problems:
        st.caption("Every row could be read.")
        return
    listed = [problems[line] for line in sorted(problems)]
    st.caption(f"{counted(len(listed), 'row')} can't be read:")
    st.dataframe(
        {
            "Row": [problem.line for problem in listed],
            "Column": [problem.column for problem in listed],
            "In the file": [problem.raw for problem in listed],
            "How to mend it": [problem.cure for problem in listed],
        },
        hide_index=True,
        column_config={
            "Row": st.column_config.NumberColumn(width=60),
            "How to mend it": text_column("How to mend it", 560),
        },
        alt="Rows that can't be read",
    )


def show_banner(desk: Desk, review: Review) -> None:
    """Say that an export is incomplete, with the numbers, and let a person state otherwise."""
    export = review.export
    if export.declared:
        st.caption(f":material/verified: Declared complete: {plain(export.declared)}")
    if not review.preview.incomplete:
        return
    with st.container(border=True):
        st.warning(
            f"**Incomplete export: orphans are not looked for.** {plain(review.preview.incomplete)}",
            icon=":material/warning:",
        )
        if not desk.person.may(Permission.MANAGE):
            return
        with st.form("complete", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            reason = st.text_input(
                "Why the file is complete all the same",
                placeholder="For example: 14 tenants moved to another partner",
                help="The reason is kept in the audit log.",
            )
            if st.form_submit_button("Declare complete", icon=":material/verified:"):
                with explained():
                    declare_complete(desk, export.id, reason)
                    done("The export counts as complete now; orphans are looked for.")


def show_totals(review: Review) -> None:
    """Show what is chosen: rows, seats now and then, and money by currency."""
    chosen = chosen_rows(review)
    sums: Totals = total([replace(row, selected=True) for row in chosen])
    silent = sum(row.monthly_delta is None for row in chosen)
    currencies = sorted(sums.monthly_delta) or [""]
    places = iter(st.columns(3 + len(currencies)))
    next(places).metric(
        "Chosen rows", f"{len(chosen):,}", border=True, help="Rows whose Push box is checked."
    )
    next(places).metric("Seats billed now", seats(sums.seats_now), border=True, help="On the chosen rows.")
    difference = sums.seats_new - sums.seats_now
    next(places).metric(
        "Seats after the push",
        seats(sums.seats_new),
        f"{difference.normalize():+,f}" if difference else None,
        border=True,
        help="On the chosen rows.",
    )
    for currency in currencies:
        effect = sums.monthly_delta.get(currency)
        next(places).metric(
            f"Monthly effect {currency}".rstrip(),
            "none" if effect is None else f"{effect:+,.2f}",
            border=True,
            help="What the chosen rows change each month. Currencies are never added together.",
        )
    if silent:
        st.caption(f"{counted(silent, 'chosen row')} left out of the monthly effect: its price is not known.")


def by_status(review: Review) -> dict[Status, int]:
    """Count the rows of each status that occurs, in the order of the statuses."""
    counts = review.preview.totals.by_status
    return {status: counts[status] for status in Status if counts.get(status)}


def money_line(review: Review) -> str:
    """Say the monthly effect of the chosen rows by currency."""
    return amounts(total([replace(row, selected=True) for row in chosen_rows(review)]).monthly_delta)
