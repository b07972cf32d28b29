"""The family ``epaper``: dated issues made of pages (版), classic and new Founder engines."""

from collections.abc import Iterator
from typing import Literal

from crawler.families.base import Ask, Listed, Probed, Run, Site, Step, charset_of
from crawler.families.issues import IssueFamily, IssueWalker
from crawler.families.listing import said_by
from crawler.pages.lists.links import read_listing
from storage.records import Capture, Listing, RequestKind


class EpaperOptions(IssueFamily):
    """Options of the family ``epaper``: dated issues made of pages (版)."""

    family: Literal["epaper"] = "epaper"

    def listed(self, page: Probed, site: Site) -> tuple[str, ...]:
        """Address and title of each article of the page, and the issue's other pages."""
        listing = read_listing(
            page.body, url=page.url, charset=page.charset, article_pattern=site.article_re
        )
        return said_by(listing)

    def walker(self, site: Site, run: Run) -> "EpaperWalker":
        """Reads every page of every issue."""
        return EpaperWalker(self, site, run)


class EpaperWalker(IssueWalker):
    """Reads every page of every issue."""

    def read_issue(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The first page of an issue: its articles, and its other pages."""
        listing = self._read(capture)
        pages = [url for url in listing.issue_pages if url != listing.url]
        yield from self._take(listing, ask, open_pages=len(pages))
        for number, url in enumerate(pages, start=2):
            yield Ask(
                url=url,
                kind=RequestKind.LISTING,
                walk=ask.walk,
                read=self.read_page,
                page_number=number,
                day=ask.day,
            )

    def read_page(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """A further page of an issue."""
        yield from self._take(self._read(capture), ask, open_pages=None)

    def _read(self, capture: Capture) -> Listing:
        return read_listing(
            capture.body,
            url=capture.url,
            charset=charset_of(capture),
            now=self.run.now(),
            article_pattern=self.site.article_re,
        )

    def _take(self, listing: Listing, ask: Ask, *, open_pages: int | None) -> Iterator[Step]:
        urls = [link.url for link in listing.links]
        links = set(urls) - self.run.met
        yield Listed(links=listing.links, walk=ask.walk)
        self.note_page(ask, urls, links=len(links), open_pages=open_pages)
