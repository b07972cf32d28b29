"""Watches, probes, run health, incidents, coverage, deliveries; v1_coverage shows what is due."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOT_RESOLVED = sa.text("state <> 'resolved'")

FOUND = """
SELECT committee_region AS region, committee_level AS level, year_to AS year,
       min(id) AS publication_id
FROM publications
WHERE genre IN ('ten_events', 'annual_review') AND removed_at IS NULL
  AND committee_region IS NOT NULL AND year_to IS NOT NULL
GROUP BY committee_region, committee_level, year_to
"""

# What was found counts from the moment it is stored; what depends on the day is written to
# the table by the service and by `cppcc coverage`.
COVERAGE = f"""
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

FORMER_COVERAGE = (
    "CREATE VIEW v1_coverage AS"
    " SELECT committee_region AS region, committee_level, year_from AS year,"
    " 'found' AS status, min(id) AS publication_id,"
    " CAST(NULL AS DATE) AS due_from, CAST(NULL AS DATE) AS due_until"
    " FROM publications WHERE genre IN ('ten_events', 'annual_review')"
    " AND removed_at IS NULL AND year_from = year_to AND committee_region IS NOT NULL"
    " GROUP BY committee_region, committee_level, year_from"
)


def upgrade() -> None:
    """Make the tables and the view."""
    op.create_table(
        "watches",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("probed_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.Column("spacing_seconds", sa.Double(), nullable=True),
        sa.Column("failed_probes", sa.Integer(), nullable=False),
        sa.Column("last_new_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("source_id", name="pk_watches"),
    )
    op.create_table(
        "probe_pages",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("links_sha256", sa.Text(), nullable=False),
        sa.Column("probed_at", INSTANT, nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_probe_pages"),
    )
    op.create_index("ix_probe_pages_source_id", "probe_pages", ["source_id"])
    op.create_table(
        "run_health",
        sa.Column("run_id", ID, autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("failure_class", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_health_run_id_runs"),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_health"),
    )
    op.create_index("ix_run_health_source_id_run_id", "run_health", ["source_id", "run_id"])
    _create_incidents()
    op.create_table(
        "coverage",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("publication_id", ID, nullable=True),
        sa.Column("due_from", sa.Date(), nullable=False),
        sa.Column("due_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('found', 'due', 'overdue', 'not_due', 'source_broken', 'waived')",
            name="ck_coverage_status",
        ),
        sa.PrimaryKeyConstraint("region", "level", "year", name="pk_coverage"),
    )
    op.create_index("ix_coverage_year_status", "coverage", ["year", "status"])
    op.create_table(
        "deliveries",
        sa.Column("outbox_id", ID, autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name="fk_deliveries_outbox_id_outbox"
        ),
        sa.PrimaryKeyConstraint("outbox_id", "channel", name="pk_deliveries"),
    )
    op.execute("DROP VIEW v1_coverage")
    op.execute(COVERAGE)


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("failure_class", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("told_key", sa.Text(), nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("recovery_key", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'resolved')", name="ck_incidents_state"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index(
        "uq_incidents_unresolved",
        "incidents",
        ["subject", "failure_class"],
        unique=True,
        sqlite_where=NOT_RESOLVED,
        postgresql_where=NOT_RESOLVED,
    )
    op.create_index("ix_incidents_state_opened_at", "incidents", ["state", "opened_at"])
    op.create_index("ix_incidents_source_id", "incidents", ["source_id"])


def downgrade() -> None:
    """Drop them, and put the former view back."""
    op.execute("DROP VIEW v1_coverage")
    op.execute(FORMER_COVERAGE)
    for table in ("deliveries", "coverage", "incidents", "run_health", "probe_pages", "watches"):
        op.drop_table(table)
