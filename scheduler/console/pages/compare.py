"""Compare: one metric over committees and years; the table first, then its picture."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.console.routes import Ask, Pages
from storage.publications.metrics import MetricValue, list_metric
from storage.records import Level
from storage.vocabulary import METRIC_NAMES

YEARS = "^([0-9]{4}([-–][0-9]{4})?)?$"
METRICS = f"^({'|'.join(METRIC_NAMES)})$"

CHARTED = 8
"""Committees in one picture: more cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """The values of a metric; a committee and year without one is not there: a gap, never 0.

    ``regions`` and ``years`` are those that the rows are narrowed to, all when empty.
    """

    metric: str
    regions: tuple[str, ...]
    first_year: int | None
    last_year: int | None
    rows: tuple[MetricValue, ...]

    @property
    def keys(self) -> list[str]:
        """All metrics that can be compared."""
        return list(METRIC_NAMES)

    @property
    def years(self) -> list[int]:
        """Every year from the first to the last: a gap is a column too."""
        held = [row.year for row in self.rows]
        return list(range(min(held), max(held) + 1)) if held else []

    @property
    def places(self) -> list[tuple[str, str]]:
        """(Region, committee) with a value, in the official order of the regions."""
        order = {region: place for place, region in enumerate((NATIONAL, *REGIONS))}
        found = {(row.region, row.committee or row.region) for row in self.rows}
        return sorted(found, key=lambda one: (order.get(one[0], 99), one[1]))

    @property
    def table(self) -> dict[tuple[str, int], MetricValue]:
        """The values by committee and year."""
        return {(row.committee or row.region, row.year): row for row in self.rows}

    @property
    def chart(self) -> dict[str, object]:
        """What the picture shows: groups by year, a bar a committee, null for a gap."""
        units = {row.unit for row in self.rows if row.value is not None}
        return {
            "years": [str(year) for year in self.years],
            "unit": units.pop() if len(units) == 1 else "",
            "series": [
                {
                    "name": committee,
                    "values": [
                        row.value if (row := self.table.get((committee, year))) else None
                        for year in self.years
                    ],
                }
                for _, committee in self.places[:CHARTED]
            ],
        }


def add(pages: Pages) -> None:
    """Declare the page."""
    pages.page("/compare", "compare.html", table="rows")(compare)


def compare(
    asked: Ask,
    metric: Annotated[str, Query(pattern=METRICS)] = "proposals_filed",
    regions: Annotated[list[str] | None, Query(max_length=40)] = None,
    years: Annotated[str, Query(pattern=YEARS, description="2018-2025 or 2020")] = "",
    level: Level | None = None,
) -> ComparePage:
    """One value a committee and year, with the sentence that states it."""
    first, last = years_of(years)
    chosen = set(regions_of(regions))
    with asked.ground.reading() as session:
        found = list_metric(session, metric, level=level)
    rows = [
        row
        for row in found
        if (not chosen or row.region in chosen)
        and (first is None or row.year >= first)
        and (last is None or row.year <= last)
    ]
    return ComparePage(
        metric=metric,
        regions=tuple(sorted(chosen)),
        first_year=first,
        last_year=last,
        rows=tuple(rows),
    )


def regions_of(given: list[str] | None) -> list[str]:
    """The regions that a filter names, each once: ``云南,广西`` or several of them."""
    named = (name for words in given or [] for name in words.replace("，", ",").split(","))
    return sorted({name.strip() for name in named if name.strip()})


def years_of(words: str) -> tuple[int | None, int | None]:
    """The first and last year of ``2018-2025`` or ``2020``; None each for nothing said."""
    if not words.strip():
        return None, None
    parts = words.strip().replace("–", "-").split("-")
    return int(parts[0]), int(parts[-1])
