"""Keep why a link was made, the companies ruled out for a tenant, and the columns chosen for a header."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns to the links and exports, and two tables."""
    op.add_column("link", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("export", sa.Column("header", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("export", sa.Column("chosen", sa.Text(), nullable=False, server_default="{}"))
    op.create_table(
        "rejection",
        sa.Column("team_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False, autoincrement=False),
        *(_text(name) for name in ("company_name", "tenant_name", "portal", "rejected_by")),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "key", "company_id"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"]),
    )
    op.create_table(
        "column_choice",
        sa.Column("team_id", sa.Integer(), nullable=False, autoincrement=False),
        *(_text(name) for name in ("header", "field", "column", "chosen_by")),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "header", "field"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"]),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
