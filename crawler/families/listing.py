"""The family ``listing``: web sites whose articles hang on paginated list pages."""

import re
from dataclasses import replace
from typing import Literal

from pydantic import Field

from crawler.errors import LayoutChangedError, MovedError, PageError
from crawler.families.base import Ask, HttpUrl, Probed, Run, Site, charset_of
from crawler.families.items import ItemPaths, values_in_scripts
from crawler.families.lists import ListFamily, ListWalker, check_heading, said_by
from crawler.pages.lists.forwarding import forwarded_to
from crawler.pages.lists.links import read_listing
from crawler.pages.raw.charset import decode
from storage.records import Capture, Link, Listing

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


class ScriptItems(ItemPaths):
    """Where a script of a list page keeps the articles that it shows, as JSON.

    ``variable`` is the name that the value is assigned to; without it every JSON value of the
    page's scripts is tried.
    """

    variable: str | None = None


class ListingOptions(ListFamily):
    """Options of the family ``listing``: list pages of a web site.

    ``script_items``: the articles stand as JSON in a script of the page, not as links.
    """

    family: Literal["listing"] = "listing"
    urls: tuple[HttpUrl, ...] = Field(min_length=1)
    link_selector: str | None = None
    script_items: ScriptItems | None = None

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The first page of each list."""
        return self.urls

    @property
    def first_pages(self) -> tuple[str, ...]:
        """The same."""
        return self.urls

    @property
    def list_selector(self) -> str | None:
        """``link_selector``."""
        return self.link_selector

    def listed(self, page: Probed, site: Site) -> tuple[str, ...]:
        """Address and title of each article, and the issue's pages where it is an e-paper."""
        return said_by(self.read(page.body, url=page.url, charset=page.charset, site=site))

    def read(
        self,
        body: bytes,
        *,
        url: str,
        charset: str | None,
        site: Site,
        run: Run | None = None,
        number: int | None = None,
    ) -> Listing:
        """What a list page says; ``number`` is that of the page as it was asked for.

        :raises PageError: when the page is no list that can be read, or sends its reader on.
        """
        if (to := forwarded_to(body, url)) is not None:
            raise MovedError(to=to, url=url)
        try:
            listing = read_listing(
                body,
                url=url,
                charset=charset,
                now=run.now() if run else None,
                link_selector=self.link_selector,
                article_pattern=site.article_re,
                page_number=number,
            )
        except PageError:
            if self.script_items is None:
                raise
            listing = None
        if self.script_items is None:
            assert listing is not None
            return listing
        html = decode(body, declared=charset).text
        links = _script_links(self.script_items, html, url, site)
        heading = _TITLE.search(html)
        if listing is None:
            return Listing(url=url, links=links, heading=heading[1].strip() if heading else "")
        return replace(listing, links=links)

    def walker(self, site: Site, run: Run) -> "ListingWalker":
        """Follows each list from its first page until its end is proved."""
        return ListingWalker(self, site, run)


def _script_links(paths: ScriptItems, html: str, url: str, site: Site) -> tuple[Link, ...]:
    """The links of the first list of articles that a script of the page holds."""
    empty = False
    for value in values_in_scripts(html, paths.variable):
        try:
            items = paths.list_in(value)
            links = paths.links(items, url) if items else ()
        except LayoutChangedError:
            continue  # a list of something else: navigation, pictures
        if site.article_re is not None:
            links = tuple(link for link in links if site.article_re.search(link.address))
        if links:
            return links
        empty = empty or (items == [] and paths.variable is not None)
    if empty:
        return ()
    raise LayoutChangedError("no script of the page holds a list of articles", url=url)


class ListingWalker(ListWalker):
    """Follows each declared list from its first page until its end is proved."""

    def __init__(self, options: ListingOptions, site: Site, run: Run) -> None:
        super().__init__(options, site, run)
        self.options = options

    def read(self, capture: Capture, ask: Ask) -> Listing:
        """What a list page says, of the column that was declared."""
        listing = self.options.read(
            capture.body,
            url=capture.url,
            charset=charset_of(capture),
            site=self.site,
            run=self.run,
            number=ask.page_number,
        )
        check_heading(listing.heading, self.site.listing_words, ask.url)
        return listing
