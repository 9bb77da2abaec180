"""Compare a push with the network's floor: three requests a change times latency over requests in flight."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from benchmarks.child import ROOT, measure
from benchmarks.scanning import LOGIN, address, requests_of, simulator
from benchmarks.tables import answer, say, table

_HEADER: Final = ("push", "changes", "requests", "a change", "seconds", "of floor", "command")
_A_CHANGE: Final = 3
_TIER: Final = "Email Advanced Protect"
_TODAY: Final = "2026-11-22"


def settings(url: str, database: str, in_flight: int) -> dict[str, str]:
    """Return the environment of an installation on a simulator."""
    company, public, private, client_id = LOGIN
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SEATSYNC_")},
        "SEATSYNC_DATABASE_URL": database,
        "SEATSYNC_CONNECTWISE_URL": url,
        "SEATSYNC_CONNECTWISE_COMPANY": company,
        "SEATSYNC_CONNECTWISE_PUBLIC_KEY": public,
        "SEATSYNC_CONNECTWISE_PRIVATE_KEY": private,
        "SEATSYNC_CONNECTWISE_CLIENT_ID": client_id,
        "SEATSYNC_SECRET_KEY": private,
        "SEATSYNC_TODAY": _TODAY,
        "SEATSYNC_IN_FLIGHT": str(in_flight),
    }


def command(environment: Mapping[str, str], *words: str) -> Any:
    """Run a command of SeatSync and return its JSON.

    Raises:
        SystemExit: it could not be done.
    """
    line = [sys.executable, "-m", "seatsync", *words, "--json"]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 1:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def prepare(environment: Mapping[str, str], folder: Path, changes: int) -> tuple[str, str]:
    """Scan, map and upload an export in which every client has one seat more; return export and digest."""
    rows = [f"Client {n} Ltd,client-{n},Paid,{_TIER},6" for n in range(1, changes + 1)]
    export = folder / "export.csv"
    export.write_text("\n".join(["Tenant,Portal,Status,License,Users", *rows]))
    command(environment, "scan")
    command(environment, "map", _TIER, "--product", "AV-EAP")
    number = str(command(environment, "preview", str(export))["export"]["id"])
    return number, command(environment, "push", number, "--select", "default")["digest"]


def push(url: str, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Push one update for each agreement; measure the run by its journal, and the whole command."""
    database = f"sqlite:///{folder}/seatsync.db"
    environment = settings(url, database, asked.in_flight)
    export, digest = prepare(environment, folder, asked.changes)
    before = len(requests_of(url))
    began = perf_counter()
    done = command(environment, "push", export, "--select", "default", "--digest", digest)
    whole = perf_counter() - began
    log = requests_of(url)[before:]
    written = sum(entry["method"] == "PATCH" for entry in log)
    if not done["updated"] == written == asked.changes:
        raise SystemExit(f"{written} writes, {done['updated']} of {asked.changes} updates: {done['message']}")
    ran = measure("pushing.seconds_of", database=database, operation=done["operation"])
    return {"requests": len(log), "seconds": ran["seconds"], "command": whole, "log": log}


def seconds_of(database: str, operation: int) -> dict[str, Any]:
    """Return how long an operation took, from its opening to its end."""
    from seatsync.model import OperationId
    from seatsync.store import open_store

    with open_store(database) as store:
        run = store.operations.get(store.teams.root().id, OperationId(operation))
    assert run.finished_at is not None
    return {"seconds": (run.finished_at - run.started_at).total_seconds()}


def bare(url: str, in_flight: int, changes: Sequence[Sequence[Sequence[str]]]) -> dict[str, Any]:
    """Send the requests of each change, one after the other, with httpx and nothing else."""
    import httpx

    company, public, private, client_id = LOGIN
    headers = {"clientId": client_id, "Content-Type": "application/json"}
    with httpx.Client(auth=(f"{company}+{public}", private), headers=headers) as http:

        def send(requests: Sequence[Sequence[str]]) -> None:
            for method, path, body in requests:
                http.request(method, f"{url}{path}", content=body or None).raise_for_status()

        started = perf_counter()
        with ThreadPoolExecutor(in_flight) as pool:
            list(pool.map(send, changes))
        seconds = perf_counter() - started
    return {"requests": sum(map(len, changes)), "seconds": seconds}


def by_change(log: Sequence[Mapping[str, Any]]) -> list[list[list[str]]]:
    """Sort the requests of a push by the agreement that they are about, in the order in which they came."""
    found: dict[str, list[list[str]]] = {}
    for entry in log:
        agreement = entry["path"].split("/")[3]
        found.setdefault(agreement, []).append([entry["method"], address(entry), entry["body"]])
    return list(found.values())


def main(given: Sequence[str] | None = None) -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pushing", description=__doc__)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--latency-ms", type=int, default=50)
    parser.add_argument("--in-flight", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(given)
    with TemporaryDirectory() as name:
        folder = Path(name)
        book = folder / "book.json"
        measure("scanning.make_book", file=str(book), agreements=asked.changes, lines=1, over=0.0)
        with simulator(book, asked.latency_ms, {}) as url:
            pushed = push(url, folder, asked)
            log = pushed.pop("log")
            alone = measure("pushing.bare", url=url, in_flight=asked.in_flight, changes=by_change(log))
    floor = _A_CHANGE * asked.changes * asked.latency_ms / 1000 / asked.in_flight
    results = [
        {"push": name, "changes": asked.changes, **each, "of_floor": each["seconds"] / floor}
        for name, each in (("SeatSync", pushed), ("httpx alone, the same requests", alone))
    ]
    if asked.json:
        answer({"floor_seconds": floor, "pushes": results})
    else:
        _show(results, floor, asked)


def _show(results: Sequence[Mapping[str, Any]], floor: float, asked: argparse.Namespace) -> None:
    cells = [
        (
            each["push"],
            f"{each['changes']:,}",
            f"{each['requests']:,}",
            f"{each['requests'] / each['changes']:.2f}",
            f"{each['seconds']:.2f}",
            f"{each['of_floor']:.3f}",
            f"{each['command']:.2f}" if "command" in each else "",
        )
        for each in results
    ]
    table(_HEADER, cells)
    say(
        f"The floor is {_A_CHANGE} requests a change x {asked.latency_ms} ms / {asked.in_flight} in flight: "
        f"{floor:.2f} s. The simulator runs beside the push on the same cores. "
        "The command also starts Python, plans anew and reports."
    )


if __name__ == "__main__":
    main()
