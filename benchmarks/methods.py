"""The matcher and its peers behind one face: build an index of companies, then answer queries."""

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from benchmarks.name_sets import Company
from benchmarks.scoring import CANDIDATES, Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

Ask = Callable[[Sequence[str]], list[Answer]]
Build = Callable[[Sequence[Company]], Ask]

OURS: Final = "SeatSync"
SLOWEST: Final = "WRatio >= 90"
_BATCH: Final = 64  # queries whose scores against all companies are held at once
_WORKERS: Final = 2  # threads of the all-pairs scorers; SeatSync uses one
_DECIMALS: Final = 6  # scores that differ by less are a tie
_TFIDF_CUT: Final = re.compile(r"[,-./]|\s")


# --- SeatSync ---------------------------------------------------------------------------------------------


def seatsync(companies: Sequence[Company]) -> Ask:
    """Match by the words of the names, with their weights."""
    from seatsync.matching import NameIndex
    from seatsync.status import Decision

    index = NameIndex(companies)

    def ask(queries: Sequence[str]) -> list[Answer]:
        verdicts = map(index.match, queries)
        return [
            Answer(
                verdict.chosen,
                verdict.decision is Decision.AMBIGUOUS,
                tuple(candidate.id for candidate in verdict.candidates),
            )
            for verdict in verdicts
        ]

    return ask


# --- the same text ----------------------------------------------------------------------------------------


def exact(companies: Sequence[Company]) -> Ask:
    """Match names that are equal but for case."""
    return _equal(companies, str.casefold)


def exact_cleaned(companies: Sequence[Company]) -> Ask:
    """Match names that are equal after cleanco and without punctuation."""
    return _equal(companies, _cleaned)


def _equal(companies: Sequence[Company], key: Callable[[str], str]) -> Ask:
    holders: dict[str, list[str]] = defaultdict(list)
    for company, name in companies:
        holders[key(name)].append(company)

    def answer(name: str) -> Answer:
        found = holders.get(key(name), [])
        return Answer(found[0] if len(found) == 1 else None, len(found) > 1)

    return lambda queries: [answer(name) for name in queries]


def _cleaned(name: str) -> str:
    from cleanco import basename
    from rapidfuzz.utils import default_process

    return " ".join((default_process(basename(name)) or default_process(name)).split())


# --- a score for all pairs --------------------------------------------------------------------------------


def token_sort(margin: float = 0) -> Build:
    """Score by sorted words after cleanco; from 90 on, ``margin`` ahead of the next, it is a match."""
    return lambda companies: _fuzzy(companies, "token_sort_ratio", _cleaned, margin)


def wratio(companies: Sequence[Company]) -> Ask:
    """Score by rapidfuzz's default; from 90 on it is a match."""
    from rapidfuzz.utils import default_process

    return _fuzzy(companies, "WRatio", default_process, 0)


def _fuzzy(companies: Sequence[Company], scorer: str, key: Callable[[str], str], margin: float) -> Ask:
    import numpy as np
    from rapidfuzz import fuzz, process

    ids = [company for company, _ in companies]
    names = [key(name) for _, name in companies]

    def scores(queries: Sequence[str]) -> "Scores":
        # No cut-off: the five best are ranked whether or not they reach the limit.
        keys = [key(name) for name in queries]
        return process.cdist(keys, names, scorer=getattr(fuzz, scorer), workers=_WORKERS, dtype=np.float64)

    return lambda queries: list(_pick_each(queries, scores, ids, 90, margin))


def tfidf(companies: Sequence[Company]) -> Ask:
    """Score by the cosine of weighted runs of three letters; from 0.8 on it is a match."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    def runs(name: str) -> list[str]:
        text = _TFIDF_CUT.sub("", name.lower())
        return [text[start : start + 3] for start in range(len(text) - 2)]

    ids = [company for company, _ in companies]
    vectoriser = TfidfVectorizer(analyzer=runs)
    listed = vectoriser.fit_transform([name for _, name in companies]).T.tocsr()

    def scores(queries: Sequence[str]) -> "Scores":
        dense: Scores = (vectoriser.transform(queries) @ listed).toarray()
        return dense

    return lambda queries: list(_pick_each(queries, scores, ids, 0.8, 0))


def _pick_each(
    queries: Sequence[str],
    scores: "Callable[[Sequence[str]], Scores]",
    ids: Sequence[str],
    limit: float,
    margin: float,
) -> "Iterator[Answer]":
    for start in range(0, len(queries), _BATCH):
        for row in scores(queries[start : start + _BATCH]):
            yield pick(row, ids, limit, margin)


def pick(row: "Scores", ids: Sequence[str], limit: float, margin: float) -> Answer:
    """Take the best company if it reaches the limit alone; a tie, or less than the margin, is ambiguous."""
    import numpy as np

    rounded = np.round(row, _DECIMALS)
    top = min(CANDIDATES + 1, len(ids))
    nearest = np.argpartition(-rounded, top - 1)[:top]
    order = sorted(nearest.tolist(), key=lambda at: (-rounded[at], at))
    best, ranked = rounded[order[0]], tuple(ids[at] for at in order[:CANDIDATES])
    if best < limit:
        return Answer(None, False, ranked)
    ahead = best - rounded[order[1]] if len(order) > 1 else best
    alone = ahead > 0 and ahead >= margin
    return Answer(ids[order[0]] if alone else None, not alone, ranked)


METHODS: Final[dict[str, Build]] = {
    OURS: seatsync,
    "exact, any case": exact,
    "exact after cleanco": exact_cleaned,
    "cleanco + token_sort >= 90": token_sort(),
    "the same, margin 5": token_sort(5),
    SLOWEST: wratio,
    "3-gram TF-IDF >= 0.8": tfidf,
}


# --- run in a process of their own ------------------------------------------------------------------------


def run(method: str, rounds: Iterable[tuple[list[Company], list[str]]]) -> dict[str, Any]:
    """Answer the queries of every round; seconds of index and queries, imports not counted.

    A round is a list of (id, name) and a list of names to match.
    """
    build = METHODS[method]
    build([("0", "warm up")])(["warm up"])
    index_seconds = query_seconds = 0.0
    answers = []
    for companies, queries in rounds:
        started = perf_counter()
        ask = build(companies)
        built = perf_counter()
        answers.append([astuple(answer) for answer in ask(queries)])
        index_seconds += built - started
        query_seconds += perf_counter() - built
    return {"answers": answers, "index_seconds": index_seconds, "query_seconds": query_seconds}


def digest(companies: list[Company], queries: list[str], order: int) -> dict[str, str]:
    """Return a hash of all verdicts of SeatSync, reasons included, after shuffling both lists."""
    from seatsync.matching import NameIndex

    chance = random.Random(order)
    chance.shuffle(companies)
    chance.shuffle(queries)
    index = NameIndex((company, name) for company, name in companies)
    lines = sorted(f"{name}\t{index.match(name)!r}" for name in queries)
    return {"sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()}
