"""How the hits of a search spread over regions, years and genres.

Counting every hit of a word that stands in all texts would take as long as reading them: the
best ``MOST`` are counted, and it is said when there are more.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.engine.tables import PublicationRow
from storage.publications.reading import IN_BATCH
from storage.records import SHANGHAI, Genre, Level
from storage.search.query import SearchHit, hits_of, matching

MOST = 300
"""Hits that are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One value of a facet and how many of the counted hits have it."""

    value: str
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """``total`` hits, or ``at_least`` so many; regions and genres by number, years descending."""

    total: int
    at_least: bool
    regions: tuple[Facet, ...]
    years: tuple[Facet, ...]
    genres: tuple[Facet, ...]


def search_with_facets(
    session: Session,
    *terms: str,
    offset: int,
    limit: int,
    region: str | None = None,
    year: int | None = None,
    genre: Genre | None = None,
    level: Level | None = None,
    originals: bool = False,
) -> tuple[list[SearchHit], Facets]:
    """The hits from ``offset`` on, as ``search`` orders them, and the facets of all that is found.

    A publication of several years counts in each.
    """
    ids = matching(
        session, *terms, limit=max(MOST + 1, offset + limit), region=region, year=year,
        genre=genre, level=level, originals=originals,
    )  # fmt: skip
    shown = hits_of(session, ids[offset : offset + limit], *terms)
    return shown, _facets(session, ids)


def _facets(session: Session, ids: Sequence[int]) -> Facets:
    regions: Counter[str] = Counter()
    years: Counter[int] = Counter()
    genres: Counter[str] = Counter()
    for row in _rows(session, ids[:MOST]):
        if row[0]:
            regions[row[0]] += 1
        if row[1] is not None and row[2] is not None:
            years.update(range(row[1], min(row[2], row[1] + 10) + 1))
        elif row[3] is not None:
            years[row[3].astimezone(SHANGHAI).year] += 1
        if row[4]:
            genres[row[4]] += 1
    return Facets(
        total=min(len(ids), MOST),
        at_least=len(ids) > MOST,
        regions=_by_number(regions),
        years=tuple(Facet(value=str(key), hits=years[key]) for key in sorted(years, reverse=True)),
        genres=_by_number(genres),
    )


def _by_number(counted: Counter[str]) -> tuple[Facet, ...]:
    return tuple(Facet(value=key, hits=number) for key, number in counted.most_common())


_Row = tuple[str | None, int | None, int | None, datetime | None, str | None]


def _rows(session: Session, ids: Sequence[int]) -> list[_Row]:
    row = PublicationRow
    found: list[_Row] = []
    for start in range(0, len(ids), IN_BATCH):
        query = select(
            func.coalesce(row.committee_region, row.region),
            row.year_from,
            row.year_to,
            row.published_at,
            row.genre,
        ).where(row.id.in_(ids[start : start + IN_BATCH]))
        found += [(one[0], one[1], one[2], one[3], one[4]) for one in session.execute(query)]
    return found
