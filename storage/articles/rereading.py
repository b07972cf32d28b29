"""Stored publications read again: which ones, and how a new reading replaces the old.

The words stay, so there is no new revision; the reading, its events and figures and the
version of the rules are replaced together, and followers of v1_changes are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from storage.engine.changes import lock_writers, record_changes
from storage.engine.flag_tables import FlagRow
from storage.engine.rows import event_rows, figure_rows, reading_columns, topic_rows
from storage.engine.tables import EventRow, FigureRow, PublicationRow, TopicRow, table_of
from storage.notices import raising
from storage.publications.reading import get_publication
from storage.records import Confidence, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """A publication's other reading; ``content_sha256`` names the words that were read."""

    publication_id: int
    content_sha256: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying did: readings replaced, those that changed, flags raised, those skipped.

    ``stale`` are publications whose words changed after they were read; they are left alone.
    """

    replaced: int = 0
    changed: int = 0
    flags: int = 0
    stale: int = 0

    def __add__(self, other: "Applied") -> "Applied":
        return Applied(
            replaced=self.replaced + other.replaced,
            changed=self.changed + other.changed,
            flags=self.flags + other.flags,
            stale=self.stale + other.stale,
        )


def outdated(
    session: Session, rules_version: str, *, after: int = 0, limit: int = 100
) -> list[int]:
    """Ids above ``after`` of the publications that other rules have read, or none."""
    query = (
        select(PublicationRow.id)
        .where(
            PublicationRow.id > after,
            PublicationRow.rules_version.is_distinct_from(rules_version),
        )
        .order_by(PublicationRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def every(session: Session, *, after: int = 0, limit: int = 100) -> list[int]:
    """Ids above ``after``."""
    query = select(PublicationRow.id).where(PublicationRow.id > after)
    return list(session.scalars(query.order_by(PublicationRow.id).limit(limit)))


def same_reading(old: Reading | None, new: Reading) -> bool:
    """Whether a reading says the same, whichever rules made it."""
    return old is not None and replace(old, rules_version=new.rules_version) == new


def apply_readings(session: Session, found: Sequence[NewReading], *, now: datetime) -> Applied:
    """Replace readings in this transaction.

    A genre that is now flagged raises its story's flag; one that no longer is, or that has become
    doubtful, or is so no more, leaves a note on it: a flag keeps the score that it was raised
    with, and coverage goes by the one of today.
    """
    lock_writers(session)
    replaced = changed = stale = 0
    candidates: list[raising.Candidate] = []
    for one in found:
        stored = get_publication(session, one.publication_id)
        if stored.content_sha256 != one.content_sha256:
            stale += 1
            continue
        replaced += 1
        _replace(session, one)
        if same_reading(stored.reading, one.reading):
            continue
        changed += 1
        record_changes(session, "change", [one.publication_id], now=now)
        candidates.append(
            raising.Candidate(
                publication_id=one.publication_id,
                story_id=stored.summary.story_id,
                url=stored.summary.url,
                title=stored.summary.title,
                source_id=stored.summary.source_id,
                revision=stored.summary.revision,
                reading=one.reading,
                revised=False,
            )
        )
        if stored.reading and (said := _weighs_otherwise(stored.reading, one.reading)):
            _note(session, candidates[-1], said, one.reading, now)
    raised = raising.raise_flags(session, candidates, run_id=None, now=now)
    return Applied(replaced=replaced, changed=changed, flags=len(raised), stale=stale)


def _replace(session: Session, one: NewReading) -> None:
    id_ = one.publication_id
    session.execute(
        update(PublicationRow)
        .where(PublicationRow.id == id_)
        .values(**reading_columns(one.reading))
    )
    for row, rows in (
        (EventRow, event_rows(id_, one.reading.events)),
        (FigureRow, figure_rows(id_, one.reading.figures)),
        (TopicRow, topic_rows(id_, one.reading.topics)),
    ):
        table = table_of(row)
        session.execute(delete(table).where(table.c.publication_id == id_))
        if rows:
            session.execute(insert(table), rows)


def _weighs_otherwise(old: Reading, new: Reading) -> str | None:
    """What has become of a flag that ``old`` raises, in words; None where it stands as it was."""
    if not old.flagged:
        return None
    if not new.flagged:
        return new.genre.value
    doubts = {reading.confidence is Confidence.DOUBTFUL for reading in (old, new)}
    return f"{new.genre.value}, {new.confidence.value}" if len(doubts) > 1 else None


def _note(
    session: Session, candidate: raising.Candidate, said: str, reading: Reading, now: datetime
) -> None:
    flag_id = session.scalars(
        select(FlagRow.id).where(FlagRow.publication_id == candidate.publication_id)
    ).one_or_none()
    if flag_id is not None:
        words = f"read again by rules {reading.rules_version}: {said}"
        raising.note(session, flag_id, candidate.publication_id, candidate.revision, words, now=now)
