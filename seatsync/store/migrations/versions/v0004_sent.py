"""Keep when a write of a change was sent, so that a resumed run knows how long it may be on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; what was kept before has no value in it."""
    op.add_column("outcome", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
