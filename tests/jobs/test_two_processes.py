"""Several processes on one database push, die and cancel: one of them writes, and everything once."""

import json
import os
import re
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from .installation import SECONDS, Installation, until
from .killing import CHANGES, Prepared, journal, wanted_lines
from .test_killed_rounds import assert_all_written_once

# Long enough to act in mid-push; and shorter than any process takes to find a run whose process died.
COMMAND_SECONDS = 0.15
SERVER_SECONDS = 0.4
REFUSED = re.compile(r"runs operation 2 \(Seat Sync\) for team|was pushed already as operation 2\.")


@pytest.fixture
def installation(prepared: Prepared, tmp_path: Path) -> Iterator[Installation]:
    """A fresh copy of the prepared database, once on SQLite and once on PostgreSQL."""
    with prepared.installation(tmp_path) as made:
        yield made


@pytest.fixture
def on_postgres(postgres_push: Prepared, tmp_path: Path) -> Iterator[Installation]:
    """A fresh copy of the prepared database on PostgreSQL."""
    with postgres_push.installation(tmp_path) as made:
        yield made


def slow_writes(prepared: Prepared, seconds: float) -> None:
    """Let every write take so long to arrive."""
    for method in ("PATCH", "POST"):
        prepared.server.slow(method, seconds)


def written(prepared: Prepared) -> int:
    """Count the writes that took effect."""
    return len(prepared.server.written("PATCH")) + len(prepared.server.written("POST"))


def until_written(prepared: Prepared, least: int) -> None:
    """Wait for so many writes, which must not be all."""
    until(lambda: written(prepared) >= least, f"{least} writes")
    assert written(prepared) < CHANGES, "the push ended too early for this test"


def until_finished(installation: Installation) -> None:
    """Wait until the journal calls the push finished, whoever carries it out."""

    def finished() -> bool:
        operation = journal(installation.database).operation
        return operation is not None and operation.status.finished

    until(finished, "the end of the push")


def killed_in_mid_push(prepared: Prepared, installation: Installation) -> None:
    """Leave a push whose process was killed after some, and not all, of its writes had arrived."""
    process = installation.start(*prepared.push)
    until_written(prepared, 5)
    installation.kill(process)


def test_of_two_pushes_at_once_one_runs_and_the_other_is_told_which(
    prepared: Prepared, installation: Installation
) -> None:
    both = [installation.start(*prepared.push) for _ in range(2)]
    said = {process: process.communicate(timeout=SECONDS) for process in both}

    refused, done = sorted(both, key=lambda process: process.returncode == 0)
    assert (done.returncode, refused.returncode) == (0, 1), said
    assert json.loads(said[done][0])["operation"] == 2
    out, err = said[refused]
    assert out == ""
    assert REFUSED.search(err), err
    assert_all_written_once(prepared, installation, err)


def test_of_two_pushes_at_once_the_one_that_runs_is_killed_and_a_third_process_finishes_it(
    prepared: Prepared, installation: Installation
) -> None:
    slow_writes(prepared, COMMAND_SECONDS)
    both = [installation.start(*prepared.push) for _ in range(2)]
    until(lambda: any(process.poll() is not None for process in both), "the refusal of one")
    refused, alive = sorted(both, key=lambda process: process.poll() is None)
    assert refused.returncode == 1
    until_written(prepared, 5)

    installation.kill(alive)
    again = installation.run(*prepared.push)
    resumed = installation.run("resume", "2", "--json")

    assert again.returncode == 1
    assert "python -m seatsync resume 2" in again.stderr
    assert resumed.returncode == 0, resumed.stderr
    assert_all_written_once(prepared, installation, resumed.stderr)


def test_a_cancel_by_another_process_lets_the_changes_in_flight_finish_and_sends_no_more(
    prepared: Prepared, installation: Installation
) -> None:
    slow_writes(prepared, 2 * COMMAND_SECONDS)
    process = installation.start(*prepared.push)
    until_written(prepared, 5)

    cancelled = installation.run("cancel", "2", "--json")
    _, said = process.communicate(timeout=SECONDS)

    assert cancelled.returncode == 0, cancelled.stderr
    assert process.returncode == 2, said
    found = journal(installation.database)
    assert found.operation is not None
    assert found.operation.status == "cancelled"
    done = [o for o in found.outcomes if o.result.written]
    skipped = [o for o in found.outcomes if o.result == "skipped"]
    assert 0 < len(done) < CHANGES
    assert len(done) + len(skipped) == CHANGES
    assert {o.message for o in skipped} == {"run stopped: cancelled"}
    assert written(prepared) == len(done)
    assert_only_these_changed(prepared, {o.change.key for o in done})
    told = Counter(
        e.result for e in found.entries if e.action in ("push.update", "push.create", "push.cancel")
    )
    assert told == {"ok": len(done), "refused": len(skipped)}
    assert found.chain_holds


def assert_only_these_changed(prepared: Prepared, keys: set[str]) -> None:
    """What was done is as the plan says, and every other line as it was."""
    held, before, after = prepared.server.records(), prepared.before, prepared.after
    changed = {number for number, line in held["known"].items() if line != before["known"][number]}
    assert changed <= set(wanted_lines())
    assert {n: held["known"][n] for n in changed} == {n: after["known"][n] for n in changed}
    assert held["made"] == {n: after["made"][n] for n in held["made"]}
    assert len(changed) + len(held["made"]) == len(keys)


def two_servers(installation: Installation) -> list["subprocess.Popen[str]"]:
    """Start two servers that nobody opens in a browser, and wait until both answer."""
    servers = []
    for port in free_ports(2):
        servers.append(installation.start("serve", "--port", str(port)))
        address = f"http://127.0.0.1:{port}/_stcore/health"
        until(partial(answers, address), f"the server on port {port}")
    return servers


def free_ports(number: int) -> list[int]:
    """Find ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def answers(address: str) -> bool:
    """Say whether a server is there."""
    try:
        return httpx.get(address, trust_env=False).is_success
    except httpx.TransportError:
        return False


def runner_of(installation: Installation, servers: list["subprocess.Popen[str]"]) -> "subprocess.Popen[str]":
    """Return the server that carries the run out: its process is part of the executor's name."""
    named = "SELECT executor_id FROM dbos.workflow_status WHERE status = 'PENDING' ORDER BY updated_at DESC"
    url = make_url(installation.database).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        row = connection.execute(named).fetchone()
    assert row is not None, "nobody carries the run out"
    group = os.getpgid(int(row[0].split("-")[-2]))
    (found,) = [server for server in servers if server.pid == group]
    return found


@pytest.mark.postgres
def test_a_killed_push_is_finished_by_one_of_two_servers_with_no_browser_open(
    postgres_push: Prepared, on_postgres: Installation
) -> None:
    slow_writes(postgres_push, COMMAND_SECONDS)
    two_servers(on_postgres)

    killed_in_mid_push(postgres_push, on_postgres)

    until_finished(on_postgres)
    assert_all_written_once(postgres_push, on_postgres, "by one of two servers")


@pytest.mark.postgres
def test_a_server_that_is_killed_in_mid_push_is_relieved_by_the_other(
    postgres_push: Prepared, on_postgres: Installation
) -> None:
    slow_writes(postgres_push, SERVER_SECONDS)
    servers = two_servers(on_postgres)
    killed_in_mid_push(postgres_push, on_postgres)
    until_written(postgres_push, written(postgres_push) + 10)

    on_postgres.kill(runner_of(on_postgres, servers))

    assert written(postgres_push) < CHANGES, "the push ended before the kill"
    until_finished(on_postgres)
    assert_all_written_once(postgres_push, on_postgres, "by the other server")
