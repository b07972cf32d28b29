"""The family ``json``: dated issues that an interface answers as JSON documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Literal, Self

import jmespath
import pydantic
from pydantic import model_validator

from crawler.errors import LayoutChangedError, WrongContentError
from crawler.families.base import Ask, Item, Listed, Probed, Run, Site, Step
from crawler.families.issues import IssueFamily, IssueUrl, IssueWalker, issue_url
from crawler.pages.raw.jsontext import JsonTextError, parse_json
from crawler.pages.raw.storable import storable
from crawler.pages.raw.urls import canonical_url
from crawler.runs.proof import Open
from storage.records import Article, Capture, Link, OpenCause, RequestKind

Field = Literal["title", "kicker", "subtitle", "body", "author", "page", "number"]
"""What a document may say of an article; others are only parts of its address."""


class JsonOptions(IssueFamily):
    """Options of the family ``json``: dated issues answered as one JSON document.

    ``items`` and the values of ``fields`` are JMESPath expressions; ``items`` gives the list
    of articles, each field is looked up in one article.  ``article_url`` is a format string
    over the fields and the date: the URL a person can open, and the identity.

    Where the issue names its articles only, ``article_request`` (a format string as above) is the
    address that answers the rest of one, and ``article`` says where in that answer its fields are.
    """

    articles_stand_alone: ClassVar[bool] = False

    family: Literal["json"] = "json"
    pages: str | None = None  # the codes of all pages (版) of the issue
    page_url: str | None = None  # as issue_url, with {page} for a code
    page_code: str | None = None  # which of them a document is
    issue_url: IssueUrl
    items: str
    article_url: str
    fields: dict[Field, str]
    article_request: str | None = None
    article: dict[Field, str] = pydantic.Field(default_factory=dict)
    issue_date: str  # where the document states its own date: a stale copy is refused
    outlet: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if missing := {"title", "body"} - set(self.fields) - set(self.article):
            raise ValueError(f"fields: {', '.join(sorted(missing))} missing")
        if "title" not in self.fields:
            raise ValueError("fields: title missing: the issue names its articles")
        if (self.article_request is None) != (not self.article):
            raise ValueError("article_request and article are given together or not at all")
        if (self.pages is None) != (self.page_url is None):
            raise ValueError("pages and page_url are given together or not at all")
        return self

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The issue of a day, with its placeholders."""
        return (self.issue_url,)

    def probe_urls(self, day: date) -> tuple[str, ...]:
        """The issue of ``day``."""
        return (issue_url(self.issue_url, day),)

    def listed(self, page: Probed, site: Site) -> tuple[str, ...] | None:
        """URL and declared fields of each item, and the issue's pages; None without today's.

        Bodies are left out, as other lists show none: a corrected one is found by the daily
        crawl.  Some answer with yesterday's issue until today's is out.
        """
        document = read_json_page(page.body, self, url=page.url)
        if document.day != page.day.isoformat():
            return None
        if document.items is None:
            raise LayoutChangedError(f"{self.items} finds no list", url=page.url)
        listed = []
        for number, item in enumerate(document.items, start=1):
            values = values_of(self, document, number, item)
            said = [f"{name}={value}" for name, value in sorted(values.items()) if name != "body"]
            listed.append(" ".join([url_of(self, page.day, values), *said]))
        return (*sorted(listed), *sorted(document.codes or ()))

    def walker(self, site: Site, run: Run) -> "JsonWalker":
        """Reads the articles that stand inside the documents of each day's issue."""
        return JsonWalker(self, site, run)


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


class JsonWalker(IssueWalker):
    """Reads the articles that stand inside the JSON documents of each day's issue."""

    def __init__(self, options: JsonOptions, site: Site, run: Run) -> None:
        super().__init__(options, site, run)
        self.options = options
        self._named: dict[str, dict[str, str]] = {}  # what issues said of articles to be asked for
        self._titles: dict[str, str] = {}  # address -> title of what it was given to

    def issue_of(self, day: date) -> Ask:
        """The request for a day's first document."""
        return self.ask_issue(issue_url(self.options.issue_url, day), day)

    def read_issue(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The first document of a day: its articles, and the other pages (版) of the issue.

        :raises PageError: when the document is no JSON, of another day, or of another form.
        """
        assert ask.day is not None
        page = read_json_page(capture.body, self.options, url=ask.url)
        if self.options.skips_days and not page.day:
            self.note_missing(ask.day)
            return
        pages: list[str] = []
        if self.options.pages and self.options.page_url:
            if not page.codes:
                raise LayoutChangedError(f"{self.options.pages} finds no pages", url=ask.url)
            pages = [issue_url(self.options.page_url, ask.day, page=code) for code in page.codes]
        others = [url for url in pages if url != ask.url]
        articles = list(self._take(page, capture, ask, open_pages=len(others)))
        for number, url in enumerate(others, start=2):
            yield replace(
                ask, url=url, kind=RequestKind.LISTING, read=self.read_page, page_number=number
            )
        yield from articles

    def read_page(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """A further page of an issue."""
        page = read_json_page(capture.body, self.options, url=ask.url)
        yield from self._take(page, capture, ask, open_pages=None)

    def _take(
        self, page: JsonPage, capture: Capture, ask: Ask, *, open_pages: int | None
    ) -> Iterator[Step]:
        """The articles of one document; each item is a page in the account."""
        assert ask.day is not None
        if page.day != ask.day.isoformat():
            raise WrongContentError(
                f"the issue of {page.day or 'no day'} was answered", url=ask.url
            )
        if page.items is None:
            raise LayoutChangedError(f"{self.options.items} finds no list", url=ask.url)
        if self.options.article_request is not None:
            yield from self._name(page, ask, open_pages=open_pages)
            return
        fresh: dict[str, Article] = {}
        urls = []
        for number, item in enumerate(page.items, start=1):
            given = self._item(page, number, item, ask.day)
            urls.append(given.url)
            self._see_own(ask, given.url, given.title)
            article = self.run.take(ask, given, capture)
            if article is not None and article.url not in self.run.met:
                fresh[article.url] = article
        self.run.met |= fresh.keys()
        links = [Link(url=one.url, title=one.title, published_on=ask.day) for one in fresh.values()]
        yield Listed(links=tuple(links), walk=ask.walk, fetched=True)
        self.note_page(ask, urls, links=len(page.items), open_pages=open_pages)
        yield from fresh.values()

    def _name(self, page: JsonPage, ask: Ask, *, open_pages: int | None) -> Iterator[Step]:
        """The articles that a document names, each to be asked for by a request of its own."""
        assert ask.day is not None
        assert page.items is not None
        assert self.options.article_request is not None
        links = {}
        for number, item in enumerate(page.items, start=1):
            values = values_of(self.options, page, number, item)
            if not values["title"]:
                raise LayoutChangedError(f"item {number} has no title", url=ask.url)
            url = url_of(self.options, ask.day, values)
            self._see_own(ask, url, values["title"])
            self._named[url] = values
            links[url] = Link(
                url=url,
                title=values["title"],
                published_on=ask.day,
                fetch_url=issue_url(self.options.article_request, ask.day, **values),
            )
        fresh = links.keys() - self.run.met
        yield Listed(links=tuple(links.values()), walk=ask.walk, read=self.read_article)
        self.note_page(ask, list(links), links=len(fresh), open_pages=open_pages)

    def read_article(self, capture: Capture, ask: Ask) -> Iterator[Step]:
        """The answer of one article: what the issue said of it, and what this says.

        :raises PageError: when it is no JSON, or there is no text in it.
        """
        assert ask.link is not None
        assert ask.link.published_on is not None
        try:
            document = parse_json(capture.body)
        except JsonTextError as error:
            raise LayoutChangedError(f"not JSON: {error.problem}", url=ask.url) from error
        said: dict[str, str] = {
            name: storable(str(jmespath.search(path, document) or ""))
            for name, path in self.options.article.items()
        }
        values = dict(self._named[ask.link.url])
        values.update((name, words) for name, words in said.items() if words)
        item = self._of_values(values, ask.link.url, ask.link.published_on)
        yield self.run.article_of(item, capture)

    def _see_own(self, ask: Ask, url: str, title: str) -> None:
        """Leave an issue open where two of its items are given one address: one of them is lost."""
        known = self._titles.setdefault(url, title)
        if known != title:
            words = f"{known!r} and {title!r} are given one address by article_url"
            self.run.account.walk(ask.walk).end_with(Open(OpenCause.ITEMS_LEFT, words))

    def _item(self, page: JsonPage, number: int, item: object, day: date) -> Item:
        values = values_of(self.options, page, number, item)
        return self._of_values(values, url_of(self.options, day, values), day)

    def _of_values(self, values: Mapping[str, str], url: str, day: date) -> Item:
        return Item(
            name=f"item {values['number']}",
            url=url,
            title=values["title"],
            body=values.get("body", ""),
            day=day,
            outlet=self.options.outlet or self.site.name,
            author=values.get("author"),
            kicker=values.get("kicker"),
            subtitle=values.get("subtitle"),
        )
