"""Read an organisation's name as comparable words: no tags, legal forms, abbreviations or punctuation."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from seatsync.name_words import (
    ABBREVIATIONS,
    ALIAS_MARKS,
    GONE_TAGS,
    HOSTED_SUFFIXES,
    LEGAL_FORMS,
    LEGAL_SPELLINGS,
    LEGAL_TAILS,
    PHRASE_STARTS,
    PHRASES,
    SECOND_LEVEL,
    STOP_WORDS,
    TAGS,
    TOP_LEVEL,
    singular,
)

_TAG = rf"(?:{TAGS})(?:[\s,;/&+-]+(?:{TAGS}))*"
_TAG_IN_BRACKETS = re.compile(rf"[(\[{{<]\s*{_TAG}\s*[)\]}}>]", re.IGNORECASE)
_TAG_AT_END = re.compile(rf"(?:\s[-–—|:*]+|[-–—|:_*]+\s|_)\s*{_TAG}\W*$", re.IGNORECASE)
_TAG_AT_START = re.compile(rf"^\W*{_TAG}(?:\s[-–—|:*]+|[-–—|:_*]+\s|_)\s*", re.IGNORECASE)
_SORTED_LAST = re.compile(rf"^[\W_]*z{{2,}}(?=[\W_])[\W_]*(?:(?:{GONE_TAGS})[\W_]+)?", re.IGNORECASE)
_MARKED = re.compile(r"[^\w\s&.,']|_|^zz", re.IGNORECASE)  # without any of these a name has no tag
_STATE_MARK = re.compile(r"\s*([/\\])[A-Za-z]{2,4}\1\s*$")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]+)[)\]}]")
_ALIAS_MARK = re.compile(rf"(?<![\w.])(?:{ALIAS_MARKS})(?![\w/])[.:]?", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/.*)?", re.IGNORECASE)
_TRADE_MARKS = re.compile("[™®©℠\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")
_APOSTROPHES = re.compile(r"['’‘ʼ´`]|(?<=[^\W\d_])(?:\?|â€)(?=s\b)")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SEAT_FORMS = r"b\.?\s?v|n\.?\s?v|gmbh|s\.?\s?p\.?\s?a|s\.?\s?a|a\.?g|inc|llc|ltd|limited|plc|corp"
# A legal form, a town and a two-letter country or state: what stands after the legal form is an address.
_ADDRESS = re.compile(rf"((.+?[\s,](?:{_SEAT_FORMS})\.?)\s*,\s*[^\d,]+?)\s*,\s*[a-z]{{2}}\.?", re.IGNORECASE)
_LONGEST = 500  # characters; a longer text is no name, and is only compared as a whole
_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})


@dataclass(frozen=True, slots=True)
class NameForm:
    """One way to read a name, as words; ``literal`` is as written, ``words`` has abbreviations expanded.

    Neither has tags, legal forms, case, accents or punctuation. ``national`` says that the legal form was
    that of a national bank, which sets it apart from a state bank of the same name.
    """

    literal: tuple[str, ...]
    words: tuple[str, ...]
    national: bool = False

    def __str__(self) -> str:
        """Join the words as a person reads them: abbreviations expanded, plurals as written."""
        return " ".join(self._spelt())

    def written(self, words: str) -> str:
        """Return compared words with the plural that the name has."""
        plural = {singular(word): word for word in self._spelt()}
        return " ".join(plural.get(word, word) for word in words.split(" "))

    def _spelt(self) -> list[str]:
        return _expanded(self.literal, lambda word: word)


@dataclass(frozen=True, slots=True)
class ReadName:
    """A name as it is understood.

    ``text`` is the name without tags, case and punctuation. ``forms`` starts with the whole name; the two
    sides of a *doing business as* follow, or the name without its address. ``forms`` is empty when the name
    has no letter or digit.
    """

    text: str
    forms: tuple[NameForm, ...]
    is_domain: bool = False
    is_sub_domain: bool = False


def normalise(name: str) -> str:
    """Return the words by which a name is compared; empty when it has no letter or digit."""
    forms = read_name(name).forms
    return " ".join(forms[0].words) if forms else ""


def read_name(name: str) -> ReadName:
    """Read a name in every way it can be compared."""
    plain = " ".join(unicodedata.normalize("NFKC", _TRADE_MARKS.sub("", name)).split())
    if len(plain) > _LONGEST:
        text = " ".join(_words(plain))
        return ReadName(text, (NameForm((text,), (text,)),) if text else ())
    bare = _strip_tags(plain)
    domain = _DOMAIN.fullmatch(bare)
    if domain and (site := _registered_label(domain[1])):
        label, is_sub_domain = site
        return ReadName(_text(_words(bare)), (form_of(_words(label)),), True, is_sub_domain)
    written = _words(bare)
    spans = _ALIAS_MARK.split(bare)
    if len(spans) == 1:
        address = _ADDRESS.fullmatch(bare)
        spans, whole = list(address.groups()) if address else [], written
    else:
        whole = [word for span in spans for word in _words(span)] or written
    forms = dict.fromkeys(form_of(words) for words in (whole, *map(_words, spans)) if words)
    return ReadName(_text(written), tuple(forms))


def _text(words: list[str]) -> str:
    """Join the words, with each legal form spelt in one way and no ``the`` before them."""
    start = 1 if len(words) > 1 and words[0] == "the" else 0
    text = " ".join(LEGAL_SPELLINGS.get(word, word) for word in words[start:])
    return (
        text.removesuffix("national association") + "na" if text.endswith(" national association") else text
    )


def _strip_tags(name: str) -> str:
    """Cut what partners write around a name to mark its state; a name that is only a tag stays."""
    if not _MARKED.search(name):
        return name
    bare = _TAG_IN_BRACKETS.sub(" ", name)
    bare = _SORTED_LAST.sub("", bare)
    bare = _TAG_AT_START.sub("", _TAG_AT_END.sub("", bare))
    bare = _STATE_MARK.sub("", bare)
    bare = _BRACKETS.sub(lambda found: _without_own_initials(found, bare), bare).strip()
    return bare if bare == name or _words(bare) else name


def _without_own_initials(found: re.Match[str], name: str) -> str:
    """Drop a bracket that repeats the initials of the words before it, as in ``World Bank (WB)``."""
    before = _words(name[: found.start()])
    if found[1].strip().casefold() in initials(before):
        return " "
    return found[0]


def initials(words: Sequence[str]) -> frozenset[str]:
    """Return the initials of the words, with and without those of the stop words; empty below two words."""
    short = "".join(word[0] for word in words if word not in STOP_WORDS)
    full = "".join(word[0] for word in words)
    return frozenset(text for text in (short, full) if len(text) > 1)


def _registered_label(host: str) -> tuple[str, bool] | None:
    """Return the registered label and whether the host lies below it; None when it is no domain."""
    labels = host.casefold().split(".")
    if len(labels[-1]) > 2 and labels[-1] not in TOP_LEVEL:
        return None
    hosted = next((suffix for suffix in HOSTED_SUFFIXES if ".".join(labels[1:]) == suffix), "")
    if hosted:
        return labels[0], False
    suffix = 2 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL else 1
    label = labels[-suffix - 1]
    return (label, len(labels) > suffix + 1) if len(label) > 1 and label.strip("-") else None


def _words(text: str) -> list[str]:
    """Split into words without case, accents or punctuation; a run of single letters is one word."""
    text = _APOSTROPHES.sub("", text.casefold()).replace("&", " and ").replace("+", " and ")
    if text.isascii():
        return _join_letters(_NOT_WORD.sub(" ", text).split())
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTERS)
    text = unicodedata.normalize("NFKC", text.casefold())
    # Marks (M) stay: an Indian vowel sign is no word character, yet it tells two names apart.
    return _join_letters(
        "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text).split()
    )


def _join_letters(words: list[str]) -> list[str]:
    """Join ``n a`` to ``na`` and ``j p morgan`` to ``jp morgan``."""
    if sum(map(_is_letter, words)) < 2:
        return words
    joined: list[str] = []
    for single, run in groupby(words, key=_is_letter):
        same = list(run)
        joined += ["".join(same)] if single else same
    return joined


def _is_letter(word: str) -> bool:
    return len(word) == 1 and "a" <= word <= "z"


def form_of(written: Sequence[str]) -> NameForm:
    """Make a form of words as written: drop legal forms, then expand abbreviations and fold plurals."""
    literal = tuple(_without_legal_forms(written))
    legal = " ".join(written[-(len(written) - len(literal)) :]) if len(written) > len(literal) else ""
    national = legal.endswith((" na", "national association")) or legal == "na"
    return NameForm(literal, tuple(_expanded(literal, singular)), national)


def _expanded(literal: tuple[str, ...], plain: Callable[[str], str]) -> list[str]:
    words: list[str] = []
    position = 0
    while position < len(literal):
        word = literal[position]
        phrase = PHRASES.get(literal[position : position + 2]) if word in PHRASE_STARTS else None
        words += phrase or ABBREVIATIONS.get(word) or (plain(word),)
        position += 2 if phrase else 1
    return words


def _without_legal_forms(words: Sequence[str]) -> list[str]:
    """Drop ``the`` at the start and legal forms at the end, but never the last word left."""
    kept = list(words[1:] if len(words) > 1 and words[0] == "the" else words)
    while len(kept) > 1:
        if len(kept) > 2 and tuple(kept[-2:]) in LEGAL_TAILS:
            del kept[-2:]
        elif kept[-1] in LEGAL_FORMS or kept[-1] == "and":
            kept.pop()
        else:
            break
    return kept
