"""A rehearsal names the requests of a push byte for byte, and a team that only rehearses sends none."""

from decimal import Decimal

import pytest

from seatsync.jobs.change import Protocol
from seatsync.jobs.push import PushRun
from seatsync.jobs.rehearsal import rehearse
from seatsync.journal import Outcome, planned
from seatsync.owner_tag import with_serials
from seatsync.plan import Change, Create
from seatsync.rehearsals import Rehearsed, rehearsal_json
from seatsync.status import OperationStatus
from seatsync.store import SqlStore

from .test_change import Make, cancel, create, outcome_of, update
from .test_push_run import opened, results, server_with, updates
from .test_undo import done, undo_of
from .worlds import COMPANY, INVOICED, LINE, NEW_PRODUCT, PLAIN, STARTING, TODAY, InMemory, Simulated, World

KINDS: dict[str, Make] = {"update": update, "create": create, "cancel": cancel}


def sent(simulated: Simulated, since: int) -> list[tuple[str, str, str]]:
    """Method, path below the API's root, and body of each write that arrived after the first ``since``."""
    log = simulated.control.get("/simulator/requests").json()
    writes = [entry for entry in log if entry["method"] != "GET"][since:]
    return [(each["method"], each["path"].removeprefix("/"), each["body"]) for each in writes]


def told(rehearsed: Rehearsed) -> list[tuple[str, str, str]]:
    return [(each.method, each.path, each.body) for each in rehearsed.requests]


def compare(simulated: Simulated, outcome: Outcome) -> list[tuple[str, str, str]]:
    """Rehearse a change, then carry it out; return what was told, after what was sent was the same."""
    before = len(simulated.writes)
    (rehearsed,) = rehearse([outcome], simulated.connectwise, TODAY)
    assert len(simulated.writes) == before
    ended = Protocol(simulated.connectwise, TODAY, lambda: None, lambda _: None).carry_out(outcome)
    assert ended.result.written, ended.message
    expected = told(rehearsed)
    assert sent(simulated, before) == expected[: len(sent(simulated, before))]
    return expected


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_is_what_is_sent(kind: str, simulated: Simulated) -> None:
    requests = compare(simulated, outcome_of(KINDS[kind], simulated))

    line = f"finance/agreements/{PLAIN}/additions"
    body = {
        "update": ("PATCH", f"{line}/{LINE}", '[{"op":"replace","path":"quantity","value":17}]'),
        "cancel": (
            "PATCH",
            f"{line}/{LINE}",
            '[{"op":"replace","path":"cancelledDate","value":"2026-12-14T00:00:00Z"}]',
        ),
        "create": (
            "POST",
            line,
            '{"product":{"id":3411},"quantity":5,"billCustomer":"Billable",'
            '"effectiveDate":"2026-11-22T00:00:00Z"}',
        ),
    }[kind]
    assert requests[0] == body


def test_the_undo_of_a_cancel_is_told_as_it_is_sent(simulated: Simulated) -> None:
    requests = compare(simulated, undo_of(done(cancel, simulated)))
    assert [body for _, _, body in requests] == ['[{"op":"remove","path":"cancelledDate"}]']


@pytest.mark.parametrize(("agreement", "dates"), [(INVOICED, 3), (STARTING, 3)])
def test_every_date_that_a_create_would_try_is_told_in_order(
    agreement: int, dates: int, simulated: Simulated
) -> None:
    where = simulated.connectwise.agreement(agreement)  # type: ignore[arg-type]
    change = Create("n", COMPANY, NEW_PRODUCT, where, Decimal("5.5"), TODAY, (where.id,), (), None)
    (tagged,) = with_serials([change], "MSP Ops", "d1")
    (outcome,) = planned([tagged])

    requests = compare(simulated, outcome)

    assert len(requests) == dates
    assert sent(simulated, 0) == requests, "each date was tried"
    assert all('"serialNumber":"MSP Ops-' in body for _, _, body in requests)


def test_what_would_not_be_sent_has_no_request(world: World) -> None:
    outcome = outcome_of(update, world)
    world.edit(quantity=Decimal(14))
    (rehearsed,) = rehearse([outcome], world.connectwise, TODAY)
    assert (rehearsed.outcome.result, rehearsed.requests) == ("skipped", ())
    assert rehearsed.outcome.message == "was 12 in the preview, is 14 now"


def test_a_rehearsal_keeps_the_order_of_the_plan_and_is_told_as_json() -> None:
    server = server_with(20)
    rehearsed = rehearse(planned(updates(server)), server, TODAY)
    assert [each.outcome.position for each in rehearsed] == list(range(20))
    said = rehearsal_json("d1", rehearsed)
    assert (said["status"], said["operation"], said["digest"]) == ("rehearsed", None, "d1")
    assert said["outcomes"][3]["would_send"] == [
        {
            "method": "PATCH",
            "path": f"finance/agreements/{PLAIN}/additions/9004",
            "body": '[{"op":"replace","path":"quantity","value":17}]',
        }
    ]
    assert server.sent == []


def test_a_run_of_a_team_that_only_rehearses_by_now_sends_nothing_more(sqlite_store: SqlStore) -> None:
    """The setting is an emergency brake: what an earlier try sent is still settled by reading."""
    server = server_with(3)
    operation, attempt = opened(sqlite_store, updates(server))
    rehearses = [False]
    run = PushRun(
        sqlite_store.operations,
        operation,
        attempt,
        server,
        lambda: TODAY,
        lambda: rehearses[0],
        pause=lambda _: None,
    )
    run.change(0)
    rehearses[0] = True
    sqlite_store.operations.sending(operation.id, 2, attempt)
    run.change(1), run.change(2)

    assert results(sqlite_store, operation) == ["updated", "skipped", "failed"]
    assert server.sent == ["PATCH"]
    outcomes = sqlite_store.operations.outcomes(operation.id)
    assert outcomes[1].message == "run stopped: the team only rehearses by now"
    assert outcomes[2].message.startswith("Sent before an interruption. Looked up: not done; not sent again")
    assert run.conclude(outcomes) == (
        OperationStatus.CANCELLED,
        "1 updated, 1 skipped, 1 failed. Stopped: the team only rehearses by now.",
    )


# --- the owner tag ---


def tagged(change: Change, tag: str = "MSP", digest: str = "d1") -> Create:
    (made,) = with_serials([change], tag, digest)
    assert isinstance(made, Create)
    return made


def test_a_serial_number_is_the_change_s_own_and_the_same_again(world: World) -> None:
    change = create(world)
    serials = {
        tagged(change).serial,
        tagged(change, digest="d2").serial,
        tagged(Create("other", *(getattr(change, n) for n in _PARTS))).serial,
    }
    assert len(serials) == 3
    assert tagged(change).serial == tagged(change).serial
    assert all(serial.startswith("MSP-") and len(serial) == 16 for serial in serials)
    assert with_serials([change, update(world)], "", "d1") == (change, update(world))
    assert with_serials([update(world)], "MSP", "d1") == (update(world),)


_PARTS = ("company", "product", "agreement", "quantity", "effective", "counted", "known", "monthly_delta")


def test_a_create_of_a_tagged_team_sets_the_serial_number_and_an_update_never_does(
    simulated: Simulated,
) -> None:
    (outcome,) = planned([tagged(create(simulated))])
    protocol = Protocol(simulated.connectwise, TODAY, lambda: None, lambda _: None)

    ended = protocol.carry_out(outcome)
    protocol.carry_out(outcome_of(update, simulated))

    assert (ended.result, ended.message) == ("created", "")
    post, patch = [body for _, _, body in sent(simulated, 0)]
    assert f'"serialNumber":"{tagged(create(simulated)).serial}"' in post
    assert "serial" not in patch
    serials = [line.serial for line in simulated.lines()]
    assert serials == ["", tagged(create(simulated)).serial]


def test_a_lost_create_with_a_serial_number_is_found_beside_a_twin(world: World) -> None:
    """Somebody added the same seats from the same day in the moment of the write."""
    (outcome,) = planned([tagged(create(world))])

    def twin() -> None:
        world.connectwise.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY)
        world.fault("drop_after", method="POST")

    ended = Protocol(world.connectwise, TODAY, twin, lambda _: None).carry_out(outcome)

    assert ended.result == "created"
    assert isinstance(ended.change, Create)
    assert ended.change.made is not None
    assert ended.change.made.serial == tagged(create_again(world)).serial


def create_again(world: World) -> Create:
    """The create as it was planned before the lines were there."""
    return Create(
        "n", COMPANY, NEW_PRODUCT, world.connectwise.agreement(PLAIN), Decimal(5), TODAY, (PLAIN,), (), None
    )


def test_without_a_serial_number_such_a_create_stays_unknown(world: World) -> None:
    (outcome,) = planned([create(world)])

    def twin() -> None:
        world.connectwise.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY)
        world.fault("drop_after", method="POST")

    ended = Protocol(world.connectwise, TODAY, twin, lambda _: None).carry_out(outcome)

    assert ended.message.startswith("Outcome unknown")


def test_a_lost_create_that_arrives_late_is_waited_for() -> None:
    """A gateway gave up on it, and the server had not: nothing is called undone at the first look."""
    server = InMemory()
    outcome = outcome_of(create, server)
    server.fault("drop_before", method="POST")
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 4:
            server.writer().create_addition(PLAIN, NEW_PRODUCT.id, Decimal(5), TODAY)

    ended = Protocol(server, TODAY, lambda: None, pause).carry_out(outcome)

    assert (ended.result, len(waited)) == ("created", 4)
