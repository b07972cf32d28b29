"""Lets Python look for cycles seldom: a run is short, and what its start built stays to its end.

By default each 700 new containers start a look, one page of a site makes more than that, and
every look at all objects walks over 100,000 of the libraries'.  That took a tenth of a crawl's
processor time.  Memory stays what it was: nearly everything a page leaves goes without it.
"""

import gc
from typing import TYPE_CHECKING, Self

from scrapy import signals

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

NEW_CONTAINERS = 10_000
"""New containers between two looks at the youngest."""


def collect_seldom() -> None:
    """Look for cycles seldom from now on, and never again among what exists already."""
    gc.set_threshold(NEW_CONTAINERS, 10, 10)
    gc.freeze()


class CollectorExtension:
    """Collects seldom once the crawl has been built."""

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build, waiting for the spider to open."""
        extension = cls()
        crawler.signals.connect(extension.spider_opened, signal=signals.spider_opened)
        return extension

    def spider_opened(self) -> None:
        """All of the crawl's own parts exist now."""
        collect_seldom()
