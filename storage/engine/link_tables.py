"""The tables of what lists have shown: links, the heads of lists, refused requests.

As in ``storage.engine.tables``: each column's meaning, nothing else.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base, Id, Instant, Json, JsonValue


class DiscoveryRow(Base):
    """An article link that a source's lists have shown, and what became of it."""

    __tablename__ = "discoveries"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'stored', 'refused')", name="state"),
        Index(None, "source_id", "next_check_at"),
        Index(None, "publication_id"),
        {"sqlite_with_rowid": False},
    )

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[str] = mapped_column(Text, primary_key=True)
    fetch_url: Mapped[str | None] = mapped_column(Text)  # None: the canonical URL itself
    title: Mapped[str] = mapped_column(Text)
    listed_on: Mapped[date | None]
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    first_run_id: Mapped[int | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(Text)
    refusal_class: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)  # checks since the last change
    next_check_at: Mapped[datetime] = mapped_column(Instant)
    publication_id: Mapped[int | None] = mapped_column(Id)


class ListHeadRow(Base):
    """The first page of a list as it was last read and believed."""

    __tablename__ = "list_heads"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[str] = mapped_column(Text)
    links: Mapped[list[JsonValue]] = mapped_column(Json)  # [canonical URL, ISO day or null]
    page_count: Mapped[int | None] = mapped_column(Integer)
    read_at: Mapped[datetime] = mapped_column(Instant)


class RefusalRow(Base):
    """One request of one run that gave no accepted page."""

    __tablename__ = "refusals"
    __table_args__ = (Index(None, "run_id"), Index(None, "source_id", "at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    run_id: Mapped[int | None] = mapped_column(Id)
    source_id: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    refusal_class: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
