"""What reviews speak of, by region and year: v1_topics beside v1_reviews."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Text, column, func, select, table
from sqlalchemy.orm import Session

from storage.records import Level

_TOPICS = table("v1_topics", column("publication_id", Integer), column("topic_key", Text))
_REVIEWS = table(
    "v1_reviews",
    column("publication_id", Integer),
    column("region", Text),
    column("committee_level", Text),
    column("year_from", Integer),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCount:
    """How often a region's reviews of a year speak of a topic.

    ``parts`` are events and sections, of ``reviews`` publications; ``publication`` is one of them.
    ``region`` is empty and ``year`` None where they are not known.
    """

    region: str
    year: int | None
    topic: str
    parts: int
    reviews: int
    publication: int


def count_topics(
    session: Session,
    *,
    level: Level | None = None,
    regions: Sequence[str] = (),
    years: tuple[int, int] | None = None,
) -> list[TopicCount]:
    """The topics of all reviews that fit, originals only, by region, year and topic.

    ``years`` are the first and the last one wanted.  A topic that nobody speaks of has no row.
    """
    topics, reviews = _TOPICS.c, _REVIEWS.c
    keys = (reviews.region, reviews.year_from, topics.topic_key)
    query = (
        select(
            *keys,
            func.count().label("parts"),
            func.count(topics.publication_id.distinct()).label("reviews"),
            func.min(topics.publication_id).label("publication"),
        )
        .join_from(_TOPICS, _REVIEWS, topics.publication_id == reviews.publication_id)
        .group_by(*keys)
        .order_by(*keys)
    )
    if level is not None:
        query = query.where(reviews.committee_level == level.value)
    if regions:
        query = query.where(reviews.region.in_(regions))
    if years:
        query = query.where(reviews.year_from.between(*years))
    return [
        TopicCount(
            region=row.region or "",
            year=row.year_from,
            topic=row.topic_key,
            parts=row.parts,
            reviews=row.reviews,
            publication=row.publication,
        )
        for row in session.execute(query)
    ]
