"""Count what a method of matching got right, and how sure that count is."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from benchmarks.name_sets import Query

CANDIDATES = 5
_Z = 1.959964  # of the standard normal distribution, for an interval of 95 %


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method made of one name: ``ranked`` are ids, best first, None where a method has no ranking.

    ``chosen`` is None unless matched; then ``ambiguous`` tells whether a person would be asked.
    """

    chosen: str | None
    ambiguous: bool
    ranked: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of queries; those whose name several companies bear are counted apart, in ``same_name``.

    ``present`` are the queries whose company is in the list, ``same_name_matched`` were matched all the same.
    """

    total: int
    present: int
    automatic: int
    wrong: int
    wrong_absent: int
    ambiguous: int
    in_five: int | None
    same_name: int
    same_name_matched: int

    @property
    def precision(self) -> float | None:
        """Right among the automatic matches."""
        return (self.automatic - self.wrong) / self.automatic if self.automatic else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The precision's Wilson interval, 95 %."""
        return wilson(self.automatic - self.wrong, self.automatic) if self.automatic else None

    @property
    def recall(self) -> float | None:
        """Right automatic matches among the queries whose company is in the list."""
        return (self.automatic - self.wrong) / self.present if self.present else None

    @property
    def found(self) -> float | None:
        """The truth is the match or one of five candidates, among the queries whose company is listed."""
        return self.in_five / self.present if self.present and self.in_five is not None else None

    def as_json(self) -> dict[str, Any]:
        """Return counts and shares under stable names."""
        return {
            "queries": self.total,
            "present": self.present,
            "automatic": self.automatic,
            "wrong": self.wrong,
            "wrong_absent": self.wrong_absent,
            "precision": self.precision,
            "precision_interval": self.interval,
            "recall": self.recall,
            "ambiguous": self.ambiguous / self.total,
            "unmatched": (self.total - self.automatic - self.ambiguous) / self.total,
            "truth_in_five": self.found,
            "same_name": self.same_name,
            "same_name_matched": self.same_name_matched,
        }


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share; ``total`` is above 0."""
    share = right / total
    spread = _Z * sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    middle = share + _Z**2 / (2 * total)
    scale = 1 + _Z**2 / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def score(judged: Iterable[tuple[Query, Answer]]) -> Score:
    """Count the answers; a name that several companies bear has no right match, so it is counted apart."""
    same: list[Answer] = []
    pairs: list[tuple[Query, Answer]] = []
    for query, answer in judged:
        if query.same_name:
            same.append(answer)
        else:
            pairs.append((query, answer))
    matched = [(query, answer) for query, answer in pairs if answer.chosen is not None]
    wrong = [query for query, answer in matched if answer.chosen != query.truth]
    present = [(query, answer) for query, answer in pairs if query.truth]
    ranks = all(answer.ranked is not None for _, answer in pairs)
    return Score(
        total=len(pairs),
        present=len(present),
        automatic=len(matched),
        wrong=len(wrong),
        wrong_absent=sum(not query.truth for query in wrong),
        ambiguous=sum(answer.ambiguous for _, answer in pairs),
        in_five=sum(_finds(query, answer) for query, answer in present) if ranks else None,
        same_name=len(same),
        same_name_matched=sum(answer.chosen is not None for answer in same),
    )


def _finds(query: Query, answer: Answer) -> bool:
    return query.truth == answer.chosen or query.truth in (answer.ranked or ())[:CANDIDATES]
