"""Find the few names of a long list that could be the one asked for, without comparing them all."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from seatsync.name_pairs import likeness_of
from seatsync.name_words import BACKGROUND_NAMES, STOP_WORDS, word_counts
from seatsync.names import NameForm, initials

_SCANNED = 600  # entries of word lists read for one name, so that "bank" does not cost a pass over all banks
_KEPT = 20
_WORTHLESS = 0.4  # of the most shared weight: below this share, a name has no chance
_FEWEST = 0.3
_STOP = 0.5


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


class NameLookup:
    """Word lists over name forms, each form known by its position."""

    def __init__(self, forms: Sequence[NameForm], names: int) -> None:
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_joined: dict[str, list[int]] = defaultdict(list)
        self._by_initials: dict[str, list[int]] = defaultdict(list)
        for position, form in enumerate(forms):
            for word in dict.fromkeys(form.words):
                self._by_word[word].append(position)
            for joined in _joined(form):
                self._by_joined[joined].append(position)
            for short in _acronyms(form):
                self._by_initials[short].append(position)
        self._joined = sorted(self._by_joined)
        self.weights = Weights(Counter({word: len(held) for word, held in self._by_word.items()}), names)
        self._totals = [sum(self.weights[word] for word in form.words) for form in forms]
        self._buckets: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._by_word):
            for key in _keys(word):
                self._buckets[key].append(word)
        self._like: dict[str, list[str]] = {}

    def holding(self, word: str) -> Sequence[int]:
        """Return the forms that contain the word."""
        return self._by_word.get(word, ())

    def starting(self, letters: str) -> list[int]:
        """Return the forms that start with the letters when written as one word, the shortest first."""
        start = bisect_left(self._joined, letters)
        run: list[str] = []
        for joined in self._joined[start : start + 500]:
            if not joined.startswith(letters):
                break
            run.append(joined)
        run.sort(key=lambda joined: (len(joined), joined))
        return [position for joined in run[:_KEPT] for position in self._by_joined[joined]]

    def abbreviated(self, letters: str) -> Sequence[int]:
        """Return the forms whose initials are the letters."""
        return self._by_initials.get(letters, ())

    def candidates(self, form: NameForm) -> list[int]:
        """Return the forms that share the most weight with ``form``, and those with the same letters."""
        shared: dict[int, float] = defaultdict(float)
        scanned = 0
        weights = self.weights
        for word in sorted(set(form.words), key=lambda word: (-weights[word], word)):
            for worth, held in self._worth(word):
                if scanned and scanned + len(held) > _SCANNED:
                    continue
                scanned += len(held)
                for position in held:
                    shared[position] += worth
        for start in range(len(form.words)):
            for size in (2, 3, 4, 5):
                run = form.words[start : start + size]
                held = self._by_word.get("".join(word[0] for word in run), ()) if len(run) == size else ()
                for position in held if len(held) < _SCANNED else ():
                    shared[position] += 0.8 * max(weights[word] for word in run)
        ours = sum(weights[word] for word in form.words)
        totals = self._totals
        least = _WORTHLESS * max(shared.values(), default=0.0)
        best = nsmallest(
            _KEPT, [(-worth / (ours + totals[at]), at) for at, worth in shared.items() if worth >= least]
        )
        found = [position for _, position in best]
        for joined in _joined(form):
            found += self._by_joined.get(joined, ())
        return found

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

    def _worth(self, word: str) -> list[tuple[float, Sequence[int]]]:
        """Return the forms with the word, with a like one, and with words whose initials it is."""
        weights = self.weights
        found: list[tuple[float, Sequence[int]]] = [(weights[word], self._by_word.get(word, ()))]
        found += [
            (0.85 * min(weights[word], weights[like]), self._by_word[like]) for like in self._similar(word)
        ]
        if 3 <= len(word) <= 5 and word in self._by_initials:
            found.append((0.6 * weights[word], self._by_initials[word]))
        return found

    def _similar(self, word: str) -> list[str]:
        """Return the listed words that the word could be a slip or a short form of."""
        if word not in self._like:
            near = sorted({other for key in _keys(word) for other in self._buckets.get(key, ())} - {word})
            self._like[word] = [other for other in near if likeness_of(word, other)]
        return self._like[word]


def _acronyms(form: NameForm) -> Iterable[str]:
    """Return the initials of the whole name and of runs of three to five of its words."""
    whole = initials(form.words) | initials(form.literal)
    letters = "".join(word[0] for word in form.words if word not in STOP_WORDS)
    runs = (letters[at : at + size] for size in (3, 4, 5) for at in range(len(letters) - size + 1))
    return dict.fromkeys((*sorted(whole), *runs))


def _joined(form: NameForm) -> Iterable[str]:
    """Return the ways to write the form as one word."""
    return dict.fromkeys(("".join(form.words), "".join(form.literal)))


def _keys(word: str) -> tuple[str, ...]:
    """Return what two like words share: the first three or the last four letters."""
    return (f"{word[:3]}-", f"-{word[-4:]}") if len(word) > 3 else (f"{word[:3]}-",)
