"""Compare SeatSync's matcher with its peers: what is matched, what is wrong, how long it takes."""

import argparse
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from benchmarks.child import measure
from benchmarks.methods import METHODS, OURS, SLOWEST
from benchmarks.name_sets import OWN, NameSet, draws, load, recombine
from benchmarks.scoring import Answer, Score, score
from benchmarks.tables import answer, percent, say, table

_HEADER: Final = (
    "method",
    "auto",
    "wrong",
    "absent",
    "same",
    "precision %",
    "95 %",
    "recall %",
    "ambig. %",
    "unm. %",
    "in five %",
    "seconds",
    "of WRatio",
    "MB",
)
_SIZE_HEADER: Final = ("method", "tenants x companies", "index s", "queries s", "seconds", "MB")
_LEGEND: Final = (
    "auto: automatic matches; absent: of the wrong ones, those whose company is not in the list; same: names",
    "that several companies bear, matched all the same (not in the other counts); in five: the truth is the",
    "match or one of five candidates. A tie for the best is ambiguous. Seconds: index and queries, without",
    "imports. The all-pairs scorers use two threads and no cut-off, since they rank; SeatSync uses one.",
)
_HASH_SEEDS: Final = ("0", "1", "random", "random")


@dataclass(frozen=True, slots=True)
class Result:
    """What one method did with a set of names; ``peak_mb`` is of the whole process."""

    method: str
    score: Score
    index_seconds: float
    query_seconds: float
    peak_mb: float

    @property
    def seconds(self) -> float:
        """Index and queries together."""
        return self.index_seconds + self.query_seconds

    def as_json(self) -> dict[str, Any]:
        """Return the figures under stable names."""
        return {
            "method": self.method,
            **self.score.as_json(),
            "index_seconds": self.index_seconds,
            "query_seconds": self.query_seconds,
            "peak_mb": self.peak_mb,
        }


def compare(sets: Sequence[NameSet], methods: Iterable[str]) -> list[Result]:
    """Run each method in a process of its own over all sets; the counts are pooled."""
    rounds = [(names.companies, [query.name for query in names.queries]) for names in sets]
    queries = [query for names in sets for query in names.queries]
    results = []
    for method in methods:
        done = measure("methods.run", method=method, rounds=rounds)
        answers = [
            Answer(chosen, ambiguous, ranked if ranked is None else tuple(ranked))
            for each in done["answers"]
            for chosen, ambiguous, ranked in each
        ]
        counted = score(zip(queries, answers, strict=True))
        results.append(Result(method, counted, done["index_seconds"], done["query_seconds"], done["peak_mb"]))
    return results


def is_deterministic(names: NameSet) -> bool:
    """Say whether order of input and hash seed leave every verdict of SeatSync as it is."""
    asked = [query.name for query in names.queries]
    hashes = {
        measure("methods.digest", hash_seed=seed, companies=names.companies, queries=asked, order=order)[
            "sha256"
        ]
        for order, seed in enumerate(_HASH_SEEDS)
    }
    return len(hashes) == 1


def _show(results: Sequence[Result]) -> None:
    slowest = next((result.seconds for result in results if result.method == SLOWEST), None)
    rows = []
    for result in results:
        counts = result.score
        shares = counts.as_json()
        low, high = counts.interval or (None, None)
        rows.append(
            (
                result.method,
                str(counts.automatic),
                str(counts.wrong),
                str(counts.wrong_absent),
                f"{counts.same_name_matched}/{counts.same_name}" if counts.same_name else "-",
                percent(counts.precision, 2),
                f"{percent(low)}-{percent(high)}" if counts.interval else "-",
                percent(counts.recall),
                percent(shares["ambiguous"]),
                percent(shares["unmatched"]),
                percent(counts.found),
                f"{result.seconds:.2f}",
                f"{result.seconds / slowest:.3f}" if slowest else "-",
                f"{result.peak_mb:.0f}",
            )
        )
    table(_HEADER, rows)


def _quality(names: NameSet, sets: Sequence[NameSet], methods: Sequence[str], *, as_json: bool) -> None:
    results = compare(sets, methods)
    same = is_deterministic(names) if OURS in methods else None
    size = f"{len(sets[0].queries):,} x {len(sets[0].companies):,}"
    if as_json:
        answer(
            {
                "tenants": len(sets[0].queries),
                "companies": len(sets[0].companies),
                "draws": len(sets),
                "deterministic": same,
                "methods": [result.as_json() for result in results],
            }
        )
        return
    present, total = results[0].score.present, results[0].score.total
    drawn = f", {len(sets)} draws, pooled" if len(sets) > 1 else ""
    say(f"Names: {size}{drawn}; the company is in the list for {present:,} of {total:,} queries.")
    _show(results)
    for line in _LEGEND:
        say(line)
    if len(sets) > 1:
        say("The draws share queries, so the interval of 95 % is narrower than it should be.")
    if same is not None:
        word = "the same" if same else "NOT the same"
        say(f"SeatSync's verdicts are {word} in {len(_HASH_SEEDS)} orders of input and hash seeds.")
    say("")


def _sizes(
    names: NameSet, sizes: Iterable[tuple[int, int]], methods: Sequence[str], *, as_json: bool
) -> None:
    rows = []
    for tenants, companies in sizes:
        made = recombine(names, tenants, companies)
        rows += [(tenants, companies, result) for result in compare([made], methods)]
    if as_json:
        kept = ("method", "index_seconds", "query_seconds", "peak_mb")
        answer(
            {
                "sizes": [
                    {"tenants": tenants, "companies": companies}
                    | {name: figure for name, figure in result.as_json().items() if name in kept}
                    for tenants, companies, result in rows
                ]
            }
        )
        return
    say("Time and memory alone, on recombined names:")
    table(
        _SIZE_HEADER,
        [
            (
                result.method,
                f"{tenants:,} x {companies:,}",
                f"{result.index_seconds:.2f}",
                f"{result.query_seconds:.2f}",
                f"{result.seconds:.2f}",
                f"{result.peak_mb:.0f}",
            )
            for tenants, companies, result in rows
        ],
    )
    say("")


def size(text: str) -> tuple[int, int]:
    """Read "tenants x companies", as in 3000x15000.

    Raises:
        ArgumentTypeError: the text is something else.
    """
    found = re.fullmatch(r"([1-9]\d{0,6})x([1-9]\d{0,6})", text)
    if not found:
        raise argparse.ArgumentTypeError(f'"{text}" is no size; write it as in 3000x15000')
    return int(found[1]), int(found[2])


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--data", type=Path, default=OWN, help="a folder with queries and companies")
    parser.add_argument("--small", type=int, nargs="?", const=60, metavar="DRAWS", help="100 x 500, pooled")
    parser.add_argument("--size", type=size, action="append", metavar="NxM", help="time alone, made names")
    parser.add_argument("--method", choices=METHODS, action="append", help="this method alone; repeatable")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Measure and show."""
    asked = _arguments(given)
    methods = asked.method or ([OURS] if asked.size else list(METHODS))
    if set(methods) != {OURS} and not (find_spec("cleanco") and find_spec("sklearn")):
        raise SystemExit("The peers are not installed. Run `make bench` once, or add --method SeatSync.")
    names = load(asked.data)
    if asked.size:
        _sizes(names, asked.size, methods, as_json=asked.json)
        return
    sets = list(draws(names, asked.small)) if asked.small else [names]
    _quality(names, sets, methods, as_json=asked.json)


if __name__ == "__main__":
    main()
