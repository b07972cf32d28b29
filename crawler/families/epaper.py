"""The family ``epaper``: dated issues made of pages (版), classic and new Founder engines."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from crawler.errors import LayoutChangedError
from crawler.families.base import Ask, HttpUrl, Listed, Probed, Run, Site, Step, charset_of
from crawler.families.issues import (
    IssueFamily,
    IssueUrl,
    IssueWalker,
    a_dated_url,
    issue_url,
    left_out,
)
from crawler.families.lists import said_by
from crawler.pages.lists.epaper import read_period
from crawler.pages.lists.links import read_listing
from crawler.pages.raw.charset import decode
from crawler.pages.raw.urls import canonical_url, url_date
from crawler.pages.values.parts import absolute
from crawler.runs.proof import Proved
from storage.records import Capture, End, Listing, RefusalClass, RequestKind

PeriodUrl = Annotated[HttpUrl, AfterValidator(a_dated_url({"YYYY", "MM"}))]


class EpaperOptions(IssueFamily):
    """Options of the family ``epaper``.

    ``issue_url`` is the first page of a day's issue, ``first_pages`` other addresses of it that
    are tried where there is none.  Where the number of the first page is the paper's own and
    changes, ``entry_url`` is the address that leads to the newest issue, by a refresh or a link;
    the other days are asked for after its model.  ``period_url`` is the paper's own calendar of
    a month (period.xml): only the days that it names have an issue.
    """

    family: Literal["epaper"] = "epaper"
    issue_url: IssueUrl | None = None
    first_pages: tuple[IssueUrl, ...] = ()
    entry_url: HttpUrl | None = None
    period_url: PeriodUrl | None = None

    @model_validator(mode="after")
    def _has_an_entry(self) -> Self:
        if (self.issue_url is None) == (self.entry_url is None):
            raise ValueError("one of issue_url and entry_url is needed")
        if self.entry_url is not None and (self.first_pages or self.period_url):
            raise ValueError("first_pages and period_url go with issue_url")
        return self

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The issue of a day, with its placeholders, or the address that leads to it."""
        return tuple(url for url in (self.issue_url, self.entry_url) if url)

    @property
    def issue_templates(self) -> tuple[str, ...]:
        """The addresses of a day's first page, the likeliest first; () with an entry only."""
        return (self.issue_url, *self.first_pages) if self.issue_url else ()

    def probe_urls(self, day: date) -> tuple[str, ...]:
        """The issue of ``day``, or the address that leads to the newest one."""
        if self.entry_url is not None:
            return (self.entry_url,)
        return (issue_url(self.issue_templates[0], day),)

    def listed(self, page: Probed, site: Site) -> tuple[str, ...]:
        """Address and title of each article of the page, and the issue's other pages."""
        if self.entry_url is not None:
            return (newest_issue(page.body, page.url, page.charset),)
        listing = read_listing(
            page.body, url=page.url, charset=page.charset, article_pattern=site.article_re
        )
        return said_by(listing)

    def walker(self, site: Site, run: Run) -> "EpaperWalker":
        """Reads every page of every issue."""
        return EpaperWalker(self, site, run)


_REFRESH = re.compile(
    r"""<meta\b[^>]*http-equiv\s*=\s*["']?refresh\b[^>]*?url\s*=\s*["']?([^"'>\s]+)""",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"""(?:href|src|location(?:\.href|\.replace)?)\s*[=(]\s*["']([^"']+)["']""", re.IGNORECASE
)


def newest_issue(body: bytes, url: str, charset: str | None = None) -> str:
    """The dated address that an entry page leads to: by its refresh, else the newest it names.

    :raises LayoutChangedError: when it leads to none.
    """
    html = decode(body, declared=charset).text
    for pattern in (_REFRESH, _LEADS):
        targets = [absolute(url, found[1]) for found in pattern.finditer(html)]
        dated = [(day, target) for target in targets if target and (day := url_date(target))]
        if dated:
            return max(dated, key=lambda pair: pair[0])[1]
    raise LayoutChangedError("the entry leads to no dated issue", url=url)


def template_of(address: str) -> str | None:
    """The address of one issue as a template for other days; None where its day is not plain.

    Year, month and day must stand in it once and together, in the usual forms.
    """
    day = url_date(address)
    if day is None:
        return None
    escaped = address.replace("{", "{{").replace("}", "}}")
    forms = (
        (f"{day:%Y-%m}/{day:%d}", "{YYYY}-{MM}/{DD}"),
        (f"{day:%Y%m}/{day:%d}", "{YYYY}{MM}/{DD}"),
        (f"{day:%Y/%m}/{day:%d}", "{YYYY}/{MM}/{DD}"),
        (f"{day:%Y-%m-%d}", "{YYYY}-{MM}-{DD}"),
        (f"{day:%Y%m%d}", "{YYYY}{MM}{DD}"),
    )
    for words, template in forms:
        if escaped.count(words) == 1:
            return escaped.replace(words, template)
    return None


class EpaperWalker(IssueWalker):
    """Reads every page of every issue."""

    def __init__(self, options: EpaperOptions, site: Site, run: Run) -> None:
        super().__init__(options, site, run)
        self.options = options
        self._templates = options.issue_templates
        # The pages of an issue: canonical address -> the one that is asked for.
        self._named: defaultdict[date, dict[str, str]] = defaultdict(dict)
        self._pages_named: Counter[date] = Counter()  # besides the first

    def entries(self) -> Iterator[Ask]:
        """The paper's calendars, or its entry, or the issue of each day of the window."""
        if self.options.entry_url is not None:
            yield Ask(
                url=self.options.entry_url,
                kind=RequestKind.LISTING,
                walk="entry",
                read=self.read_entry,
            )
        elif self.options.period_url is not None:
            for month in sorted({day.replace(day=1) for day in self.days()}, reverse=True):
                yield Ask(
                    url=issue_url(self.options.period_url, month),
                    kind=RequestKind.LISTING,
                    walk=f"calendar of {month:%Y-%m}",
                    read=self.read_calendar,
                    day=month,
                )
        else:
            yield from (self.issue_of(day) for day in self.days())

    def issue_of(self, day: date) -> Ask:
        """The request for the first page of a day's issue."""
        return self.ask_issue(issue_url(self._templates[0], day), day)

    def instead(self, ask: Ask, refusal_class: RefusalClass) -> Ask | None:
        """The next address that a day's first page may have, where this one is not there."""
        if ask.kind is not RequestKind.ISSUE or refusal_class is not RefusalClass.GONE:
            return None
        assert ask.day is not None
        addresses = [issue_url(template, ask.day) for template in self._templates]
        later = addresses[addresses.index(ask.url) + 1 :] if ask.url in addresses else []
        return replace(ask, url=later[0]) if later else None

    def read_entry(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The newest issue, and the other days of the window after its model."""
        address = newest_issue(capture.body, capture.url, charset_of(capture))
        template = template_of(address)
        newest = url_date(address)
        if template is None or newest is None:
            raise LayoutChangedError(f"no model for other days in {address}", url=ask.url)
        self._templates = (template,)
        self.run.account.walk(ask.walk).end_with(
            Proved(End.LAST_PAGE, f"the entry leads to the issue of {newest}", empty=True)
        )
        for day in self.days():
            if day <= newest:
                yield self.issue_of(day)

    def read_calendar(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The issues that a month's calendar names, within the window."""
        assert ask.day is not None
        named = set(read_period(capture.body, url=ask.url))
        month = [day for day in self.days() if day.replace(day=1) == ask.day]
        self.run.account.walk(ask.walk).end_with(
            Proved(End.LAST_PAGE, f"the calendar names {len(named)} issues", empty=True)
        )
        for day in month:
            if day in named:
                yield self.issue_of(day)
            elif named and day < max(named):
                self.note_day_without(day)
            else:
                self.note_missing(day)

    def read_issue(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The first page of an issue: its articles, and its other pages."""
        listing = self._read(capture)
        pages = self._pages(listing.issue_pages, listing, ask)
        yield from self._take(listing, ask, open_pages=len(pages))
        yield from pages

    def read_page(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """A further page of an issue: its articles, and pages that none before it has named.

        When all are read that are named, also those that no page names, but their numbers.
        """
        assert ask.day is not None
        listing = self._read(capture)
        pages = self._pages(listing.issue_pages, listing, ask)
        guessed: list[Ask] = []
        if not pages and self._pages_left[ask.day] == 1:
            guessed = self._pages(left_out(self._named[ask.day].values()), listing, ask)
            self._asked_left_out |= {page.url for page in guessed}
        yield from self._take(
            listing, ask, open_pages=None, further=len(pages), unnamed=len(guessed)
        )
        yield from pages
        yield from guessed

    def _pages(self, urls: Iterable[str], listing: Listing, ask: Ask) -> list[Ask]:
        """The requests for the pages (版) at ``urls`` that none of the issue before it named."""
        assert ask.day is not None
        named = self._named[ask.day]
        for own in (ask.url, listing.url):
            named.setdefault(canonical_url(own), own)
        pages = []
        for url in urls:
            if canonical_url(url) in named:
                continue
            named[canonical_url(url)] = url
            self._pages_named[ask.day] += 1
            pages.append(
                Ask(
                    url=url,
                    kind=RequestKind.LISTING,
                    walk=ask.walk,
                    read=self.read_page,
                    page_number=self._pages_named[ask.day] + 1,
                    day=ask.day,
                )
            )
        return pages

    def _read(self, capture: Capture) -> Listing:
        return read_listing(
            capture.body,
            url=capture.url,
            charset=charset_of(capture),
            now=self.run.now(),
            article_pattern=self.site.article_re,
        )

    def _take(
        self,
        listing: Listing,
        ask: Ask,
        *,
        open_pages: int | None,
        further: int = 0,
        unnamed: int = 0,
    ) -> Iterator[Step]:
        day = ask.day  # an issue's articles are of its day, whatever their addresses say
        listed = tuple(replace(link, published_on=day) for link in listing.links)
        urls = [link.url for link in listed]
        links = set(urls) - self.run.met
        yield Listed(links=listed, walk=ask.walk)
        self.note_page(
            ask,
            urls,
            links=len(links),
            open_pages=open_pages,
            further=further,
            unnamed=unnamed,
        )
