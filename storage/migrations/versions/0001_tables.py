"""The tables and views of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As they were at this revision; storage.engine.tables may move on.
INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON_TYPE = sa.JSON().with_variant(JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SHANGHAI_DAY = {
    "sqlite": "date(p.published_at, '+8 hours')",
    "postgresql": "to_char(p.published_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')",
}

# A left join on a unique key: both engines leave it out of a query that wants no text.
PUBLICATIONS = """
CREATE VIEW v1_publications AS
SELECT p.id, p.url, p.source_id, p.region, p.title, p.outlet, p.author, p.editor,
       p.published_at, p.first_seen_at, p.last_seen_at, p.removed_at, p.genre, p.score,
       p.committee_level, p.committee_region, p.committee_name, p.year_from, p.year_to,
       p.term, p.part, r.text, p.content_sha256, p.story_id, p.is_original, p.revision,
       p.snapshot_sha256, p.published_precision, {shanghai_day} AS published_on,
       p.first_missing_at
FROM publications p
LEFT JOIN revisions r ON r.publication_id = p.id AND r.revision = p.revision
"""

VIEWS = {
    "v1_events": "SELECT publication_id, ordinal, heading, body, date FROM events",
    "v1_figures": (
        "SELECT publication_id, event_ordinal, metric, value, unit, qualifier, sentence,"
        " key AS metric_key FROM figures"
    ),
    "v1_revisions": (
        "SELECT publication_id, revision, seen_at, title, text, content_sha256 FROM revisions"
    ),
    "v1_stories": (
        "SELECT s.id AS story_id, s.original_id AS original_publication_id,"
        " (SELECT count(*) FROM publications p WHERE p.story_id = s.id) AS copies,"
        " (SELECT min(p.published_at) FROM publications p WHERE p.story_id = s.id)"
        " AS first_published_at FROM stories s"
    ),
    "v1_flags": (
        "SELECT id, publication_id, story_id, genre, score, evidence, raised_at, status,"
        " decided_at, note FROM flags"
    ),
    "v1_runs": (
        "SELECT id, source_id, trigger, due_at, started_at, finished_at, verdict, reason, pages,"
        " articles_new, articles_changed, articles_unchanged, reposts, refused, state FROM runs"
    ),
    # One row a committee and year whose review or ten events was found; what is due and not
    # found is added when the seasons are known to the database.
    "v1_coverage": (
        "SELECT committee_region AS region, committee_level, year_from AS year,"
        " 'found' AS status, min(id) AS publication_id,"
        " CAST(NULL AS DATE) AS due_from, CAST(NULL AS DATE) AS due_until"
        " FROM publications WHERE genre IN ('ten_events', 'annual_review')"
        " AND removed_at IS NULL AND year_from = year_to AND committee_region IS NOT NULL"
        " GROUP BY committee_region, committee_level, year_from"
    ),
    "v1_changes": "SELECT cursor, at, kind, publication_id FROM changes",
}


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "bands",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("publication_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "publication_id", name="pk_bands"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "discoveries",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("fetch_url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("first_run_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("refusal_class", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_check_at", INSTANT, nullable=False),
        sa.Column("publication_id", ID, nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'stored', 'refused')", name="ck_discoveries_state"
        ),
        sa.PrimaryKeyConstraint("url", "source_id", name="pk_discoveries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_discoveries_publication_id", "discoveries", ["publication_id"])
    op.create_index(
        "ix_discoveries_source_id_next_check_at", "discoveries", ["source_id", "next_check_at"]
    )
    op.create_table(
        "list_heads",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("links", JSON_TYPE, nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_list_heads"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("payload", JSON_TYPE, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("idempotency_key", name="uq_outbox_idempotency_key"),
    )
    op.create_index("ix_outbox_sent_at_next_attempt_at", "outbox", ["sent_at", "next_attempt_at"])
    op.create_table(
        "refusals",
        sa.Column("id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("refusal_class", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refusals"),
    )
    op.create_index("ix_refusals_run_id", "refusals", ["run_id"])
    op.create_index("ix_refusals_source_id_at", "refusals", ["source_id", "at"])
    op.create_table(
        "runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("options", JSON_TYPE, nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("heartbeat_at", INSTANT, nullable=True),
        sa.Column("cancel_requested_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requested", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("refused_by_class", JSON_TYPE, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("articles_new", sa.Integer(), nullable=False),
        sa.Column("articles_changed", sa.Integer(), nullable=False),
        sa.Column("articles_unchanged", sa.Integer(), nullable=False),
        sa.Column("reposts", sa.Integer(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('due', 'running', 'finished', 'cancelled', 'lost')", name="ck_runs_state"
        ),
        sa.CheckConstraint(
            "trigger IN ('manual', 'clock', 'probe', 'import')", name="ck_runs_trigger"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("source_id", "due_at", name="uq_runs_source_id_due_at"),
    )
    op.create_index(
        "ix_runs_source_id_verdict_finished_at", "runs", ["source_id", "verdict", "finished_at"]
    )
    op.create_index("ix_runs_state_lease_until", "runs", ["state", "lease_until"])
    op.create_table(
        "snapshots",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("zstd", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_snapshots"),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("outlets", JSON_TYPE, nullable=False),
        sa.Column("synced_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_table(
        "stories",
        sa.Column("id", ID, nullable=False),
        sa.Column("original_id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_table(
        "validators",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_validators"),
    )
    op.create_table(
        "publications",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kicker", sa.Text(), nullable=True),
        sa.Column("subtitle", sa.Text(), nullable=True),
        sa.Column("outlet", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("editor", sa.Text(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("published_precision", sa.Text(), nullable=True),
        sa.Column("images", JSON_TYPE, nullable=False),
        sa.Column("page_score", sa.Double(), nullable=False),
        sa.Column("page_evidence", JSON_TYPE, nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("first_missing_at", INSTANT, nullable=True),
        sa.Column("missing_checks", sa.Integer(), nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("genre", sa.Text(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("rules_version", sa.Text(), nullable=True),
        sa.Column("evidence", JSON_TYPE, nullable=False),
        sa.Column("issues", JSON_TYPE, nullable=False),
        sa.Column("committee_level", sa.Text(), nullable=True),
        sa.Column("committee_region", sa.Text(), nullable=True),
        sa.Column("committee_name", sa.Text(), nullable=True),
        sa.Column("year_from", sa.Integer(), nullable=True),
        sa.Column("year_to", sa.Integer(), nullable=True),
        sa.Column("term", sa.Integer(), nullable=True),
        sa.Column("session", sa.Integer(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("snapshot_sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_publications_story_id_stories"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.UniqueConstraint("url", name="uq_publications_url"),
    )
    op.create_index(
        "ix_publications_committee_region_year_to_genre",
        "publications",
        ["committee_region", "year_to", "genre"],
    )
    op.create_index("ix_publications_genre_published_at", "publications", ["genre", "published_at"])
    op.create_index("ix_publications_published_at", "publications", ["published_at"])
    op.create_index(
        "ix_publications_region_published_at", "publications", ["region", "published_at"]
    )
    op.create_index(
        "ix_publications_source_id_published_at", "publications", ["source_id", "published_at"]
    )
    op.create_index("ix_publications_story_id", "publications", ["story_id"])
    op.create_table(
        "story_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("old_original_id", ID, nullable=False),
        sa.Column("new_original_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_story_changes_story_id_stories"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_story_changes"),
    )
    op.create_index("ix_story_changes_story_id", "story_changes", ["story_id"])
    op.create_table(
        "captures",
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JSON_TYPE, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_captures_publication_id_publications"
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["snapshots.sha256"], name="fk_captures_sha256_snapshots"
        ),
        sa.PrimaryKeyConstraint("publication_id", "revision", "position", name="pk_captures"),
    )
    op.create_index("ix_captures_sha256", "captures", ["sha256"])
    op.create_table(
        "changes",
        sa.Column("cursor", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("publication_id", ID, nullable=False),
        sa.CheckConstraint("kind IN ('add', 'change', 'remove')", name="ck_changes_kind"),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_changes_publication_id_publications"
        ),
        sa.PrimaryKeyConstraint("cursor", name="pk_changes"),
    )
    op.create_index("ix_changes_publication_id", "changes", ["publication_id"])
    op.create_table(
        "events",
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("span_start", sa.Integer(), nullable=True),
        sa.Column("span_end", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_events_publication_id_publications"
        ),
        sa.PrimaryKeyConstraint("publication_id", "position", name="pk_events"),
    )
    op.create_table(
        "figures",
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_ordinal", sa.Integer(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_figures_publication_id_publications"
        ),
        sa.PrimaryKeyConstraint("publication_id", "position", name="pk_figures"),
    )
    op.create_index("ix_figures_key", "figures", ["key"])
    op.create_index("ix_figures_metric", "figures", ["metric"])
    op.create_table(
        "flags",
        sa.Column("id", ID, nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("genre", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("evidence", JSON_TYPE, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'accepted', 'dismissed')", name="ck_flags_status"),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_flags_publication_id_publications"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_flags_story_id_stories"),
        sa.PrimaryKeyConstraint("id", name="pk_flags"),
        sa.UniqueConstraint("story_id", name="uq_flags_story_id"),
    )
    op.create_index("ix_flags_publication_id", "flags", ["publication_id"])
    op.create_index("ix_flags_status_raised_at", "flags", ["status", "raised_at"])
    op.create_table(
        "revisions",
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_revisions_publication_id_publications"
        ),
        sa.PrimaryKeyConstraint("publication_id", "revision", name="pk_revisions"),
    )
    op.create_table(
        "signatures",
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("slots", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.id"],
            name="fk_signatures_publication_id_publications",
        ),
        sa.PrimaryKeyConstraint("publication_id", name="pk_signatures"),
    )
    op.create_table(
        "flag_notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("flag_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("publication_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name="fk_flag_notes_flag_id_flags"),
        sa.PrimaryKeyConstraint("id", name="pk_flag_notes"),
    )
    op.create_index("ix_flag_notes_flag_id", "flag_notes", ["flag_id"])
    day = SHANGHAI_DAY[op.get_bind().dialect.name]
    op.execute(PUBLICATIONS.format(shanghai_day=day))
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    """Drop everything."""
    for name in ("v1_publications", *VIEWS):
        op.execute(f"DROP VIEW {name}")
    for table in (
        "flag_notes",
        "signatures",
        "revisions",
        "flags",
        "figures",
        "events",
        "changes",
        "captures",
        "story_changes",
        "publications",
        "validators",
        "stories",
        "sources",
        "snapshots",
        "runs",
        "refusals",
        "outbox",
        "discoveries",
        "list_heads",
        "bands",
    ):
        op.drop_table(table)
