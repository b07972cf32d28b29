"""What a source's declaration may say of where its values stand on a page.

A selector wins where it matches exactly once.  Where it matches otherwise, or says something
else than the generic reading, the article carries evidence about ``drift``: sites change, and
a selector that still matches may have come to match the wrong thing.
"""

import re
from collections import Counter
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.errors import LayoutChangedError
from crawler.pages.layout.body import Body
from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.header import OUTLET_LABEL
from crawler.pages.layout.text import select_text
from crawler.pages.layout.tree import lay_out_node
from crawler.pages.layout.weights import Weights
from crawler.pages.values.credits import clean_name
from crawler.pages.values.outlets import clean_outlet
from crawler.pages.values.written import dates_in
from storage.records import Article, Evidence

_AGREEMENT = 0.8
"""Share of character bigrams that two readings of a body have in common when they agree."""
_LABEL = re.compile(r"^\s*[\u4e00-\u9fff ]{1,6}\s*[:：/]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors; each sharpens one value of the generic reading, None leaves it alone."""

    title: str | None = None
    kicker: str | None = None
    subtitle: str | None = None
    body: str | None = None
    published_at: str | None = None
    outlet: str | None = None
    author: str | None = None
    editor: str | None = None


def body_text(tree: LexborHTMLParser, css: str, title: str) -> str | None:
    """The text of the one node that ``css`` matches; None on no, several or empty matches."""
    found = _matches(tree, css)
    if len(found) != 1:
        return None
    page = lay_out_node(found[0])
    whole = Body(0, 0, len(page.lines), 1.0, 0.0)
    return "\n".join(select_text(page, Weights(page), whole, None, title).paragraphs) or None


def sharpen(
    article: Article, tree: LexborHTMLParser, selectors: Selectors, now: datetime | None
) -> Article:
    """The article with the declared selectors' values, and evidence where they disagree."""
    drift: list[Evidence] = []
    for field in fields(selectors):
        css: str | None = getattr(selectors, field.name)
        if css is None:
            continue
        found = _matches(tree, css)
        if len(found) != 1:
            drift.append(_drift(field.name, f"matched {len(found)} times", css))
            continue
        before = article
        article = _with(article, field.name, found[0], tree, css, now)
        if article is before:
            drift.append(_drift(field.name, "matched, but holds no value", css))
        elif not _agree(field.name, before, article):
            was = str(getattr(before, _attribute(field.name)))
            drift.append(_drift(field.name, "differs from the generic reading", was[:200]))
    return replace(article, evidence=(*article.evidence, *drift)) if drift else article


def _matches(tree: LexborHTMLParser, css: str) -> list[LexborNode]:
    """:raises LayoutChangedError: for what is no selector, as the listings do."""
    try:
        return tree.css(css)
    except (SelectolaxError, ValueError) as exc:
        raise LayoutChangedError(f"not a CSS selector: {css!r}") from exc


def _attribute(name: str) -> str:
    return "text" if name == "body" else name


def _with(
    article: Article,
    name: str,
    node: LexborNode,
    tree: LexborHTMLParser,
    css: str,
    now: datetime | None,
) -> Article:
    """The article with one selected value; the same article when the node holds none."""
    words = " ".join(node.text(separator=" ").split())
    if name == "body":
        text = body_text(tree, css, article.title)
        return replace(article, text=text) if text else article
    if name == "published_at":
        dated = next(dates_in(words, "selector", "html", now), None)
        if dated is None:
            return article
        evidence = tuple(item for item in article.evidence if item.about != "published_at")
        return replace(
            article,
            published_at=dated.at,
            published_precision=dated.precision,
            evidence=(*evidence, dated.evidence),
        )
    if name == "outlet":
        label = OUTLET_LABEL.search(words)
        words = clean_outlet(words[label.end() :] if label else words) or ""
    elif name in ("author", "editor"):
        words = clean_name(_LABEL.sub("", words)) or ""
    if not words:
        return article
    evidence = tuple(item for item in article.evidence if item.about != name)
    source = Evidence(about=name, rule="selector", field="html", span=(0, len(words)), quote=words)
    return replace(_set(article, name, words), evidence=(*evidence, source))


def _set(article: Article, name: str, value: str) -> Article:
    match name:
        case "title":
            return replace(article, title=value)
        case "kicker":
            return replace(article, kicker=value)
        case "subtitle":
            return replace(article, subtitle=value)
        case "outlet":
            return replace(article, outlet=value)
        case "author":
            return replace(article, author=value)
        case _:
            return replace(article, editor=value)


def _agree(name: str, generic: Article, sharpened: Article) -> bool:
    if name == "body":
        return likeness(generic.text, sharpened.text) >= _AGREEMENT
    if name == "published_at":
        one, other = generic.published_at, sharpened.published_at
        return one is not None and other is not None and one.date() == other.date()
    one_text, other_text = getattr(generic, name), getattr(sharpened, name)
    return comparable(one_text or "") == comparable(other_text or "")


def likeness(one: str, other: str) -> float:
    """The share of character bigrams that two texts have in common, 0..1."""
    left = Counter(pairwise(one))
    right = Counter(pairwise(other))
    together = sum((left & right).values())
    return 2 * together / max(1, sum(left.values()) + sum(right.values()))


def _drift(name: str, what: str, quote: str) -> Evidence:
    return Evidence(
        about="drift",
        rule=f"selector {name} {what}",
        field="html",
        span=(0, len(quote)),
        quote=quote,
    )
