"""From the bytes of a page to an article: charset, tree, body, title, date, credits, gate."""

from datetime import datetime
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from crawler.errors import TooShortError
from crawler.pages.body import Body, find_body
from crawler.pages.boilerplate import dropped_by
from crawler.pages.charset import decode
from crawler.pages.credits import find_credits
from crawler.pages.dates import find_date
from crawler.pages.head import read_head
from crawler.pages.parts import next_page
from crawler.pages.selectors import Selectors
from crawler.pages.titles import find_title
from crawler.pages.tree import Page, lay_out
from storage.records import Article, Image


def read_article(
    body: bytes,
    *,
    url: str = "",
    charset: str | None = None,
    now: datetime | None = None,
    selectors: Selectors | None = None,
) -> Article:
    """Read one article page; a PageError subclass says what the page is instead.

    ``charset`` is the HTTP header's; ``now`` only bounds what dates are plausible.
    """
    text = decode(body, declared=charset).text
    tree = LexborHTMLParser(text)
    page = lay_out(tree)
    head = read_head(tree, text)
    found = find_body(page) or find_body(page, heed_names=False)
    if found is None:
        raise TooShortError("no text on the page", url=url or None)
    title = find_title(page, head, start=found.start, end=found.end)
    lines, dropped = _text_lines(page, found, title.line if title else None)
    dated = find_date(
        page,
        head,
        text,
        url,
        title=title.line if title else None,
        start=found.start,
        end=found.end,
        now=now,
    )
    credits = find_credits(
        page,
        head,
        title=title.line if title else None,
        start=found.start,
        end=found.end,
        dropped=dropped,
    )
    evidence = [
        item.evidence
        for item in (title, dated, credits.outlet, credits.author, credits.editor)
        if item
    ]
    return Article(
        url=url,
        title=title.text if title else "",
        kicker=title.kicker if title else None,
        subtitle=title.subtitle if title else None,
        text="\n".join(page.lines[index].text for index in lines),
        published_at=dated.at if dated else None,
        published_precision=dated.precision if dated else None,
        outlet=credits.outlet.name if credits.outlet else None,
        author=credits.author.name if credits.author else None,
        editor=credits.editor.name if credits.editor else None,
        images=_images(page, found, url),
        next_page=next_page(tree, text, url),
        evidence=tuple(evidence),
    )


def _text_lines(page: Page, found: Body, title: int | None) -> tuple[list[int], list[int]]:
    """The lines of the text, and those dropped from between them."""
    kept, dropped = [], []
    for index in range(found.start, found.end):
        if (title is not None and index <= title) or dropped_by(page.lines[index].text):
            dropped.append(index)
        else:
            kept.append(index)
    return kept, dropped


def _images(page: Page, found: Body, url: str) -> tuple[Image, ...]:
    return tuple(
        Image(url=urljoin(url, picture.source), caption=picture.alt or None)
        for picture in page.pictures
        if found.start <= picture.line <= found.end and picture.source
    )
