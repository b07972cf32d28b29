"""Indexes for the questions that are asked of a million rows; v1_coverage by index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FLAGGED = "genre IN ('ten_events', 'annual_review') AND removed_at IS NULL"

FOUND = f"""
SELECT committee_region AS region, committee_level AS level, year_to AS year,
       min(id) AS publication_id
FROM publications
WHERE {FLAGGED} AND committee_region IS NOT NULL AND year_to IS NOT NULL
GROUP BY committee_region, committee_level, year_to
"""

# What was found is looked up cell by cell: joined as a whole, all flagged publications were
# read for each question about one year.
COVERAGE = f"""
CREATE VIEW v1_coverage AS
SELECT c.region AS region, c.level AS committee_level, c.year AS year,
       CASE WHEN c.found_id IS NULL THEN c.status ELSE 'found' END AS status,
       c.found_id AS publication_id, c.due_from AS due_from, c.due_until AS due_until,
       c.reason AS reason
FROM (
    SELECT coverage.*, (
        SELECT min(p.id) FROM publications p
        WHERE p.committee_region = coverage.region AND p.committee_level = coverage.level
          AND p.year_to = coverage.year AND {FLAGGED}
    ) AS found_id
    FROM coverage
) c
UNION ALL
SELECT f.region, f.level, f.year, 'found', f.publication_id,
       CAST(NULL AS DATE), CAST(NULL AS DATE), 'found'
FROM ({FOUND}) f
WHERE NOT EXISTS (
    SELECT 1 FROM coverage c
    WHERE c.region = f.region AND c.level = f.level AND c.year = f.year
)
"""

FORMER_COVERAGE = f"""
CREATE VIEW v1_coverage AS
SELECT c.region AS region, c.level AS committee_level, c.year AS year,
       CASE WHEN f.publication_id IS NULL THEN c.status ELSE 'found' END AS status,
       f.publication_id AS publication_id, c.due_from AS due_from, c.due_until AS due_until,
       c.reason AS reason
FROM coverage c
LEFT JOIN ({FOUND}) f ON f.region = c.region AND f.level = c.level AND f.year = c.year
UNION ALL
SELECT f.region, f.level, f.year, 'found', f.publication_id,
       CAST(NULL AS DATE), CAST(NULL AS DATE), 'found'
FROM ({FOUND}) f
WHERE NOT EXISTS (
    SELECT 1 FROM coverage c
    WHERE c.region = f.region AND c.level = f.level AND c.year = f.year
)
"""


def upgrade() -> None:
    """Make the indexes and the view."""
    op.drop_index("ix_publications_committee_region_year_to_genre", "publications")
    op.create_index(
        "ix_publications_committee_region_genre_year_to_published_at",
        "publications",
        ["committee_region", "genre", "year_to", "published_at"],
    )
    op.create_index(
        "ix_publications_found",
        "publications",
        ["year_to", "committee_region", "committee_level"],
        sqlite_where=sa.text(FLAGGED),
        postgresql_where=sa.text(FLAGGED),
    )
    op.execute("DROP VIEW v1_coverage")
    op.execute(COVERAGE)


def downgrade() -> None:
    """Back to the revision before."""
    op.execute("DROP VIEW v1_coverage")
    op.execute(FORMER_COVERAGE)
    op.drop_index("ix_publications_found", "publications")
    op.drop_index("ix_publications_committee_region_genre_year_to_published_at", "publications")
    op.create_index(
        "ix_publications_committee_region_year_to_genre",
        "publications",
        ["committee_region", "year_to", "genre"],
    )
