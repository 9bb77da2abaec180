"""Say why a company was chosen for a tenant, or what keeps the closest one from being certain."""

from collections.abc import Sequence

from seatsync.name_pairs import Likeness
from seatsync.name_rules import MARGIN, REVIEW, Case, Fit, Rule, differ_by_charter, differ_by_plural
from seatsync.names import NameForm

_READABLE = 80
_COUNTS = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}


def say_agreement(rule: Rule, tenant: str, names: Sequence[str], fits: Sequence[Fit]) -> str:
    """Say which rule holds, what it rests on, and who is next; ``names`` are those of the fits' companies."""
    agreement = _agreement(rule, quoted(tenant), quoted(names[0]), fits[0])
    return f"{agreement} ({fits[0].likeness:.0%} alike).{_runner_up(names, fits)}"


def _runner_up(names: Sequence[str], fits: Sequence[Fit]) -> str:
    return f" Next is {_scored(names[1], fits[1])}." if len(fits) > 1 else ""


def _scored(name: str, fit: Fit) -> str:
    return f"{quoted(name)} ({fit.likeness:.0%} alike)"


def _agreement(rule: Rule, ours: str, theirs: str, fit: Fit) -> str:
    match rule:
        case Rule.SAME_TEXT:
            return f"Same name: {ours} and {theirs} are both {quoted(fit.ours)}"
        case Rule.SAME_WORDS:
            return f"Same words: {ours} and {theirs} are both {quoted(fit.theirs)}"
        case Rule.LIKE_WORDS:
            taken = " and ".join(
                f'"{fit.ours.written(pair.tenant)}" for "{fit.theirs.written(pair.company)}"'
                for pair in fit.alignment.inexact
            )
            return f"Same words as {theirs}, taking {taken}"
        case Rule.READ_DOMAIN:
            return f"The domain {ours} reads as {quoted(fit.ours)}: the words of {theirs}"
        case Rule.ADDED_WORDS:
            added = ", ".join(quoted(fit.theirs.written(word)) for word in fit.left_of_company)
            return f"{theirs} alone has all the words of {ours}; it only adds {added}"


def say_doubt(case: Case, names: Sequence[str], fits: Sequence[Fit]) -> str:
    """Say why no company is certain; ``case`` is that of the first fit, ``names`` the fits' companies."""
    best = fits[0]
    equal = [at for at, fit in enumerate(fits) if abs(best.score - fit.score) < MARGIN]
    if len(equal) == 1 or best.likeness < REVIEW:
        closest = f"Closest is {_scored(names[0], best)}, but {_obstacle(case)}."
        return closest + _runner_up(names, fits)
    count = _COUNTS.get(len(equal), "More than five")
    first, second = names[0], names[equal[1]]
    if len({names[at].casefold() for at in equal}) == 1:
        return f"{count} companies are named {quoted(first)}."
    if len({fits[at].theirs.words for at in equal}) == 1:
        same = f"{quoted(first)} and {quoted(second)}"
        return f"{count} companies are {quoted(best.theirs)} but for spelling and legal form, such as {same}."
    both = f"{_scored(first, best)} and {_scored(second, fits[equal[1]])}"
    return f"{count} companies fit almost equally well, such as {both}."


def _obstacle(case: Case) -> str:
    """Say what keeps the closest company from being certain."""
    best, agreed = case.fit, case.fit.alignment
    ours = _listed(best.ours, best.left_of_tenant)
    theirs = _listed(best.theirs, best.left_of_company)
    if ours and theirs:
        return f"{theirs} differs from {ours}"
    if theirs:
        return f"the company's name also has {theirs}"
    if ours:
        return f"the tenant's name also has {ours}"
    if best.partial:
        return "only a part of both names agrees"
    if best.guessed:
        return f"{quoted(best.ours)} is only a reading of a domain"
    if best.kinds - {Likeness.JOINED}:
        return " and ".join(
            f'"{best.ours.written(pair.tenant)}" is only like "{best.theirs.written(pair.company)}"'
            for pair in agreed.inexact
        )
    if case.twin():
        return "another company has these words and only a short one more"
    if differ_by_plural(case):
        return f'"{case.rarest}" is plural in one name alone'
    if differ_by_charter(best):
        return "only one of the two is a national bank"
    if case.read.is_sub_domain or (case.read.is_domain and case.margin >= MARGIN and not case.shared()):
        return "a short domain or one below another tells too little"
    if not agreed.in_order:
        return "the words stand in another order"
    if len(best.ours.words) == 1 and case.shared():
        return f"other companies have the word {quoted(best.ours)}, too"
    return f"the words of {quoted(best.ours)} are too common to be sure"


def _listed(form: NameForm, words: Sequence[str]) -> str:
    return quoted(" ".join(form.written(word) for word in words)) if words else ""


def quoted(name: object) -> str:
    """Put a name in quotes, cut to a length that leaves the sentence readable."""
    text = str(name)
    return f'"{text}"' if len(text) <= _READABLE else f'"{text[: _READABLE - 1]}…"'
