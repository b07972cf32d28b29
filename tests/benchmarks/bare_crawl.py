"""Bare Scrapy: fetches the URLs of a file and reads nothing; for benchmarks to compare with."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    """Fetches and forgets."""

    name = "bare"
    fetched = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """A request for each line of the file."""
        for url in Path(sys.argv[1]).read_text("utf-8").split():
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Count."""
        type(self).fetched += 1


def main() -> None:
    """``bare_crawl URLS default|tuned``: Scrapy's settings, or ours without our own parts."""
    settings: dict[str, object] = {"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS_PER_DOMAIN": 8}
    if sys.argv[2] == "tuned":
        settings |= {
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "COOKIES_ENABLED": False,
            "METAREFRESH_ENABLED": False,
            "REFERER_ENABLED": False,
            "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
        }
    process = AsyncCrawlerProcess(settings)
    process.crawl(BareSpider)
    process.start()
    print(BareSpider.fetched)


if __name__ == "__main__":
    main()
