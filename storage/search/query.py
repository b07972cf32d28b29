"""Full-text search that returns exactly what a substring scan over title and text returns.

The index (``storage.search.index``) names candidates.  A term of one or two characters is in
the index itself; for a longer one each candidate is checked in its words before it counts.
Hits in the title come first, then originals before their copies, then the newest:
an order that both engines give alike and that a reader can foresee.  There is no bm25: with
one word of interest and texts of one kind it ranks by length, and it would need the
positions, which double the index.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from storage.engine.conditions import of_region
from storage.engine.tables import PublicationRow, RevisionRow
from storage.publications.reading import IN_BATCH, PublicationSummary, get_summaries
from storage.records import SHANGHAI, Genre, Level
from storage.search.candidates import CURRENT, Wanted, ranked
from storage.search.grams import folded
from storage.search.snippets import Span, snippet, spans
from storage.search.windows import Windows


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One publication that holds all terms.

    ``title_highlights`` and ``highlights`` are the hits' [start, end) in the title and in the
    snippet; the snippet is the text's beginning when only the title holds the terms.
    """

    publication: PublicationSummary
    in_title: bool
    title_highlights: tuple[Span, ...]
    snippet: str
    highlights: tuple[Span, ...]


def search(
    session: Session,
    *terms: str,
    limit: int | None = 20,
    region: str | None = None,
    year: int | None = None,
    genre: Genre | None = None,
    level: Level | None = None,
    originals: bool = False,
) -> list[SearchHit]:
    """The publications whose title and text hold each of ``terms`` as a substring, best first.

    Terms are compared folded (``storage.search.grams``); a space in a term is a character like any
    other.  ``region`` is the committee's, or the source's where no committee is named;
    ``year`` one that the publication covers, or that of its publishing where it states none;
    ``level`` the committee's; ``originals`` leaves the copies out.  ``limit`` None returns all.
    ValueError for no term or an empty one.
    """
    ids = matching(
        session, *terms, limit=limit, region=region, year=year, genre=genre, level=level,
        originals=originals,
    )  # fmt: skip
    return hits_of(session, ids, *terms)


def hits_of(session: Session, ids: Sequence[int], *terms: str) -> list[SearchHit]:
    """These publications, which hold the terms, with their marks."""
    summaries, bodies = get_summaries(session, ids), _bodies(session, ids)
    plain = _wanted_terms(terms)
    return [_hit(summaries[id_], bodies[id_], plain) for id_ in ids]


def matching(
    session: Session,
    *terms: str,
    limit: int | None = None,
    region: str | None = None,
    year: int | None = None,
    genre: Genre | None = None,
    level: Level | None = None,
    originals: bool = False,
) -> list[int]:
    """The ids of the publications that ``search`` finds, in the same order."""
    filters = tuple(publication_filters(region, year, genre, level, originals=originals))
    wanted = Wanted(
        _wanted_terms(terms), filters, in_title=True, windows=Windows(session),
        few=region is not None,
    )  # fmt: skip
    titled = _hits(session, wanted, limit)
    if limit is not None and len(titled) >= limit:
        return titled
    left = None if limit is None else limit - len(titled)
    anywhere = replace(wanted, in_title=False)
    return titled + _hits(session, anywhere, left, known=frozenset(titled))


def _wanted_terms(terms: Sequence[str]) -> tuple[str, ...]:
    plain = tuple(folded(term) for term in terms)
    if not plain or not all(plain):
        raise ValueError("nothing to search for")
    return plain


def _hit(publication: PublicationSummary, body: str, terms: Sequence[str]) -> SearchHit:
    excerpt = snippet(body, terms)
    heading = folded(publication.title)
    return SearchHit(
        publication=publication,
        in_title=all(term in heading for term in terms),
        title_highlights=tuple(spans(publication.title, terms)),
        snippet=excerpt.text,
        highlights=excerpt.highlights,
    )


def _hits(
    session: Session,
    wanted: Wanted,
    limit: int | None,
    *,
    known: frozenset[int] = frozenset(),
) -> list[int]:
    """The best of those that hold all terms, without those in ``known``."""
    found: dict[int, None] = {}
    for id_ in ranked(session, wanted, None if limit is None else limit + len(known)):
        if id_ not in known and id_ not in found:
            found[id_] = None
            if len(found) == limit:
                break
    return list(found)


def _bodies(session: Session, ids: Sequence[int]) -> dict[int, str]:
    bodies: dict[int, str] = {}
    for start in range(0, len(ids), IN_BATCH):
        rows = session.execute(
            select(PublicationRow.id, RevisionRow.text)
            .join(RevisionRow, CURRENT)
            .where(PublicationRow.id.in_(ids[start : start + IN_BATCH]))
        )
        bodies |= {row[0]: row[1] for row in rows}
    return bodies


def publication_filters(
    region: str | None,
    year: int | None,
    genre: Genre | None,
    level: Level | None,
    *,
    originals: bool,
) -> Iterator[ColumnElement[bool]]:
    """What rows of publications must satisfy besides their words, for searches and exports."""
    row = PublicationRow
    if level is not None:
        yield row.committee_level == level.value
    if originals:
        yield row.is_original.is_(True)
    if region is not None:
        yield of_region(region)
    if genre is not None:
        yield row.genre == genre.value
    if year is not None:
        begins, ends = (datetime(number, 1, 1, tzinfo=SHANGHAI) for number in (year, year + 1))
        covered = and_(row.year_from <= year, row.year_to >= year)
        published = and_(
            row.year_from.is_(None), row.published_at >= begins, row.published_at < ends
        )
        yield or_(covered, published)
