"""Match a tenant's name to one company, with the reason; a doubtful name is left to a person."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from seatsync.name_lookup import NameLookup
from seatsync.name_pairs import Alignment, Likeness, align
from seatsync.name_words import GENERIC, PLACES_AND_NUMBERS, QUALIFIERS, STOP_WORDS
from seatsync.names import NameForm, ReadName, form_of, read_name
from seatsync.status import Decision

Id = TypeVar("Id", bound=Hashable)

SHOWN = 5
REVIEW = 0.65  # from this score on, a person is asked to choose; below, the name counts as unmatched

# Weights are logarithms of rarity: 7 is a word in fewer than about one name in 1,100. Measured on real pairs
# of names; the limits lie flat: moving one a little changes recall by a point, precision hardly at all.
_RARE = 7.0
_RARE_AS_WRITTEN = 6.0
_VERY_RARE = 8.0
_RARE_TOGETHER = 15.0
_MARGIN_SAME = 0.03
_MARGIN_TOGETHER = 0.15
_MARGIN_MORE = 0.2
_MARGIN_INEXACT = 0.3
_SHORTEST_STEM = 5
_READABLE = 80
_GUESS = 0.95  # what a domain cut into words is worth beside words that somebody wrote


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


@dataclass(frozen=True, slots=True)
class _Fit:
    """The best way to lay a tenant's name beside that of the company at position ``company``."""

    score: float
    company: int
    ours: NameForm
    theirs: NameForm
    alignment: Alignment
    guessed: bool = False

    @property
    def left(self) -> list[str]:
        """The words without a counterpart that tell something."""
        both = self.alignment.tenant_only + self.alignment.company_only
        return [word for word in both if word not in STOP_WORDS or len(word) == 1]


class NameIndex(Generic[Id]):
    """The names of all companies, made ready to be matched; each id occurs once."""

    def __init__(self, names: Iterable[tuple[Id, str]]) -> None:
        # Sorted, so that the order in which the companies were read decides nothing.
        self._companies = sorted(names, key=lambda entry: (entry[1], str(entry[0])))
        self._same_text: dict[str, list[int]] = defaultdict(list)
        self._same_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._forms: list[NameForm] = []
        self._owners: list[int] = []
        for company, (_, name) in enumerate(self._companies):
            read = read_name(name)
            if read.forms:
                self._same_text[read.text].append(company)
                self._same_words[read.forms[0].words].append(company)
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
            reason = f"No company shares a telling word with {_quoted(read.forms[0])}."
            return Verdict(Decision.UNMATCHED, None, 0.0, reason, ())
        best = fits[0]
        shown = tuple(Scored(*self._companies[fit.company], fit.score) for fit in fits[:SHOWN])
        agreement = self._agreement(name, read, fits)
        if agreement:
            chosen = self._companies[best.company][0]
            return Verdict(Decision.MATCHED, chosen, best.score, agreement + self._runner_up(fits), shown)
        decision = Decision.AMBIGUOUS if best.score >= REVIEW else Decision.UNMATCHED
        return Verdict(decision, None, best.score, self._doubt(read, fits), shown)

    # --- find and score -----------------------------------------------------------------------------------

    def _fits(self, read: ReadName) -> list[_Fit]:
        """Return the companies that could be meant, each in its best form, best first."""
        best: dict[int, _Fit] = {}
        for ours in read.forms:
            self._keep_best(best, ours, guessed=False)
        if read.is_domain:
            letters = "".join(read.forms[0].words)
            pieces = self._lookup.split(letters)
            if pieces:
                self._keep_best(best, form_of(pieces), guessed=True)
        same = self._same_text.get(read.text, ())
        for company in same:
            form = read.forms[0]
            best[company] = _Fit(1.0, company, form, form, self._align(form, form))
        return sorted(best.values(), key=lambda fit: (-fit.score, fit.company not in same, fit.company))

    def _keep_best(self, best: dict[int, _Fit], ours: NameForm, *, guessed: bool) -> None:
        found = self._lookup.candidates(ours)
        if len(ours.words) == 1:
            found += self._lookup.abbreviated(ours.words[0])
            found += self._lookup.starting(ours.words[0])
        for position in dict.fromkeys(found):
            company, theirs = self._owners[position], self._forms[position]
            alignment = self._align(ours, theirs)
            score = round(alignment.score * _GUESS, 4) if guessed else alignment.score
            if company not in best or score > best[company].score:
                best[company] = _Fit(score, company, ours, theirs, alignment, guessed)

    def _align(self, ours: NameForm, theirs: NameForm) -> Alignment:
        weights = self._lookup.weights
        if ours.words != theirs.words and "".join(ours.literal) == "".join(theirs.literal):
            return align(ours.literal, theirs.literal, weights)
        return align(ours.words, theirs.words, weights)

    # --- decide -------------------------------------------------------------------------------------------

    def _agreement(self, name: str, read: ReadName, fits: list[_Fit]) -> str:
        """Say why the best company is certain; empty when it is not."""
        best = fits[0]
        margin = best.score - (fits[1].score if len(fits) > 1 else 0.0)
        ours, theirs = _quoted(name), _quoted(self._companies[best.company][1])
        if self._same_text.get(read.text, ()) == [best.company]:
            if len(self._same_words[best.ours.words]) > 1:
                return ""
            return f"Same name: {ours} and {theirs} are both {_quoted(best.ours)}."
        if best.guessed or any(map(_sets_apart, best.left)):
            return ""
        if not best.left:
            if self._same_words_are_certain(read, best, margin):
                return f"Same words: {ours} and {theirs} are both {_quoted(best.theirs)}."
            if not read.is_domain and _like_words_are_certain(best, margin):
                read_as = " and ".join(
                    f'"{pair.tenant}" for "{pair.company}"' for pair in best.alignment.inexact
                )
                return f"Same words as {theirs}, taking {read_as}."
        elif not read.is_domain and self._added_words_are_harmless(best, margin):
            added = ", ".join(map(_quoted, best.left))
            return f"{theirs} alone has all the words of {ours}; it only adds {added}."
        return ""

    def _same_words_are_certain(self, read: ReadName, best: _Fit, margin: float) -> bool:
        agreed = best.alignment
        if margin < _MARGIN_SAME or any(pair.likeness is not Likeness.JOINED for pair in agreed.inexact):
            return False
        if not agreed.in_order and agreed.heaviest < _VERY_RARE:
            return False
        if len(best.ours.words) == 1 and self._held_elsewhere(best):
            return False
        if read.is_domain and (read.is_sub_domain or len("".join(best.ours.words)) < _SHORTEST_STEM):
            return False
        floor = _RARE_AS_WRITTEN if best.ours.literal == best.theirs.literal else _RARE
        together = sum(self._lookup.weights[word] for word in best.ours.words)
        return agreed.heaviest >= floor or (
            agreed.in_order
            and together >= _RARE_TOGETHER
            and margin >= _MARGIN_TOGETHER
            and not read.is_domain
        )

    def _added_words_are_harmless(self, best: _Fit, margin: float) -> bool:
        agreed = best.alignment
        telling = [word for word in best.ours.words if word not in STOP_WORDS]
        harmless = GENERIC | QUALIFIERS if len(telling) > 1 else GENERIC
        return (
            not agreed.inexact
            and all(word in STOP_WORDS for word in agreed.tenant_only)
            and harmless.issuperset(best.left)
            and best.score >= REVIEW
            and margin >= _MARGIN_MORE
            and agreed.heaviest >= _RARE
            and not self._held_elsewhere(best)
        )

    def _held_elsewhere(self, best: _Fit) -> bool:
        """Say whether another company, too, has all telling words of the tenant's name."""
        telling = [word for word in best.ours.words if word not in STOP_WORDS] or best.ours.words
        holders = [{self._owners[at] for at in self._lookup.holding(word)} for word in telling]
        return bool(set.intersection(*holders) - {best.company})

    # --- explain ------------------------------------------------------------------------------------------

    def _runner_up(self, fits: list[_Fit]) -> str:
        return f" Next is {self._named(fits[1])}." if len(fits) > 1 else ""

    def _named(self, fit: _Fit) -> str:
        return f"{_quoted(self._companies[fit.company][1])} ({fit.score:.2f})"

    def _doubt(self, read: ReadName, fits: list[_Fit]) -> str:
        """Say why no company is certain."""
        best = fits[0]
        equal = [fit for fit in fits if best.score - fit.score < _MARGIN_SAME]
        if len(equal) == 1 or best.score < REVIEW:
            return f"Closest is {self._named(best)}, but {self._obstacle(read, best)}.{self._runner_up(fits)}"
        count = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}.get(len(equal), str(len(equal)))
        names = [self._companies[fit.company][1] for fit in equal]
        if len({name.casefold() for name in names}) == 1:
            return f"{count} companies are named {_quoted(names[0])}."
        listed = " and ".join(map(_quoted, names[:2]))
        if len({fit.theirs.words for fit in equal}) == 1:
            same = _quoted(best.theirs)
            return f"{count} companies are {same} but for spelling and legal form, such as {listed}."
        both = f"{self._named(best)} and {self._named(equal[1])}"
        return f"{count} companies fit almost equally well, such as {both}."

    def _obstacle(self, read: ReadName, best: _Fit) -> str:
        """Say what keeps the closest company from being certain."""
        agreed = best.alignment
        telling = set(best.left)
        ours = " ".join(word for word in agreed.tenant_only if word in telling)
        theirs = " ".join(word for word in agreed.company_only if word in telling)
        if ours and theirs:
            return f'"{theirs}" differs from "{ours}"'
        if theirs:
            return f'the company\'s name also has "{theirs}"'
        if ours:
            return f'the tenant\'s name also has "{ours}"'
        if best.guessed:
            return f"{_quoted(best.ours)} is only a reading of a domain"
        if any(pair.likeness is not Likeness.JOINED for pair in agreed.inexact):
            return " and ".join(f'"{pair.tenant}" is only like "{pair.company}"' for pair in agreed.inexact)
        if read.is_domain and (read.is_sub_domain or len("".join(best.ours.words)) < _SHORTEST_STEM):
            return "a short domain or one below another tells too little"
        if not agreed.in_order:
            return "the words stand in another order"
        if len(best.ours.words) == 1 and self._held_elsewhere(best):
            return f"other companies have the word {_quoted(best.ours)}, too"
        return f"the words of {_quoted(best.ours)} are too common to be sure"


def _like_words_are_certain(best: _Fit, margin: float) -> bool:
    agreed = best.alignment
    kinds = {pair.likeness for pair in agreed.inexact}
    if not kinds or Likeness.INITIALS in kinds or not agreed.in_order:
        return False
    # A slip in the one telling word is another name more often than a slip: Spherix, Spheryx.
    if Likeness.EDIT in kinds and agreed.heaviest_exact < _RARE:
        return False
    return margin >= _MARGIN_INEXACT and agreed.heaviest >= _VERY_RARE


def _sets_apart(word: str) -> bool:
    """Say whether a word left over tells two sites, branches or numbered twins apart."""
    return len(word) == 1 or word in PLACES_AND_NUMBERS or any(char.isdigit() for char in word)


def _quoted(name: object) -> str:
    """Put a name in quotes, cut to a length that leaves the sentence readable."""
    text = str(name)
    return f'"{text}"' if len(text) <= _READABLE else f'"{text[: _READABLE - 1]}…"'
