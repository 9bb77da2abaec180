"""The licenses that wait and the saved mappings, against a real store."""

from dataclasses import replace

import pytest

from seatsync.agreement_counts import TypeCount, count_types, lines_of
from seatsync.errors import NotFound, NotPermitted
from seatsync.kept_lists import KeptLists
from seatsync.licenses import Trouble, list_licenses, matching
from seatsync.links import link_company
from seatsync.model import ProductId, TierMapping
from seatsync.people import Permission, Role
from seatsync.previews import upload
from seatsync.store import SqlStore
from seatsync.upkeep import book_of, clear_mappings, map_tier
from tests.factories import CONTOSO, EAP, EAP_TIER, ECP, FABRIKAM, agreement, book, line
from tests.store.making import NOON, draft
from tests.test_previews import desk_of, scanned

EXPORT = (
    "Tenant,Portal,License,Users,Status\n"
    f"Contoso Ltd,contoso,{EAP_TIER},17,Paid\n"
    f"Fabrikam Inc,fabrikam,{EAP_TIER},3,Paid\n"
    "Adatum,adatum,av-ecp,4,Paid\n"
    "Northwind,northwind,Archive,40,Paid\n"
    "Tailspin,tailspin,Archive,2,Trial\n"
).encode()


def test_what_waits_comes_with_its_seats_rows_and_suggestion(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    upload(desk, "nov.csv", EXPORT)
    found = list_licenses(desk, book_of(desk))
    assert (found.export, found.seats_waiting) == ("nov.csv", 44)
    archive, complete = found.waiting
    assert (archive.use.tier, archive.use.seats, archive.use.tenants, archive.suggestion) == (
        "Archive",
        40,
        1,
        None,
    )
    assert complete.suggestion is not None
    assert complete.suggestion.product is not None
    assert complete.suggestion.product.id == ECP


def test_without_an_export_nothing_waits(sqlite_store: SqlStore) -> None:
    found = list_licenses(scanned(sqlite_store), book_of(desk_of(sqlite_store)))
    assert (found.export, found.waiting, found.seats_waiting) == ("", (), 0)
    assert [(each.tier, each.use, each.seats) for each in found.mapped] == [(EAP_TIER, None, 0)]


def test_a_mapping_tells_its_use_and_who_saved_it_last(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    upload(desk, "nov.csv", EXPORT)
    map_tier(desk, "Archive", None)
    archive, protect = list_licenses(desk, book_of(desk)).mapped
    assert (archive.tier, archive.no_charge, archive.product, archive.seats) == ("Archive", True, None, 40)
    assert (protect.tier, protect.seats, protect.saved_by) == (EAP_TIER, 20, "anna")
    saved = sqlite_store.audit.entries(desk.team.id, action="mapping.save")
    assert [archive.saved_at, protect.saved_at] == [saved[1].at, saved[0].at]


def test_mappings_to_mend_come_first_and_say_why(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    upload(desk, "nov.csv", EXPORT)
    map_tier(desk, "Archive", ECP)
    held = book_of(desk)
    idle = replace(held, products={ECP: replace(held.products[ECP], inactive=True)})
    mapped = list_licenses(desk, idle).mapped
    assert [(each.tier, each.trouble) for each in mapped] == [
        ("Archive", Trouble.INACTIVE),
        (EAP_TIER, Trouble.GONE),
    ]
    assert [each.trouble for each in list_licenses(desk, held).mapped] == [None, None]
    for trouble in Trouble:
        assert "choose another" in trouble.label
        assert "scan again" in trouble.advice


def test_mappings_are_found_by_license_and_product(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    map_tier(desk, "Archive", None)
    mapped = list_licenses(desk, book_of(desk)).mapped

    def found(words: str) -> list[str]:
        return [each.tier for each in matching(mapped, words)]

    assert found("") == ["Archive", EAP_TIER]
    assert found("EMAIL av-eap") == [EAP_TIER]
    assert found("no-charge") == ["Archive"]
    assert found("archive email") == []


def test_several_mappings_are_removed_at_once_and_each_is_audited(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    map_tier(desk, "Archive", None)
    before = len(sqlite_store.audit.entries(desk.team.id))
    assert clear_mappings(desk, ["Archive", EAP_TIER, "Other"]) == ("Archive", EAP_TIER)
    entries = sqlite_store.audit.entries(desk.team.id)[before:]
    assert [(entry.action, entry.resource, entry.before) for entry in entries] == [
        ("mapping.clear", "Archive", {"no_charge": True}),
        ("mapping.clear", EAP_TIER, {"product_id": EAP}),
    ]
    assert desk.store.choices.mappings(desk.team.id) == ()
    with pytest.raises(NotFound, match="None of these licenses has a mapping any more"):
        clear_mappings(desk, ["Archive"])
    with pytest.raises(NotPermitted):
        clear_mappings(desk_of(sqlite_store, Role.VIEWER), ["Archive"])


def test_agreement_types_count_running_agreements_and_lines_that_would_count(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    held = book(
        line(1),
        line(2, agreement_id=82),
        line(3, product_id=ProductId(9)),
        line(4, agreement_id=84),
        agreements=(
            agreement(81),
            agreement(82, FABRIKAM, type_name="Security"),
            agreement(83, FABRIKAM, type_name=""),
            agreement(84, FABRIKAM, type_name="Security", cancelled=True),
        ),
    )
    held = replace(held, agreement_types=("Managed Services", "Project", "Security"))
    sqlite_store.snapshots.swap_in(desk.team.id, held, NOON, draft(sqlite_store))
    counts = count_types(desk)
    assert counts == (
        TypeCount("Managed Services", 1, 1),
        TypeCount("Project", 0, 0),
        TypeCount("Security", 1, 1),
        TypeCount("", 1, 0),
    )
    assert [lines_of(counts, chosen) for chosen in ((), ("Security",), ("Project",))] == [2, 1, 0]


def test_lists_are_kept_until_something_changes(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, lists = scanned(sqlite_store), KeptLists()
    upload(desk, "nov.csv", EXPORT)
    link_company(desk, "contoso", CONTOSO, "Contoso Ltd")
    first = (lists.book(desk), lists.licenses(desk), lists.links(desk), lists.types(desk))
    with monkeypatch.context() as blocked:
        for name in ("list_licenses", "list_links", "count_types", "book_of"):
            blocked.setattr(f"seatsync.kept_lists.{name}", None)
        again = (lists.book(desk), lists.licenses(desk), lists.links(desk), lists.types(desk))
    assert all(one is other for one, other in zip(first, again, strict=True))

    map_tier(desk, "Archive", None)
    assert [each.use.tier for each in lists.licenses(desk).waiting] == ["av-ecp"]
    link_company(desk, "fabrikam", FABRIKAM, "Fabrikam Inc")
    assert len(lists.links(desk)) == 2
    sqlite_store.snapshots.swap_in(desk.team.id, book(companies={1: "New"}), NOON, draft(sqlite_store))
    assert [company.name for company in lists.book(desk).companies.values()] == ["New"]
    assert all(view.gone for view in lists.links(desk))


def test_kept_lists_are_each_teams_own_and_need_the_permission_to_see(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, lists = scanned(sqlite_store), KeptLists()
    other = replace(desk, team=sqlite_store.teams.add("Other", desk.team.id, draft(sqlite_store)))
    sqlite_store.snapshots.swap_in(
        other.team.id, book(companies={1: "Theirs"}), NOON, draft(sqlite_store, team_id=other.team.id)
    )
    sqlite_store.choices.save_mapping(
        other.team.id,
        TierMapping("Theirs", None),
        other.draft(Permission.MANAGE, "mapping.save", "Theirs"),
    )
    for _ in range(2):
        assert [each.tier for each in lists.licenses(desk).mapped] == [EAP_TIER]
        assert [each.tier for each in lists.licenses(other).mapped] == ["Theirs"]
    monkeypatch.setattr(type(desk.person), "may", lambda *_: False)
    for ask in (lists.book, lists.licenses, lists.links, lists.types):
        with pytest.raises(NotPermitted):
            ask(desk)
