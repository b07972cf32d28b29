"""A stored publication as the article that it was stored from, for whoever reads or shows it."""

from storage.publications.reading import Publication
from storage.records import Article


def article_of(publication: Publication) -> Article:
    """A stored publication as the article it was stored from."""
    summary = publication.summary
    return Article(
        url=summary.url,
        title=summary.title,
        text=publication.text,
        kicker=publication.kicker,
        subtitle=publication.subtitle,
        published_at=summary.published_at,
        published_precision=summary.published_precision,
        outlet=summary.outlet,
        author=publication.author,
        editor=publication.editor,
        images=publication.images,
        score=publication.page_score,
        evidence=publication.page_evidence,
        source_id=summary.source_id,
        reading=publication.reading,
    )
