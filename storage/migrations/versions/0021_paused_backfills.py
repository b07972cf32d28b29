"""Since when a back-fill waits: it keeps its run, and goes on when it is resumed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """None waits yet."""
    op.add_column("runs", sa.Column("paused_at", INSTANT, nullable=True))


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_column("runs", "paused_at")
