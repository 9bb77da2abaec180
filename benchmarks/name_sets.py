"""The names to match: read from a folder, drawn from it, or recombined to any size."""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OWN: Final = Path(__file__).resolve().parent / "names"
DRAW_TENANTS: Final = 100
DRAW_COMPANIES: Final = 500

_FILES: Final = (("queries.csv", "companies.csv"), ("dev.csv", "companies_dev.csv"))
_KNOWN: Final = 3  # a word in fewer names is cut and joined with another: a longer list has more rare words
_ENDINGS: Final = ("", ", Inc.", " LLC", " Ltd", " Group", " Services")

Company = tuple[str, str]  # id, name


@dataclass(frozen=True, slots=True)
class Query:
    """A name to match: ``truth`` is the company's id, empty when the list lacks the company.

    ``same_name`` marks a name that several companies bear: only "ambiguous" is right.
    """

    id: str
    name: str
    truth: str
    same_name: bool = False


@dataclass(frozen=True, slots=True)
class NameSet:
    """Queries and the list of companies they are matched against."""

    companies: tuple[Company, ...]
    queries: tuple[Query, ...]


def load(folder: Path) -> NameSet:
    """Read ``queries.csv`` and ``companies.csv``, or ``dev.csv`` and ``companies_dev.csv``.

    Columns: query_id, name, true_company_id, source, kind; id, name, source.

    Raises:
        SystemExit: the folder has no such pair of files.
    """
    for queries, companies in _FILES:
        if (folder / queries).is_file() and (folder / companies).is_file():
            return NameSet(
                tuple((row["id"], row["name"]) for row in _rows(folder / companies)),
                tuple(
                    Query(row["query_id"], row["name"], row["true_company_id"], row["kind"] == "dupname")
                    for row in _rows(folder / queries)
                ),
            )
    raise SystemExit(f'"{folder}" has no queries.csv and companies.csv. Pass another folder with --data.')


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def draws(names: NameSet, count: int, seed: int = 1) -> Iterator[NameSet]:
    """Draw small sets as one partner has them, each with the companies that its queries mean.

    Names that several companies bear are left out: a draw seldom holds all of them.

    Raises:
        SystemExit: the set is too small to draw from.
    """
    queries = [query for query in names.queries if not query.same_name]
    if len(queries) < DRAW_TENANTS or len(names.companies) < 2 * DRAW_COMPANIES:
        raise SystemExit(
            f"A draw takes {DRAW_TENANTS} queries and {DRAW_COMPANIES} companies out of at least twice as "
            f"many; this set has {len(queries)} and {len(names.companies)}. Pass a larger one with --data."
        )
    chance = random.Random(seed)
    for _ in range(count):
        asked = chance.sample(queries, DRAW_TENANTS)
        meant = {query.truth for query in asked if query.truth}
        others = [company for company in names.companies if company[0] not in meant]
        listed = [company for company in names.companies if company[0] in meant]
        listed += chance.sample(others, DRAW_COMPANIES - len(listed))
        yield NameSet(tuple(listed), tuple(asked))


def recombine(names: NameSet, tenants: int, companies: int, seed: int = 1) -> NameSet:
    """Make a set of any size from the words of the companies' names; its queries have no known truth.

    Three quarters of the queries are a company's name in other writing, the rest are made anew.
    """
    chance = random.Random(seed)
    split = [name.split() for _, name in names.companies]
    counts = Counter(word.casefold() for words in split for word in words)
    rare = sorted({word for words in split for word in words if counts[word.casefold()] < _KNOWN})

    def make() -> str:
        pattern = chance.choice(split)
        words = []
        for position, _ in enumerate(pattern):
            donor = chance.choice(split)
            word = donor[min(position, len(donor) - 1)]
            if counts[word.casefold()] < _KNOWN:
                other = chance.choice(rare)
                word = word[: (len(word) + 1) // 2] + other[len(other) // 2 :]
            words.append(word)
        return " ".join(words)

    made = [(f"C{number}", make()) for number in range(companies)]
    queries = []
    for number in range(tenants):
        name = _rewrite(chance.choice(made)[1], chance) if chance.random() < 0.75 else make()
        queries.append(Query(f"Q{number}", name, ""))
    return NameSet(tuple(made), tuple(queries))


def _rewrite(name: str, chance: random.Random) -> str:
    words = name.split()
    if len(words) > 2 and chance.random() < 0.3:
        words.pop()
    text = " ".join(words) + chance.choice(_ENDINGS)
    return text.upper() if chance.random() < 0.3 else text
