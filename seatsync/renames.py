"""Where a tenant was last seen, and which names of a link are no longer what they were when it was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from seatsync.model import ExportId, Link


@dataclass(frozen=True, slots=True)
class Sighting:
    """The last export that a portal occurs in, in any state, with the names it has there in file order."""

    key: str
    tenants: tuple[str, ...]
    export: ExportId
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rename:
    """A tenant or company that has another name than when it was linked; ``what`` says which of the two."""

    what: str
    was: str
    now: str


def renames_of(link: Link, tenants: Sequence[str], company: str) -> tuple[Rename, ...]:
    """List what was renamed since the link was made; runs of white space count as one space.

    ``tenants`` are the names that the portal has now: it is renamed when none of them is the link's. None
    known means not renamed.
    """
    pairs = []
    if not any(_same(link.tenant_name, name) for name in tenants):
        pairs += [Rename("tenant", link.tenant_name, name) for name in tenants[:1]]
    if not _same(link.company_name, company):
        pairs.append(Rename("company", link.company_name, company))
    return tuple(rename for rename in pairs if rename.was)


def _same(was: str, now: str) -> bool:
    return " ".join(was.split()) == " ".join(now.split())
