"""Stored publications as records: one with all that belongs to it, or a page of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.engine.rows import WORDS_JOINED, evidence_from_json, images_from_json
from storage.engine.tables import (
    CaptureRow,
    EventRow,
    FigureRow,
    PublicationRow,
    RevisionRow,
    TopicRow,
)
from storage.errors import RecordNotFoundError
from storage.records import (
    Committee,
    Event,
    Evidence,
    Figure,
    FigureScope,
    Genre,
    Image,
    Level,
    Precision,
    Reading,
    Topic,
)

IN_BATCH = 500
"""Ids in one IN list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The words of a publication from ``seen_at`` on."""

    revision: int
    seen_at: datetime
    title: str
    text: str
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCapture:
    """A fetch that a revision was read from; ``sha256`` names the kept bytes."""

    revision: int
    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationSummary:
    """What a list shows of a publication."""

    id: int
    url: str
    source_id: str | None
    region: str | None
    title: str
    outlet: str | None
    published_at: datetime | None
    published_precision: Precision | None
    first_seen_at: datetime
    last_seen_at: datetime
    first_missing_at: datetime | None
    removed_at: datetime | None
    genre: Genre | None
    score: float | None
    committee: Committee | None
    years: tuple[int, ...]
    story_id: int
    is_original: bool
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One publication with its words, reading, revisions (oldest first) and captures."""

    summary: PublicationSummary
    kicker: str | None
    subtitle: str | None
    author: str | None
    editor: str | None
    text: str
    images: tuple[Image, ...]
    page_score: float
    page_evidence: tuple[Evidence, ...]
    content_sha256: str
    snapshot_sha256: str | None
    reading: Reading | None
    revisions: tuple[Revision, ...]
    captures: tuple[StoredCapture, ...]


def get_publication(session: Session, id_or_url: int | str) -> Publication:
    """One publication by id or canonical URL.  RecordNotFoundError when there is none."""
    column = PublicationRow.id if isinstance(id_or_url, int) else PublicationRow.url
    row = session.scalars(
        select(PublicationRow).where(column == id_or_url).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise RecordNotFoundError("publication", id_or_url)
    revisions = _revisions(session, row.id)
    return Publication(
        summary=_summary(row),
        kicker=row.kicker,
        subtitle=row.subtitle,
        author=row.author,
        editor=row.editor,
        text=revisions[-1].text,
        images=images_from_json(row.images),
        page_score=row.page_score,
        page_evidence=evidence_from_json(row.page_evidence),
        content_sha256=row.content_sha256,
        snapshot_sha256=row.snapshot_sha256,
        reading=_reading(session, row),
        revisions=revisions,
        captures=captures_of(session, [row.id]),
    )


def get_summaries(session: Session, ids: Sequence[int]) -> dict[int, PublicationSummary]:
    """What a list shows of these publications, by id; those that do not exist are left out."""
    found: dict[int, PublicationSummary] = {}
    for start in range(0, len(ids), IN_BATCH):
        rows = session.scalars(
            select(PublicationRow)
            .where(PublicationRow.id.in_(ids[start : start + IN_BATCH]))
            .execution_options(populate_existing=True)
        )
        found |= {row.id: _summary(row) for row in rows}
    return found


def last_id(session: Session) -> int:
    """The id of what was stored last, 0 of an empty database: about how many there are."""
    return session.scalars(select(func.max(PublicationRow.id))).one() or 0


def stored_urls(session: Session, urls: Sequence[str]) -> set[str]:
    """Those of the canonical ``urls`` at which a publication is stored."""
    found: set[str] = set()
    for start in range(0, len(urls), IN_BATCH):
        query = select(PublicationRow.url).where(
            PublicationRow.url.in_(urls[start : start + IN_BATCH])
        )
        found |= set(session.scalars(query))
    return found


def list_publications(
    session: Session,
    *,
    source_id: str | None = None,
    region: str | None = None,
    committee_region: str | None = None,
    genre: Genre | None = None,
    year: int | None = None,
    last_year: int | None = None,
    story_id: int | None = None,
    originals_only: bool = False,
    limit: int = 50,
    after: tuple[datetime | None, int] | None = None,
) -> list[PublicationSummary]:
    """A page of publications, the newest ``published_at`` first, those without one last.

    ``after`` is (published_at, id) of the last one on the page before.  ``year`` is one that
    the publication covers, ``last_year`` the last that it does, as a cell of coverage has it.
    """
    query = select(PublicationRow.id)
    wanted = (
        (PublicationRow.source_id, source_id),
        (PublicationRow.region, region),
        (PublicationRow.committee_region, committee_region),
        (PublicationRow.genre, genre and genre.value),
        (PublicationRow.story_id, story_id),
    )
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    if year is not None:
        query = query.where(PublicationRow.year_from <= year, PublicationRow.year_to >= year)
    if last_year is not None:
        # Named, though it excludes none: the index of cells has the genre before the year.
        query = query.where(PublicationRow.genre.in_(list(Genre)))
        query = query.where(PublicationRow.year_to == last_year)
    if originals_only:
        query = query.where(PublicationRow.is_original)
    if after is None:
        dated = _page(session, query.where(PublicationRow.published_at.is_not(None)), limit)
        return dated + _undated(session, query, limit - len(dated), None)
    at, id_ = after
    if at is None:
        return _undated(session, query, limit, id_)
    older = query.where(
        PublicationRow.published_at <= at,
        (PublicationRow.published_at < at) | (PublicationRow.id < id_),
    )
    dated = _page(session, older, limit)
    return dated + _undated(session, query, limit - len(dated), None)


def _page(session: Session, query: Select[int], limit: int) -> list[PublicationSummary]:
    """The summaries of a page of ids: only a page of rows is read whole, evidence and all."""
    ordered = query.order_by(PublicationRow.published_at.desc(), PublicationRow.id.desc())
    ids = session.scalars(ordered.limit(limit)).all()
    found = select(PublicationRow).where(PublicationRow.id.in_(ids))
    rows = session.scalars(found.execution_options(populate_existing=True))
    by_id = {row.id: row for row in rows}
    return [_summary(by_id[one]) for one in ids]


def _undated(
    session: Session, query: Select[int], limit: int, before: int | None
) -> list[PublicationSummary]:
    if limit <= 0:
        return []
    undated = query.where(PublicationRow.published_at.is_(None))
    if before is not None:
        undated = undated.where(PublicationRow.id < before)
    return _page(session, undated, limit)


def _summary(row: PublicationRow) -> PublicationSummary:
    return PublicationSummary(
        id=row.id,
        url=row.url,
        source_id=row.source_id,
        region=row.region,
        title=row.title,
        outlet=row.outlet,
        published_at=row.published_at,
        published_precision=(
            Precision(row.published_precision) if row.published_precision else None
        ),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        first_missing_at=row.first_missing_at,
        removed_at=row.removed_at,
        genre=Genre(row.genre) if row.genre else None,
        score=row.score,
        committee=_committee(row),
        years=_years(row),
        story_id=row.story_id,
        is_original=row.is_original,
        revision=row.revision,
    )


def _committee(row: PublicationRow) -> Committee | None:
    if row.committee_level is None or row.committee_region is None or row.committee_name is None:
        return None
    return Committee(
        level=Level(row.committee_level), region=row.committee_region, name=row.committee_name
    )


def _years(row: PublicationRow) -> tuple[int, ...]:
    if row.year_from is None or row.year_to is None:
        return ()
    return (row.year_from,) if row.year_from == row.year_to else (row.year_from, row.year_to)


def _reading(session: Session, row: PublicationRow) -> Reading | None:
    if row.genre is None or row.score is None or row.rules_version is None:
        return None
    return Reading(
        genre=Genre(row.genre),
        score=row.score,
        rules_version=row.rules_version,
        evidence=evidence_from_json(row.evidence),
        committee=_committee(row),
        years=_years(row),
        term=row.term,
        session=row.session,
        part=row.part,
        events=_events(session, row.id),
        figures=_figures(session, row.id),
        issues=tuple(str(issue) for issue in row.issues),
        topics=_topics(session, row.id),
    )


def _topics(session: Session, publication_id: int) -> tuple[Topic, ...]:
    rows = session.execute(
        select(TopicRow.key, TopicRow.event_ordinal, TopicRow.section, TopicRow.words)
        .where(TopicRow.publication_id == publication_id)
        .order_by(TopicRow.position)
    )
    return tuple(
        Topic(
            key=row.key,
            event=row.event_ordinal,
            section=row.section,
            words=tuple(row.words.split(WORDS_JOINED)) if row.words else (),
        )
        for row in rows
    )


def _events(session: Session, publication_id: int) -> tuple[Event, ...]:
    rows = session.execute(
        select(
            EventRow.ordinal,
            EventRow.heading,
            EventRow.body,
            EventRow.date,
            EventRow.span_start,
            EventRow.span_end,
        )
        .where(EventRow.publication_id == publication_id)
        .order_by(EventRow.position)
    )
    return tuple(
        Event(
            ordinal=ordinal,
            heading=heading,
            body=body,
            date=date,
            span=None if start is None or end is None else (start, end),
        )
        for ordinal, heading, body, date, start, end in rows
    )


def _figures(session: Session, publication_id: int) -> tuple[Figure, ...]:
    rows = session.execute(
        select(
            FigureRow.event_ordinal,
            FigureRow.metric,
            FigureRow.key,
            FigureRow.value,
            FigureRow.unit,
            FigureRow.qualifier,
            FigureRow.sentence,
            FigureRow.span_start,
            FigureRow.span_end,
            FigureRow.scope,
            FigureRow.whole,
        )
        .where(FigureRow.publication_id == publication_id)
        .order_by(FigureRow.position)
    )
    return tuple(
        Figure(
            metric=row.metric,
            value=row.value,
            unit=row.unit,
            sentence=row.sentence,
            span=(row.span_start, row.span_end),
            key=row.key,
            qualifier=row.qualifier,
            event=row.event_ordinal,
            scope=FigureScope(row.scope),
            whole=row.whole,
        )
        for row in rows
    )


def _revisions(session: Session, publication_id: int) -> tuple[Revision, ...]:
    rows = session.execute(
        select(
            RevisionRow.revision,
            RevisionRow.seen_at,
            RevisionRow.title,
            RevisionRow.text,
            RevisionRow.content_sha256,
        )
        .where(RevisionRow.publication_id == publication_id)
        .order_by(RevisionRow.revision)
    )
    return tuple(
        Revision(
            revision=row.revision,
            seen_at=row.seen_at,
            title=row.title,
            text=row.text,
            content_sha256=row.content_sha256,
        )
        for row in rows
    )


def captures_of(session: Session, publication_ids: Sequence[int]) -> tuple[StoredCapture, ...]:
    """Every capture of these publications, the pages of one revision in their order."""
    rows = session.execute(
        select(
            CaptureRow.revision,
            CaptureRow.url,
            CaptureRow.fetched_at,
            CaptureRow.status,
            CaptureRow.headers,
            CaptureRow.sha256,
        )
        .where(CaptureRow.publication_id.in_(publication_ids))
        .order_by(CaptureRow.publication_id, CaptureRow.revision, CaptureRow.position)
    )
    return tuple(
        StoredCapture(
            revision=row.revision,
            url=row.url,
            fetched_at=row.fetched_at,
            status=row.status,
            headers=tuple(_header(pair) for pair in row.headers),
            sha256=row.sha256,
        )
        for row in rows
    )


def _header(pair: object) -> tuple[str, str]:
    match pair:
        case [str(name), str(value)]:
            return name, value
    raise ValueError(f"not a header: {pair!r}")
