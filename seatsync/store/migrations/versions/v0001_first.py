"""Make every table, and the triggers that let the audit log grow only."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TYPES: Mapping[str, Any] = {
    "text": sa.Text(),
    "int": sa.Integer(),
    "id": sa.BigInteger(),
    "bool": sa.Boolean(),
    "date": sa.Date(),
    "time": sa.DateTime(timezone=True),
    "exact": sa.Text().with_variant(sa.Numeric(), "postgresql"),
}
_TEAM = {"team_id": "team.id"}
_EXPORT = {"team_id": "team.id", "export_id": "export.id"}


def upgrade() -> None:
    """Make the schema from nothing."""
    _make_teams()
    _make_snapshots()
    _make_exports()
    _make_choices()
    _make_journal()
    _make_audit()


def _table(
    name: str,
    columns: str,
    key: str,
    references: Mapping[str, str],
    *extra: sa.schema.SchemaItem,
    compact: bool = False,
) -> None:
    """Make a table; a column reads ``name:type``, with ``?`` when it may be null."""
    made = []
    for column, kind in (word.split(":") for word in columns.split()):
        kind, optional = kind.rstrip("?"), kind.endswith("?")
        made.append(
            sa.Column(column, _TYPES[kind], nullable=optional, autoincrement=column == "id" and kind == "int")
        )
    ondelete = "CASCADE" if compact else None
    keys = [
        sa.ForeignKeyConstraint([ours], [theirs], ondelete=ondelete) for ours, theirs in references.items()
    ]
    options = {"sqlite_with_rowid": False} if compact else {}
    op.create_table(name, *made, sa.PrimaryKeyConstraint(*key.split()), *keys, *extra, **options)


def _unique_where(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "operation", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _make_teams() -> None:
    unique_name = sa.UniqueConstraint("name")
    _table("team", "id:int name:text parent_id:int?", "id", {"parent_id": "team.id"}, unique_name)
    _table("team_setting", "team_id:int rules:text? timezone:text", "team_id", _TEAM)
    _table("connection", "team_id:int sealed:text", "team_id", _TEAM)


def _make_snapshots() -> None:
    _table(
        "snapshot",
        "id:int team_id:int taken_at:time companies:int agreements:int additions:int products:int "
        "agreement_types:text",
        "id",
        _TEAM,
    )
    op.create_index("ix_snapshot_team_id", "snapshot", ["team_id"])
    parts = {
        "snapshot_company": "name:text identifier:text deleted:bool website:text",
        "snapshot_agreement": "name:text company_id:id type_name:text status:text cancelled:bool start:date? "
        "end:date? no_end:bool bill_start:date? next_invoice:date? prorate:bool cycle:text currency:text "
        "parent_id:id?",
        "snapshot_addition": "agreement_id:id product_id:id quantity:exact less_included:exact "
        "unit_price:exact? bill_customer:text effective:date? cancelled:date? description:text",
        "snapshot_product": "identifier:text description:text price:exact? inactive:bool",
    }
    for name, columns in parts.items():
        _table(
            name,
            f"snapshot_id:int id:id {columns}",
            "snapshot_id id",
            {"snapshot_id": "snapshot.id"},
            compact=True,
        )
    op.create_index("ix_snapshot_addition_product", "snapshot_addition", ["snapshot_id", "product_id"])


def _make_exports() -> None:
    _table(
        "export",
        "id:int team_id:int fingerprint:text name:text sha256:text uploaded_at:time uploaded_by:text "
        "columns:text rows:int ignored:int truncated:bool encoding:text delimiter:text notes:text "
        "declared:text incomplete:text",
        "id",
        _TEAM,
        sa.UniqueConstraint("team_id", "fingerprint", name="uq_export_fingerprint"),
    )
    _table(
        "seat_row",
        "export_id:int position:int line:int key:text portal:text tenant:text tier:text users:exact? "
        "state:text raw_state:text expires:date? problem:text? extra:text",
        "export_id position",
        {"export_id": "export.id"},
    )


def _make_choices() -> None:
    _table("tier_mapping", "team_id:int tier:text product_id:id?", "team_id tier", _TEAM)
    _table(
        "link",
        "team_id:int key:text company_id:id company_name:text tenant_name:text portal:text source:text "
        "made_by:text made_at:time?",
        "team_id key",
        _TEAM,
    )
    key = "team_id export_id key"
    _table("tick", "team_id:int export_id:int key:text ticked:bool", key, _EXPORT)
    _table("create_agreement", "team_id:int export_id:int key:text agreement_id:id", key, _EXPORT)


def _make_journal() -> None:
    _table(
        "operation",
        "id:int team_id:int kind:text status:text who:text started_at:time finished_at:time? export_id:int? "
        "snapshot_id:int? digest:text done:int total:int message:text detail:text cancel_requested:bool "
        "attempt:int",
        "id",
        _EXPORT,
    )
    op.create_index("ix_operation_team", "operation", ["team_id", "id"])
    _unique_where("uq_operation_under_way", ["team_id"], "status IN ('queued', 'running')")
    _unique_where("uq_operation_digest", ["team_id", "digest"], "digest <> ''")
    _table(
        "outcome",
        "operation_id:int position:int change:text result:text sent:bool before:text after:text day:date? "
        "request_id:text message:text",
        "operation_id position",
        {"operation_id": "operation.id"},
    )
    op.create_index("ix_outcome_result", "outcome", ["operation_id", "result"])


def _make_audit() -> None:
    _table(
        "audit",
        "seq:int at:time who:text team_id:int team:text permission:text action:text resource:text "
        "before:text after:text result:text operation_id:int? hash:text",
        "seq",
        _TEAM,
    )
    op.create_index("ix_audit_operation", "audit", ["team_id", "operation_id"])
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES_TRIGGERS if on_postgres else _SQLITE_TRIGGERS:
        op.execute(statement)


_REFUSAL = "an audit entry can be neither changed nor removed"
_SQLITE_TRIGGERS = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    # INSERT OR REPLACE removes the old entry without asking the trigger on DELETE.
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
_POSTGRES_TRIGGERS = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)
