"""Links with their last use and what needs a check, against a real store."""

import pytest

from seatsync.errors import NotPermitted
from seatsync.link_list import Part, find, list_links, matching
from seatsync.links import link_company
from seatsync.model import Company, CompanyId
from seatsync.previews import build_preview, upload
from seatsync.store import SqlStore
from seatsync.upkeep import book_of
from tests.factories import CONTOSO, FABRIKAM, book
from tests.store.making import NOON, draft
from tests.test_previews import desk_of, scanned

HEADER = "Tenant,Portal,License,Users,Status\n"


def keep(store: SqlStore, name: str, *rows: str) -> None:
    """Upload an export of rows ``tenant,portal`` and preview it, which links what has a company's name."""
    desk = desk_of(store)
    text = HEADER + "".join(f"{row},Email Advanced Protect,5,Paid\n" for row in rows)
    build_preview(desk, upload(desk, name, text.encode()).export.id)


def rescanned(store: SqlStore, companies: dict[int, str]) -> None:
    """Take another snapshot, with these companies."""
    desk = desk_of(store)
    store.snapshots.swap_in(desk.team.id, book(companies=companies), NOON, draft(store))


def test_a_link_tells_the_last_export_that_has_its_tenant(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    keep(sqlite_store, "oct.csv", "Contoso Ltd,contoso", "Fabrikam Inc,fabrikam")
    keep(sqlite_store, "nov.csv", "Contoso Ltd,contoso")
    link_company(desk, "new", FABRIKAM, "New")
    views = {view.portal: view for view in list_links(desk, book_of(desk))}
    seen = {portal: view.seen.name if view.seen else None for portal, view in views.items()}
    assert seen == {"contoso": "nov.csv", "fabrikam": "oct.csv", "new": None}
    assert [portal for portal, view in views.items() if view.current] == ["contoso"]
    assert [portal for portal, view in views.items() if view.by_hand] == ["new"]


def test_a_renamed_company_or_tenant_needs_a_check_and_comes_first(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    keep(sqlite_store, "oct.csv", "Contoso Ltd,contoso", "Fabrikam Inc,fabrikam")
    rescanned(sqlite_store, {250: "Contoso Ltd", 251: "Fabrikam Group"})
    keep(sqlite_store, "nov.csv", "Contoso Ltd,contoso", "Fabrikam GmbH,fabrikam")
    fabrikam, contoso = list_links(desk, book_of(desk))
    assert [(each.what, each.was, each.now) for each in fabrikam.renames] == [
        ("tenant", "Fabrikam Inc", "Fabrikam GmbH"),
        ("company", "Fabrikam Inc", "Fabrikam Group"),
    ]
    assert (fabrikam.needs_check, fabrikam.gone) == (True, False)
    assert (contoso.needs_check, contoso.renames) == (False, ())


def test_a_company_that_is_gone_or_deleted_needs_a_check(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    keep(sqlite_store, "oct.csv", "Contoso Ltd,contoso", "Fabrikam Inc,fabrikam")
    rescanned(sqlite_store, {250: "Contoso Ltd"})
    fabrikam, contoso = list_links(desk, book_of(desk))
    assert (fabrikam.gone, fabrikam.needs_check, fabrikam.renames) == (True, True, ())
    assert not contoso.gone
    held = book_of(desk)
    deleted = {**held.companies, CONTOSO: Company(CONTOSO, "Contoso Ltd", deleted=True)}
    views = list_links(desk, type(held)(deleted, held.agreements, (), held.products))
    assert {view.portal for view in views if view.gone} == {"contoso", "fabrikam"}


def test_links_are_found_by_every_word_in_old_and_new_names(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    keep(sqlite_store, "oct.csv", "Contoso Ltd,contoso-eu", "Fabrikam Inc,fabrikam")
    rescanned(sqlite_store, {250: "Contoso Holdings", 251: "Fabrikam Inc"})
    views = list_links(desk, book_of(desk))

    def found(words: str, part: Part = Part.ALL) -> list[str]:
        return [view.portal for view in matching(views, part, words)]

    assert found("") == ["contoso-eu", "fabrikam"]
    assert found("HOLDINGS ltd") == found(" contoso-EU ") == ["contoso-eu"]
    assert found("fabrikam contoso") == []
    assert found("", Part.CHECK) == ["contoso-eu"]
    assert found("", Part.AUTOMATIC) == ["contoso-eu", "fabrikam"]
    assert found("", Part.BY_HAND) == found("", Part.UNUSED) == []
    assert find(views, " Contoso-EU") is views[0]
    assert find(views, "nobody") is None


def test_a_link_without_an_export_was_never_used(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    link_company(desk, "new", CompanyId(250), "New")
    (view,) = list_links(desk, book_of(desk))
    assert (view.seen, view.current, view.needs_check) == (None, False, False)


def test_listing_links_needs_the_permission_to_see(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = scanned(sqlite_store)
    held = book_of(desk)
    monkeypatch.setattr(type(desk.person), "may", lambda *_: False)
    with pytest.raises(NotPermitted):
        list_links(desk, held)
