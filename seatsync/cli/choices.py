"""Commands that keep a team's choices: map, link, agreement-types."""

from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import JsonOption, TeamOption, open_desk, whole
from seatsync.console import answer, say, table, tell
from seatsync.errors import InvalidChoice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.answers import Json
    from seatsync.model import Link, Product, ProductId, Rejection, TierMapping


def map_(
    tier: Annotated[str, typer.Argument(help="The license as it stands in the export.")] = "",
    product: Annotated[str, typer.Option(help="The product's id or identifier in ConnectWise.")] = "",
    no_charge: Annotated[bool, typer.Option("--no-charge", help="Never bill seats of it.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the mapping.")] = False,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Map a license to a product, mark it no-charge, or list the mappings."""
    from seatsync import upkeep

    asked = [bool(product), no_charge, clear]
    if sum(asked) > 1 or (any(asked) and not tier) or (tier and not any(asked)):
        raise InvalidChoice(
            "The command map takes a license and one of --product ID, --no-charge and --clear; or nothing."
        )
    with open_desk(team) as (wiring, desk):
        if product:
            upkeep.map_tier(desk, tier, upkeep.find_product(upkeep.book_of(desk).products.values(), product))
        elif no_charge:
            upkeep.map_tier(desk, tier, None)
        elif clear:
            upkeep.clear_mapping(desk, tier)
        mappings = wiring.store.choices.mappings(desk.team.id)
        snapshot = wiring.store.snapshots.latest(desk.team.id)
        products = upkeep.book_of(desk).products if snapshot and mappings else {}
    _show_mappings(mappings, products, json)


def _show_mappings(
    mappings: "Sequence[TierMapping]", products: "Mapping[ProductId, Product]", json: bool
) -> None:
    named = [
        (
            m.tier,
            m.product_id,
            products[m.product_id].identifier
            if m.product_id is not None and m.product_id in products
            else "",
        )
        for m in mappings
    ]
    if json:
        answer(
            [
                {
                    "tier": tier,
                    "product": None if id_ is None else {"id": id_, "identifier": name},
                    "no_charge": id_ is None,
                }
                for tier, id_, name in named
            ]
        )
    elif named:
        cells = [(tier, "no-charge" if id_ is None else f"{name} ({id_})") for tier, id_, name in named]
        table(("License", "Product"), cells)
    else:
        say("No license is mapped yet. Map one with: map LICENSE --product ID.")


def link(
    portal: Annotated[str, typer.Argument(help="The tenant's portal as it stands in the export.")] = "",
    company: Annotated[str, typer.Option(help="The company's id in ConnectWise.")] = "",
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove the link; the company of an automatic one is ruled out.")
    ] = False,
    not_: Annotated[str, typer.Option("--not", help="Rule a company out for the tenant, by its id.")] = "",
    allow: Annotated[str, typer.Option(help="Take back that a company was ruled out, by its id.")] = "",
    ruled_out: Annotated[bool, typer.Option("--ruled-out", help="List the companies ruled out.")] = False,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Link a tenant's portal to a company, rule one out, or list the links."""
    from seatsync import links
    from seatsync.model import CompanyId

    asked = [bool(company), clear, bool(not_), bool(allow)]
    if sum(asked) > 1 or bool(portal) != any(asked) or (portal and ruled_out):
        raise InvalidChoice(
            "The command link takes a portal and one of --company ID, --clear, --not ID and --allow ID; or "
            "--ruled-out; or nothing."
        )
    with open_desk(team) as (wiring, desk):
        rejected = None
        if company:
            links.link_company(desk, portal, CompanyId(whole(company, "--company")))
        elif clear:
            rejected = links.clear_link(desk, portal)
        elif not_:
            rejected = links.reject_company(desk, portal, CompanyId(whole(not_, "--not")))
        elif allow:
            links.allow_company(desk, portal, CompanyId(whole(allow, "--allow")))
        kept = wiring.store.choices.links(desk.team.id)
        rejections = wiring.store.choices.rejections(desk.team.id)
    if rejected is not None:
        _tell_rejected(rejected, portal)
    if ruled_out:
        _show_rejections(rejections, json)
    else:
        _show_links(kept, json)


def _tell_rejected(rejected: "Rejection", portal: str) -> None:
    tell(
        f"{rejected.company_name} is ruled out for {portal}; nothing is matched by itself for it now. "
        f"Link it with --company ID, or take this back with --allow {rejected.company_id}."
    )


def _link_json(link: "Link") -> "Json":
    from seatsync.answers import instant

    return {
        "portal": link.portal or link.key,
        "tenant": link.tenant_name,
        "company": {"id": link.company_id, "name": link.company_name},
        "source": link.source.value,
        "reason": link.reason or None,
        "who": link.made_by or None,
        "at": instant(link.made_at) if link.made_at else None,
    }


def _rejection_json(rejection: "Rejection") -> "Json":
    from seatsync.answers import instant

    return {
        "portal": rejection.portal or rejection.key,
        "tenant": rejection.tenant_name,
        "company": {"id": rejection.company_id, "name": rejection.company_name},
        "who": rejection.rejected_by or None,
        "at": instant(rejection.rejected_at) if rejection.rejected_at else None,
    }


def _show_links(links: "Sequence[Link]", json: bool) -> None:
    if json:
        answer([_link_json(each) for each in links])
    elif links:
        table(
            ("Portal", "Tenant", "Company", "Made"),
            [
                (
                    each.portal or each.key,
                    each.tenant_name,
                    f"{each.company_name} ({each.company_id})",
                    each.source.value.replace("_", " "),
                )
                for each in links
            ],
        )
    else:
        say("No tenant is linked yet. A preview links those whose names agree.")


def _show_rejections(rejections: "Sequence[Rejection]", json: bool) -> None:
    if json:
        answer([_rejection_json(each) for each in rejections])
    elif rejections:
        table(
            ("Portal", "Tenant", "Ruled out", "By"),
            [
                (
                    each.portal or each.key,
                    each.tenant_name,
                    f"{each.company_name} ({each.company_id})",
                    each.rejected_by,
                )
                for each in rejections
            ],
        )
    else:
        say("No company is ruled out for a tenant.")


def agreement_types(
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="More names after --set.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="A type that counts; repeatable.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Let every type count.")] = False,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Choose which agreement types count, or list them."""
    from seatsync import upkeep

    names = [*(set_ or []), *(more or [])]
    if (names and clear) or (more and not set_):
        raise InvalidChoice("The command agreement-types takes --set NAME ... or --clear, not both.")
    with open_desk(team) as (wiring, desk):
        if names or clear:
            upkeep.set_agreement_types(desk, names)
        chosen = sorted(desk.rules.agreement_types)
        scanned = wiring.store.snapshots.latest(desk.team.id) is not None
        known = upkeep.book_of(desk).agreement_types if scanned else ()
    if json:
        answer({"chosen": chosen, "available": list(known)})
    elif chosen:
        say(f"These agreement types count: {', '.join(chosen)}.")
    else:
        say("Every agreement type counts.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("map")(map_)
    app.command("link")(link)
    app.command("agreement-types")(agreement_types)
