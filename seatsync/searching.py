"""What a search for words means, wherever one is typed."""

from collections.abc import Callable


def finder(words: str) -> Callable[[str], bool]:
    """Return what tells whether every one of ``words`` occurs in a text, which is case-folded already."""
    needles = words.casefold().split()
    return lambda text: all(needle in text for needle in needles)
