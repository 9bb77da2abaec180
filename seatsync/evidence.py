"""Weigh a match by name against the websites of the companies: a portal's own domain, never alone."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seatsync.model import Company, CompanyId
from seatsync.name_rules import REVIEW
from seatsync.name_words import PLACES_AND_NUMBERS, SECOND_LEVEL
from seatsync.names import normalise
from seatsync.preview import Candidate, Resolution
from seatsync.status import Decision

LIKELY = REVIEW
"""From this score on, a name is alike enough for a person to be asked, and for a website to confirm it."""
LISTED = 5
"""How many companies are listed for one tenant at most."""

_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|^mailto:")
_FARM = re.compile(r"^mt-[\w-]+:(?=[\w-]*[^\W\d])")
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_LABEL = re.compile(r"[\w-]{3,63}")
_LONGEST = 2048

# Hosts on which anybody has a name, a page or a mailbox: none of them is the domain of a client.
_SHARED = frozenset(
    """
    avanan.net avanan.com checkpoint.com checkpointcloudsec.com onmicrosoft.com mail.onmicrosoft.com
    sharepoint.com office.com microsoft.com outlook.com live.com msn.com google.com goo.gl ymail.com
    aol.com icloud.com me.com mac.com proton.me protonmail.com web.de mail.com zoho.com yandex.com
    fastmail.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net
    earthlink.net btinternet.com btconnect.com sky.com talktalk.net virginmedia.com orange.fr free.fr
    wanadoo.fr laposte.net t-online.de bigpond.com optusnet.com.au shaw.ca rogers.com telus.net
    wixsite.com wix.com squarespace.com weebly.com wordpress.com godaddysites.com webflow.io github.io
    gitlab.io netlify.app vercel.app pages.dev herokuapp.com azurewebsites.net cloudfront.net
    amazonaws.com web.app firebaseapp.com myshopify.com business.site square.site jimdosite.com
    jimdofree.com strikingly.com carrd.co site123.me tripod.com wpengine.com mystrikingly.com
    hubspotpagebuilder.com facebook.com fb.com fb.me linkedin.com instagram.com twitter.com x.com
    youtube.com tiktok.com pinterest.com yelp.com etsy.com linktr.ee bit.ly
    """.split()
)
# The same under the domains of many countries.
_SHARED_LABELS = frozenset("blogspot gmail gmx googlemail hotmail yahoo".split())
# Second-level names that are longer than three letters, beside those that name matching knows.
_SUFFIX_WORDS = SECOND_LEVEL | {
    "asso",
    "conf",
    "gouv",
    "govt",
    "info",
    "judiciary",
    "museum",
    "name",
    "school",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What an address tells of its owner.

    ``domain`` is the registered domain, empty for a bare word and for a name on a shared host. ``label`` is
    its telling part, without hyphens. ``below`` says that the address is a part of the domain.
    """

    domain: str
    label: str
    below: bool = False


def site_of(text: str) -> Site | None:
    """Read a portal, a website or an e-mail address; None when it is nothing of the kind."""
    host = _SCHEME.sub("", unicodedata.normalize("NFKC", text[:_LONGEST]).strip().casefold())
    host = re.split(r"[/?#\\]", _FARM.sub("", host), maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d*$", "", host).rstrip(".")
    host = re.sub(r"^www\d?\.(?=.*\.)", "", host)
    if _LABEL.fullmatch(host):
        return Site("", _telling(host)) if not host.isdigit() else None
    if not _HOST.fullmatch(host):
        return None
    shared = next((suffix for suffix in _suffixes(host) if suffix in _SHARED), "")
    if shared:
        name = host.removesuffix(shared).partition(".")[0]
        return Site("", _telling(name)) if _LABEL.fullmatch(name) else None
    labels = host.split(".")
    own = labels[-_suffix_length(labels) - 1 :]
    if own[0] in _SHARED_LABELS:
        return None
    return Site(".".join(own), _telling(own[0]), below=len(labels) > len(own))


def _telling(label: str) -> str:
    return label.replace("-", "").replace("_", "")


def _suffixes(host: str) -> Iterable[str]:
    labels = host.split(".")
    return (".".join(labels[place:]) for place in range(len(labels)))


def _suffix_length(labels: Sequence[str]) -> int:
    """Count the labels that belong to nobody; when in doubt too many, so that strangers share no domain."""
    if len(labels) < 3 or len(labels[-1]) > 2:
        return 1
    if labels[-1] == "us":
        return len(labels) - 1
    return 2 if len(labels[-2]) <= 3 or labels[-2] in _SUFFIX_WORDS else 1


def told_apart(tenant: str, company: str) -> bool:
    """Say whether words left over may tell two sites of one organisation apart, which share its website.

    They do when both names have such words, or when one is a place, a number or as short as ``US``.
    """
    ours, theirs = set(normalise(tenant).split()), set(normalise(company).split())
    left = ours ^ theirs
    telling = any(len(w) < 3 or w in PLACES_AND_NUMBERS or any(map(str.isdigit, w)) for w in left)
    return telling or bool(ours - theirs and theirs - ours)


class Websites:
    """The websites of all companies of a snapshot; deleted companies count, but are never proposed."""

    def __init__(self, companies: Mapping[CompanyId, Company]) -> None:
        self._companies = companies
        self._by_domain: dict[str, list[CompanyId]] = {}
        self._by_label: dict[str, list[CompanyId]] = {}
        self._below: set[CompanyId] = set()
        for company in sorted(companies.values(), key=lambda c: c.id):
            site = site_of(company.website)
            if site is None or not site.domain:
                continue
            self._by_domain.setdefault(site.domain, []).append(company.id)
            self._by_label.setdefault(site.label, []).append(company.id)
            if site.below:
                self._below.add(company.id)

    def weigh(self, portal: str, found: Resolution, barred: Callable[[CompanyId], bool]) -> Resolution:
        """Confirm or doubt what the name says of the tenant with this portal, or list whose website it is.

        ``barred`` says which company is never confirmed, whatever its website.
        """
        site = site_of(portal)
        if site is None:
            return found
        owners = self._by_domain.get(site.domain, []) if site.domain else []
        live = self._live(owners)
        if found.decision is Decision.MATCHED:
            return self._checked(found, site, live)
        if not site.domain:
            said = f'The portal is named like the website of {{}}: "{site.label}".'
            return self._listed(found, self._live(self._by_label.get(site.label, [])), said)
        named = next((c for c in found.candidates if [c.company_id] == owners and c.score >= LIKELY), None)
        proper = not site.below and not self._below.intersection(owners)
        if found.decision is Decision.AMBIGUOUS and named and proper and not barred(named.company_id):
            return self._confirmed(found, named, site)
        return self._listed(found, live, f"The portal's domain {site.domain} is the website of {{}}.")

    def _live(self, owners: Iterable[CompanyId]) -> tuple[CompanyId, ...]:
        return tuple(owner for owner in owners if not self._companies[owner].deleted)

    def _checked(self, found: Resolution, site: Site, live: Sequence[CompanyId]) -> Resolution:
        """Doubt a match by name when the portal's domain is the website of one other company."""
        if found.company_id in live:
            said = f"{found.reason} Its website {site.domain} is the portal's domain, too."
            return replace(found, reason=said)
        if len(live) != 1:
            return found
        doubted = replace(found, decision=Decision.AMBIGUOUS, company_id=None)
        said = f"But the portal's domain {site.domain} is the website of {{}}: pick which of the two it is."
        return self._listed(doubted, live, said, before=found.company_id)

    def _confirmed(self, found: Resolution, named: Candidate, site: Site) -> Resolution:
        reason = (
            f'Name and website agree: "{named.name}" ({named.score:.0%} alike) alone has the website '
            f"{site.domain}, the portal's domain. By name alone: {found.reason}"
        )
        first = replace(named, website=True)
        others = tuple(c for c in found.candidates if c.company_id != named.company_id)
        return replace(
            found,
            decision=Decision.MATCHED,
            company_id=named.company_id,
            reason=reason,
            score=named.score,
            candidates=(first, *others),
        )

    def _listed(
        self, found: Resolution, owners: Sequence[CompanyId], said: str, before: CompanyId | None = None
    ) -> Resolution:
        """Put the owners of a website first among the candidates, but for the company ``before`` them."""
        listed = {candidate.company_id: candidate for candidate in found.candidates}
        # A website of many companies points at none of them; it only orders those listed for their names.
        named = [owner for owner in owners if owner in listed or len(owners) < 3]
        if not named:
            return found
        agreeing = [
            replace(listed.get(owner, Candidate(owner, self._companies[owner].name, 0.0)), website=True)
            for owner in named
        ]
        agreeing.sort(key=lambda candidate: (-candidate.score, candidate.company_id))
        first = [candidate for candidate in found.candidates if candidate.company_id == before]
        rest = [c for c in found.candidates if c.company_id not in named and c.company_id != before]
        names = " and ".join(f'"{candidate.name}"' for candidate in agreeing[:2])
        return replace(
            found,
            reason=f"{found.reason} {said.format(names)}",
            candidates=tuple([*first, *agreeing, *rest][:LISTED]),
        )
