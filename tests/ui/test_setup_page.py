"""The Setup page: the connection, the time zone and the limits, for admins alone."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, TextInput

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice
from seatsync.people import Person, Role
from seatsync.ports import Check
from seatsync.rules import BrakeLimits, Rules
from seatsync.ui.session import installation, reset_installation
from seatsync.upkeep import save_rules
from tests.ui.conftest import OpenPage, words

PAGE = "pages/setup.py"
PARTS = {
    "Server address": "https://api-na.myconnectwise.net",
    "Company": "training",
    "Public key": "public-key-of-mine",
    "Private key": "private-key-of-mine",
    "Client ID": "client-id-of-mine",
}


@pytest.fixture
def open_unconnected(open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch) -> Callable[[], AppTest]:
    """Open Setup in an installation whose environment gives no connection."""
    for part in ("URL", "COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID"):
        monkeypatch.delenv(f"SEATSYNC_CONNECTWISE_{part}")
    reset_installation()
    return lambda: open_empty(PAGE)


def press(page: AppTest, label: str) -> AppTest:
    """Press the button with that label."""
    return next(button for button in page.button if button.label == label).click().run()


def connection_boxes(page: AppTest) -> list[TextInput]:
    """The boxes of the connection's form."""
    return [box for box in page.text_input if box.label in PARTS]


def fill(page: AppTest, parts: dict[str, str]) -> AppTest:
    """Fill in the connection's form and send it."""
    for box in connection_boxes(page):
        box.set_value(parts[box.label])
    return press(page, "Save connection")


def everything(page: AppTest) -> str:
    """All that was sent to the browser, as text."""
    return "\n".join(
        str(element.proto) for element in (*page.main, *page.sidebar) if hasattr(element, "proto")
    )


def test_a_viewer_is_refused_and_the_attempt_is_audited(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.ui.frame._person", lambda: Person("Vera", Role.VIEWER))
    page = open_page(PAGE)
    assert not page.exception
    assert "lacks" in page.error[0].value
    assert not page.text_input
    desk = installation().desk()
    refused = desk.store.audit.entries(desk.team.id)[-1]
    assert (refused.who, refused.action, refused.resource, refused.result) == (
        "Vera",
        "page.open",
        "Setup",
        "refused",
    )


def test_an_empty_installation_says_what_to_enter(open_unconnected: Callable[[], AppTest]) -> None:
    page = open_unconnected()
    assert not page.exception
    assert "Enter the connection" in words(page)
    assert [box.label for box in connection_boxes(page)] == list(PARTS)


def test_keys_are_typed_into_password_boxes(open_unconnected: Callable[[], AppTest]) -> None:
    boxes = {box.label: box.proto.type for box in connection_boxes(open_unconnected())}
    plain_box = boxes["Company"]
    assert all(boxes[name] != plain_box for name in ("Public key", "Private key", "Client ID"))


def test_a_saved_connection_is_shown_without_its_keys(open_unconnected: Callable[[], AppTest]) -> None:
    page = fill(open_unconnected(), PARTS)
    assert not page.exception
    assert "saved" in page.toast[0].value
    assert PARTS["Server address"] in words(page)
    filled = {box.label: box.value for box in connection_boxes(page) if box.value}
    assert filled == {name: PARTS[name] for name in ("Server address", "Company")}
    said = everything(page) + words(page)
    assert not [name for name in ("Public key", "Private key", "Client ID") if PARTS[name] in said]


def test_the_team_can_return_to_the_inherited_connection(open_unconnected: Callable[[], AppTest]) -> None:
    page = press(fill(open_unconnected(), PARTS), "Return to inherited")
    assert "Enter the connection" in words(page)
    desk = installation().desk()
    assert desk.store.teams.connection(desk.team.id) is None


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("Private key", " ", "All five parts"),
        ("Server address", "http://example.com", "https"),
        ("Server address", "nonsense", "not an address"),
    ],
)
def test_a_connection_that_can_not_be_is_refused_in_a_sentence(
    open_unconnected: Callable[[], AppTest], part: str, value: str, said: str
) -> None:
    page = fill(open_unconnected(), PARTS | {part: value})
    assert not page.exception
    assert said in page.error[0].value.replace("\\", "")
    desk = installation().desk()
    assert desk.store.teams.connection(desk.team.id) is None


def test_the_environment_s_connection_can_not_be_changed_here(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert "from the environment" in words(page)
    assert "Save connection" not in [button.label for button in page.button]


def test_the_test_lists_every_check(open_empty: OpenPage) -> None:
    page = press(open_empty(PAGE), "Test connection")
    said = words(page)
    assert "Credentials" in said
    assert "Product catalogue" in said
    assert "The connection works" in said


def test_the_right_to_write_is_named_and_not_tried(open_empty: OpenPage) -> None:
    said = words(press(open_empty(PAGE), "Test connection"))
    assert "Changes to additions · not tried" in said
    assert "Finance > Agreements: Add, Edit and Inquire All. Without it: Scans and previews work" in said
    assert "Only a write would show whether it is there." in said


def test_a_missing_permission_is_named_with_what_does_not_work_without_it(
    open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, without = "Procurement > Product Catalog: Inquire All", "No scan: the products are missing."
    refused = Check("Product catalogue", False, "Refused. Request 12-34.", right, without, refused=True)
    monkeypatch.setattr(
        "seatsync.ui.connection.try_connection", lambda _: (Check("Server", ok=True), refused)
    )
    page = press(open_empty(PAGE), "Test connection")
    assert not page.exception
    (error,) = page.error
    assert "A permission is missing, so that scans fail." in error.value
    assert right in error.value.replace("\\", "").replace("\u2060", "")
    said = words(page)
    assert "Product catalogue · fails" in said
    assert f"{right}. Without it: {without}" in said
    assert "Refused. Request 12-34." in said


def test_a_failure_that_is_no_refusal_names_no_permission(
    open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Check(
        "Companies", False, "Error 502.", "Companies > Company Maintenance: Inquire All", "No scan."
    )
    monkeypatch.setattr("seatsync.ui.connection.try_connection", lambda _: (failed,))
    page = press(open_empty(PAGE), "Test connection")
    assert "A scan can't run." in page.error[0].value
    assert "permission" not in page.error[0].value


def test_a_failing_check_says_what_to_do(open_empty: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATSYNC_CONNECTWISE_PRIVATE_KEY", "another-key")
    reset_installation()
    page = press(open_empty(PAGE), "Test connection")
    assert not page.exception
    assert ":red[:material/error:]" in words(page)
    assert "The connection works" not in words(page)
    assert "another-key" not in everything(page)


def test_the_time_zone_is_saved(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    next(box for box in page.selectbox if box.label == "Time zone").select("Europe/Berlin")
    page = press(page, "Save time zone")
    assert installation().timezone(installation().desk().team.id) == "Europe/Berlin"
    assert "In use: Europe/Berlin." in words(page)


def test_a_time_zone_that_is_not_saved_says_so(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    next(box for box in page.selectbox if box.label == "Time zone").select("Pacific/Auckland").run()
    assert "Not saved yet: UTC → Pacific/Auckland" in words(page).replace("**", "")
    assert "In Pacific/Auckland it is " in words(page)
    assert installation().timezone(installation().desk().team.id) == "UTC"


def box_of(page: AppTest, label: str) -> NumberInput:
    """The box of one limit."""
    return next(box for box in page.number_input if label in box.label)


def test_limits_that_are_not_saved_say_so_and_can_be_discarded(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    assert "All limits are saved." in words(page)
    box_of(page, "Seats lowered").set_value(25.0).run()
    next(box for box in page.checkbox if box.label == "Only rehearse").check().run()
    said = words(page).replace("**", "")
    assert "Not saved yet: Seats lowered 20 % → 25 %; Only rehearse off → on" in said
    assert "a plan that takes off 250 passes" in said
    press(page, "Discard")
    assert box_of(page, "Seats lowered").value == 20.0
    assert "All limits are saved." in words(page)
    assert installation().desk().rules == Rules()


def test_a_click_on_save_with_nothing_to_save_writes_nothing(open_empty: OpenPage) -> None:
    page = press(press(open_empty(PAGE), "Save limits"), "Save time zone")
    assert not page.toast
    desk = installation().desk()
    assert not [e for e in desk.store.audit.entries(desk.team.id) if e.action.endswith(".save")]


def test_limits_are_saved_exactly(open_empty: OpenPage) -> None:
    page = open_empty(PAGE)
    next(box for box in page.number_input if "Paid tenants" in box.label).set_value(82.5)
    press(page, "Save limits")
    rules = installation().desk().rules
    assert rules.tenants_kept == Decimal("0.825")
    assert rules.brakes.cancels == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tenants_kept": Decimal("1.01")}, "0 to 100"),
        ({"companies_seen": Decimal("-0.1")}, "0 to 100"),
        ({"tenants_kept": Decimal("NaN")}, "0 to 100"),
        ({"brakes": BrakeLimits(cancels=-1)}, "below 0"),
        ({"currency": "dollars"}, "not a currency code"),
        ({"currency": "usd"}, "not a currency code"),
        ({"owner_tag": "x" * 38}, "has 38 characters; at most 37"),
        ({"owner_tag": "MSP "}, "no blank at an end"),
        ({"owner_tag": "MSP\n1"}, "plain letters"),
    ],
)
def test_the_desk_refuses_limits_that_mean_nothing(desk: Desk, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidChoice, match=said):
        save_rules(desk, replace(desk.rules, **wrong))
    assert desk.rules == Rules()
