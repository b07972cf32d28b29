"""The family ``json``: dated issues that an interface answers as one JSON document."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import escape
from typing import cast

import jmespath
from scrapy.http import Response

from crawler.errors import LayoutChangedError, PageError, TooShortError, WrongContentError
from crawler.pages import read_article
from crawler.pages.urls import canonical_url
from crawler.spiders.base import Ask, Output
from crawler.spiders.issues import IssueSpider
from storage.records import Article, Link

PAGE = """<!DOCTYPE html><html><head><title>{title}</title></head><body>
<h3 class="kicker">{kicker}</h3><h1>{title}</h1><h3 class="subtitle">{subtitle}</h3>
<div class="info">{day} 来源：{outlet}</div>
<div class="article-content">{body}</div></body></html>"""
"""An item's HTML fragment as a page, so that one reader reads every body."""


class JsonSpider(IssueSpider):
    """Reads the articles that stand inside each day's JSON document."""

    def __init__(self, *args: str, **kwargs: str) -> None:
        super().__init__(*args, **kwargs)
        self.options = self.source.json_options
        self.issue_template = self.options.issue_url
        self.lookback_days = self.options.lookback_days
        self.skips_days = self.options.skips_days

    def read_issue(self, response: Response, ask: Ask) -> Iterator[Output]:
        """The articles of one day's document.

        Each item is a page in the account: it is accepted or refused for itself.

        :raises LayoutChangedError: when the document is no JSON, or has not the declared form.
        :raises WrongContentError: when the document is of another day.
        """
        assert ask.day is not None
        document = _document(response)
        stated = str(jmespath.search(self.options.issue_date, document) or "")[:10]
        if stated != ask.day.isoformat():
            raise WrongContentError(f"the issue of {stated or 'no day'} was answered", url=ask.url)
        items = jmespath.search(self.options.items, document)
        if not isinstance(items, list):
            raise LayoutChangedError(f"{self.options.items} finds no list", url=ask.url)
        walk = self.account.walk(ask.walk)
        walk.pages += 1
        walk.links += len(items)
        read: list[Article] = []
        for number, item in enumerate(items, start=1):
            item_ask = Ask(
                url=f"{ask.url}#{number}", kind="article", walk=ask.walk, read=ask.read, day=ask.day
            )
            self.account.asked["article"] += 1
            try:
                read.append(self._article(item, number, ask.day, response))
            except PageError as error:
                yield from self.refuse(item_ask, error.refusal_class, error.detail)
            else:
                self.account.accepted["article"] += 1
        fresh = [article for article in read if article.url not in self.met]
        self.met |= {article.url for article in fresh}
        self.ledger.discovered(
            [Link(url=article.url, title=article.title, published_on=ask.day) for article in fresh]
        )
        walk.proof = "every item of each issue's document read"
        yield from fresh

    def _article(self, item: object, number: int, day: date, response: Response) -> Article:
        values = {
            name: str(jmespath.search(path, item) or "")
            for name, path in self.options.fields.items()
        }
        values.setdefault("number", str(number))
        if not values["title"]:
            raise LayoutChangedError(f"item {number} has no title")
        if not values["body"].strip():
            raise TooShortError(f"item {number} ({values['title']}) has no text")
        url = self.options.article_url.format(
            **values, YYYY=f"{day:%Y}", MM=f"{day:%m}", DD=f"{day:%d}"
        )
        page = PAGE.format(
            title=escape(values["title"]),
            kicker=escape(values.get("kicker", "")),
            subtitle=escape(values.get("subtitle", "")),
            day=day.isoformat(),
            outlet=escape(self.options.outlet or self.source.name),
            body=values["body"],
        )
        article = read_article(
            page.encode(), url=canonical_url(url), charset="utf-8", now=self.now()
        )
        author = values.get("author") or article.author
        capture = self.capture(response)
        return self.complete_article(replace(article, author=author, captures=(capture,)))


def _document(response: Response) -> object:
    try:
        return cast(object, json.loads(response.body))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise LayoutChangedError(f"not JSON: {error}", url=response.url) from error
