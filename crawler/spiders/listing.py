"""The family ``listing``: web sites whose articles hang on paginated list pages."""

from collections.abc import Iterator

import scrapy
from scrapy.http import Response

from crawler.errors import MojibakeError, WrongContentError
from crawler.pages.lists.ending import judge_end
from crawler.pages.lists.links import read_listing
from crawler.pages.raw.urls import canonical_url
from crawler.runs.account import Walk
from crawler.runs.doubts import doubt_of
from crawler.spiders.base import Ask, Output, SourceSpider, charset_of
from storage.links.discoveries import LinkState
from storage.links.list_heads import ListHead
from storage.records import Link, Listing, RequestKind

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands where bytes could not be decoded: one in a heading of a few words is no accident."""


class ListingSpider(SourceSpider):
    """Follows each declared list from its first page until its end is proved."""

    def entries(self) -> Iterator[scrapy.Request]:
        """The first page of each declared list."""
        assert self.source.listing is not None
        for url in self.source.listing.urls:
            yield from self.ask(
                Ask(url=url, kind=RequestKind.LISTING, walk=url, read=self.read_list)
            )

    def read_list(self, response: Response, ask: Ask) -> Iterator[Output]:
        """The articles of one list page, and the next page unless the end is proved."""
        assert self.source.listing is not None
        listing = read_listing(
            response.body,
            url=response.url,
            charset=charset_of(response),
            now=self.now(),
            link_selector=self.source.listing.link_selector,
            article_pattern=self.source.article_re,
            page_number=ask.page_number,
        )
        if REPLACEMENT in listing.heading:
            raise MojibakeError(f"the list is headed {listing.heading!r}", url=ask.url)
        words = self.source.expect.listing_words
        if words and not any(word in listing.heading for word in words):
            raise WrongContentError(
                f"the list is headed {listing.heading!r}, none of {', '.join(words)}", url=ask.url
            )
        if ask.page_number == 1:
            self._compare(listing, ask.walk)
        walk = self.account.walk(ask.walk)
        walk.pages += 1
        urls = [canonical_url(link.url) for link in listing.links]
        # Against this list alone: another one of the source may show the same articles.
        repeated = bool(urls) and walk.shown.issuperset(urls)
        walk.shown.update(urls)
        walk.links += len(set(urls) - self.met)
        if self._is_known_to_the_end(urls):
            walk.proof = "articles of an earlier complete run reached"
        yield from self.ask_articles(
            [link for link in listing.links if self._is_wanted(link)], ask.walk
        )
        if self.account.stopped:
            return
        if not walk.proof:
            self._judge_end(walk, listing, ask, repeated=repeated)
        if not walk.proof and not walk.broken and listing.next_page:
            yield from self.ask(
                Ask(
                    url=listing.next_page,
                    kind=RequestKind.LISTING,
                    walk=ask.walk,
                    read=self.read_list,
                    page_number=ask.page_number + 1,
                )
            )

    def _is_wanted(self, link: Link) -> bool:
        """Whether ``since`` and ``until`` leave this link in; one without a day stays in."""
        day = link.published_on
        if day is None:
            return True
        return not (self.since and day < self.since) and not (self.until and day > self.until)

    def _compare(self, listing: Listing, list_url: str) -> None:
        """Hold a list's first page against its last believed reading."""
        head = ListHead(
            url=list_url,
            source_id=self.source.id,
            links=tuple((canonical_url(link.url), link.published_on) for link in listing.links),
            page_count=listing.page_count,
            read_at=self.now(),
        )
        doubt = doubt_of(self.ledger.list_head(list_url), head, listing)
        if doubt is None:
            self.ledger.believe(head)
        else:
            self.account.doubts.append(doubt)

    def _is_known_to_the_end(self, urls: list[str]) -> bool:
        """Whether every link was settled by the time of the last complete run.

        All of them, not one: pinned articles are old on a page of new ones.
        """
        last = self.ledger.last_complete
        if self.full or last is None or last.finished_at is None or not urls:
            return False
        known = self.ledger.known(urls)
        finished_at = last.finished_at
        return all(
            url in known
            and known[url].first_seen_at <= finished_at
            and known[url].state is not LinkState.PENDING
            for url in urls
        )

    def _judge_end(self, walk: Walk, listing: Listing, ask: Ask, *, repeated: bool) -> None:
        """Set the walk's proof or what breaks it, if this page decides either."""
        assert self.source.listing is not None
        here = f"page {ask.page_number}"
        dates = [link.published_on for link in listing.links]
        newest = max((day for day in dates if day), default=None)
        last_page = listing.next_page is None
        more_declared = listing.page_count is not None and ask.page_number < listing.page_count
        if repeated and ask.page_number > 1:
            walk.broken = f"{here} shows only articles of earlier pages"
        elif not listing.links and (not last_page or more_declared or ask.page_number > 1):
            walk.broken = f"{here} is empty"
        elif self.since and newest and newest < self.since and all(dates):
            walk.proof = f"articles before {self.since} reached"
        elif last_page and more_declared:
            walk.broken = f"{here} of {listing.page_count} leads no further"
        elif last_page and listing.item_count is not None and len(walk.shown) < listing.item_count:
            walk.broken = f"{listing.item_count} articles declared, {len(walk.shown)} found"
        elif last_page and not (end := judge_end(listing, page_number=ask.page_number)).proved:
            walk.broken = f"{here}: {end.why}"
        elif last_page:
            walk.empty_stated = not listing.links
            walk.proof = f"last page of {ask.walk} read ({ask.page_number})"
        elif ask.page_number >= self.source.listing.max_pages:
            walk.broken = f"stopped at the limit of {self.source.listing.max_pages} pages"
