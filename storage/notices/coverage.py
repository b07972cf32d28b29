"""Coverage: one cell a (region, level, year); what the day decides is written here.

What was *found* is read from the publications at any time (``v1_coverage`` too); due, overdue,
broken and waived depend on the calendar and are refreshed by the service and the command.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagRow
from storage.engine.service_tables import CoverageRow
from storage.engine.tables import FLAGGED, PublicationRow, upsert_into
from storage.errors import RecordNotFoundError
from storage.notices.flags import FlagStatus
from storage.records import DOUBTFUL_BELOW, SHANGHAI, Level


class CellStatus(StrEnum):
    """What is known of one expected review."""

    FOUND = "found"
    DUE = "due"  # its window is open
    OVERDUE = "overdue"  # its window has ended
    NOT_DUE = "not_due"  # its window has not begun
    SOURCE_BROKEN = "source_broken"  # nobody could have seen it
    WAIVED = "waived"  # a person said that it will not come
    NO_SOURCE = "no_source"  # no source of its committee is declared
    NOT_WATCHED = "not_watched"  # its sources are declared, none of them proved or all paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One expected review: its status and why, its window, the publication that fills it."""

    region: str
    level: Level
    year: int
    status: CellStatus
    publication_id: int | None
    due_from: date
    due_until: date
    reason: str
    waived_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first publication of a committee's review or ten events of a year.

    ``removed``: its site has taken down every one that there was.
    """

    region: str
    level: Level
    year: int
    publication_id: int
    published_on: date | None
    seen_at: datetime
    removed: bool = False


_DISMISSED = select(FlagRow.story_id).where(FlagRow.status == FlagStatus.DISMISSED.value)
_ACCEPTED = select(FlagRow.story_id).where(FlagRow.status == FlagStatus.ACCEPTED.value)
_BELIEVED = (
    FLAGGED,  # these words themselves: only so SQLite takes the index of the flagged
    PublicationRow.story_id.not_in(_DISMISSED),
    or_(PublicationRow.score >= DOUBTFUL_BELOW, PublicationRow.story_id.in_(_ACCEPTED)),
)
"""A flag that a person took back proves nothing, and a doubtful one only what a person confirms."""


def found_reviews(session: Session) -> dict[tuple[str, Level, int], Found]:
    """What was found, by (region, level, year); a review of five years fills the last one.

    What its site has taken down since was published all the same, and is held here.
    """
    row = PublicationRow
    cell = (row.committee_region, row.committee_level, row.year_to)
    standing = func.min(case((row.removed_at.is_(None), row.id)))
    rows = session.execute(
        select(
            *cell,
            standing,
            func.min(row.id),
            func.min(row.published_at),
            func.min(row.first_seen_at),
        )
        .where(
            *_BELIEVED,
            row.committee_region.is_not(None),
            row.committee_level.is_not(None),
            row.year_to.is_not(None),
        )
        .group_by(*cell)
    )
    found: dict[tuple[str, Level, int], Found] = {}
    for region, level, year, stands, first, published_at, seen_at in rows:
        if region is None or level is None or year is None:
            continue  # the query has left these out; the types do not know
        found[region, Level(level), year] = Found(
            region=region,
            level=Level(level),
            year=year,
            publication_id=first if stands is None else stands,
            published_on=published_at.astimezone(SHANGHAI).date() if published_at else None,
            seen_at=seen_at,
            removed=stands is None,
        )
    return found


def doubtful_reviews(session: Session) -> dict[tuple[str, Level, int], int]:
    """The flag of the first doubtful find that nobody has decided on, by (region, level, year)."""
    row = PublicationRow
    undecided = (
        select(FlagRow.id)
        .where(FlagRow.story_id == row.story_id, FlagRow.status == FlagStatus.OPEN.value)
        .scalar_subquery()
    )
    rows = session.execute(
        select(row.committee_region, row.committee_level, row.year_to, undecided).where(
            FLAGGED, row.score < DOUBTFUL_BELOW
        )
    )
    flags: dict[tuple[str, Level, int], int] = {}
    for region, level, year, flag_id in rows:
        if region and level and year and flag_id:
            place = region, Level(level), year
            flags[place] = min(flag_id, flags.get(place, flag_id))
    return flags


def count_below_provinces(session: Session) -> dict[tuple[Level, int], int]:
    """How many regions' reviews of prefectures and of counties were found, by (level, year)."""
    row = PublicationRow
    cell = (row.committee_level, row.year_to)
    rows = session.execute(
        select(*cell, func.count(row.committee_region.distinct()))
        .where(
            *_BELIEVED,
            row.committee_level.in_([Level.PREFECTURE.value, Level.COUNTY.value]),
            row.year_to.is_not(None),
        )
        .group_by(*cell)
    )
    return {(Level(level), year): number for level, year, number in rows if level and year}


def put_cells(session: Session, cells: Iterable[Cell], *, now: datetime) -> None:
    """Refresh these cells; a person's waiver is kept."""
    for cell in cells:
        values = {
            "status": cell.status.value,
            "publication_id": cell.publication_id,
            "due_from": cell.due_from,
            "due_until": cell.due_until,
            "reason": cell.reason,
            "updated_at": now,
        }
        session.execute(
            upsert_into(session, CoverageRow)
            .values(region=cell.region, level=cell.level.value, year=cell.year, **values)
            .on_conflict_do_update(index_elements=["region", "level", "year"], set_=values)
        )


def drop_cell(session: Session, cell: Cell) -> None:
    """Forget a cell that nothing makes any more, but not what a person waived."""
    session.execute(
        delete(CoverageRow).where(
            CoverageRow.region == cell.region,
            CoverageRow.level == cell.level.value,
            CoverageRow.year == cell.year,
            CoverageRow.waived_reason.is_(None),
        )
    )


def list_cells(session: Session, *, year: int | None = None) -> list[Cell]:
    """The cells as last refreshed, by year and region."""
    query = select(CoverageRow).execution_options(populate_existing=True)
    if year is not None:
        query = query.where(CoverageRow.year == year)
    rows = session.scalars(query.order_by(CoverageRow.year, CoverageRow.region, CoverageRow.level))
    return [
        Cell(
            **{field.name: getattr(row, field.name) for field in fields(Cell)}
            | {"status": CellStatus(row.status), "level": Level(row.level)}
        )
        for row in rows
    ]


def waivers(session: Session) -> dict[tuple[str, Level, int], str]:
    """The reasons of the cells that a person waived."""
    rows = session.execute(
        select(
            CoverageRow.region, CoverageRow.level, CoverageRow.year, CoverageRow.waived_reason
        ).where(CoverageRow.waived_reason.is_not(None))
    )
    return {(region, Level(level), year): reason for region, level, year, reason in rows if reason}


def waive(
    session: Session, region: str, level: Level, year: int, *, why: str | None, now: datetime
) -> None:
    """Say that a review will not come, or (None) that it is expected after all.

    The status follows at the next refresh.  RecordNotFoundError when there is no such cell.
    """
    done = session.execute(
        update(CoverageRow)
        .where(
            CoverageRow.region == region,
            CoverageRow.level == level.value,
            CoverageRow.year == year,
        )
        .values(waived_reason=why, updated_at=now)
        .returning(CoverageRow.year)
    ).one_or_none()
    if done is None:
        raise RecordNotFoundError("coverage cell", f"{region} {year}")
