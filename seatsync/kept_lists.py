"""What the Mappings page and the overview list, kept as long as nothing that it is made of has changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from seatsync.agreement_counts import TypeCount, count_types
from seatsync.desk import Desk
from seatsync.licenses import Licenses, list_licenses
from seatsync.link_list import LinkView, list_links
from seatsync.model import Book
from seatsync.people import Permission
from seatsync.tiers import TierUse
from seatsync.upkeep import book_of, tiers_in_use

T = TypeVar("T")

_MOST = 12
"""How many lists are kept: the book and the links of a team of 5,000 clients take some 10 MB together."""


class KeptLists:
    """The lists asked for last. Every change that they depend on leaves an audit entry, or a new day."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def book(self, desk: Desk) -> Book:
        """Return the snapshot in use without its additions. Raises NotReady before the first scan."""
        desk.require(Permission.SEE, "mapping.list")
        return self._of((desk.team.id, "book"), desk.snapshot().id, lambda: book_of(desk))

    def tiers(self, desk: Desk) -> tuple[TierUse, ...]:
        """Return the licenses of the newest export, the unmapped first; empty without one."""
        desk.require(Permission.SEE, "mapping.list")
        if desk.store.snapshots.latest(desk.team.id) is None:
            return tiers_in_use(desk)
        return self._of((desk.team.id, "tiers"), _version(desk), lambda: tiers_in_use(desk))

    def licenses(self, desk: Desk) -> Licenses:
        """Return the waiting and the mapped licenses. Raises NotReady."""
        book = self.book(desk)
        return self._of((desk.team.id, "licenses"), _version(desk), lambda: list_licenses(desk, book))

    def links(self, desk: Desk) -> tuple[LinkView, ...]:
        """Return the company links. Raises NotReady."""
        book = self.book(desk)
        return self._of((desk.team.id, "links"), _version(desk), lambda: list_links(desk, book))

    def types(self, desk: Desk) -> tuple[TypeCount, ...]:
        """Return the counts by agreement type. Raises NotReady."""
        desk.require(Permission.SEE, "agreement_types.list")
        return self._of((desk.team.id, "types"), _version(desk), lambda: count_types(desk))

    def _of(self, name: Hashable, version: Hashable, compute: Callable[[], T]) -> T:
        """Return the answer of this version; two who ask at once may both compute it."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(name)
                found: T = kept[1]
                return found
        answer = compute()
        with self._lock:
            self._kept[name] = (version, answer)
            self._kept.move_to_end(name)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return answer


def _version(desk: Desk) -> Hashable:
    """Name the state of what is listed; a write between this and the reading costs one computation more."""
    return desk.today, desk.snapshot().id, desk.store.audit.head(desk.team.id)
