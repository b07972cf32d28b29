"""What every family of sites has: options in a declaration, addresses to begin with, a walk.

A family is one module here and one name in ``crawler.families``: its options (the table of a
declaration), what a crawl and a probe ask for first, what a probed page lists, and how its
lists or issues are walked.  It makes no request and knows no framework: it says what is to be
asked for and reads what came back; ``crawler/spiders`` carries that over HTTP.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, Protocol
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

from crawler.pages.raw.charset import header_charset
from crawler.runs.account import Account
from storage.records import Article, Capture, Link, Listing, RefusalClass, RequestKind


class Strict(BaseModel):
    """A table of a declaration: frozen, and a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _an_http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an absolute http(s) URL")
    return text


HttpUrl = Annotated[str, AfterValidator(_an_http_url)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a family is told of its source besides its own options.

    ``listing_words``: one of them stands in the head of each list page; () for none.
    ``max_days_silent``: so many days may pass without anything new.
    """

    name: str
    article_re: re.Pattern[str] | None = None
    listing_words: tuple[str, ...] = ()
    max_days_silent: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """A page as a probe got it; ``day`` is the day of the probe, in Shanghai."""

    url: str
    body: bytes
    charset: str | None
    day: date


class Family(Strict, ABC):
    """The options of one family, which are also its table in a declaration."""

    asks_for: ClassVar[RequestKind]
    """What its first requests are for."""
    may_lack_today: ClassVar[bool] = False
    """Whether an entry that answers 404 is no failure: the paper of today is not out yet."""
    articles_stand_alone: ClassVar[bool] = True
    """False where articles stand inside an issue, and cannot be asked for again one by one."""

    @property
    @abstractmethod
    def entry_urls(self) -> tuple[str, ...]:
        """The addresses that a crawl begins with, any placeholders left in them."""

    @abstractmethod
    def probe_urls(self, day: date) -> tuple[str, ...]:
        """The addresses that a probe on ``day`` asks for."""

    @abstractmethod
    def listed(self, page: Probed, site: Site) -> tuple[str, ...] | None:
        """What a probed page lists, sorted, whatever else on it changes; None before there is
        an issue of the day.

        :raises PageError: when the page is not what the declaration says.
        """

    @abstractmethod
    def walker(self, site: Site, run: "Run") -> "Walker":
        """How a crawl walks this source."""

    @property
    def list_selector(self) -> str | None:
        """The CSS selector of the links of its HTML lists, where it declares one."""
        return None

    def contradiction(self, site: Site) -> str | None:
        """What in its options contradicts the rest of the declaration; None where nothing does."""
        return None

    @property
    def empty_days_ok(self) -> bool:
        """Whether this is a paper that has no issue on some days."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request as the account knows it; ``walk`` names the list or issue that it belongs to.

    ``read`` takes what comes back and says what it leads to; it raises PageError where the page
    is not what was asked for.  ``page_number`` counts the pages of a walk from 1, ``day`` is that
    of an issue, ``link`` what an article is known by.
    """

    url: str
    kind: RequestKind
    walk: str
    read: "Reader"
    page_number: int = 1
    day: date | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Articles that a list or issue shows, to be recorded, and fetched where they are due.

    ``fetched``: they stand in the page itself, so there is nothing to ask for.  ``read`` takes
    what comes back for one of them, where it is no page of the usual kind.
    """

    links: tuple[Link, ...]
    walk: str
    fetched: bool = False
    read: "Reader | None" = None


Step = Ask | Listed | Article
"""What reading a page leads to."""

Reader = Callable[[Capture, Ask], Iterable[Step]]
"""Takes what came back for a request, and says what it leads to."""


class Run(Protocol):
    """The run that a walker works for, as far as it needs to know it."""

    account: Account
    met: set[str]
    """Canonical URLs of the articles that this run has come across."""
    since: date | None
    until: date | None
    full: bool
    pages: int | None
    """The most pages of a list that are followed; None leaves it to the declaration."""

    def now(self) -> datetime:
        """The present, in Asia/Shanghai."""

    def settled(self, urls: Sequence[str]) -> bool:
        """Whether each of these was stored or refused by the time of the last complete run."""

    def known_when_judged(self, walk: str, urls: Sequence[str]) -> frozenset[str] | None:
        """Which of these were known when a run last read the list to its end, or named a gap in it.

        None before there was such a run, and where the list was empty then.
        """

    def to_look_behind(self, walk: str) -> date | None:
        """The day back to which this run reads a list although it knows whole pages of it.

        An article may be entered under an older day, behind a first page of which all is known.
        None where that was looked for a short while ago.
        """

    def settled_on(self) -> date | None:
        """The day on which the last complete run ended; None before there is one."""

    def days_read(self, since: date) -> Mapping[date, date]:
        """Days from ``since`` on whose issue an earlier run has read as a whole: the last day on
        which one did."""

    def issues_read(self) -> frozenset[str]:
        """Issues, by the names of their walks, that a run since the last complete one has read as
        a whole, and none before it."""

    def gap_named(self, walk: str) -> bool:
        """Whether a run since the last complete one has named a gap in this walk already."""

    def issue_days(self, since: date) -> tuple[date, ...]:
        """The days from ``since`` on, and the oldest and newest of all, that were ever listed."""

    def compare(self, list_url: str, listing: Listing) -> None:
        """Hold the first page of a list against its last believed reading."""

    def article_of(self, item: "Item", capture: Capture) -> Article:
        """The article that a document gives field by field.

        :raises PageError: when it has no title, no text, or a spoilt one.
        """

    def take(self, ask: "Ask", item: "Item", capture: Capture) -> Article | None:
        """The same, entered in the account as a page of its own; None where it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as a document gives it, field by field; only ``body`` is HTML or plain text.

    ``name`` is what a refusal calls it, ``url`` its identity, canonical; an empty or missing
    value is one that it has not.
    """

    name: str
    url: str
    title: str
    body: str
    day: date
    outlet: str | None = None
    author: str | None = None
    kicker: str | None = None
    subtitle: str | None = None


class Walker(ABC):
    """Walks the lists or issues of one source within one run."""

    def __init__(self, site: Site, run: Run) -> None:
        self.site = site
        self.run = run

    @abstractmethod
    def entries(self) -> Iterator[Ask]:
        """What a crawl asks for first."""

    def takes_as_answer(self, ask: Ask, refusal_class: RefusalClass) -> bool:
        """Whether a refusal is an answer to ``ask``: "there is no issue of that day"."""
        return False

    def instead(self, ask: Ask, refusal_class: RefusalClass) -> Ask | None:
        """What to ask for where ``ask`` was refused: another address that the same may have."""
        return None

    def conclude(self) -> None:  # noqa: B027  # most families have nothing left to judge
        """Judge what only the whole run can tell, before its verdict."""


def charset_of(capture: Capture) -> str | None:
    """The charset that an answer's Content-Type declares, if any."""
    return header_charset(capture.headers)
