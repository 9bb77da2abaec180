"""When scans start by themselves, on the Setup page."""

from datetime import time

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio, TextInput

from seatsync.schedules import save_schedule
from seatsync.ui.session import installation, reset_installation
from tests.ui.conftest import OpenPage, words

PAGE = "pages/setup.py"


def choose(page: AppTest, choice: str) -> AppTest:
    """Choose how often scans start."""
    return radio(page).set_value(choice).run()


def radio(page: AppTest) -> Radio[str]:
    """How often scans start."""
    return next(box for box in page.radio if box.label == "Scan by itself")


def save(page: AppTest) -> AppTest:
    """Press the button that saves the schedule."""
    page = next(button for button in page.button if button.label == "Save schedule").click().run()
    assert not page.exception
    return page


def expressions(page: AppTest) -> list[TextInput]:
    """The fields for a cron expression: one, or none."""
    return [field for field in page.text_input if field.label == "Cron expression"]


def kept() -> str:
    """The expression that is saved."""
    desk = installation().desk()
    return desk.store.teams.scan_schedule(desk.team.id)


def test_scans_do_not_start_by_themselves_at_first(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert not page.exception
    assert radio(page).value == "Off"
    assert "No scan starts by itself." in words(page)
    assert not page.time_input
    assert not expressions(page)


def test_a_day_and_a_time_of_the_week_are_saved_and_the_next_scan_is_told(open_empty: OpenPage) -> None:
    page = choose(open_empty(PAGE), "Every week")
    assert "Once saved, scans start every Monday at 06:00 UTC; next: Mon " in words(page)
    page.time_input[0].set_value(time(7, 45))
    next(box for box in page.selectbox if box.label == "On").select("Sunday")

    page = save(page)

    assert kept() == "45 7 * * 0"
    assert "Scans start every Sunday at 07:45 UTC; next: Sun " in words(page)
    assert "every Sunday" in page.toast[0].value
    assert (radio(page).value, page.time_input[0].value) == ("Every week", time(7, 45))
    assert next(box for box in page.selectbox if box.label == "On").value == "Sunday"
    assert "Once saved" not in words(page)


def test_a_time_of_every_day_is_saved_and_switched_off_again(open_empty: OpenPage) -> None:
    page = save(choose(open_empty(PAGE), "Every day"))
    assert kept() == "0 6 * * *"
    assert radio(page).value == "Every day"
    page = save(choose(page, "Off"))
    assert kept() == ""
    assert "No scan starts by itself." in words(page)


def test_an_expression_is_saved_and_shown_as_it_is(open_empty: OpenPage) -> None:
    page = choose(open_empty(PAGE), "Cron expression")
    expressions(page)[0].set_value("0 6 1,15 * *")
    page = save(page)
    assert kept() == "0 6 1,15 * *"
    assert (radio(page).value, expressions(page)[0].value) == ("Cron expression", "0 6 1,15 * *")
    assert "on day 1 and 15 of the month at 06:00 UTC" in words(page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "takes five fields"),
        ("whenever", "takes five fields"),
        ("*/5 * * * *", "more than once an hour"),
        ("0 6 30 2 *", "never comes"),
        ("<b>:smile:</b> $x$ [a](http://b.example) * 1", "can't be read"),
    ],
)
def test_an_expression_that_can_not_be_is_told_and_not_saved(
    open_empty: OpenPage, text: str, said: str
) -> None:
    page = choose(open_empty(PAGE), "Cron expression")
    expressions(page)[0].set_value(text).run()
    page = save(page)
    (error,) = page.error
    assert said in error.value.replace("\\", "")
    assert "<b>" not in error.value
    assert kept() == ""


def test_the_choice_that_fits_what_the_command_line_saved_is_shown(open_empty: OpenPage) -> None:
    desk = installation().desk()
    for cron, choice in (
        ("30 5 * * *", "Every day"),
        ("30 5 * * 3", "Every week"),
        ("30 5 * * 3,4", "Cron expression"),
        ("30 5,6 * * *", "Cron expression"),
        ("30 5 1 * *", "Cron expression"),
        ("30 5 * 6 *", "Cron expression"),
        ("30 5 1 * 1", "Cron expression"),
    ):
        save_schedule(desk, cron)
        assert radio(open_empty(PAGE)).value == choice


def test_next_times_are_told_on_the_clock_of_the_team(
    open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSYNC_TIMEZONE", "Europe/Berlin")
    reset_installation()
    page = choose(open_empty(PAGE), "Every day")
    assert "every day at 06:00 Europe/Berlin; next: " in words(page)
    assert "goes by the clock, not by the date that today is set to" in words(page)
