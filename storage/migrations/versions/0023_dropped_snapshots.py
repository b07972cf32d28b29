"""When a raw page was dropped: its hash stays, and every capture that names it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """None has been dropped yet; no row is rewritten, however large the pages are."""
    op.add_column("snapshots", sa.Column("dropped_at", INSTANT, nullable=True))


def downgrade() -> None:
    """Back to the revision before; what was dropped is empty there, and said to be damaged."""
    op.drop_column("snapshots", "dropped_at")
