"""Keep a team's choices: tier mappings, company links, agreement types, rules, the connection."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice, NotFound
from seatsync.model import Book, Company, CompanyId, Link, Product, ProductId, TierMapping, portal_key
from seatsync.people import Permission
from seatsync.ports import Check, Connection
from seatsync.rules import Rules
from seatsync.settings import known_zone, web_address
from seatsync.status import LinkSource
from seatsync.tiers import TierUse, count_tiers


def book_of(desk: Desk) -> Book:
    """Load companies, agreements and products of the snapshot in use, without additions."""
    return desk.store.snapshots.book(desk.team.id, desk.snapshot().id, ())


def tiers_in_use(desk: Desk) -> tuple[TierUse, ...]:
    """Count the newest export's paid seats by tier, unmapped tiers first; empty without an export."""
    desk.require(Permission.SEE, "mapping.list")
    kept = desk.store.exports.all(desk.team.id)
    if not kept:
        return ()
    mapped = (mapping.tier for mapping in desk.store.choices.mappings(desk.team.id))
    return count_tiers(desk.store.exports.seat_rows(desk.team.id, kept[0].id), mapped)


def mapping_of(desk: Desk, tier: str) -> TierMapping | None:
    """Return the mapping of a tier, if it has one."""
    return next((m for m in desk.store.choices.mappings(desk.team.id) if m.tier == tier), None)


def map_tier(desk: Desk, tier: str, product: ProductId | None) -> TierMapping:
    """Save the product of a tier, or no-charge when ``product`` is None.

    Raises InvalidChoice for a blank tier or a product that is not in the snapshot's catalogue.
    """
    desk.require(Permission.MANAGE, "mapping.save", tier)
    if not tier.strip():
        raise InvalidChoice("A license mapping needs the license as it stands in the export.")
    named: dict[str, object] = {"no_charge": True}
    if product is not None:
        found = book_of(desk).products.get(product)
        if found is None:
            raise InvalidChoice(
                f"Product {product} is not in the catalogue of the last scan. Choose another, or scan again."
            )
        named = {"product_id": product, "identifier": found.identifier}
    before = mapping_of(desk, tier)
    mapping = TierMapping(tier, product)
    desk.store.choices.save_mapping(
        desk.team.id,
        mapping,
        desk.draft(Permission.MANAGE, "mapping.save", tier, _said(before), named),
    )
    return mapping


def _said(mapping: TierMapping | None) -> dict[str, object]:
    if mapping is None:
        return {}
    return {"no_charge": True} if mapping.no_charge else {"product_id": mapping.product_id}


def clear_mapping(desk: Desk, tier: str) -> None:
    """Remove the mapping of a tier. Raises NotFound."""
    desk.require(Permission.MANAGE, "mapping.clear", tier)
    before = mapping_of(desk, tier)
    if before is None:
        raise NotFound(f'The license "{tier}" has no mapping. Mappings are case-sensitive.')
    draft = desk.draft(Permission.MANAGE, "mapping.clear", tier, _said(before))
    desk.store.choices.clear_mapping(desk.team.id, tier, draft)


def find_product(products: Iterable[Product], text: str) -> ProductId:
    """Find a product by its id or its identifier. Raises InvalidChoice when there is none, or several."""
    listed = tuple(products)
    found = [p for p in listed if str(p.id) == text] or [p for p in listed if p.identifier == text]
    if len(found) == 1:
        return found[0].id
    if found:
        ids = ", ".join(str(p.id) for p in found)
        raise InvalidChoice(f'Several products have the identifier "{text}" ({ids}). Give the id.')
    raise InvalidChoice(
        f'No product "{text}" is in the catalogue of the last scan. Choose another, or scan again.'
    )


def link_company(desk: Desk, portal: str, company: CompanyId, tenant: str = "") -> Link:
    """Save by hand which company a portal is; ``tenant`` is the tenant's name, when known.

    Raises InvalidChoice for a blank portal or a company that is not in the snapshot.
    """
    desk.require(Permission.MANAGE, "link.save", portal)
    if not portal.strip():
        raise InvalidChoice("A link needs the tenant's portal.")
    found: Company | None = book_of(desk).companies.get(company)
    if found is None:
        raise InvalidChoice(f"Company {company} is not in the last scan. Choose another, or scan again.")
    if found.deleted:
        raise InvalidChoice(f"{found.name} ({company}) is no longer in ConnectWise. Choose another company.")
    before = link_of(desk, portal)
    link = Link(
        portal_key(portal),
        company,
        found.name,
        tenant or (before.tenant_name if before else ""),
        portal,
        LinkSource.BY_HAND,
        desk.person.name,
    )
    draft = desk.draft(
        Permission.MANAGE,
        "link.save",
        portal,
        {"company_id": before.company_id, "company": before.company_name} if before else {},
        {"company_id": company, "company": found.name, "source": LinkSource.BY_HAND},
    )
    desk.store.choices.save_link(desk.team.id, link, draft)
    return link


def link_of(desk: Desk, portal: str) -> Link | None:
    """Return the link of a portal, if it has one."""
    key = portal_key(portal)
    return next((link for link in desk.store.choices.links(desk.team.id) if link.key == key), None)


def clear_link(desk: Desk, portal: str) -> None:
    """Remove the link of a portal. Raises NotFound."""
    desk.require(Permission.MANAGE, "link.clear", portal)
    before = link_of(desk, portal)
    if before is None:
        raise NotFound(f'The portal "{portal}" has no link.')
    draft = desk.draft(
        Permission.MANAGE,
        "link.clear",
        portal,
        {"company_id": before.company_id, "company": before.company_name},
    )
    desk.store.choices.clear_link(desk.team.id, before.key, draft)


def set_agreement_types(desk: Desk, names: Sequence[str]) -> Rules:
    """Replace the filter on agreement types; an empty choice means every agreement.

    Raises InvalidChoice for a type that is not in the snapshot.
    """
    wanted = frozenset(names)
    if wanted:
        known = book_of(desk).agreement_types
        unknown = sorted(wanted.difference(known))
        if unknown:
            raise InvalidChoice(
                f'No agreement type "{unknown[0]}" is in the last scan. It has: {", ".join(known) or "none"}.'
            )
    return save_rules(desk, replace(desk.rules, agreement_types=wanted), Permission.MANAGE)


def save_rules(desk: Desk, rules: Rules, permission: Permission = Permission.ADMINISTER) -> Rules:
    """Replace the team's rules; the change is audited with what differs. Raises InvalidChoice."""
    desk.require(permission, "rules.save")
    _check_rules(rules)
    before, after = _rules_said(desk.rules), _rules_said(rules)
    changed = [name for name in after if after[name] != before[name]]
    draft = desk.draft(
        permission,
        "rules.save",
        "rules",
        {name: before[name] for name in changed},
        {name: after[name] for name in changed},
    )
    desk.store.teams.save_rules(desk.team.id, rules, draft)
    return rules


def _check_rules(rules: Rules) -> None:
    brakes = rules.brakes
    shares = {
        "share of tenants kept": rules.tenants_kept,
        "share of companies seen": rules.companies_seen,
        "brake on lines cancelled": brakes.cancel_share,
        "brake on seats": brakes.seat_share,
        "brake on revenue": brakes.revenue_share,
    }
    for name, share in shares.items():
        if not (share.is_finite() and 0 <= share <= Decimal(1)):
            raise InvalidChoice(f"The {name} must be from 0 to 100 %.")
    if brakes.cancels < 0:
        raise InvalidChoice("The number of cancels that is always allowed can't be below 0.")
    if not re.fullmatch("[A-Z]{3}", rules.currency):
        raise InvalidChoice(f'"{rules.currency}" is not a currency code such as USD.')


def _rules_said(rules: Rules) -> dict[str, object]:
    brakes = rules.brakes
    return {
        "agreement_types": sorted(rules.agreement_types),
        "tenants_kept": str(rules.tenants_kept),
        "companies_seen": str(rules.companies_seen),
        "currency": rules.currency,
        "brake_cancels": brakes.cancels,
        "brake_cancel_share": str(brakes.cancel_share),
        "brake_seat_share": str(brakes.seat_share),
        "brake_revenue_share": str(brakes.revenue_share),
    }


def save_timezone(desk: Desk, zone: str) -> None:
    """Save the zone that decides what "today" means. Raises InvalidChoice for an unknown one."""
    desk.require(Permission.ADMINISTER, "timezone.save", zone)
    try:
        known_zone(zone)
    except ValueError as error:
        raise InvalidChoice(f"{error}.") from error
    before = {"timezone": desk.store.teams.timezone(desk.team.id)}
    draft = desk.draft(Permission.ADMINISTER, "timezone.save", "timezone", before, {"timezone": zone})
    desk.store.teams.save_timezone(desk.team.id, zone, draft)


def save_connection(desk: Desk, connection: Connection | None) -> None:
    """Save the team's own ConnectWise connection; None returns to the inherited one.

    Keys are stored encrypted, and only the address and the company are audited. Raises InvalidChoice for a
    blank part or an address that is not allowed.
    """
    desk.require(Permission.ADMINISTER, "connection.save", "ConnectWise")
    after = {}
    if connection is not None:
        parts = (connection.url, connection.company, connection.public_key, connection.private_key)
        if not all(part.strip() for part in (*parts, connection.client_id)):
            raise InvalidChoice("All five parts of the ConnectWise connection are needed.")
        try:
            connection = replace(connection, url=web_address(connection.url.strip()))
        except ValueError as error:
            raise InvalidChoice(f"The ConnectWise address can't be used: {error}.") from error
        after = {"url": connection.url, "company": connection.company}
    draft = desk.draft(Permission.ADMINISTER, "connection.save", "ConnectWise", {}, after)
    desk.store.teams.save_connection(desk.team.id, connection, draft)


def try_connection(desk: Desk) -> tuple[Check, ...]:
    """Try the connection that the team uses, and each permission a scan needs. Raises NotConfigured."""
    desk.require(Permission.ADMINISTER, "connection.test", "ConnectWise")
    with desk.connect() as connectwise:
        return connectwise.check()
