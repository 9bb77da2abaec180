"""The way to a first push as a checklist, with one button for the next step."""

from pathlib import Path

import streamlit as st

from seatsync.steps import Stage, Step, Way
from seatsync.ui.session import installation
from seatsync.ui.text import plain

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
SAMPLE = "avanan-2026-11.csv"

_TITLES = {
    Stage.CONNECT: "ConnectWise connected",
    Stage.SCAN: "First scan done",
    Stage.MAP: "Licenses mapped",
    Stage.UPLOAD: "Export uploaded",
    Stage.PUSH: "Reviewed and pushed",
}
_BUTTONS = {
    Stage.CONNECT: ("Connect ConnectWise", ":material/link:", "pages/setup.py"),
    Stage.SCAN: ("Scan ConnectWise", ":material/sync:", "pages/snapshot.py"),
    Stage.MAP: ("Map the licenses", ":material/conversion_path:", "pages/mappings.py"),
    Stage.UPLOAD: ("Upload the export", ":material/upload_file:", "pages/preview.py"),
    Stage.PUSH: ("Review the changes", ":material/checklist:", "pages/preview.py"),
}


def show_checklist(way: Way) -> None:
    """Show every step with its state, and the button of the next one."""
    with st.container(border=True):
        finished = sum(step.done for step in way.steps)
        st.subheader("Getting started")
        st.progress(finished / len(way.steps), f"{finished} of {len(way.steps)} steps done")
        for number, step in enumerate(way.steps, start=1):
            _show_step(number, step, is_next=step is way.next)


def _show_step(number: int, step: Step, *, is_next: bool) -> None:
    icon = ":green[:material/check_circle:]" if step.done else ":gray[:material/radio_button_unchecked:]"
    title = f"{number}. {_TITLES[step.stage]}"
    state = "" if step.done else " · :gray[not done]"
    mark, words, act = st.columns([0.04, 0.7, 0.26], vertical_alignment="center")
    mark.markdown(icon)
    words.markdown(f"**{title}**{state}" if is_next else f"{title}{state}")
    if step.said:
        words.caption(plain(step.said))
    if step.stage is Stage.UPLOAD and not step.done and offers_samples():
        words.caption(samples_sentence())
    if is_next:
        with act:
            go_to(step.stage)


def go_to(stage: Stage) -> None:
    """Draw the one primary button of the page: it opens the page on which a step is taken."""
    label, icon, page = _BUTTONS[stage]
    if st.button(label, icon=icon, type="primary", width="stretch"):
        st.switch_page(page)


def offers_samples() -> bool:
    """Say whether there are sample exports to try."""
    return (SAMPLES / SAMPLE).is_file()


def samples_sentence() -> str:
    """Say where the sample exports are, in Markdown."""
    where = "The sample export" if installation().settings.today else "To try it out: the sample export"
    return f"{where} is {plain(f'data/samples/{SAMPLE}')}, in {plain(SAMPLES.parents[1])}."
