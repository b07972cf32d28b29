"""Which raw pages need not be kept for ever: those of ordinary news, after their time.

A page of some 12 KB compressed is most of what an article occupies, and of a hundred articles
about one is a review.  The evidence for what the program says is kept: every page, of every
revision, of a publication that is or was flagged, or reads as more than news.  Of the others
the words stay, all revisions of them, with hash, address and time of each fetch; only the bytes
go.  Nothing reads them again: ``cppcc reread`` works on the words.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select, update

from storage.engine.changes import lock_writers
from storage.engine.database import Database
from storage.engine.flag_tables import FlagRow
from storage.engine.tables import CaptureRow, PublicationRow, SnapshotRow
from storage.records import Genre

NEWS = frozenset({Genre.CPPCC_NEWS, Genre.OTHER_BODY, Genre.OTHER})
"""Genres whose pages are no evidence; a publication that nothing has read (NULL) has none."""

BATCH = 500
"""Pages a transaction: others write in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many raw pages, and their bytes as they were kept (compressed)."""

    pages: int
    size: int


def prune(database: Database, *, before: datetime, now: datetime, apply: bool) -> Pruned:
    """Drop the pages of ordinary news whose last fetch was before ``before``; what that was.

    Without ``apply`` they are only counted.
    """
    pages = size = 0
    after: str | None = ""
    while after is not None:
        with database.begin() if apply else database.reading() as session:
            if apply:
                lock_writers(session)  # else a crawl may count on a page that goes meanwhile
            rows = session.execute(
                select(SnapshotRow.sha256, func.length(SnapshotRow.zstd))
                .where(SnapshotRow.sha256 > after, *_droppable(before))
                .order_by(SnapshotRow.sha256)
                .limit(BATCH)
            ).all()
            after = rows[-1][0] if rows else None
            pages += len(rows)
            size += sum(row[1] for row in rows)
            if apply and rows:
                session.execute(
                    update(SnapshotRow)
                    .where(SnapshotRow.sha256.in_([row[0] for row in rows]))
                    .values(zstd=b"", dropped_at=now)
                )
    return Pruned(pages=pages, size=size)


def _droppable(before: datetime) -> list[ColumnElement[bool]]:
    captured = CaptureRow.sha256 == SnapshotRow.sha256
    flagged = exists().where(FlagRow.story_id == PublicationRow.story_id)
    wanted = (
        exists()
        .where(captured, PublicationRow.id == CaptureRow.publication_id)
        .where(
            or_(
                CaptureRow.fetched_at >= before,
                PublicationRow.genre.is_(None),
                PublicationRow.genre.not_in([genre.value for genre in NEWS]),
                flagged,
            )
        )
    )
    return [SnapshotRow.dropped_at.is_(None), ~wanted]
