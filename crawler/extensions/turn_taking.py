"""Scrapy's requests take their turn on their host: see ``crawler.fetching.turns``."""

from typing import TYPE_CHECKING, cast

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from crawler.fetching.turns import HostTurns

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from crawler.spiders.base import SourceSpider


class TurnTakingHandler(HTTP11DownloadHandler):
    """Scrapy's own handler, which asks when it is this crawl's turn on the host.

    It stands behind Scrapy's queue of the host, whose delay (the declared one, or that of its
    robots.txt) is the one that is asked for.
    """

    lazy = True
    _turns: HostTurns | None = None

    async def download_request(self, request: "Request") -> "Response":
        """The response, in its turn."""
        engine = self._crawler.engine
        assert engine is not None
        slot = engine.downloader.slots.get(engine.downloader.get_slot_key(request))
        if slot is not None and slot.delay > 0:
            if self._turns is None:
                spider = cast("SourceSpider", self._crawler.spider)
                self._turns = HostTurns(spider.ledger.database)
            await self._turns.wait(request.url, slot.delay)
        return await super().download_request(request)
