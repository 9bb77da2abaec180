"""The saved links as the Mappings page lists them: last use, what was renamed, what needs a check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from seatsync.desk import Desk
from seatsync.model import Book, Company, CompanyId, ExportId, Link, portal_key
from seatsync.people import Permission
from seatsync.renames import Rename, Sighting, renames_of
from seatsync.searching import finder
from seatsync.status import LinkSource


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link, its company as of the last scan, and the last export that its tenant occurs in.

    ``gone`` says that the company is no longer in ConnectWise; ``current`` that the tenant occurs in the
    newest export. ``words`` is what a search looks in, case-folded.
    """

    link: Link
    company: Company | None
    seen: Sighting | None
    renames: tuple[Rename, ...]
    gone: bool
    current: bool
    words: str

    @property
    def by_hand(self) -> bool:
        """Whether a person made the link."""
        return self.link.source is LinkSource.BY_HAND

    @property
    def needs_check(self) -> bool:
        """Whether somebody should look: the company is gone, or a name is not what it was."""
        return self.gone or bool(self.renames)

    @property
    def name(self) -> str:
        """The tenant's name, or its portal where the link has none."""
        return self.link.tenant_name or self.portal

    @property
    def portal(self) -> str:
        """The portal as it was written when the link was made."""
        return self.link.portal or self.link.key


class Part(StrEnum):
    """Which links to list."""

    ALL = "all"
    AUTOMATIC = "automatic"
    BY_HAND = "by_hand"
    CHECK = "check"
    UNUSED = "unused"

    def holds(self, view: LinkView) -> bool:
        """Say whether a link is of this part."""
        match self:
            case Part.ALL:
                return True
            case Part.AUTOMATIC:
                return not view.by_hand
            case Part.BY_HAND:
                return view.by_hand
            case Part.CHECK:
                return view.needs_check
            case Part.UNUSED:
                return not view.current


def list_links(desk: Desk, book: Book) -> tuple[LinkView, ...]:
    """List the team's links: those that need a check first, then by tenant name."""
    desk.require(Permission.SEE, "link.list")
    exports = desk.store.exports.all(desk.team.id)
    sightings = {seen.key: seen for seen in desk.store.exports.last_seen(desk.team.id)}
    newest = exports[0].id if exports else None
    links = desk.store.choices.links(desk.team.id)
    views = [view_of(link, book.companies, sightings.get(link.key), newest) for link in links]
    return tuple(sorted(views, key=lambda view: not view.needs_check))


def view_of(
    link: Link, companies: Mapping[CompanyId, Company], seen: Sighting | None, newest: ExportId | None
) -> LinkView:
    """Say how a link stands; ``newest`` is the newest export."""
    company = companies.get(link.company_id)
    gone = company is None or company.deleted
    now = link.company_name if company is None or gone else company.name
    renames = renames_of(link, seen.tenants if seen else (), now)
    names = (link.tenant_name, link.portal or link.key, link.company_name, *(each.now for each in renames))
    current = seen is not None and seen.export == newest
    return LinkView(link, company, seen, renames, gone, current, "\n".join(names).casefold())


def matching(views: Iterable[LinkView], part: Part, words: str) -> tuple[LinkView, ...]:
    """Return the links of a part in whose tenant, portal or company every word occurs, in any case."""
    fits = finder(words)
    return tuple(view for view in views if part.holds(view) and fits(view.words))


def find(views: Iterable[LinkView], portal: str) -> LinkView | None:
    """Return the link of a portal."""
    key = portal_key(portal)
    return next((view for view in views if view.link.key == key), None)
