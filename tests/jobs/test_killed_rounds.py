"""Pushes that are killed at random moments, and finished: nothing is lost, nothing is done twice."""

import random
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from seatsync.status import ENDED, Result

from .installation import SECONDS, Installation
from .killing import (
    CHANGES,
    CREATED,
    LATER,
    WRITTEN,
    Journal,
    Prepared,
    journal,
    seats,
    wanted_lines,
)

# Kills in mid-push, once and again, and from the start of the command on.
ROUNDS = (10, 54)
SOAK = range(1000, 1200)
MOST_KILLS = 4
# Some writes that were under way at a kill arrive later than the next process needs to start.
LATE_SECONDS = 2.0
LATE_WRITES = 3


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play a few rounds, and with ``-m soak`` the many: each by a seed of its own, which is in its name."""
    if "seed" in metafunc.fixturenames:
        many = [pytest.param(seed, marks=pytest.mark.soak) for seed in SOAK]
        metafunc.parametrize("seed", [*ROUNDS, *many])


def assert_all_written_once(prepared: Prepared, installation: Installation, story: str) -> None:
    """Every change has its end as planned, in the journal, on the server and in the audit log, once."""
    server, found = prepared.server, journal(installation.database)
    assert found.operation is not None, story
    assert found.operation.status == "completed", f"{found.operation.message} {story}"
    assert found.operation.counts == WRITTEN, f"{found.operation.message} {story}"
    assert [o.change.key for o in found.outcomes] == [o["key"] for o in prepared.planned], story
    assert [o.after for o in found.outcomes] == [o["after"] for o in prepared.planned], story

    posts, patches = server.written("POST"), server.written("PATCH")
    assert Counter(posts) == {f"/finance/agreements/{n}/additions": 1 for n in CREATED}, story
    assert set(Counter(patches).values()) == {1}, f"{Counter(patches).most_common(3)} {story}"
    counts = found.operation.counts
    assert len(posts) == counts[Result.CREATED], story
    assert len(patches) == counts[Result.UPDATED] + counts[Result.CANCELLED], story
    assert server.records() == prepared.after, story

    assert_audited_once(found, story)


def assert_audited_once(found: Journal, story: str) -> None:
    """Each change has one entry that tells its end, and the chain of the log holds."""
    changes = [e for e in found.entries if e.action in ("push.update", "push.create", "push.cancel")]
    told = Counter(entry.after["result"] for entry in changes)
    assert told == WRITTEN, story
    assert len({(entry.action, entry.resource) for entry in changes}) == len(changes), story
    assert found.chain_holds, story


class Round:
    """One push, killed and started again until it is finished; ``story`` tells what happened."""

    def __init__(self, prepared: Prepared, installation: Installation, seed: int) -> None:
        self.prepared = prepared
        self.installation = installation
        self.draw = random.Random(seed)
        self.kills = 0
        self.last_kill = 0.0
        self.left = CHANGES
        self.story = f"(seed {seed}"

    def play(self) -> None:
        """Push, kill, look into the journal and go on, until the journal calls the push finished."""
        arguments = self.prepared.push
        while True:
            process = self.installation.start(*arguments)
            if not self._kill(process):
                _, said = process.communicate(timeout=SECONDS)
                self.story += f"; {arguments[0]} ended with {process.returncode}"
                assert process.returncode == 0, f"{said} {self.story})"
            found = journal(self.installation.database)
            if found.operation is not None:
                if found.operation.status.finished:
                    break
                arguments = ["resume", str(found.operation.id), "--json"]
                self.left = sum(outcome.result not in ENDED for outcome in found.outcomes)
        # What a killed process had sent may still be on its way.
        time.sleep(max(0.0, self.last_kill + LATE_SECONDS - time.monotonic()))
        self.story += ")"

    def _kill(self, process: "subprocess.Popen[str]") -> bool:
        """Kill a command at a random moment, or let it be; return whether it was killed."""
        if self.kills == MOST_KILLS or (self.kills and self.draw.random() < 0.5):
            return False
        # Most by how far it has come, which hits changes in flight however busy the machine is.
        by_progress = self.draw.random() < 0.8
        usual = self.prepared.requests * self.left // CHANGES
        wanted = len(self.prepared.server.requests()) + self.draw.randint(1, usual + 1) * by_progress
        late = self.draw.uniform(0, 0.1 if by_progress else self.prepared.seconds)
        give_up = time.monotonic() + SECONDS
        while len(self.prepared.server.requests()) < wanted and process.poll() is None:
            assert time.monotonic() < give_up, f"no progress {self.story})"
            time.sleep(0.01)
        if self.draw.random() < 0.5:
            for method in ("POST", "PATCH"):
                self.prepared.server.slow(method, LATE_SECONDS, LATE_WRITES)
        time.sleep(late)
        if process.poll() is not None:
            return False
        self.installation.kill(process)
        self.kills += 1
        self.last_kill = time.monotonic()
        reached = len(self.prepared.server.requests())
        self.story += f"; killed after {reached} requests with {self.left} changes left before"
        return True


def test_a_push_that_nothing_disturbs_writes_what_was_planned(prepared: Prepared) -> None:
    """The other tests compare with what it leaves, so that this must be exactly what the plan says."""
    before, after = prepared.before, prepared.after
    assert Counter(outcome["change"] for outcome in prepared.planned) == {
        "update": WRITTEN["updated"],
        "create": WRITTEN["created"],
        "cancel": WRITTEN["cancelled"],
    }
    assert after["known"] == {
        number: {**line, **wanted_lines().get(number, {})} for number, line in before["known"].items()
    }
    assert before["made"] == {}
    assert sorted(after["made"]) == list(CREATED)
    for n, lines in after["made"].items():
        (line,) = lines
        day = "2026-12-01" if n == LATER else "2026-11-22"
        assert (line["product"]["id"], line["quantity"]) == (3410, seats(n))
        assert (line["billCustomer"], line["effectiveDate"]) == ("Billable", f"{day}T00:00:00Z")
        assert "cancelledDate" not in line
    assert {**after, "known": {}, "made": {}} == {**before, "known": {}, "made": {}}


def test_a_push_killed_at_random_moments_is_finished_and_writes_everything_once(
    prepared: Prepared, tmp_path: Path, seed: int
) -> None:
    with prepared.installation(tmp_path) as installation:
        played = Round(prepared, installation, seed)
        played.play()
        assert_all_written_once(prepared, installation, played.story)
