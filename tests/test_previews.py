"""Uploading an export and building its preview, against a real store."""

from contextlib import AbstractContextManager
from typing import Never

import pytest

from seatsync.desk import Desk
from seatsync.errors import ExportRefused, InvalidChoice, NotPermitted, NotReady
from seatsync.journal import AuditDraft
from seatsync.links import link_company
from seatsync.people import Person, Role
from seatsync.ports import ConnectWise, Runner
from seatsync.previews import build_preview, declare_complete, tick, upload
from seatsync.status import Status
from seatsync.store import SqlStore
from seatsync.upkeep import map_tier, set_agreement_types
from tests.factories import CONTOSO, EAP, EAP_TIER, FABRIKAM, TODAY, book, line
from tests.store.making import NOON

EXPORT = b"Tenant,Portal,License,Users,Status\nContoso Ltd,contoso,Email Advanced Protect,17,Paid\n"


def _never() -> Never:
    raise AssertionError("nothing here may reach ConnectWise")


def connectwise() -> AbstractContextManager[ConnectWise]:
    _never()


def runner() -> Runner:
    _never()


def desk_of(store: SqlStore, role: Role = Role.OPERATOR) -> Desk:
    """A desk in the root team, without ConnectWise."""
    person = Person("anna", role)
    return Desk(store.teams.root(), person, store, TODAY, connectwise, runner, 1024 * 1024)


def scanned(store: SqlStore) -> Desk:
    """A desk whose team has a snapshot of one line of Contoso, and the tier mapped."""
    desk = desk_of(store)
    draft = AuditDraft("anna", desk.team.id, "psa:agreements.manage", "scan", "ConnectWise")
    store.snapshots.swap_in(desk.team.id, book(line(quantity="12")), NOON, draft)
    map_tier(desk, EAP_TIER, EAP)
    return desk


def test_a_file_is_kept_once_and_recognised_again(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    first, again = upload(desk, "nov.csv", EXPORT), upload(desk, "other.csv", EXPORT)
    assert (first.repeated, again.repeated) == (False, True)
    assert first.export.id == again.export.id


def test_nothing_is_kept_before_the_first_scan(sqlite_store: SqlStore) -> None:
    with pytest.raises(NotReady, match="Scan first"):
        upload(desk_of(sqlite_store), "nov.csv", EXPORT)
    assert sqlite_store.exports.all(sqlite_store.teams.root().id) == ()


def test_a_refused_file_is_audited_by_name_and_hash(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    with pytest.raises(ExportRefused):
        upload(desk, "page.csv", b"<!DOCTYPE html><html></html>")
    entry = sqlite_store.audit.entries(desk.team.id)[-1]
    assert (entry.action, entry.resource, entry.result) == ("export.upload", "page.csv", "refused")
    assert len(entry.after["sha256"]) == 64


def test_a_viewer_may_not_upload_and_the_attempt_is_audited(sqlite_store: SqlStore) -> None:
    scanned(sqlite_store)
    with pytest.raises(NotPermitted, match="viewer"):
        upload(desk_of(sqlite_store, Role.VIEWER), "nov.csv", EXPORT)
    entry = sqlite_store.audit.entries(sqlite_store.teams.root().id)[-1]
    assert (entry.who, entry.action, entry.result) == ("anna", "export.upload", "refused")


def test_a_preview_saves_what_it_found_for_who_may_manage(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "nov.csv", EXPORT).export.id
    build_preview(desk_of(sqlite_store, Role.VIEWER), export)
    assert sqlite_store.choices.links(desk.team.id) == ()
    build_preview(desk, export)
    (link,) = sqlite_store.choices.links(desk.team.id)
    assert (link.key, link.company_id) == ("contoso", CONTOSO)


def test_a_mapping_a_link_and_a_type_change_the_preview_of_the_kept_export(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "nov.csv", EXPORT).export.id

    def statuses() -> dict[str, Status]:
        return {row.key: row.status for row in build_preview(desk, export).preview.rows}

    assert statuses() == {"c250-p3409": Status.READY}
    link_company(desk, "contoso", FABRIKAM)
    assert statuses()["c251-p3409"] is Status.NO_ADDITION
    link_company(desk, "contoso", CONTOSO)
    map_tier(desk, EAP_TIER, None)
    assert statuses() == {}
    map_tier(desk, EAP_TIER, EAP)
    with pytest.raises(InvalidChoice, match='No agreement type "Nope"'):
        set_agreement_types(desk, ["Nope"])
    set_agreement_types(desk, ["Managed Services"])
    assert statuses() == {"c250-p3409": Status.READY}


def test_ticks_are_kept_and_apply_to_rows_that_can_be_chosen(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "nov.csv", EXPORT).export.id
    (row,) = build_preview(desk, export).preview.rows
    assert build_preview(desk, export).ticked(row)
    tick(desk, export, {row.key: False})
    assert not build_preview(desk, export).ticked(row)
    tick(desk, export, {row.key: None})
    assert build_preview(desk, export).ticked(row)


def test_declaring_a_file_complete_needs_a_reason_and_is_audited(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    cut = EXPORT + b"Fabrikam Inc,fabrikam,Email Adv"
    export = upload(desk, "cut.csv", cut).export.id
    assert build_preview(desk, export).preview.incomplete
    with pytest.raises(InvalidChoice, match="Say why"):
        declare_complete(desk, export, "  ")
    declare_complete(desk, export, "checked in the portal")
    assert build_preview(desk, export).preview.incomplete == ""
    entry = sqlite_store.audit.entries(desk.team.id, action="export.declare_complete")[-1]
    assert entry.after["reason"] == "checked in the portal"


def test_a_preview_sets_the_export_beside_the_last_accepted_one(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    first = build_preview(desk, upload(desk, "avanan-2026-10.csv", EXPORT).export.id)
    assert (first.compared, first.later) == (None, None)
    more = EXPORT + b"Fabrikam Inc,fabrikam,Email Advanced Protect,9,Paid\n"
    second = build_preview(desk, upload(desk, "avanan-2026-11.csv", more).export.id)
    assert second.compared is not None
    assert second.compared.export.name == "avanan-2026-10.csv"
    assert [movement.tenant for movement in second.compared.movements] == ["Fabrikam Inc"]
    assert second.later is None


def test_an_incomplete_export_is_no_base_for_the_next_comparison(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    upload(desk, "oct.csv", EXPORT)
    cut = upload(desk, "cut.csv", EXPORT + b"Fabrikam Inc,fabrikam,Email Adv").export.id
    assert build_preview(desk, cut).preview.incomplete
    again = EXPORT.replace(b",17,", b",27,")
    compared = build_preview(desk, upload(desk, "nov.csv", again).export.id).compared
    assert compared is not None
    assert compared.export.name == "oct.csv"


def test_the_same_old_file_again_is_known_to_be_older_than_what_is_kept(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    upload(desk, "oct.csv", EXPORT)
    upload(desk, "nov.csv", EXPORT.replace(b",17,", b",18,"))
    again = upload(desk, "oct (1).csv", EXPORT)
    later = build_preview(desk, again.export.id).later
    assert again.repeated
    assert later is not None
    assert later.name == "nov.csv"
