"""Linking, unlinking, ruling out and allowing again, against a real store."""

import pytest

from seatsync.errors import InvalidChoice, NotFound, NotPermitted
from seatsync.links import (
    allow_company,
    clear_link,
    clear_links,
    keep_link,
    link_company,
    link_of,
    reject_company,
    rejections_of,
)
from seatsync.model import CompanyId, ExportId
from seatsync.people import Role
from seatsync.preview import PreviewRow
from seatsync.previews import build_preview, upload
from seatsync.status import LinkSource, Status
from seatsync.store import SqlStore
from tests.factories import CONTOSO, FABRIKAM, book
from tests.store.making import NOON, draft
from tests.test_previews import desk_of, scanned

EXPORT = (
    b"Tenant,Portal,License,Users,Status\n"
    b"Contoso Ltd,contoso,Email Advanced Protect,17,Paid\n"
    b"Northwind,northwind-us,Email Advanced Protect,3,Paid\n"
    b"Northwind,northwind-eu,Email Advanced Protect,4,Paid\n"
)


def kept(store: SqlStore) -> ExportId:
    """Keep the export in a scanned team, previewed once."""
    export = upload(scanned(store), "nov.csv", EXPORT).export.id
    build_preview(desk_of(store), export)
    return export


def row_of(store: SqlStore, export: ExportId, portal: str) -> PreviewRow:
    """The row that holds a portal, as the preview has it now."""
    rows = build_preview(desk_of(store), export).preview.rows
    (found,) = [row for row in rows if portal in {part.portal for part in row.parts}]
    return found


def last_entry(store: SqlStore) -> tuple[str, str, dict[str, object]]:
    entry = store.audit.entries(store.teams.root().id)[-1]
    return entry.action, entry.resource, dict(entry.after or entry.before)


def test_the_reason_of_an_automatic_link_is_kept_audited_and_told_again(sqlite_store: SqlStore) -> None:
    export = kept(sqlite_store)
    made = link_of(desk_of(sqlite_store), "contoso")
    assert made is not None
    assert made.reason.startswith("Same name:")
    action, _, after = last_entry(sqlite_store)
    assert (action, after["reason"]) == ("link.match", made.reason)
    assert f": {made.reason}" in row_of(sqlite_store, export, "contoso").match


def test_an_automatic_link_that_is_cleared_is_ruled_out_and_does_not_come_back(
    sqlite_store: SqlStore,
) -> None:
    export, desk = kept(sqlite_store), desk_of(sqlite_store)
    rejected = clear_link(desk, "Contoso")
    assert rejected is not None
    assert (rejected.company_id, rejected.tenant_name, rejected.rejected_by) == (
        CONTOSO,
        "Contoso Ltd",
        "anna",
    )
    action, resource, after = last_entry(sqlite_store)
    assert (action, resource, after["ruled_out"]) == ("link.reject", "Contoso", "Contoso Ltd")
    row = row_of(sqlite_store, export, "contoso")
    assert (row.status, row.company, row.candidates) == (Status.UNMATCHED, None, ())
    assert link_of(desk, "contoso") is None


def test_a_link_by_hand_that_is_cleared_rules_nothing_out(sqlite_store: SqlStore) -> None:
    export, desk = kept(sqlite_store), desk_of(sqlite_store)
    link_company(desk, "northwind-us", FABRIKAM)
    assert clear_link(desk, "northwind-us") is None
    assert last_entry(sqlite_store)[0] == "link.clear"
    assert desk.store.choices.rejections(desk.team.id) == ()
    assert row_of(sqlite_store, export, "northwind-us").status is Status.UNMATCHED


def test_a_link_to_a_company_that_is_gone_is_cleared_and_rules_nothing_out(sqlite_store: SqlStore) -> None:
    kept(sqlite_store)
    desk = desk_of(sqlite_store)
    held = book(companies={251: "Fabrikam Inc"})
    sqlite_store.snapshots.swap_in(desk.team.id, held, NOON, draft(sqlite_store))
    assert clear_link(desk, "contoso") is None
    assert rejections_of(desk, "contoso") == ()


def test_picking_a_company_by_hand_takes_back_that_it_was_ruled_out(sqlite_store: SqlStore) -> None:
    export, desk = kept(sqlite_store), desk_of(sqlite_store)
    clear_link(desk, "contoso")
    reject_company(desk, "contoso", FABRIKAM)
    link_company(desk, "contoso", CONTOSO)
    assert [each.company_id for each in rejections_of(desk, "contoso")] == [FABRIKAM]
    entry = sqlite_store.audit.entries(desk.team.id)[-1]
    assert entry.before == {"ruled_out": "Contoso Ltd"}
    assert row_of(sqlite_store, export, "contoso").status is Status.READY


def test_what_is_allowed_again_is_matched_again(sqlite_store: SqlStore) -> None:
    export, desk = kept(sqlite_store), desk_of(sqlite_store)
    clear_link(desk, "contoso")
    allow_company(desk, "contoso", CONTOSO)
    action, resource, before = last_entry(sqlite_store)
    assert (action, resource, before["ruled_out"]) == ("link.unreject", "contoso", "Contoso Ltd")
    assert row_of(sqlite_store, export, "contoso").status is Status.READY
    with pytest.raises(NotFound, match='is not ruled out for the portal "contoso"'):
        allow_company(desk, "contoso", CONTOSO)


def test_a_link_by_hand_teaches_its_name_to_the_next_portal(sqlite_store: SqlStore) -> None:
    """The tenant's name is that of the newest export, so that a script need not give it."""
    export, desk = kept(sqlite_store), desk_of(sqlite_store)
    assert link_company(desk, "Northwind-US", FABRIKAM).tenant_name == "Northwind"
    row = row_of(sqlite_store, export, "northwind-eu")
    assert row.company is not None
    assert row.company.id == FABRIKAM
    assert row.quantity_new == 7
    learned = link_of(desk, "northwind-eu")
    assert learned is not None
    assert learned.source is LinkSource.AUTOMATIC
    assert "which anna linked to Fabrikam Inc by hand" in learned.reason


def test_what_can_not_be_ruled_out_is_refused_in_a_sentence(sqlite_store: SqlStore) -> None:
    kept(sqlite_store)
    desk = desk_of(sqlite_store)
    link_company(desk, "contoso", CONTOSO)
    with pytest.raises(InvalidChoice, match="anna linked contoso to Contoso Ltd by hand"):
        reject_company(desk, "contoso", CONTOSO)
    with pytest.raises(InvalidChoice, match="is not in the last scan"):
        reject_company(desk, "contoso", CompanyId(9))
    with pytest.raises(InvalidChoice, match="needs the tenant's portal"):
        reject_company(desk, " ", CONTOSO)
    assert rejections_of(desk, "contoso") == ()


RENAMED = EXPORT.replace(b"Contoso Ltd,contoso", b"Contoso Group,contoso")


def test_a_renamed_link_is_kept_by_hand_under_the_names_of_today(sqlite_store: SqlStore) -> None:
    kept(sqlite_store)
    desk = desk_of(sqlite_store)
    held = book(companies={250: "Contoso Holdings", 251: "Fabrikam Inc"})
    sqlite_store.snapshots.swap_in(desk.team.id, held, NOON, draft(sqlite_store))
    export = upload(desk, "dec.csv", RENAMED).export.id
    said = row_of(sqlite_store, export, "contoso").reason
    assert "Renamed since it was linked: check." in said

    made = keep_link(desk, "Contoso")
    assert (made.company_id, made.company_name, made.tenant_name) == (
        CONTOSO,
        "Contoso Holdings",
        "Contoso Group",
    )
    assert (made.source, made.made_by) == (LinkSource.BY_HAND, "anna")
    entry = sqlite_store.audit.entries(desk.team.id)[-1]
    assert (entry.before["company"], entry.before["tenant"]) == ("Contoso Ltd", "Contoso Ltd")
    assert (entry.after["company"], entry.after["tenant"]) == ("Contoso Holdings", "Contoso Group")
    assert "Renamed" not in row_of(sqlite_store, export, "contoso").reason


def test_a_kept_link_takes_the_name_of_the_last_export_that_has_the_tenant(sqlite_store: SqlStore) -> None:
    kept(sqlite_store)
    desk = desk_of(sqlite_store)
    upload(desk, "dec.csv", RENAMED)
    upload(desk, "jan.csv", EXPORT.replace(b"Contoso Ltd,contoso", b"Adatum,adatum"))
    assert keep_link(desk, "contoso").tenant_name == "Contoso Group"
    with pytest.raises(NotFound, match='"adatum" has no link'):
        keep_link(desk, "adatum")


def test_several_links_are_cleared_at_once_and_rule_nothing_out(sqlite_store: SqlStore) -> None:
    export, desk = kept(sqlite_store), desk_of(sqlite_store)
    link_company(desk, "northwind-us", FABRIKAM)
    before = len(sqlite_store.audit.entries(desk.team.id))
    gone = clear_links(desk, ["contoso", "northwind-us", "nobody"])
    assert {link.key for link in gone} == {"contoso", "northwind-us"}
    said = [
        (e.action, e.resource, e.before["source"]) for e in sqlite_store.audit.entries(desk.team.id)[before:]
    ]
    assert said == [("link.clear", "contoso", "automatic"), ("link.clear", "northwind-us", "by_hand")]
    assert desk.store.choices.rejections(desk.team.id) == ()
    with pytest.raises(NotFound, match="None of these links is there any more"):
        clear_links(desk, ["contoso", "nobody"])
    assert row_of(sqlite_store, export, "contoso").status is Status.READY
    assert link_of(desk, "contoso") is not None


def test_a_viewer_may_neither_keep_nor_clear_links(sqlite_store: SqlStore) -> None:
    kept(sqlite_store)
    viewer = desk_of(sqlite_store, Role.VIEWER)
    with pytest.raises(NotPermitted):
        keep_link(viewer, "contoso")
    with pytest.raises(NotPermitted):
        clear_links(viewer, ["contoso"])
    said = [(e.action, e.result) for e in sqlite_store.audit.entries(viewer.team.id)[-2:]]
    assert said == [("link.save", "refused"), ("link.clear", "refused")]
    assert link_of(viewer, "contoso") is not None


def test_a_viewer_may_neither_rule_out_nor_allow_and_the_attempt_is_audited(sqlite_store: SqlStore) -> None:
    kept(sqlite_store)
    viewer = desk_of(sqlite_store, Role.VIEWER)
    for attempt in (reject_company, allow_company):
        with pytest.raises(NotPermitted):
            attempt(viewer, "contoso", CONTOSO)
    with pytest.raises(NotPermitted):
        clear_link(viewer, "contoso")
    said = [(e.action, e.result) for e in sqlite_store.audit.entries(viewer.team.id)[-3:]]
    assert said == [("link.reject", "refused"), ("link.unreject", "refused"), ("link.clear", "refused")]
