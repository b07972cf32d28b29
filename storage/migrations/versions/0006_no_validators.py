"""Without the table of validators: a watch of a source keeps those of its pages (0002)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Nothing was ever kept in it."""
    op.drop_table("validators")


def downgrade() -> None:
    """Back to the revision before."""
    op.create_table(
        "validators",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_validators"),
    )
