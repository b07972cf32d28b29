"""The inbox: one flag a story, notes on what happened to it since, and decisions.

A copy of a flagged story raises no second flag; a revision of one leaves a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from storage.engine.conditions import of_region
from storage.engine.flag_tables import FlagDecisionRow, FlagNoteRow, FlagRow
from storage.engine.rows import evidence_as_json, evidence_from_json
from storage.engine.tables import PublicationRow
from storage.errors import RecordNotFoundError, TransitionError
from storage.notices.outbox import post
from storage.records import Confidence, Evidence, Genre, Reading, confidence_of


class FlagStatus(StrEnum):
    """What was decided of a flag."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagNote:
    """Something that happened to a flagged story after its flag, or why it was decided so."""

    at: datetime
    publication_id: int
    revision: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A story that somebody should look at, with the publication that stands for it."""

    id: int
    story_id: int
    publication_id: int
    url: str
    title: str
    source_id: str | None
    region: str | None
    genre: Genre
    score: float
    evidence: tuple[Evidence, ...]
    raised_at: datetime
    status: FlagStatus
    decided_at: datetime | None
    note: str | None
    notes: tuple[FlagNote, ...] = ()
    decided_by: str | None = None
    past: bool = False  # found by a back-fill: of years that nobody waits for any more

    @property
    def confidence(self) -> Confidence:
        """How far the flag can be believed, by its score."""
        return confidence_of(self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDecision:
    """One decision on a flag: what it was from then on, and who said so, why.

    OPEN is the undoing of the decision before.  ``by`` is None for the program itself (a
    dismissed story that came back) and for a command that named nobody; ``revision`` is the
    publication's, as it was then.
    """

    at: datetime
    by: str | None
    status: FlagStatus
    why: str | None
    revision: int


class CameBack(StrEnum):
    """Why a dismissed story is open again although nobody undid the decision."""

    REVISED = "revised"  # its text changed
    PRINTED = "printed"  # another outlet printed it


def came_back(decisions: Sequence[FlagDecision]) -> CameBack | None:
    """Why a flag with these decisions, the oldest first, is open again; None where it is not."""
    if len(decisions) < 2 or decisions[-1].status is not FlagStatus.OPEN or decisions[-1].by:
        return None
    revised = decisions[-1].revision != decisions[-2].revision
    return CameBack.REVISED if revised else CameBack.PRINTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stored publication whose reading may raise a flag, or a note on its story's flag.

    ``revised`` says that its text is a new revision of a known publication, ``copied`` that
    it is a new publication of a story that may be known, ``past`` that it is history: it may
    raise a flag, which is marked so, but nobody is told of it.
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


def raise_flags(
    session: Session, candidates: Sequence[Candidate], *, run_id: int | None, now: datetime
) -> dict[int, int]:
    """Flags for the stories that need one and have none; {publication id: new flag's id}.

    A dismissed story comes back when its text changes or another outlet prints it.
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
            if flag.dismissed and (why := _why_back(candidate, flag)):
                reopen_flag(session, flag.id, now=now, why=why)
                known[candidate.story_id] = replace(flag, dismissed=False)
        elif candidate.reading is not None and candidate.reading.flagged:
            flag_id = _raise(session, candidate, candidate.reading, run_id=run_id, now=now)
            known[candidate.story_id] = _KnownFlag(
                flag_id, dismissed=False, source_id=candidate.source_id, url=candidate.url
            )
            raised[candidate.publication_id] = flag_id
    return raised


@dataclass(frozen=True, slots=True)
class _KnownFlag:
    """A story's flag, and where the publication that stands for it was printed."""

    id: int
    dismissed: bool
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
        story: _KnownFlag(id_, status == FlagStatus.DISMISSED.value, source_id, url)
        for story, id_, status, source_id, url in rows
    }


def _why_back(candidate: Candidate, flag: _KnownFlag) -> str | None:
    """Why a dismissed story should be looked at again; None where nothing speaks for it."""
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


def list_flags(
    session: Session,
    *,
    status: FlagStatus | None = None,
    region: str | None = None,
    year: int | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Flag]:
    """The newest flags first; ``before`` is the last id of the page before this one.

    ``region`` (short name) and ``year`` are those of the flagged publication: of its committee,
    or its source where it names none; any year that it covers.  What covers no year is of none.
    """
    query = select(FlagRow.id)
    if region is not None or year is not None:
        query = query.join(PublicationRow, PublicationRow.id == FlagRow.publication_id)
    if region is not None:
        query = query.where(of_region(region))
    if year is not None:
        query = query.where(PublicationRow.year_from <= year, PublicationRow.year_to >= year)
    if status is not None:
        query = query.where(FlagRow.status == status.value)
    if before is not None:
        query = query.where(FlagRow.id < before)
    ids = session.scalars(query.order_by(FlagRow.id.desc()).limit(limit)).all()
    return _flags(session, ids)


def count_raised(session: Session, *, since: datetime) -> int:
    """How many flags were raised at ``since`` or later."""
    return session.scalars(
        select(func.count()).select_from(FlagRow).where(FlagRow.raised_at >= since)
    ).one()


def flags_of_run(session: Session, run_id: int) -> list[Flag]:
    """The flags that one run has raised, the newest first."""
    ids = session.scalars(select(FlagRow.id).where(FlagRow.run_id == run_id)).all()
    return _flags(session, ids)


def get_flag(session: Session, flag_id: int) -> Flag:
    """One flag with its notes; RecordNotFoundError when there is none."""
    found = _flags(session, [flag_id])
    if not found:
        raise RecordNotFoundError("flag", flag_id)
    return found[0]


def accept_flag(
    session: Session,
    flag_id: int,
    *,
    now: datetime,
    why: str | None = None,
    by: str | None = None,
) -> None:
    """Decide that the story is what it was flagged as.  TransitionError when decided before."""
    _decide(session, flag_id, FlagStatus.ACCEPTED, now, why, by)


def dismiss_flag(
    session: Session, flag_id: int, *, why: str, now: datetime, by: str | None = None
) -> None:
    """Decide that the story is not what it was flagged as.  TransitionError as above."""
    _decide(session, flag_id, FlagStatus.DISMISSED, now, why, by)


def reopen_flag(
    session: Session,
    flag_id: int,
    *,
    now: datetime,
    why: str | None = None,
    by: str | None = None,
) -> None:
    """Undo the decision; what was decided stays in the history.  TransitionError when open."""
    reopened = session.execute(
        update(FlagRow)
        .where(FlagRow.id == flag_id, FlagRow.status != FlagStatus.OPEN.value)
        .values(status=FlagStatus.OPEN.value, decided_at=None, decided_by=None)
        .returning(FlagRow.publication_id)
    ).scalar_one_or_none()
    if reopened is None:
        flag = get_flag(session, flag_id)
        raise TransitionError("flag", flag_id, flag.status.value, FlagStatus.OPEN.value)
    _remember(session, flag_id, reopened, FlagStatus.OPEN, now, why, by)


def decisions_of(session: Session, flag_id: int) -> list[FlagDecision]:
    """All that was decided of a flag, the oldest first."""
    return decisions_of_all(session, [flag_id]).get(flag_id, [])


def decisions_of_all(session: Session, flag_ids: Sequence[int]) -> dict[int, list[FlagDecision]]:
    """The same of several flags; one that was never decided has no entry."""
    rows = session.scalars(
        select(FlagDecisionRow)
        .where(FlagDecisionRow.flag_id.in_(flag_ids))
        .order_by(FlagDecisionRow.id)
    )
    found: dict[int, list[FlagDecision]] = {}
    for row in rows:
        found.setdefault(row.flag_id, []).append(
            FlagDecision(
                at=row.at,
                by=row.by,
                status=FlagStatus(row.status),
                why=row.why,
                revision=row.revision,
            )
        )
    return found


def _decide(
    session: Session,
    flag_id: int,
    status: FlagStatus,
    now: datetime,
    why: str | None,
    by: str | None,
) -> None:
    values: dict[str, str | datetime | None] = {
        "status": status.value,
        "decided_at": now,
        "decided_by": by,
    }
    if why is not None:
        values["note"] = why
    decided = session.execute(
        update(FlagRow)
        .where(FlagRow.id == flag_id, FlagRow.status == FlagStatus.OPEN.value)
        .values(**values)
        .returning(FlagRow.publication_id)
    ).scalar_one_or_none()
    if decided is None:
        flag = get_flag(session, flag_id)
        raise TransitionError("flag", flag_id, flag.status.value, status.value)
    _remember(session, flag_id, decided, status, now, why, by)


def _remember(
    session: Session,
    flag_id: int,
    publication_id: int,
    status: FlagStatus,
    now: datetime,
    why: str | None,
    by: str | None,
) -> None:
    """Keep a decision; its reason is a note too, beside what else happened to the story."""
    revision = session.scalars(
        select(PublicationRow.revision).where(PublicationRow.id == publication_id)
    ).one()
    session.execute(
        insert(FlagDecisionRow).values(
            flag_id=flag_id, at=now, by=by, status=status.value, why=why, revision=revision
        )
    )
    if why is not None:  # the flag's own note is replaced by the next thing that happens
        session.execute(
            insert(FlagNoteRow).values(
                flag_id=flag_id,
                at=now,
                publication_id=publication_id,
                revision=revision,
                words=f"{status.value}: {why}",
            )
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


def _flags(session: Session, ids: Sequence[int]) -> list[Flag]:
    rows = session.execute(
        select(
            FlagRow,
            PublicationRow.url,
            PublicationRow.title,
            PublicationRow.source_id,
            PublicationRow.region,
        )
        .join(PublicationRow, PublicationRow.id == FlagRow.publication_id)
        .where(FlagRow.id.in_(ids))
        .order_by(FlagRow.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    notes: dict[int, list[FlagNote]] = {}
    said = session.scalars(
        select(FlagNoteRow).where(FlagNoteRow.flag_id.in_(ids)).order_by(FlagNoteRow.id)
    )
    for one in said:
        notes.setdefault(one.flag_id, []).append(
            FlagNote(
                at=one.at,
                publication_id=one.publication_id,
                revision=one.revision,
                words=one.words,
            )
        )
    return [
        Flag(
            id=flag.id,
            story_id=flag.story_id,
            publication_id=flag.publication_id,
            url=url,
            title=title,
            source_id=source_id,
            region=region,
            genre=Genre(flag.genre),
            score=flag.score,
            evidence=evidence_from_json(flag.evidence),
            raised_at=flag.raised_at,
            status=FlagStatus(flag.status),
            decided_at=flag.decided_at,
            note=flag.note,
            notes=tuple(notes.get(flag.id, ())),
            decided_by=flag.decided_by,
            past=flag.past,
        )
        for flag, url, title, source_id, region in rows
    ]
