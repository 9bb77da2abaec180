"""The way to a first push as a checklist, with one button that takes the next step."""

from pathlib import Path

import streamlit as st

from seatsync.desk import Desk
from seatsync.journal import Operation
from seatsync.people import Permission
from seatsync.runs import start_scan, under_way
from seatsync.status import OperationKind
from seatsync.steps import Stage, Step, Way
from seatsync.ui.frame import explained, guarded, stop
from seatsync.ui.run_details import show_under_way
from seatsync.ui.session import installation
from seatsync.ui.text import plain

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
SAMPLE = "avanan-2026-11.csv"

_TITLES = {
    Stage.CONNECT: ("Connect ConnectWise", "ConnectWise connected"),
    Stage.SCAN: ("Scan ConnectWise", "First scan done"),
    Stage.MAP: ("Map the licenses", "Licenses mapped"),
    Stage.UPLOAD: ("Upload the export", "Export uploaded"),
    Stage.PUSH: ("Review and push", "Reviewed and pushed"),
}
_BUTTONS = {
    Stage.CONNECT: ("Connect ConnectWise", ":material/link:", "pages/setup.py"),
    Stage.SCAN: ("Scan ConnectWise", ":material/sync:", "pages/snapshot.py"),
    Stage.MAP: ("Map the licenses", ":material/conversion_path:", "pages/mappings.py"),
    Stage.UPLOAD: ("Upload the export", ":material/upload_file:", "pages/preview.py"),
    Stage.PUSH: ("Review the changes", ":material/checklist:", "pages/preview.py"),
}
_NEEDS = {Stage.CONNECT: Permission.ADMINISTER, Stage.PUSH: Permission.SEE}
_WIDTHS = (0.25, 0.51, 0.24)
_BUTTON = 240


def show_checklist(desk: Desk, way: Way, running: Operation | None) -> None:
    """Show every step with its state, and the button of the next one; ``running`` is under way already."""
    busy = None
    if running is not None:
        busy = Stage.SCAN if running.kind is OperationKind.SCAN else Stage.PUSH
    with st.container(border=True, gap="xsmall"):
        finished = sum(step.done for step in way.steps)
        st.progress(
            finished / len(way.steps), f"**Getting started:** {finished} of {len(way.steps)} steps done"
        )
        for number, step in enumerate(way.steps, start=1):
            _show_step(desk, number, step, is_next=step is way.next, is_busy=step.stage is busy)


def _show_step(desk: Desk, number: int, step: Step, *, is_next: bool, is_busy: bool) -> None:
    to_do, done = _TITLES[step.stage]
    title = f"{number}\\. {done if step.done else to_do}"
    name, words, act = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
    name.markdown(f"**{title}**" if is_next else title)
    with words.container(gap=None):
        if step.said:
            st.caption(plain(step.said))
        if step.stage is Stage.UPLOAD and not step.done and (SAMPLES / SAMPLE).is_file():
            st.caption(_samples_sentence())
    with act:
        if is_busy and not step.done:
            st.badge("Under way", icon=":material/sync:", color="blue")
        elif is_next:
            go_to(desk, step.stage)
        elif step.done:
            st.badge("Done", icon=":material/check:", color="green")
        else:
            st.badge("Not done", icon=":material/radio_button_unchecked:", color="gray")


def go_to(desk: Desk, stage: Stage, said: str = "", **query: list[str]) -> None:
    """Draw the one primary button of the page: it takes a step, or opens the page on which it is taken.

    ``query`` goes into that page's address.
    """
    label, icon, page = _BUTTONS[stage]
    if not desk.person.may(_NEEDS.get(stage, Permission.MANAGE)):
        st.caption(f"{plain(said or label)}: for an operator or an admin of the team.")
        return
    if not st.button(said or label, icon=icon, type="primary", width="stretch"):
        return
    if stage is not Stage.SCAN:
        st.switch_page(page, query_params=query)
    with explained():
        start_scan(desk)
        st.rerun()


def need_snapshot(desk: Desk, why: str = "Exports are compared with a local copy of ConnectWise.") -> None:
    """Stop the page with the step to take before the first scan; ``why`` says what the page needs it for."""
    with guarded():
        if desk.store.snapshots.latest(desk.team.id) is not None:
            return
        connected = installation().connection(desk.team.id) is not None
        running = under_way(desk)
    if running is not None:
        show_under_way(desk, running)
        stop()
    with st.container(border=True):
        st.markdown("**:material/photo_camera: No snapshot yet**")
        st.caption(f"{why} {'A scan only reads.' if connected else 'ConnectWise has to be connected first.'}")
        with st.container(width=_BUTTON):
            go_to(desk, Stage.SCAN if connected else Stage.CONNECT)
    stop()


def _samples_sentence() -> str:
    where = "The sample export" if installation().settings.today else "To try it out: the sample export"
    return f"{where} is {plain(f'data/samples/{SAMPLE}')}, in SeatSync's own folder."
