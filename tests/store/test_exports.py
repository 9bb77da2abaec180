"""Exports are kept with every row, recognised when they come again, and compared with earlier ones."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from seatsync.errors import NotFound
from seatsync.model import ExportId, ParsedExport, Problem
from seatsync.renames import Sighting
from seatsync.status import TenantState
from seatsync.store import SqlStore, open_store

from .making import NOON, draft, names, parsed, seat_row, team_of

FULL_ROW = seat_row(
    portal="Contoso\u202e Portal",
    raw_state="Paying customer",
    expires=date(2027, 1, 31),
    extra={"Company": "Contoso, \u0000Inc", "=x": "😀"},
)
UNREADABLE = seat_row(line=14, problem=Problem(14, "Users", "1,2x", '"1,2x" is not a whole number.'))


def add(store, file: ParsedExport):
    return store.exports.add(team_of(store), file, "anna", draft(store, "upload"))


def test_a_file_is_kept_with_everything_that_was_understood_of_it(store):
    file = ParsedExport(
        "nov.csv", "aa", {"tenant": "Tenant", "users": "Users"}, (), 9, 2, "cp1252", ";", True, ("No states",)
    )
    record, kept_before = add(store, file)
    assert not kept_before
    assert (record.name, record.sha256, record.columns) == ("nov.csv", "aa", file.columns)
    assert (record.rows, record.ignored, record.truncated) == (9, 2, True)
    assert (record.encoding, record.delimiter, record.notes) == ("cp1252", ";", ("No states",))
    assert (record.uploaded_by, record.declared, record.incomplete) == ("anna", "", "")
    assert store.exports.get(team_of(store), record.id) == record
    assert store.exports.seat_rows(team_of(store), record.id) == ()


def test_every_row_comes_back_in_the_order_of_the_file(store):
    blank = seat_row(line=3, users="0", state=TenantState.TRIAL)
    rows = (UNREADABLE, FULL_ROW, blank)
    record, _ = add(store, parsed(*rows))
    assert store.exports.seat_rows(team_of(store), record.id) == rows


def test_an_unreadable_number_stays_absent_and_never_becomes_zero(store):
    record, _ = add(store, parsed(replace(UNREADABLE, users=None)))
    assert store.exports.seat_rows(team_of(store), record.id)[0].users is None


def test_characters_that_no_database_holds_are_replaced_on_both(store):
    record, _ = add(store, parsed(seat_row("a\x00b\ud800"), name="x\x00.csv"))
    (row,) = store.exports.seat_rows(team_of(store), record.id)
    assert (row.tenant, record.name) == ("a\ufffdb\ufffd", "x\ufffd.csv")


def test_the_same_file_again_is_recognised_and_nothing_is_written_twice(store):
    first, _ = add(store, parsed(seat_row()))
    again, kept_before = add(store, parsed(seat_row(), name="renamed.csv"))
    assert (again, kept_before) == (first, True)
    assert store.exports.all(team_of(store)) == (first,)
    assert len(store.exports.seat_rows(team_of(store), first.id)) == 1
    uploads = [entry.after for entry in store.audit.entries(team_of(store))]
    assert uploads == [{"export": first.id, "kept_before": False}, {"export": first.id, "kept_before": True}]


def test_the_same_file_read_by_other_columns_is_another_export(store):
    first, _ = add(store, parsed(columns={"users": "Users"}))
    second, kept_before = add(store, parsed(columns={"users": "Seats"}))
    assert not kept_before
    assert store.exports.all(team_of(store)) == (second, first)


def test_a_team_sees_its_own_exports_alone(store):
    ours, _ = add(store, parsed(seat_row()))
    east = store.teams.add("East", team_of(store), draft(store)).id
    theirs, kept_before = store.exports.add(east, parsed(seat_row()), "ben", draft(store))
    assert not kept_before
    assert store.exports.all(team_of(store)) == (ours,)
    assert store.exports.previous_accepted(east, theirs.id) is None
    assert store.exports.seen_before(east, theirs.id) == ()
    for method in (store.exports.get, store.exports.seat_rows, store.exports.seen_before):
        with pytest.raises(NotFound, match=f"The team has no export {ours.id}"):
            method(east, ours.id)
    with pytest.raises(NotFound):
        store.exports.judge(east, ours.id, "cut off")
    with pytest.raises(NotFound):
        store.exports.declare_complete(east, ours.id, "checked", draft(store))
    assert store.exports.get(team_of(store), ours.id) == ours


def test_an_unknown_export_is_not_found(store):
    with pytest.raises(NotFound, match="The team has no export 99"):
        store.exports.get(team_of(store), ExportId(99))


def test_the_last_accepted_export_is_the_one_to_compare_with(store):
    team = team_of(store)
    made = [add(store, parsed(sha256=str(number), name=f"{number}.csv"))[0] for number in range(4)]
    store.exports.judge(team, made[1].id, "only 40 of 100 tenants")
    store.exports.judge(team, made[2].id, "the last row is cut off")

    def previous(place: int) -> list[str]:
        found = store.exports.previous_accepted(team, made[place].id)
        return names([found]) if found else []

    assert [previous(place) for place in range(4)] == [[], ["0.csv"], ["0.csv"], ["0.csv"]]
    store.exports.declare_complete(team, made[1].id, "customer left", draft(store, "declare"))
    assert previous(3) == ["1.csv"]
    assert store.exports.get(team, made[1].id).declared == "customer left"
    store.exports.judge(team, made[2].id, "")
    assert previous(3) == ["2.csv"]


def test_a_tenant_was_last_seen_in_the_newest_export_that_showed_it_paid(database_url):
    now = iter(NOON + timedelta(days=30 * number) for number in range(99))
    with open_store(database_url, clock=lambda: next(now)) as store:
        team, audit = team_of(store), draft(store)

        def upload(name: str, *rows):
            file = parsed(*rows, sha256=name, name=name)
            return store.exports.add(team, file, "anna", audit)[0]

        upload(
            "sep", seat_row("Contoso", portal="C1"), seat_row("Fabrikam"), seat_row("Contoso", "2", tier="X")
        )
        october = upload(
            "oct", seat_row("Contoso Ltd", portal=" c1 "), seat_row("Trial", state=TenantState.TRIAL)
        )
        upload("nov", seat_row("Contoso", portal="C1", problem=Problem(2, "Users", "", "is blank")))
        latest = upload("dec", seat_row("Fabrikam"))
        seen = store.exports.seen_before(team, latest.id)
    assert [(one.key, one.tier, one.tenant, one.export_name) for one in seen] == [
        ("c1", "Protect", "Contoso Ltd", "oct"),
        ("contoso", "X", "Contoso", "sep"),
        ("fabrikam", "Protect", "Fabrikam", "sep"),
    ]
    assert seen[0].uploaded_at == october.uploaded_at


def test_a_portal_was_last_seen_in_the_newest_export_that_has_it_in_any_state(store):
    team = team_of(store)
    other = store.teams.add("Other", team, draft(store)).id

    def upload(name: str, *rows, owner=team):
        return store.exports.add(owner, parsed(*rows, sha256=name, name=name), "anna", draft(store))[0]

    assert store.exports.last_seen(team) == ()
    september = upload("sep", seat_row("Contoso", portal="C1"), seat_row("Fabrikam"), seat_row("Adatum"))
    october = upload(
        "oct",
        seat_row("Contoso Ltd", portal=" c1 ", tier="A"),
        seat_row("Contoso EU", portal="C1", tier="B"),
        seat_row("Contoso Ltd", portal="C1", tier="C"),
        seat_row("Fabrikam", state=TenantState.DELETED),
    )
    upload("theirs", seat_row("Northwind", portal="C1"), owner=other)
    assert store.exports.last_seen(team) == (
        Sighting("adatum", ("Adatum",), september.id, "sep", september.uploaded_at),
        Sighting("c1", ("Contoso Ltd", "Contoso EU"), october.id, "oct", october.uploaded_at),
        Sighting("fabrikam", ("Fabrikam",), october.id, "oct", october.uploaded_at),
    )
    assert [seen.tenants for seen in store.exports.last_seen(other)] == [("Northwind",)]


def test_seats_of_any_size_are_kept_exactly(store):
    record, _ = add(store, parsed(seat_row(users="123456789012345678901234567890")))
    (row,) = store.exports.seat_rows(team_of(store), record.id)
    assert row.users == Decimal(123456789012345678901234567890)


def test_a_preview_that_finds_nothing_new_does_not_wait_for_a_writer(sqlite_store):
    team = team_of(sqlite_store)
    export = add(sqlite_store, parsed())[0].id
    sqlite_store.exports.judge(team, export, "cut off")
    with sqlite_store._database.writing():
        judging = threading.Thread(target=sqlite_store.exports.judge, args=(team, export, "cut off"))
        judging.start()
        judging.join(timeout=5)
        assert not judging.is_alive()
    assert sqlite_store.exports.get(team, export).incomplete == "cut off"


def test_the_paid_rows_of_some_tenants_are_found_in_every_export(store: SqlStore) -> None:
    team = team_of(store)
    paid, gone = seat_row(portal="contoso"), seat_row(portal="contoso", state=TenantState.EXPIRED)
    first, _ = store.exports.add(team, parsed(paid, seat_row("Fabrikam")), "anna", draft(store))
    store.exports.add(team, parsed(gone, sha256="bb"), "anna", draft(store))
    third, _ = store.exports.add(team, parsed(paid, paid, sha256="cc"), "anna", draft(store))
    found = store.exports.rows_of(team, {"contoso", "nobody"})
    assert found == ((first.id, paid), (third.id, paid), (third.id, paid))
    assert store.exports.rows_of(team, ()) == ()
