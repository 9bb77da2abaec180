"""Faults on purpose: which request goes wrong, and how."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final


class Fault(StrEnum):
    """The ways in which an answer can go wrong."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    SLOW = "slow"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    IGNORED_WRITE = "ignored_write"
    TRUNCATED_JSON = "truncated_json"
    UNAUTHORIZED = "unauthorized"


WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_MANNERS: Final = {"retry_after": ("seconds", "date", "none"), "body": ("gateway", "usual")}
_LONGEST_WAIT: Final = 3600


@dataclass(slots=True)
class FaultRule:
    """When a fault strikes.

    ``rate`` is a share of 1. ``times`` counts how often it still may; None means always. ``method`` and
    ``path`` (a part of it) narrow it. ``seconds`` is how long *slow* waits, and *rate_limited* asks to wait:
    ``retry_after`` says whether as ``seconds``, as an HTTP ``date`` or not at all (``none``), and ``body``
    whether in the ``gateway``'s form or in the ``usual`` one.
    """

    fault: Fault
    rate: float = 1.0
    times: int | None = None
    method: str = ""
    path: str = ""
    seconds: float | None = None
    retry_after: str = "seconds"
    body: str = "gateway"

    def fits(self, method: str, path: str) -> bool:
        """Say whether the request is one that this rule may hit."""
        if self.fault is Fault.IGNORED_WRITE and method not in WRITES:
            return False
        return self.times != 0 and self.method in ("", method) and self.path in path

    def as_json(self) -> dict[str, Any]:
        """Return the rule as the control plane takes it."""
        return {
            "name": self.fault.value,
            "rate": str(self.rate),
            "times": self.times,
            "method": self.method,
            "path": self.path,
            "seconds": None if self.seconds is None else str(self.seconds),
            "retry_after": self.retry_after,
            "body": self.body,
        }


_KNOWN: Final = {member.name for member in fields(FaultRule)} - {"fault"} | {"name"}


class Faults:
    """The rules in force; the same seed and the same requests give the same faults."""

    def __init__(self, rates: Mapping[str, float] | None = None, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self.rules: list[FaultRule] = []
        for name, rate in (rates or {}).items():
            self.set({"name": name, "rate": rate})

    def set(self, wish: Any) -> None:
        """Add a rule, or with no ``times`` replace the standing one of that name and method; rate 0 ends it.

        Raises ValueError when the name is unknown or the rate is not within 0 and 1.
        """
        rule = _rule(wish)
        if rule.times is None:
            same = (rule.fault, rule.method, rule.path)
            self.rules = [r for r in self.rules if r.times is not None or (r.fault, r.method, r.path) != same]
        if rule.rate > 0:
            self.rules.append(rule)

    def clear(self) -> None:
        """Drop every rule."""
        self.rules = []

    def pick(self, method: str, path: str) -> FaultRule | None:
        """Choose the fault of one request; the first rule that strikes wins."""
        for rule in self.rules:
            if rule.fits(method, path) and self._random.random() < rule.rate:
                if rule.times is not None:
                    rule.times -= 1
                self.rules = [r for r in self.rules if r.times != 0]
                return rule
        return None


def _rule(wish: Any) -> FaultRule:
    names = [fault.value for fault in Fault]
    if not isinstance(wish, dict) or wish.get("name") not in names:
        name = wish.get("name") if isinstance(wish, dict) else wish
        raise ValueError(f"{name!r} is not a fault; the faults are {', '.join(names)}")
    if unknown := sorted(set(wish) - _KNOWN):
        raise ValueError(f"{unknown[0]!r} is not known of a fault")
    manner = {name: str(wish.get(name) or allowed[0]) for name, allowed in _MANNERS.items()}
    if wrong := [name for name, allowed in _MANNERS.items() if manner[name] not in allowed]:
        raise ValueError(f"{wrong[0]} is one of {', '.join(_MANNERS[wrong[0]])}")
    try:
        rate = float(wish.get("rate", 1))
        times = None if wish.get("times") is None else int(wish["times"])
        seconds = None if wish.get("seconds") is None else float(wish["seconds"])
    except (TypeError, ValueError) as error:
        raise ValueError(f"the numbers of the fault {wish['name']} can't be read") from error
    if seconds is not None and not 0 <= seconds <= _LONGEST_WAIT:
        raise ValueError(f"the seconds of {wish['name']} are {seconds}, not within 0 and {_LONGEST_WAIT}")
    if not 0 <= rate <= 1:
        raise ValueError(f"the rate of {wish['name']} is {rate}, not within 0 and 1")
    method, path = str(wish.get("method") or "").upper(), str(wish.get("path") or "")
    return FaultRule(Fault(wish["name"]), rate, times, method, path, seconds, **manner)
