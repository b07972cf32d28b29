"""The tables behind stories: what finds near-duplicates, and who took over from whom.

As in ``storage.engine.tables``: each column's meaning, nothing else.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base, Id, Instant


class BandRow(Base):
    """One key that finds near-duplicates: documents that share one are compared."""

    __tablename__ = "bands"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    publication_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class SignatureRow(Base):
    """A publication's MinHash signature: 128 slots of 16 bits, little-endian."""

    __tablename__ = "signatures"

    publication_id: Mapped[int] = mapped_column(Id, ForeignKey("publications.id"), primary_key=True)
    slots: Mapped[bytes] = mapped_column(LargeBinary)


class StoryChangeRow(Base):
    """Another copy became a story's original, and why."""

    __tablename__ = "story_changes"
    __table_args__ = (Index(None, "story_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    story_id: Mapped[int] = mapped_column(Id, ForeignKey("stories.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    old_original_id: Mapped[int] = mapped_column(Id)
    new_original_id: Mapped[int] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text)
