"""v1_reviews of a region and v1_coverage by indexes, where nothing tells SQLite which."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ORIGINALS = "ix_publications_originals"
FOUND = "ix_publications_found"
FLAGGED = "genre IN ('ten_events', 'annual_review') AND removed_at IS NULL"
CELL = ["year_to", "committee_region", "committee_level"]

# Nothing of ours runs ANALYZE, and without its numbers SQLite begins with the publications of a
# genre or of a region.  So on SQLite the views say themselves where to begin.
GUIDED = {
    "v1_coverage": (("FROM publications\n", f"FROM publications INDEXED BY {FOUND}\n"),),
    "v1_reviews": (
        ("\nJOIN publications p", "\nCROSS JOIN publications p"),
        ("\nJOIN revisions r", "\nCROSS JOIN revisions r"),
    ),
}


def upgrade() -> None:
    """SQLite looks at a partial index's condition again: its columns go into the index."""
    op.create_index(
        ORIGINALS,
        "publications",
        ["committee_region", "story_id", "is_original"],
        sqlite_where=sa.text("is_original"),
        postgresql_where=sa.text("is_original"),
    )
    _replace_found([*CELL, "genre", "removed_at"])
    _rewrite(GUIDED)


def downgrade() -> None:
    """Back to the revision before."""
    _rewrite({view: [(new, old) for old, new in pairs] for view, pairs in GUIDED.items()})
    _replace_found(CELL)
    op.drop_index(ORIGINALS, "publications")


def _rewrite(views: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        return
    made = sa.text("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = :name")
    for name, pairs in views.items():
        view: str = bind.execute(made, {"name": name}).scalar_one()
        for old, new in pairs:
            view = view.replace(old, new)
        op.execute(f"DROP VIEW {name}")
        op.execute(view)


def _replace_found(columns: list[str]) -> None:
    op.drop_index(FOUND, "publications")
    op.create_index(
        FOUND,
        "publications",
        columns,
        sqlite_where=sa.text(FLAGGED),
        postgresql_where=sa.text(FLAGGED),
    )
