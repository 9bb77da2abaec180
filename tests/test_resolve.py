"""Tenants to companies: reasons that stay, names learned from a person's links, companies ruled out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.model import Company, CompanyId, Link, Rejection
from seatsync.preview import Resolution
from seatsync.resolve import Resolver
from seatsync.status import Decision, LinkSource, Status
from tests.factories import CONTOSO, FABRIKAM, book, line, only, preview, seat

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = {1: "Contoso Ltd", 2: "Fabrikam Inc", 3: "Quillcote Partners LLP", 4: "Quillcote Partners Inc"}


def companies(named: dict[int, str] = NAMES, deleted: int = 0) -> dict[CompanyId, Company]:
    return {CompanyId(n): Company(CompanyId(n), name, deleted=n == deleted) for n, name in named.items()}


def by_hand(key: str, tenant: str, company: int, who: str = "Ada") -> Link:
    name = NAMES.get(company, "")
    return Link(key, CompanyId(company), name, tenant, key, LinkSource.BY_HAND, who, NOON)


def ruled_out(key: str, company: int, who: str = "Ada") -> Rejection:
    return Rejection(key, CompanyId(company), NAMES[company], "", key, who, NOON)


def resolve(
    tenant: str,
    links: Sequence[Link] = (),
    rejections: Sequence[Rejection] = (),
    held: dict[CompanyId, Company] | None = None,
) -> Resolution:
    """Resolve a tenant of the portal p9."""
    return Resolver(held or companies(), links, rejections).resolve("p9", tenant)


def ids(found: Resolution) -> list[int]:
    return [candidate.company_id for candidate in found.candidates]


def test_an_automatic_link_keeps_the_reason_score_and_runner_up_of_its_day() -> None:
    named = {1: "Contoso Ltd", 2: "Contoso Retail Ltd"}
    held = book(line(), companies={250: "Contoso Ltd", 251: "Contoso Retail Ltd"})
    (made,) = preview([seat()], held).new_links
    assert made.reason == (
        'Same name: "Contoso Ltd" and "Contoso Ltd" are both "contoso" (100% alike). '
        'Next is "Contoso Retail Ltd" (81% alike).'
    )
    found = Resolver(companies(named), [replace(made, company_id=CompanyId(1), made_at=NOON)]).resolve(
        made.key, "Contoso Ltd"
    )
    assert found.reason == f"Matched by name on 2026-11-22: {made.reason}"
    assert (found.by_link, found.by_hand) == (True, False)


def test_a_link_by_hand_says_who_made_it_and_when() -> None:
    found = resolve("Zyx Qwv", [by_hand("p9", "Zyx Qwv", 2)])
    assert found.reason == "Linked to Fabrikam Inc by hand by Ada on 2026-11-22."
    assert (found.by_link, found.by_hand) == (True, True)


def test_an_automatic_link_of_an_older_version_says_that_its_reason_was_not_kept() -> None:
    found = resolve("Contoso Ltd", [Link("p9", CompanyId(1), "Contoso Ltd", "Contoso Ltd", made_at=NOON)])
    assert found.reason == "Linked to Contoso Ltd automatically on 2026-11-22; the reason was not kept."


def test_a_name_is_learned_from_a_link_that_a_person_made_for_another_portal() -> None:
    found = resolve("Northwind EU", [by_hand("northwind-us", "Northwind EU", 1)])
    assert (found.decision, found.company_id) == (Decision.MATCHED, 1)
    assert found.reason == (
        'Same name as the tenant "Northwind EU" (portal northwind-us), which Ada linked to Contoso Ltd by '
        "hand."
    )
    assert not found.by_link


def test_a_learned_name_is_saved_as_an_automatic_link_with_its_reason() -> None:
    taught = Link("x", CONTOSO, "Contoso Ltd", "Northwind", "x", LinkSource.BY_HAND, "Ada", NOON)
    (made,) = preview([seat("Northwind", portal="northwind-eu")], book(), links=(taught,)).new_links
    assert (made.key, made.company_id, made.source) == ("northwind-eu", CONTOSO, LinkSource.AUTOMATIC)
    assert made.reason.startswith('Same name as the tenant "Northwind" (portal x), which Ada linked')


@pytest.mark.parametrize("written", ["Northwind Ltd", "NORTHWIND  LIMITED", "Northwind, Ltd. (POC)"])
def test_a_learned_name_is_read_like_any_name(written: str) -> None:
    assert resolve(written, [by_hand("a", "Northwind Ltd", 1)]).company_id == 1


@pytest.mark.parametrize("other", ["Northwind", "Northwind LLC", "Northwind US", "Northwynd Ltd", ""])
def test_a_learned_name_raises_no_other_name(other: str) -> None:
    """The legal form counts: Northwind LLC may be another client than Northwind Ltd."""
    assert resolve(other, [by_hand("a", "Northwind Ltd", 1)]) == resolve(other)


def test_an_automatic_link_teaches_nothing() -> None:
    automatic = replace(by_hand("a", "Northwind", 1), source=LinkSource.AUTOMATIC)
    assert resolve("Northwind", [automatic]).company_id is None


def test_a_name_that_people_linked_to_two_companies_is_ambiguous() -> None:
    links = [by_hand("a", "Northwind", 1), by_hand("b", "Northwind", 2, "Ben")]
    found = resolve("Northwind", links)
    assert (found.decision, found.company_id, ids(found)) == (Decision.AMBIGUOUS, None, [1, 2])
    assert "(portal a), which Ada linked to Contoso Ltd by hand, but also as" in found.reason
    assert "(portal b), which Ben linked to Fabrikam Inc by hand" in found.reason


@pytest.mark.parametrize(
    ("tenant", "linked_to", "both"),
    [
        ("Fabrikam Inc", 1, [1, 2]),  # another company bears the name itself
        ("Fabrikam", 1, [1, 2]),  # another company is what the matcher finds
        ("Quillcote Partners LLP", 4, [4, 3]),
    ],
)
def test_a_learned_name_that_another_company_bears_is_ambiguous(
    tenant: str, linked_to: int, both: list[int]
) -> None:
    found = resolve(tenant, [by_hand("a", tenant, linked_to)])
    assert (found.decision, found.company_id, ids(found)) == (Decision.AMBIGUOUS, None, both)
    assert "may be meant, too" in found.reason


def test_a_learned_name_never_decides_between_companies_of_one_name() -> None:
    twins = companies({1: "Contoso Ltd", 2: "Contoso Limited"})
    found = resolve("Northwind", [by_hand("a", "Northwind", 1)], held=twins)
    assert (found.decision, ids(found)) == (Decision.AMBIGUOUS, [1, 2])


def test_a_link_to_a_company_that_is_gone_teaches_nothing() -> None:
    links = [by_hand("a", "Northwind", 1), by_hand("b", "Northwind", 2)]
    assert resolve("Northwind", links[:1], held=companies(deleted=1)).company_id is None
    assert resolve("Northwind", links, held=companies(deleted=1)).company_id == 2


def test_what_people_linked_to_two_companies_is_not_settled_by_a_website() -> None:
    held = companies()
    held[CompanyId(1)] = replace(held[CompanyId(1)], website="northwind.com")
    links = [by_hand("a", "Northwind", 1), by_hand("b", "Northwind", 2)]
    found = Resolver(held, links).resolve("northwind.com", "Northwind")
    assert (found.decision, found.company_id) == (Decision.AMBIGUOUS, None)


def test_a_company_that_was_ruled_out_is_neither_matched_nor_listed() -> None:
    found = resolve("Contoso Ltd", rejections=[ruled_out("p9", 1)])
    assert (found.decision, found.company_id, ids(found)) == (Decision.UNMATCHED, None, [])
    assert found.reason.startswith("Contoso Ltd was ruled out by Ada on 2026-11-22. Pick the company")


def test_what_was_ruled_out_for_one_tenant_is_matched_for_another() -> None:
    assert resolve("Contoso Ltd", rejections=[ruled_out("p8", 1)]).company_id == 1


def test_beside_a_company_that_was_ruled_out_nothing_is_matched_by_itself() -> None:
    one = resolve("Contoso Ltd", rejections=[ruled_out("p9", 2)])
    assert (one.decision, one.company_id, ids(one)) == (Decision.AMBIGUOUS, None, [1])
    assert 'Closest of the others is "Contoso Ltd" (100% alike).' in one.reason
    taught = resolve("Northwind", [by_hand("a", "Northwind", 1)], [ruled_out("p9", 2)])
    assert (taught.decision, ids(taught)) == (Decision.AMBIGUOUS, [1])


def test_an_automatic_link_to_a_company_that_was_ruled_out_does_not_count() -> None:
    linked = Link("p9", CompanyId(1), "Contoso Ltd", "Contoso Ltd")
    assert resolve("Contoso Ltd", [linked], [ruled_out("p9", 1)]).company_id is None
    assert resolve("Contoso Ltd", [replace(linked, source=LinkSource.BY_HAND)], [ruled_out("p9", 1)]).by_hand


def test_a_company_that_was_ruled_out_is_no_longer_locked_by_the_tenant() -> None:
    held = book(
        line(), companies={250: "Contoso Retail Ltd", 251: "Fabrikam Inc", 252: "Contoso Trading Ltd"}
    )
    rows = [seat("Fabrikam Inc"), seat("Contoso Wholesale", portal="p9")]

    def locked(*rejections: Rejection) -> bool:
        row = only(preview(rows, held, rejections=rejections, declared=True))
        assert row.status is Status.ORPHANED
        return bool(row.locked)

    assert locked()
    assert not locked(Rejection("p9", CONTOSO, "Contoso Retail Ltd", "Contoso Wholesale"))
    assert locked(Rejection("p9", FABRIKAM, "Fabrikam Inc", "Contoso Wholesale"))


def test_a_namesake_stays_locked_although_it_was_ruled_out() -> None:
    rows = [seat("Fabrikam Inc"), seat("Contoso Ltd", portal="p9")]
    row = only(preview(rows, book(line()), rejections=(Rejection("p9", CONTOSO, "", ""),), declared=True))
    assert (row.status, row.selectable) == (Status.ORPHANED, False)


def test_every_tenant_of_a_row_has_its_own_trail() -> None:
    rows = [seat("Contoso Ltd", "12"), seat("Northwind", "5", portal="northwind")]
    links = (Link("northwind", CONTOSO, "Contoso Ltd", "Northwind", "northwind", LinkSource.BY_HAND, "Ada"),)
    trails = only(preview(rows, book(line()), links=links)).trails
    assert [(trail.tenant, trail.resolution.by_hand) for trail in trails] == [
        ("Contoso Ltd", False),
        ("Northwind", True),
    ]


TENANTS = ["Contoso Ltd", "Contoso", "Fabrikam", "Quillcote Partners", "Quillcote Partners Inc", "Northwind"]
keys = st.sampled_from(["p1", "p2", "p9"])
numbers = st.sampled_from(sorted(NAMES))
hand_made = st.builds(by_hand, keys, st.sampled_from(TENANTS), numbers, st.sampled_from(["Ada", "Ben"]))
all_links = st.lists(hand_made | hand_made.map(lambda each: replace(each, source=LinkSource.AUTOMATIC)))
all_rejections = st.lists(
    st.builds(ruled_out, keys, numbers), unique_by=lambda each: (each.key, each.company_id)
)


@given(all_links, all_rejections, st.sampled_from(TENANTS), keys, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_no_order_of_companies_links_and_rejections_changes_a_resolution(
    links: list[Link], rejections: list[Rejection], tenant: str, key: str, random: object
) -> None:
    one_each = list({link.key: link for link in links}.values())
    turned = dict(reversed(companies().items()))
    first = Resolver(companies(), one_each, rejections).resolve(key, tenant)
    again = list(one_each), list(rejections)
    for listed in again:
        random.shuffle(listed)  # type: ignore[attr-defined]
    assert Resolver(turned, *again).resolve(key, tenant) == first


@given(all_links, all_rejections, st.sampled_from(TENANTS), keys)
@settings(max_examples=150, deadline=None)
def test_only_a_person_s_link_stands_against_a_rejection(
    links: list[Link], rejections: list[Rejection], tenant: str, key: str
) -> None:
    found = Resolver(companies(), list({link.key: link for link in links}.values()), rejections).resolve(
        key, tenant
    )
    barred = {each.company_id for each in rejections if each.key == key}
    assert not barred.intersection(candidate.company_id for candidate in found.candidates)
    assert found.company_id not in barred or found.by_hand
    assert not barred or found.company_id is None or found.by_link
