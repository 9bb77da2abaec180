"""Commands that keep a team's choices: map, link, agreement-types."""

from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import JsonOption, TeamOption, open_desk, whole
from seatsync.console import answer, say, table
from seatsync.errors import InvalidChoice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.model import Product, ProductId, TierMapping


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
    clear: Annotated[bool, typer.Option("--clear", help="Remove the link.")] = False,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Link a tenant's portal to a company, or list the links."""
    from seatsync import upkeep
    from seatsync.model import CompanyId

    if (company and clear) or bool(portal) != bool(company or clear):
        raise InvalidChoice(
            "The command link takes a portal and one of --company ID and --clear; or nothing."
        )
    with open_desk(team) as (wiring, desk):
        if company:
            upkeep.link_company(desk, portal, CompanyId(whole(company, "--company")))
        elif clear:
            upkeep.clear_link(desk, portal)
        links = wiring.store.choices.links(desk.team.id)
    if json:
        answer(
            [
                {
                    "portal": each.portal or each.key,
                    "tenant": each.tenant_name,
                    "company": {"id": each.company_id, "name": each.company_name},
                    "source": each.source.value,
                }
                for each in links
            ]
        )
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
