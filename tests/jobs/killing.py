"""A prepared push of sixty changes, and what became of it."""

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from seatsync.journal import AuditEntry, Operation, Outcome
from seatsync.simulator.jsontext import dumps
from seatsync.simulator.records import addition, agreement, company, shared_records
from seatsync.status import OperationKind
from seatsync.store import open_store
from tests.conftest import SECRET_KEY

from .installation import Installation, until

CLIENTS = range(1, 41)
UPDATED = range(1, 31)
CREATED = range(23, 41)
CANCELLED = range(1, 13)
LATER = 36
"""The client whose create is refused today's date, since its agreement is without proration."""

WRITTEN = {"updated": len(UPDATED), "created": len(CREATED), "cancelled": len(CANCELLED)}
CHANGES = sum(WRITTEN.values())

LATENCY_MS = 15
_TIERS = {"Advanced": "AV-EAP", "Complete": "AV-ECP", "Basic": "AV-EBP"}
_BACKUPS, _ADVANCED, _BASIC = 1, 2, 3

Fresh = Callable[[Path], AbstractContextManager[str]]
"""Makes a database like the prepared one, in a folder where it is a file, and gives its URL."""


@dataclass(frozen=True)
class Server:
    """The simulator in a process of its own."""

    url: str
    http: httpx.Client

    def reset(self) -> None:
        """Return to the book of the start, with an empty log and no faults."""
        self._ask("POST", "reset")

    def slow(self, method: str, seconds: float, times: int | None = None) -> None:
        """Let the next ``times`` writes arrive late, or all; the one who sent them may be gone by then."""
        wish = {"name": "slow", "method": method, "seconds": seconds, "times": times}
        self._ask("POST", "faults", json=wish)

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """List the requests that came after number ``since``, oldest first."""
        found: list[dict[str, Any]] = self._ask("GET", "requests", params={"since": since})
        return found

    def written(self, method: str) -> list[str]:
        """List the paths of the writes that took effect, oldest first."""
        done = {"POST": 201, "PATCH": 200}[method]
        return [e["path"] for e in self.requests() if (e["method"], e["status"]) == (method, done)]

    def records(self) -> dict[str, Any]:
        """Return all that the server holds, but for when it was changed; a line of the book by its id.

        A line that was created has no number that is known before: it is listed with its agreement.
        """
        state: dict[str, Any] = self._ask("GET", "state")
        lines = [{k: v for k, v in line.items() if k != "_info"} for line in state.pop("additions")]
        lines.sort(key=lambda line: (line["agreementId"], line["id"]))
        known = {line["id"]: line for line in lines if line["id"] in BOOK_LINES}
        made: dict[int, list[dict[str, Any]]] = {}
        for line in lines:
            if line["id"] not in BOOK_LINES:
                made.setdefault(line["agreementId"], []).append({k: line[k] for k in line if k != "id"})
        return {**state, "known": known, "made": made}

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = self.http.request(method, f"{self.url}/simulator/{path}", **more)
        return answer.raise_for_status().json()


@dataclass(frozen=True)
class Prepared:
    """What every round begins from: a database after the preview, and the plan that was approved.

    ``planned`` are the plan's outcomes, ``before`` and ``after`` what the server holds before and after a
    push that nothing disturbs, which sends ``requests`` and takes ``seconds``, its start included.
    """

    server: Server
    fresh: Fresh
    push: Sequence[str]
    planned: Sequence[dict[str, Any]]
    before: dict[str, Any]
    after: dict[str, Any]
    requests: int
    seconds: float

    @contextmanager
    def installation(self, folder: Path) -> Iterator[Installation]:
        """Give an installation on a fresh database; the server is at its start, what is started ends."""
        self.server.reset()
        with self.fresh(folder) as database:
            made = Installation(database, self.server.url)
            try:
                yield made
            finally:
                made.close()


@dataclass(frozen=True)
class Journal:
    """What a database tells of its push; ``operation`` is None while there is none."""

    operation: Operation | None
    outcomes: Sequence[Outcome]
    entries: Sequence[AuditEntry]
    chain_holds: bool


def journal(database: str) -> Journal:
    """Read the journal. A SQLite file is read as a copy: what a killed process left is for the next one."""
    with TemporaryDirectory() as folder:
        if database.startswith("sqlite"):
            copy_files(Path(database.removeprefix("sqlite:///")).parent, Path(folder))
            database = f"sqlite:///{folder}/seatsync.db"
        with open_store(database, secret_key=SECRET_KEY) as store:
            team = store.teams.root().id
            pushes = [o for o in store.operations.all(team) if o.kind is OperationKind.SEAT_SYNC]
            if not pushes:
                return Journal(None, (), (), store.audit.verify().ok)
            (push,) = pushes
            entries = store.audit.entries(team, operation=push.id)
            return Journal(push, store.operations.outcomes(push.id), entries, store.audit.verify().ok)


def copy_files(source: Path, target: Path) -> None:
    """Copy a SQLite database that no process has open, with its write-ahead log and that of the runs."""
    for pattern in ("seatsync*.db", "seatsync*.db-wal"):
        for file in source.glob(pattern):
            shutil.copy(file, target / file.name)


@contextmanager
def sqlite_copy(source: Path, target: Path) -> Iterator[str]:
    """Copy the prepared database into another folder."""
    copy_files(source, target)
    yield f"sqlite:///{target}/seatsync.db"


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve the book of forty clients in a process of its own."""
    book = folder / "book.json"
    book.write_text(dumps(_book()))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    installation = Installation(f"sqlite:///{folder}/none.db", f"http://127.0.0.1:{port}")
    installation.start("simulator", "--port", str(port), "--book", str(book), "--latency-ms", str(LATENCY_MS))
    try:
        with httpx.Client(trust_env=False) as http:
            server = Server(installation.simulator, http)
            until(lambda: _answers(server), "the simulator")
            yield server
    finally:
        installation.close()


def prepare(server: Server, database: str, fresh: Fresh, folder: Path) -> Prepared:
    """Scan, map and preview, approve the plan of all changes, and push it once with nothing in the way."""
    export = folder / "export.csv"
    export.write_text("\n".join(["Tenant,Portal,Status,License,Users", *_seats()]))
    installation = Installation(database, server.url)
    server.reset()
    before = server.records()
    _json(installation, "scan")
    for tier, product in _TIERS.items():
        _json(installation, "map", f"Email {tier} Protect", "--product", product)
    number = str(_json(installation, "preview", str(export))["export"]["id"])
    plan = _json(installation, "push", number, "--select", "all")
    push = ["push", number, "--select", "all", "--digest", plan["digest"]]
    push += ["--accept-brakes", str(len(CANCELLED)), "--json"]
    sent = len(server.requests())
    with fresh(folder) as copy:
        began = time.monotonic()
        _json(Installation(copy, server.url), *push[:-1])
        seconds = time.monotonic() - began
    requests = len(server.requests()) - sent
    return Prepared(server, fresh, push, plan["outcomes"], before, server.records(), requests, seconds)


def _json(installation: Installation, *arguments: str) -> Any:
    done = installation.run(*arguments, "--json")
    if done.returncode == 1:
        raise AssertionError(f"{arguments}: {done.stderr}")
    return json.loads(done.stdout)


def _answers(server: Server) -> bool:
    try:
        server.requests()
    except httpx.TransportError:
        return False
    return True


def _book() -> dict[str, Any]:
    """Build a client with one agreement for each number, a line of backups that nothing changes, and more."""
    book: dict[str, Any] = {**shared_records(), "companies": [], "agreements": [], "additions": []}
    for n in CLIENTS:
        book["companies"].append(company(n, f"Client {n} Ltd", f"client-{n}"))
        book["agreements"].append(agreement(n, "Managed", n, "Managed Services", prorateFlag=n != LATER))
        book["additions"].append(addition(100 * n + _BACKUPS, n, "BKP-WS", 7))
    book["additions"] += [addition(100 * n + _ADVANCED, n, "AV-EAP", 5) for n in UPDATED]
    book["additions"] += [addition(100 * n + _BASIC, n, "AV-EBP", 4) for n in CANCELLED]
    return book


BOOK_LINES = frozenset(line["id"] for line in _book()["additions"])


def seats(n: int) -> int:
    """Return the seats that client ``n`` has in the export, of the license that it has there."""
    return 3 if n % 5 == 0 else 5 + n


def _seats() -> list[str]:
    updated = [f"Client {n} Ltd,client-{n},Paid,Email Advanced Protect,{seats(n)}" for n in UPDATED]
    created = [f"Client {n} Ltd,client-{n},Paid,Email Complete Protect,{seats(n)}" for n in CREATED]
    return updated + created


def wanted_lines() -> dict[int, dict[str, Any]]:
    """Return what the plan sets on lines of the book, by line."""
    changed = {100 * n + _ADVANCED: {"quantity": seats(n)} for n in UPDATED}
    return changed | {100 * n + _BASIC: {"cancelledDate": "2026-11-30T00:00:00Z"} for n in CANCELLED}
