"""Coverage: which committee's review of which year was found, is due, is overdue."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.console.auth import Decider, ground_of
from scheduler.console.deciding import reason
from scheduler.console.errors import InputError, MissingError
from scheduler.console.formposts import Sent, back
from scheduler.console.ground import Ground
from scheduler.console.routes import Ask, Pages
from scheduler.health import cells as completeness
from storage.notices import coverage as cells
from storage.notices.coverage import Cell, CellStatus
from storage.publications.reading import (
    PublicationSummary,
    get_summaries,
    list_publications,
)
from storage.records import Level, SourceState
from storage.runs.overview import source_overviews

CANDIDATES = 20

PLACES = {
    "黑龙江": (8, 1), "新疆": (1, 2), "内蒙古": (5, 2), "吉林": (8, 2),
    "青海": (2, 3), "甘肃": (3, 3), "宁夏": (4, 3), "山西": (5, 3), "北京": (6, 3), "天津": (7, 3),
    "辽宁": (8, 3),
    "西藏": (1, 4), "四川": (3, 4), "陕西": (4, 4), "河南": (5, 4), "河北": (6, 4), "山东": (7, 4),
    "重庆": (3, 5), "湖北": (4, 5), "安徽": (5, 5), "江苏": (6, 5), "上海": (7, 5),
    "云南": (2, 6), "贵州": (3, 6), "湖南": (4, 6), "江西": (5, 6), "浙江": (6, 6),
    "广西": (3, 7), "广东": (4, 7), "福建": (5, 7),
    "海南": (4, 8),
    NATIONAL: (1, 1),
}  # fmt: skip
"""Column and row of each region's tile, as it lies on the map."""

MISSING = (
    CellStatus.OVERDUE,
    CellStatus.SOURCE_BROKEN,
    CellStatus.DUE,
    CellStatus.NOT_WATCHED,
    CellStatus.NO_SOURCE,
)

Year = Annotated[int | None, Query(ge=1949, le=2100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRow:
    """One cell."""

    region: str
    level: Level
    year: int
    status: CellStatus
    publication: int | None
    due_from: date
    due_until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePage:
    """All cells; ``year`` is the one on the map, ``years`` all that have a cell."""

    year: int | None
    years: tuple[int, ...]
    rows: tuple[CellRow, ...]
    other_levels: tuple["LevelCount", ...]
    problem: str | None

    @property
    def by_place(self) -> dict[tuple[str, int], CellRow]:
        """The cells by region and year."""
        return {(row.region, row.year): row for row in self.rows}

    @property
    def counts(self) -> list[tuple[CellStatus, int]]:
        """How many regions have which status in the year of the map."""
        found = [row.status for row in self.rows if row.year == self.year]
        return [(status, found.count(status)) for status in CellStatus if status in found]

    @property
    def missing(self) -> list[tuple[CellStatus, list[str]]]:
        """The regions whose review of the year of the map should be there, or may come, by name."""
        cells = [row for row in self.rows if row.year == self.year]
        found = [(one, [row.region for row in cells if row.status is one]) for one in MISSING]
        return [(status, regions) for status, regions in found if regions]

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """Column and row of each region's tile."""
        return PLACES

    @property
    def sourced(self) -> list[str]:
        """The regions that a source is declared of, or something was found of."""
        return [region for region in self._regions if region not in self.unsourced]

    @property
    def unsourced(self) -> list[str]:
        """The regions of which no cell says more than that no source is declared."""
        said = {row.region for row in self.rows if row.status is not CellStatus.NO_SOURCE}
        return [region for region in self._regions if region not in said]

    @property
    def _regions(self) -> tuple[str, ...]:
        return (NATIONAL, *REGIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """How many reviews of committees of a level below the provinces were found of a year."""

    level: Level
    year: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSource:
    """A source of a cell's region."""

    id: str
    name: str
    state: SourceState
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPage:
    """One cell: its window and why, the region's sources, publications that may fill it."""

    cell: CellRow
    waived: str | None
    publication: PublicationSummary | None
    sources: tuple[CellSource, ...]
    candidates: tuple[PublicationSummary, ...]


def add(pages: Pages) -> None:
    """Declare the pages and their form."""
    pages.page("/coverage", "coverage.html", table="rows")(coverage)
    pages.page("/coverage/{region}/{year}", "cell.html")(cell)
    pages.web.include_router(forms)


def coverage(asked: Ask, year: Year = None) -> CoveragePage:
    """Every committee and year: found, due, overdue, and why."""
    found, others, problem = _cells(asked.ground)
    rows = tuple(_row(one) for one in found)
    held = {row.year for row in rows}
    years = tuple(range(min(held), max(held) + 1)) if held else ()  # a gap is a column too
    if year is None and years:
        year = _telling_year(rows, years)
    return CoveragePage(
        year=year, years=years, rows=rows, other_levels=tuple(others), problem=problem
    )


def cell(
    asked: Ask,
    region: Annotated[str, Path(max_length=20)],
    year: Annotated[int, Path(ge=1949, le=2100)],
) -> CellPage:
    """One committee's year: its window, why it stands so, sources, candidates."""
    found, _, _ = _cells(asked.ground)
    one = next((one for one in found if (one.region, one.year) == (region, year)), None)
    if one is None:
        raise MissingError("coverage cell", f"{region} {year}")
    declared = [
        source for source in asked.ground.declared().sources.values() if source.region == region
    ]
    with asked.ground.reading() as session:
        overviews = source_overviews(session, [source.id for source in declared])
        waived = cells.waivers(session).get((region, one.level, year))
        likely = list_publications(
            session, committee_region=region, last_year=year, limit=CANDIDATES, originals_only=True
        )
        filled = get_summaries(session, [one.publication_id] if one.publication_id else [])
    sources = [
        CellSource(
            id=source.id,
            name=source.name,
            state=overviews[source.id].standing.state,
            verdict=verdict.value if (verdict := overviews[source.id].last_verdict) else None,
        )
        for source in declared
    ]
    return CellPage(
        cell=_row(one),
        waived=waived,
        publication=next(iter(filled.values()), None),
        sources=tuple(sources),
        candidates=tuple(p for p in likely if p.id != one.publication_id),
    )


forms = APIRouter(include_in_schema=False)


@forms.post("/coverage/waive")
def waive(request: Request, person: Decider, form: Sent) -> Response:
    """Say that a review will not come, or that it is expected after all."""
    region, year = form.text("region"), form.number("year")
    why = reason(form.text("why"), needed=form.text("expect") != "yes")
    set_waiver(ground_of(request), region, year, None if form.text("expect") else why)
    return back(request, form, "/coverage", did="expect" if form.text("expect") else "waive")


def set_waiver(ground: Ground, region: str, year: int, why: str | None) -> None:
    """Waive a cell, or (None) expect it again; as `cppcc coverage --waive` does.

    :raises InputError: while the calendar cannot be read.
    :raises RecordNotFoundError: when there is no such cell.
    """
    declared, now = ground.declared(), ground.now()
    if declared.almanac is None:
        raise InputError("no_calendar", "region")
    level = Level.NATIONAL if region == NATIONAL else Level.PROVINCIAL
    with ground.writing() as session:
        completeness.refresh(session, declared.almanac, declared.sources, now=now)
        cells.waive(session, region, level, year, why=why, now=now)
        completeness.refresh(session, declared.almanac, declared.sources, now=now)
    ground.forget()


def has_cell(ground: Ground, region: str, year: int) -> bool:
    """Whether there is a page of this region and year."""
    return any((one.region, one.year) == (region, year) for one in _cells(ground)[0])


def _cells(ground: Ground) -> tuple[list[Cell], list[LevelCount], str | None]:
    """The cells as they stand now: computed, so that they are true without a service too."""
    declared = ground.declared()
    if declared.almanac is None:
        with ground.reading() as session:
            return cells.list_cells(session), [], declared.no_almanac
    return (*ground.remembered("cells", _compute), None)


def _compute(ground: Ground) -> tuple[list[Cell], list[LevelCount]]:
    declared = ground.declared()
    assert declared.almanac is not None
    with ground.reading() as session:
        found = completeness.cells_now(
            session, declared.almanac, declared.sources, now=ground.now()
        )
        lower = cells.count_below_provinces(session)
    counts = [
        LevelCount(level=level, year=year, found=number)
        for (level, year), number in sorted(lower.items(), key=lambda item: -item[0][1])
    ]
    return found, counts


def _telling_year(rows: tuple[CellRow, ...], years: tuple[int, ...]) -> int:
    """The newest year of which something is found or expected by now; else the newest."""
    quiet = {CellStatus.NOT_DUE, CellStatus.NO_SOURCE, CellStatus.NOT_WATCHED}
    told = {row.year for row in rows if row.status not in quiet}
    return max(told or set(years))


def _row(one: Cell) -> CellRow:
    return CellRow(
        region=one.region,
        level=one.level,
        year=one.year,
        status=one.status,
        publication=one.publication_id,
        due_from=one.due_from,
        due_until=one.due_until,
        reason=one.reason,
    )
