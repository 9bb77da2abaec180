"""Tenants to companies: a saved link first, then the name; and who else an open tenant could be."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from seatsync.evidence import LISTED, Websites, told_apart
from seatsync.learned import Aliases, ruled_out
from seatsync.matching import NameIndex
from seatsync.model import Company, CompanyId, Link, Rejection, SeatRow
from seatsync.names import normalise
from seatsync.preview import Candidate, Resolution
from seatsync.renames import renames_of
from seatsync.status import Decision, LinkSource

LISTED_FROM = 0.4
"""Below this score a company is neither offered nor locked: measured, one right one in sixty stands there."""


class Resolver:
    """Resolve tenants against one snapshot's companies; each tenant is resolved once.

    ``companies`` is every company of the snapshot, deleted ones included: a link to one of those says so.
    An automatic link to a company that is ruled out for its tenant counts as none.
    """

    def __init__(
        self,
        companies: Mapping[CompanyId, Company],
        links: Iterable[Link],
        rejections: Iterable[Rejection] = (),
    ) -> None:
        self._companies = companies
        self._rejected: dict[str, list[Rejection]] = {}
        for rejection in sorted(rejections, key=lambda each: each.company_id):
            self._rejected.setdefault(rejection.key, []).append(rejection)
        refuted = {(each.key, each.company_id) for listed in self._rejected.values() for each in listed}
        self._links = {
            link.key: link
            for link in links
            if link.source is LinkSource.BY_HAND or (link.key, link.company_id) not in refuted
        }
        self._resolved: dict[tuple[str, str], Resolution] = {}

    @cached_property
    def _index(self) -> NameIndex[CompanyId]:
        return NameIndex((c.id, c.name) for c in self._companies.values() if not c.deleted)

    @cached_property
    def _websites(self) -> Websites:
        return Websites(self._companies)

    @cached_property
    def _aliases(self) -> Aliases:
        return Aliases(self._companies, self._links.values())

    @cached_property
    def _by_name(self) -> Mapping[str, frozenset[CompanyId]]:
        """Find companies by their normalised name, deleted ones too: their lines may still be billed."""
        found: dict[str, set[CompanyId]] = {}
        for company in self._companies.values():
            found.setdefault(normalise(company.name), set()).add(company.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def settle(self, rows: Iterable[SeatRow]) -> None:
        """Look for portals under the names of different companies: those are not decided by name."""
        names: dict[str, set[str]] = {}
        for row in rows:
            names.setdefault(row.key, set()).add(row.tenant)
        for key, under in names.items():
            if key in self._links or len(under) < 2:
                continue
            found = [self.resolve(key, tenant) for tenant in sorted(under)]
            if len({resolution.company_id for resolution in found}) > 1:
                self._resolved.update(((key, tenant), _torn(sorted(under), found)) for tenant in under)

    def resolve(self, key: str, tenant: str) -> Resolution:
        """Say which company the tenant with this portal key and name is, and why."""
        found = self._resolved.get((key, tenant))
        if found is None:
            link = self._links.get(key)
            found = self._by_link(link, tenant) if link else self._by_match(key, tenant)
            self._resolved[key, tenant] = found
        return found

    def _by_link(self, link: Link, tenant: str) -> Resolution:
        company = self._companies.get(link.company_id)
        by_hand = link.source is LinkSource.BY_HAND
        if company is None or company.deleted:
            named = self._by_match(link.key, tenant)
            return Resolution(
                Decision.UNMATCHED,
                None,
                f"Linked to {link.company_name}, which is no longer in ConnectWise. Pick another company.",
                candidates=named.candidates,
                by_link=True,
                by_hand=by_hand,
            )
        renamed = [
            f'the {rename.what} was "{rename.was}"' for rename in renames_of(link, (tenant,), company.name)
        ]
        reason = told(link, company.name)
        if renamed:
            reason += f" Renamed since it was linked: check ({' and '.join(renamed)})."
        return Resolution(
            Decision.MATCHED,
            company.id,
            reason,
            score=1.0,
            by_link=True,
            by_hand=by_hand,
            renamed=bool(renamed),
        )

    def _by_match(self, key: str, tenant: str) -> Resolution:
        verdict = self._index.match(tenant)
        candidates = tuple(
            Candidate(c.id, c.name, c.score) for c in verdict.candidates if c.score >= LISTED_FROM
        )
        reason = verdict.reason
        if not candidates and verdict.decision is Decision.UNMATCHED:
            reason = f'No company has a name like "{" ".join(tenant.split())}". Pick its company.'
        named = Resolution(verdict.decision, verdict.chosen, reason, verdict.score, candidates)
        taught = self._aliases.apply(tenant, named)
        # What hand-made links leave open stays open, whatever the website says.
        open_ = taught is not named and taught.decision is Decision.AMBIGUOUS
        weighed = self._websites.weigh(key, taught, lambda id_: open_ or self._barred(tenant, id_))
        return ruled_out(weighed, self._rejected.get(key, ()))

    def _barred(self, tenant: str, company: CompanyId) -> bool:
        """Say whether a website can't settle it: a namesake, or words that tell two sites apart."""
        name = self._companies[company].name
        return len(self._by_name[normalise(name)]) > 1 or told_apart(tenant, name)

    def could_be(self, row: SeatRow) -> frozenset[CompanyId]:
        """List the companies that an open tenant might be: candidates, namesakes, and the linked one.

        A company that was ruled out is none of them, unless it bears the tenant's name: a slip there would
        cancel a line that is still in use.
        """
        resolution = self.resolve(row.key, row.tenant)
        namesakes = self._by_name.get(normalise(row.tenant), frozenset())
        linked = {self._links[row.key].company_id} if row.key in self._links else set()
        return namesakes | linked | {candidate.company_id for candidate in resolution.candidates}

    def was(self, key: str, tenant: str) -> CompanyId | None:
        """Return the company that a tenant of an earlier export is, or was linked to while it existed."""
        link = self._links.get(key)
        return link.company_id if link else self.resolve(key, tenant).company_id

    def new_links(self, rows: Iterable[SeatRow]) -> tuple[Link, ...]:
        """Make an automatic link, with its reason, for every tenant of ``rows`` that was matched."""
        made: dict[str, Link] = {}
        for row in rows:
            found = self.resolve(row.key, row.tenant)
            if found.by_link or found.company_id is None or row.key in made:
                continue
            company = self._companies[found.company_id]
            made[row.key] = Link(
                row.key, company.id, company.name, row.tenant, row.portal or row.tenant, reason=found.reason
            )
        return tuple(made[key] for key in sorted(made))


def told(link: Link, company: str) -> str:
    """Say who linked a tenant to the company, when, and for an automatic link why."""
    on = f" on {link.made_at:%Y-%m-%d}" if link.made_at else ""
    if link.source is LinkSource.BY_HAND:
        by = f" by {link.made_by}" if link.made_by else ""
        return f"Linked to {company} by hand{by}{on}."
    if link.reason:
        return f"Matched by name{on}: {link.reason}"
    return f"Linked to {company} automatically{on}; the reason was not kept."


def _torn(names: Sequence[str], found: Sequence[Resolution]) -> Resolution:
    listed = " and ".join(f'"{name}"' for name in names[:3])
    candidates = {candidate.company_id: candidate for each in found for candidate in each.candidates}
    best = sorted(candidates.values(), key=lambda candidate: (-candidate.score, candidate.company_id))
    return Resolution(
        Decision.AMBIGUOUS,
        None,
        f"This portal stands in the export as {listed}, which are not one company by name. Pick the company.",
        candidates=tuple(best[:LISTED]),
    )
