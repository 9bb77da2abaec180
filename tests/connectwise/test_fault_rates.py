"""Faults of the simulator at several rates through the command line: a whole snapshot or one line."""

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatsync.cli import main
from seatsync.connectwise.pacing import Clock
from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.simulator.server import running
from seatsync.store import open_store
from tests.jobs.installation import Installation
from tests.jobs.worlds import TODAY, small_book

FASTER = 50
"""How many times as fast waits pass here."""
SECRETS = ("public-key", "private-key", "client-id", "dHJhaW5pbmcrcHVibGljLWtleTpwcml2YXRlLWtleQ==")
WHOLE = {"companies": 2, "agreements": 5, "additions": 1, "products": 3}
PASSING = (
    "rate_limited",
    "server_error",
    "bad_gateway",
    "slow",
    "drop_before",
    "drop_after",
    "truncated_json",
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with one scan of a small simulated book."""
    folder: Path = tmp_path_factory.mktemp("rates")

    def fast() -> Clock:
        return Clock(lambda: time.monotonic() * FASTER, lambda seconds: time.sleep(seconds / FASTER))

    with (
        running(create_app(SimulatedBook.from_json(small_book()), today=TODAY, seed=3)) as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("seatsync.connectwise.client.Clock", fast)
        found = Installation(f"sqlite:///{folder}/seatsync.db", url)
        for name, value in found.environment.items():
            patch.setenv(name, value)
        assert main(["scan"]) == 0
        yield found


def snapshot_in_use(installation: Installation) -> int:
    """Return the id of the snapshot in use."""
    with open_store(installation.database, secret_key="private-key") as store:
        found = store.snapshots.latest(store.teams.root().id)
    assert found is not None
    return found.id


@pytest.mark.parametrize("rate", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("fault", [*PASSING, "unauthorized"])
def test_a_scan_among_faults_is_whole_or_fails_with_one_line(
    fault: str,
    rate: float,
    installation: Installation,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "seatsync")
    before = snapshot_in_use(installation)
    capsys.readouterr()
    installation.fault(fault, rate=rate, seconds=0.02)
    code = main(["scan", "--json"])
    installation.fault(fault, rate=0)
    out, err = capsys.readouterr()
    answer = json.loads(out)
    if code == 0:
        assert {name: answer[name] for name in WHOLE} == WHOLE
        assert snapshot_in_use(installation) == answer["snapshot"] > before
    else:
        assert code == 1
        last = err.strip().splitlines()[-1]
        assert last.startswith("The scan could not read ")
        assert last.endswith("The snapshot before it stays in use.")
        assert snapshot_in_use(installation) == before
    assert (code == 0) is (rate < 1 or fault == "slow") or fault == "unauthorized"
    assert "Traceback" not in err
    assert [secret for secret in SECRETS if secret in out + err + caplog.text] == []
