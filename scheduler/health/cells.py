"""Keeps the coverage cells as the day has them, and makes an overdue one an incident."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.sources.declaration import Source
from scheduler.health import subjects
from scheduler.health.expected import Expectations, RegionWatch, Unseen, cells_on
from scheduler.rhythm.almanac import Almanac
from storage.audit.counts import gaps_between
from storage.links.standing import all_standings
from storage.notices import coverage, incidents
from storage.notices.coverage import Cell, CellStatus
from storage.records import SHANGHAI, FailureClass, Level, SourceState
from storage.runs import watches

SEEING = frozenset({FailureClass.SILENT, FailureClass.PARTIAL, FailureClass.OUTCOME})
"""Incidents of these classes leave a source able to show a review."""
LOOKED_BACK = timedelta(days=366)
"""Gaps are looked for so far: a review that is due, or late, was due within a year."""


def refresh(
    session: Session, almanac: Almanac, sources: Mapping[str, Source], *, now: datetime
) -> list[Cell]:
    """Write the cells as they stand, open incidents of overdue ones, resolve those of others.

    A year before the watch has a cell only as long as something of it is found, and a region's
    years only as long as a source of it is declared: what nothing makes any more goes.
    """
    cells = cells_now(session, almanac, sources, now=now)
    known = {(cell.region, cell.level, cell.year): cell for cell in coverage.list_cells(session)}
    coverage.put_cells(
        session,
        [
            cell
            for cell in cells
            if not _same(known.get((cell.region, cell.level, cell.year)), cell)
        ],
        now=now,
    )
    unresolved = {
        one.subject
        for one in incidents.unresolved_incidents(session)
        if one.failure_class is FailureClass.OVERDUE
    }
    for key in known.keys() - {(cell.region, cell.level, cell.year) for cell in cells}:
        coverage.drop_cell(session, known[key])
        if (subject := subjects.of_cell(known[key])) in unresolved:
            incidents.resolve_incidents(session, subject, now=now, note="not expected any more")
    for cell in cells:
        subject = subjects.of_cell(cell)
        if cell.status is CellStatus.OVERDUE:
            _open(session, cell, subject, now)
        elif subject in unresolved:
            incidents.resolve_incidents(
                session, subject, now=now, note=f"{cell.status.value}: {cell.reason}"
            )
    return cells


def cells_now(
    session: Session, almanac: Almanac, sources: Mapping[str, Source], *, now: datetime
) -> list[Cell]:
    """The cells as the database, the calendar and the day have them; nothing is written."""
    return cells_on(
        now.astimezone(SHANGHAI).date(),
        expectations_of(session, almanac),
        coverage.found_reviews(session),
        region_watches(session, sources, now=now),
        coverage.doubtful_reviews(session),
    )


def expectations_of(session: Session, almanac: Almanac) -> Expectations:
    """What the calendar expects, with the waivers of the database."""
    return Expectations(
        windows=almanac.windows,
        openings=almanac.calendar.openings,
        waivers=_waivers(session, almanac),
    )


def region_watches(
    session: Session, sources: Mapping[str, Source], *, now: datetime
) -> dict[str, RegionWatch]:
    """How each region with declared sources is watched."""
    begun = watches.all_watches(session)
    broken = {
        one.source_id
        for one in incidents.unresolved_incidents(session)
        if one.source_id is not None and one.failure_class not in SEEING
    }
    standings = all_standings(session, sources)
    unseen = _unseen(session, now)
    regions: dict[str, RegionWatch] = {}
    for source in sources.values():
        watched = standings[source.id].state is SourceState.VERIFIED
        watch = begun.get(source.id)
        since = (watch.since if watch else now).astimezone(SHANGHAI).date()
        before = regions.get(source.region)
        regions[source.region] = RegionWatch(
            since=since if before is None else min(since, before.since),
            declared=1 + (before.declared if before else 0),
            sources=watched + (before.sources if before else 0),
            broken=(watched and source.id in broken) + (before.broken if before else 0),
            unseen=(before.unseen if before else ()) + unseen.get(source.id, ()),
        )
    return regions


def _unseen(session: Session, now: datetime) -> dict[str, tuple[Unseen, ...]]:
    """The gaps that runs of the last year named between two readings of a list, by source."""
    today = now.astimezone(SHANGHAI).date()
    found: dict[str, tuple[Unseen, ...]] = {}
    for gap in gaps_between(session, since=today - LOOKED_BACK, until=today):
        one = Unseen(source_id=gap.source_id, first=gap.first, last=gap.last)
        found[gap.source_id] = (*found.get(gap.source_id, ()), one)
    return found


def _waivers(session: Session, almanac: Almanac) -> dict[tuple[str, Level, int], str]:
    declared = {}
    for waiver in almanac.waivers:
        level = Level.NATIONAL if waiver.region == "全国" else Level.PROVINCIAL
        declared[waiver.region, level, waiver.year] = waiver.reason
    return {**declared, **coverage.waivers(session)}


def _open(session: Session, cell: Cell, subject: str, now: datetime) -> None:
    incidents.open_incident(
        session,
        subject,
        FailureClass.OVERDUE,
        reason=f"the review of {cell.year} has not been found; {cell.reason}",
        now=now,
        region=cell.region,
    )


def _same(before: Cell | None, cell: Cell) -> bool:
    return before is not None and (
        before.status,
        before.publication_id,
        before.due_from,
        before.due_until,
        before.reason,
    ) == (cell.status, cell.publication_id, cell.due_from, cell.due_until, cell.reason)
