"""Reads the few pages that are flagged publications again, with more care."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from crawler.errors import PageError
from crawler.pages import Selectors, join_pages
from crawler.pages.careful import reread_carefully
from crawler.pages.raw.charset import header_charset
from crawler.reading import read_publication
from storage.records import Article, Capture, Evidence

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.sources.declaration import Source

logger = logging.getLogger(__name__)


class CleanPipeline:
    """Replaces the quick page reading of a flagged publication by the careful one."""

    def __init__(self, source: "Source") -> None:
        self._source = source

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build for the source of ``crawler``."""
        return cls(crawler.spider.source)  # type: ignore[union-attr]  # all spiders have one

    def process_item(self, item: Article) -> Article:
        """The article, read carefully if it is flagged and came as HTML."""
        return clean(item, region=self._source.region, selectors=self._source.selectors)


def assess(article: Article, *, region: str | None, selectors: Selectors | None) -> Article:
    """The article with its reading, cleaned: what a crawl's pipelines do before storing."""
    read = replace(article, reading=read_publication(article, region=region))
    return clean(read, region=region, selectors=selectors)


def clean(article: Article, *, region: str | None, selectors: Selectors | None) -> Article:
    """The article, its pages read carefully if it is flagged and came as HTML.

    BeautifulSoup costs 35 times a lexbor parse, so only what people will read in full gets it.
    Where the careful reading refuses a page, the quick one stands, for it passed every gate;
    what the refusal says travels with it as a doubt.
    """
    flagged = article.reading is not None and article.reading.flagged
    if not flagged or not _all_html(article.captures):
        return article
    try:
        pages = [_reread(capture, selectors) for capture in article.captures]
    except PageError as error:
        logger.warning("kept the quick reading: %s url=%s", error.detail, article.url)
        return replace(article, evidence=(*article.evidence, _doubt(error)))
    careful = join_pages(pages[0], pages[1:])
    kept = [item for item in article.evidence if item.field != "text" and item.about != "text"]
    # Both readings found most values by the same words; said once is enough.
    new = [item for item in careful.evidence if item not in kept]
    cleaned = replace(article, text=careful.text, images=careful.images, evidence=(*kept, *new))
    return replace(cleaned, reading=read_publication(cleaned, region=region))


def _reread(capture: Capture, selectors: Selectors | None) -> Article:
    return reread_carefully(
        capture.body,
        url=capture.url,
        charset=header_charset(capture.headers),
        now=capture.fetched_at,
        selectors=selectors,
    )


def _doubt(refusal: PageError) -> Evidence:
    return Evidence(
        about="doubt",
        rule=f"the careful reading says {refusal.refusal_class.value}",
        field="html",
        span=(0, len(refusal.detail)),
        quote=refusal.detail,
    )


def _all_html(captures: Sequence[Capture]) -> bool:
    """Whether every capture is a page, not a JSON document."""
    return bool(captures) and all(
        "json" not in value.lower()
        for capture in captures
        for name, value in capture.headers
        if name.lower() == "content-type"
    )
