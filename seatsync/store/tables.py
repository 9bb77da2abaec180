"""The tables of the database, but for those of ``choice_tables``."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Index, MetaData, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from seatsync.store.columns import CleanText, ExactDecimal, Json, UtcTime

# SQLite finds rows this small faster in the primary key's own tree.
_COMPACT = {"sqlite_with_rowid": False}


def _unique_where(name: str, *columns: str, condition: str) -> Index:
    where = text(condition)
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Base(SQLModel, registry=registry(metadata=MetaData())):
    """Root of the tables, with a registry of its own so that reloading the module is harmless."""


class TeamTable(Base, table=True):
    """A team."""

    __tablename__ = "team"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=CleanText, unique=True)
    parent_id: int | None = Field(default=None, foreign_key="team.id")


class TeamSettingTable(Base, table=True):
    """What a team set for itself; None and blank stand for the defaults."""

    __tablename__ = "team_setting"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    rules: dict[str, Any] | None = Field(default=None, sa_type=Json)
    timezone: str = Field(default="", sa_type=CleanText)
    scan_schedule: str = Field(default="", sa_type=CleanText, sa_column_kwargs={"server_default": ""})


class ConnectionTable(Base, table=True):
    """A team's own ConnectWise connection, encrypted."""

    __tablename__ = "connection"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    sealed: str = Field(sa_type=CleanText)


class SnapshotTable(Base, table=True):
    """One scan's result, with its counts, and what changed since the one before; None for the first."""

    __tablename__ = "snapshot"
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    taken_at: datetime = Field(sa_type=UtcTime)
    companies: int
    agreements: int
    additions: int
    products: int
    agreement_types: list[str] = Field(sa_type=Json)
    suspicion: str = Field(default="", sa_type=CleanText, sa_column_kwargs={"server_default": ""})
    changes: dict[str, Any] | None = Field(default=None, sa_type=Json)


class SnapshotCompanyTable(Base, table=True):
    """A company of a snapshot."""

    __tablename__ = "snapshot_company"
    __table_args__ = _COMPACT
    snapshot_id: int = Field(primary_key=True, foreign_key="snapshot.id", ondelete="CASCADE")
    id: int = Field(primary_key=True, sa_type=BigInteger)
    name: str = Field(sa_type=CleanText)
    identifier: str = Field(sa_type=CleanText)
    deleted: bool
    website: str = Field(sa_type=CleanText)


class SnapshotAgreementTable(Base, table=True):
    """An agreement of a snapshot."""

    __tablename__ = "snapshot_agreement"
    __table_args__ = _COMPACT
    snapshot_id: int = Field(primary_key=True, foreign_key="snapshot.id", ondelete="CASCADE")
    id: int = Field(primary_key=True, sa_type=BigInteger)
    name: str = Field(sa_type=CleanText)
    company_id: int = Field(sa_type=BigInteger)
    type_name: str = Field(sa_type=CleanText)
    status: str = Field(sa_type=CleanText)
    cancelled: bool
    start: date | None
    end: date | None
    no_end: bool
    bill_start: date | None
    next_invoice: date | None
    prorate: bool
    cycle: str = Field(sa_type=CleanText)
    currency: str = Field(sa_type=CleanText)
    parent_id: int | None = Field(sa_type=BigInteger)
    updated: datetime | None = Field(sa_type=UtcTime)


class SnapshotAdditionTable(Base, table=True):
    """A billing line of a snapshot."""

    __tablename__ = "snapshot_addition"
    __table_args__ = (Index("ix_snapshot_addition_product", "snapshot_id", "product_id"), _COMPACT)
    snapshot_id: int = Field(primary_key=True, foreign_key="snapshot.id", ondelete="CASCADE")
    id: int = Field(primary_key=True, sa_type=BigInteger)
    agreement_id: int = Field(sa_type=BigInteger)
    product_id: int = Field(sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=ExactDecimal)
    less_included: Decimal = Field(sa_type=ExactDecimal)
    unit_price: Decimal | None = Field(sa_type=ExactDecimal)
    bill_customer: str = Field(sa_type=CleanText)
    effective: date | None
    cancelled: date | None
    description: str = Field(sa_type=CleanText)


class SnapshotProductTable(Base, table=True):
    """A catalogue product of a snapshot."""

    __tablename__ = "snapshot_product"
    __table_args__ = _COMPACT
    snapshot_id: int = Field(primary_key=True, foreign_key="snapshot.id", ondelete="CASCADE")
    id: int = Field(primary_key=True, sa_type=BigInteger)
    identifier: str = Field(sa_type=CleanText)
    description: str = Field(sa_type=CleanText)
    price: Decimal | None = Field(sa_type=ExactDecimal)
    inactive: bool


class ExportTable(Base, table=True):
    """A kept export. ``fingerprint`` covers the file's bytes and the columns it was read by."""

    __tablename__ = "export"
    __table_args__ = (UniqueConstraint("team_id", "fingerprint", name="uq_export_fingerprint"),)
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    fingerprint: str = Field(sa_type=CleanText)
    name: str = Field(sa_type=CleanText)
    sha256: str = Field(sa_type=CleanText)
    uploaded_at: datetime = Field(sa_type=UtcTime)
    uploaded_by: str = Field(sa_type=CleanText)
    columns: dict[str, str] = Field(sa_type=Json)
    rows: int
    ignored: int
    truncated: bool
    encoding: str = Field(sa_type=CleanText)
    delimiter: str = Field(sa_type=CleanText)
    notes: list[str] = Field(sa_type=Json)
    declared: str = Field(sa_type=CleanText)
    incomplete: str = Field(sa_type=CleanText)
    header: list[str] = Field(sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    chosen: dict[str, str] = Field(sa_type=Json, sa_column_kwargs={"server_default": "{}"})


class SeatRowTable(Base, table=True):
    """A row of an export, in the file's order. ``key`` is the tenant's stable key."""

    __tablename__ = "seat_row"
    export_id: int = Field(primary_key=True, foreign_key="export.id")
    position: int = Field(primary_key=True)
    line: int
    key: str = Field(sa_type=CleanText)
    portal: str = Field(sa_type=CleanText)
    tenant: str = Field(sa_type=CleanText)
    tier: str = Field(sa_type=CleanText)
    users: Decimal | None = Field(sa_type=ExactDecimal)
    state: str = Field(sa_type=CleanText)
    raw_state: str = Field(sa_type=CleanText)
    expires: date | None
    problem: dict[str, Any] | None = Field(sa_type=Json)
    extra: dict[str, str] = Field(sa_type=Json)


class OperationTable(Base, table=True):
    """A tracked run. ``snapshot_id`` is no foreign key: the run outlives the snapshot it was planned on."""

    __tablename__ = "operation"
    __table_args__ = (
        Index("ix_operation_team", "team_id", "id"),
        _unique_where("uq_operation_under_way", "team_id", condition="status IN ('queued', 'running')"),
        _unique_where("uq_operation_digest", "team_id", "digest", condition="digest <> ''"),
    )
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    kind: str = Field(sa_type=CleanText)
    status: str = Field(sa_type=CleanText)
    who: str = Field(sa_type=CleanText)
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(sa_type=UtcTime)
    export_id: int | None = Field(foreign_key="export.id")
    snapshot_id: int | None
    digest: str = Field(sa_type=CleanText)
    done: int
    total: int
    message: str = Field(sa_type=CleanText)
    detail: dict[str, Any] = Field(sa_type=Json)
    cancel_requested: bool
    attempt: int
    undoes: int | None


class OutcomeTable(Base, table=True):
    """What became of one change of an operation."""

    __tablename__ = "outcome"
    __table_args__ = (Index("ix_outcome_result", "operation_id", "result"),)
    operation_id: int = Field(primary_key=True, foreign_key="operation.id")
    position: int = Field(primary_key=True)
    change: dict[str, Any] = Field(sa_type=Json)
    result: str = Field(sa_type=CleanText)
    sent: bool
    before: str = Field(sa_type=CleanText)
    after: str = Field(sa_type=CleanText)
    day: date | None
    request_id: str = Field(sa_type=CleanText)
    message: str = Field(sa_type=CleanText)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AuditTable(Base, table=True):
    """An audit entry; ``before`` and ``after`` are the JSON text that the hash covers."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_operation", "team_id", "operation_id"),)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)
    who: str = Field(sa_type=CleanText)
    team_id: int = Field(foreign_key="team.id")
    team: str = Field(sa_type=CleanText)
    permission: str = Field(sa_type=CleanText)
    action: str = Field(sa_type=CleanText)
    resource: str = Field(sa_type=CleanText)
    before: str = Field(sa_type=CleanText)
    after: str = Field(sa_type=CleanText)
    result: str = Field(sa_type=CleanText)
    operation_id: int | None
    hash: str = Field(sa_type=CleanText)


metadata = Base.metadata
TEAM = metadata.tables["team"]
TEAM_SETTING = metadata.tables["team_setting"]
CONNECTION = metadata.tables["connection"]
SNAPSHOT = metadata.tables["snapshot"]
COMPANY = metadata.tables["snapshot_company"]
AGREEMENT = metadata.tables["snapshot_agreement"]
ADDITION = metadata.tables["snapshot_addition"]
PRODUCT = metadata.tables["snapshot_product"]
EXPORT = metadata.tables["export"]
SEAT_ROW = metadata.tables["seat_row"]
OPERATION = metadata.tables["operation"]
OUTCOME = metadata.tables["outcome"]
AUDIT = metadata.tables["audit"]
