"""The family ``json_list``: an interface answers lists as JSON or JSONP, articles are pages."""

from collections.abc import Iterator
from dataclasses import replace
from string import Formatter
from typing import Annotated, Literal

import jmespath
from pydantic import AfterValidator, Field

from crawler.errors import LayoutChangedError
from crawler.families.base import Ask, HttpUrl, Probed, Run, Site, Step, charset_of
from crawler.families.items import ItemPaths, Path, read_document
from crawler.families.lists import ListFamily, ListWalker, check_heading, said_by
from crawler.runs.proof import Proved
from storage.records import Capture, End, Listing, RefusalClass


def _a_paged_url(text: str) -> str:
    fields = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if not fields <= {"page", "start"}:
        raise ValueError("knows the placeholders {page} and {start} only")
    return text


PagedUrl = Annotated[HttpUrl, AfterValidator(_a_paged_url)]


class JsonListOptions(ListFamily):
    """Options of the family ``json_list``.

    ``urls`` hold ``{page}``, counted from ``first_page``, or ``{start}``, the number of articles
    before it; one without either has one page.  ``page_size`` is how many a page holds.
    ``paths`` say where a document keeps its articles, ``heading`` (JMESPath) what it is a list of.
    """

    family: Literal["json_list"] = "json_list"
    urls: tuple[PagedUrl, ...] = Field(min_length=1)
    page_size: int | None = Field(default=None, ge=1)
    first_page: int = Field(default=1, ge=0)
    paths: ItemPaths
    heading: Path | None = None

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The first page of each list."""
        return self.first_pages

    @property
    def first_pages(self) -> tuple[str, ...]:
        """The same."""
        return tuple(self.page_url(url, 1, 0) for url in self.urls)

    def page_url(self, template: str, number: int, before: int) -> str:
        """The address of the ``number``-th page (from 1), which ``before`` articles precede."""
        return template.format(page=self.first_page + number - 1, start=before)

    def listed(self, page: Probed, site: Site) -> tuple[str, ...]:
        """Address and title of each article."""
        return said_by(self.read(page.body, page.url, page.charset, site))

    def read(self, body: bytes, url: str, charset: str | None, site: Site) -> Listing:
        """What a document says, without where its list goes on.

        An empty list is what the interface says of a page behind the last one.

        :raises PageError: when it is not of the declared form.
        """
        document = read_document(body, url=url, charset=charset)
        items = self.paths.list_in(document)
        if items is None:
            raise LayoutChangedError(f"{self.paths.items} finds no list", url=url)
        links = self.paths.links(items, url)
        if site.article_re is not None:
            links = tuple(link for link in links if site.article_re.search(link.address))
        heading = jmespath.search(self.heading, document) if self.heading else None
        return Listing(
            url=url,
            links=links,
            heading=str(heading or ""),
            page_count=self.paths.number(self.paths.pages, document),
            item_count=self.paths.number(self.paths.total, document),
            page_size=len(items),
            says_end=None if items else "[]",
        )

    def walker(self, site: Site, run: Run) -> "JsonListWalker":
        """Follows each list from its first page until its end is proved."""
        return JsonListWalker(self, site, run)


class JsonListWalker(ListWalker):
    """Follows each list from its first page until its end is proved."""

    def __init__(self, options: JsonListOptions, site: Site, run: Run) -> None:
        super().__init__(options, site, run)
        self.options = options
        self._templates = dict(zip(options.first_pages, options.urls, strict=True))
        self._before: dict[tuple[str, int], int] = {}  # articles before a page of a list

    def read(self, capture: Capture, ask: Ask) -> Listing:
        """What a document says, and the address of the one that follows it."""
        listing = self.options.read(capture.body, capture.url, charset_of(capture), self.site)
        words = self.site.listing_words if self.options.heading else ()
        check_heading(listing.heading, words, ask.url)
        return replace(listing, next_page=self._next(ask, listing))

    def instead(self, ask: Ask, refusal_class: RefusalClass) -> Ask | None:
        """The list from its front, once more, where 404 behind a page that is not full ends it.

        Files by number have no empty page behind the last.  A page that is not full proves
        nothing alone, nor does 404: together they do, and what slipped meanwhile is looked for.
        """
        if not self._ends(ask, refusal_class):
            return None
        progress = self._progress[ask.walk]
        progress.reached = self._end(ask)
        progress.again = []
        progress.rounds += 1
        front, *others = self._ask_again(self.run.account.walk(ask.walk), progress)

        def read(capture: Capture, again: Ask) -> Iterator[Step]:
            yield from others
            yield from self.read_again(capture, again)

        return replace(front, read=read)

    def takes_as_answer(self, ask: Ask, refusal_class: RefusalClass) -> bool:
        """Whether 404 says that a list of one page has no second one."""
        if ask.page_number != 2 or not self._is_behind_last(ask, refusal_class):
            return False
        self.run.account.walk(ask.walk).end_with(self._end(ask))
        return True

    def _ends(self, ask: Ask, refusal_class: RefusalClass) -> bool:
        return ask.page_number > 2 and self._is_behind_last(ask, refusal_class)

    def _is_behind_last(self, ask: Ask, refusal_class: RefusalClass) -> bool:
        number, size = ask.page_number, self.options.page_size
        here = self._before.get((ask.walk, number), 0)
        last = here - self._before.get((ask.walk, number - 1), 0)
        progress = self._progress.get(ask.walk)
        reading = progress is not None and progress.reached is None
        return refusal_class is RefusalClass.GONE and reading and 0 < last < (size or 0)

    def _end(self, ask: Ask) -> Proved:
        number = ask.page_number
        words = f"page {number - 1} is not full, and there is no page {number}"
        return Proved(End.LAST_PAGE, words)

    def _next(self, ask: Ask, listing: Listing) -> str | None:
        template, number = self._templates[ask.walk], ask.page_number
        here = listing.page_size or 0
        after = self._before.get((ask.walk, number), 0) + here
        self._before[ask.walk, number + 1] = after
        following = self.options.page_url(template, number + 1, after)
        if not here or following == ask.url:
            return None
        if listing.page_count is not None and number >= listing.page_count:
            return None
        if listing.item_count is not None and after >= listing.item_count:
            return None
        return following
