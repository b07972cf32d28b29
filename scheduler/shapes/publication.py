"""One article with its reading as the batch format of docs/commands.md prints it."""

from storage.records import SHANGHAI, Article, Evidence, Precision


def article_json(article: Article, *, page_id: str | None = None) -> dict[str, object]:
    """The batch output of ``article``: page values, reading, and the evidence for both."""
    reading = article.reading
    evidence = (*article.evidence, *(reading.evidence if reading else ()))
    row: dict[str, object] = {} if page_id is None else {"id": page_id}
    row |= {
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
        committee = reading.committee
        row |= {
            "genre": reading.genre.value,
            "score": round(reading.score, 3),
            "committee": committee
            and {
                "level": committee.level.value,
                "region": committee.region,
                "name": committee.name,
            },
            "years": list(reading.years),
            "term": reading.term,
            "session": reading.session,
            "part": reading.part,
            "events": [
                {
                    "ordinal": event.ordinal,
                    "heading": event.heading,
                    "body": event.body,
                    "date": event.date,
                }
                for event in reading.events
            ],
            "figures": [
                {
                    "metric": figure.metric,
                    "key": figure.key,
                    "value": figure.value,
                    "unit": figure.unit,
                    "qualifier": figure.qualifier,
                    "sentence": figure.sentence,
                    "span": list(figure.span),
                    "event": figure.event,
                }
                for figure in reading.figures
            ],
            "issues": list(reading.issues),
            "rules_version": reading.rules_version,
        }
    row["evidence"] = [evidence_json(item) for item in evidence]
    return row


def evidence_json(item: Evidence) -> dict[str, object]:
    """One piece of evidence as printed."""
    return {
        "about": item.about,
        "rule": item.rule,
        "field": item.field,
        "span": list(item.span),
        "quote": item.quote,
        "weight": item.weight,
    }


def published_text(article: Article) -> str | None:
    """The day, or the second with its offset, as precise as the page states it."""
    if article.published_at is None:
        return None
    published_at = article.published_at.astimezone(SHANGHAI)  # storage gives UTC
    if article.published_precision is Precision.DAY:
        return published_at.date().isoformat()
    return published_at.isoformat()
