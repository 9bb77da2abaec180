"""Keep when an agreement last changed, what is suspected of a snapshot, the schedule of scans, and undos."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns; what was kept before has no value in them."""
    op.add_column("snapshot_agreement", sa.Column("updated", sa.DateTime(timezone=True), nullable=True))
    op.add_column("snapshot", sa.Column("suspicion", sa.Text(), nullable=False, server_default=""))
    op.add_column("team_setting", sa.Column("scan_schedule", sa.Text(), nullable=False, server_default=""))
    op.add_column("operation", sa.Column("undoes", sa.Integer(), nullable=True))
