"""The local copies of ConnectWise: saved whole, loaded fast, the last few kept."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from seatsync.errors import NotFound
from seatsync.journal import AuditDraft
from seatsync.model import (
    Addition,
    Agreement,
    Book,
    Company,
    Product,
    ProductId,
    Snapshot,
    SnapshotId,
    TeamId,
)
from seatsync.snapshot_changes import SnapshotChanges, tell_changes
from seatsync.store.audit import record
from seatsync.store.choice_tables import TIER_MAPPING
from seatsync.store.codec import clean, findings_from_json, findings_to_json
from seatsync.store.engine import Database, only
from seatsync.store.rows import add, add_records, columns_of, lock_team
from seatsync.store.tables import ADDITION, AGREEMENT, COMPANY, PRODUCT, SNAPSHOT

KEPT = 5
"""How many snapshots of a team are kept."""

T = TypeVar("T")


class SqlSnapshots:
    """The snapshots of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, team: TeamId) -> Snapshot | None:
        """Return the snapshot in use."""
        found = self._list(team, 1)
        return found[0] if found else None

    def all(self, team: TeamId) -> tuple[Snapshot, ...]:
        """List the kept snapshots, newest first."""
        return self._list(team, None)

    def book(self, team: TeamId, snapshot: SnapshotId, products: Collection[ProductId] | None = None) -> Book:
        """Load a snapshot; with ``products``, only the additions of those. Raises NotFound."""
        mine = select(SNAPSHOT.c.agreement_types).where(SNAPSHOT.c.team_id == team, SNAPSHOT.c.id == snapshot)
        with self._database.reading() as connection:
            types = only(connection, mine)
            if types is None:
                raise NotFound(f"Snapshot {snapshot} is not kept any more. Scan again.")
            counted = [] if products is None else [ADDITION.c.product_id.in_(products)]
            return _load_book(connection, snapshot, types, counted)

    def changes(self, team: TeamId, snapshot: SnapshotId) -> SnapshotChanges | None:
        """Return what a kept snapshot's scan found changed; None when it had none to compare with."""
        wanted = select(SNAPSHOT.c.changes).where(SNAPSHOT.c.team_id == team, SNAPSHOT.c.id == snapshot)
        with self._database.reading() as connection:
            found = only(connection, wanted)
        return None if found is None else findings_from_json(found)

    def swap_in(
        self, team: TeamId, book: Book, taken_at: datetime, audit: AuditDraft, suspicion: str = ""
    ) -> Snapshot:
        """Save a book as the snapshot in use, in one transaction, and drop all but the last KEPT.

        What changed since the one before is kept with it. ``suspicion`` says why the book may lack
        something. The audit entry also names the snapshot. Raises NotFound.
        """
        counts = {
            "taken_at": taken_at,
            "companies": len(book.companies),
            "agreements": len(book.agreements),
            "additions": len(book.additions),
            "products": len(book.products),
            "suspicion": suspicion,
        }
        with self._database.writing() as connection:
            lock_team(connection, team)
            changes = _changes(connection, team, book, taken_at)
            header = counts | {"team_id": team, "agreement_types": list(book.agreement_types)}
            header["changes"] = None if changes is None else findings_to_json(changes)
            made = SnapshotId(add(connection, SNAPSHOT, header))
            add_records(connection, COMPANY, Company, book.companies.values(), snapshot_id=made)
            add_records(connection, AGREEMENT, Agreement, book.agreements.values(), snapshot_id=made)
            add_records(connection, ADDITION, Addition, book.additions, snapshot_id=made)
            add_records(connection, PRODUCT, Product, book.products.values(), snapshot_id=made)
            _drop_old(connection, team)
            record(self._database, connection, replace(audit, after={**audit.after, "snapshot": made}))
            return _read(connection, SNAPSHOT.c.id == made, None)[0]

    def _list(self, team: TeamId, limit: int | None) -> tuple[Snapshot, ...]:
        with self._database.reading() as connection:
            return _read(connection, SNAPSHOT.c.team_id == team, limit)


def _read(connection: Connection, where: ColumnElement[bool], limit: int | None) -> tuple[Snapshot, ...]:
    wanted = select(*columns_of(SNAPSHOT, Snapshot)).where(where).order_by(SNAPSHOT.c.id.desc()).limit(limit)
    return tuple(Snapshot(*row) for row in connection.execute(wanted))


def _load(
    connection: Connection,
    table: Table,
    kind: type[T],
    snapshot: SnapshotId,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[T]:
    wanted = select(*columns_of(table, kind)).where(table.c.snapshot_id == snapshot, *where)
    return [kind(*row) for row in connection.execute(wanted.order_by(table.c.id))]


def _load_book(
    connection: Connection,
    snapshot: SnapshotId,
    types: Sequence[str] = (),
    counted: Sequence[ColumnElement[bool]] = (),
) -> Book:
    companies = _load(connection, COMPANY, Company, snapshot)
    agreements = _load(connection, AGREEMENT, Agreement, snapshot)
    additions = _load(connection, ADDITION, Addition, snapshot, counted)
    catalogue = _load(connection, PRODUCT, Product, snapshot)
    return Book(
        companies={company.id: company for company in companies},
        agreements={agreement.id: agreement for agreement in agreements},
        additions=tuple(additions),
        products={product.id: product for product in catalogue},
        agreement_types=tuple(types),
    )


def _changes(connection: Connection, team: TeamId, book: Book, taken_at: datetime) -> SnapshotChanges | None:
    """Say what a book has changed since the snapshot in use; None when there is none yet."""
    found = _read(connection, SNAPSHOT.c.team_id == team, 1)
    if not found:
        return None
    chosen = select(TIER_MAPPING.c.product_id).where(TIER_MAPPING.c.team_id == team)
    products = frozenset(connection.execute(chosen.where(TIER_MAPPING.c.product_id.is_not(None))).scalars())
    before = _load_book(connection, found[0].id)
    return tell_changes(before, _as_kept(book), (found[0].taken_at, taken_at), products)


def _as_kept(book: Book) -> Book:
    """Write names as the database holds them, so that one it can't hold does not seem to change."""
    return replace(
        book,
        companies={
            key: found if clean(found.name) == found.name else replace(found, name=clean(found.name))
            for key, found in book.companies.items()
        },
        agreements={
            key: found if clean(found.name) == found.name else replace(found, name=clean(found.name))
            for key, found in book.agreements.items()
        },
    )


def _drop_old(connection: Connection, team: TeamId) -> None:
    newest = select(SNAPSHOT.c.id).where(SNAPSHOT.c.team_id == team).order_by(SNAPSHOT.c.id.desc())
    kept = connection.execute(newest.limit(KEPT)).scalars().all()
    connection.execute(delete(SNAPSHOT).where(SNAPSHOT.c.team_id == team, SNAPSHOT.c.id < min(kept)))
