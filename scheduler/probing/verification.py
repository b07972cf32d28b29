"""Proves a declaration by trying it: its lists, a second page, two articles; nothing is stored.

The family's own walker reads what comes back, as in a crawl, so what is proved here is what a
crawl will do.  A second page must show *other* articles than the first: that is the only sure
test of paging, for many a site answers an address that it does not know with its first page.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Protocol, TypeVar

from crawler.errors import PageError
from crawler.families.base import Ask, Item, Listed, Reader, Step
from crawler.fetching.rests import HostRests
from crawler.fetching.turns import HostTurns
from crawler.pages.raw.urls import canonical_url
from crawler.reader import read_item, read_page
from crawler.runs.account import Account
from crawler.sources.declaration import Source
from scheduler.config import Config
from scheduler.probing.manners import Manners
from scheduler.probing.probes import Prober, ProbeRefusedError
from scheduler.probing.request import probing_client
from storage.records import Article, Capture, Link, Listing, RefusalClass, RequestKind

T = TypeVar("T")
MOST_ENTRIES = 4
"""Lists or days that are asked for: a template is proved by a few days, not by a month."""
MOST_PAGES = 2
"""Pages of one list or issue: the second proves its paging."""
MOST_ARTICLES = 2
OTHER_SHARE = 0.5
"""Less of a second page new is worth a look: boxes beside the list are read with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen:
    """One list page or issue as it was read; ``refusal`` is None where it was.

    ``links`` counts its articles, ``dated`` those with a day, ``new`` those that no page of the
    same walk had shown before; ``next_page`` is what the walker would ask for next, ``shown``
    the articles themselves.
    """

    walk: str
    url: str
    number: int
    links: int = 0
    dated: int = 0
    new: int = 0
    first_title: str | None = None
    next_page: str | None = None
    end: str | None = None
    shown: tuple[Link, ...] = ()
    refusal: tuple[RefusalClass, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSeen:
    """One article as it was read; ``refusal`` is None where it was, ``article`` then all of it."""

    url: str
    article: Article | None = None
    title: str | None = None
    published_at: datetime | None = None
    outlet: str | None = None
    characters: int = 0
    score: float = 0.0
    refusal: tuple[RefusalClass, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What trying a declaration showed; ``findings`` is empty where it is proved.

    ``advice`` names what to change in the declaration, or what to look at.
    """

    source_id: str
    pages: tuple[PageSeen, ...]
    articles: tuple[ArticleSeen, ...]
    findings: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether the source can be read as it is declared."""
        return not self.findings


@dataclass(slots=True)
class _Trial:
    """The run that a walker is told of: it knows nothing and keeps nothing."""

    source: Source
    moment: Callable[[], datetime]
    account: Account = field(default_factory=Account)
    met: set[str] = field(default_factory=set)
    since: date | None = None
    until: date | None = None
    full: bool = True
    pages: int | None = None
    given: list[Article] = field(default_factory=list)
    refused: list[tuple[str, RefusalClass, str]] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=dict)  # of articles that are no pages

    def now(self) -> datetime:
        """The present, in Asia/Shanghai."""
        return self.moment()

    def settled(self, urls: Sequence[str]) -> bool:
        """Nothing is."""
        return False

    def to_look_behind(self, walk: str) -> date | None:
        """Nothing is known that could be passed by."""
        return None

    def settled_on(self) -> date | None:
        """There was no complete run."""
        return None

    def days_read(self, since: date) -> dict[date, date]:
        """No run was before."""
        return {}

    def issues_read(self) -> frozenset[str]:
        """No run was before."""
        return frozenset()

    def gap_named(self, walk: str) -> bool:
        """No run was before."""
        return False

    def issue_days(self, since: date) -> tuple[date, ...]:
        """No issue is known."""
        return ()

    def compare(self, list_url: str, listing: Listing) -> None:
        """There is nothing to compare with."""

    def known_when_judged(self, walk: str, urls: Sequence[str]) -> frozenset[str] | None:
        """No run was before."""
        return None

    def article_of(self, item: Item, capture: Capture) -> Article:
        """An article that a document gives."""
        return read_item(item, capture, self.source)

    def take(self, ask: Ask, item: Item, capture: Capture) -> Article | None:
        """An article that a document gives; a refused one is noted."""
        try:
            article = read_item(item, capture, self.source)
        except PageError as error:
            self.refused.append((item.name, error.refusal_class, error.detail))
            return None
        self.given.append(article)
        return article


class Pages(Protocol):
    """Who gets pages: a prober, or what was recorded of one."""

    async def page(self, source: Source, url: str) -> Capture:
        """One page of ``source`` as a crawl would get it.

        :raises ProbeRefusedError: when it does not come or its status is no success.
        """


async def verify(prober: Pages, source: Source, *, now: Callable[[], datetime]) -> Verification:
    """Try ``source`` politely: about ten requests, each within its manners."""
    trial = _Trial(source=source, moment=now)
    walker = source.options.walker(source.site, trial)
    pages: list[PageSeen] = []
    links: list[Link] = []
    for entry in islice(walker.entries(), MOST_ENTRIES):
        await _walk(prober, trial, entry, pages, links)
    articles = [_seen(article) for article in trial.given[:MOST_ARTICLES]]
    articles += [
        ArticleSeen(url=name, refusal=(refusal_class, detail))
        for name, refusal_class, detail in trial.refused[:MOST_ARTICLES]
    ]
    for link in _chosen(links):
        articles.append(await _article(prober, trial, link))
    return judged(source, pages, articles)


async def with_prober(
    config: Config,
    work: Callable[[Prober], Awaitable[T]],
    *,
    rests: HostRests | None = None,
    turns: HostTurns | None = None,
) -> T:
    """What ``work`` gives, with a prober of its own connections.

    Hosts that have asked for it, by ``rests``, are left alone.
    """
    async with probing_client(config.user_agent, connections=config.probes_at_once) as client:
        prober = Prober(
            client,
            Manners(config.user_agent, config.max_delay_seconds, turns, rests=rests),
            now=config.now,
            at_once=config.probes_at_once,
        )
        return await work(prober)


async def verify_all(
    sources: Sequence[Source],
    config: Config,
    note: Callable[[Verification], None],
    *,
    rests: HostRests | None = None,
    turns: HostTurns | None = None,
) -> None:
    """Try all of these, many hosts at a time; ``note`` is told of each as it ends."""

    async def work(prober: Prober) -> None:
        async def tried(source: Source) -> None:
            note(await verify(prober, source, now=config.now))

        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(tried(source))

    await with_prober(config, work, rests=rests, turns=turns)


async def _walk(
    prober: Pages, trial: _Trial, entry: Ask, pages: list[PageSeen], links: list[Link]
) -> None:
    """One list or issue from its first page on, as far as ``MOST_PAGES``."""
    asks = [entry]
    shown: set[str] = set()
    asked: set[str] = set()
    for number in range(1, MOST_PAGES + 1):
        if not asks:
            return
        ask = asks.pop(0)
        asked.add(ask.url)
        try:
            capture = await prober.page(trial.source, ask.url)
            steps: list[Step] = list(ask.read(capture, ask))
        except (ProbeRefusedError, PageError) as error:
            pages.append(
                PageSeen(
                    walk=ask.walk,
                    url=ask.url,
                    number=number,
                    refusal=(error.refusal_class, error.detail),
                )
            )
            return
        listed = [link for step in steps if isinstance(step, Listed) for link in step.links]
        fetched = all(step.fetched for step in steps if isinstance(step, Listed))
        given = [step for step in steps if isinstance(step, Article)]
        urls = {canonical_url(link.url) for link in listed} | {one.url for one in given}
        further = [step for step in steps if isinstance(step, Ask)]
        end = trial.account.walk(ask.walk).proof
        titles = [link.title for link in listed] + [one.title for one in given]
        pages.append(
            PageSeen(
                walk=ask.walk,
                url=ask.url,
                number=number,
                links=len(urls),
                dated=len(given) or sum(link.published_on is not None for link in listed),
                new=len(urls - shown),
                first_title=next((title for title in titles if title), None),
                next_page=further[0].url if further else None,
                end=end,
                shown=tuple(listed),
            )
        )
        shown |= urls
        links.extend(link for link in listed if not fetched)
        for step in steps:
            if isinstance(step, Listed) and step.read is not None:
                trial.readers |= {link.url: step.read for link in step.links}
        # Some walkers read a list again to see whether it shifted: nothing to prove here.
        asks.extend(
            step
            for step in further
            if step.kind is not RequestKind.ARTICLE and step.url not in asked
        )


def _chosen(links: Sequence[Link]) -> list[Link]:
    """Two articles far apart: the newest, and one from the middle of what was seen."""
    distinct = list({canonical_url(link.url): link for link in links}.values())
    if len(distinct) <= MOST_ARTICLES:
        return distinct
    return [distinct[0], distinct[len(distinct) // 2]]


async def _article(prober: Pages, trial: _Trial, link: Link) -> ArticleSeen:
    source, read = trial.source, trial.readers.get(link.url)
    try:
        capture = await prober.page(source, link.address)
        if read is not None:
            ask = Ask(url=link.address, kind=RequestKind.ARTICLE, walk="", read=read, link=link)
            article = next(step for step in read(capture, ask) if isinstance(step, Article))
        else:
            article = read_page(
                capture.body,
                url=capture.url,
                now=trial.now(),
                source=source,
                headers=capture.headers,
            )
    except (ProbeRefusedError, PageError) as error:
        return ArticleSeen(url=link.url, refusal=(error.refusal_class, error.detail))
    return _seen(article)


def _seen(article: Article) -> ArticleSeen:
    return ArticleSeen(
        url=article.url,
        article=article,
        title=article.title,
        published_at=article.published_at,
        outlet=article.outlet,
        characters=len(article.text),
        score=article.score,
    )


def judged(
    source: Source, pages: Sequence[PageSeen], articles: Sequence[ArticleSeen]
) -> Verification:
    """What these pages and articles prove of a declaration."""
    findings: list[str] = []
    advice: list[str] = []
    _judge_refusals(source, pages, findings, advice)
    read = [page for page in pages if page.refusal is None]
    _judge_lists(source, read, findings, advice)
    _judge_column(source, read, findings, advice)
    listed = [page for page in read if page.links]
    if not listed and not findings:
        findings.append("no page listed any article")
    if listed and all(not page.dated for page in listed):
        advice.append("its lists show no days: articles are dated by their own pages")
    sound = [one for one in articles if one.refusal is None]
    for one in articles:
        if one.refusal is not None:
            refusal_class, detail = one.refusal
            advice.append(f"an article was refused as {refusal_class.value}: {one.url}: {detail}")
    if listed and not sound:
        findings.append(f"none of {len(articles)} articles could be read")
    if sound and all(one.published_at is None for one in sound):
        advice.append("its articles state no day that was understood")
    return Verification(
        source_id=source.id,
        pages=tuple(pages),
        articles=tuple(articles),
        findings=tuple(findings),
        advice=tuple(dict.fromkeys(advice)),
    )


def _judge_refusals(
    source: Source, pages: Sequence[PageSeen], findings: list[str], advice: list[str]
) -> None:
    """Pages that did not come: one finding for all that were refused alike."""
    alike: dict[tuple[RefusalClass, str], list[PageSeen]] = {}
    for page in pages:
        if page.refusal is not None:
            alike.setdefault(page.refusal, []).append(page)
    for (refusal_class, detail), refused in alike.items():
        if source.options.may_lack_today and refusal_class is RefusalClass.GONE:
            if len(refused) < len(pages):
                continue  # a day without a paper
            findings.append(f"the template answers {detail} on all of {len(pages)} days")
            advice.append("look up the address of one issue of today: `cppcc sources new URL`")
            continue
        more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        findings.append(f"{refused[0].url}{more}: {refusal_class.value}: {detail}")
        advice += _advice(refusal_class)


def _judge_lists(
    source: Source, read: Sequence[PageSeen], findings: list[str], advice: list[str]
) -> None:
    """Lists without articles, and second pages that show those of the first."""
    for walk in dict.fromkeys(page.walk for page in read):
        pages = [page for page in read if page.walk == walk]
        leads = all(page.end for page in pages)  # a calendar or an entry, which lists nothing
        excused = source.options.may_lack_today or leads
        if not any(page.links for page in pages) and not excused:
            findings.append(f"{pages[0].url}: shows no article")
            advice.append("article_pattern or the list's address does not fit")
        for page in pages[1:]:
            if page.links and not page.new:
                findings.append(
                    f"{page.url}: page {page.number} shows the articles of page 1 again"
                )
                advice.append("the pages of this list cannot be followed by their address")
            elif page.new < OTHER_SHARE * page.links:
                advice.append(
                    f"{page.url}: {page.links - page.new} of {page.links} articles stand on page"
                    " 1 too: a box beside the list, or a link_selector is wanted"
                )


_OF_POLITICS = re.compile(
    r"政协|政治协商|委员|人大|党委|[省市区州县]委|党组|党建|党的|政府|两会|常委|书记|主席|[省市区州县]长"
    r"|会议|全会|调研|部署|习近平|总书记|协商|提案|建言|履职|统战|人民"
)
FEWEST_TITLES = 10


def _judge_column(
    source: Source, read: Sequence[PageSeen], findings: list[str], advice: list[str]
) -> None:
    """Whether lists without declared words are of politics at all: a list of shares or of sport
    reads as well as the one that was meant."""
    if source.options.may_lack_today or source.expect.listing_words:
        return
    for walk in dict.fromkeys(page.walk for page in read):
        shown = [link for page in read if page.walk == walk for link in page.shown]
        # A sitemap without titles gives addresses in their place, which say nothing.
        titles = [link.title for link in shown if link.title not in (link.url, link.fetch_url)]
        if len(titles) >= FEWEST_TITLES and not any(map(_OF_POLITICS.search, titles)):
            findings.append(
                f"{walk}: none of its {len(titles)} titles is of politics: {titles[0]!r}"
            )
            advice.append(
                "the list is of another column: look up its address, or set listing_words"
            )


def _advice(refusal_class: RefusalClass) -> list[str]:
    """What to do about a list page that was refused so."""
    match refusal_class:
        case RefusalClass.GONE | RefusalClass.REDIRECTED | RefusalClass.MOVED:
            return ["the list has moved: open the homepage and `cppcc sources new URL`"]
        case RefusalClass.CHALLENGE | RefusalClass.BLOCKED | RefusalClass.FORBIDDEN:
            return ["the site does not want programs: pause it with the reason"]
        case RefusalClass.WRONG_CONTENT:
            return ["the list is of another column: look up its address, or mend listing_words"]
        case RefusalClass.LAYOUT_CHANGED | RefusalClass.SCRIPT_SHELL:
            return ["the page is built otherwise than the family expects: `cppcc sources new URL`"]
        case _:
            return []
