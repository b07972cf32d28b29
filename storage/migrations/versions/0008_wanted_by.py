"""Which process waits for a run: without it, nobody wants the run any more."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of the runs that are there, none is known to be waited for: a service carries them."""
    op.add_column("runs", sa.Column("wanted_by", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_column("runs", "wanted_by")
