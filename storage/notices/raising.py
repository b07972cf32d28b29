"""Raising flags: one a story, and notes on what happened to the story since.

A copy of a flagged story raises no second flag; a revision of one leaves a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagNoteRow, FlagRow
from storage.engine.rows import evidence_as_json
from storage.engine.tables import PublicationRow
from storage.notices.decisions import reopen_flag
from storage.notices.flags import FlagStatus
from storage.notices.outbox import post
from storage.records import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stored publication whose reading may raise a flag, or a note on its story's flag.

    ``revised`` says that its text is a new revision of a known publication, ``copied`` that
    it is a new publication of a story that may be known, ``past`` that it is history: it may
    raise a flag, which is marked so, but nobody is told of it.  ``another``: revised, it is about
    another year or committee than before.
    """

    publication_id: int
    story_id: int
    url: str
    title: str
    source_id: str | None
    revision: int
    reading: Reading | None
    revised: bool
    copied: bool = False
    past: bool = False
    another: bool = False


def raise_flags(
    session: Session, candidates: Sequence[Candidate], *, run_id: int | None, now: datetime
) -> dict[int, int]:
    """Flags for the stories that need one and have none; {publication id: new flag's id}.

    A dismissed story comes back when its text changes or another outlet prints it, an accepted
    one when its text becomes one of another year or committee: nobody has accepted that.
    """
    concerned = [c for c in candidates if c.revised or (c.reading and c.reading.flagged)]
    if not concerned:
        return {}
    known = _known(session, {candidate.story_id for candidate in concerned})
    raised: dict[int, int] = {}
    for candidate in concerned:
        flag = known.get(candidate.story_id)
        if flag is not None and candidate.past:
            continue
        if flag is not None:
            if candidate.revised:
                words = f"revision {candidate.revision}: {candidate.title}"
                note(session, flag.id, candidate.publication_id, candidate.revision, words, now=now)
            if why := _why_back(candidate, flag):
                reopen_flag(session, flag.id, now=now, why=why)
                known[candidate.story_id] = replace(flag, status=FlagStatus.OPEN)
        elif candidate.reading is not None and candidate.reading.flagged:
            flag_id = _raise(session, candidate, candidate.reading, run_id=run_id, now=now)
            known[candidate.story_id] = _KnownFlag(
                flag_id, status=FlagStatus.OPEN, source_id=candidate.source_id, url=candidate.url
            )
            raised[candidate.publication_id] = flag_id
    return raised


@dataclass(frozen=True, slots=True)
class _KnownFlag:
    """A story's flag, and where the publication that stands for it was printed."""

    id: int
    status: FlagStatus
    source_id: str | None
    url: str


def _known(session: Session, stories: set[int]) -> dict[int, _KnownFlag]:
    rows = session.execute(
        select(
            FlagRow.story_id,
            FlagRow.id,
            FlagRow.status,
            PublicationRow.source_id,
            PublicationRow.url,
        )
        .join(PublicationRow, PublicationRow.id == FlagRow.publication_id)
        .where(FlagRow.story_id.in_(stories))
    )
    return {
        story: _KnownFlag(id_, FlagStatus(status), source_id, url)
        for story, id_, status, source_id, url in rows
    }


def _why_back(candidate: Candidate, flag: _KnownFlag) -> str | None:
    """Why a decided story should be looked at again; None where nothing speaks for it."""
    if flag.status is FlagStatus.ACCEPTED and candidate.another and candidate.revised:
        return f"it is about another year or committee now (revision {candidate.revision})"
    if flag.status is not FlagStatus.DISMISSED:
        return None
    if candidate.revised:
        return f"its text changed (revision {candidate.revision})"
    places = (candidate.source_id, flag.source_id)
    if None in places:
        places = (urlsplit(candidate.url).hostname, urlsplit(flag.url).hostname)
    if candidate.copied and places[0] != places[1]:
        return f"another outlet printed it: {candidate.url}"
    return None


def note(
    session: Session, flag_id: int, publication_id: int, revision: int, words: str, *, now: datetime
) -> None:
    """Say on a flag, and to those who were told of it, what happened since."""
    note_id = session.scalars(
        insert(FlagNoteRow)
        .values(
            flag_id=flag_id, at=now, publication_id=publication_id, revision=revision, words=words
        )
        .returning(FlagNoteRow.id)
    ).one()
    session.execute(update(FlagRow).where(FlagRow.id == flag_id).values(note=words))
    post(
        session,
        "flag_note",
        f"flag_note:{note_id}",
        {
            "flag_id": flag_id,
            "publication_id": publication_id,
            "revision": revision,
            "words": words,
        },
        now=now,
    )


def _raise(
    session: Session, candidate: Candidate, reading: Reading, *, run_id: int | None, now: datetime
) -> int:
    flag_id = session.scalars(
        insert(FlagRow)
        .values(
            story_id=candidate.story_id,
            publication_id=candidate.publication_id,
            run_id=run_id,
            genre=reading.genre.value,
            score=reading.score,
            evidence=evidence_as_json(reading.evidence),
            raised_at=now,
            status=FlagStatus.OPEN.value,
            past=candidate.past,
        )
        .returning(FlagRow.id)
    ).one()
    if candidate.past:
        return flag_id
    post(
        session,
        "flag",
        f"flag:{flag_id}",
        {
            "flag_id": flag_id,
            "publication_id": candidate.publication_id,
            "url": candidate.url,
            "title": candidate.title,
            "source_id": candidate.source_id,
            "genre": reading.genre.value,
            "score": reading.score,
        },
        now=now,
    )
    return flag_id
