"""What a person's choices teach: names that are known by a link made by hand, and companies ruled out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from seatsync.evidence import LIKELY, LISTED
from seatsync.model import Company, CompanyId, Link, Rejection
from seatsync.names import read_name
from seatsync.preview import Candidate, Resolution
from seatsync.status import Decision, LinkSource


class Aliases:
    """The tenant names of hand-made links, each standing for the company that a person chose.

    Names are compared as a whole, legal form included: a link of "Contoso Inc" says nothing of "Contoso LLC",
    which may be another client. A link to a company that left ConnectWise teaches nothing.
    """

    def __init__(self, companies: Mapping[CompanyId, Company], links: Iterable[Link]) -> None:
        self._companies = companies
        self._taught: dict[str, list[Link]] = {}
        for link in sorted(links, key=lambda each: each.key):
            company = companies.get(link.company_id)
            if link.source is not LinkSource.BY_HAND or company is None or company.deleted:
                continue
            text = read_name(link.tenant_name).text
            if text:
                self._taught.setdefault(text, []).append(link)

    @cached_property
    def _bearers(self) -> Mapping[str, frozenset[CompanyId]]:
        found: dict[str, set[CompanyId]] = {}
        for company in self._companies.values():
            if not company.deleted:
                found.setdefault(read_name(company.name).text, set()).add(company.id)
        return {text: frozenset(ids) for text, ids in found.items()}

    def apply(self, tenant: str, found: Resolution) -> Resolution:
        """Return what the links say of a tenant without one; ``found`` itself when they say nothing."""
        text = read_name(tenant).text if self._taught else ""
        links = self._taught.get(text, ())
        if not links:
            return found
        meant = {link.company_id for link in links}
        bearers = self._bearers.get(text, frozenset())
        for company in meant:
            bearers |= self._bearers.get(read_name(self._companies[company].name).text, frozenset())
        rivals = bearers - meant
        if found.company_id is not None:
            rivals |= {found.company_id} - meant
        told = _told(links[0], self._companies[links[0].company_id].name)
        candidates = self._ordered(meant, rivals, found.candidates)
        if len(meant) == 1 and not rivals:
            return Resolution(
                Decision.MATCHED, links[0].company_id, f"Same name as {told}.", 1.0, candidates=candidates
            )
        other = next(
            (
                _told(link, self._companies[link.company_id].name)
                for link in links
                if link.company_id != links[0].company_id
            ),
            "",
        )
        against = other or f'"{self._companies[min(rivals)].name}" may be meant, too'
        reason = f"Same name as {told}, but {'also as ' if other else ''}{against}. Pick the company."
        return Resolution(Decision.AMBIGUOUS, None, reason, 1.0, candidates=candidates)

    def _ordered(
        self, meant: Iterable[CompanyId], rivals: Iterable[CompanyId], listed: Sequence[Candidate]
    ) -> tuple[Candidate, ...]:
        """List the companies that links mean, then their rivals, then those that are merely alike."""
        scores = {candidate.company_id: candidate.score for candidate in listed}
        first = [Candidate(company, self._companies[company].name, 1.0) for company in sorted(meant)]
        second = [
            Candidate(company, self._companies[company].name, scores.get(company, 1.0))
            for company in sorted(rivals)
        ]
        known = {candidate.company_id for candidate in (*first, *second)}
        others = [candidate for candidate in listed if candidate.company_id not in known]
        return tuple([*first, *second, *others][:LISTED])


def _told(link: Link, company: str) -> str:
    by = f"{link.made_by} linked" if link.made_by else "is linked"
    return (
        f'the tenant "{link.tenant_name}" (portal {link.portal or link.key}), which {by} to {company} by hand'
    )


def ruled_out(found: Resolution, rejections: Sequence[Rejection]) -> Resolution:
    """Take the companies that a person ruled out from what was found; nothing is matched beside one."""
    if not rejections:
        return found
    ids = {rejection.company_id for rejection in rejections}
    left = tuple(candidate for candidate in found.candidates if candidate.company_id not in ids)
    best = max(left, key=lambda candidate: candidate.score, default=None)
    decision = Decision.AMBIGUOUS if best is not None and best.score >= LIKELY else Decision.UNMATCHED
    said = " ".join(map(_refused, rejections[:2]))
    more = f" So were {len(rejections) - 2} more." if len(rejections) > 2 else ""
    offered = f' Closest of the others is "{best.name}" ({best.score:.0%} alike).' if best else ""
    site = next((f' "{c.name}" has the website of the portal.' for c in left if c.website), "")
    return replace(
        found,
        decision=decision,
        company_id=None,
        reason=f"{said}{more} Pick the company; none is matched by itself now.{offered}{site}",
        score=best.score if best else 0.0,
        candidates=left,
    )


def _refused(rejection: Rejection) -> str:
    by = f" by {rejection.rejected_by}" if rejection.rejected_by else ""
    on = f" on {rejection.rejected_at:%Y-%m-%d}" if rejection.rejected_at else ""
    return f"{rejection.company_name} was ruled out{by}{on}."
