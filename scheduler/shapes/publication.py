"""A publication for outside: one shape, in as much of it as was read or is stored.

Keys stand for the same thing wherever they are printed: a page that `cppcc inspect` reads has
the page's and the reading's; a stored one has those of storage besides; a list or a search has
the summary's, which are the same keys without the long ones.
"""

from scheduler.shapes.plain import plain
from storage.publications.as_article import article_of
from storage.publications.reading import Publication, PublicationSummary
from storage.records import (
    SHANGHAI,
    Article,
    Committee,
    Event,
    Evidence,
    Figure,
    Precision,
    Reading,
    Topic,
)
from storage.search.query import SearchHit
from storage.vocabulary import TOPIC_NAMES

Shape = dict[str, object]


def article_json(article: Article) -> Shape:
    """A page or text as it was read: its values, its reading, and the evidence for both."""
    reading = article.reading
    row: Shape = {
        "url": article.url or None,
        "title": article.title,
        "kicker": article.kicker,
        "subtitle": article.subtitle,
        "published_at": published_text(article),
        "outlet": article.outlet,
        "author": article.author,
        "editor": article.editor,
        "text": article.text,
        "images": [{"url": image.url, "caption": image.caption} for image in article.images],
        "page_score": round(article.score, 3),
    }
    if reading is not None:
        row |= _reading_json(reading)
    evidence = (*article.evidence, *(reading.evidence if reading else ()))
    return row | {"evidence": [evidence_json(item) for item in evidence]}


def publication_json(publication: Publication) -> Shape:
    """A stored publication: as it was read, and what storage knows of it."""
    return article_json(article_of(publication)) | _stored_json(publication.summary)


def summary_json(summary: PublicationSummary) -> Shape:
    """A stored publication as a list shows it: the same keys without words and evidence.

    ``region`` is the committee's, else that of the source.
    """
    return {
        "url": summary.url,
        "title": summary.title,
        "published_at": published_text(summary),
        "outlet": summary.outlet,
        "genre": summary.genre.value if summary.genre else None,
        "score": None if summary.score is None else round(summary.score, 3),
        "committee": committee_json(summary.committee),
        "region": summary.committee.region if summary.committee else summary.region,
        "years": list(summary.years),
    } | _stored_json(summary)


def hit_json(hit: SearchHit) -> Shape:
    """A publication that a search found, and where its words stand."""
    return summary_json(hit.publication) | {
        "snippet": hit.snippet,
        "highlights": plain(hit.highlights),
        "title_highlights": plain(hit.title_highlights),
        "in_title": hit.in_title,
    }


def _stored_json(summary: PublicationSummary) -> Shape:
    return {
        "id": summary.id,
        "source_id": summary.source_id,
        "story_id": summary.story_id,
        "is_original": summary.is_original,
        "revision": summary.revision,
        "first_seen_at": plain(summary.first_seen_at),
        "last_seen_at": plain(summary.last_seen_at),
        "first_missing_at": plain(summary.first_missing_at),
        "removed_at": plain(summary.removed_at),
    }


def _reading_json(reading: Reading) -> Shape:
    return {
        "genre": reading.genre.value,
        "score": round(reading.score, 3),
        "committee": committee_json(reading.committee),
        "years": list(reading.years),
        "term": reading.term,
        "session": reading.session,
        "part": reading.part,
        "events": [event_json(event) for event in reading.events],
        "figures": [figure_json(figure) for figure in reading.figures],
        "topics": [topic_json(topic) for topic in reading.topics],
        "issues": list(reading.issues),
        "rules_version": reading.rules_version,
    }


def committee_json(committee: Committee | None) -> Shape | None:
    """Whose publication it is; None where that is not known."""
    if committee is None:
        return None
    return {
        "level": committee.level.value,
        "region": committee.region,
        "name": committee.name,
    }


def event_json(event: Event) -> Shape:
    """One item of a selection."""
    return {
        "ordinal": event.ordinal,
        "heading": event.heading,
        "body": event.body,
        "date": event.date,
    }


def figure_json(figure: Figure) -> Shape:
    """One number with the sentence that states it."""
    return {
        "metric": figure.metric,
        "key": figure.key,
        "value": figure.value,
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "scope": figure.scope.value,
        "sentence": figure.sentence,
        "span": list(figure.span),
        "event": figure.event,
    }


def topic_json(topic: Topic) -> Shape:
    """One matter that an event or section is about, with the words that decided."""
    return {
        "key": topic.key,
        "name": TOPIC_NAMES[topic.key],
        "event": topic.event,
        "section": topic.section,
        "words": list(topic.words),
    }


def evidence_json(item: Evidence) -> Shape:
    """One piece of evidence as printed."""
    return {
        "about": item.about,
        "rule": item.rule,
        "field": item.field,
        "span": list(item.span),
        "quote": item.quote,
        "weight": item.weight,
    }


def published_text(stated: Article | PublicationSummary) -> str | None:
    """The day, or the second with its offset, as precise as the page states it."""
    if stated.published_at is None:
        return None
    at = stated.published_at.astimezone(SHANGHAI)  # storage gives UTC
    day_only = stated.published_precision is Precision.DAY
    return at.date().isoformat() if day_only else at.isoformat()
