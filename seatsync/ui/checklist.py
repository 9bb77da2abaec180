"""The way to a first push as a checklist, with one button for the next step."""

from pathlib import Path

import streamlit as st

from seatsync.journal import Operation
from seatsync.status import OperationKind
from seatsync.steps import Stage, Step, Way
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


def show_checklist(way: Way, running: Operation | None) -> None:
    """Show every step with its state, and the button of the next one; ``running`` is under way already."""
    busy = None
    if running is not None:
        busy = Stage.SCAN if running.kind is OperationKind.SCAN else Stage.PUSH
    with st.container(border=True):
        finished = sum(step.done for step in way.steps)
        st.subheader("Getting started")
        st.progress(finished / len(way.steps), f"{finished} of {len(way.steps)} steps done")
        for number, step in enumerate(way.steps, start=1):
            _show_step(number, step, is_next=step is way.next, is_busy=step.stage is busy)


def _show_step(number: int, step: Step, *, is_next: bool, is_busy: bool) -> None:
    to_do, done = _TITLES[step.stage]
    title = f"{number}\\. {done if step.done else to_do}"
    words, act = st.columns([0.74, 0.26], vertical_alignment="center")
    with words.container(gap=None):
        st.markdown(f"**{title}**" if is_next else title)
        if step.said:
            st.caption(plain(step.said))
        if step.stage is Stage.UPLOAD and not step.done and (SAMPLES / SAMPLE).is_file():
            st.caption(_samples_sentence())
    with act:
        if is_busy and not step.done:
            st.badge("Under way", icon=":material/sync:", color="blue")
        elif is_next:
            go_to(step.stage)
        elif step.done:
            st.badge("Done", icon=":material/check:", color="green")
        else:
            st.badge("Not done", icon=":material/radio_button_unchecked:", color="gray")


def go_to(stage: Stage, said: str = "") -> None:
    """Draw the one primary button of the page: it opens the page on which a step is taken."""
    label, icon, page = _BUTTONS[stage]
    if st.button(said or label, icon=icon, type="primary", width="stretch"):
        st.switch_page(page)


def _samples_sentence() -> str:
    where = "The sample export" if installation().settings.today else "To try it out: the sample export"
    return f"{where} is {plain(f'data/samples/{SAMPLE}')}, in SeatSync's own folder."
