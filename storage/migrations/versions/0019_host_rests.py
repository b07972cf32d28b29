"""How long hosts have asked to be left alone (Retry-After), for every process and run to come."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """None has asked yet."""
    op.create_table(
        "host_rests",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("refusal_class", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_host_rests"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("host_rests")
