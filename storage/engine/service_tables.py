"""The tables of unattended work: watches, probes, run health, coverage, deliveries.

As in ``storage.engine.tables``: each column's meaning, nothing else.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base, Id, Instant, Json, JsonValue, partial_index


class WatchRow(Base):
    """What the service has learnt of a source's rhythm; one row a source."""

    __tablename__ = "watches"

    source_id: Mapped[str] = mapped_column(Text, primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)  # watched since
    probed_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    spacing_seconds: Mapped[float | None]  # smoothed time between observed changes
    failed_probes: Mapped[int] = mapped_column(Integer)  # in a row
    last_new_at: Mapped[datetime | None] = mapped_column(Instant)  # a run stored a new article
    next_look_at: Mapped[datetime | None] = mapped_column(Instant)  # as last planned


class HostRestRow(Base):
    """Until when a host has asked to be left alone, and what its answer was called."""

    __tablename__ = "host_rests"

    host: Mapped[str] = mapped_column(Text, primary_key=True)
    until: Mapped[datetime] = mapped_column(Instant)
    refusal_class: Mapped[str] = mapped_column(Text)


class SourceStandingRow(Base):
    """What has proved a declared source, and whether a person paused it; none while a bare claim.

    Unverified sources have a row once they were asked; ``finding`` then says why they stay so.
    """

    __tablename__ = "source_standings"

    source_id: Mapped[str] = mapped_column(Text, primary_key=True)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_by: Mapped[str | None] = mapped_column(Text)  # "run 12", "probe"
    asked_at: Mapped[datetime | None] = mapped_column(Instant)  # last verification tried
    asked_first_at: Mapped[datetime | None] = mapped_column(Instant)
    finding: Mapped[str | None] = mapped_column(Text)  # why the last one proved nothing
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_by: Mapped[str | None] = mapped_column(Text)
    paused_why: Mapped[str | None] = mapped_column(Text)


class ProbePageRow(Base):
    """One list page as the last probe saw it."""

    __tablename__ = "probe_pages"
    __table_args__ = (Index(None, "source_id"),)

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[str] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    links_sha256: Mapped[str] = mapped_column(Text)  # of the links that the page lists
    probed_at: Mapped[datetime] = mapped_column(Instant)
    unchanged_count: Mapped[int] = mapped_column(Integer)  # 304s since the last full answer


class RunHealthRow(Base):
    """What an ended run says of its source's health; none of the classes when it is sound."""

    __tablename__ = "run_health"
    __table_args__ = (Index(None, "source_id", "run_id"),)

    run_id: Mapped[int] = mapped_column(
        Id, ForeignKey("runs.id"), primary_key=True, autoincrement=False
    )
    source_id: Mapped[str] = mapped_column(Text)
    failure_class: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    judged_at: Mapped[datetime] = mapped_column(Instant)
    conclusive: Mapped[bool] = mapped_column(default=True)  # False: it says nothing of its source


A_GAP = text("cause = 'gap'")
"""The few walks that named a gap; these words themselves, or SQLite does not take their index."""


class RunWalkRow(Base):
    """The control totals of one list or issue within one run."""

    __tablename__ = "run_walks"
    __table_args__ = (partial_index("ix_run_walks_gaps", "run_id", where=A_GAP),)

    run_id: Mapped[int] = mapped_column(
        Id, ForeignKey("runs.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    day: Mapped[date | None] = mapped_column(Date)
    pages: Mapped[int] = mapped_column(Integer)
    stated: Mapped[int | None] = mapped_column(Integer)
    stated_pages: Mapped[int | None] = mapped_column(Integer)
    seen: Mapped[int] = mapped_column(Integer)
    stored: Mapped[int] = mapped_column(Integer)
    refused: Mapped[dict[str, int]] = mapped_column(Json)
    remainder: Mapped[int | None] = mapped_column(Integer)
    end: Mapped[str | None] = mapped_column("end_proof", Text)
    cause: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str | None] = mapped_column(Text)
    doubt: Mapped[str | None] = mapped_column(Text)


class CoverageRow(Base):
    """One (region, level, year): was its review found, is it due, is it overdue."""

    __tablename__ = "coverage"
    __table_args__ = (
        CheckConstraint(
            "status IN ('found', 'due', 'overdue', 'not_due', 'source_broken', 'waived',"
            " 'no_source', 'not_watched')",
            name="status",
        ),
        Index(None, "year", "status"),
    )

    region: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(Text)
    publication_id: Mapped[int | None] = mapped_column(Id)
    due_from: Mapped[date]
    due_until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    waived_reason: Mapped[str | None] = mapped_column(Text)  # a person's, kept over refreshes
    updated_at: Mapped[datetime] = mapped_column(Instant)


class DeliveryRow(Base):
    """A message of the outbox that one channel has taken."""

    __tablename__ = "deliveries"

    outbox_id: Mapped[int] = mapped_column(
        Id, ForeignKey("outbox.id"), primary_key=True, autoincrement=False
    )
    channel: Mapped[str] = mapped_column(Text, primary_key=True)  # its safe name, no secret
    sent_at: Mapped[datetime] = mapped_column(Instant)


class SavedSearchRow(Base):
    """Words that somebody waits for among what is stored next."""

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    query: Mapped[str] = mapped_column(Text)  # words separated by spaces; each must be found
    region: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen: Mapped[int] = mapped_column(Id)  # newest publication held against it
    told_at: Mapped[datetime | None] = mapped_column(Instant)  # something was found last


class BackfillPartRow(Base):
    """One part of an archive that a back-fill has read, or could not read.

    Written in the transaction that stores its articles, so it is never read twice for nothing
    and never half.
    """

    __tablename__ = "backfill_parts"
    __table_args__ = (
        CheckConstraint("state IN ('done', 'failed')", name="state"),
        Index(None, "run_id"),
    )

    key: Mapped[str] = mapped_column(Text, primary_key=True)  # hash of the file's bytes and range
    wanted: Mapped[str] = mapped_column(Text, primary_key=True)  # hash of what was asked of it
    path: Mapped[str] = mapped_column(Text)  # where it lay then
    size: Mapped[int] = mapped_column(Id)  # bytes
    state: Mapped[str] = mapped_column(Text)
    run_id: Mapped[int] = mapped_column(Id)
    finished_at: Mapped[datetime] = mapped_column(Instant)
    members: Mapped[int] = mapped_column(Integer)  # records = read + unwanted + refused
    read: Mapped[int] = mapped_column(Integer)
    unwanted: Mapped[dict[str, JsonValue]] = mapped_column(Json)  # by kind
    refused: Mapped[dict[str, JsonValue]] = mapped_column(Json)  # by class
    years: Mapped[dict[str, JsonValue]] = mapped_column(Json)  # pages by source, then year
    articles_new: Mapped[int] = mapped_column(Integer)
    articles_changed: Mapped[int] = mapped_column(Integer)
    articles_unchanged: Mapped[int] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(Text)  # why it failed


class ServiceRow(Base):
    """A service at work on this database, as it last said itself."""

    __tablename__ = "services"

    name: Mapped[str] = mapped_column(Text, primary_key=True)  # its host and process
    schema_revision: Mapped[str] = mapped_column(Text)  # the one that it knows
    started_at: Mapped[datetime] = mapped_column(Instant)
    beat_at: Mapped[datetime] = mapped_column(Instant)  # by the real clock, whatever is pretended
