"""v1_coverage finds no review in a story whose flag a person dismissed."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FLAGGED = "genre IN ('ten_events', 'annual_review') AND removed_at IS NULL"
# Asked once, by the few that were dismissed: looked up for each that is found, every one of
# those would be read from the table, which the index spares.
STANDS = """id NOT IN (
        SELECT q.id FROM flags g JOIN publications q ON q.story_id = g.story_id
        WHERE g.status = 'dismissed'
    )"""


def upgrade() -> None:
    """Of every copy of the story: what was dismissed is its words, wherever they stand."""
    _remake(_view(f" AND p.{STANDS}", f" AND {STANDS}"))


def downgrade() -> None:
    """Back to the revision before."""
    _remake(_view("", ""))


def _remake(view: str) -> None:
    op.execute("DROP VIEW v1_coverage")
    op.execute(view)


def _view(cell: str, all_: str) -> str:
    """The view as 0004 and 0024 have it, with these conditions on what a cell, and all, find."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    by = " INDEXED BY ix_publications_found" if sqlite else ""
    return f"""
CREATE VIEW v1_coverage AS
SELECT c.region AS region, c.level AS committee_level, c.year AS year,
       CASE WHEN c.found_id IS NULL THEN c.status ELSE 'found' END AS status,
       c.found_id AS publication_id, c.due_from AS due_from, c.due_until AS due_until,
       c.reason AS reason
FROM (
    SELECT coverage.*, (
        SELECT min(p.id) FROM publications p
        WHERE p.committee_region = coverage.region AND p.committee_level = coverage.level
          AND p.year_to = coverage.year AND {FLAGGED}{cell}
    ) AS found_id
    FROM coverage
) c
UNION ALL
SELECT f.region, f.level, f.year, 'found', f.publication_id,
       CAST(NULL AS DATE), CAST(NULL AS DATE), 'found'
FROM (
SELECT committee_region AS region, committee_level AS level, year_to AS year,
       min(id) AS publication_id
FROM publications{by}
WHERE {FLAGGED} AND committee_region IS NOT NULL AND year_to IS NOT NULL{all_}
GROUP BY committee_region, committee_level, year_to
) f
WHERE NOT EXISTS (
    SELECT 1 FROM coverage c
    WHERE c.region = f.region AND c.level = f.level AND c.year = f.year
)
"""
