"""Compare SeatSync's reader of exports with parsers alone, which understand nothing of what they read."""

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

from benchmarks.child import measure, peak_mb
from benchmarks.exports import NARROW, WIDE
from benchmarks.tables import answer, say, table

_HEADER: Final = (
    "export",
    "rows",
    "file MB",
    "reader",
    "seconds",
    "CPU",
    "of floor",
    "MB for it",
    "MB in all",
)
_WARM_UP: Final = b"Tenant,License,Users\nContoso,Email Protect,5\n"


@dataclass(frozen=True, slots=True)
class Export:
    """An export to make, and the parser that is the floor of what reading it can cost."""

    name: str
    columns: tuple[str, ...]
    rows: int
    floor: str


EXPORTS: Final = (
    Export("narrow.csv", NARROW, 50_000, "pandas"),
    Export("wide.csv", WIDE, 175_000, "pandas"),
    Export("long.csv", WIDE, 400_000, "pandas"),
    Export("narrow.xlsx", NARROW, 50_000, "calamine"),
    Export("wide.xlsx", WIDE, 50_000, "calamine"),
)


def seatsync(content: bytes, name: str) -> int:
    """Read an export with all its checks; return the number of seat rows."""
    from seatsync.vendor_export import read_export

    return len(read_export(name, content).seat_rows)


def pandas(content: bytes, _name: str) -> int:
    """Parse comma-separated text into a frame of texts; return the number of rows."""
    from pandas import read_csv

    return len(read_csv(io.BytesIO(content), dtype=str))


def calamine(content: bytes, _name: str) -> int:
    """Parse the first sheet of a workbook into lists; return the number of rows below the header."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return len(book.get_sheet_by_index(0).to_python()) - 1


READERS: Final[dict[str, Callable[[bytes, str], int]]] = {
    "SeatSync": seatsync,
    "pandas": pandas,
    "calamine": calamine,
}


def run(reader: str, file: str) -> dict[str, Any]:
    """Read the file once; seconds without imports, and the peak before the file was opened."""
    read = READERS[reader]
    if reader != "calamine":
        read(_WARM_UP, "warm-up.csv")
    if file.endswith(".xlsx"):
        import_module("python_calamine")
    before = peak_mb()
    started, used = perf_counter(), process_time()
    found = read(Path(file).read_bytes(), Path(file).name)
    seconds, cpu = perf_counter() - started, process_time() - used
    return {"rows": found, "seconds": seconds, "cpu": cpu, "before_mb": before}


def calibrate() -> float:
    """Return the seconds that five million additions take, so that figures of two moments can be compared."""
    started, total = process_time(), 0
    for number in range(5_000_000):
        total += number
    return process_time() - started


def compare(export: Export, folder: Path, repeat: int) -> list[dict[str, Any]]:
    """Make the export and read it with both readers, each time in a fresh process; medians.

    Raises:
        SystemExit: a reader did not find all the rows.
    """
    file = folder / export.name
    made = measure("exports.make", file=str(file), columns=export.columns, count=export.rows)
    results = []
    for reader in ("SeatSync", export.floor):
        runs = [measure("reading.run", reader=reader, file=str(file)) for _ in range(repeat)]
        if {each["rows"] for each in runs} != {export.rows}:
            raise SystemExit(f'{reader} read {runs[0]["rows"]} of the {export.rows} rows of "{export.name}".')
        results.append(
            {
                "export": export.name,
                "rows": export.rows,
                "file_mb": made["size"] / 1e6,
                "reader": reader,
                "seconds": median(each["seconds"] for each in runs),
                "cpu": median(each["cpu"] for each in runs),
                "grown_mb": median(each["peak_mb"] - each["before_mb"] for each in runs),
                "peak_mb": median(each["peak_mb"] for each in runs),
            }
        )
    floor = results[-1]["seconds"]
    return [{**result, "of_floor": result["seconds"] / floor} for result in results]


def _show(results: Sequence[dict[str, Any]], calibration: float) -> None:
    cells = [
        (
            each["export"],
            f"{each['rows']:,}",
            f"{each['file_mb']:.1f}",
            each["reader"],
            f"{each['seconds']:.2f}",
            f"{each['cpu']:.2f}",
            f"{each['of_floor']:.1f}",
            f"{each['grown_mb']:.0f}",
            f"{each['peak_mb']:.0f}",
        )
        for each in results
    ]
    table(_HEADER, cells)
    say("The floor is the parser alone: every cell as it is, nothing checked. MB for it: rise of the peak.")
    say(f"Five million additions took {calibration:.2f} s of CPU here and now.")


def main(given: Sequence[str] | None = None) -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="fresh processes per reader; the median counts")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(given)
    calibration = calibrate()
    with TemporaryDirectory() as folder:
        results = [each for export in EXPORTS for each in compare(export, Path(folder), max(1, asked.repeat))]
    if asked.json:
        answer({"exports": results, "calibration": calibration})
    else:
        _show(results, calibration)


if __name__ == "__main__":
    main()
