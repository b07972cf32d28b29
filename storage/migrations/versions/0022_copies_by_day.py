"""An index of the few copies: search looks through them after the originals, the newest first."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = "ix_publications_copies"


def upgrade() -> None:
    """One index more."""
    op.create_index(
        NAME,
        "publications",
        ["published_at"],
        sqlite_where=sa.text("is_original IS 0"),
        postgresql_where=sa.text("is_original IS false"),
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_index(NAME, "publications")
