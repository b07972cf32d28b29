"""The tables, nothing else: each column's meaning, the names of all constraints.

Here those of runs, publications and stories; the others stand beside this module, by subject.
Rows do not leave this package; queries return records.  The schema itself is made by the
revisions in ``storage/migrations``; a test holds the two equal on both engines.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine

if TYPE_CHECKING:  # its import takes a tenth of what a command costs that asks SQLite one thing
    from sqlalchemy.dialects import postgresql


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC: SQLite silently drops the offset otherwise.

    On PostgreSQL it is a ``timestamptz``, so that any client reads the same instant.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """``timestamptz`` where the engine has it."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; naive on SQLite.  ValueError for a naive value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        moved = value.astimezone(UTC)
        return moved if dialect.name == "postgresql" else moved.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def sqlite_text(value: object) -> str:
    """An instant as SQLite holds it, at a third of SQLAlchemy's cost.  ValueError as above."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"not an aware datetime: {value!r}")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:-6]


class Json(TypeDecorator[object]):
    """JSON as the engine holds it best: text on SQLite, ``jsonb`` on PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        """``jsonb`` where the engine has it."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())

    def coerce_compared_value(self, op: OperatorType | None, value: object) -> TypeEngine[object]:
        """As JSON does: the name of a key is no JSON itself."""
        return JSON().coerce_compared_value(op, value)


Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only INTEGER keys itself

JsonValue = (
    dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
)  # what a JSON column holds


class Base(DeclarativeBase):
    """Names constraints, because a migration can only drop what has a name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(row: type[Base]) -> Table:
    """The Core table of a row class: Core writes batches 1.5 to 3 times as fast as the ORM."""
    return cast(Table, row.__table__)


def upsert_into(session: Session, row: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    """The engine's own INSERT, which can say what to do ON CONFLICT."""
    return insert_of(session.get_bind().dialect.name)(table_of(row))


def insert_of(engine: str) -> "Callable[[Table], postgresql.Insert | sqlite.Insert]":
    """The INSERT of ``sqlite`` or ``postgresql``, without the other one's dialect."""
    if engine != "postgresql":
        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return postgresql.insert


def partial_index(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """An index of some rows only.

    PostgreSQL's condition stands in the revision that makes it: to name it here as well would
    import that dialect into every command.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where)


class SourceRow(Base):
    """A declared source, copied from its declaration so that queries can name its region."""

    __tablename__ = "sources"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(Text)
    outlets: Mapped[list[str]] = mapped_column(Json)  # the names it is credited by
    kind: Mapped[str | None] = mapped_column(Text)
    family: Mapped[str | None] = mapped_column(Text)
    homepage: Mapped[str | None] = mapped_column(Text)
    synced_at: Mapped[datetime] = mapped_column(Instant)


class RunRow(Base):
    """One crawl of one source: due, who runs it, what it counted, what it proved."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("source_id", "due_at"),
        CheckConstraint(
            "state IN ('due', 'running', 'finished', 'cancelled', 'lost')", name="state"
        ),
        CheckConstraint("trigger IN ('manual', 'clock', 'probe', 'import')", name="trigger"),
        Index(None, "state", "lease_until"),
        Index(None, "source_id", "verdict", "finished_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source_id: Mapped[str] = mapped_column(Text)
    trigger: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, JsonValue]] = mapped_column(Json)
    owner: Mapped[str | None] = mapped_column(Text)
    wanted_by: Mapped[str | None] = mapped_column(Text)  # the process that waits for it, if any
    token: Mapped[int] = mapped_column(Integer, default=0)  # grows by one at each claim
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    heartbeat_at: Mapped[datetime | None] = mapped_column(Instant)
    cancel_requested_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)  # a back-fill that waits
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    verdict: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    requested: Mapped[int] = mapped_column(Integer, default=0)
    accepted: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)
    refused_by_class: Mapped[dict[str, int]] = mapped_column(Json)
    pages: Mapped[int] = mapped_column(Integer, default=0)
    articles_new: Mapped[int] = mapped_column(Integer, default=0)
    articles_changed: Mapped[int] = mapped_column(Integer, default=0)
    articles_unchanged: Mapped[int] = mapped_column(Integer, default=0)
    reposts: Mapped[int] = mapped_column(Integer, default=0)
    flags: Mapped[int] = mapped_column(Integer, default=0)


class StoryRow(Base):
    """All copies of one text; ``original_id`` is the copy chosen by credit, then time."""

    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    # No foreign key: story and first publication are written in the same transaction, each
    # pointing at the other.
    original_id: Mapped[int] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)


FLAGGED = text("genre IN ('ten_events', 'annual_review')")


class PublicationRow(Base):
    """One text at one URL, as it stands now; the words are in its current revision."""

    __tablename__ = "publications"
    __table_args__ = (
        UniqueConstraint("url"),
        Index(None, "source_id", "published_at"),
        Index(None, "region", "published_at"),
        Index(None, "genre", "published_at"),
        Index(None, "committee_region", "genre", "year_to", "published_at"),
        partial_index(
            "ix_publications_found",
            "year_to",
            "committee_region",
            "committee_level",
            "genre",  # SQLite looks at the condition again: in the index, with all else asked for
            "story_id",
            "score",
            "removed_at",
            where=FLAGGED,
        ),
        partial_index(
            "ix_publications_originals",
            "committee_region",
            "story_id",
            "is_original",
            where=text("is_original"),
        ),
        Index(None, "story_id"),
        Index(None, "published_at"),
        partial_index("ix_publications_copies", "published_at", where=text("is_original IS 0")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)  # of the source
    title: Mapped[str] = mapped_column(Text)
    kicker: Mapped[str | None] = mapped_column(Text)
    subtitle: Mapped[str | None] = mapped_column(Text)
    outlet: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(Text)
    editor: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    published_precision: Mapped[str | None] = mapped_column(Text)
    images: Mapped[list[JsonValue]] = mapped_column(Json)
    page_score: Mapped[float]
    page_evidence: Mapped[list[JsonValue]] = mapped_column(Json)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    first_missing_at: Mapped[datetime | None] = mapped_column(Instant)
    missing_checks: Mapped[int] = mapped_column(Integer, default=0)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    genre: Mapped[str | None] = mapped_column(Text)
    score: Mapped[float | None]
    rules_version: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[JsonValue]] = mapped_column(Json)
    issues: Mapped[list[JsonValue]] = mapped_column(Json)
    committee_level: Mapped[str | None] = mapped_column(Text)
    committee_region: Mapped[str | None] = mapped_column(Text)
    committee_name: Mapped[str | None] = mapped_column(Text)
    year_from: Mapped[int | None] = mapped_column(Integer)
    year_to: Mapped[int | None] = mapped_column(Integer)
    term: Mapped[int | None] = mapped_column(Integer)
    session: Mapped[int | None] = mapped_column(Integer)
    part: Mapped[int | None] = mapped_column(Integer)
    content_sha256: Mapped[str] = mapped_column(Text)
    story_id: Mapped[int] = mapped_column(Id, ForeignKey("stories.id"))
    is_original: Mapped[bool]
    revision: Mapped[int] = mapped_column(Integer)
    snapshot_sha256: Mapped[str | None] = mapped_column(Text)


class RevisionRow(Base):
    """The words of a publication from ``seen_at`` until its next revision, if any."""

    __tablename__ = "revisions"

    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    run_id: Mapped[int | None] = mapped_column(Id)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    content_sha256: Mapped[str] = mapped_column(Text)


class SnapshotRow(Base):
    """The bytes of one raw page, once, under the SHA-256 of the bytes before compression."""

    __tablename__ = "snapshots"

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)  # bytes before compression
    zstd: Mapped[bytes] = mapped_column(LargeBinary)  # empty once it is dropped
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)


class CaptureRow(Base):
    """One fetch that a revision was read from: when, the answer's head, whose bytes."""

    __tablename__ = "captures"
    __table_args__ = (Index(None, "sha256"),)

    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)  # page of a long article
    url: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[list[JsonValue]] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(Text, ForeignKey("snapshots.sha256"))


class EventRow(Base):
    """One item of the current revision's enumerated selection."""

    __tablename__ = "events"

    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)  # pages repeat ordinals
    ordinal: Mapped[int] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    date: Mapped[str | None] = mapped_column(Text)  # ISO 8601 with the precision printed
    span_start: Mapped[int | None] = mapped_column(Integer)
    span_end: Mapped[int | None] = mapped_column(Integer)


class FigureRow(Base):
    """One number that the current revision states."""

    __tablename__ = "figures"
    __table_args__ = (
        Index(None, "key", "publication_id"),
        Index(None, "metric"),
        CheckConstraint("scope IN ('own', 'national_session', 'part', 'other')", name="scope"),
    )

    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_ordinal: Mapped[int | None] = mapped_column(Integer)
    metric: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(Text)
    value: Mapped[float]
    unit: Mapped[str] = mapped_column(Text)
    qualifier: Mapped[str | None] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)
    span_start: Mapped[int] = mapped_column(Integer)
    span_end: Mapped[int] = mapped_column(Integer)
    scope: Mapped[str] = mapped_column(Text)
    whole: Mapped[bool]


class TopicRow(Base):
    """One matter that an event, or a section of a review, is about."""

    __tablename__ = "topics"
    __table_args__ = (Index(None, "key", "publication_id"),)

    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_ordinal: Mapped[int | None] = mapped_column(Integer)
    section: Mapped[str | None] = mapped_column(Text)  # its heading, where it is a section's
    key: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)  # joined by 、


class OutboxRow(Base):
    """A message to be sent at least once, written in the transaction that it tells of."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        Index(None, "sent_at", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, JsonValue]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)


class ChangeRow(Base):
    """What happened to which publication, in the order in which it was committed."""

    __tablename__ = "changes"
    __table_args__ = (
        CheckConstraint("kind IN ('add', 'change', 'remove')", name="kind"),
        Index(None, "publication_id"),
    )

    cursor: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text)
    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"))
