"""What runs have written, where each was carried: for whoever asks on another machine."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """None is kept yet."""
    op.create_table(
        "run_outputs",
        sa.Column("run_id", ID, autoincrement=False, nullable=False),
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("output", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_outputs_run_id_runs"),
        sa.PrimaryKeyConstraint("run_id", "token", name="pk_run_outputs"),
    )
    op.create_index("ix_run_outputs_begun_at", "run_outputs", ["begun_at"])


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("run_outputs")
