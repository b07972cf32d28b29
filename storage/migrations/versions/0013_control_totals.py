"""Control totals of lists and issues: run_walks, v1_walks, v1_source_years, more of v1_runs.

Also whether an entry of run_health says anything of its source.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")

RUNS_BEFORE = """
CREATE VIEW v1_runs AS
SELECT id, source_id, trigger, due_at, started_at, finished_at, verdict, reason, pages,
       articles_new, articles_changed, articles_unchanged, reposts, refused, state FROM runs
"""
RUNS = """
CREATE VIEW v1_runs AS
SELECT r.id, r.source_id, r.trigger, r.due_at, r.started_at, r.finished_at, r.verdict, r.reason,
       r.pages, r.articles_new, r.articles_changed, r.articles_unchanged, r.reposts, r.refused,
       r.state, w.articles_stated, w.articles_seen, w.articles_stored, w.articles_open,
       coalesce(w.lists_open, 0) AS lists_open
FROM runs r
LEFT JOIN (
    SELECT run_id, sum(stated) AS articles_stated, sum(seen) AS articles_seen,
           sum(stored) AS articles_stored, sum(remainder) AS articles_open,
           sum(CASE WHEN end_proof IS NULL THEN 1 ELSE 0 END) AS lists_open
    FROM run_walks GROUP BY run_id
) w ON w.run_id = r.id
"""
WALKS = """
CREATE VIEW v1_walks AS
SELECT w.run_id, r.source_id, w.name, w.day, w.pages, w.stated, w.stated_pages, w.seen, w.stored,
       w.refused, w.remainder, w.end_proof, w.cause, w.words, w.doubt
FROM run_walks w JOIN runs r ON r.id = w.run_id
"""
# What lists have ever shown, by the year printed beside it, else that of the publication itself;
# and the issues of papers, each counted once by the newest run that says something of it.
YEARS = """
CREATE VIEW v1_source_years AS
WITH shown AS (
    SELECT d.source_id, d.state, d.refusal_class,
           {year_of_listed} AS listed_year, {year_of_published} AS published_year
    FROM discoveries d LEFT JOIN publications p ON p.id = d.publication_id
), links AS (
    SELECT source_id, coalesce(listed_year, published_year) AS year, count(*) AS seen,
           sum(CASE WHEN state = 'stored' THEN 1 ELSE 0 END) AS stored,
           sum(CASE WHEN state = 'refused' THEN 1 ELSE 0 END) AS refused,
           sum(CASE WHEN state = 'pending' THEN 1 ELSE 0 END) AS pending
    FROM shown GROUP BY source_id, coalesce(listed_year, published_year)
), newest AS (
    SELECT r.source_id, w.day, max(w.run_id) AS run_id
    FROM run_walks w JOIN runs r ON r.id = w.run_id
    WHERE w.day IS NOT NULL GROUP BY r.source_id, w.day
), issues AS (
    SELECT n.source_id, {year_of_day} AS year,
           sum(CASE WHEN w.end_proof = 'issue_whole' THEN 1 ELSE 0 END) AS issues,
           sum(CASE WHEN w.end_proof = 'no_issue' THEN 1 ELSE 0 END) AS days_without,
           sum(CASE WHEN w.end_proof IS NULL THEN 1 ELSE 0 END) AS days_open
    FROM newest n JOIN run_walks w ON w.run_id = n.run_id AND w.day = n.day
    GROUP BY n.source_id, {year_of_day}
), spans AS (
    SELECT source_id, year FROM links UNION SELECT source_id, year FROM issues
)
SELECT s.source_id, s.year, coalesce(l.seen, 0) AS seen, coalesce(l.stored, 0) AS stored,
       coalesce(l.refused, 0) AS refused, coalesce(l.pending, 0) AS pending,
       i.issues AS issues, i.days_without AS days_without, i.days_open AS days_open
FROM spans s
LEFT JOIN links l ON l.source_id = s.source_id
    AND (l.year = s.year OR (l.year IS NULL AND s.year IS NULL))
LEFT JOIN issues i ON i.source_id = s.source_id AND i.year = s.year
"""


def _year(column: str, postgresql: bool) -> str:
    if postgresql:
        return f"CAST(extract(year FROM {column}) AS INTEGER)"
    return f"CAST(strftime('%Y', {column}) AS INTEGER)"


def upgrade() -> None:
    """Make the table, the column and the views; runs of before have no totals."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "run_walks",
        sa.Column("run_id", ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("stated", sa.Integer(), nullable=True),
        sa.Column("stated_pages", sa.Integer(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("remainder", sa.Integer(), nullable=True),
        sa.Column("end_proof", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("doubt", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_walks_run_id_runs"),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_run_walks"),
    )
    op.add_column(
        "run_health",
        sa.Column("conclusive", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute("DROP VIEW v1_runs")
    op.execute(RUNS)
    op.execute(WALKS)
    published = (
        "p.published_at AT TIME ZONE 'Asia/Shanghai'"
        if postgresql
        else ("datetime(p.published_at, '+8 hours')")
    )
    op.execute(
        YEARS.format(
            year_of_listed=_year("d.listed_on", postgresql),
            year_of_published=_year(published, postgresql),
            year_of_day=_year("w.day", postgresql),
        )
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.execute("DROP VIEW v1_source_years")
    op.execute("DROP VIEW v1_walks")
    op.execute("DROP VIEW v1_runs")
    op.execute(RUNS_BEFORE)
    op.drop_column("run_health", "conclusive")
    op.drop_table("run_walks")
