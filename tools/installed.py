"""Installations that are ready to look at: a database prepared beforehand, and the app served on it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from urllib.error import URLError
from urllib.request import urlopen

from seatsync.desk import Desk
from seatsync.jobs.durable import wait_for
from seatsync.previews import build_preview, upload
from seatsync.runs import start_scan
from seatsync.settings import Settings
from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from seatsync.simulator.jsontext import dumps
from seatsync.simulator.server import running
from seatsync.upkeep import book_of, find_product, map_tier
from seatsync.wiring import Wiring

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"
TODAY = date(2026, 11, 22)
TIERS: Mapping[str, str] = {
    "Email Advanced Protect": "AV-EAP",
    "Email Complete Protect": "AV-ECP",
    "Email Basic Protect": "AV-EBP",
}
NO_CHARGE = ("Partner Demo",)
MONTHS = ("2026-09", "2026-10", "2026-11")
_SECONDS_TO_START = 60
_DATABASE, _BOOK = "seatsync.db", "book.json"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an installation answers: the app, and the simulated ConnectWise ("" when there is none)."""

    app: str
    connectwise: str = ""


def sample_exports(*months: str) -> Sequence[tuple[str, bytes]]:
    """Return the sample exports of some months, oldest first, with their names."""
    names = [f"avanan-{month}.csv" for month in months or MONTHS]
    return [(name, (SAMPLES / name).read_bytes()) for name in names]


def settings_of(folder: Path, connectwise: str) -> dict[str, str]:
    """Return the environment of an installation whose database lies in a folder."""
    return {
        "SEATSYNC_DATABASE_URL": f"sqlite:///{folder / _DATABASE}",
        "SEATSYNC_TODAY": TODAY.isoformat(),
        "SEATSYNC_CONNECTWISE_URL": connectwise,
        "SEATSYNC_CONNECTWISE_COMPANY": "training",
        "SEATSYNC_CONNECTWISE_PUBLIC_KEY": "public-key",
        "SEATSYNC_CONNECTWISE_PRIVATE_KEY": "private-key",
        "SEATSYNC_CONNECTWISE_CLIENT_ID": "client-id",
    }


def prepare(
    folder: Path,
    book: SimulatedBook,
    exports: Sequence[tuple[str, bytes]],
    tiers: Mapping[str, str] = TIERS,
    then: Callable[[Desk], None] = lambda _: None,
) -> Path:
    """Scan a book, map the licenses and upload exports into a database in a folder; returns the folder.

    ``then`` does what else is wanted at the desk, while the simulated ConnectWise answers. The book as it
    is at the end is kept beside the database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (
        running(create_app(book, today=TODAY)) as url,
        Wiring(Settings.from_mapping(settings_of(folder, url))) as wiring,
    ):
        desk = wiring.desk()
        operation = start_scan(desk)
        ended = wait_for(desk.store, desk.team.id, operation.id, lambda _: None)
        if ended.status != "completed":
            raise RuntimeError(f"The scan did not end well: {ended.message}")
        products = book_of(desk).products.values()
        for tier, identifier in tiers.items():
            map_tier(desk, tier, find_product(products, identifier))
        for tier in NO_CHARGE if tiers else ():
            map_tier(desk, tier, None)
        for name, content in exports:
            build_preview(desk, upload(desk, name, content).export.id)
        then(desk)
    (folder / _BOOK).write_text(dumps(book.as_json()), encoding="utf-8")
    return folder


@contextmanager
def served(prepared: Path | None = None, latency_ms: int = 0) -> Iterator[Addresses]:
    """Serve the app on a copy of a prepared installation, and its book on a simulator, in two processes.

    Without ``prepared`` the database is empty and the book is the sample book.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="seatsync-")))
        for file in prepared.iterdir() if prepared else ():
            shutil.copy(file, folder / file.name)
        book = folder / _BOOK if prepared else SAMPLES / _BOOK
        simulated = stack.enter_context(simulator(book, latency_ms))
        yield Addresses(stack.enter_context(app_on(folder, simulated)), simulated)


@contextmanager
def simulator(book: Path, latency_ms: int = 0) -> Iterator[str]:
    """Serve a book as ConnectWise in a process of its own; yields its address."""
    port = free_port()
    words = [f"--port={port}", f"--book={book}", f"--latency-ms={latency_ms}"]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "seatsync", "simulator", *words]
    with process(command, f"{address}/login/companyinfo/training", {"SEATSYNC_TODAY": TODAY.isoformat()}):
        yield address


@contextmanager
def app_on(
    folder: Path,
    connectwise: str,
    command: Sequence[str] = (),
    more: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Serve the app on the database in a folder; yields its address.

    ``command`` serves something else than the app, or otherwise, with ``{port}`` where its port belongs;
    ``more`` adds to its environment.
    """
    port = free_port()
    usual = [sys.executable, "-m", "seatsync", "serve", "--port", "{port}"]
    words = [word.replace("{port}", str(port)) for word in command or usual]
    address = f"http://127.0.0.1:{port}"
    with process(words, f"{address}/_stcore/health", {**settings_of(folder, connectwise), **more}):
        yield address


@contextmanager
def process(
    command: Sequence[str], health: str, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server in a process group of its own, from its first answer until the block ends."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SEATSYNC_")}
    started = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**kept, **environment},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _await(health, started)
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _await(address: str, started: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and started.poll() is None:
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"Nothing answers at {address}.")


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
