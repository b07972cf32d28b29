"""Stores each article: the one pipeline with a side effect."""

import logging
from typing import TYPE_CHECKING, Self

from storage.records import Article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.ledger import RunLedger

logger = logging.getLogger(__name__)


class StorePipeline:
    """One article, one transaction: row, revision, snapshot, reading, flag and outbox row."""

    def __init__(self, ledger: "RunLedger") -> None:
        self._ledger = ledger

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build over the ledger of the run."""
        return cls(crawler.spider.ledger)  # type: ignore[union-attr]  # set by RunExtension

    def process_item(self, item: Article) -> Article:
        """Store ``item``."""
        (outcome,) = self._ledger.save([item])
        logger.debug("saved=%s url=%s", outcome.saved.value, item.url)
        if outcome.flag_id is not None:
            logger.info("flag=%s title=%s url=%s", outcome.flag_id, item.title, item.url)
        return item
