"""Compare a scan of ConnectWise with the network's floor: requests times latency over requests in flight."""

import argparse
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Semaphore
from time import perf_counter, process_time
from typing import Any, Final

from benchmarks.child import ROOT, measure
from benchmarks.tables import answer, say, table

_HEADER: Final = ("scan", "agreements", "additions", "requests", "extra", "seconds", "of floor", "CPU", "MB")
LOGIN: Final = ("training", "public-key", "private-key", "client-id")
_SECONDS_TO_START: Final = 60


@dataclass(frozen=True, slots=True)
class Case:
    """One scan to measure. ``over`` is the share of agreements that have ended; ``again`` scans twice."""

    name: str
    reader: str = "scan"
    faults: Mapping[str, float] = field(default_factory=dict)
    over: float = 0.0
    again: bool = False


CASES: Final = (
    Case("first"),
    Case("httpx alone, the same requests", reader="bare"),
    Case(
        "5 % 429, 1 % 500, 1 % 502", faults={"rate_limited": 0.05, "server_error": 0.01, "bad_gateway": 0.01}
    ),
    Case("60 % of agreements over, first", over=0.6),
    Case("60 % of agreements over, second", over=0.6, again=True),
)


def make_book(file: str, agreements: int, lines: int, over: float) -> dict[str, Any]:
    """Write a book of so many agreements with so many lines each, one company each."""
    from seatsync.simulator.jsontext import dumps
    from seatsync.simulator.records import PRODUCT_IDS, addition, agreement, company, shared_records, stamp

    products = [name for name in PRODUCT_IDS if not name.startswith("BND")]
    book = {**shared_records(), "companies": [], "agreements": [], "additions": []}
    for number in range(1, agreements + 1):
        ended: dict[str, Any] = {"noEndingDateFlag": False, "endDate": stamp("2025-12-31")}
        more = ended if number <= over * agreements else {}
        book["companies"].append(company(number, f"Client {number} Ltd", f"client-{number}"))
        book["agreements"].append(agreement(number, "Managed", number, "Managed Services", **more))
        for place in range(lines):
            made = addition(number * 1000 + place, number, products[place % len(products)], 5 + place)
            book["additions"].append(made)
    Path(file).write_text(dumps(book))
    return {"size": Path(file).stat().st_size}


def scan(url: str, in_flight: int, again: bool) -> dict[str, Any]:
    """Scan with SeatSync; with ``again``, measure the second scan."""
    from seatsync.connectwise import connect
    from seatsync.ports import Connection

    def silent(_done: int, _total: int, _message: str) -> None:
        """Tell nobody."""

    with connect(Connection(url, *LOGIN), in_flight=in_flight) as connectwise:
        before = connectwise.read_book(silent) if again else None
        sent, started, used = connectwise.requests, perf_counter(), process_time()
        book = connectwise.read_book(silent, lambda: before)
        seconds, cpu = perf_counter() - started, process_time() - used
        requests = connectwise.requests - sent
    return {"additions": len(book.additions), "requests": requests, "seconds": seconds, "cpu": cpu}


def bare(url: str, in_flight: int, paths: Sequence[str]) -> dict[str, Any]:
    """Send the requests of a scan with httpx and nothing else: no checks, no records."""
    import httpx

    gate = Semaphore(in_flight)
    company, public, private, client_id = LOGIN
    with httpx.Client(auth=(f"{company}+{public}", private), headers={"clientId": client_id}) as http:

        def get(path: str) -> int:
            with gate:
                return len(http.get(f"{url}{path}").content)

        started, used = perf_counter(), process_time()
        with ThreadPoolExecutor(in_flight + 2) as pool:
            list(pool.map(get, paths))
        return {"requests": len(paths), "seconds": perf_counter() - started, "cpu": process_time() - used}


@contextmanager
def simulator(book: Path, latency_ms: int, faults: Mapping[str, float]) -> Iterator[str]:
    """Serve a book in a process of its own; yields the address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "seatsync", "simulator", f"--port={port}", f"--book={book}"]
    command += [f"--latency-ms={latency_ms}", *(f"--fault={name}={rate}" for name, rate in faults.items())]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as served:
        try:
            for _ in range(_SECONDS_TO_START * 10):
                try:
                    urllib.request.urlopen(f"{url}/login/companyinfo/training").close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield url
        finally:
            served.terminate()


def requests_of(url: str) -> list[dict[str, Any]]:
    """Return the requests that the simulator was sent, oldest first."""
    with urllib.request.urlopen(f"{url}/simulator/requests") as asked:
        log: list[dict[str, Any]] = json.load(asked)
    return log


def address(entry: Mapping[str, Any]) -> str:
    """Return where a request of the simulator's log was sent, with its query."""
    return f"/v4_6_release/apis/3.0{entry['path']}?{entry['query']}"


def run(case: Case, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure one case.

    Raises:
        SystemExit: the scan did not find every addition.
    """
    book = folder / "book.json"
    size = {"agreements": asked.agreements, "lines": asked.lines}
    measure("scanning.make_book", file=str(book), over=case.over, **size)
    with simulator(book, asked.latency_ms, case.faults) as url:
        used = {"url": url, "in_flight": asked.in_flight}
        found = measure("scanning.scan", again=case.again, **used)
        if case.reader == "bare":
            found |= measure("scanning.bare", paths=[address(entry) for entry in requests_of(url)], **used)
    if found["additions"] != asked.agreements * asked.lines:
        raise SystemExit(f"{case.name}: {found['additions']} additions were found.")
    floor = found["requests"] * asked.latency_ms / 1000 / asked.in_flight
    return {"scan": case.name, "agreements": asked.agreements, **found, "of_floor": found["seconds"] / floor}


def _show(results: Sequence[dict[str, Any]], asked: argparse.Namespace) -> None:
    plain = results[0]["requests"]
    cells = [
        (
            each["scan"],
            f"{each['agreements']:,}",
            f"{each['additions']:,}",
            f"{each['requests']:,}",
            f"{each['requests'] - plain:+,}",
            f"{each['seconds']:.2f}",
            f"{each['of_floor']:.3f}",
            f"{each['cpu']:.2f}",
            f"{each['peak_mb']:.0f}",
        )
        for each in results
    ]
    table(_HEADER, cells)
    say(
        f"The floor is requests x {asked.latency_ms} ms / {asked.in_flight} in flight; the simulator runs "
        "beside the scan on the same cores. Waits that a 429 asks for are no part of it."
    )


def main(given: Sequence[str] | None = None) -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scanning", description=__doc__)
    parser.add_argument("--agreements", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=20, help="additions of each agreement")
    parser.add_argument("--latency-ms", type=int, default=50)
    parser.add_argument("--in-flight", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(given)
    with TemporaryDirectory() as folder:
        results = [run(case, Path(folder), asked) for case in CASES]
    if asked.json:
        answer({"scans": results})
    else:
        _show(results, asked)


if __name__ == "__main__":
    main()
