"""Tiers resolve exactly; a near miss is suggested and never applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.model import Product, ProductId, TierMapping
from seatsync.tiers import Suggestion, namesake, near_miss, resolve_tier, suggest

ADVANCED = TierMapping("Email Advanced Protect", ProductId(3409))
TRIAL = TierMapping("Trial", None)
MAPPINGS = {mapping.tier: mapping for mapping in (ADVANCED, TRIAL)}


def mapped_to(*tiers: str) -> dict[str, TierMapping]:
    """Mappings of tiers to a product each."""
    return {tier: TierMapping(tier, ProductId(number)) for number, tier in enumerate(tiers, 1)}


def test_a_tier_resolves_to_its_product_or_to_no_charge() -> None:
    assert resolve_tier("Email Advanced Protect", MAPPINGS) == ADVANCED
    assert resolve_tier("Trial", MAPPINGS) == TRIAL


@pytest.mark.parametrize(
    "tier", ["email advanced protect", "Email  Advanced Protect", "Advanced Protect", ""]
)
def test_a_tier_that_differs_in_anything_does_not_resolve(tier: str) -> None:
    assert resolve_tier(tier, MAPPINGS) is None


@pytest.mark.parametrize(
    ("tier", "mapped"),
    [
        ("email advanced PROTECT", "Email Advanced Protect"),
        (" Email\u00a0Advanced  Protect", "Email Advanced Protect"),
        ("EmailAdvanced Protect", "Email Advanced Protect"),
        ("Mail and Files", "Mail & Files"),
        ("Mail&Files", "Mail and Files"),
        ("Email & Collaboration Advanced Protect", "Advanced Protect"),
        ("advanced protect", "Email and Collaboration Advanced Protect"),
        ("Email Advanced Protect", "Email & Collaboration Advanced Protect"),
        ("Advanced Protect", "Email Advanced Protect"),
    ],
)
def test_case_spaces_ampersand_and_prefix_make_a_near_miss(tier: str, mapped: str) -> None:
    assert near_miss(tier, mapped_to(mapped, "Complete Protect")) == mapped


@pytest.mark.parametrize(
    ("tier", "mapped"),
    [
        ("Advanced Protect 2", "Advanced Protect"),
        ("Advanced-Protect", "Advanced Protect"),
        ("Email & Collaboration", "Email & Collaboration Advanced Protect"),
        ("", ""),
    ],
)
def test_any_other_difference_is_another_tier(tier: str, mapped: str) -> None:
    assert near_miss(tier, mapped_to(mapped)) is None


def test_two_near_tiers_suggest_none() -> None:
    near = mapped_to("Advanced Protect", "advanced protect")
    assert near_miss("ADVANCED PROTECT", near) is None


def test_two_near_tiers_of_one_product_suggest_the_first() -> None:
    one = {tier: TierMapping(tier, ProductId(1)) for tier in ("Advanced Protect", "advanced protect")}
    assert near_miss("ADVANCED PROTECT", one) == "Advanced Protect"


def test_the_tier_itself_is_no_near_miss() -> None:
    assert near_miss("Advanced", mapped_to("Advanced")) is None


@given(st.text(), st.text())
def test_nearness_is_mutual(one: str, other: str) -> None:
    assert (near_miss(one, mapped_to(other)) == other and one != other) == (
        near_miss(other, mapped_to(one)) == one and one != other
    )


def catalogue(*products: Product) -> dict[ProductId, Product]:
    """Products by id."""
    return {product.id: product for product in products}


PROTECT = Product(ProductId(3409), "AV-EAP", "Email Advanced Protect")


@pytest.mark.parametrize("tier", ["Email Advanced Protect", " email ADVANCED protect ", "av-eap"])
def test_a_tier_suggests_the_product_that_bears_its_name(tier: str) -> None:
    assert suggest(tier, {}, catalogue(PROTECT)) == Suggestion(PROTECT)


def test_no_product_is_suggested_when_two_bear_the_name_or_the_one_is_inactive() -> None:
    twin = Product(ProductId(2), "EMAIL ADVANCED PROTECT")
    assert namesake("Email Advanced Protect", (PROTECT, twin)) is None
    idle = Product(ProductId(1), "AV-EAP", inactive=True)
    assert namesake("AV-EAP", (idle,)) is None
    assert namesake("AV-EAP", (idle, PROTECT)) == PROTECT
    assert namesake(" ", (Product(ProductId(4), "X", ""),)) is None


def test_a_near_miss_suggests_what_its_neighbour_bills() -> None:
    assert suggest("Advanced protect", MAPPINGS, catalogue(PROTECT)) == Suggestion(PROTECT, ADVANCED.tier)
    assert suggest("TRIAL", MAPPINGS, {}) == Suggestion(None, "Trial")


def test_a_near_miss_of_a_product_that_is_gone_or_inactive_suggests_nothing() -> None:
    idle = Product(ProductId(3409), "AV-EAP", inactive=True)
    assert suggest("Advanced protect", MAPPINGS, {}) is None
    assert suggest("Advanced protect", MAPPINGS, catalogue(idle)) is None


def test_a_near_miss_and_a_namesake_that_disagree_suggest_nothing() -> None:
    other = Product(ProductId(7), "Advanced Protect")
    assert suggest("Advanced Protect", MAPPINGS, catalogue(PROTECT, other)) is None
