"""The family ``epaper``: dated issues made of pages (版), classic and new Founder engines."""

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawler.pages.lists.links import read_listing
from crawler.pages.raw.urls import canonical_url
from crawler.spiders.base import Ask, Output, charset_of
from crawler.spiders.issues import IssueSpider
from storage.records import Listing, RequestKind


class EpaperSpider(IssueSpider):
    """Reads every page of every issue."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = self.source.epaper
        assert options is not None
        self.issue_template = options.issue_url
        self.lookback_days = options.lookback_days
        self.skips_days = options.skips_days

    def read_issue(self, response: Response, ask: Ask) -> Iterator[Output]:
        """The first page of an issue: its articles, and its other pages."""
        listing = self._read(response)
        pages = [url for url in listing.issue_pages if url != listing.url]
        yield from self._take(listing, ask, open_pages=len(pages))
        for number, url in enumerate(pages, start=2):
            yield from self.ask(
                Ask(
                    url=url,
                    kind=RequestKind.LISTING,
                    walk=ask.walk,
                    read=self.read_page,
                    page_number=number,
                    day=ask.day,
                )
            )

    def read_page(self, response: Response, ask: Ask) -> Iterator[Output]:
        """A further page of an issue."""
        yield from self._take(self._read(response), ask, open_pages=None)

    def _read(self, response: Response) -> Listing:
        return read_listing(
            response.body,
            url=response.url,
            charset=charset_of(response),
            now=self.now(),
            article_pattern=self.source.article_re,
        )

    def _take(self, listing: Listing, ask: Ask, *, open_pages: int | None) -> Iterator[Output]:
        links = {canonical_url(link.url) for link in listing.links} - self.met
        yield from self.ask_articles(listing.links, ask.walk)
        self.note_page(ask, links=len(links), open_pages=open_pages)
