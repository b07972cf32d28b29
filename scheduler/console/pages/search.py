"""Search: hits with marks, and how they spread over regions, years and genres."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from scheduler.console.pages.inbox import Region, Year
from scheduler.console.routes import Ask, Pages
from scheduler.shapes.publication import published_text
from storage.records import Genre, Level
from storage.search.facets import Facet, Facets, search_with_facets
from storage.search.query import SearchHit

ROWS = 20
MOST_OFFSET = 2000
MOST_TERMS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """One hit; ``marks`` and ``title_marks`` are [start, end) in snippet and title."""

    publication: int
    title: str
    title_marks: tuple[tuple[int, int], ...]
    url: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    genre: Genre | None
    committee: str | None
    region: str | None
    years: tuple[int, ...]
    outlet: str | None
    published_at: str | None
    is_original: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The hits from ``offset``.

    ``total`` counts them, up to the bound of ``storage.search.facets``: ``at_least`` says that
    there are more, and that the facets count the best so many only.
    """

    q: str
    region: str | None
    year: int | None
    genre: Genre | None
    level: Level | None
    originals: bool
    total: int
    at_least: bool
    offset: int
    next: int | None
    rows: tuple[SearchRow, ...]
    regions: tuple[Facet, ...]
    years: tuple[Facet, ...]
    genres: tuple[Facet, ...]


def add(pages: Pages) -> None:
    """Declare the page."""
    pages.page("/search", "search.html", table="rows")(find)


def find(
    asked: Ask,
    q: Annotated[
        str, Query(max_length=200, description="words, apart by blanks; all must stand")
    ] = "",
    region: Region = None,
    year: Year = None,
    genre: Genre | None = None,
    level: Level | None = None,
    originals: bool = False,
    offset: Annotated[int, Query(ge=0, le=MOST_OFFSET)] = 0,
) -> SearchPage:
    """The publications whose title and text hold all words, best first."""
    terms = [term for term in q.split() if term][:MOST_TERMS]
    hits: list[SearchHit] = []
    facets = Facets(total=0, at_least=False, regions=(), years=(), genres=())
    if terms:
        with asked.ground.reading() as session:
            hits, facets = search_with_facets(
                session, *terms, offset=offset, limit=ROWS + 1, level=level,
                originals=originals, region=region or None, year=year, genre=genre,
            )  # fmt: skip
    return SearchPage(
        q=q,
        region=region or None,
        year=year,
        genre=genre,
        level=level,
        originals=originals,
        total=facets.total,
        at_least=facets.at_least,
        offset=offset,
        next=offset + ROWS if len(hits) > ROWS and offset + ROWS <= MOST_OFFSET else None,
        rows=tuple(_row(hit) for hit in hits[:ROWS]),
        regions=facets.regions,
        years=facets.years,
        genres=facets.genres,
    )


def _row(hit: SearchHit) -> SearchRow:
    found = hit.publication
    return SearchRow(
        publication=found.id,
        title=found.title,
        title_marks=hit.title_highlights,
        url=found.url,
        snippet=hit.snippet,
        marks=hit.highlights,
        genre=found.genre,
        committee=found.committee.name if found.committee else None,
        region=found.committee.region if found.committee else found.region,
        years=found.years,
        outlet=found.outlet,
        published_at=published_text(found),
        is_original=found.is_original,
    )
