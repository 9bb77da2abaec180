"""The audit log grows only, and shows every tampering."""

import threading
from datetime import timedelta

import pytest

from seatsync.errors import DatabaseError, NotFound
from seatsync.journal import AuditVerdict
from seatsync.model import OperationId
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.store import SqlStore, open_store
from seatsync.store.audit import record

from .making import NOON, draft, look, tamper, team_of

UNLOCK_SQLITE = tuple(f"DROP TRIGGER audit_no_{what}" for what in ("update", "delete", "replace"))
UNLOCK_POSTGRES = ("DROP TRIGGER audit_no_change ON audit",)


def write(store: SqlStore, count: int = 5) -> None:
    for number in range(1, count + 1):
        store.audit.append(draft(store, f"action {number}"))


def force(store: SqlStore, *statements: str) -> None:
    """Tamper as somebody would who owns the database and first removes its guards."""
    unlock = UNLOCK_POSTGRES if store._database.on_postgres else UNLOCK_SQLITE
    tamper(store, *unlock, *statements)


def test_an_entry_keeps_everything(database_url):
    with open_store(database_url, clock=lambda: NOON) as store:
        store.audit.append(
            draft(
                store,
                "map",
                resource="Protect",
                before={"product": None},
                after={"product": 3409, "result": Result.UPDATED},
                result="refused",
                operation_id=OperationId(5),
            )
        )
        (entry,) = store.audit.entries(team_of(store))
    assert (entry.seq, entry.at, entry.who, entry.team) == (1, NOON, "anna", "Root")
    assert (entry.permission, entry.action, entry.resource) == ("psa:agreements.manage", "map", "Protect")
    assert (entry.before, entry.after) == ({"product": None}, {"product": 3409, "result": "updated"})
    assert (entry.result, entry.operation_id, len(entry.hash)) == ("refused", 5, 64)


def test_both_databases_come_to_the_same_hash(sqlite_url, postgres_url):
    hashes = []
    for url in (sqlite_url, postgres_url):
        with open_store(url, clock=lambda: NOON) as store:
            store.audit.append(draft(store, after={"name": "Müller \x00"}))
            hashes.append(store.audit.entries(team_of(store))[0].hash)
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'ben'", "DELETE FROM audit WHERE seq = 2"])
def test_the_database_itself_refuses_changes(store, statement):
    write(store)
    with pytest.raises(DatabaseError, match="an audit entry can be neither changed nor removed"):
        tamper(store, statement)
    assert store.audit.verify() == AuditVerdict(ok=True, entries=5, first_bad=None)


@pytest.mark.postgres
def test_postgres_refuses_to_empty_the_table(postgres_store):
    write(postgres_store)
    with pytest.raises(DatabaseError, match="can be neither changed nor removed"):
        tamper(postgres_store, "TRUNCATE audit CASCADE")
    assert postgres_store.audit.verify().entries == 5


def test_sqlite_refuses_to_replace_an_entry_by_an_insert(sqlite_store):
    write(sqlite_store)
    with pytest.raises(DatabaseError, match="can be neither changed nor removed"):
        tamper(sqlite_store, "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2")
    assert sqlite_store.audit.verify().ok


@pytest.mark.parametrize(
    "edit",
    [
        "who = 'ben'",
        "team = 'East'",
        "action = 'other'",
        "resource = 'other'",
        "permission = ''",
        "before = '{}  '",
        "after = '[]'",
        "result = 'failed'",
        "operation_id = 9",
        "at = '2020-01-01 00:00:00'",
        "hash = 'x'",
    ],
)
def test_an_edit_of_any_field_shows(store, edit):
    write(store)
    force(store, f"UPDATE audit SET {edit} WHERE seq = 3")
    assert store.audit.verify() == AuditVerdict(ok=False, entries=5, first_bad=3)


def test_a_log_that_was_cut_off_at_its_end_shows_by_the_runs_it_no_longer_reports(store):
    run = store.operations.open(team_of(store), OperationKind.SCAN, "anna", audit=draft(store))
    attempt = store.operations.claim(run.id)
    store.operations.finish(run.id, attempt, OperationStatus.COMPLETED, "", {}, draft(store))
    assert store.audit.verify() == AuditVerdict(ok=True, entries=2, first_bad=None)
    force(store, "DELETE FROM audit WHERE seq = 2")
    assert store.audit.verify() == AuditVerdict(ok=False, entries=1, first_bad=2)
    tamper(store, "DELETE FROM audit")
    assert store.audit.verify() == AuditVerdict(ok=False, entries=0, first_bad=1)


def test_a_removed_entry_shows(store):
    write(store)
    force(store, "DELETE FROM audit WHERE seq = 2")
    assert store.audit.verify() == AuditVerdict(ok=False, entries=4, first_bad=2)


def test_a_removed_first_entry_shows(store):
    write(store)
    force(store, "DELETE FROM audit WHERE seq = 1")
    assert store.audit.verify().first_bad == 1


def test_a_removal_shows_even_when_the_rest_is_numbered_anew(store):
    write(store)
    renumber = [f"UPDATE audit SET seq = {seq - 1} WHERE seq = {seq}" for seq in (3, 4, 5)]
    force(store, "DELETE FROM audit WHERE seq = 2", *renumber)
    assert [seq for (seq,) in look(store, "SELECT seq FROM audit ORDER BY seq")] == [1, 2, 3, 4]
    assert store.audit.verify() == AuditVerdict(ok=False, entries=4, first_bad=2)


def test_two_entries_that_changed_places_show(store):
    write(store)
    force(
        store, *[f"UPDATE audit SET seq = {new} WHERE seq = {old}" for old, new in ((2, 9), (3, 2), (9, 3))]
    )
    assert store.audit.verify().first_bad == 2


def test_an_empty_log_holds(store):
    assert store.audit.verify() == AuditVerdict(ok=True, entries=0, first_bad=None)


def test_a_long_log_is_checked_over_every_entry(store):
    drafts = [draft(store, str(number)) for number in range(1203)]
    with store._database.writing() as connection:
        record(store._database, connection, *drafts)
    assert store.audit.verify() == AuditVerdict(ok=True, entries=1203, first_bad=None)
    force(store, "UPDATE audit SET who = 'ben' WHERE seq = 1203")
    assert store.audit.verify().first_bad == 1203


def test_writers_at_once_leave_no_gap(database_url):
    with open_store(database_url) as one, open_store(database_url) as two:
        entry = draft(one)
        threads = [
            threading.Thread(target=lambda store=store: [store.audit.append(entry) for _ in range(5)])
            for store in (one, two, one, two)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.audit.verify() == AuditVerdict(ok=True, entries=20, first_bad=None)


def test_a_team_sees_its_own_entries_alone_while_the_chain_covers_all(store):
    east = store.teams.add("East", team_of(store), draft(store, "add"))
    store.audit.append(draft(store, "theirs", team_id=east.id))
    assert [(entry.seq, entry.team) for entry in store.audit.entries(east.id)] == [(2, "East")]
    assert [entry.seq for entry in store.audit.entries(team_of(store))] == [1]
    assert store.audit.verify().entries == 2


def test_an_entry_of_a_team_that_does_not_exist_is_refused(store):
    with pytest.raises(NotFound, match="There is no team 99"):
        store.audit.append(draft(store, team_id=99))


def found(store: SqlStore, **filters) -> list[int]:
    return [entry.seq for entry in store.audit.entries(team_of(store), **filters)]


def test_entries_are_filtered_by_time_person_action_and_operation(database_url):
    times = iter(NOON + timedelta(hours=hour) for hour in range(99))
    with open_store(database_url, clock=lambda: next(times)) as store:
        store.audit.append(draft(store, "map", who="anna"))
        store.audit.append(draft(store, "push", who="ben", operation_id=OperationId(5)))
        store.audit.append(draft(store, "push", who="anna", operation_id=OperationId(6)))
        assert found(store, who="anna") == [1, 3]
        assert found(store, action="push") == [2, 3]
        assert found(store, operation=OperationId(6)) == [3]
        assert found(store, since=NOON + timedelta(hours=1)) == [2, 3]
        assert found(store, until=NOON + timedelta(hours=1)) == [1]
        assert found(store, who="anna", action="push") == [3]
        assert found(store, who="an") == []


def test_entries_are_found_by_any_part_of_what_they_are_about(store):
    store.audit.append(draft(store, resource='Contoso "East", Ltd'))
    store.audit.append(draft(store, before={"company": 'MÜLLER "Süd" GmbH'}))
    store.audit.append(draft(store, after={"tenant": "100%_sure\\"}))
    assert found(store, text="contoso") == [1]
    assert found(store, text='"east"') == [1]
    assert found(store, text='müller "süd"') == [2]
    assert found(store, text="100%_SURE\\") == [3]
    assert found(store, text="%") == [3]
    assert found(store, text="fabrikam") == []


def test_a_limit_takes_the_newest_and_lists_them_oldest_first(store):
    write(store)
    assert found(store, limit=2) == [4, 5]
    assert found(store, limit=0) == []
    assert found(store, limit=99) == [1, 2, 3, 4, 5]
    store.audit.append(draft(store, "other"))
    assert found(store, action="action 1", limit=1) == [1]


def test_the_head_is_the_number_of_the_teams_own_last_entry(store: SqlStore) -> None:
    root = team_of(store)
    assert store.audit.head(root) == 0
    store.audit.append(draft(store))
    other = store.teams.add("West", root, draft(store))
    assert store.audit.head(root) == 2
    store.audit.append(draft(store, team_id=other.id))
    assert (store.audit.head(root), store.audit.head(other.id)) == (2, 3)


def test_one_entry_is_found_by_its_number_in_its_own_team(store):
    team = team_of(store)
    east = store.teams.add("East", team, draft(store, "teams.add")).id
    store.audit.append(draft(store, "ours"))
    store.audit.append(draft(store, "theirs", team_id=east))
    assert store.audit.entry(team, 2) == store.audit.entries(team)[1]
    assert store.audit.entry(east, 3).action == "theirs"
    for number in (3, 0, -1, 2**31, 2**70):
        with pytest.raises(NotFound, match=f"no audit entry {number}"):
            store.audit.entry(team, number)
