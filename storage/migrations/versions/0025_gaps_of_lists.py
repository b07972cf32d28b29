"""An index of the few walks that named a gap: coverage asks for them whenever it is drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NAME = "ix_run_walks_gaps"


def upgrade() -> None:
    """One index more."""
    gap = sa.text("cause = 'gap'")
    op.create_index(NAME, "run_walks", ["run_id"], sqlite_where=gap, postgresql_where=gap)


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_index(NAME, "run_walks")
