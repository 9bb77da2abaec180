"""Keep a team's choices: tier mappings, agreement types, rules, the time zone, the connection."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from seatsync.desk import Desk
from seatsync.errors import InvalidChoice, NotFound
from seatsync.model import Book, Product, ProductId, TierMapping
from seatsync.owner_tag import check_tag
from seatsync.people import Permission
from seatsync.ports import Check, Connection
from seatsync.rules import Rules
from seatsync.settings import known_zone, web_address
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


def clear_mappings(desk: Desk, tiers: Iterable[str]) -> tuple[str, ...]:
    """Remove the mappings of several tiers, all at once and each audited; return those that had one.

    Raises NotFound when none had.
    """
    desk.require(Permission.MANAGE, "mapping.clear", "several licenses")
    before = {mapping.tier: mapping for mapping in desk.store.choices.mappings(desk.team.id)}
    drafts = {
        tier: desk.draft(Permission.MANAGE, "mapping.clear", tier, _said(before[tier]))
        for tier in tiers
        if tier in before
    }
    gone = desk.store.choices.clear_mappings(desk.team.id, drafts)
    if not gone:
        raise NotFound("None of these licenses has a mapping any more. Nothing was removed.")
    return tuple(sorted(gone))


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
    check_tag(rules.owner_tag)
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
        "owner_tag": rules.owner_tag,
        "rehearse": rules.rehearse,
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
