"""The owner tag: a serial number by which a line that a push adds is known again for certain."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from seatsync.errors import InvalidChoice
from seatsync.plan import Change, Create

LONGEST_SERIAL = 50
"""Characters. The published type of an addition's ``serialNumber`` takes no more."""

_TOKEN = 12
LONGEST_TAG = LONGEST_SERIAL - _TOKEN - 1


def check_tag(tag: str) -> None:
    """Let an owner tag pass; an empty one sets none. Raises InvalidChoice."""
    if len(tag) > LONGEST_TAG:
        raise InvalidChoice(
            f"The owner tag has {len(tag)} characters; at most {LONGEST_TAG} leave room for its own number."
        )
    if tag != tag.strip() or not all(" " <= char <= "~" for char in tag):
        raise InvalidChoice(
            "The owner tag may hold plain letters, digits and signs, with no blank at an end."
        )


def with_serials(changes: Iterable[Change], tag: str, digest: str) -> tuple[Change, ...]:
    """Give each create its serial number: the tag, and a token of the plan's digest and the change's key.

    A digest is pushed once, so that the token is the operation's own, and the same in its rehearsal and after
    a restart. Without a tag nothing is given.
    """
    if not tag:
        return tuple(changes)
    return tuple(
        replace(change, serial=_serial(tag, digest, change.key)) if isinstance(change, Create) else change
        for change in changes
    )


def _serial(tag: str, digest: str, key: str) -> str:
    return f"{tag}-{hashlib.sha256(f'{digest} {key}'.encode()).hexdigest()[:_TOKEN]}"
