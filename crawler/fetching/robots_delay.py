"""Obeys the Crawl-delay of robots.txt where it asks for more than the declaration does.

Scrapy 2.19 reads robots.txt for Disallow only.
"""

import logging
from typing import TYPE_CHECKING, Self

from scrapy import signals

from crawler.config import LONGEST_DELAY_SECONDS

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import ProtegoRobotParser

logger = logging.getLogger(__name__)


class RobotsDelayExtension:
    """Raises a host's delay when its robots.txt has been read."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        cap = crawler.settings.get("CPPCC_MAX_DELAY_SECONDS")
        self._longest = LONGEST_DELAY_SECONDS if cap is None else float(cap)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build, listening for robots.txt files."""
        extension = cls(crawler)
        crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        return extension

    def robots_parsed(self, robotparser: "ProtegoRobotParser", request: "Request") -> None:
        """Take over the delay that applies to us."""
        asked = robotparser.rp.crawl_delay(str(self._crawler.settings["USER_AGENT"]))
        engine = self._crawler.engine
        if asked is None or engine is None:
            return
        downloader = engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is None:
            return
        delay = min(float(asked), self._longest)
        if delay > slot.delay:
            logger.info("robots.txt asks for delay_seconds=%s url=%s", asked, request.url)
            slot.delay = delay
