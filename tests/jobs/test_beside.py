"""What a write changes beside what was meant, and refusals that are about the whole agreement."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seatsync.errors import ConnectWiseError
from seatsync.jobs.change import Protocol, RefusedAgreement
from seatsync.journal import BESIDE
from seatsync.model import AdditionId, AgreementId
from seatsync.plan import Change, Create, Update
from seatsync.store import SqlStore

from .test_change import ON_A_LINE, Make, carry_out, create, outcome_of, update
from .test_push_run import opened, results, run_of, server_with, updates
from .worlds import COMPANY, LINE, NEW_PRODUCT, PLAIN, PRODUCT, TODAY, InMemory, Simulated

SPOILS: dict[str, dict[str, Any]] = {
    "the unit price was 4 before the write, is 5 now": {"unit_price": Decimal(5)},
    "the unit cost was 1 before the write, is 2 now": {"unit_cost": Decimal(2)},
    "the description was none before the write, is Other now": {"description": "Other"},
    "the billing was Billable before the write, is NoCharge now": {"bill_customer": "NoCharge"},
    "the effective date was 2024-02-01 before the write, is 2024-03-01 now": {"effective": date(2024, 3, 1)},
}


@ON_A_LINE
@pytest.mark.parametrize("words", SPOILS)
def test_what_a_write_changed_beside_what_was_meant_is_said_of_it(make: Make, words: str) -> None:
    """It took effect, so that it can be undone; and it needs an eye, as a failure does."""
    server = InMemory()
    server.edit(unit_cost=Decimal(1))
    outcome = outcome_of(make, server)
    server.spoils = SPOILS[words]

    ended = carry_out(server, outcome)

    assert ended.result.written
    assert ended.message == f"{BESIDE}: {words}. Check the line in ConnectWise."
    assert ended.needs_eye


def test_a_price_that_moved_under_the_write_is_told_of_a_real_answer(simulated: Simulated) -> None:
    outcome = outcome_of(update, simulated)
    members = {"unitPrice": 5, "unitCost": 3}
    wish = {"agreement": PLAIN, "addition": LINE, "set": members, "when": "before_next_write"}
    simulated.control.post("/simulator/edit", json=wish).raise_for_status()

    ended = carry_out(simulated, outcome)

    assert ended.result == "updated"
    assert "the unit price was 4 before the write, is 5 now" in ended.message


def test_a_lost_answer_of_a_write_that_changed_more_is_told_too() -> None:
    server = InMemory()
    outcome = outcome_of(update, server)
    server.spoils = {"unit_price": Decimal(5)}
    server.fault("drop_after", method="PATCH")

    ended = carry_out(server, outcome)

    assert ended.result == "updated"
    assert "Looked up, and found as wanted. Not all is as asked: the unit price was 4" in ended.message


def test_a_run_in_which_more_changed_than_was_asked_needs_an_eye(sqlite_store: SqlStore) -> None:
    server = server_with(2)
    operation, attempt = opened(sqlite_store, updates(server))
    run = run_of(sqlite_store, server, operation, attempt)
    run.change(0)
    server.spoils = {"unit_price": Decimal(5)}
    run.change(1)

    said = run.conclude(sqlite_store.operations.outcomes(operation.id))
    assert said == ("completed_with_failures", "2 updated. Not all is as asked in 1 of them.")


# --- refusals of a whole agreement ---


class Closed(InMemory):
    """Refuses every write to agreement 81 with a text about the agreement; takes those to others."""

    said = "This agreement has been closed and cannot be edited."
    status = 400

    def set_quantity(self, agreement: AgreementId, addition: AdditionId, quantity: Decimal) -> Any:
        if agreement == PLAIN:
            self.sent.append("PATCH")
            raise ConnectWiseError(f'Refused ("{self.said}").', status=self.status, raw=self.said)
        return super().set_quantity(agreement, addition, quantity)


def closed_server() -> tuple[Closed, list[Change]]:
    """Three lines of agreement 81 and one of another, each to be updated."""
    server, other = Closed(), AgreementId(83)
    first = server.held[LINE]
    for number in (9002, 9003, 9004):
        place = other if number == 9004 else PLAIN
        server.held[AdditionId(number)] = replace(first, id=AdditionId(number), agreement_id=place)
    changes: list[Change] = [
        Update(f"k{line.id}", COMPANY, PRODUCT, server.agreements[line.agreement_id], line, Decimal(17), None)
        for line in server.held.values()
    ]
    return server, changes


@pytest.mark.parametrize("status", [400, 409])
def test_a_closed_agreement_stops_its_own_changes_and_not_the_run(
    sqlite_store: SqlStore, status: int
) -> None:
    server, changes = closed_server()
    server.status = status
    operation, attempt = opened(sqlite_store, changes)
    run = run_of(sqlite_store, server, operation, attempt)

    for place in range(4):
        run.change(place)

    assert results(sqlite_store, operation) == ["failed", "skipped", "skipped", "updated"]
    assert server.sent == ["PATCH", "PATCH"]
    outcomes = sqlite_store.operations.outcomes(operation.id)
    assert outcomes[1].message.startswith(
        "agreement stopped: ConnectWise takes no more changes of Agreement 81"
    )
    assert run.conclude(outcomes)[0] == "completed_with_failures"


@pytest.mark.parametrize(
    ("said", "status", "about"),
    [
        ("The agreement is cancelled.", 400, True),
        ("Agreement 81 has expired", 409, True),
        ("agreement is not editable", 400, True),
        ("effectiveDate cannot be less than the agreement billing start date", 400, False),
        ("effectiveDate cannot be greater than the agreement end date", 400, False),
        (
            "Please prorate the agreement or update the start date to on or after the Next Invoice Date.",
            400,
            False,
        ),
        ("cancelledDate cannot be before the agreement start", 400, False),
        ("The line of agreement 81 is cancelled", 400, False),
        ("The agreement is cancelled.", 401, False),
        ("The agreement is cancelled.", 500, False),
    ],
)
def test_only_a_refusal_that_names_the_agreement_as_over_is_about_the_agreement(
    said: str, status: int, about: bool
) -> None:
    assert ConnectWiseError("x", status=status, raw=said).refuses_agreement is about


def test_the_refusal_carries_the_outcome_of_its_own_change() -> None:
    server, _ = closed_server()
    outcome = outcome_of(update, server)

    with pytest.raises(RefusedAgreement) as caught:
        Protocol(server, TODAY, lambda: None).carry_out(outcome)

    assert caught.value.outcome.result == "failed"
    assert caught.value.outcome.message.startswith("Nothing was written.")


def test_an_agreement_that_is_cancelled_under_the_write_is_told_so_by_a_real_answer(
    simulated: Simulated,
) -> None:
    outcome = outcome_of(create, simulated)
    wish = {"agreement": PLAIN, "set": {"cancelledFlag": True}, "when": "before_next_write"}
    simulated.control.post("/simulator/edit", json=wish).raise_for_status()

    with pytest.raises(RefusedAgreement) as caught:
        Protocol(simulated.connectwise, TODAY, lambda: None).carry_out(outcome)

    assert "The agreement is cancelled." in caught.value.outcome.message


# --- never two at once on one line ---


class Watched(InMemory):
    """Notes when two writes to one line, or two creates of one product, are under way together."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[object] = []
        self.together: list[object] = []

    def addition(self, agreement: AgreementId, addition: AdditionId) -> Any:
        return self._watched(addition, lambda: super(Watched, self).addition(agreement, addition))

    def additions(self, agreement: AgreementId) -> Any:
        return self._watched("create", lambda: super(Watched, self).additions(agreement))

    def _watched(self, place: object, read: Any) -> Any:
        if place in self.inside:
            self.together.append(place)
        self.inside.append(place)
        time.sleep(0.02)
        self.inside.remove(place)
        return read()


def test_changes_of_one_line_and_creates_in_one_place_are_never_in_flight_together(
    sqlite_store: SqlStore,
) -> None:
    server = Watched()
    agreement, line = server.agreements[PLAIN], server.held[LINE]
    changes: list[Change] = [
        Update(f"k{n}", COMPANY, PRODUCT, agreement, line, Decimal(13 + n), None) for n in range(3)
    ]
    changes += [
        Create(f"n{n}", COMPANY, NEW_PRODUCT, agreement, Decimal(5), TODAY, (PLAIN,), (), None)
        for n in range(3)
    ]
    operation, attempt = opened(sqlite_store, changes)
    run = run_of(sqlite_store, server, operation, attempt)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run.change, range(6)))

    assert server.together == []
    assert sorted(results(sqlite_store, operation)) == ["created", *["skipped"] * 4, "updated"]
