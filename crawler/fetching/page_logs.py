"""What Scrapy logs of every page and item: nothing, unless somebody reads DEBUG lines.

Scrapy makes both lines whatever the level and lets its handler throw them away.  Each page is
in the account and in the database anyway.
"""

from typing import TYPE_CHECKING, Any, Self

from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure


class PageLogFormatter(LogFormatter):
    """Scrapy's own words, for a log that shows them."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build for the level that ``crawler`` logs at."""
        return cls(shown=crawler.settings["LOG_LEVEL"] == "DEBUG")

    def crawled(
        self, request: "Request", response: "Response", spider: "Spider"
    ) -> "LogFormatterResult":
        """The line of a page; None, which Scrapy takes for none, where nobody would see it."""
        if not self._shown:
            return None  # type: ignore[return-value]  # as Scrapy asks, whatever its types say
        return super().crawled(request, response, spider)

    def scraped(
        self, item: Any, response: "Response | Failure | None", spider: "Spider"
    ) -> "LogFormatterResult":
        """The line of an item, as above."""
        if not self._shown:
            return None  # type: ignore[return-value]  # as above
        return super().scraped(item, response, spider)
