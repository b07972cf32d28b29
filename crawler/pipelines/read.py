"""Reads each article as a publication."""

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from crawler.reading import read_publication
from storage.records import Article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.sources.declaration import Source


class ReadPipeline:
    """Adds the reading: genre, committee, period, events, figures."""

    def __init__(self, source: "Source") -> None:
        self._source = source

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build for the source of ``crawler``."""
        return cls(crawler.spider.source)  # type: ignore[union-attr]  # all spiders have one

    def process_item(self, item: Article) -> Article:
        """The article with its reading."""
        return replace(item, reading=read_publication(item, region=self._source.region))
