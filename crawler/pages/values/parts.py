"""Articles on several pages: where the next page is, and how the pages become one article."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin, urlsplit

from crawler.pages.layout.page import Page
from crawler.pages.rules.limits import PAGER_WINDOW
from storage.records import Article, Image

_NEXT = ("下一页", "下页", "后一页", "余下全文", "下一頁")
_HREF = re.compile(
    r"<a\b[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>]+)[^>]*>(?:\s|&\w+;|[\[【(（<«]|<(?!/?a\b)[^>]*>)*$",
    re.I,
)
_TRS_COUNT = re.compile(
    r"createPageHTML\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*[\"']([\w-]+)[\"']\s*,\s*[\"'](\w+)[\"']"
)
_PAGE_SUFFIX = re.compile(r"[_-]\d{1,2}$")
"""Longer numbers are ids: content_771 and content_772 are two articles."""


def next_page(page: Page, text: str, base: str) -> str | None:
    """The absolute address of the article's next page; None on its last or only one.

    A link to the next article or the next page of a list is none: the address must be this
    page's own with another page number.
    """
    if not base or absolute(base, "") is None:
        return None
    linked = "\n".join([line.text for line in page.lines if line.linked])
    places = _places(text) if any(word in linked for word in _NEXT) else ()
    for at in places:
        window = text[max(0, at - PAGER_WINDOW.value) : at]
        opened = window.rfind("<a")
        link = _HREF.match(window, opened) if opened > window.rfind("</a") else None
        if link:
            target = absolute(base, unescape(link[1]))
            if target and _is_other_part(base, target):
                return target.split("#")[0]
    return _from_script(text, base)


def absolute(base: str, reference: str) -> str | None:
    """The absolute address of a reference on a page; None for what is no address (``//[x``)."""
    try:
        address = urljoin(base, reference.strip())
        urlsplit(address)
    except ValueError:
        return None
    return address


def _places(text: str) -> Iterator[int]:
    """Where a word for the next page stands; plain search, for the whole source is gone through."""
    for word in _NEXT:
        at = text.find(word)
        while at >= 0:
            yield at
            at = text.find(word, at + 1)


def _from_script(text: str, base: str) -> str | None:
    """TRS counts the pages of an article in a script; page 2 of ``t1`` is ``t1_1``."""
    at = text.find("createPageHTML(")
    found = _TRS_COUNT.match(text, at) if at >= 0 else None
    if not found:
        return None
    count, current = int(found[1]), int(found[2])
    if current + 1 >= count:
        return None
    target = absolute(base, f"{found[3]}_{current + 1}.{found[4]}")
    return target if target and _is_other_part(base, target) else None


def _is_other_part(base: str, target: str) -> bool:
    here, there = urlsplit(base), urlsplit(target)
    if there.scheme not in ("http", "https") or here.netloc != there.netloc:
        return False
    if (here.path, here.query) == (there.path, there.query):
        return False
    if here.path == there.path:
        return _without_page(here.query) == _without_page(there.query)
    return not _stems(here.path).isdisjoint(_stems(there.path))


def _without_page(query: str) -> list[str]:
    fields = [field for field in query.split("&") if field]
    return sorted(
        f for f in fields if not re.match(r"(?:p|page|pageno|pagenum|pn|currentpage)=\d+$", f, re.I)
    )


def _stems(path: str) -> set[str]:
    """A path without its extension, with and without what may be a page number."""
    folder, _, name = path.rpartition("/")
    stem = name.split(".")[0]
    if not stem or stem in ("index", "default"):
        return {path}
    return {f"{folder}/{stem}", f"{folder}/{_PAGE_SUFFIX.sub('', stem)}"}


def join_pages(first: Article, rest: Sequence[Article]) -> Article:
    """One article from its pages in order; what a page repeats of the one before is dropped."""
    if not rest:
        return first
    lines = first.text.split("\n")
    images: list[Image] = list(first.images)
    evidence = list(first.evidence)
    captures = list(first.captures)
    for part in rest:
        more = part.text.split("\n")
        seen = set(lines)
        while more and more[0] in seen:
            more.pop(0)
        while more and more[-1] in seen:
            more.pop()
        lines.extend(more)
        known = {image.url for image in images}
        images.extend(image for image in part.images if image.url not in known)
        evidence.extend(item for item in part.evidence if item not in evidence)
        captures.extend(part.captures)
    return replace(
        first,
        text="\n".join(line for line in lines if line),
        images=tuple(images),
        evidence=tuple(evidence),
        captures=tuple(captures),
        editor=first.editor or next((part.editor for part in rest if part.editor), None),
        author=first.author or next((part.author for part in rest if part.author), None),
        outlet=first.outlet or next((part.outlet for part in rest if part.outlet), None),
        score=min([first.score, *(part.score for part in rest)]),
        next_page=rest[-1].next_page,
    )
