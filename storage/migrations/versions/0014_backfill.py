"""Parts of archives that a back-fill has read; flags of years gone by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the ledger; no flag of before is of a back-fill."""
    op.add_column(
        "flags", sa.Column("past", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "backfill_parts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("unwanted", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("years", JSON, nullable=False),
        sa.Column("articles_new", sa.Integer(), nullable=False),
        sa.Column("articles_changed", sa.Integer(), nullable=False),
        sa.Column("articles_unchanged", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('done', 'failed')", name=op.f("ck_backfill_parts_state")),
        sa.PrimaryKeyConstraint("key", "wanted", name="pk_backfill_parts"),
    )
    op.create_index("ix_backfill_parts_run_id", "backfill_parts", ["run_id"])


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("backfill_parts")
    op.drop_column("flags", "past")
