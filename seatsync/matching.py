"""Match a tenant's name to one company, with the reason; a doubtful name is left to a person."""

import functools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from seatsync.name_lookup import NameLookup
from seatsync.name_pairs import Alignment, align
from seatsync.name_reasons import quoted, say_agreement, say_doubt
from seatsync.name_rules import REVIEW, Case, Fit, Rule, find_rule
from seatsync.name_words import STOP_WORDS
from seatsync.names import NameForm, ReadName, form_of, read_name
from seatsync.status import Decision

Id = TypeVar("Id", bound=Hashable)

SHOWN = 5
_NAMESAKES = 25  # companies of one name that are looked at; more change nothing
_GUESS = 0.95  # what a domain cut into words is worth beside words that somebody wrote

# In a list of candidates it counts, beside what agrees of both names, how much of the tenant's name is found
# and whether the rarest word is: a long name may hold a short one whole.
_FOUND = 0.2
_RAREST = 0.3


@dataclass(frozen=True, slots=True)
class Scored(Generic[Id]):
    """A company that could be meant; ``score`` is 0 to 1."""

    id: Id
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Id]):
    """What became of one tenant name: ``chosen`` is None unless matched; ``candidates`` are best first."""

    decision: Decision
    chosen: Id | None
    score: float
    reason: str
    candidates: tuple[Scored[Id], ...]


class NameIndex(Generic[Id]):
    """The names of all companies, made ready to be matched; each id occurs once."""

    def __init__(self, names: Iterable[tuple[Id, str]]) -> None:
        # Sorted, so that the order in which the companies were read decides nothing.
        self._companies = sorted(names, key=lambda entry: (entry[1], str(entry[0])))
        self._same_text: dict[str, list[int]] = defaultdict(list)
        self._same_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._forms: list[NameForm] = []
        self._owners: list[int] = []
        self._parts: set[int] = set()
        for company, (_, name) in enumerate(self._companies):
            read = read_name(name)
            if read.forms:
                self._same_text[read.text].append(company)
                self._same_words[read.forms[0].words].append(company)
            self._parts.update(range(len(self._forms) + 1, len(self._forms) + len(read.forms)))
            self._forms += read.forms
            self._owners += [company] * len(read.forms)
        self._lookup = NameLookup(self._forms, len(self._companies))

    def match(self, name: str) -> Verdict[Id]:
        """Decide which company the name means."""
        read = read_name(name)
        if not read.forms:
            return Verdict(Decision.UNMATCHED, None, 0.0, "The name has no letter or digit to compare.", ())
        fits = self._fits(read)
        if not fits:
            reason = f"No company shares a telling word with {quoted(read.forms[0])}."
            return Verdict(Decision.UNMATCHED, None, 0.0, reason, ())
        rule = self._rule(self._case(read, fits))
        first = 1 if rule else 0
        ranked = fits[:first] + sorted(fits[first:], key=_by_likeness)
        most = ranked[0].likeness
        candidates = tuple(
            Scored(*self._companies[fit.company], min(fit.likeness, most)) for fit in ranked[:SHOWN]
        )
        names = [self._companies[fit.company][1] for fit in ranked]
        if rule:
            reason = say_agreement(rule, name, names, ranked)
            chosen = self._companies[ranked[0].company][0]
            return Verdict(Decision.MATCHED, chosen, ranked[0].likeness, reason, candidates)
        decision = Decision.AMBIGUOUS if ranked[0].likeness >= REVIEW else Decision.UNMATCHED
        reason = say_doubt(self._case(read, ranked), names, ranked)
        return Verdict(decision, None, ranked[0].likeness, reason, candidates)

    # --- find and score -----------------------------------------------------------------------------------

    def _fits(self, read: ReadName) -> list[Fit]:
        """Return the companies that could be meant, each in its best form, best first."""
        best: dict[int, Fit] = {}
        for at, ours in enumerate(read.forms):
            self._keep_best(best, ours, partial=at > 0)
        if read.is_domain:
            letters = "".join(read.forms[0].words)
            pieces = self._lookup.split(letters)
            if pieces:
                self._keep_best(best, form_of(pieces), guessed=True)
        same = self._same_text.get(read.text, ())
        for company in same[:_NAMESAKES]:
            form = read.forms[0]
            best[company] = Fit(1.0, 1.0, company, form, form, self._align(form, form))
        return sorted(best.values(), key=lambda fit: (-fit.score, fit.company not in same, fit.company))

    def _keep_best(
        self, best: dict[int, Fit], ours: NameForm, *, guessed: bool = False, partial: bool = False
    ) -> None:
        for position in self._lookup.candidates(ours):
            company, theirs = self._owners[position], self._forms[position]
            alignment = self._align(ours, theirs)
            score = round(alignment.score * _GUESS, 4) if guessed else alignment.score
            if company not in best or score > best[company].score:
                likeness = self._likeness(score, ours, theirs, alignment)
                both = partial and position in self._parts
                best[company] = Fit(score, likeness, company, ours, theirs, alignment, guessed, both)

    def _align(self, ours: NameForm, theirs: NameForm) -> Alignment:
        weights = self._lookup.weights
        if ours.words != theirs.words and "".join(ours.literal) == "".join(theirs.literal):
            return align(ours.literal, theirs.literal, weights)
        return align(ours.words, theirs.words, weights)

    def _likeness(self, score: float, ours: NameForm, theirs: NameForm, agreed: Alignment) -> float:
        weights = self._lookup.weights
        left = sum(weights[word] for word in agreed.tenant_only)
        found = max(0.0, 1 - left / sum(weights[word] for word in ours.words))
        rarest = max(weights[word] for word in ours.words + theirs.words)
        rare = min(1.0, agreed.heaviest / rarest)
        return round((score + _FOUND * found + _RAREST * rare) / (1 + _FOUND + _RAREST), 4)

    # --- decide -------------------------------------------------------------------------------------------

    def _case(self, read: ReadName, fits: Sequence[Fit]) -> Case:
        best, weights = fits[0], self._lookup.weights
        margin = best.score - (fits[1].score if len(fits) > 1 else 0.0)
        together = sum(weights[word] for word in best.ours.words)
        rarest = max(best.ours.words, key=weights.__getitem__)
        twin = functools.partial(_is_there_a_twin, fits)
        return Case(read, best, margin, together, rarest, twin, functools.partial(self._is_shared, best))

    def _rule(self, case: Case) -> Rule | None:
        """Return the rule by which the best company is certain; the same text of one company always is."""
        if self._same_text.get(case.read.text, ()) != [case.fit.company]:
            return find_rule(case)
        return Rule.SAME_TEXT if len(self._same_words[case.fit.ours.words]) == 1 else None

    def _is_shared(self, best: Fit) -> bool:
        """Say whether another company, too, has all the telling words that agree."""
        agreed = [word for word in best.theirs.words if word not in best.alignment.company_only]
        telling = [word for word in agreed if word not in STOP_WORDS] or agreed
        holders = self._lookup.holding(telling) if telling else ()
        return any(self._owners[at] != best.company for at in holders)


def _is_there_a_twin(fits: Sequence[Fit]) -> bool:
    return any(map(_adds_a_short_word, fits[1:]))


def _adds_a_short_word(fit: Fit) -> bool:
    if fit.alignment.inexact or fit.left_of_tenant:
        return False
    added = fit.left_of_company
    return bool(added) and all(len(word) < 4 for word in added)


def _by_likeness(fit: Fit) -> float:
    return -fit.likeness
