"""Compare two names word by word: which words agree, how, and how much weight they carry."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from seatsync.name_words import COMMON, STOP_WORDS, word_counts

_Run = tuple[int, ...]  # positions of neighbouring words
_VOWELS = frozenset("aeiouy")
_SAME_LETTERS = 0.98  # the whole name, but for the gaps between words
_UMLAUT = re.compile("(?<=[^aeiou][aou])e")  # Mueller is Müller, but Bauer is not Baur
_LONGEST_RUN = 7
LONGEST_SHORT = 10  # letters of a word made of the beginnings of others
_SHORTEST_STEM = 4
_CUT_LONG = 20  # a cut-off word is taken for a longer one only if that occurs in this many background names


class Likeness(StrEnum):
    """How two words that differ can still be the same word, or one be made of several."""

    EDIT = "edit"
    UMLAUT = "umlaut"
    CUT = "cut"
    SKELETON = "skeleton"
    JOINED = "joined"
    INITIALS = "initials"
    BEGINNINGS = "beginnings"
    STEM = "stem"


WORTH = {
    Likeness.EDIT: 0.9,
    Likeness.UMLAUT: 0.95,
    Likeness.CUT: 0.9,
    Likeness.SKELETON: 0.8,
    Likeness.JOINED: 0.95,
    Likeness.INITIALS: 0.8,
    Likeness.BEGINNINGS: 0.6,
    Likeness.STEM: 0.5,
}
"""What part of a word's weight agrees. The last two only rank candidates: no rule takes them for certain."""

_FEW_INITIALS = {2: 0.4, 3: 0.65}


def worth_of(likeness: Likeness, letters: int) -> float:
    """Return what part of a word's weight agrees; initials tell the less the fewer they are."""
    worth = WORTH[likeness]
    return _FEW_INITIALS.get(letters, worth) if likeness is Likeness.INITIALS else worth


@dataclass(frozen=True, slots=True)
class Inexact:
    """Two words, or runs of words, that were taken for each other."""

    tenant: str
    company: str
    likeness: Likeness

    @property
    def short(self) -> str:
        """The shorter side."""
        return min(self.tenant, self.company, key=len)


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two names agree.

    ``score`` is 0 to 1. ``tenant_only`` and ``company_only`` are the words left over on each side, stop words
    included. ``heaviest`` is the weight of the rarest agreeing word, ``heaviest_exact`` of the rarest equal
    one.
    """

    score: float
    tenant_only: tuple[str, ...] = ()
    company_only: tuple[str, ...] = ()
    inexact: tuple[Inexact, ...] = ()
    in_order: bool = True
    heaviest: float = 0.0
    heaviest_exact: float = 0.0


def align(tenant: tuple[str, ...], company: tuple[str, ...], weights: Mapping[str, float]) -> Alignment:
    """Pair the words of two names one to one, equal words first, and weigh what agrees."""
    if tenant == company:
        heaviest = max(weights[word] for word in tenant)
        return Alignment(1.0, heaviest=heaviest, heaviest_exact=heaviest)
    if "".join(tenant) == "".join(company):
        parts = max(tenant, company, key=len)
        pair = Inexact(" ".join(tenant), " ".join(company), Likeness.JOINED)
        return Alignment(_SAME_LETTERS, inexact=(pair,), heaviest=max(weights[word] for word in parts))
    return _align_words(tenant, company, weights)


def _align_words(
    tenant: tuple[str, ...], company: tuple[str, ...], weights: Mapping[str, float]
) -> Alignment:
    pairs, ours, theirs = _equal_words(tenant, company)
    exact = [weights[tenant[i]] for i, _ in pairs]
    agreed = sum(exact)
    total = 2 * agreed
    heaviest = heaviest_exact = max(exact, default=0.0)
    inexact: list[Inexact] = []
    for left, right, likeness in _like_words(tenant, company, ours, theirs):
        weight = min(
            max(weights[tenant[i]] for i in left),
            max(weights[company[j]] for j in right),
        )
        pair = Inexact(" ".join(tenant[i] for i in left), " ".join(company[j] for j in right), likeness)
        agreed += worth_of(likeness, len(pair.short)) * weight
        total += 2 * weight
        heaviest = max(heaviest, weight)
        pairs.append((left[0], right[0]))
        inexact.append(pair)
    total += sum(weights[tenant[i]] for i in ours) + sum(weights[company[j]] for j in theirs)
    pairs.sort()
    return Alignment(
        round(2 * agreed / total, 4) if total else 0.0,
        tuple(tenant[i] for i in ours),
        tuple(company[j] for j in theirs),
        tuple(inexact),
        all(before[1] < after[1] for before, after in pairwise(pairs)),
        heaviest,
        heaviest_exact,
    )


def _equal_words(
    tenant: tuple[str, ...], company: tuple[str, ...]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair equal words; return the pairs and the positions left over on both sides."""
    theirs = list(range(len(company)))
    pairs: list[tuple[int, int]] = []
    ours: list[int] = []
    for i, word in enumerate(tenant):
        found = next((j for j in theirs if company[j] == word), None) if word in company else None
        if found is None:
            ours.append(i)
        else:
            theirs.remove(found)
            pairs.append((i, found))
    return pairs, ours, theirs


def _like_words(
    tenant: tuple[str, ...], company: tuple[str, ...], ours: list[int], theirs: list[int]
) -> list[tuple[_Run, _Run, Likeness]]:
    """Pair what is left over by likeness, best first, and take it off both lists."""
    if not ours or not theirs:
        return []
    found: list[tuple[float, _Run, _Run, Likeness]] = []
    for i in ours:
        word = tenant[i]
        for j in theirs:
            other = company[j]
            if word[0] == other[0] or word[-4:] == other[-4:]:
                likeness = likeness_of(word, other)
                if likeness:
                    found.append((-WORTH[likeness], (i,), (j,), likeness))
        found += [(-WORTH[kind], (i,), run, kind) for run, kind in _runs(word, company, theirs)]
    for j in theirs:
        found += [(-WORTH[kind], run, (j,), kind) for run, kind in _runs(company[j], tenant, ours)]
    taken: list[tuple[_Run, _Run, Likeness]] = []
    for _, some, other_run, likeness in sorted(found):
        if all(i in ours for i in some) and all(j in theirs for j in other_run):
            taken.append((some, other_run, likeness))
            ours[:] = [i for i in ours if i not in some]
            theirs[:] = [j for j in theirs if j not in other_run]
    return taken


def _runs(word: str, words: tuple[str, ...], left: list[int]) -> list[tuple[_Run, Likeness]]:
    """Return the runs of neighbours that the word is made of."""
    found = []
    for start in left:
        if words[start][0] != word[0]:
            continue
        run = [start]
        for end in range(start + 1, min(start + _LONGEST_RUN, len(words))):
            if end not in left:
                break
            run.append(end)
            likeness = _made_of(word, [words[i] for i in run])
            if likeness:
                found.append((tuple(run), likeness))
    return found


def _made_of(word: str, pieces: Sequence[str]) -> Likeness | None:
    """Say how a word can be made of others: of all their letters, their initials, or their beginnings."""
    if word == "".join(pieces):
        return Likeness.JOINED
    telling = [piece for piece in pieces if piece not in STOP_WORDS]
    for parts in (pieces, telling):
        if len(parts) > 1 and word == "".join(part[0] for part in parts):
            return Likeness.INITIALS
    if 2 < len(word) <= LONGEST_SHORT:
        for parts in (pieces, telling):
            if starts_words(word, parts) and not starts_words(word, parts[:-1]):
                return Likeness.BEGINNINGS
    return None


def starts_words(letters: str, words: Sequence[str]) -> bool:
    """Say whether the letters are a beginning of the first word, one of the next, and so on; two at least."""
    if len(words) < 2 or words[1][0] not in letters:
        return False
    ends = {0}
    for count, word in enumerate(words):
        reached = set()
        for start in ends:
            for end in range(start + 1, min(start + len(word), len(letters)) + 1):
                if letters[end - 1] != word[end - 1 - start]:
                    break
                reached.add(end)
        if not reached:
            return False
        if count and len(letters) in reached:
            return True
        ends = reached
    return False


@lru_cache(maxsize=65_536)
def likeness_of(word: str, other: str) -> Likeness | None:
    """Say how two words can be the same: a slip of one letter, a cut-off, the consonants alone, the stem."""
    short, long = (word, other) if len(word) < len(other) else (other, word)
    size = len(short)
    if size < 2 or not (word.isalpha() and other.isalpha()):
        return None
    counts = word_counts()
    common = counts.get(long, 0)
    # "tech" is cut off "technology"; "health", more common than "healthcare", is a word of its own.
    if common >= _CUT_LONG and size >= 3 and long.startswith(short) and common >= counts.get(short, 0):
        return Likeness.CUT
    if size >= 4 and _UMLAUT.sub("", long) == _UMLAUT.sub("", short):
        return Likeness.UMLAUT
    if size >= 5 and len(long) - size < 2 and OSA.distance(short, long, score_cutoff=1) == 1:
        return Likeness.EDIT
    if common >= COMMON and size >= 3 and _is_skeleton(short, long):
        return Likeness.SKELETON
    stem = max(_SHORTEST_STEM, (7 * size + 9) // 10)
    if size >= stem and long.startswith(short[:stem]):
        return Likeness.STEM
    return None


def slips(word: str, others: Sequence[str]) -> list[str]:
    """Return those of the other words that are one slip away."""
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=1, limit=None)
    return [other for other, _, _ in found]


def _is_skeleton(short: str, long: str) -> bool:
    """Say whether ``short`` is the first letter and, in order, consonants of ``long``: bldg, building."""
    if short[0] != long[0] or len(long) < len(short) + 2 or _VOWELS & set(short[1:]):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
