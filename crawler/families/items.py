"""Lists of articles inside JSON: where a document keeps them, as a declaration says it.

JSON comes plain, as JSONP, after ``var list =``, or inside a script of a page.  Pure.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Self
from urllib.parse import urljoin

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, model_validator

from crawler.errors import LayoutChangedError
from crawler.families.base import Strict
from crawler.pages.lists.listdays import printed_day
from crawler.pages.raw.charset import decode
from crawler.pages.raw.jsontext import JsonTextError, parse_json
from crawler.pages.raw.storable import storable
from crawler.pages.raw.urls import canonical_url, url_date
from storage.records import SHANGHAI, Link

MAX_TRIES = 500
"""Places of a page where a JSON value is looked for; a script of a page has few."""


def _a_path(text: str) -> str:
    try:
        jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError(f"not a JMESPath expression: {error}") from error
    return text


Path = Annotated[str, AfterValidator(_a_path)]


class ItemPaths(Strict):
    """Where a JSON document keeps its articles; all but ``article_url`` are JMESPath expressions.

    ``items`` gives the list; the others are looked up in one of them.  The address of an article
    is the value of ``url``, or ``article_url``, a format string over the item's own keys.
    ``total`` and ``pages`` are the numbers that the document states.
    """

    items: Path = "@"
    url: Path | None = None
    article_url: str | None = None
    title: Path = "title"
    day: Path | None = None
    total: Path | None = None
    pages: Path | None = None

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if (self.url is None) == (self.article_url is None):
            raise ValueError("one of url and article_url is needed")
        return self

    def list_in(self, document: object) -> list[object] | None:
        """The articles of a document; None where there is no list of them."""
        found = jmespath.search(self.items, document)
        return found if isinstance(found, list) else None

    def links(self, items: list[object], base: str) -> tuple[Link, ...]:
        """The links of ``items``, each address once; ``base`` is where the document was found.

        :raises LayoutChangedError: when an item has no address or no title.
        """
        links: dict[str, Link] = {}
        for number, item in enumerate(items, start=1):
            address = self._address(item)
            title = storable(re.sub(r"<[^>]*>", "", str(jmespath.search(self.title, item) or "")))
            if not address or not title.strip():
                raise LayoutChangedError(f"item {number} has no address or no title", url=base)
            try:
                absolute = urljoin(base, address.strip())
                url = canonical_url(absolute)
            except ValueError as error:
                raise LayoutChangedError(
                    f"item {number} has no address: {address}", url=base
                ) from error
            given = jmespath.search(self.day, item) if self.day else None
            link = Link(
                url=url,
                title=" ".join(title.split()),
                published_on=day_of(given) or url_date(absolute),
                fetch_url=absolute if absolute != url else None,
            )
            links.setdefault(url, link)
        return tuple(links.values())

    def _address(self, item: object) -> str | None:
        if self.url is not None:
            found = jmespath.search(self.url, item)
            return str(found) if found else None
        assert self.article_url is not None
        if not isinstance(item, dict):
            return None
        try:
            return self.article_url.format(**item)
        except (KeyError, IndexError, ValueError, AttributeError):
            return None

    def number(self, path: str | None, document: object) -> int | None:
        """A number that the document states; None where it does not."""
        found = jmespath.search(path, document) if path else None
        text = str(found)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def day_of(value: object) -> date | None:
    """The day that a value of a document states: a date in words, or seconds since 1970."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip()
    if re.fullmatch(r"\d{10}(?:\d{3})?", text):
        return datetime.fromtimestamp(int(text[:10]), UTC).astimezone(SHANGHAI).date()
    if found := re.match(r"(\d{4})(\d{2})(\d{2})(?!\d{2,3}\b)", text):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
    printed = printed_day(text)
    if printed is None or printed.year is None:
        return None
    try:
        return date(printed.year, printed.month, printed.day)
    except ValueError:
        return None


_WRAPPED = re.compile(
    r"^\s*(?:/\*.*?\*/\s*)?(?:var\s+)?[\w$.\[\]'\"]+\s*[=(]\s*(?=[\[{\"]|null\b)", re.DOTALL
)
_AFTER = re.compile(r"[\s;)]*$")


def read_document(body: bytes, *, url: str, charset: str | None = None) -> object:
    """The JSON value of an answer: plain, as JSONP, or assigned to a variable.

    :raises LayoutChangedError: when it is none of these.
    """
    text = decode(body, declared=charset).text.lstrip("\ufeff")
    if wrapped := _WRAPPED.match(text):
        text = _AFTER.sub("", text[wrapped.end() :])
    try:
        return parse_json(text)
    except JsonTextError as error:
        raise LayoutChangedError(f"not JSON: {error.problem}", url=url) from error


_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)


def values_in_scripts(html: str, variable: str | None) -> Iterator[object]:
    """The JSON values that stand in the scripts of a page, in page order.

    Only those that are assigned to ``variable``, or passed to the function of that name, where
    it is given.
    """
    decoder = json.JSONDecoder()
    start = re.compile(rf"\b{re.escape(variable)}['\"]?\s*[=:(]\s*" if variable else r"(?=[\[{])")
    tries = 0
    for script in _SCRIPT.finditer(html):
        text, at = script[1], 0
        while tries < MAX_TRIES and (found := start.search(text, at)):
            tries += 1
            at = max(found.end(), found.start() + 1)
            try:
                value, at = decoder.raw_decode(text, found.end())
            except (ValueError, RecursionError):
                continue
            yield value
