"""The preview behind the page, built anew only when what it depends on has changed; and what it comes to."""

from dataclasses import replace

import streamlit as st

from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.people import Permission
from seatsync.preview import PreviewRow, Totals
from seatsync.previews import Review, build_preview, declare_complete
from seatsync.reconcile import total
from seatsync.runs import recent
from seatsync.status import OperationKind, Status
from seatsync.ui.frame import done, explained, guarded
from seatsync.ui.session import Keys, get, put
from seatsync.ui.snapshot_view import show_suspicion
from seatsync.ui.text import plain, seats
from seatsync.ui.words import age, counted, moment

_NARROW, _BROAD = 0.7, 1.5


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
        choices.rejections(team),
        tuple(sorted(choices.agreements(team, export).items())),
        tuple((record.id, record.accepted, record.declared) for record in desk.store.exports.all(team)),
    )


def chosen_rows(review: Review) -> tuple[PreviewRow, ...]:
    """List the rows whose box is checked."""
    return tuple(row for row in review.preview.rows if review.ticked(row))


def show_snapshot_age(desk: Desk) -> None:
    """Say how old the ConnectWise side of the comparison is."""
    taken = desk.snapshot().taken_at
    st.caption(f"ConnectWise as of the snapshot of {moment(taken)} ({age(taken)}).")
    writes = [run for run in recent(desk) if run.kind is not OperationKind.SCAN]
    if writes and writes[0].started_at > taken:
        st.page_link(
            "pages/snapshot.py", label="Pushed since then: scan again", icon=":material/photo_camera:"
        )


def show_banner(desk: Desk, review: Review) -> None:
    """Say that the scan or the export may lack something, with the numbers; a person may declare the file."""
    export = review.export
    show_suspicion(review.snapshot)
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


def show_unmapped(review: Review) -> None:
    """Say how many rows wait for a license mapping, with the way to make it."""
    waiting = by_status(review).get(Status.LICENSE_UNMAPPED, 0)
    if not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{counted(waiting, 'row')} {'waits' if waiting == 1 else 'wait'} for a license mapping."
        st.markdown(f":material/conversion_path: **{said}**", width="content")
        st.page_link("pages/mappings.py", label="Map the licenses", icon=":material/arrow_forward:")


def show_totals(review: Review) -> None:
    """Show what is chosen: rows, seats now and then, and money by currency."""
    chosen = chosen_rows(review)
    sums: Totals = total([replace(row, selected=True) for row in chosen])
    silent = sum(row.monthly_delta is None for row in chosen)
    currencies = sorted(sums.monthly_delta) or [""]
    difference = sums.seats_new - sums.seats_now
    moved = f" ({difference.normalize():+,f})" if difference else ""
    shown: list[tuple[str, str, str | None]] = [
        ("Chosen", f"{len(chosen):,}", None),
        (
            f"Seats billed{moved}",
            f"{seats(sums.seats_now)} → {seats(sums.seats_new)}" if difference else seats(sums.seats_now),
            "On the rows whose Push box is checked, now and after the push.",
        ),
    ]
    for currency in currencies:
        effect = sums.monthly_delta.get(currency)
        said = "none" if effect is None else f"{effect:+,.2f}"
        shown.append((f"Monthly {currency or 'effect'}", said, None))
    places = st.columns([_NARROW, _BROAD, *([1] * len(currencies))])
    for place, (label, value, why) in zip(places, shown, strict=True):
        place.metric(label, value, border=True, height="stretch", help=why)
    if silent:
        st.caption(f"{counted(silent, 'chosen row')} left out of the monthly effect: its price is not known.")


def by_status(review: Review) -> dict[Status, int]:
    """Count the rows of each status that occurs, in the order of the statuses."""
    counts = review.preview.totals.by_status
    return {status: counts[status] for status in Status if counts.get(status)}
