"""A publication's figure of one metric by one look-up."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A metric recurs in ten thousands of publications: its name alone finds too many."""
    op.drop_index("ix_figures_key", "figures")
    op.create_index("ix_figures_key_publication_id", "figures", ["key", "publication_id"])


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_index("ix_figures_key_publication_id", "figures")
    op.create_index("ix_figures_key", "figures", ["key"])
