"""The v1_* views: what downstream tools read; docs/data.md says what each column means.

The views themselves are made by the migrations, with the same columns on both engines.  A
change of a column's meaning makes a v2; new columns go to the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Text, column, select, table
from sqlalchemy.orm import Session

from storage.engine.tables import Instant

VIEWS: Mapping[str, tuple[str, ...]] = {
    "v1_publications": (
        "id",
        "url",
        "source_id",
        "region",
        "title",
        "outlet",
        "author",
        "editor",
        "published_at",
        "first_seen_at",
        "last_seen_at",
        "removed_at",
        "genre",
        "score",
        "committee_level",
        "committee_region",
        "committee_name",
        "year_from",
        "year_to",
        "term",
        "part",
        "text",
        "content_sha256",
        "story_id",
        "is_original",
        "revision",
        "snapshot_sha256",
        "published_precision",
        "published_on",
        "first_missing_at",
    ),
    "v1_events": ("publication_id", "ordinal", "heading", "body", "date"),
    "v1_figures": (
        "publication_id",
        "event_ordinal",
        "metric",
        "value",
        "unit",
        "qualifier",
        "sentence",
        "metric_key",
        "scope",
        "span_start",
        "span_end",
        "whole",
    ),
    "v1_topics": (
        "publication_id",
        "event_ordinal",
        "topic_key",
        "topic_name_zh",
        "evidence",
        "section",
    ),
    "v1_metrics": (
        "committee_level",
        "region",
        "committee_name",
        "year",
        "metric_key",
        "metric_name_zh",
        "value",
        "unit",
        "qualifier",
        "publication_id",
        "sentence",
        "rule",
        "statements",
        "lowest",
        "highest",
    ),
    "v1_revisions": ("publication_id", "revision", "seen_at", "title", "text", "content_sha256"),
    "v1_stories": ("story_id", "original_publication_id", "copies", "first_published_at"),
    "v1_flags": (
        "id",
        "publication_id",
        "story_id",
        "genre",
        "score",
        "evidence",
        "raised_at",
        "status",
        "decided_at",
        "note",
        "decided_by",
    ),
    "v1_runs": (
        "id",
        "source_id",
        "trigger",
        "due_at",
        "started_at",
        "finished_at",
        "verdict",
        "reason",
        "pages",
        "articles_new",
        "articles_changed",
        "articles_unchanged",
        "reposts",
        "refused",
        "state",
        "articles_stated",
        "articles_seen",
        "articles_stored",
        "articles_open",
        "lists_open",
    ),
    "v1_coverage": (
        "region",
        "committee_level",
        "year",
        "status",
        "publication_id",
        "due_from",
        "due_until",
        "reason",
    ),
    "v1_sources": (
        "id",
        "name",
        "region",
        "kind",
        "family",
        "homepage",
        "state",
        "state_why",
        "last_verdict",
        "last_ended_at",
        "next_look_at",
        "articles",
        "last_article_at",
    ),
    "v1_walks": (
        "run_id",
        "source_id",
        "name",
        "day",
        "pages",
        "stated",
        "stated_pages",
        "seen",
        "stored",
        "refused",
        "remainder",
        "end_proof",
        "cause",
        "words",
        "doubt",
    ),
    "v1_source_years": (
        "source_id",
        "year",
        "seen",
        "stored",
        "refused",
        "pending",
        "issues",
        "days_without",
        "days_open",
    ),
    "v1_reviews": (
        "publication_id",
        "flag_id",
        "region",
        "committee_level",
        "committee_name",
        "year_from",
        "year_to",
        "genre",
        "title",
        "outlet",
        "published_on",
        "url",
        "events",
        "figures",
        "copies",
        "status",
        "region_code",
        "removed_at",
        "revision",
        "content_sha256",
    ),
    "v1_incidents": (
        "id",
        "source_id",
        "region",
        "year",
        "failure_class",
        "state",
        "opened_at",
        "acknowledged_at",
        "acknowledged_by",
        "resolved_at",
        "why",
        "note",
    ),
    "v1_changes": ("cursor", "at", "kind", "publication_id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of v1_changes: ``kind`` is add, change or remove."""

    cursor: int
    at: datetime
    kind: str
    publication_id: int


_CHANGES = table(
    "v1_changes",
    column("cursor", Integer),
    column("at", Instant),
    column("kind", Text),
    column("publication_id", Integer),
)


def changes_since(session: Session, cursor: int, *, limit: int = 1000) -> list[Change]:
    """What happened after ``cursor`` (0: from the beginning), in order of commit.

    Cursors only grow, and one is never committed after a higher one has been seen: going on
    from the last one misses nothing and repeats nothing.
    """
    columns = _CHANGES.c
    rows = session.execute(
        select(columns.cursor, columns.at, columns.kind, columns.publication_id)
        .where(columns.cursor > cursor)
        .order_by(columns.cursor)
        .limit(limit)
    )
    return [
        Change(cursor=row.cursor, at=row.at, kind=row.kind, publication_id=row.publication_id)
        for row in rows
    ]
