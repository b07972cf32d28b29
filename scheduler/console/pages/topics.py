"""Topics: what the reviews of each region speak of, in all their events and sections."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.console.pages.compare import YEARS, regions_of, years_of
from scheduler.console.routes import Ask, Pages
from storage.publications.topics import TopicCount, count_topics
from storage.records import Level
from storage.vocabulary import TOPIC_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsPage:
    """The topics that fit; one that no review of a region speaks of has no row.

    ``regions`` and ``years`` are those that the rows are narrowed to, all when empty.
    """

    regions: tuple[str, ...]
    first_year: int | None
    last_year: int | None
    rows: tuple[TopicCount, ...]

    @property
    def places(self) -> list[tuple[str, int | None]]:
        """(Region, year) with a review that speaks of something, in the official order."""
        order = {region: place for place, region in enumerate((NATIONAL, *REGIONS))}
        found = {(row.region, row.year) for row in self.rows}
        return sorted(found, key=lambda one: (order.get(one[0], 99), one[1] or 0))

    @property
    def topics(self) -> list[str]:
        """The topics of which any speaks, in the vocabulary's order."""
        held = {row.topic for row in self.rows}
        return [key for key in TOPIC_NAMES if key in held]

    @property
    def table(self) -> dict[tuple[str, int | None, str], TopicCount]:
        """The counts by region, year and topic."""
        return {(row.region, row.year, row.topic): row for row in self.rows}


def add(pages: Pages) -> None:
    """Declare the page."""
    pages.page("/topics", "topics.html", table="rows")(topics)


def topics(
    asked: Ask,
    regions: Annotated[list[str] | None, Query(max_length=40)] = None,
    years: Annotated[str, Query(pattern=YEARS, description="2018-2025 or 2020")] = "",
    level: Level | None = None,
) -> TopicsPage:
    """How many events and sections of a region's reviews speak of each topic."""
    first, last = years_of(years)
    chosen = regions_of(regions)
    span = None if first is None or last is None else (first, last)
    with asked.ground.reading() as session:
        found = count_topics(session, level=level, regions=chosen, years=span)
    return TopicsPage(regions=tuple(chosen), first_year=first, last_year=last, rows=tuple(found))
