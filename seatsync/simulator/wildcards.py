"""The wildcards of ``like``."""

import re


def fits(text: str, pieces: list[str]) -> bool:
    """Say whether text is the pieces, in order, with anything between; linear, unlike ``.*`` patterns."""
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def split_at_wildcards(text: str) -> list[str]:
    """Split at ``%`` and ``*``; ``[[]`` is the spelling of a plain bracket."""
    return [piece.replace("[[]", "[") for piece in re.split(r"[%*]", text.casefold())]
