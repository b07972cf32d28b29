"""The inbox as a person reads it: one row a story, with what is needed to decide.

Ordered by flag id, the newest first: an order that nothing which happens later changes, so a
list does not reshuffle under its reader, and a page begins where the one before ended.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagNoteRow, FlagRow
from storage.engine.tables import EventRow, FigureRow, PublicationRow, RevisionRow, SourceRow
from storage.notices.decisions import CameBack, came_back, decisions_of_all
from storage.notices.flags import FlagStatus
from storage.records import DOUBTFUL_BELOW, SHANGHAI, Genre, Level

SENTENCE = 160
"""Characters shown of a text's first sentence."""

Columns = TypeVarTuple("Columns")

STOPS = "。！？!?\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """What the inbox is narrowed to; None: not narrowed.

    ``region`` is the committee's, or the source's where no committee is named; ``year`` one
    that the publication covers, or that of its publishing where it states none.
    """

    status: FlagStatus | None = None
    region: str | None = None
    genre: Genre | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One flagged story.

    ``outlet`` is the page's own 来源, else its source's name; ``sentence`` the beginning of
    the text; ``copies`` counts all publications of the story, its original too; ``revised_at``
    is when the newest revision was seen that came after the flag; ``came_back`` why a dismissed
    story is open again by itself.
    """

    flag: int
    publication: int
    story: int
    status: FlagStatus
    genre: Genre
    score: float
    title: str
    url: str
    region: str | None
    level: Level | None
    committee: str | None
    year_from: int | None
    year_to: int | None
    outlet: str | None
    source_id: str | None
    published_on: date | None
    raised_at: datetime
    decided_at: datetime | None
    note: str | None
    sentence: str
    events: int
    figures: int
    copies: int
    revision: int
    revised_at: datetime | None
    came_back: CameBack | None


def list_inbox(
    session: Session, wanted: InboxFilter, *, limit: int = 50, before: int | None = None
) -> list[InboxRow]:
    """A page of the inbox; ``before`` is the last flag id of the page before this one.

    What waits for a decision is doubtful first, then the newest; the rest the newest first.
    """
    return _first(session, _groups(session, wanted, before), limit)


def newest_in_inbox(session: Session, wanted: InboxFilter, *, limit: int) -> list[InboxRow]:
    """The newest of the inbox, first: for who reads what is new and never a second page.

    In the order of the inbox a page of doubtful ones would hide whatever is raised after them,
    and what a back-fill finds of years gone by would push out what came in between.
    """
    flags = select(FlagRow.id).where(FlagRow.past.is_(False))
    if not _doubtful_first(wanted):
        return _first(session, [_chosen(flags, wanted)], limit)
    return _first(session, [_narrowed(flags, wanted).where(_OPEN)], limit)


# No index on the status here: by the ids, a page is full after some rows of 20,000.
_OPEN = FlagRow.status.concat("") == FlagStatus.OPEN.value


def _first(session: Session, groups: Iterable[Select[int]], limit: int) -> list[InboxRow]:
    """The first rows of groups one after the other, each the newest first."""
    ids: list[int] = []
    for group in groups:
        if len(ids) < limit:
            query = group.order_by(FlagRow.id.desc()).limit(limit - len(ids))
            ids += session.scalars(query)
    rows = {row.flag: row for row in _rows(session, ids)}
    return [rows[flag_id] for flag_id in ids if flag_id in rows]


def _groups(session: Session, wanted: InboxFilter, before: int | None) -> Iterator[Select[int]]:
    """What is listed one after the other, each the newest first, behind the flag ``before``.

    Two questions for what waits: sorted by doubt in one, all that waits would be read for a page.
    """
    behind = true() if before is None else _behind(session, wanted, before)
    if not _doubtful_first(wanted):
        yield _chosen(select(FlagRow.id), wanted).where(behind)
        return
    waits = _narrowed(select(FlagRow.id), wanted).where(behind)
    yield waits.where(FlagRow.status == FlagStatus.OPEN.value, FlagRow.score < DOUBTFUL_BELOW)
    yield waits.where(_OPEN, FlagRow.score >= DOUBTFUL_BELOW)


def _doubtful_first(wanted: InboxFilter) -> bool:
    return wanted.status is FlagStatus.OPEN


def _order(wanted: InboxFilter) -> tuple[ColumnElement[Any], ...]:
    newest = FlagRow.id.desc()
    return ((FlagRow.score >= DOUBTFUL_BELOW), newest) if _doubtful_first(wanted) else (newest,)


def _behind(session: Session, wanted: InboxFilter, flag_id: int) -> ColumnElement[bool]:
    """What stands behind a flag in the order of the inbox."""
    older = FlagRow.id < flag_id
    if not _doubtful_first(wanted):
        return older
    score = session.scalars(select(FlagRow.score).where(FlagRow.id == flag_id)).one_or_none()
    sure = FlagRow.score >= DOUBTFUL_BELOW
    if score is not None and score < DOUBTFUL_BELOW:
        return or_(sure, older)
    return and_(sure, older)


def _before(session: Session, wanted: InboxFilter, flag_id: int) -> ColumnElement[bool]:
    """What stands before a flag in the order of the inbox."""
    newer = FlagRow.id > flag_id
    if not _doubtful_first(wanted):
        return newer
    score = session.scalars(select(FlagRow.score).where(FlagRow.id == flag_id)).one_or_none()
    doubtful = FlagRow.score < DOUBTFUL_BELOW
    if score is not None and score < DOUBTFUL_BELOW:
        return and_(doubtful, newer)
    return or_(doubtful, newer)


def flag_of(session: Session, publication_id: int) -> int | None:
    """The flag of a publication's story; None when its story was never flagged."""
    return session.scalars(
        select(FlagRow.id)
        .join(PublicationRow, PublicationRow.story_id == FlagRow.story_id)
        .where(PublicationRow.id == publication_id)
    ).one_or_none()


def count_inbox(session: Session, wanted: InboxFilter) -> dict[FlagStatus, int]:
    """How many flags of each status pass the filter, whatever status it asks for."""
    query = _narrowed(select(FlagRow.status, func.count()), wanted).group_by(FlagRow.status)
    counts = dict.fromkeys(FlagStatus, 0)
    for status, number in session.execute(query):
        counts[FlagStatus(status)] = number
    return counts


def neighbours(
    session: Session, wanted: InboxFilter, flag_id: int
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """(flag, publication) before and after ``flag_id`` in the inbox as it is narrowed."""
    columns = _chosen(select(FlagRow.id, FlagRow.publication_id), wanted)
    order = _order(wanted)
    backwards = (*(one.desc() for one in order[:-1]), FlagRow.id)
    newer = columns.where(_before(session, wanted, flag_id)).order_by(*backwards).limit(1)
    older = columns.where(_behind(session, wanted, flag_id)).order_by(*order).limit(1)
    pairs = [session.execute(query).one_or_none() for query in (newer, older)]
    first, second = (None if row is None else (row[0], row[1]) for row in pairs)
    return first, second


def newest_flag(session: Session) -> int:
    """The highest flag id; 0 when nothing was ever flagged."""
    return session.scalars(select(func.max(FlagRow.id))).one() or 0


def _chosen(query: Select[*Columns], wanted: InboxFilter) -> Select[*Columns]:
    query = _narrowed(query, wanted)
    if wanted.status is not None:
        query = query.where(FlagRow.status == wanted.status.value)
    return query


def _narrowed(query: Select[*Columns], wanted: InboxFilter) -> Select[*Columns]:
    if wanted.genre is not None:
        query = query.where(FlagRow.genre == wanted.genre.value)
    conditions = list(_of_publication(wanted))
    if conditions:
        query = query.join(PublicationRow, PublicationRow.id == FlagRow.publication_id)
        query = query.where(*conditions)
    return query


def _of_publication(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    row, found = PublicationRow, []
    if wanted.region is not None:
        # As `of_region`, but by no index: flags are few, and publications of a region are many.
        found.append(func.coalesce(row.committee_region, row.region) == wanted.region)
    if wanted.year is not None:
        begins, ends = (
            datetime(number, 1, 1, tzinfo=SHANGHAI) for number in (wanted.year, wanted.year + 1)
        )
        covered = and_(row.year_from <= wanted.year, row.year_to >= wanted.year)
        published = and_(
            row.year_from.is_(None), row.published_at >= begins, row.published_at < ends
        )
        found.append(or_(covered, published))
    return found


def _rows(session: Session, ids: Sequence[int]) -> list[InboxRow]:
    row, flag = PublicationRow, FlagRow
    events = select(func.count()).where(EventRow.publication_id == row.id).scalar_subquery()
    figures = select(func.count()).where(FigureRow.publication_id == row.id).scalar_subquery()
    other = PublicationRow.__table__.alias("other")
    copies = (
        select(func.count())
        .select_from(other)
        .where(other.c.story_id == flag.story_id)
        .scalar_subquery()
    )
    revised = (
        select(func.max(FlagNoteRow.at))
        .where(FlagNoteRow.flag_id == flag.id, FlagNoteRow.revision > 1)
        .scalar_subquery()
    )
    current = (RevisionRow.publication_id == row.id) & (RevisionRow.revision == row.revision)
    rows = session.execute(
        select(
            flag.id, flag.story_id, flag.status, flag.genre, flag.score, flag.raised_at,
            flag.decided_at, flag.note, row.id.label("publication"), row.title, row.url,
            func.coalesce(row.committee_region, row.region).label("region"),
            row.committee_level, row.committee_name, row.year_from, row.year_to,
            func.coalesce(row.outlet, SourceRow.name).label("outlet"), row.source_id,
            row.published_at, row.revision, func.substr(RevisionRow.text, 1, SENTENCE * 2)
            .label("beginning"), events.label("events"), figures.label("figures"),
            copies.label("copies"), revised.label("revised_at"),
        )
        .join(row, row.id == flag.publication_id)
        .join(RevisionRow, current)
        .outerjoin(SourceRow, SourceRow.id == row.source_id)
        .where(flag.id.in_(ids))
        .order_by(flag.id.desc())
    )  # fmt: skip
    decided = decisions_of_all(session, ids)
    return [
        InboxRow(
            flag=one.id,
            publication=one.publication,
            story=one.story_id,
            status=FlagStatus(one.status),
            genre=Genre(one.genre),
            score=one.score,
            title=one.title,
            url=one.url,
            region=one.region,
            level=Level(one.committee_level) if one.committee_level else None,
            committee=one.committee_name,
            year_from=one.year_from,
            year_to=one.year_to,
            outlet=one.outlet,
            source_id=one.source_id,
            published_on=one.published_at and one.published_at.astimezone(SHANGHAI).date(),
            raised_at=one.raised_at,
            decided_at=one.decided_at,
            note=one.note,
            sentence=_first_sentence(one.beginning),
            events=one.events,
            figures=one.figures,
            copies=one.copies,
            revision=one.revision,
            revised_at=one.revised_at,
            came_back=came_back(decided.get(one.id, [])),
        )
        for one in rows
    ]


def _first_sentence(text: str) -> str:
    """The text up to its first stop, bounded; an ellipsis where it goes on."""
    beginning = text.lstrip()[:SENTENCE]
    ends = [at for stop in STOPS if (at := beginning.find(stop)) >= 0]
    if ends:
        return beginning[: min(ends) + 1].rstrip("\n")
    return beginning + ("…" if len(text.lstrip()) > SENTENCE else "")
