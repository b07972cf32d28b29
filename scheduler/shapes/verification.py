"""What trying a declaration showed, as JSON for outside."""

from scheduler.probing.verification import ArticleSeen, PageSeen, Verification
from storage.records import SHANGHAI, RefusalClass


def verification_json(tried: Verification) -> dict[str, object]:
    """The whole of it: pages, articles, findings (none where it is sound) and advice."""
    return {
        "id": tried.source_id,
        "sound": tried.sound,
        "findings": list(tried.findings),
        "advice": list(tried.advice),
        "pages": [_page(page) for page in tried.pages],
        "articles": [_article(article) for article in tried.articles],
    }


def _page(page: PageSeen) -> dict[str, object]:
    return {
        "url": page.url,
        "number": page.number,
        "links": page.links,
        "dated": page.dated,
        "new": page.new,
        "first_title": page.first_title,
        "next_page": page.next_page,
        "end": page.end,
        "refusal": _refusal(page.refusal),
    }


def _article(article: ArticleSeen) -> dict[str, object]:
    at = article.published_at
    return {
        "url": article.url,
        "title": article.title,
        "published_at": at.astimezone(SHANGHAI).isoformat() if at else None,
        "outlet": article.outlet,
        "characters": article.characters,
        "score": article.score,
        "refusal": _refusal(article.refusal),
    }


def _refusal(refusal: tuple[RefusalClass, str] | None) -> dict[str, str] | None:
    return {"class": refusal[0].value, "detail": refusal[1]} if refusal else None
