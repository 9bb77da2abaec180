"""What needs a person now: the next step, the standing of the team in numbers, and what waits by status."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seatsync.desk import Desk
from seatsync.errors import SeatSyncError
from seatsync.model import decimals
from seatsync.status import Status
from seatsync.steps import Stage, Way
from seatsync.sums import Sums
from seatsync.ui.checklist import go_to
from seatsync.ui.looks import colour, marked
from seatsync.ui.session import installation
from seatsync.ui.text import amount, plain, seats
from seatsync.ui.words import age, counted, moment
from seatsync.worksheet import Worksheet

_WIDTHS = (0.4, 0.13, 0.16, 0.31)
_QUIET = {Status.NO_CHANGE: "billed as they should be", Status.SKIPPED: "skipped"}


def last_sheet(desk: Desk, way: Way) -> Worksheet | None:
    """Return the newest export's rows; None, with a sentence, when they can't be compared."""
    if way.snapshot is None or way.export is None:
        return None
    try:
        return installation().reviews.sheet(desk, way.export.id)
    except SeatSyncError as error:
        st.error(plain(error), icon=":material/error:")
        return None


def show_next(desk: Desk, way: Way, sheet: Worksheet | None) -> None:
    """Say what comes next for a team that has pushed before, with its button."""
    sums = sheet.sums if sheet else {}
    stage, label, said = _next(way, sums)
    with st.container(border=True):
        words, act = st.columns([0.74, 0.26], vertical_alignment="center")
        words.markdown(said)
        with act:
            if stage is Stage.PUSH and label:
                waiting = [status.value for status in sums if status.needs_person]
                go_to(desk, stage, label, export=[str(way.export.id)] if way.export else [], status=waiting)
            else:
                go_to(desk, stage, label)


def _next(way: Way, sums: Mapping[Status, Sums]) -> tuple[Stage, str, str]:
    """Return the stage to go to, what its button says where that is not the usual, and why, in Markdown."""
    step = way.next
    if way.outdated and (step is None or step.stage is not Stage.CONNECT):
        said = "**Next:** Scan again. The snapshot is from before the last push."
        return Stage.SCAN, "Scan again", said
    if step is not None:
        return step.stage, "", f"**Next:** {plain(step.said)}"
    waiting = need_person(sums)
    if waiting:
        rows, verb = counted(waiting, "row"), "needs" if waiting == 1 else "need"
        return Stage.PUSH, f"Resolve {rows}", f"**Next:** {rows} of the last export {verb} a person."
    if Status.READY in sums:
        ready = counted(sums[Status.READY].rows, "row")
        return Stage.PUSH, "", f"**Next:** {ready} of the last export can be pushed."
    said = "**The last export is pushed.** Next comes the export of the next month."
    return Stage.UPLOAD, "", said


def need_person(sums: Mapping[Status, Sums]) -> int:
    """Count the rows that somebody has to resolve."""
    return sum(found.rows for status, found in sums.items() if status.needs_person)


def show_standing(way: Way, sheet: Worksheet | None) -> None:
    """Show the snapshot, the last export and what waits in it in numbers; nothing before there is either."""
    if way.snapshot is None:
        return
    sums = sheet.sums if sheet else {}
    snapshot, exported, ready, open_ = st.columns(4)
    taken = moment(way.snapshot.taken_at)
    _card(snapshot, "Snapshot", age(way.snapshot.taken_at), f"{way.snapshot.additions:,} additions", taken)
    if way.export is None:
        _card(exported, "Last export", "None yet", "Upload the first one")
    else:
        at, who = way.export.uploaded_at, way.export.uploaded_by
        why = plain(f"{way.export.name}, uploaded {moment(at)} by {who}")
        _card(exported, "Last export", age(at), counted(way.export.rows, "row"), why)
    pushable = sums.get(Status.READY, Sums())
    label = "Ready before the push" if way.outdated else "Ready to push"
    held = decimals([found.seats_new for status, found in sums.items() if status.needs_person])
    waiting = need_person(sums)
    if sheet is None:
        _card(ready, label, "–", "Needs an export")
        _card(open_, "Need a person", "–", "Needs an export")
        return
    why = f"Rows whose quantity a push updates, and what each month's bill changes by. {_silent(pushable)}"
    _card(ready, label, f"{pushable.rows:,}", _at_stake(pushable), why)
    _card(open_, "Need a person", f"{waiting:,}", f"{seats(held)} seats wait" if waiting else "Nothing waits")


def _at_stake(found: Sums) -> str:
    sums = [amount(sum_, code) for code, sum_ in sorted(found.money.items()) if sum_]
    return " · ".join(sums) + (" a month" if len(sums) == 1 else "") if sums else "No change of money"


def _silent(found: Sums) -> str:
    if not found.silent:
        return ""
    verb = "is" if found.silent == 1 else "are"
    return f"{counted(found.silent, 'row')} without a known price {verb} left out."


def _card(place: DeltaGenerator, label: str, value: str, below: str, why: str | None = None) -> None:
    place.metric(
        label, value, below, delta_color="off", delta_arrow="off", border=True, height="stretch", help=why
    )


def show_waiting(way: Way, sheet: Worksheet | None) -> None:
    """Show the rows of the last export that somebody may act on, by status, each with the way to them."""
    st.markdown("**What waits**")
    if sheet is None or way.export is None:
        st.caption("Nothing yet: no export is uploaded.")
        return
    if sheet.review.preview.incomplete:
        st.caption(f":orange[:material/warning:] {plain(sheet.review.preview.incomplete)}")
    listed = [status for status in Status if status in sheet.sums and status not in _QUIET]
    if listed:
        _head()
    for status in listed:
        _waiting(way.export.id, status, sheet.sums[status])
    st.caption(_account(way, sheet, bool(listed)))


def _head() -> None:
    places = st.columns(_WIDTHS, gap="small")
    places[0].caption("\u2002Status")
    for place, word in zip(places[1:], ("Rows", "Seats", "A month"), strict=True):
        place.caption(word, text_alignment="right")


def _waiting(export: int, status: Status, found: Sums) -> None:
    name, rows, held, money = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
    name.page_link(
        "pages/preview.py",
        label=f":{colour(status)}[{plain(marked(status))}]",
        help=status.on_push,
        query_params={"export": str(export), "status": status.value},
    )
    rows.markdown(f"{found.rows:,}", text_alignment="right")
    moved = found.difference
    said = f"{moved.normalize():+,f}" if moved else "0"
    if status.needs_person:
        said = "unknown" if status is Status.UNREADABLE else seats(found.seats_new)
    held.markdown(said, text_alignment="right")
    effects = [plain(amount(sum_, code)) for code, sum_ in sorted(found.money.items()) if sum_]
    money.markdown("–" if status.needs_person else "  \n".join(effects) or "–", text_alignment="right")


def _account(way: Way, sheet: Worksheet, waits: bool) -> str:
    said = [] if waits else ["Nothing: every row is as it should be."]
    quiet = [
        f"{counted(sheet.sums[status].rows, 'row')} {word}"
        for status, word in _QUIET.items()
        if status in sheet.sums
    ]
    if quiet:
        said.append(f"Besides: {', '.join(quiet)}.")
    if way.outdated:
        said.append("Counted against the snapshot from before the last push; scan again for the present.")
    return " ".join(said)
