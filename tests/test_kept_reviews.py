"""Previews that are kept in the process, and when one is outdated."""

import threading
from collections.abc import Callable

import pytest

from seatsync import kept_reviews
from seatsync.desk import Desk
from seatsync.errors import NotFound
from seatsync.journal import AuditDraft
from seatsync.kept_reviews import KeptReviews
from seatsync.links import link_company, reject_company
from seatsync.model import ExportId
from seatsync.people import Role
from seatsync.previews import Review, build_preview, declare_complete, tick, upload
from seatsync.store import SqlStore
from seatsync.upkeep import clear_mapping, map_tier, set_agreement_types
from tests.factories import EAP, EAP_TIER, ECP, FABRIKAM, book, line
from tests.store.making import NOON
from tests.test_previews import EXPORT, desk_of, scanned

Built = list[ExportId]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Built:
    """Every preview that is built, by export."""
    found: Built = []

    def build(desk: Desk, export: ExportId) -> Review:
        found.append(export)
        return build_preview(desk, export)

    monkeypatch.setattr(kept_reviews, "build_preview", build)
    return found


def settled(kept: KeptReviews, desk: Desk, export: ExportId) -> None:
    """Look until nothing is saved by the looking any more."""
    for _ in range(3):
        kept.sheet(desk, export)


def test_a_preview_is_built_once_for_everybody(sqlite_store: SqlStore, built: Built) -> None:
    desk, kept = scanned(sqlite_store), KeptReviews()
    export = upload(desk, "nov.csv", EXPORT).export.id
    settled(kept, desk, export)
    before = len(built)
    first = kept.sheet(desk, export)
    assert kept.sheet(desk_of(sqlite_store, Role.VIEWER), export) is first
    assert len(built) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda desk, _: map_tier(desk, "Another tier", ECP),
        lambda desk, _: clear_mapping(desk, EAP_TIER),
        lambda desk, _: link_company(desk, "contoso", FABRIKAM),
        lambda desk, _: reject_company(desk, "contoso", FABRIKAM, "Contoso Ltd"),
        lambda desk, _: set_agreement_types(desk, ["Managed Services"]),
        lambda desk, _: upload(desk, "other.csv", EXPORT.replace(b"17", b"18")),
        lambda desk, export: declare_complete(desk, export, "It is whole"),
        lambda desk, _: desk.store.snapshots.swap_in(
            desk.team.id, book(line(quantity="13")), NOON, AuditDraft("a", desk.team.id, "p", "scan", "c")
        ),
    ],
    ids=["map", "clear", "link", "reject", "types", "upload", "declare", "scan"],
)
def test_what_a_preview_is_computed_from_makes_it_outdated(
    sqlite_store: SqlStore, built: Built, change: Callable[[Desk, ExportId], object]
) -> None:
    desk, kept = scanned(sqlite_store), KeptReviews()
    export = upload(desk, "nov.csv", EXPORT).export.id
    settled(kept, desk, export)
    before, sheet = len(built), kept.sheet(desk, export)
    change(desk, export)
    after = kept.sheet(desk, export)
    assert len(built) == before + 1
    assert after is not sheet
    assert after.rows == build_preview(desk, export).preview.rows


def test_boxes_and_entries_of_the_log_alone_do_not(sqlite_store: SqlStore, built: Built) -> None:
    desk, kept = scanned(sqlite_store), KeptReviews()
    export = upload(desk, "nov.csv", EXPORT).export.id
    settled(kept, desk, export)
    before, sheet = len(built), kept.sheet(desk, export)
    tick(desk, export, {sheet.rows[0].key: False})
    desk.store.audit.append(AuditDraft("anna", desk.team.id, "p", "report.export", "r"))
    assert kept.sheet(desk, export) is sheet
    assert len(built) == before
    assert sheet.review.ticks == {}


def test_what_a_viewer_had_built_is_built_anew_for_whoever_may_save_its_links(
    sqlite_store: SqlStore, built: Built
) -> None:
    desk, kept = scanned(sqlite_store), KeptReviews()
    export = upload(desk, "nov.csv", EXPORT).export.id
    kept.sheet(desk_of(sqlite_store, Role.VIEWER), export)
    assert desk.store.choices.links(desk.team.id) == ()
    kept.sheet(desk, export)
    assert [link.key for link in desk.store.choices.links(desk.team.id)] == ["contoso"]
    assert len(built) == 2


def test_many_who_ask_at_once_wait_for_one_building(sqlite_store: SqlStore, built: Built) -> None:
    desk, kept = scanned(sqlite_store), KeptReviews()
    export = upload(desk, "nov.csv", EXPORT).export.id
    build_preview(desk, export)
    threads = [threading.Thread(target=kept.sheet, args=(desk, export)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_only_the_last_few_are_kept(sqlite_store: SqlStore, built: Built) -> None:
    desk, kept = scanned(sqlite_store), KeptReviews()
    exports = [
        upload(desk, f"{number}.csv", EXPORT.replace(b"17", str(20 + number).encode())).export.id
        for number in range(8)
    ]
    for export in exports:
        settled(kept, desk, export)
    built.clear()
    kept.sheet(desk, exports[-1])
    assert built == []
    kept.sheet(desk, exports[0])
    assert built == [exports[0]]


def test_warming_up_builds_the_newest_and_does_nothing_without_one(
    sqlite_store: SqlStore, built: Built
) -> None:
    empty, kept = desk_of(sqlite_store), KeptReviews()
    kept.warm_up(empty)
    desk = scanned(sqlite_store)
    kept.warm_up(desk)
    assert built == []
    newest = upload(desk, "nov.csv", EXPORT).export.id
    kept.warm_up(desk_of(sqlite_store, Role.VIEWER))
    assert built == [newest]
    assert desk.store.choices.links(desk.team.id) == ()


def test_an_export_of_another_team_is_not_found(sqlite_store: SqlStore) -> None:
    desk, kept = scanned(sqlite_store), KeptReviews()
    with pytest.raises(NotFound):
        kept.sheet(desk, ExportId(99))
    map_tier(desk, "x", EAP)
