"""States of sources (unverified, verified, paused), their kind and family, v1_sources."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
BEFORE = "'found', 'due', 'overdue', 'not_due', 'source_broken', 'waived'"
NOW = f"{BEFORE}, 'no_source', 'not_watched'"

SOURCES = """
CREATE VIEW v1_sources AS
SELECT s.id AS id, s.name AS name, s.region AS region, s.kind AS kind, s.family AS family,
       s.homepage AS homepage,
       CASE WHEN t.paused_at IS NOT NULL THEN 'paused'
            WHEN t.verified_at IS NOT NULL THEN 'verified'
            ELSE 'unverified' END AS state,
       CASE WHEN t.paused_at IS NOT NULL THEN t.paused_why
            WHEN t.verified_at IS NOT NULL THEN t.verified_by
            ELSE t.finding END AS state_why,
       (SELECT r.verdict FROM runs r WHERE r.source_id = s.id AND r.verdict IS NOT NULL
        ORDER BY r.id DESC LIMIT 1) AS last_verdict,
       (SELECT max(r.finished_at) FROM runs r WHERE r.source_id = s.id) AS last_ended_at,
       w.next_look_at AS next_look_at,
       (SELECT count(*) FROM publications p WHERE p.source_id = s.id) AS articles,
       (SELECT max(p.first_seen_at) FROM publications p WHERE p.source_id = s.id)
           AS last_article_at
FROM sources s
LEFT JOIN source_standings t ON t.source_id = s.id
LEFT JOIN watches w ON w.source_id = s.id
"""


def upgrade() -> None:
    """Sources that a complete run has read are proved by it; others are claims."""
    for name in ("kind", "family", "homepage"):
        op.add_column("sources", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("watches", sa.Column("next_look_at", INSTANT, nullable=True))
    op.create_table(
        "source_standings",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("asked_first_at", INSTANT, nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("paused_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_standings"),
    )
    op.execute(
        "INSERT INTO source_standings (source_id, verified_at, verified_by, asked_at,"
        " asked_first_at)"
        " SELECT r.source_id, r.finished_at, 'run ' || r.id, r.finished_at, r.finished_at"
        " FROM runs r WHERE r.id IN (SELECT min(id) FROM runs"
        " WHERE verdict = 'complete' AND trigger <> 'import' GROUP BY source_id)"
    )
    _statuses(BEFORE, NOW)
    op.execute(SOURCES)


def _statuses(old: str, new: str) -> None:
    """SQLite keeps a CHECK in the table's text: the table is copied, the view over it made anew."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        # 0002 made it under the name that the convention makes of the one given.
        op.drop_constraint(op.f("ck_coverage_ck_coverage_status"), "coverage")
        op.create_check_constraint(
            op.f("ck_coverage_ck_coverage_status"), "coverage", f"status IN ({new})"
        )
        return
    view = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'v1_coverage'")
    ).scalar_one()
    op.execute("DROP VIEW v1_coverage")
    with op.batch_alter_table("coverage") as batch:
        batch.drop_constraint("ck_coverage_status", type_="check")
        batch.create_check_constraint("ck_coverage_status", f"status IN ({new})")
    op.execute(view)


def downgrade() -> None:
    """Back to the revision before; the new statuses become ``source_broken``."""
    op.execute("DROP VIEW v1_sources")
    op.execute(
        "UPDATE coverage SET status = 'source_broken' WHERE status IN ('no_source', 'not_watched')"
    )
    _statuses(NOW, BEFORE)
    op.drop_table("source_standings")
    op.drop_column("watches", "next_look_at")
    for name in ("homepage", "family", "kind"):
        op.drop_column("sources", name)
