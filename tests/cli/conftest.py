"""Installations for commands: an empty one, and one with the sample book scanned and licenses mapped."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from seatsync.cli import main
from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from tests.contract.proxy import running
from tests.jobs.installation import ROOT, Installation
from tests.jobs.worlds import TODAY

NOVEMBER = ROOT / "data" / "samples" / "avanan-2026-11.csv"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def sample_url() -> Iterator[str]:
    """A simulator with the sample book; whoever writes to it takes one of its own."""
    with running(create_app(SimulatedBook.sample(), today=TODAY)) as url:
        yield url


@pytest.fixture(scope="session")
def scanned_folder(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one scan of the sample book, and its three licenses mapped."""
    folder = tmp_path_factory.mktemp("scanned")
    installation = Installation(f"sqlite:///{folder}/seatsync.db", sample_url)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in installation.environment.items():
            patch.setenv(name, value)
        assert main(["scan"]) == 0
        for tier, product in (("Advanced", "AV-EAP"), ("Complete", "AV-ECP"), ("Basic", "AV-EBP")):
            assert main(["map", f"Email {tier} Protect", "--product", product]) == 0
    return folder


@pytest.fixture
def empty(sqlite_url: str, sample_url: str, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation that has not scanned yet; its settings are the environment's."""
    installation = Installation(sqlite_url, sample_url)
    for name, value in installation.environment.items():
        monkeypatch.setenv(name, value)
    return installation


@pytest.fixture
def scanned(empty: Installation, scanned_folder: Path, tmp_path: Path) -> Installation:
    """The installation after a scan, with the licenses mapped."""
    for file in scanned_folder.glob("seatsync*.db"):
        shutil.copy(file, tmp_path / file.name)
    return empty


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command in this process."""

    def run_command(*arguments: str) -> Ended:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return run_command
