"""v1_coverage: found is what nobody dismissed and nothing makes doubtful, also once it is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEX = "ix_publications_found"
FLAGGED = "genre IN ('ten_events', 'annual_review')"
FORMERLY = f"{FLAGGED} AND removed_at IS NULL"
COLUMNS = ["year_to", "committee_region", "committee_level", "genre", "story_id", "score"]
FORMER_COLUMNS = ["year_to", "committee_region", "committee_level", "genre"]

# A score below 0.8 is a doubtful one, right in three cases of five: a person's yes is needed.
BELIEVED = f"""{FLAGGED}
  AND story_id NOT IN (SELECT g.story_id FROM flags g WHERE g.status = 'dismissed')
  AND (score >= 0.8
       OR story_id IN (SELECT g.story_id FROM flags g WHERE g.status = 'accepted'))"""

# What was found is told by the publications at any time, the rest by the cells, which the service
# refreshes: until then a find that was dismissed leaves what the days of the window say.
STATUS = """CASE WHEN c.found_id IS NOT NULL THEN 'found'
            WHEN c.status <> 'found' THEN c.status
            WHEN c.due_from > {today} THEN 'not_due'
            WHEN c.due_until >= {today} THEN 'due'
            ELSE 'overdue' END"""
REASON = """CASE WHEN c.found_id IS NOT NULL AND c.status <> 'found' THEN 'found'
            WHEN c.found_id IS NULL AND c.status = 'found'
            THEN 'what was found was dismissed, or is doubtful'
            ELSE c.reason END"""
FORMER_STATUS = "CASE WHEN c.found_id IS NULL THEN c.status ELSE 'found' END"

COVERAGE = """
CREATE VIEW v1_coverage AS
SELECT c.region AS region, c.level AS committee_level, c.year AS year,
       {status} AS status,
       c.found_id AS publication_id, c.due_from AS due_from, c.due_until AS due_until,
       {reason} AS reason
FROM (
    SELECT coverage.*, (
        SELECT min(p.id) FROM publications p
        WHERE p.committee_region = coverage.region AND p.committee_level = coverage.level
          AND p.year_to = coverage.year AND {found}
    ) AS found_id
    FROM coverage
) c
UNION ALL
SELECT f.region, f.level, f.year, 'found', f.publication_id,
       CAST(NULL AS DATE), CAST(NULL AS DATE), 'found'
FROM (
SELECT committee_region AS region, committee_level AS level, year_to AS year,
       min(id) AS publication_id
FROM publications{guided}
WHERE {found} AND committee_region IS NOT NULL AND year_to IS NOT NULL
GROUP BY committee_region, committee_level, year_to
) f
WHERE NOT EXISTS (
    SELECT 1 FROM coverage c
    WHERE c.region = f.region AND c.level = f.level AND c.year = f.year
)
"""


def upgrade() -> None:
    """The view asks what was decided; its index holds what it asks for."""
    op.execute("DROP VIEW v1_coverage")
    _replace_index([*COLUMNS, "removed_at"], FLAGGED)
    today = (
        "date('now', '+8 hours')" if _on_sqlite() else "(now() AT TIME ZONE 'Asia/Shanghai')::date"
    )
    _make_view(found=BELIEVED, status=STATUS.format(today=today), reason=REASON)


def downgrade() -> None:
    """Back to the revision before."""
    op.execute("DROP VIEW v1_coverage")
    _replace_index([*FORMER_COLUMNS, "removed_at"], FORMERLY)
    _make_view(found=FORMERLY, status=FORMER_STATUS, reason="c.reason")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _make_view(*, found: str, status: str, reason: str) -> None:
    guided = f" INDEXED BY {INDEX}" if _on_sqlite() else ""
    op.execute(
        sa.text(
            COVERAGE.format(found=found, status=status, reason=reason, guided=guided).replace(
                ":", "\\:"
            )
        )
    )


def _replace_index(columns: list[str], condition: str) -> None:
    op.drop_index(INDEX, "publications")
    op.create_index(
        INDEX,
        "publications",
        columns,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )
