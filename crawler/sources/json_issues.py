"""The JSON documents of dated issues, read as their declaration says: for crawls and probes alike.

Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import jmespath

from crawler.errors import LayoutChangedError
from crawler.pages.raw.jsontext import JsonTextError, parse_json
from crawler.pages.raw.storable import storable
from crawler.pages.raw.urls import canonical_url
from crawler.sources.declaration import JsonOptions, issue_url


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPage:
    """One document of an issue, which may have several (版).

    ``day`` is the one that it states, "" for none; ``code`` its own and ``codes`` those of all
    pages; ``items`` the articles as they stand in it, None where there is no list of them.
    """

    day: str
    code: str
    codes: tuple[str, ...] | None
    items: tuple[object, ...] | None


def read_json_page(body: bytes, options: JsonOptions, *, url: str) -> JsonPage:
    """What a document says.

    :raises LayoutChangedError: when it is no JSON.
    """
    try:
        document = parse_json(body)
    except JsonTextError as error:
        raise LayoutChangedError(f"not JSON: {error.problem}", url=url) from error
    codes = jmespath.search(options.pages, document) if options.pages else None
    items = jmespath.search(options.items, document)
    return JsonPage(
        day=str(jmespath.search(options.issue_date, document) or "")[:10],
        code=str(jmespath.search(options.page_code or "''", document) or ""),
        codes=tuple(map(str, codes)) if isinstance(codes, list) else None,
        items=tuple(items) if isinstance(items, list) else None,
    )


def values_of(options: JsonOptions, page: JsonPage, number: int, item: object) -> dict[str, str]:
    """The declared fields of one item, the ``number``-th of its page."""
    values: dict[str, str] = {}
    for name, path in options.fields.items():
        values[name] = storable(str(jmespath.search(path, item) or ""))
    values.setdefault("number", str(number))
    values.setdefault("page", page.code)
    return values


def url_of(options: JsonOptions, day: date, values: Mapping[str, str]) -> str:
    """The canonical URL of an article: what a person can open, and its identity."""
    return canonical_url(issue_url(options.article_url, day, **values))
