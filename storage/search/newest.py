"""What was stored last of what a search finds: for feeds, where a new hit must never be missing.

``search`` gives the best hits first: of a word that stands in thousands of texts, one that comes
in today may be the thousandth.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.engine.tables import PublicationRow, RevisionRow
from storage.publications.reading import PublicationSummary, get_summaries, last_id
from storage.records import Genre, Level
from storage.search.grams import folded, joined
from storage.search.query import matching, publication_filters

AMONG = 1000
"""The newest publications, of which every hit is found; of the older ones the best."""


def newest_hits(
    session: Session,
    *terms: str,
    limit: int,
    region: str | None = None,
    year: int | None = None,
    genre: Genre | None = None,
    level: Level | None = None,
    originals: bool = False,
) -> list[PublicationSummary]:
    """At most ``limit`` hits of a search, what was stored last first; terms as in ``search``."""
    filters = publication_filters(region, year, genre, level, originals=originals)
    last = last_id(session)
    rows = session.execute(
        select(PublicationRow.id, PublicationRow.title, RevisionRow.text)
        .join(
            RevisionRow,
            (RevisionRow.publication_id == PublicationRow.id)
            & (RevisionRow.revision == PublicationRow.revision),
        )
        .where(PublicationRow.id > last - AMONG, *filters)
    )
    plain = [folded(term) for term in terms]
    found = {id_ for id_, title, text in rows if _holds(joined(title, text), plain)}
    if len(found) < limit:
        found |= set(
            matching(
                session, *terms, limit=limit, region=region, year=year, genre=genre, level=level,
                originals=originals,
            )
        )  # fmt: skip
    ids = sorted(found, reverse=True)[:limit]
    summaries = get_summaries(session, ids)
    return [summaries[id_] for id_ in ids]


def _holds(words: str, terms: Sequence[str]) -> bool:
    return all(term in words for term in terms)
