"""The family ``numbered``: papers whose issues have running numbers instead of days.

An entry page names the newest issue; those before it have the numbers before.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from string import Formatter
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from selectolax.lexbor import LexborHTMLParser

from crawler.errors import LayoutChangedError
from crawler.families.base import (
    Ask,
    Family,
    HttpUrl,
    Listed,
    Probed,
    Run,
    Site,
    Step,
    Walker,
    charset_of,
)
from crawler.families.issues import NOT_ASKED_FOR, answers_left_out, left_out, repeats
from crawler.pages.lists.linktitles import clean_title
from crawler.pages.raw.charset import decode
from crawler.pages.raw.urls import canonical_url
from crawler.pages.values.parts import absolute
from crawler.runs.proof import Open, Proved, unreached
from storage.records import Capture, End, Link, OpenCause, RefusalClass, RequestKind

MOST_ISSUES_BACK = 60
"""So many issues are caught up on when the last complete run read none of the newest ones."""
_DAY = re.compile(r"(20\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")


def _a_numbered_url(text: str) -> str:
    fields = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if fields not in ({"issue"}, {"issue", "page"}):
        raise ValueError("needs the placeholder {issue}, may have {page}, and no others")
    return text


NumberedUrl = Annotated[HttpUrl, AfterValidator(_a_numbered_url)]


class NumberedOptions(Family):
    """Options of the family ``numbered``.

    ``page_url`` is the address of a page (版) of an issue: its ``{issue}`` is the number, its
    ``{page}`` the page's name.  ``entry_url`` is a page that links to the newest issue.
    ``lookback_issues`` are read by a first crawl, from the newest back; a later one goes on to
    the first that an earlier complete run has settled.
    """

    asks_for: ClassVar[RequestKind] = RequestKind.LISTING

    family: Literal["numbered"] = "numbered"
    entry_url: HttpUrl
    page_url: NumberedUrl
    lookback_issues: int = Field(default=8, ge=1, le=400)

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The page that names the newest issue."""
        return (self.entry_url,)

    def probe_urls(self, day: date) -> tuple[str, ...]:
        """The same."""
        return (self.entry_url,)

    def listed(self, page: Probed, site: Site) -> tuple[str, ...]:
        """The address of each page of each issue that the entry links to."""
        found = self.pages_in(_links_of(page.body, page.url, page.charset))
        if not found:
            raise LayoutChangedError("the entry links to no issue", url=page.url)
        return tuple(sorted({url for pages in found.values() for url in pages}))

    def pages_in(self, links: "tuple[tuple[str, str], ...]") -> dict[int, tuple[str, ...]]:
        """Issue number -> addresses of its pages, in the order of the links."""
        found: dict[int, dict[str, None]] = {}
        for address, _ in links:
            if match := self.page_re.fullmatch(address):
                found.setdefault(int(match["issue"]), {})[address] = None
        return {number: tuple(pages) for number, pages in found.items()}

    @property
    def page_re(self) -> re.Pattern[str]:
        """What the addresses of an issue's pages match, with groups ``issue`` and ``page``."""
        parts = [
            re.escape(words) + (rf"(?P<{name}>{_FORMS[name]})" if name else "")
            for words, name, _, _ in Formatter().parse(self.page_url)
        ]
        return re.compile("".join(parts))

    def walker(self, site: Site, run: Run) -> "NumberedWalker":
        """Reads the newest issues, page by page."""
        return NumberedWalker(self, site, run)


_FORMS = {"issue": r"\d{1,7}", "page": r"[A-Za-z]?\d{1,3}"}


def _links_of(body: bytes, url: str, charset: str | None) -> tuple[tuple[str, str], ...]:
    """(address, words) of each link of a page."""
    tree = LexborHTMLParser(decode(body, declared=charset).text)
    found = []
    for node in tree.css("a[href], area[href]"):
        address = (node.attributes.get("href") or "").strip()
        if address and not address.lower().startswith(("javascript:", "#", "mailto:")):
            words = node.attributes.get("title") or node.text() or ""
            target = absolute(url, address)
            if target is not None:
                found.append((target.split("#")[0], clean_title(words)))
    return tuple(found)


def _day_of(body: bytes, charset: str | None) -> date | None:
    """The first day that a page prints: an issue's page is headed by its own."""
    tree = LexborHTMLParser(decode(body, declared=charset).text)
    found = _DAY.search(tree.body.text(separator=" ") if tree.body else "")
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


class NumberedWalker(Walker):
    """Reads the newest issues, from the newest back, until one was settled before."""

    def __init__(self, options: NumberedOptions, site: Site, run: Run) -> None:
        super().__init__(site, run)
        self.options = options
        self._left: dict[str, int] = {}  # walk -> pages that are still to be read
        self._named: defaultdict[str, dict[str, None]] = defaultdict(dict)  # walk -> its pages
        self._asked_left_out: set[str] = set()  # pages that no page of their issue names
        self._newest = 0
        self._wanted = 0  # issues of the days asked for

    def entries(self) -> Iterator[Ask]:
        """The page that names the newest issue."""
        yield Ask(
            url=self.options.entry_url,
            kind=RequestKind.LISTING,
            walk="entry",
            read=self.read_entry,
        )

    def read_entry(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The newest issue that the entry links to.

        :raises LayoutChangedError: when it links to none.
        """
        pages = self.options.pages_in(_links_of(capture.body, capture.url, charset_of(capture)))
        if not pages:
            raise LayoutChangedError("the entry links to no issue", url=ask.url)
        self._newest = max(pages)
        self.run.account.walk(ask.walk).end_with(
            Proved(End.LAST_PAGE, f"the entry names issue {self._newest}", empty=True)
        )
        yield self._first_page(self._newest, pages[self._newest][0])

    def _first_page(self, number: int, url: str) -> Ask:
        return Ask(url=url, kind=RequestKind.ISSUE, walk=f"issue {number}", read=self.read_issue)

    def read_issue(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The first page of an issue: its articles, its other pages, and the issue before."""
        links = _links_of(capture.body, capture.url, charset_of(capture))
        number = int(ask.walk.removeprefix("issue "))
        if self._bounded:
            day = _day_of(capture.body, charset_of(capture))
            if day is not None and not self._is_wanted(day):
                self._pass_by(ask, day)
            else:
                self._wanted += 1
                yield from self._first_of(number, links, capture, ask)
            yield from self._before_within(number, day, ask.url)
            return
        yield from self._first_of(number, links, capture, ask)
        settled = self.run.settled(sorted(self.run.account.walk(ask.walk).shown))
        looked_back = self._newest - number + 1 >= self.options.lookback_issues
        if settled and (looked_back or not self.run.full):
            return  # those before it were read by an earlier complete run
        yield from self._before(number, ask.url)

    def _first_of(
        self, number: int, links: tuple[tuple[str, str], ...], capture: Capture, ask: Ask
    ) -> Iterator[Step]:
        """The articles of an issue's first page, and its other pages."""
        others = self._pages(self.options.pages_in(links).get(number, ()), ask)
        self._left[ask.walk] = len(others)
        self.run.account.walk(ask.walk).state(None, len(others) + 1)
        yield from self._take(links, capture, ask)
        yield from others

    @property
    def _bounded(self) -> bool:
        return self.run.since is not None or self.run.until is not None

    def _is_wanted(self, day: date) -> bool:
        since, until = self.run.since, self.run.until
        return not (since and day < since) and not (until and day > until)

    def _pass_by(self, ask: Ask, day: date) -> None:
        """Enter an issue of which only the day was wanted: it is none of those asked for."""
        walk = self.run.account.walk(ask.walk)
        walk.note_page(ask.page_number, ())
        words = f"the issues before {self.run.since} and after {self.run.until} are not asked for"
        walk.end_with(Proved(End.BEFORE_SINCE, words, empty=True))

    def _before_within(self, number: int, day: date | None, url: str) -> Iterator[Ask]:
        """The issue before one of ``day``, until one is older than the days asked for."""
        since = self.run.since
        if since is None and self._wanted >= self.options.lookback_issues:
            return
        if since and day and day < since:
            return
        read = self._newest - number + 1
        if number > 1 and read < (self.run.pages or MOST_ISSUES_BACK):
            yield self._first_page(number - 1, _of_number(self.options, url, number - 1))
            return
        words = f"issue {number}, of {day or 'no day'}, is the last that was asked for"
        if why := unreached([day], since, self.run.until):
            self.run.account.walk(NOT_ASKED_FOR).end_with(Open(OpenCause.WINDOW, f"{words}: {why}"))

    def _before(self, number: int, url: str) -> Iterator[Ask]:
        """The first page of the next issue before ``number`` that is to be read.

        One that a run since the last complete one has read as a whole is passed by, but the newest
        but one: it may have been read before all of it was there.
        """
        last_complete = self.run.settled_on()
        most = max(MOST_ISSUES_BACK, self.options.lookback_issues)
        oldest = self._newest + 1 - (self.options.lookback_issues if not last_complete else most)
        for before in range(number - 1, 0, -1):
            if before < oldest:
                self._name_gap(before + 1)
                return
            late = before == self._newest - 1
            if late or self.run.full or f"issue {before}" not in self._read_before:
                yield self._first_page(before, _of_number(self.options, url, before))
                return

    @cached_property
    def _read_before(self) -> frozenset[str]:
        return self.run.issues_read()

    def _name_gap(self, number: int) -> None:
        """Say that no issue before ``number`` was asked for; of a first crawl none was to be."""
        last_complete = self.run.settled_on()
        if last_complete is None or self.run.gap_named(NOT_ASKED_FOR):
            return
        words = (
            f"no issue before {number} was asked for: the last complete run, on "
            f"{last_complete}, is too long ago"
        )
        self.run.account.walk(NOT_ASKED_FOR).end_with(Open(OpenCause.GAP, words))

    def _pages(self, urls: Iterable[str], ask: Ask) -> list[Ask]:
        """The requests for the pages (版) at ``urls`` that none of the issue before it named."""
        named = self._named[ask.walk]
        named[ask.url] = None
        pages = []
        for url in urls:
            if url in named:
                continue
            named[url] = None
            pages.append(
                Ask(
                    url=url,
                    kind=RequestKind.LISTING,
                    walk=ask.walk,
                    read=self.read_page,
                    page_number=len(named),
                )
            )
        return pages

    def conclude(self) -> None:
        """Leave an issue open whose address was answered with another one."""
        walks = {
            name: walk
            for name, walk in self.run.account.walks.items()
            if name in self._left and walk.shown
        }
        for name, other in repeats({name: walk.shown for name, walk in walks.items()}).items():
            words = f"{name} shows only articles of {other}"
            walks[name].end_with(Open(OpenCause.REPEATS, words))

    def read_page(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """A further page of an issue, and pages that none before it has named.

        When all are read that are named, also those that no page names, but their numbers.
        """
        links = _links_of(capture.body, capture.url, charset_of(capture))
        number = int(ask.walk.removeprefix("issue "))
        pages = self._pages(self.options.pages_in(links).get(number, ()), ask)
        walk = self.run.account.walk(ask.walk)
        walk.state(None, (walk.stated_pages or 0) + len(pages))
        self._left[ask.walk] += len(pages) - 1
        if not self._left[ask.walk]:
            unnamed = self._pages(left_out(self._named[ask.walk]), ask)
            self._asked_left_out |= {page.url for page in unnamed}
            self._left[ask.walk] = len(unnamed)
            pages += unnamed
        yield from self._take(links, capture, ask)
        yield from pages

    def takes_as_answer(self, ask: Ask, refusal_class: RefusalClass) -> bool:
        """That it is not there is an answer of a page that its issue leaves out."""
        if ask.url not in self._asked_left_out:
            return False
        walk = self.run.account.walk(ask.walk)
        taken = answers_left_out(walk, ask, refusal_class)
        if taken:
            self._left[ask.walk] -= 1
            self._judge(ask.walk)
        return taken

    def _take(
        self, links: tuple[tuple[str, str], ...], capture: Capture, ask: Ask
    ) -> Iterator[Step]:
        day = _day_of(capture.body, charset_of(capture))
        article_re = self.site.article_re
        articles: dict[str, Link] = {}
        for address, words in links:
            if article_re is None or not article_re.search(address) or not words:
                continue
            url = canonical_url(address)
            known = articles.get(url)
            if known is None or len(words) > len(known.title):
                articles[url] = Link(
                    url=url,
                    title=words,
                    published_on=day,
                    fetch_url=address if address != url else None,
                )
        walk = self.run.account.walk(ask.walk)
        walk.day = walk.day or day
        walk.links += len(articles.keys() - self.run.met)
        walk.note_page(ask.page_number, articles)
        yield Listed(links=tuple(articles.values()), walk=ask.walk)
        self._judge(ask.walk)

    def _judge(self, name: str) -> None:
        """Enter what an issue's pages prove, once none of them is left."""
        walk = self.run.account.walk(name)
        if self._left[name] > 0:
            return
        if not walk.shown:
            walk.end_with(Open(OpenCause.EMPTY_PAGE, "an issue without an article"))
        walk.end_with(Proved(End.ISSUE_WHOLE, "every page of each issue read"))


def _of_number(options: NumberedOptions, url: str, number: int) -> str:
    """The address of the same page in the issue of another number."""
    match = options.page_re.fullmatch(url)
    assert match is not None  # it was found by this
    return options.page_url.format(**{**match.groupdict(), "issue": number})
