"""Whether an answer is the page that was asked for: where a redirect led, one page for all."""

import re
from collections import defaultdict
from urllib.parse import parse_qs, urlsplit

from scrapy.http import Response

from crawler.errors import MovedError, RedirectedError, TruncatedPageError, WrongContentError
from crawler.families.base import Ask
from crawler.sources.declaration import Source
from storage.records import Article, RequestKind

_HOME = re.compile(r"/(?:index|default|home)\.(?:s?html?|php|jsp|aspx?)", re.IGNORECASE)
"""A home page under the name of its file."""
MANY_ALIKE = 3
"""So many articles that lists call by other titles, and whose pages are alike word by word, are
none: the site answers one page for all."""


def see_arrival(response: Response, ask: Ask, source: Source) -> None:
    """See that the response is of the page that was asked for.

    :raises PageError: when a redirect led to the home page, a list or another document.
    """
    if "partial" in response.flags:
        raise TruncatedPageError("the connection ended before the body did", url=ask.url)
    if response.url == ask.url or "redirect_urls" not in response.meta:
        return
    arrived = urlsplit(response.url)
    elsewhere = arrived.path != urlsplit(ask.url).path
    if (
        arrived.path in ("", "/")
        or (elsewhere and _HOME.fullmatch(arrived.path))
        or response.url in source.entry_urls
    ):
        raise RedirectedError(to=response.url, url=ask.url)
    if ask.kind is RequestKind.ARTICLE:
        return
    if elsewhere or _other_values(ask.url, response.url):
        raise MovedError(to=response.url, url=ask.url)


def _other_values(asked: str, arrived: str) -> bool:
    """Whether an address answers for another value of what was asked for: ``cid=1`` for 5."""
    wanted, given = parse_qs(urlsplit(asked).query), parse_qs(urlsplit(arrived).query)
    return any(given[name] != values for name, values in wanted.items() if name in given)


class Alike:
    """The articles of a run by their words, and what lists call them."""

    def __init__(self) -> None:
        self._titles: defaultdict[int, set[str]] = defaultdict(set)  # hash of the words -> titles

    def see(self, article: Article, ask: Ask) -> None:
        """See that an article is not one page that the site answers for all.

        :raises WrongContentError: from the ``MANY_ALIKE``-th on that a list calls otherwise.
        """
        titles = self._titles[hash((article.title, article.text))]
        titles.add(ask.link.title if ask.link else article.title)
        if len(titles) >= MANY_ALIKE:
            words = f"word by word the page of {len(titles) - 1} others that lists call otherwise"
            raise WrongContentError(words, url=ask.url)
