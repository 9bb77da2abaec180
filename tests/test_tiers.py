"""Tiers resolve exactly; a near miss is suggested and never applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.model import ProductId, TierMapping
from seatsync.tiers import near_miss, resolve_tier

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
