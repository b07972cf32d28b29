"""Articles and readings as columns, and columns as records again."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from storage.engine.tables import JsonValue
from storage.records import Article, Event, Evidence, Figure, Image, Reading, Topic


class ReadingColumns(TypedDict):
    """What a publication's row says of its reading; all None or empty without one."""

    genre: str | None
    score: float | None
    rules_version: str | None
    evidence: list[JsonValue]
    issues: list[JsonValue]
    committee_level: str | None
    committee_region: str | None
    committee_name: str | None
    year_from: int | None
    year_to: int | None
    term: int | None
    session: int | None
    part: int | None


class PageColumns(TypedDict):
    """What a publication's row says of its page."""

    title: str
    kicker: str | None
    subtitle: str | None
    outlet: str | None
    author: str | None
    editor: str | None
    published_at: datetime | None
    published_precision: str | None
    images: list[JsonValue]
    page_score: float
    page_evidence: list[JsonValue]


NO_READING = ReadingColumns(
    genre=None,
    score=None,
    rules_version=None,
    evidence=[],
    issues=[],
    committee_level=None,
    committee_region=None,
    committee_name=None,
    year_from=None,
    year_to=None,
    term=None,
    session=None,
    part=None,
)


def page_columns(article: Article) -> PageColumns:
    """The page's own values."""
    return PageColumns(
        title=article.title,
        kicker=article.kicker,
        subtitle=article.subtitle,
        outlet=article.outlet,
        author=article.author,
        editor=article.editor,
        published_at=article.published_at,
        published_precision=article.published_precision and article.published_precision.value,
        images=[{"url": image.url, "caption": image.caption} for image in article.images],
        page_score=article.score,
        page_evidence=evidence_as_json(article.evidence),
    )


def reading_columns(reading: Reading | None) -> ReadingColumns:
    """The reading's values; a single year stands in both year columns."""
    if reading is None:
        return NO_READING
    committee = reading.committee
    return ReadingColumns(
        genre=reading.genre.value,
        score=reading.score,
        rules_version=reading.rules_version,
        evidence=evidence_as_json(reading.evidence),
        issues=list(reading.issues),
        committee_level=committee.level.value if committee else None,
        committee_region=committee.region if committee else None,
        committee_name=committee.name if committee else None,
        year_from=reading.years[0] if reading.years else None,
        year_to=reading.years[-1] if reading.years else None,
        term=reading.term,
        session=reading.session,
        part=reading.part,
    )


def event_rows(publication_id: int, events: Sequence[Event]) -> list[dict[str, object]]:
    """One row an event, in document order."""
    return [
        {
            "publication_id": publication_id,
            "position": position,
            "ordinal": event.ordinal,
            "heading": event.heading,
            "body": event.body,
            "date": event.date,
            "span_start": event.span[0] if event.span else None,
            "span_end": event.span[1] if event.span else None,
        }
        for position, event in enumerate(events)
    ]


def figure_rows(publication_id: int, figures: Sequence[Figure]) -> list[dict[str, object]]:
    """One row a figure, in document order."""
    return [
        {
            "publication_id": publication_id,
            "position": position,
            "event_ordinal": figure.event,
            "metric": figure.metric,
            "key": figure.key,
            "value": figure.value,
            "unit": figure.unit,
            "qualifier": figure.qualifier,
            "sentence": figure.sentence,
            "span_start": figure.span[0],
            "span_end": figure.span[1],
            "scope": figure.scope,
            "whole": figure.whole,
        }
        for position, figure in enumerate(figures)
    ]


WORDS_JOINED = "、"


def topic_rows(publication_id: int, topics: Sequence[Topic]) -> list[dict[str, object]]:
    """One row a topic, in document order."""
    return [
        {
            "publication_id": publication_id,
            "position": position,
            "event_ordinal": topic.event,
            "section": topic.section,
            "key": topic.key,
            "words": WORDS_JOINED.join(topic.words),
        }
        for position, topic in enumerate(topics)
    ]


def evidence_as_json(evidence: Sequence[Evidence]) -> list[JsonValue]:
    """Evidence with all its fields, as views and exports show it."""
    return [
        {
            "about": one.about,
            "rule": one.rule,
            "field": one.field,
            "span": [one.span[0], one.span[1]],
            "quote": one.quote,
            "weight": one.weight,
        }
        for one in evidence
    ]


def evidence_from_json(found: Sequence[JsonValue]) -> tuple[Evidence, ...]:
    """The reverse.  ValueError for a value that this program did not write."""
    return tuple(_evidence(one) for one in found)


def images_from_json(found: Sequence[JsonValue]) -> tuple[Image, ...]:
    """The pictures of a publication's row.  ValueError as above."""
    images = []
    for one in found:
        if not isinstance(one, dict) or not isinstance(one.get("url"), str):
            raise ValueError(f"not an image: {one!r}")
        caption = one.get("caption")
        images.append(Image(url=str(one["url"]), caption=None if caption is None else str(caption)))
    return tuple(images)


def _evidence(one: JsonValue) -> Evidence:
    match one:
        case {
            "about": str(about),
            "rule": str(rule),
            "field": str(field),
            "span": [int(start), int(end)],
            "quote": str(quote),
            "weight": float() | int() as weight,
        }:
            return Evidence(
                about=about,
                rule=rule,
                field=field,
                span=(start, end),
                quote=quote,
                weight=float(weight),
            )
    raise ValueError(f"not evidence: {one!r}")
