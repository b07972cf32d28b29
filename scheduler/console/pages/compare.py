"""Compare: one metric over committees and years; the table first, then its picture."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated

from fastapi import Query

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.console.routes import Ask, Pages
from scheduler.i18n import words_in
from storage.publications.metrics import MetricValue, figure_numbers, list_metric
from storage.records import Level
from storage.vocabulary import METRIC_NAMES, region_of

YEARS = "^([0-9]{4}([-–][0-9]{4})?)?$"
METRICS = f"^({'|'.join(METRIC_NAMES)})$"

CHARTED = 8
"""Committees in one picture: more cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRow(MetricValue):
    """A value and where its sentence is lit up; ``address`` None where nothing states it alone."""

    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """The values of a metric; a committee and year without one is not there: a gap, never 0.

    ``regions`` and ``years`` are those that the rows are narrowed to, all when empty.
    """

    metric: str
    regions: tuple[str, ...]
    first_year: int | None
    last_year: int | None
    rows: tuple[CompareRow, ...]

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
    def table(self) -> dict[tuple[str, int], CompareRow]:
        """The values by committee and year."""
        return {(row.committee or row.region, row.year): row for row in self.rows}

    def chart(
        self, place: Callable[[str, str], str], unit: Callable[[str], str]
    ) -> dict[str, object]:
        """What the picture shows: groups by year, a bar a committee, null for a gap.

        ``place`` names a (region, committee), ``unit`` what is counted.
        """
        units = {row.unit for row in self.rows if row.value is not None}
        return {
            "years": [str(year) for year in self.years],
            "unit": unit(units.pop()).strip() if len(units) == 1 else "",
            "series": [
                {
                    "name": place(region, committee),
                    "values": [
                        row.value if (row := self.table.get((committee, year))) else None
                        for year in self.years
                    ],
                }
                for region, committee in self.places[:CHARTED]
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
        found = list_metric(
            session,
            metric,
            level=level,
            regions=sorted(chosen),
            years=None if first is None or last is None else (first, last),
        )
        numbers = figure_numbers(session, found)
    rows = [_row(one, numbers.get((one.publication, one.value))) for one in found]
    return ComparePage(
        metric=metric,
        regions=tuple(sorted(chosen)),
        first_year=first,
        last_year=last,
        rows=tuple(rows),
    )


def regions_of(given: list[str] | None) -> list[str]:
    """The regions that a filter names, each once: ``云南,广西省,Guangdong`` or several of them.

    What is no region stays as it was given: it finds nothing, and the page shows it.
    """
    named = (name for words in given or [] for name in words.replace("，", ",").split(","))
    plain = [name.strip() for name in named if name.strip()]
    return sorted({region_of(name) or _ENGLISH.get(name.lower(), name) for name in plain})


_ENGLISH = {words_in("en").name("region", one).lower(): one for one in (NATIONAL, *REGIONS)}


def _row(one: MetricValue, number: int | None) -> CompareRow:
    where = None if one.publication is None else f"/publications/{one.publication}"
    if where is not None and number is not None:
        where += f"#figure-{number}"
    facts = {field.name: getattr(one, field.name) for field in fields(one)}
    return CompareRow(**facts, address=where)


def years_of(words: str) -> tuple[int | None, int | None]:
    """The first and last year of ``2018-2025`` or ``2020``; None each for nothing said."""
    if not words.strip():
        return None, None
    parts = words.strip().replace("–", "-").split("-")
    return int(parts[0]), int(parts[-1])
