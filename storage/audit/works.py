"""Single works that point at others: parts of a series, sessions, copies, what is gone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.link_tables import DiscoveryRow
from storage.engine.tables import PublicationRow
from storage.links.discoveries import LinkState
from storage.records import FLAGGED_GENRES, SHANGHAI, Genre, Level, RefusalClass

_REPORTS = (Genre.WORK_REPORT.value, Genre.PROPOSAL_REPORT.value)
_FLAGGED = [genre.value for genre in FLAGGED_GENRES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One publication as others refer to it; ``day`` is in Asia/Shanghai, as the page states."""

    publication_id: int
    story_id: int
    source_id: str | None
    title: str
    genre: Genre
    outlet: str | None
    day: date | None
    region: str | None
    level: Level | None
    year: int | None
    term: int | None
    session: int | None
    part: int | None
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLink:
    """A link that was listed and never could be had; ``day`` is None where none was printed."""

    source_id: str
    title: str
    day: date | None
    refusal_class: RefusalClass


def works(session: Session) -> list[Work]:
    """The reviews, ten events and reports to sessions that were ever stored, by id."""
    row = PublicationRow
    rows = session.execute(
        select(
            row.id,
            row.story_id,
            row.source_id,
            row.title,
            row.genre,
            row.outlet,
            row.published_at,
            row.committee_region,
            row.committee_level,
            row.year_to,
            row.term,
            row.session,
            row.part,
            row.removed_at,
        )
        .where(row.genre.in_([*_FLAGGED, *_REPORTS]))
        .order_by(row.id)
    )
    return [
        Work(
            publication_id=one.id,
            story_id=one.story_id,
            source_id=one.source_id,
            title=one.title,
            genre=Genre(one.genre),
            outlet=one.outlet,
            day=one.published_at.astimezone(SHANGHAI).date() if one.published_at else None,
            region=one.committee_region,
            level=Level(one.committee_level) if one.committee_level else None,
            year=one.year_to,
            term=one.term,
            session=one.session,
            part=one.part,
            removed=one.removed_at is not None,
        )
        for one in rows
    ]


def refused_reviews(session: Session) -> list[RefusedLink]:
    """Refused links whose titles name a committee (政协)."""
    row = DiscoveryRow
    rows = session.execute(
        select(row.source_id, row.title, row.listed_on, row.refusal_class).where(
            row.state == LinkState.REFUSED.value,
            row.refusal_class.is_not(None),
            row.title.contains("政协"),
        )
    )
    return [
        RefusedLink(
            source_id=one.source_id,
            title=one.title,
            day=one.listed_on,
            refusal_class=RefusalClass(one.refusal_class),
        )
        for one in rows
        if one.refusal_class is not None
    ]
