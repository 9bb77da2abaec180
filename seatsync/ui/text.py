"""Text for the screen: text from outside as plain text, and numbers, money and times in one form each."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import count
from typing import TypeVar

T = TypeVar("T")

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """Escape text so that Streamlit's Markdown shows it letter by letter.

    A word joiner after each colon keeps ``:smile:`` and ``:material/home:`` from turning into pictures, which
    happens after escapes are read.
    """
    escaped = _PUNCTUATION.sub(r"\\\1", str(text))
    return escaped.replace("\n", " ").replace("\\:", "\\:\u2060")


def seats(quantity: Decimal) -> str:
    """Write a quantity with thousands separated and no needless places."""
    return f"{quantity.normalize():,f}" if quantity else "0"


def amount(sum_: Decimal, currency: str) -> str:
    """Write a signed sum of money with thousands separated: ``+1,204.50 USD``."""
    return f"{sum_:+,.2f} {currency}".rstrip()


def amounts(sums: Mapping[str, Decimal]) -> str:
    """Write sums of several currencies side by side; they are never added up."""
    return " and ".join(amount(sums[currency], currency) for currency in sorted(sums)) or "none"


def unique_labels(options: Iterable[T], label: Callable[[T], str]) -> dict[T, str]:
    """Label every option differently: a select box tells its options apart by their labels alone."""
    labels: dict[T, str] = {}
    taken: set[str] = set()
    for option in options:
        text = label(option)
        copies = (f"{text} ({number})" for number in count(2))
        labels[option] = text if text not in taken else next(c for c in copies if c not in taken)
        taken.add(labels[option])
    return labels
