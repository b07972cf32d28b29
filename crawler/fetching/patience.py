"""Leaves a host alone for as long as it asks to be (``Retry-After``).

Scrapy's own retries (2.19) ask again within seconds, whatever the header says, which is how
crawlers get banned.  A short wait is waited; for a longer one all that is still to be asked of
the host in this run is refused, in the class of the answer that asked for it, and so in every
run and probe after it until the time has passed (``crawler.fetching.rests``).
"""

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetching.rests import LONG_SECONDS, HostRests, Wish
from crawler.fetching.statuses import refusal_of_status
from crawler.fetching.waiting import asked_to_wait
from storage.engine.database import Database
from storage.records import RefusalClass

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class LeftAloneError(IgnoreRequest):
    """A host asked to be left alone for longer than this run will wait."""

    def __init__(self, refusal_class: RefusalClass, seconds: float) -> None:
        super().__init__(f"the host asks to be left alone for {seconds:.0f} s (Retry-After)")
        self.refusal_class = refusal_class
        self.seconds = seconds


class RetryAfterMiddleware:
    """Keeps what each host asked for; stands nearer to the downloader than Scrapy's retries."""

    def __init__(self, crawler: "Crawler | None" = None) -> None:
        self._crawler = crawler
        self._rests: HostRests | None = None
        self._wishes: dict[str, Wish] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Of a crawl, whose spider has its run's ledger once it is opened."""
        return cls(crawler)

    async def process_request(self, request: "Request") -> None:
        """Let the request pass, at once or after a short wait.

        :raises LeftAloneError: where the wait is a long one.
        """
        self._learn()
        wish = self._wishes.get(urlparse_cached(request).netloc)
        rest = wish.until - time.monotonic() if wish else 0.0
        if wish is None or rest <= 0:
            return
        if rest > LONG_SECONDS:
            raise LeftAloneError(wish.refusal_class, rest)
        await asyncio.sleep(rest)

    def process_response(self, request: "Request", response: "Response") -> "Response":
        """The response as it is; one that asks for a long wait is not retried."""
        header = response.headers.get("Retry-After")
        seconds = asked_to_wait(
            response.status,
            header.decode("latin-1") if header else None,
            now=datetime.now(UTC),
        )
        if seconds:
            host = urlparse_cached(request).netloc
            logger.info("host=%s asks to be left alone for seconds=%.0f", host, seconds)
            refusal_class = refusal_of_status(response.status)
            self._wishes[host] = Wish(time.monotonic() + seconds, refusal_class)
            if self._rests is not None:
                self._rests.note(host, seconds, refusal_class)
            if seconds > LONG_SECONDS:
                request.meta["dont_retry"] = True
        return response

    def _learn(self) -> None:
        """Once, before the first request: what hosts asked of runs and probes before this one."""
        if self._rests is not None or self._crawler is None:
            return
        ledger = getattr(self._crawler.spider, "ledger", None)
        if ledger is not None and isinstance(ledger.database, Database):
            self._rests = HostRests(ledger.database, now=ledger.now)
            self._wishes |= self._rests.known()
