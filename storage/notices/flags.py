"""Flags, stories that somebody should look at, as they are listed: with their notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.engine.conditions import of_region
from storage.engine.flag_tables import FlagNoteRow, FlagRow
from storage.engine.rows import evidence_from_json
from storage.engine.tables import PublicationRow
from storage.errors import RecordNotFoundError
from storage.records import Confidence, Evidence, Genre, confidence_of


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


def list_flags(
    session: Session,
    *,
    status: FlagStatus | None = None,
    region: str | None = None,
    year: int | None = None,
    past: bool | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Flag]:
    """The newest flags first; ``before`` is the last id of the page before this one.

    ``region`` (short name) and ``year`` are those of the flagged publication: of its committee,
    or its source where it names none; any year that it covers.  What covers no year is of none.
    ``past`` False leaves out what a back-fill found of years gone by, True the rest.
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
    if past is not None:
        query = query.where(FlagRow.past.is_(past))
    if before is not None:
        query = query.where(FlagRow.id < before)
    ids = session.scalars(query.order_by(FlagRow.id.desc()).limit(limit)).all()
    return _flags(session, ids)


def count_raised(session: Session, *, since: datetime) -> int:
    """How many flags were raised at ``since`` or later, without those of years gone by."""
    raised = select(func.count()).where(FlagRow.raised_at >= since, FlagRow.past.is_(False))
    return session.scalars(raised).one()


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
