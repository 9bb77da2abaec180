"""Decide when a tenant's name and a company's are certainly one: by what agrees and by what does not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from seatsync.name_pairs import Alignment, Inexact, Likeness
from seatsync.name_words import (
    ARTICLES,
    DESCRIPTIVE,
    FRAMES,
    GENERIC,
    PLACES_AND_NUMBERS,
    QUALIFIERS,
    STOP_WORDS,
    word_counts,
)
from seatsync.names import NameForm, ReadName

REVIEW = 0.7  # from this likeness on, a person is asked to choose; below, the name counts as unmatched
MARGIN = 0.03  # names closer than this to the best one fit as well as it does

# Weights are logarithms of rarity: 7 is a word in fewer than about one name in 1,100. Measured on real pairs
# of names; the limits lie flat: moving one a little changes recall by a point, precision hardly at all.
_RARE = 7.0
_RARE_AS_WRITTEN = 6.0
_VERY_RARE = 8.0
_ALMOST_UNSEEN = 9.0
_TOGETHER = 13.5
_TOGETHER_JOINED = 15.0
_MARGIN_TOGETHER = 0.15
_MARGIN_MORE = 0.2
_MARGIN_INEXACT = 0.3
_LEAST_SHARE = 0.65
_SHORTEST_STEM = 5
_LONG_STEM = 8
_SHORTEST_INITIALS = 3
_SHORT_FORMS = frozenset((Likeness.CUT, Likeness.SKELETON, Likeness.JOINED, Likeness.UMLAUT))


class Rule(StrEnum):
    """Why two names are taken for one."""

    SAME_TEXT = "same text"
    SAME_WORDS = "same words"
    LIKE_WORDS = "like words"
    READ_DOMAIN = "read domain"
    ADDED_WORDS = "added words"


@dataclass(frozen=True, slots=True)
class Fit:
    """The best way to lay a tenant's name beside that of the company at position ``company``.

    ``score`` is how much of both names agrees, ``likeness`` how well the company stands in a list of
    candidates; both are 0 to 1. ``guessed`` says that the tenant's form is a domain cut into words,
    ``partial`` that both forms are only parts of their names.
    """

    score: float
    likeness: float
    company: int
    ours: NameForm
    theirs: NameForm
    alignment: Alignment
    guessed: bool = False
    partial: bool = False

    @property
    def left(self) -> list[str]:
        """The words without a counterpart that tell something."""
        return self.left_of_tenant + self.left_of_company

    @property
    def left_of_tenant(self) -> list[str]:
        """Those of the tenant's name."""
        return [word for word in self.alignment.tenant_only if _tells(word, self.ours)]

    @property
    def left_of_company(self) -> list[str]:
        """Those of the company's name."""
        return [word for word in self.alignment.company_only if _tells(word, self.theirs)]

    @property
    def kinds(self) -> set[Likeness]:
        """In which ways words agree that are not equal."""
        return {pair.likeness for pair in self.alignment.inexact}

    @property
    def stem(self) -> str:
        """The tenant's form written as one word."""
        return "".join(self.ours.words)


@dataclass(frozen=True, slots=True)
class Case:
    """The best fit with what decides about it.

    ``margin`` is the distance in score to the next company, ``together`` the weight of all the tenant's
    words, and ``rarest`` the rarest of them. ``shared()`` says whether another company, too, has every word
    that agrees; ``twin()`` that one has all the tenant's words and only a short one more, as a legal form is.
    """

    read: ReadName
    fit: Fit
    margin: float
    together: float
    rarest: str
    twin: Callable[[], bool]
    shared: Callable[[], bool]


def find_rule(case: Case) -> Rule | None:
    """Return the rule by which the best company is certain; None when it is not."""
    if case.fit.partial or any(map(_sets_apart, case.fit.left)):
        return None
    rules = _DOMAIN_RULES if case.read.is_domain else _NAME_RULES
    found = next((rule for rule, holds in rules if holds(case)), None)
    return None if found and case.twin() else found


def _same_words(case: Case) -> bool:
    fit, agreed = case.fit, case.fit.alignment
    if fit.left or fit.guessed or case.margin < MARGIN or not fit.kinds <= {Likeness.JOINED}:
        return False
    if not agreed.in_order and (agreed.heaviest < _VERY_RARE or not _turned_round(fit)):
        return False
    if len(fit.ours.words) == 1 and case.shared():
        return False
    if differ_by_plural(case) or differ_by_charter(fit):
        return False
    floor = _RARE_AS_WRITTEN if fit.ours.literal == fit.theirs.literal else _RARE
    if agreed.heaviest >= floor:
        return True
    enough = _TOGETHER_JOINED if fit.kinds else _TOGETHER
    return agreed.in_order and case.together >= enough and case.margin >= _MARGIN_TOGETHER


def _like_words(case: Case) -> bool:
    fit, agreed = case.fit, case.fit.alignment
    if fit.left or not fit.kinds or not agreed.in_order or case.margin < _MARGIN_INEXACT:
        return False
    if Likeness.INITIALS in fit.kinds:
        return (
            fit.kinds <= {Likeness.INITIALS, Likeness.JOINED}
            and agreed.heaviest_exact >= _RARE
            and all(len(pair.short) >= _SHORTEST_INITIALS for pair in agreed.inexact)
        )
    # A slip in a telling word is another name more often than a slip: Spherix, Spheryx; Carlson, Carlton.
    slips = [pair for pair in agreed.inexact if pair.likeness is Likeness.EDIT]
    if slips and (agreed.heaviest_exact < agreed.heaviest or not all(map(_is_common, slips))):
        return False
    return fit.kinds <= {Likeness.EDIT, *_SHORT_FORMS} and agreed.heaviest >= _VERY_RARE


def _added_words(case: Case) -> bool:
    fit, agreed = case.fit, case.fit.alignment
    telling = [word for word in fit.ours.words if word not in STOP_WORDS]
    harmless = GENERIC | QUALIFIERS if len(telling) > 1 else GENERIC
    return (
        not agreed.inexact
        and not fit.left_of_tenant
        and bool(fit.left_of_company)
        and harmless.issuperset(fit.left_of_company)
        and fit.score >= _LEAST_SHARE
        and case.margin >= _MARGIN_MORE
        and agreed.heaviest >= _RARE
        and not case.shared()
    )


def _same_domain(case: Case) -> bool:
    fit = case.fit
    if case.read.is_sub_domain or len(fit.stem) < _SHORTEST_STEM:
        return False
    spelt_out = (
        fit.kinds == {Likeness.JOINED}
        and not fit.left
        and len(fit.stem) >= _LONG_STEM
        and case.margin >= _MARGIN_TOGETHER
        and not fit.guessed
    )
    return spelt_out or (fit.alignment.heaviest >= _RARE_AS_WRITTEN and _same_words(case))


def _read_domain(case: Case) -> bool:
    fit, agreed = case.fit, case.fit.alignment
    return (
        fit.guessed
        and not case.read.is_sub_domain
        and not fit.left
        and fit.kinds <= _SHORT_FORMS
        and agreed.in_order
        and agreed.heaviest_exact >= _RARE
        and len(fit.stem) >= _LONG_STEM
        and case.margin >= _MARGIN_INEXACT
    )


def _added_to_domain(case: Case) -> bool:
    fit, agreed = case.fit, case.fit.alignment
    return (
        not case.read.is_sub_domain
        and not fit.guessed
        and not fit.left_of_tenant
        and bool(fit.left_of_company)
        and (GENERIC | DESCRIPTIVE).issuperset(fit.left_of_company)
        and fit.kinds <= {Likeness.JOINED}
        and agreed.in_order
        and agreed.heaviest >= _ALMOST_UNSEEN
        and len(fit.stem) > _SHORTEST_STEM
        and case.margin >= _MARGIN_MORE
        and not case.shared()
    )


_NAME_RULES: tuple[tuple[Rule, Callable[[Case], bool]], ...] = (
    (Rule.SAME_WORDS, _same_words),
    (Rule.LIKE_WORDS, _like_words),
    (Rule.ADDED_WORDS, _added_words),
)
_DOMAIN_RULES: tuple[tuple[Rule, Callable[[Case], bool]], ...] = (
    (Rule.SAME_WORDS, _same_domain),
    (Rule.READ_DOMAIN, _read_domain),
    (Rule.ADDED_WORDS, _added_to_domain),
)


def differ_by_plural(case: Case) -> bool:
    """Say whether the rarest word is plural in one name alone, as in Connection and Connections Bank."""
    one, other = set(case.fit.ours.literal), set(case.fit.theirs.literal)
    single, plural = case.rarest, f"{case.rarest}s"
    return (single in one - other and plural in other) or (single in other - one and plural in one)


def differ_by_charter(fit: Fit) -> bool:
    """Say whether one is a national bank and the other not, and no word of theirs is very rare."""
    return fit.ours.national != fit.theirs.national and fit.alignment.heaviest < _VERY_RARE


def _is_common(slip: Inexact) -> bool:
    counts = word_counts()
    return slip.tenant[0] == slip.company[0] and (slip.tenant in counts or slip.company in counts)


def _turned_round(fit: Fit) -> bool:
    """Say whether what changed places is a frame and what it frames, as in Bank of Bloomsdale."""
    ours, theirs = fit.ours.words, fit.theirs.words
    if _after_of(ours) == theirs or _after_of(theirs) == ours:
        return True
    place = {word: at for at, word in enumerate(theirs)}
    if len(place) < len(theirs) or fit.kinds:
        return False
    words = [word for word in ours if word in place and word not in STOP_WORDS]
    swapped = [
        (first, second)
        for at, first in enumerate(words)
        for second in words[at + 1 :]
        if place[first] > place[second]
    ]
    return all((first in FRAMES) != (second in FRAMES) for first, second in swapped)


def _after_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Put what stands after ``of`` first, as in Kellerup Shire for the Shire of Kellerup."""
    if "of" not in words:
        return ()
    at = words.index("of")
    return words[at + 1 :] + words[:at]


def _tells(word: str, form: NameForm) -> bool:
    leads = word in ARTICLES and form.words[0] == word
    return word not in STOP_WORDS or len(word) == 1 or leads


def _sets_apart(word: str) -> bool:
    """Say whether a word left over tells two sites, branches or numbered twins apart."""
    return len(word) == 1 or word in PLACES_AND_NUMBERS or any(char.isdigit() for char in word)
