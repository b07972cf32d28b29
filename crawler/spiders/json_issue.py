"""The family ``json``: dated issues that an interface answers as JSON documents."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from scrapy.http import Response

from crawler.errors import LayoutChangedError, PageError, TooShortError, WrongContentError
from crawler.reader import Declared, read_declared
from crawler.sources.declaration import issue_url
from crawler.sources.json_issues import JsonPage, read_json_page, url_of, values_of
from crawler.spiders.base import Ask, Output
from crawler.spiders.issues import IssueSpider
from storage.records import Article, Capture, Link, RequestKind


class JsonSpider(IssueSpider):
    """Reads the articles that stand inside the JSON documents of each day's issue."""

    articles_have_pages = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = self.source.json_options
        self.issue_template = self.options.issue_url
        self.lookback_days = self.options.lookback_days
        self.skips_days = self.options.skips_days

    def read_issue(self, response: Response, ask: Ask) -> Iterator[Output]:
        """The first document of a day: its articles, and the other pages (版) of the issue.

        :raises PageError: when the document is no JSON, of another day, or of another form.
        """
        assert ask.day is not None
        page = self._read(response)
        if self.skips_days and not page.day:
            self.note_missing_issue(ask)
            return
        pages: list[str] = []
        if self.options.pages and self.options.page_url:
            if not page.codes:
                raise LayoutChangedError(f"{self.options.pages} finds no pages", url=ask.url)
            pages = [issue_url(self.options.page_url, ask.day, page=code) for code in page.codes]
        others = [url for url in pages if url != ask.url]
        articles = list(self._take(page, response, ask, open_pages=len(others)))
        for number, url in enumerate(others, start=2):
            yield from self.ask(
                replace(
                    ask, url=url, kind=RequestKind.LISTING, read=self.read_page, page_number=number
                )
            )
        yield from articles

    def read_page(self, response: Response, ask: Ask) -> Iterator[Output]:
        """A further page of an issue."""
        yield from self._take(self._read(response), response, ask, open_pages=None)

    def _read(self, response: Response) -> JsonPage:
        return read_json_page(response.body, self.options, url=response.url)

    def _take(
        self, page: JsonPage, response: Response, ask: Ask, *, open_pages: int | None
    ) -> Iterator[Output]:
        """The articles of one document; each item is a page in the account."""
        assert ask.day is not None
        if page.day != ask.day.isoformat():
            raise WrongContentError(
                f"the issue of {page.day or 'no day'} was answered", url=ask.url
            )
        if page.items is None:
            raise LayoutChangedError(f"{self.options.items} finds no list", url=ask.url)
        read: list[Article] = []
        capture = self.capture(response)
        for number, item in enumerate(page.items, start=1):
            self.account.asked[RequestKind.ARTICLE] += 1
            try:
                values = values_of(self.options, page, number, item)
                read.append(self._article(values, ask.day, capture))
            except PageError as error:
                part = replace(ask, url=f"{ask.url}#{number}", kind=RequestKind.ARTICLE)
                yield from self.refuse(part, error.refusal_class, error.detail)
            else:
                self.account.accepted[RequestKind.ARTICLE] += 1
        fresh = [article for article in read if article.url not in self.met]
        self.met |= {article.url for article in fresh}
        self.ledger.discovered(
            [Link(url=article.url, title=article.title, published_on=ask.day) for article in fresh]
        )
        self.note_page(ask, links=len(page.items), open_pages=open_pages)
        yield from fresh

    def _article(self, values: dict[str, str], day: date, capture: Capture) -> Article:
        if not values["title"]:
            raise LayoutChangedError(f"item {values['number']} has no title")
        if not values["body"].strip():
            raise TooShortError(f"item {values['number']} ({values['title']}) has no text")
        given = Declared(
            title=values["title"],
            body=values["body"],
            day=day,
            outlet=self.options.outlet or self.source.name,
            author=values.get("author"),
            kicker=values.get("kicker"),
            subtitle=values.get("subtitle"),
        )
        return read_declared(
            given, url=url_of(self.options, day, values), capture=capture, source=self.source
        )
