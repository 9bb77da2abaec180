"""Keep with each snapshot what changed since the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; of the snapshots kept before, it is not known."""
    op.add_column("snapshot", sa.Column("changes", sa.Text(), nullable=True))
