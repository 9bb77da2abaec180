"""Find the few names of a long list that could be the one asked for, without comparing them all."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import islice, takewhile
from typing import NamedTuple

from seatsync.name_pairs import LONGEST_SHORT, WORTH, Likeness, likeness_of, slips, starts_words, worth_of
from seatsync.name_words import BACKGROUND_NAMES, STOP_WORDS, word_counts
from seatsync.names import NameForm, initials

_SCANNED = 700  # entries of word lists read for one name, so that "bank" does not cost a pass over all banks
_LONGEST_LIST = 5000
_KEPT = 18
_KEPT_SIDE = 5
_WORTHLESS = 0.3  # of the most shared weight: what shares less has no chance
_ACRONYM = 0.6
_FEWEST = 0.3
_STOP = 0.5
_STEM = 4
_SIZES = (2, 3, 4, 5)

Positions = Sequence[int]


class Weights(dict[str, float]):
    """How much a word tells: the logarithm of how rare it is among the listed and the background names."""

    def __init__(self, listed: Counter[str], names: int) -> None:
        self._names = BACKGROUND_NAMES + names
        counts = word_counts()
        super().__init__((word, self._weight(word, n + counts.get(word, 0))) for word, n in listed.items())

    def __missing__(self, word: str) -> float:
        weight = self[word] = self._weight(word, word_counts().get(word, 0))
        return weight

    def _weight(self, word: str, names_with_it: int) -> float:
        weight = max(_FEWEST, math.log((self._names + 1) / (names_with_it + 0.5)))
        return min(weight, _STOP) if word in STOP_WORDS else weight


class _Gain(NamedTuple):
    """What each form of a word list gains; ``word`` is the word that all of them hold, if it is one."""

    held: Positions
    weight: float
    word: str = ""


class NameLookup:
    """Word lists over name forms, each form known by its position."""

    def __init__(self, forms: Sequence[NameForm], names: int) -> None:
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_joined: dict[str, list[int]] = defaultdict(list)
        self._by_initials: dict[str, list[int]] = defaultdict(list)
        self._by_beginnings: dict[str, list[int]] = defaultdict(list)
        for position, form in enumerate(forms):
            for word in dict.fromkeys(form.words):
                self._by_word[word].append(position)
            for joined in _joined(form):
                self._by_joined[joined].append(position)
            telling = _telling(form.words)
            for key in _beginning_keys(form.words, telling):
                self._by_beginnings[key].append(position)
            for short in _acronyms(form, telling):
                self._by_initials[short].append(position)
        self._forms = forms
        self._joined = sorted(self._by_joined)
        self.weights = Weights(Counter({word: len(held) for word, held in self._by_word.items()}), names)
        self._totals = [sum(self.weights[word] for word in form.words) for form in forms]
        self._buckets: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._by_word):
            for key in _keys(word):
                self._buckets[key].append(word)
        self._like: dict[str, list[tuple[str, Likeness]]] = {}

    def holding(self, words: Iterable[str]) -> list[int]:
        """Return the forms that contain all the words."""
        first, *others = sorted(words, key=lambda word: len(self._by_word.get(word, ())))
        held = self._by_word.get(first, ())
        return [at for at in held if all(word in self._forms[at].words for word in others)]

    def candidates(self, form: NameForm) -> list[int]:
        """Return the forms that could be meant: those that share most, and those with the same letters."""
        gains = [gain for word in dict.fromkeys(form.words) for gain in self._gains(word)]
        found = self._likely(form, self._shared([*gains, *self._gains_of_initials(form)]))
        first = form.words[0]
        if first not in self._by_word:
            found += self._abbreviated(first, _KEPT if len(form.words) == 1 else _KEPT_SIDE)
        if len(form.words) == 1:
            found += self._by_initials.get(first, ())[:_KEPT]
            found += self._starting(first)
        for joined in _joined(form):
            found += self._by_joined.get(joined, ())[:_KEPT]
        return list(dict.fromkeys(found))

    def _shared(self, gains: Iterable[_Gain]) -> dict[int, float]:
        """Add up what the forms share, over the shortest word lists; the others only for forms met there."""
        shared: dict[int, float] = defaultdict(float)
        scanned = 0
        rest = []
        for gain in sorted(gains, key=lambda gain: (len(gain.held), -gain.weight, gain.word)):
            if scanned and scanned + len(gain.held) > _SCANNED:
                rest.append(gain)
                continue
            scanned += len(gain.held)
            for position in gain.held[:_LONGEST_LIST]:
                shared[position] += gain.weight
        shared = _worthwhile(shared)
        for _, weight, word in rest:
            for position in shared:
                if word in self._forms[position].words:
                    shared[position] += weight
        return _worthwhile(shared)

    def _likely(self, form: NameForm, shared: Mapping[int, float]) -> list[int]:
        """Return the best by agreement of both names, then by how much of either name is found."""
        ours = sum(self.weights[word] for word in form.words)
        totals = self._totals
        best = [(-worth / (ours + totals[at]), at) for at, worth in shared.items()]
        if len(best) > _KEPT:
            most = [(-worth, at) for at, worth in shared.items()]
            whole = [(-worth * min(1.0, worth / totals[at]), at) for at, worth in shared.items()]
            best = nsmallest(_KEPT, best) + nsmallest(_KEPT_SIDE, most) + nsmallest(_KEPT_SIDE, whole)
        return [at for _, at in best]

    def _gains(self, word: str) -> Iterator[_Gain]:
        """Yield the forms with the word, with a like one, and with words whose initials it is."""
        weights = self.weights
        if word in self._by_word:
            yield _Gain(self._by_word[word], weights[word], word)
        for like, kind in self._similar(word):
            yield _Gain(self._by_word[like], WORTH[kind] * min(weights[word], weights[like]), like)
        if 3 <= len(word) <= _SIZES[-1] and word in self._by_initials:
            yield _Gain(self._by_initials[word], _ACRONYM * weights[word])

    def _gains_of_initials(self, form: NameForm) -> Iterator[_Gain]:
        """Yield the forms with a word that is the initials of a run of the name's words."""
        for start in range(len(form.words)):
            for size in _SIZES:
                run = form.words[start : start + size]
                letters = "".join(word[0] for word in run)
                if len(run) == size and letters in self._by_word:
                    rarest = max(self.weights[word] for word in run)
                    worth = worth_of(Likeness.INITIALS, size) * rarest
                    yield _Gain(self._by_word[letters], worth, letters)

    def _starting(self, letters: str) -> list[int]:
        """Return the forms that start with the letters when written as one word, the shortest first."""
        start = bisect_left(self._joined, letters)
        run = list(takewhile(lambda joined: joined.startswith(letters), self._joined[start : start + 500]))
        run.sort(key=lambda joined: (len(joined), joined))
        return [position for joined in run[:_KEPT] for position in self._by_joined[joined]]

    def _abbreviated(self, letters: str, most: int) -> list[int]:
        """Return the forms that the letters can be made of, by the beginnings of their words."""
        if not (3 <= len(letters) <= LONGEST_SHORT and letters.isalpha()):
            return []
        possible = (at for key in _possible_keys(letters) for at in self._by_beginnings.get(key, ()))
        return list(islice((at for at in islice(possible, _SCANNED) if self._begins(letters, at)), most))

    def _begins(self, letters: str, at: int) -> bool:
        words = self._forms[at].words
        telling = _telling(words)
        return starts_words(letters, words) or (telling != words and starts_words(letters, telling))

    def split(self, letters: str) -> tuple[str, ...]:
        """Cut a word such as a domain into known words; empty when no listed one is among them."""
        known = word_counts()
        # For each length, the least cost and its words; an unknown letter costs more than a known word.
        best: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
        for end in range(1, len(letters) + 1):
            choices = []
            for start in range(max(0, end - 16), end):
                piece = letters[start:end]
                if len(piece) > 2 and (piece in self._by_word or piece in known):
                    cost = 1.0
                else:
                    cost = 1.0 + 1.5 * len(piece)
                choices.append((best[start][0] + cost, (*best[start][1], piece)))
            best.append(min(choices))
        words = best[-1][1]
        return (
            words if len(words) > 1 and any(len(word) > 3 and word in self._by_word for word in words) else ()
        )

    def _similar(self, word: str) -> list[tuple[str, Likeness]]:
        """Return the listed words that are like the word, and how."""
        if word not in self._like:
            start, *end = (self._buckets.get(key, []) for key in _keys(word))
            near = {other for other in start if _comparable(word, other)}
            near.update(slips(word, start), *(slips(word, others) for others in end))
            kinds = ((other, likeness_of(word, other)) for other in sorted(near - {word}))
            self._like[word] = [(other, kind) for other, kind in kinds if kind is not None]
        return self._like[word]


def _comparable(word: str, other: str) -> bool:
    """Say, at little cost, whether one word could be a form of the other; no rare one is of a common one."""
    counts = word_counts()
    if other in counts:
        return True
    return len(other) < len(word) if word in counts else other.startswith(word[:_STEM])


def _worthwhile(shared: dict[int, float]) -> dict[int, float]:
    """Leave out what shares too little beside the best to have a chance."""
    least = _WORTHLESS * max(shared.values(), default=0.0)
    return {at: worth for at, worth in shared.items() if worth >= least}


def _beginning_keys(words: tuple[str, ...], telling: tuple[str, ...]) -> Iterable[str]:
    """Return the keys under which a form is found by the beginnings of its first words.

    Two words are as common as their initials: one of them is keyed by two letters.
    """
    keys = set()
    for run in {words, telling}:
        if len(run) > 1:
            first, second = run[:2]
            keys |= {f"{first[:2]}-{second[0]}", f"{first[0]}-{second[:2]}"}
            keys.add("".join([word[0] for word in run[:3]]))
    return keys


def _possible_keys(letters: str) -> Iterable[str]:
    """Return the keys of all ways in which the letters can be beginnings of two words, or of three."""
    keys = [f"{letters[0]}-{letters[1:3]}", *(f"{letters[:2]}-{letter}" for letter in letters[2:])]
    rest = letters[1:]
    keys += [letters[0] + one + two for at, one in enumerate(rest) for two in rest[at + 1 :]]
    return dict.fromkeys(keys)


def _telling(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in STOP_WORDS)


def _acronyms(form: NameForm, telling: tuple[str, ...]) -> Iterable[str]:
    """Return the initials of the whole name and of runs of three to five of its words."""
    whole = initials(form.words)
    if form.literal != form.words:
        whole |= initials(form.literal)
    letters = "".join([word[0] for word in telling])
    count = len(letters) + 1
    return whole.union([letters[at : at + size] for size in (3, 4, 5) for at in range(count - size)])


def _joined(form: NameForm) -> Iterable[str]:
    """Return the ways to write the form as one word."""
    joined = "".join(form.words)
    return (joined,) if form.literal == form.words else dict.fromkeys((joined, "".join(form.literal)))


def _keys(word: str) -> tuple[str, ...]:
    """Return what two like words share: the first three or the last four letters."""
    return (f"{word[:3]}-", f"-{word[-4:]}") if len(word) > 3 else (f"{word[:3]}-",)
