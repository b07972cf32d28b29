"""The spider of every source: carries its family's requests, and enters each in the account.

A request enters the account and leaves it, whatever happens.  What to ask for and how to read
it is the family's (``crawler/families``), what an article's page says the reader's.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.config import CrawlConfig
from crawler.errors import PageError
from crawler.families.base import Ask, Item, Listed, Reader, Step
from crawler.fetching.failures import refusal_of
from crawler.pages.raw.urls import canonical_url
from crawler.reader import Draft, read_item
from crawler.runs.account import CONFIRMED, SETTLED, Account
from crawler.runs.doubts import doubt_of
from crawler.runs.ledger import RunLedger
from crawler.runs.proof import look_behind
from crawler.sources.declaration import Source
from crawler.spiders.arrival import Alike, see_arrival
from storage.errors import StorageError
from storage.links.discoveries import KnownLink, LinkState
from storage.links.list_heads import ListHead
from storage.records import (
    Article,
    Capture,
    Link,
    Listing,
    Refusal,
    RefusalClass,
    RequestKind,
)
from storage.runs.options import CrawlOptions

Output = scrapy.Request | Article
EMPTY = Draft()
MAX_CHECKS = 200
"""Known articles looked at again in one run: the longest overdue come first, so none starves."""
CHECKS = "checks of known articles"
BLOCKS_BEFORE_STOP = 3
"""A host that answered so many requests with a wall is left alone for this run."""


class SourceSpider(scrapy.Spider):
    """Crawls one declared source, walking it as its family does.

    ``options`` bound the crawl; a plain ``scrapy crawl`` gives them as words (``-a limit=3``).
    """

    source: ClassVar[Source]
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
        self.pages = self.bounds.pages
        self.account = Account()
        self.met: set[str] = set()  # canonical article URLs of this run
        self._known_before: dict[str, KnownLink] = {}  # what earlier runs knew of those
        self.asked_articles: set[str] = set()  # canonical URLs of articles asked for
        self.walker = self.source.options.walker(self.source.site, self)
        self._blocks = 0
        self._alike = Alike()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The first requests of the run: its lists, then articles whose next check is due."""
        for request in self.entries():
            yield request
        if self.since is None and self.limit is None and self.source.options.articles_stand_alone:
            for request in self.ask_again():
                yield request

    def entries(self) -> Iterator[scrapy.Request]:
        """The requests that a crawl of this family begins with."""
        for ask in self.walker.entries():
            yield from self.ask(ask)

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
            yield from self._ask_article(known.fetch_url, CHECKS, link)

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
            see_arrival(response, ask, self.source)
            outputs = list(self._follow(ask.read(self.capture(response), ask)))
        except PageError as error:
            return self.refuse(ask, error.refusal_class, error.detail)
        self.account.accepted[ask.kind] += 1
        return outputs

    def _follow(self, steps: Iterable[Step]) -> Iterator[Output]:
        """What is to be done for each step, at once: the next one may rest on it."""
        for step in steps:
            match step:
                case Ask():
                    yield from self.ask(step)
                case Listed():
                    yield from self.ask_articles(step)
                case Article():
                    yield step

    def lost(self, failure: Failure) -> list[Output]:
        """Enter a request that gave no response."""
        request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        refusal_class, detail = refusal_of(failure)
        return self.refuse(request.cb_kwargs["ask"], refusal_class, detail)

    def refuse(self, ask: Ask, refusal_class: RefusalClass, detail: str) -> list[Output]:
        """Enter a refusal in the account and the database, and stop before a wall.

        To some questions of a family a refusal is the answer, and for some it knows another
        address that the same may have; then the page counts as read.
        """
        if (other := self.walker.instead(ask, refusal_class)) is not None:
            self.account.accepted[ask.kind] += 1
            return list(self.ask(other))
        if self.walker.takes_as_answer(ask, refusal_class):
            self.account.accepted[ask.kind] += 1
            return []
        refusal = Refusal(
            url=ask.link.url if ask.link else ask.url,
            kind=ask.kind,
            refusal_class=refusal_class,
            detail=detail,
        )
        self.account.refusals.append(refusal)
        self.ledger.refuse(refusal)
        if ask.kind is not RequestKind.ARTICLE:
            self.account.walk(ask.walk).refused(ask.page_number, refusal_class, detail)
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
        """Stop before a wall; what robots.txt forbids is a rule that we keep, not a wall."""
        if refusal.refusal_class is RefusalClass.CHALLENGE:
            self.account.walled = True
            self.stop("a challenge page is a stop sign")
        elif refusal.refusal_class is RefusalClass.BLOCKED:
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

    # Articles

    def ask_articles(self, listed: Listed) -> Iterator[scrapy.Request]:
        """Requests for the listed links that are new, or due to be looked at again.

        A link is recorded before it is fetched, so a crash loses none.
        """
        if listed.fetched:
            self.ledger.meet(listed.links)
            return
        fresh = {link.url: link for link in listed.links if link.url not in self.met}
        self.met |= fresh.keys()
        known = self.ledger.meet(list(fresh.values()))
        self._known_before |= known
        now = self.now()
        for url, link in fresh.items():
            record = known.get(url)
            if url in self.asked_articles:
                continue
            if record and record.state is not LinkState.PENDING and record.next_check_at > now:
                self._leave_out(record)
                continue
            if self.limit is not None and len(self.asked_articles) >= self.limit:
                self.account.stopped = f"stopped at the limit of {self.limit} articles"
                return
            self.asked_articles.add(url)
            if record is None:
                self.account.fresh.add(url)
            yield from self._ask_article(link.address, listed.walk, link, listed.read)

    def _leave_out(self, record: KnownLink) -> None:
        """Enter a listed link that is not asked for now; one that is stored lacks nothing."""
        if record.state is not LinkState.REFUSED or record.refusal_class is None:
            return
        if record.refusal_class in SETTLED or record.attempts >= CONFIRMED:
            self.account.known_bad += 1
        else:
            self.account.put_off[record.refusal_class] += 1

    def _ask_article(
        self, url: str, walk: str, link: Link, read: Reader | None = None
    ) -> Iterator[scrapy.Request]:
        """The request of an article; ``read`` takes the answer where it is no ordinary page."""
        ask = Ask(
            url=url,
            kind=RequestKind.ARTICLE,
            walk=walk,
            read=read or partial(self.read_article_page, draft=EMPTY),
            link=link,
        )
        yield from self.ask(ask)

    def read_article_page(self, capture: Capture, ask: Ask, *, draft: Draft) -> Iterator[Step]:
        """One page of an article: ask for its next page, or give the article.

        :raises PageError: when the page is no article.
        """
        draft = draft.with_page(capture, self.source)
        if draft.wants:
            yield replace(ask, url=draft.wants, read=partial(self.read_article_page, draft=draft))
            return
        # The address that the list names is the identity, also where it redirects: the link
        # would else stay open for ever, and what a list shows could not be matched to it.
        article = draft.finished(
            self.source, url=ask.link.url if ask.link else canonical_url(draft.url)
        )
        self._alike.see(article, ask)
        yield article

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

    # What a walker asks of its run (crawler.families.base.Run)

    def now(self) -> datetime:
        """The present, on the pretended day if one is configured."""
        return self.config.now()

    def settled(self, urls: Sequence[str]) -> bool:
        """Whether each link was settled by the time of the last complete run.

        All of them, not one: pinned articles are old on a page of new ones.
        """
        last = self.ledger.last_complete
        if last is None or last.finished_at is None or not urls:
            return False
        known = self._known_to_earlier(urls)
        finished_at = last.finished_at
        return all(
            url in known
            and known[url].first_seen_at <= finished_at
            and known[url].state is not LinkState.PENDING
            for url in urls
        )

    def to_look_behind(self, walk: str) -> date | None:
        """The day back to which known pages of a list are passed by; None where none are."""
        return look_behind(walk, self.ledger.looked_behind(walk), now=self.now())

    def settled_on(self) -> date | None:
        """The day on which the last complete run ended; None before there is one."""
        last = self.ledger.last_complete
        if last is None or last.finished_at is None:
            return None
        return last.finished_at.astimezone(self.now().tzinfo).date()

    def days_read(self, since: date) -> dict[date, date]:
        """Days from ``since`` on whose issue an earlier run has read as a whole: the last day on
        which one did, whatever the verdict on that run."""
        zone = self.now().tzinfo
        read = self.ledger.days_read(since)
        return {day: ended.astimezone(zone).date() for day, ended in read.items()}

    def issues_read(self) -> frozenset[str]:
        """Issues, by the names of their walks, that a run since the last complete one has read as
        a whole, and none before it."""
        last = self.ledger.last_complete
        settled = last.finished_at if last else None
        return frozenset(
            name
            for name, first in self.ledger.issues_read().items()
            if settled is None or first > settled
        )

    def gap_named(self, walk: str) -> bool:
        """Whether a run since the last complete one has named a gap in this walk already.

        So that a hole which nobody can fill is said once, and does not hide what comes after it.
        """
        named, last = self.ledger.judged(walk), self.ledger.last_complete
        if named is None or last is None or last.finished_at is None:
            return named is not None
        return named.at > last.finished_at

    def issue_days(self, since: date) -> tuple[date, ...]:
        """The days from ``since`` on, and the oldest and newest of all, that were ever listed."""
        return self.ledger.listed_days(since)

    def compare(self, list_url: str, listing: Listing) -> None:
        """Hold a list's first page against its last believed reading."""
        head = ListHead(
            url=list_url,
            source_id=self.source.id,
            links=tuple((link.url, link.published_on) for link in listing.links),
            page_count=listing.page_count,
            read_at=self.now(),
        )
        before = self.ledger.list_head(list_url)
        doubt = doubt_of(before, head, listing, empty_ok=self.source.expect.empty_ok)
        if doubt is None:
            self.ledger.believe(head)
        else:
            self.account.doubts.append(doubt)
            self.account.walk(list_url).doubt = doubt.kind

    def known_when_judged(self, walk: str, urls: Sequence[str]) -> frozenset[str] | None:
        """Which of these were known when a run last read the list to its end, or named a gap in it.

        What a run that died on the way had met is not among them: nobody has judged what lay
        between.  None before there was such a run, and where the list was empty then: it showed
        nothing that it could still show.
        """
        judged = self.ledger.judged(walk)
        if judged is None or judged.seen == 0:
            return None
        known = self._known_to_earlier(urls)
        return frozenset(url for url, link in known.items() if link.first_seen_at <= judged.at)

    def _known_to_earlier(self, urls: Sequence[str]) -> dict[str, KnownLink]:
        """What earlier runs knew of these; the database is asked for those not met yet alone."""
        unmet = [url for url in urls if url not in self.met]
        known = self.ledger.known(unmet) if unmet else {}
        return known | {url: self._known_before[url] for url in urls if url in self._known_before}

    def article_of(self, item: Item, capture: Capture) -> Article:
        """The article that a document gives field by field.

        :raises PageError: when it has no title, no text, or a spoilt one.
        """
        return read_item(item, capture, self.source)

    def take(self, ask: Ask, item: Item, capture: Capture) -> Article | None:
        """The article that a document gives; it is a page in the account, and may be refused."""
        self.account.asked[RequestKind.ARTICLE] += 1
        try:
            article = self.article_of(item, capture)
        except PageError as error:
            link = Link(url=item.url, title=item.title)
            part = replace(ask, kind=RequestKind.ARTICLE, link=link)
            self.refuse(part, error.refusal_class, error.detail)
            return None
        self.account.accepted[RequestKind.ARTICLE] += 1
        return article
