"""Stores articles: the one pipeline with a side effect."""

import logging
import time
from typing import TYPE_CHECKING, Self

from storage.errors import RecordRefusedError, StorageError
from storage.records import Article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.spiders.base import SourceSpider

logger = logging.getLogger(__name__)

BATCH = 100
"""Articles in one transaction: 24 cost 40% more each, and one by one three times as much."""

WAIT_SECONDS = 5.0
"""So long an article waits for others: a polite crawl brings one a second."""


class StorePipeline:
    """Keeps articles for a moment and stores them in batches, each in one transaction.

    Row, revision, snapshot, reading, flag and outbox row of a batch commit together.  A crash
    before that loses nothing: the links stay pending in the database and are fetched again.
    The RunExtension asks at every heartbeat, so nothing waits much longer than WAIT_SECONDS.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._waiting: list[Article] = []
        self._since = 0.0

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build for ``crawler``."""
        return cls(crawler)

    def process_item(self, item: Article) -> Article:
        """Keep ``item``, and store what has come together when it is enough."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(item)
        if len(self._waiting) >= BATCH:
            self.flush()
        return item

    def flush_due(self) -> None:
        """Store what waits, once the first of it has waited long enough."""
        if time.monotonic() - self._since >= WAIT_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Store what waits; a database that refuses ends the run, and each article is said."""
        batch, self._waiting = self._waiting, []
        if batch:
            self._store(batch)

    def _store(self, batch: list[Article]) -> None:
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]  # all are
        try:
            outcomes = spider.ledger.save(batch, past=spider.bounds.past)
        except RecordRefusedError as error:
            if len(batch) == 1:
                spider.take_back(batch[0].url, f"not stored: {error}")
            else:  # one article that cannot be stored must not take the others with it
                for article in batch:
                    self._store([article])
            return
        except StorageError as error:
            spider.not_stored(batch, error)
            return
        for article, outcome in zip(batch, outcomes, strict=True):
            if outcome.flag_id is not None:
                logger.info("flag=%s title=%s url=%s", outcome.flag_id, article.title, article.url)

    def close_spider(self) -> None:
        """Store the last ones."""
        self.flush()
