"""Keep which company a tenant is: links by hand, links removed, companies ruled out and allowed again."""

from collections.abc import Iterable

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice, NotFound
from seatsync.model import Company, CompanyId, Link, Rejection, portal_key
from seatsync.people import Permission
from seatsync.renames import renames_of
from seatsync.status import LinkSource
from seatsync.upkeep import book_of


def link_of(desk: Desk, portal: str) -> Link | None:
    """Return the link of a portal, if it has one."""
    key = portal_key(portal)
    return next((link for link in desk.store.choices.links(desk.team.id) if link.key == key), None)


def link_company(desk: Desk, portal: str, company: CompanyId, tenant: str = "") -> Link:
    """Save by hand which company a portal is; a company that was ruled out for it is so no longer.

    ``tenant`` is the tenant's name; without it, the one of the newest export. Raises InvalidChoice for a
    blank portal or a company that is not in the snapshot.
    """
    desk.require(Permission.MANAGE, "link.save", portal)
    found = _company(desk, portal, company)
    if found.deleted:
        raise InvalidChoice(f"{found.name} ({company}) is no longer in ConnectWise. Choose another company.")
    before = link_of(desk, portal)
    link = Link(
        portal_key(portal),
        company,
        found.name,
        tenant or _tenant_of(desk, portal) or (before.tenant_name if before else ""),
        portal,
        LinkSource.BY_HAND,
        desk.person.name,
    )
    told = _said(before) if before else {}
    after: dict[str, object] = {
        "company_id": company,
        "company": found.name,
        "source": LinkSource.BY_HAND,
    }
    if before is not None and before.tenant_name != link.tenant_name:
        told["tenant"], after["tenant"] = before.tenant_name, link.tenant_name
    if any(each.company_id == company for each in rejections_of(desk, portal)):
        told["ruled_out"] = found.name
    draft = desk.draft(Permission.MANAGE, "link.save", portal, told, after)
    desk.store.choices.save_link(desk.team.id, link, draft)
    return link


def keep_link(desk: Desk, portal: str) -> Link:
    """Confirm that the link of a portal is still right: it is saved by hand, with the names of today.

    The tenant's name is that of the last export it occurs in. Raises NotFound without a link, and
    InvalidChoice when its company is no longer in ConnectWise.
    """
    before, key = link_of(desk, portal), portal_key(portal)
    if before is None:
        raise NotFound(f'The portal "{portal}" has no link. Pick its company on its row.')
    seen = next((one for one in desk.store.exports.last_seen(desk.team.id) if one.key == key), None)
    tenants = seen.tenants if seen else ()
    now = next((rename.now for rename in renames_of(before, tenants, "") if rename.what == "tenant"), "")
    return link_company(desk, before.portal or portal, before.company_id, now or before.tenant_name)


def clear_link(desk: Desk, portal: str) -> Rejection | None:
    """Remove the link of a portal; the company of an automatic one is ruled out, or it would come back.

    Returns what was ruled out, if anything: nothing is when the company is no longer in ConnectWise. Raises
    NotFound.
    """
    desk.require(Permission.MANAGE, "link.clear", portal)
    before = link_of(desk, portal)
    if before is None:
        raise NotFound(f'The portal "{portal}" has no link.')
    company = book_of(desk).companies.get(before.company_id)
    if before.source is LinkSource.AUTOMATIC and company is not None and not company.deleted:
        return reject_company(desk, portal, before.company_id)
    draft = desk.draft(Permission.MANAGE, "link.clear", portal, _said(before))
    desk.store.choices.clear_link(desk.team.id, before.key, draft)
    return None


def clear_links(desk: Desk, keys: Iterable[str]) -> tuple[Link, ...]:
    """Remove several links, all at once and each audited; no company is ruled out by it.

    Their tenants are matched anew, by name, in the next preview. ``keys`` are the links' own keys. Returns
    the links that were there. Raises NotFound when none was.
    """
    desk.require(Permission.MANAGE, "link.clear", "several links")
    before = {link.key: link for link in desk.store.choices.links(desk.team.id)}
    drafts = {
        key: desk.draft(Permission.MANAGE, "link.clear", before[key].portal or key, _said(before[key]))
        for key in keys
        if key in before
    }
    gone = desk.store.choices.clear_links(desk.team.id, drafts)
    if not gone:
        raise NotFound("None of these links is there any more. Nothing was removed.")
    return tuple(link for key, link in before.items() if key in gone)


def rejections_of(desk: Desk, portal: str) -> tuple[Rejection, ...]:
    """List the companies ruled out for a portal."""
    key = portal_key(portal)
    return tuple(each for each in desk.store.choices.rejections(desk.team.id) if each.key == key)


def reject_company(desk: Desk, portal: str, company: CompanyId, tenant: str = "") -> Rejection:
    """Rule a company out for a portal, and remove an automatic link to it.

    From then on nothing is matched by itself for the portal. Raises InvalidChoice for a blank portal, for a
    company that is not in the snapshot, and for one that was linked by hand.
    """
    desk.require(Permission.MANAGE, "link.reject", portal)
    found = _company(desk, portal, company)
    before = link_of(desk, portal)
    linked = before is not None and before.company_id == company
    if before is not None and linked and before.source is LinkSource.BY_HAND:
        raise InvalidChoice(
            f"{before.made_by} linked {portal} to {found.name} by hand. Remove that link instead."
        )
    rejection = Rejection(
        portal_key(portal),
        company,
        found.name,
        tenant or (before.tenant_name if before else "") or _tenant_of(desk, portal),
        portal,
        desk.person.name,
    )
    draft = desk.draft(
        Permission.MANAGE,
        "link.reject",
        portal,
        _said(before) if before and linked else {},
        {"ruled_out": found.name, "company_id": company, "tenant": rejection.tenant_name},
    )
    desk.store.choices.save_rejection(desk.team.id, rejection, draft)
    return rejection


def allow_company(desk: Desk, portal: str, company: CompanyId) -> None:
    """Take back that a company was ruled out for a portal. Raises NotFound."""
    desk.require(Permission.MANAGE, "link.unreject", portal)
    before = next((each for each in rejections_of(desk, portal) if each.company_id == company), None)
    if before is None:
        raise NotFound(f'Company {company} is not ruled out for the portal "{portal}".')
    draft = desk.draft(
        Permission.MANAGE,
        "link.unreject",
        portal,
        {"ruled_out": before.company_name, "company_id": company, "by": before.rejected_by},
    )
    desk.store.choices.clear_rejection(desk.team.id, before.key, company, draft)


def _company(desk: Desk, portal: str, company: CompanyId) -> Company:
    if not portal.strip():
        raise InvalidChoice("A link needs the tenant's portal.")
    found = book_of(desk).companies.get(company)
    if found is None:
        raise InvalidChoice(f"Company {company} is not in the last scan. Choose another, or scan again.")
    return found


def _tenant_of(desk: Desk, portal: str) -> str:
    """Return the tenant's name in the newest export; empty when it is not in it."""
    kept, key = desk.store.exports.all(desk.team.id), portal_key(portal)
    rows = desk.store.exports.seat_rows(desk.team.id, kept[0].id) if kept else ()
    return next((row.tenant for row in rows if row.key == key), "")


def _said(link: Link) -> dict[str, object]:
    why = {"reason": link.reason} if link.reason else {}
    return {"company_id": link.company_id, "company": link.company_name, "source": link.source, **why}
