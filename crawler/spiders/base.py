"""What all spiders share: every request enters the account and leaves it, whatever happens."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.config import CrawlConfig
from crawler.errors import PageError, TruncatedPageError
from crawler.fetching.failures import refusal_of
from crawler.fetching.robots import FORBIDDEN
from crawler.pages.raw.charset import header_charset
from crawler.pages.raw.urls import canonical_url
from crawler.reader import EMPTY, Draft
from crawler.runs.account import Account
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from storage.errors import StorageError
from storage.links.discoveries import LinkState
from storage.records import Article, Capture, Link, Refusal, RefusalClass, RequestKind
from storage.runs.options import CrawlOptions

Output = scrapy.Request | Article
MAX_CHECKS = 200
"""Known articles looked at again in one run: the longest overdue come first, so none starves."""
CHECKS = "checks of known articles"
BLOCKS_BEFORE_STOP = 3
"""A host that answered so many requests with a wall is left alone for this run."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as the account knows it; ``walk`` names the list it belongs to."""

    url: str
    kind: RequestKind
    walk: str
    read: Callable[[Response, "Ask"], Iterable[Output]]
    page_number: int = 1
    day: date | None = None
    link: Link | None = None
    draft: Draft = EMPTY  # the pages of the article that were read before this one


class SourceSpider(scrapy.Spider):
    """Crawls one declared source; subclasses know one family of sites.

    ``options`` bound the crawl; a plain ``scrapy crawl`` gives them as words (``-a limit=3``).
    """

    source: ClassVar[Source]
    articles_have_pages: ClassVar[bool] = True  # False where articles stand inside an issue
    ledger: RunLedger  # set by the RunExtension when the spider is opened
    config: CrawlConfig

    def __init__(
        self,
        name: str | None = None,
        *,
        options: CrawlOptions | None = None,
        **words: str,
    ) -> None:
        super().__init__(name)
        self.bounds = options or CrawlOptions.from_json(words)
        self.since = self.bounds.since
        self.until = self.bounds.until
        self.limit = self.bounds.limit
        self.full = self.bounds.full
        self.account = Account()
        self.met: set[str] = set()  # canonical article URLs of this run
        self.asked_articles: set[str] = set()  # canonical URLs of articles asked for
        self._blocks = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first requests of the run: its lists, then articles whose next check is due."""
        for request in self.entries():
            yield request
        if self.since is None and self.limit is None and self.articles_have_pages:
            for request in self.ask_again():
                yield request

    def ask_again(self) -> Iterator[scrapy.Request]:
        """Requests for known articles that are due: corrected ones, and ones taken down.

        Lists show only the newest; an older article is looked at again from here.
        """
        for known in self.ledger.due(MAX_CHECKS):
            if known.url in self.asked_articles or not self.source.allows(
                urlsplit(known.fetch_url).hostname or ""
            ):
                continue
            self.asked_articles.add(known.url)
            link = Link(url=known.url, title=known.title, published_on=known.listed_on)
            yield from self.ask(
                Ask(
                    url=known.fetch_url,
                    kind=RequestKind.ARTICLE,
                    walk=CHECKS,
                    read=self.read_article_page,
                    link=link,
                )
            )

    def entries(self) -> Iterator[scrapy.Request]:
        """The requests a crawl of this family begins with."""
        raise NotImplementedError

    def now(self) -> datetime:
        """The present, on the pretended day if one is configured."""
        return self.config.now()

    # Asking and answering

    def ask(self, ask: Ask) -> Iterator[scrapy.Request]:
        """The request for ``ask``, entered in the account; none when its host is not ours."""
        self.account.asked[ask.kind] += 1
        host = urlsplit(ask.url).hostname or ""
        if not self.source.allows(host):
            self.refuse(ask, RefusalClass.OFFSITE, f"{host} is not a declared host")
            return
        yield scrapy.Request(
            ask.url,
            callback=self.answered,
            errback=self.lost,
            cb_kwargs={"ask": ask},
            meta={"download_timeout": self.source.politeness.timeout_seconds},
            # Lists before articles: the account of links is whole before the long part starts.
            priority=0 if ask.kind is RequestKind.ARTICLE else 10,
        )

    def answered(self, response: Response, ask: Ask) -> list[Output]:
        """Read what came back; a page that is not what was asked for is refused."""
        try:
            self.check_arrival(response, ask)
            outputs = list(ask.read(response, ask))
        except PageError as error:
            return self.refuse(ask, error.refusal_class, error.detail)
        self.account.accepted[ask.kind] += 1
        return outputs

    def lost(self, failure: Failure) -> list[Output]:
        """Enter a request that gave no response."""
        request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        refusal_class, detail = refusal_of(failure)
        return self.refuse(request.cb_kwargs["ask"], refusal_class, detail)

    def refuse(self, ask: Ask, refusal_class: RefusalClass, detail: str) -> list[Output]:
        """Enter a refusal in the account and the database, and stop before a wall."""
        refusal = Refusal(
            url=canonical_url(ask.link.url) if ask.link else ask.url,
            kind=ask.kind,
            refusal_class=refusal_class,
            detail=detail,
        )
        self.account.refusals.append(refusal)
        self.ledger.refuse(refusal)
        if ask.kind is not RequestKind.ARTICLE:
            walk = self.account.walk(ask.walk)
            walk.broken = f"page {ask.page_number} was refused as {refusal_class.value} ({detail})"
        self._mind_walls(refusal)
        return []

    def take_back(self, url: str, why: str) -> None:
        """Enter an article that was accepted too early: ``why`` it is a refusal of ours."""
        self.account.accepted[RequestKind.ARTICLE] -= 1
        ask = Ask(url=url, kind=RequestKind.ARTICLE, walk="", read=lambda *_: ())
        self.refuse(ask, RefusalClass.OURS, why)

    def not_stored(self, articles: Sequence[Article], error: StorageError) -> None:
        """Enter articles that the database refused: they were accepted too early.

        They cannot be entered in the database either; their links stay pending there.
        """
        self.account.accepted[RequestKind.ARTICLE] -= len(articles)
        self.account.refusals += [
            Refusal(
                url=article.url,
                kind=RequestKind.ARTICLE,
                refusal_class=RefusalClass.OURS,
                detail=f"not stored: {error}",
            )
            for article in articles
        ]
        self.stop(f"the database refuses: {error}")

    def _mind_walls(self, refusal: Refusal) -> None:
        if refusal.refusal_class is RefusalClass.CHALLENGE:
            self.account.walled = True
            self.stop("a challenge page is a stop sign")
        elif refusal.refusal_class is RefusalClass.BLOCKED and refusal.detail != FORBIDDEN:
            self._blocks += 1
            if self._blocks >= BLOCKS_BEFORE_STOP:
                self.account.walled = True
                self.stop(f"{self._blocks} requests were answered by a wall")

    def stop(self, why: str) -> None:
        """End the run early; what is still queued is withdrawn, not lost."""
        if self.account.stopped:
            return
        self.account.stopped = why
        engine = self.crawler.engine
        assert engine is not None
        engine.close_spider(self, "stopped")

    def check_arrival(self, response: Response, ask: Ask) -> None:
        """See that the response is of the page that was asked for.

        :raises PageError: when a redirect led to the home page, a list or another document.
        """
        if "partial" in response.flags:
            raise TruncatedPageError("the connection ended before the body did", url=ask.url)
        if response.url == ask.url or "redirect_urls" not in response.meta:
            return
        arrived = urlsplit(response.url)
        if arrived.path in ("", "/") or response.url in self.source.entry_urls:
            raise _RedirectedError(f"redirected to {response.url}", url=ask.url)
        if ask.kind is not RequestKind.ARTICLE and arrived.path != urlsplit(ask.url).path:
            raise _RedirectedError(f"the list moved to {response.url}", url=ask.url)

    # Articles

    def ask_articles(self, links: Iterable[Link], walk: str) -> Iterator[scrapy.Request]:
        """Requests for the links that are new, or due to be looked at again.

        A link is recorded before it is fetched, so a crash loses none.
        """
        fresh = {canonical_url(link.url): link for link in links}
        fresh = {url: link for url, link in fresh.items() if url not in self.met}
        self.met |= fresh.keys()
        known = self.ledger.known(list(fresh))
        self.ledger.discovered(
            [replace(link, url=url, fetch_url=link.url) for url, link in fresh.items()]
        )
        now = self.now()
        for url, link in fresh.items():
            record = known.get(url)
            if url in self.asked_articles:
                continue
            if record and record.state is not LinkState.PENDING and record.next_check_at > now:
                self.account.known_bad += record.state is LinkState.REFUSED
                continue
            if self.limit is not None and len(self.asked_articles) >= self.limit:
                self.account.stopped = f"stopped at the limit of {self.limit} articles"
                return
            self.asked_articles.add(url)
            yield from self.ask(
                Ask(
                    url=link.url,
                    kind=RequestKind.ARTICLE,
                    walk=walk,
                    read=self.read_article_page,
                    link=link,
                )
            )

    def read_article_page(self, response: Response, ask: Ask) -> Iterator[Output]:
        """One page of an article: ask for its next page, or give the article.

        :raises PageError: when the page is no article.
        """
        draft = ask.draft.with_page(self.capture(response), self.source)
        if draft.wants:
            yield from self.ask(replace(ask, url=draft.wants, draft=draft))
            return
        # The address that the list names is the identity, also where it redirects: the link
        # would else stay open for ever, and what a list shows could not be matched to it.
        yield draft.finished(
            self.source, url=canonical_url(ask.link.url if ask.link else draft.url)
        )

    def capture(self, response: Response) -> Capture:
        """The raw page, as evidence."""
        return Capture(
            url=response.url,
            fetched_at=self.now(),
            status=response.status,
            headers=tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, values in response.headers.items()
                for value in values
            ),
            body=response.body,
        )


class _RedirectedError(PageError):
    """A redirect led away from what was asked for."""

    refusal_class = RefusalClass.REDIRECTED


def charset_of(response: Response) -> str | None:
    """The charset that the answer's Content-Type declares, if any."""
    header = response.headers.get("Content-Type") or b""
    return header_charset([("content-type", header.decode("latin-1"))])
