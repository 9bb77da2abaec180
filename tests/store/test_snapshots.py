"""Snapshots are saved whole and loaded as they were."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from seatsync.errors import DatabaseError, NotFound
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    Product,
    ProductId,
    SnapshotId,
    TierMapping,
)
from seatsync.snapshot_changes import Entry, SnapshotChanges, What

from .making import NOON, book, draft, line, look, tamper, team_of

FULL = Book(
    companies={
        CompanyId(250): Company(CompanyId(250), "Zoë\u202e & Söhne", "zoe", True, "https://zoe.example")
    },
    agreements={
        AgreementId(81): Agreement(
            AgreementId(81),
            '=cmd|"x"',
            CompanyId(250),
            "Managed",
            "Inactive",
            True,
            date(2024, 2, 29),
            date(2026, 12, 31),
            True,
            date(2024, 3, 1),
            date(2026, 12, 1),
            True,
            "Monthly",
            "EUR",
            AgreementId(80),
        )
    },
    additions=(
        Addition(
            AdditionId(9001),
            AgreementId(81),
            ProductId(3409),
            Decimal("12.5"),
            Decimal(2),
            Decimal("4.123456789"),
            "DoNotBill",
            date(2025, 1, 1),
            date(2026, 11, 30),
            "Protect",
        ),
        line(9002, product_id=77),
    ),
    products={ProductId(3409): Product(ProductId(3409), "AV-EAP", "Email", Decimal("4.00"), True)},
    agreement_types=("Managed", "Block time"),
)


def test_a_book_comes_back_as_it_was(store):
    snapshot = store.snapshots.swap_in(team_of(store), FULL, NOON, draft(store))
    assert store.snapshots.book(team_of(store), snapshot.id) == FULL


def test_an_empty_book_can_be_saved(store):
    empty = Book({}, {}, (), {})
    snapshot = store.snapshots.swap_in(team_of(store), empty, NOON, draft(store))
    assert store.snapshots.book(team_of(store), snapshot.id) == empty


def test_a_snapshot_tells_when_it_was_taken_and_what_it_holds(store):
    assert store.snapshots.latest(team_of(store)) is None
    snapshot = store.snapshots.swap_in(team_of(store), FULL, NOON, draft(store))
    assert (snapshot.taken_at, snapshot.companies, snapshot.agreements) == (NOON, 1, 1)
    assert (snapshot.additions, snapshot.products) == (2, 1)
    assert store.snapshots.latest(team_of(store)) == snapshot


def test_only_the_lines_of_the_products_asked_for_are_loaded(store):
    team = team_of(store)
    snapshot = store.snapshots.swap_in(team, FULL, NOON, draft(store)).id
    loaded = store.snapshots.book(team, snapshot, products=[ProductId(77)])
    assert loaded.additions == (line(9002, product_id=77),)
    assert (loaded.companies, loaded.agreements, loaded.products) == (
        FULL.companies,
        FULL.agreements,
        FULL.products,
    )
    assert store.snapshots.book(team, snapshot, products=()).additions == ()


def test_the_last_five_snapshots_are_kept(store):
    team = team_of(store)
    made = [
        store.snapshots.swap_in(team, book(line()), NOON + timedelta(days=day), draft(store))
        for day in range(7)
    ]
    assert store.snapshots.all(team) == tuple(reversed(made[2:]))
    assert look(store, "SELECT count(*) FROM snapshot_addition") == [(5,)]
    with pytest.raises(NotFound, match=f"Snapshot {made[0].id} is not kept any more. Scan again"):
        store.snapshots.book(team, made[0].id)


def test_a_team_sees_its_own_snapshots_alone(store):
    team = team_of(store)
    east = store.teams.add("East", team, draft(store)).id
    ours = store.snapshots.swap_in(team, book(line()), NOON, draft(store))
    theirs = [store.snapshots.swap_in(east, FULL, NOON, draft(store)) for _ in range(6)]
    assert store.snapshots.all(team) == (ours,)
    assert store.snapshots.latest(east) == theirs[-1]
    with pytest.raises(NotFound):
        store.snapshots.book(team, theirs[-1].id)
    with pytest.raises(NotFound):
        store.snapshots.book(team, SnapshotId(99))


def test_a_book_that_cannot_be_saved_leaves_the_snapshot_before_it_in_use(store):
    team = team_of(store)
    before = store.snapshots.swap_in(team, FULL, NOON, draft(store))
    with pytest.raises(DatabaseError):
        store.snapshots.swap_in(team, book(line(1), line(1)), NOON, draft(store))
    assert store.snapshots.all(team) == (before,)
    assert store.snapshots.book(team, before.id) == FULL


def test_the_audit_entry_names_the_snapshot(store):
    snapshot = store.snapshots.swap_in(
        team_of(store), FULL, NOON, draft(store, "scan", after={"requests": 9})
    )
    (entry,) = store.audit.entries(team_of(store))
    assert (entry.action, entry.after) == ("scan", {"requests": 9, "snapshot": snapshot.id})


def test_characters_that_no_database_holds_do_not_stop_a_scan(store):
    hostile = Book({CompanyId(1): Company(CompanyId(1), "a\x00b\udc80")}, {}, (), {})
    snapshot = store.snapshots.swap_in(team_of(store), hostile, NOON, draft(store))
    loaded = store.snapshots.book(team_of(store), snapshot.id)
    assert loaded.companies[CompanyId(1)].name == "a\ufffdb\ufffd"


def test_what_changed_since_the_last_scan_is_kept_with_the_snapshot(store):
    team, later = team_of(store), NOON + timedelta(days=1)
    store.choices.save_mapping(team, TierMapping("Protect", ProductId(3409)), draft(store))
    store.choices.save_mapping(team, TierMapping("Demo", None), draft(store))
    first = store.snapshots.swap_in(team, book(line(), line(9002, product_id=77)), NOON, draft(store))
    assert store.snapshots.changes(team, first.id) is None
    after = book(line(quantity="17"), line(9002, product_id=77, quantity="1"))
    second = store.snapshots.swap_in(team, after, later, draft(store))
    told = Entry(What.ADDITION_QUANTITY, "Contoso Ltd", "Managed Services", "AV-EAP", "12", "17")
    changes = SnapshotChanges(NOON, {What.ADDITION_QUANTITY: 1}, (told,), others=1)
    assert store.snapshots.changes(team, second.id) == changes
    store.snapshots.swap_in(team, after, later, draft(store))
    assert store.snapshots.changes(team, second.id) == changes, "it stays with its snapshot"


def test_changes_are_told_of_the_team_s_own_snapshots_alone(store):
    team = team_of(store)
    east = store.teams.add("East", team, draft(store)).id
    ours = store.snapshots.swap_in(team, book(line()), NOON, draft(store))
    theirs = store.snapshots.swap_in(east, FULL, NOON, draft(store))
    assert store.snapshots.changes(east, theirs.id) is None, "the first of its team"
    again = store.snapshots.swap_in(team, book(line()), NOON, draft(store))
    assert store.snapshots.changes(team, again.id) == SnapshotChanges(NOON)
    assert store.snapshots.changes(east, again.id) is None
    assert store.snapshots.changes(team, SnapshotId(ours.id + 99)) is None


def test_names_that_no_database_holds_do_not_change_with_every_scan(store):
    hostile = Book({CompanyId(1): Company(CompanyId(1), "a\x00b\udc80")}, {}, (), {})
    store.snapshots.swap_in(team_of(store), hostile, NOON, draft(store))
    again = store.snapshots.swap_in(team_of(store), hostile, NOON, draft(store))
    assert store.snapshots.changes(team_of(store), again.id) == SnapshotChanges(NOON)


def test_changes_that_were_tampered_with_are_refused(store):
    store.snapshots.swap_in(team_of(store), book(line()), NOON, draft(store))
    again = store.snapshots.swap_in(team_of(store), book(line()), NOON, draft(store))
    tamper(store, 'UPDATE snapshot SET changes = \'{"since": "never"}\'')
    with pytest.raises(DatabaseError, match="restore the database from a backup"):
        store.snapshots.changes(team_of(store), again.id)
