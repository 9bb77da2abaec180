"""The holdings of a team: read once, renewed when something changed, and only for who may see them."""

from unittest.mock import Mock

import pytest

from seatsync.errors import NotPermitted
from seatsync.links import link_company
from seatsync.model import ExportId, SeatRow, TeamId
from seatsync.people import Permission, Person
from seatsync.previews import declare_complete, upload
from seatsync.question import read_address
from seatsync.shelf import KEPT, Shelf, Shelves
from seatsync.store import SqlStore
from seatsync.store.exports import SqlExports
from seatsync.upkeep import map_tier
from tests.factories import CONTOSO, EAP_TIER
from tests.test_previews import EXPORT, desk_of, scanned

OCTOBER = EXPORT.replace(b"17", b"12")


def test_nothing_is_held_before_the_first_export(sqlite_store: SqlStore) -> None:
    assert Shelf().holdings(desk_of(sqlite_store)).files == ()


def test_exports_are_read_once_and_all_else_when_it_changed(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, shelf = scanned(sqlite_store), Shelf()
    upload(desk, "a-2026-10.csv", OCTOBER)
    upload(desk, "a-2026-11.csv", EXPORT)
    read: list[ExportId] = []
    really = SqlExports.seat_rows

    def seat_rows(self: SqlExports, team: TeamId, export: ExportId) -> tuple[SeatRow, ...]:
        read.append(export)
        return really(self, team, export)

    monkeypatch.setattr(SqlExports, "seat_rows", seat_rows)
    first = shelf.holdings(desk)
    assert first.strands[0].seats == (12, 17)
    assert first.strands[0].company == ""
    assert shelf.holdings(desk) is first
    desk.store.audit.append(desk.draft(Permission.SEE, "page.open", "Explore"))
    assert shelf.holdings(desk) is first
    assert len(read) == 2
    link_company(desk, "contoso", CONTOSO)
    read.clear()
    linked = shelf.holdings(desk)
    assert linked.strands[0].company == "Contoso Ltd"
    assert linked.strands[0].money == (48, 68)
    map_tier(desk, EAP_TIER, None)
    assert shelf.holdings(desk).strands[0].seats == (0, 0)
    assert read == []


def test_what_is_found_or_said_of_an_export_is_seen_at_once(sqlite_store: SqlStore) -> None:
    desk, shelf = scanned(sqlite_store), Shelf()
    export = upload(desk, "a-2026-11.csv", EXPORT).export.id
    assert [file.dated.whole for file in shelf.holdings(desk).files] == [True]
    desk.store.exports.judge(desk.team.id, export, "half of it is missing")
    assert [file.dated.whole for file in shelf.holdings(desk).files] == [False]
    declare_complete(desk, export, "I counted")
    assert [file.dated.whole for file in shelf.holdings(desk).files] == [True]


def test_an_answer_is_kept_until_something_changed(sqlite_store: SqlStore) -> None:
    desk, shelf = scanned(sqlite_store), Shelf()
    upload(desk, "a-2026-11.csv", EXPORT)
    holdings = shelf.holdings(desk)
    question = read_address({}, holdings).question
    first = shelf.pivot(holdings, question)
    assert shelf.pivot(holdings, question) is first
    link_company(desk, "contoso", CONTOSO)
    renewed = shelf.holdings(desk)
    assert [row.label for row in shelf.pivot(renewed, question).rows] == ["Contoso Ltd"]
    assert [row.label for row in shelf.pivot(holdings, question).rows] == ["Not linked"]


def test_only_the_latest_exports_are_looked_at_and_the_rest_is_counted(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    for number in range(KEPT + 2):
        name = f"a-{2020 + number // 12}-{number % 12 + 1:02}.csv"
        upload(desk, name, EXPORT.replace(b"17", b"%d" % number))
    holdings = Shelf().holdings(desk)
    assert (len(holdings.files), holdings.older) == (KEPT, 2)
    assert str(holdings.files[0].dated.at) == "2020-03"


def test_who_may_not_see_is_refused(sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = scanned(sqlite_store)
    monkeypatch.setattr(Person, "may", Mock(return_value=False))
    with pytest.raises(NotPermitted):
        Shelf().holdings(desk)
    assert sqlite_store.audit.entries(desk.team.id)[-1].action == "explore.view"


def test_every_team_has_a_shelf_of_its_own() -> None:
    shelves = Shelves()
    assert shelves.of(TeamId(1)) is shelves.of(TeamId(1))
    assert shelves.of(TeamId(1)) is not shelves.of(TeamId(2))
