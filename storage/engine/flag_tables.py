"""The tables of what people are told and have decided: flags, decisions, notes.

As in ``storage.engine.tables``: each column's meaning, nothing else.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base, Id, Instant, Json, JsonValue


class FlagRow(Base):
    """A story that somebody should look at; one a story, whatever its copies."""

    __tablename__ = "flags"
    __table_args__ = (
        UniqueConstraint("story_id"),
        CheckConstraint("status IN ('open', 'accepted', 'dismissed')", name="status"),
        Index(None, "status", "raised_at"),
        Index(None, "publication_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    story_id: Mapped[int] = mapped_column(Id, ForeignKey("stories.id"))
    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"))
    run_id: Mapped[int | None] = mapped_column(Id)
    genre: Mapped[str] = mapped_column(Text)
    score: Mapped[float]
    evidence: Mapped[list[JsonValue]] = mapped_column(Json)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)  # None: a command, or before 0010
    past: Mapped[bool] = mapped_column(default=False)  # of years gone by: nobody was told of it


class FlagDecisionRow(Base):
    """One decision on a flag, or the undoing of one; none is ever changed or deleted."""

    __tablename__ = "flag_decisions"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'accepted', 'dismissed')", name="status"),
        Index(None, "flag_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    flag_id: Mapped[int] = mapped_column(Id, ForeignKey("flags.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str | None] = mapped_column(Text)  # None: the program itself, or a command
    status: Mapped[str] = mapped_column(Text)  # what the flag was from then on
    why: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)  # of the publication, as it was looked at


class FlagNoteRow(Base):
    """What happened to a flagged story after its flag: a revision, a decision and its reason."""

    __tablename__ = "flag_notes"
    __table_args__ = (Index(None, "flag_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    flag_id: Mapped[int] = mapped_column(Id, ForeignKey("flags.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    publication_id: Mapped[int] = mapped_column(Id)
    revision: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
