"""Which service plans, and when each host may be asked next."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody plans yet, and no host was asked."""
    op.create_table(
        "planner",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_planner"),
    )
    op.create_table(
        "host_turns",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("turn_at", sa.Float(53), nullable=False),
        sa.Column("delay_seconds", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_host_turns"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("host_turns")
    op.drop_table("planner")
