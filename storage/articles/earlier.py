"""The place of an old capture in a publication's history: an earlier revision, never the words
of today.

Revisions are numbered in the order of time, and the publication points to the last one.  So a
capture that comes late takes the number that is due to its day, and those behind it move up
by one, with whatever names them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.articles.snapshots import put_snapshots
from storage.engine.bulk import insert_rows
from storage.engine.flag_tables import FlagDecisionRow, FlagNoteRow, FlagRow
from storage.engine.tables import CaptureRow, PublicationRow, RevisionRow
from storage.records import Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Words that stood at a stored publication's URL at ``seen_at``, before its last look."""

    publication_id: int
    seen_at: datetime
    title: str
    text: str
    content_sha256: str
    captures: Sequence[Capture]


@dataclass(frozen=True, slots=True)
class Placed:
    """The revision that has these words, and whether it was made for them."""

    revision: int
    inserted: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """A revision that is there."""

    revision: int
    seen_at: datetime
    content_sha256: str


def place_earlier(session: Session, earlier: Earlier, *, run_id: int | None) -> Placed:
    """Put a capture where its day belongs; nothing but times where its words stand there."""
    known = _known(session, earlier.publication_id)
    at = bisect_right([one.seen_at for one in known], earlier.seen_at)
    _seen_first(session, earlier)
    same_moment = [one for one in known if one.seen_at == earlier.seen_at]
    for one in same_moment:  # captured twice in one second, with other words each time
        if one.content_sha256 == earlier.content_sha256:
            return Placed(one.revision, inserted=False)
    before = known[at - 1] if at else None
    behind = known[at] if at < len(known) else None
    if before is not None and before.content_sha256 == earlier.content_sha256:
        return Placed(before.revision, inserted=False)
    if behind is not None and behind.content_sha256 == earlier.content_sha256:
        session.execute(
            update(RevisionRow)
            .where(
                RevisionRow.publication_id == earlier.publication_id,
                RevisionRow.revision == behind.revision,
            )
            .values(seen_at=earlier.seen_at)
        )
        return Placed(behind.revision, inserted=False)
    number = before.revision + 1 if before else 1
    if behind is None:
        # Other words, between the first and the last look at those that stand there today:
        # they stood there before it and behind it.
        _repeat_last(session, earlier.publication_id, run_id)
    _make_room(session, earlier.publication_id, number)
    _insert(session, earlier, number, run_id)
    return Placed(number, inserted=True)


def stood_at(session: Session, publication_id: int, seen_at: datetime, sha256: str) -> bool:
    """Whether a revision of that very moment has these words."""
    query = select(RevisionRow.revision).where(
        RevisionRow.publication_id == publication_id,
        RevisionRow.seen_at == seen_at,
        RevisionRow.content_sha256 == sha256,
    )
    return session.execute(query).first() is not None


def _known(session: Session, publication_id: int) -> list[_Known]:
    rows = session.execute(
        select(RevisionRow.revision, RevisionRow.seen_at, RevisionRow.content_sha256)
        .where(RevisionRow.publication_id == publication_id)
        .order_by(RevisionRow.revision)
    )
    return [_Known(*row) for row in rows]


def _seen_first(session: Session, earlier: Earlier) -> None:
    session.execute(
        update(PublicationRow)
        .where(
            PublicationRow.id == earlier.publication_id,
            PublicationRow.first_seen_at > earlier.seen_at,
        )
        .values(first_seen_at=earlier.seen_at)
    )


def _repeat_last(session: Session, publication_id: int, run_id: int | None) -> None:
    """The current words once more, as of the last look: behind what is to be put before it."""
    row = session.execute(
        select(
            PublicationRow.revision,
            PublicationRow.last_seen_at,
            RevisionRow.title,
            RevisionRow.text,
            RevisionRow.content_sha256,
        )
        .join(
            RevisionRow,
            (RevisionRow.publication_id == PublicationRow.id)
            & (RevisionRow.revision == PublicationRow.revision),
        )
        .where(PublicationRow.id == publication_id)
    ).one()
    insert_rows(
        session,
        RevisionRow,
        [
            {
                "publication_id": publication_id,
                "revision": row.revision + 1,
                "seen_at": row.last_seen_at,
                "run_id": run_id,
                "title": row.title,
                "text": row.text,
                "content_sha256": row.content_sha256,
            }
        ],
    )
    session.execute(
        update(PublicationRow)
        .where(PublicationRow.id == publication_id)
        .values(revision=PublicationRow.revision + 1)
    )


def _make_room(session: Session, publication_id: int, number: int) -> None:
    """Move the revisions from ``number`` on up by one, with all that names them."""
    for row in (RevisionRow, CaptureRow):
        mine = row.publication_id == publication_id
        # By way of negative numbers: a row may not take the number of one that is yet to move.
        session.execute(
            update(row).where(mine, row.revision >= number).values(revision=-row.revision - 1)
        )
        session.execute(update(row).where(mine, row.revision < 0).values(revision=-row.revision))
    session.execute(
        update(FlagNoteRow)
        .where(FlagNoteRow.publication_id == publication_id, FlagNoteRow.revision >= number)
        .values(revision=FlagNoteRow.revision + 1)
    )
    session.execute(
        update(FlagDecisionRow)
        .where(
            FlagDecisionRow.flag_id.in_(
                select(FlagRow.id).where(FlagRow.publication_id == publication_id)
            ),
            FlagDecisionRow.revision >= number,
        )
        .values(revision=FlagDecisionRow.revision + 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(PublicationRow)
        .where(PublicationRow.id == publication_id)
        .values(revision=PublicationRow.revision + 1)
    )


def _insert(session: Session, earlier: Earlier, number: int, run_id: int | None) -> None:
    hashes = put_snapshots(session, [capture.body for capture in earlier.captures])
    insert_rows(
        session,
        RevisionRow,
        [
            {
                "publication_id": earlier.publication_id,
                "revision": number,
                "seen_at": earlier.seen_at,
                "run_id": run_id,
                "title": earlier.title,
                "text": earlier.text,
                "content_sha256": earlier.content_sha256,
            }
        ],
    )
    insert_rows(
        session,
        CaptureRow,
        [
            {
                "publication_id": earlier.publication_id,
                "revision": number,
                "position": position,
                "url": capture.url,
                "fetched_at": capture.fetched_at,
                "status": capture.status,
                "headers": [[name, value] for name, value in capture.headers],
                "sha256": hashes[position],
            }
            for position, capture in enumerate(earlier.captures)
        ],
    )
