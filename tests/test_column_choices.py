"""The columns that a person chose are remembered for files with the same header."""

import pytest

from seatsync.column_choices import fingerprint, forget
from seatsync.desk import Desk
from seatsync.errors import ColumnUnclear, ExportRefused, InvalidChoice, NotPermitted
from seatsync.people import Permission, Role
from seatsync.previews import build_preview, upload
from seatsync.store import SqlStore
from tests.test_previews import desk_of, scanned

HEADER = "Tenant,Portal,License,User Count,Number of Users,Status"
OCTOBER = f"{HEADER}\nContoso Ltd,contoso,Email Advanced Protect,17,18,Paid\n".encode()
NOVEMBER = f"{HEADER}\nContoso Ltd,contoso,Email Advanced Protect,19,20,Paid\n".encode()
OTHER_NAME = b"Tenant,Portal,License,Seats in use,Status\nContoso Ltd,contoso,Email Advanced Protect,5,Paid\n"


def users(desk: Desk, name: str, content: bytes, **columns: str) -> int:
    """Upload a file and return the users that were read of its one row."""
    export = upload(desk, name, content, columns).export.id
    (row,) = desk.store.exports.seat_rows(desk.team.id, export)
    return int(row.users or 0)


def test_a_choice_made_once_is_used_for_the_next_file_with_the_same_header(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    with pytest.raises(ColumnUnclear):
        upload(desk, "oct.csv", OCTOBER)
    first = upload(desk, "oct.csv", OCTOBER, {"users": "Number of Users"})
    again = upload(desk, "nov.csv", NOVEMBER)
    assert (first.newly, again.newly) == (True, False)
    assert again.chosen == {"users": "Number of Users"}
    assert users(desk, "nov.csv", NOVEMBER) == 20


def test_a_choice_holds_for_its_own_header_alone(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    upload(desk, "oct.csv", OCTOBER, {"users": "Number of Users"})
    other_header = NOVEMBER.replace(b",Status", b",Status,Region").replace(b",Paid", b",Paid,US")
    with pytest.raises(ColumnUnclear):
        upload(desk, "nov.csv", other_header)


def test_a_choice_by_hand_wins_over_the_remembered_one_and_replaces_it(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    assert users(desk, "oct.csv", OCTOBER, users="Number of Users") == 18
    assert users(desk, "oct.csv", OCTOBER, users="User Count") == 17
    assert users(desk, "nov.csv", NOVEMBER) == 19


def test_a_column_under_a_name_that_nobody_knows_is_remembered_too(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    with pytest.raises(ExportRefused, match="no column for the number of users"):
        upload(desk, "oct.csv", OTHER_NAME)
    assert users(desk, "oct.csv", OTHER_NAME, users="Seats in use") == 5
    assert users(desk, "nov.csv", OTHER_NAME.replace(b",5,", b",6,")) == 6


def test_a_remembered_choice_that_does_not_fit_is_left_aside_with_a_note(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    clear = b"Tenant,Portal,License,Users,Status\nContoso Ltd,contoso,Email Advanced Protect,17,Paid\n"
    header = fingerprint(["Tenant", "Portal", "License", "Users", "Status"])
    draft = desk.draft(Permission.MANAGE, "export.choose_columns", "x.csv")
    desk.store.choices.save_column_choice(desk.team.id, header, {"users": "Gone"}, draft)
    kept = upload(desk, "nov.csv", clear)
    assert kept.chosen == {}
    assert any("don't fit" in note and '"Gone"' in note for note in kept.export.notes)


def test_who_chose_and_when_is_told_and_the_choice_can_be_forgotten(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "oct.csv", OCTOBER, {"users": "Number of Users"}).export
    header = build_preview(desk, export.id).header
    assert (header.chosen, header.chosen_by, header.remembered) == (
        {"users": "Number of Users"},
        "anna",
        True,
    )
    assert header.chosen_at is not None

    forget(desk, export)
    assert not build_preview(desk, export.id).header.remembered
    entry = sqlite_store.audit.entries(desk.team.id, action="export.choose_columns")[-1]
    assert (entry.before["columns"], entry.after["columns"]) == ({"users": "Number of Users"}, {})
    with pytest.raises(ColumnUnclear):
        upload(desk, "nov.csv", NOVEMBER)
    with pytest.raises(InvalidChoice, match="No column is remembered"):
        forget(desk, export)


def test_a_viewer_may_not_forget_a_choice(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "oct.csv", OCTOBER, {"users": "Number of Users"}).export
    with pytest.raises(NotPermitted, match="viewer"):
        forget(desk_of(sqlite_store, Role.VIEWER), export)
    assert build_preview(desk, export.id).header.remembered


def test_a_file_read_without_a_choice_has_none_to_tell(sqlite_store: SqlStore) -> None:
    desk = scanned(sqlite_store)
    export = upload(desk, "nov.csv", OTHER_NAME.replace(b"Seats in use", b"Users")).export.id
    assert build_preview(desk, export).header.chosen == {}
    assert not sqlite_store.audit.entries(desk.team.id, action="export.choose_columns")


def test_headers_that_the_reader_takes_for_the_same_have_one_fingerprint() -> None:
    assert fingerprint(["Tenant", "Add-ons", ""]) == fingerprint([" TENANT", "add_ons"])
    assert fingerprint(["Tenant", "Users"]) != fingerprint(["Users", "Tenant"])
    assert fingerprint(["", "Users"]) != fingerprint(["Users"])
