"""What counts as renamed since a link was made."""

import pytest

from seatsync.renames import Rename, renames_of
from tests.factories import link


@pytest.mark.parametrize("tenants", [(), ("Contoso Ltd",), ("  Contoso   Ltd ",), ("Other", "Contoso Ltd")])
def test_a_tenant_that_still_goes_by_the_name_of_the_link_is_not_renamed(tenants: tuple[str, ...]) -> None:
    assert renames_of(link("Contoso Ltd"), tenants, "Contoso Ltd") == ()


def test_a_tenant_or_company_under_another_name_is_told_with_both_names() -> None:
    assert renames_of(link("Contoso Ltd"), ("Contoso Group", "X"), "Contoso Holdings") == (
        Rename("tenant", "Contoso Ltd", "Contoso Group"),
        Rename("company", "Contoso Ltd", "Contoso Holdings"),
    )


def test_case_makes_another_name_and_a_link_without_a_name_has_none_to_lose() -> None:
    assert [each.what for each in renames_of(link(name="CONTOSO LTD"), (), "Contoso Ltd")] == ["company"]
    assert renames_of(link(tenant_name="", name=""), ("Contoso",), "Contoso Ltd") == ()
