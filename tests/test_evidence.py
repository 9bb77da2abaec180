"""What a portal and a website tell of one another, and that they decide nothing alone."""

from decimal import Decimal

import pytest

from seatsync.evidence import Site, site_of
from seatsync.model import Company, CompanyId
from seatsync.preview import Resolution
from seatsync.resolve import Resolver
from seatsync.status import Decision


def resolved(portal: str, tenant: str, *companies: tuple[int, str, str], deleted: int = 0) -> Resolution:
    """Resolve one tenant among companies given as id, name and website."""
    held = {
        CompanyId(id_): Company(CompanyId(id_), name, website=website, deleted=id_ == deleted)
        for id_, name, website in companies
    }
    return Resolver(held, ()).resolve(portal, tenant)


def ids(found: Resolution) -> list[int]:
    return [candidate.company_id for candidate in found.candidates]


@pytest.mark.parametrize(
    ("text", "domain", "label", "below"),
    [
        ("contoso.com", "contoso.com", "contoso", False),
        ("https://www.Contoso.com/about?x=1#y", "contoso.com", "contoso", False),
        ("http://user:word@contoso.com:8443/", "contoso.com", "contoso", False),
        ("//contoso.com.", "contoso.com", "contoso", False),
        ("info@contoso.co.uk", "contoso.co.uk", "contoso", False),
        ("mailto:info@contoso.com", "contoso.com", "contoso", False),
        ("shop.contoso.com", "contoso.com", "contoso", True),
        ("a.gv.at", "a.gv.at", "a", False),
        ("lincoln.k12.ca.us", "lincoln.k12.ca.us", "lincoln", False),
        ("münchen.de", "münchen.de", "münchen", False),
        ("contoso.avanan.net", "", "contoso", False),
        ("contoso-us.onmicrosoft.com", "", "contosous", False),
        ("contoso.mail.onmicrosoft.com", "", "contoso", False),
        ("contoso.eu.checkpointcloudsec.com", "", "contoso", False),
        ("contoso", "", "contoso", False),
        ("mt-prod-3:contoso", "", "contoso", False),
    ],
)
def test_an_address_is_read_as_its_registered_domain(text: str, domain: str, label: str, below: bool) -> None:
    assert site_of(text) == Site(domain, label, below)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "4711",
        "10.0.0.1",
        "http://[::1]/",
        "Contoso Ltd",
        "contoso.com, contoso.de",
        "gmail.com",
        "someone@gmail.com",
        "someone@yahoo.co.uk",
        "https://facebook.com/contoso",
        "{0}.com",
        "x" * 3000,
    ],
)
def test_what_is_nobody_s_own_address_is_none(text: str) -> None:
    assert site_of(text) is None


def test_a_website_confirms_the_best_of_several_names_that_fit() -> None:
    two = (
        (1, "Pellmarsh Property Management Ltd", "pellmarsh.com"),
        (2, "Pellmarsh Property Lettings Ltd", ""),
    )
    assert resolved("pellmarsh", "Pellmarsh Property", *two).decision is Decision.AMBIGUOUS
    found = resolved("www.pellmarsh.com", "Pellmarsh Property", *two)
    assert (found.decision, found.company_id) == (Decision.MATCHED, 1)
    assert found.reason.startswith('Name and website agree: "Pellmarsh Property Management Ltd" (89% alike)')
    assert "pellmarsh.com, the portal's domain. By name alone: " in found.reason
    assert found.candidates[0].website


@pytest.mark.parametrize(
    ("why", "companies", "deleted"),
    [
        ("another company has the website, too", [(1, "pell.com"), (2, "pell.com"), (3, "")], 0),
        ("a deleted company has the website, too", [(1, "pell.com"), (2, ""), (3, "pell.com")], 3),
        ("the website is a part of the domain", [(1, "shop.pell.com"), (2, ""), (3, "")], 0),
        ("its name is not like the tenant's", [(1, ""), (2, ""), (3, "pell.com")], 0),
    ],
)
def test_a_website_does_not_confirm_when(why: str, companies: list[tuple[int, str]], deleted: int) -> None:
    names = {
        1: "Pellmarsh Property Management Ltd",
        2: "Pellmarsh Property Lettings Ltd",
        3: "Quillcote Partners LLP",
    }
    held = [(id_, names[id_], website) for id_, website in companies]
    found = resolved("pell.com", "Pellmarsh Property", *held, deleted=deleted)
    assert (found.decision, found.company_id) == (Decision.AMBIGUOUS, None), why


def test_a_portal_below_a_domain_confirms_nothing() -> None:
    two = ((1, "Pellmarsh Property Management Ltd", "pell.com"), (2, "Pellmarsh Property Lettings Ltd", ""))
    assert resolved("lettings.pell.com", "Pellmarsh Property", *two).decision is Decision.AMBIGUOUS


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Brightwater Dental Care North", "Brightwater Dental Care"),
        ("Brightwater Dental Care", "Brightwater Dental Care 2"),
        ("Brightwater Dental Care US", "Brightwater Dental Care"),
        ("Brightwater Dental Care Leeds", "Brightwater Dental Care York"),
    ],
)
def test_a_website_that_sites_of_one_client_share_confirms_none_of_them(tenant: str, company: str) -> None:
    found = resolved("brightwater.com", tenant, (1, company, "brightwater.com"), (2, "Quillcote LLP", ""))
    assert (found.decision, found.company_id, ids(found)) == (Decision.AMBIGUOUS, None, [1])
    assert "brightwater.com is the website of" in found.reason


@pytest.mark.parametrize("twin", ["Contoso Ltd", "CONTOSO LIMITED", "Contoso Inc"])
def test_of_companies_with_one_name_the_website_only_puts_one_first(twin: str) -> None:
    found = resolved("contoso.com", "Contoso", (1, twin, ""), (2, "Contoso Ltd", "https://contoso.com"))
    assert (found.decision, found.company_id) == (Decision.AMBIGUOUS, None)
    assert ids(found) == [2, 1]
    assert 'The portal\'s domain contoso.com is the website of "Contoso Ltd".' in found.reason


def test_a_website_of_another_company_makes_a_match_by_name_doubtful() -> None:
    held = ((1, "Hazelgarth Nurseries Ltd", ""), (2, "Ganthurst Logistics", "ganthurst.com"))
    assert resolved("hazelgarth", "Hazelgarth Nurseries", *held).company_id == 1
    found = resolved("ganthurst.com", "Hazelgarth Nurseries", *held)
    assert (found.decision, found.company_id, ids(found)) == (Decision.AMBIGUOUS, None, [1, 2])
    assert 'But the portal\'s domain ganthurst.com is the website of "Ganthurst Logistics"' in found.reason


def test_a_website_that_agrees_with_a_match_is_told() -> None:
    found = resolved(
        "hazelgarth.com", "Hazelgarth Nurseries", (1, "Hazelgarth Nurseries Ltd", "hazelgarth.com")
    )
    assert found.company_id == 1
    assert found.reason.endswith("Its website hazelgarth.com is the portal's domain, too.")


def test_a_company_is_listed_for_its_website_though_no_word_agrees() -> None:
    held = ((1, "Hazelgarth Nurseries Ltd", "plants.example"), (2, "Ganthurst Logistics", ""))
    found = resolved("plants.example", "Blooms and Borders", *held)
    assert (found.decision, found.company_id, ids(found)) == (Decision.UNMATCHED, None, [1])
    assert 'is the website of "Hazelgarth Nurseries Ltd"' in found.reason
    assert Decimal(str(found.candidates[0].score)) == 0


def test_a_bare_word_only_lists_and_never_confirms_or_doubts() -> None:
    held = (
        (1, "Pellmarsh Property Management Ltd", "pellmarsh-homes.com"),
        (2, "Pellmarsh Property Lettings Ltd", ""),
        (3, "Ganthurst Logistics", "ganthurst.com"),
    )
    for portal in ("pellmarsh-homes", "pellmarshhomes.avanan.net"):
        found = resolved(portal, "Pellmarsh Property", *held)
        assert (found.decision, ids(found)[0]) == (Decision.AMBIGUOUS, 1)
        assert 'named like the website of "Pellmarsh Property Management Ltd"' in found.reason
    assert resolved("ganthurst", "Pellmarsh Property Lettings", *held).company_id == 2


def test_a_website_of_many_companies_lists_none_of_them() -> None:
    held = [(id_, f"Branch{id_} Trading", "group.com") for id_ in range(1, 7)]
    assert ids(resolved("group.com", "Zyx Qwv", *held)) == []


def test_at_most_five_companies_are_listed() -> None:
    held = [
        (id_, f"Pellmarsh Property {word}", "")
        for id_, word in enumerate("Alba Bray Cray Dell Esk".split(), 1)
    ]
    found = resolved("quill.com", "Pellmarsh Property", *held, (9, "Quillcote Partners", "quill.com"))
    assert len(found.candidates) == 5
    assert ids(found)[0] == 9
