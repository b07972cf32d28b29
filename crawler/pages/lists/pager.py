"""Where a list goes on, and the totals that it declares.

Nothing is guessed: a next page is a link of the page, or what the page's own script would
make.  Where a page counts more pages than it shows a way to, ``next_page`` is None while
``page_number < page_count``, which a crawler must read as "not the end"; every other way in
which a page says that there is more is one of the ``more`` signs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.pages.lists.anchors import Anchor, AnchorWalk
from crawler.pages.lists.controls import (
    BARE_MORE,
    LAST,
    LOAD_MORE,
    NEXT,
    NEXT_SET,
    NUMBER,
    Choice,
    Control,
    controls,
    fraction_of,
    holds,
    is_scripted,
    leads_somewhere,
    page_choice,
)
from crawler.pages.lists.more import end_words, more_signs
from crawler.pages.lists.pagenumbers import (
    behind_previous,
    front,
    marked_number,
    number_in,
    numbered_links,
    site_of,
    unlinked_number,
)
from crawler.pages.lists.scriptcounts import Counts, page_address, read_counts
from crawler.pages.lists.traces import said_part, traces
from crawler.pages.lists.trs import read_call
from storage.records import MoreSign


@dataclass(frozen=True, slots=True)
class Pager:
    """What a list page says of its pages; None where it says nothing."""

    next_page: str | None = None
    page_number: int | None = None
    page_count: int | None = None
    item_count: int | None = None
    page_size: int | None = None
    more: tuple[MoreSign, ...] = ()
    says_end: str | None = None
    found: bool = False


_PREVIOUS = re.compile(
    r"^[\s\[(（【<«‹]*(?:上一?[页頁]|前一?[页頁]|首\s?[页頁]|第一[页頁]|尾[页頁]|末[页頁]|最后一[页頁])"
)
_PAGER_WORDS = re.compile(
    r"^(?:[\[<«‹]*\s*)?(?:[上下首尾末前后][一]?[页頁]|第?\d{1,4}页?|[<>«»‹›]{1,2}|更多|\.\.\.|GO)\s*[\]>»›]*$",
    re.IGNORECASE,
)

_COUNTS = (
    re.compile(r"(?:共\s*(?:有|计)?|总计)\s*[:：]?\s*(\d{1,6})\s*[页頁]"),
    re.compile(
        r"(?:页次|頁次|页码|第)\s*[:：]?\s*\d{1,6}\s*[页頁]?\s*/\s*共?\s*(\d{1,6})\s*[页頁]?"
    ),
    re.compile(r"(?<![\d/.-])\d{1,6}\s*/\s*(\d{1,6})\s*[页頁]"),
    re.compile(r"条\W{0,8}\d{1,5}\s*/\s*(\d{1,5})(?![\d/.-])"),
    re.compile(r"总页数\s*[:：]?\s*(\d{1,6})|<totalpage>\s*(\d{1,6})", re.IGNORECASE),
)
_ITEMS = (
    re.compile(
        r"(?:共|合计|总计|全部|总|检索到|找到)\s*(?:有|计|找到|检索到|收录)?"
        r"(?:信息|文章|新闻|稿件|数据|记录)?\s*[:：]?\s*约?\s*(\d{1,3}(?:,\d{3})+|\d{1,8})\s*"
        r"(?:条(?!.{0,2}措施|例|件)|篇|则|个?(?:记录|结果)|项(?=[\s，,。;；/|]|$)|件(?=[\s/|]|$))"
    ),
    re.compile(
        r"(?:总条[数目]|总条目数|总数据|数据总量|信息总量|总记录数?|总数|记录总数|记录数)\s*[:：]?\s*(\d{1,8})"
    ),
)
# PHPCMS prints "236条" alone; a choice of page sizes prints several such.
_LONE_ITEMS = re.compile(r"(?:^|(?<!每页)\s)(\d{1,8})\s*条(?:记录|信息)?(?=\s|$)")
_SIZES = (re.compile(r"每页\s*(?:显示)?\s*(\d{1,3})\s*[条篇项个]|(\d{1,3})\s*[条篇]\s*/\s*页"),)
_CURRENT = (
    re.compile(r"第\s*(\d{1,6})\s*[页頁]"),
    re.compile(r"(?:页次|頁次|页码|当前页)\s*[:：]?\s*(\d{1,6})"),
    re.compile(r"(?<![\d/.-])(\d{1,6})\s*/\s*\d{1,6}\s*[页頁]"),
    re.compile(r"条\W{0,8}(\d{1,5})\s*/\s*\d{1,5}(?![\d/.-])"),
)
_SHOWN_ITEMS = re.compile(
    r"(?:显示)?第?\s*(\d{1,8})\s*(?:至|到|[-–—~～])\s*第?\s*(\d{1,8})\s*[条项篇则]\S{0,4}?[,，;；]?\s*(?:总?共|合计)"
    r"\s*(?:有|计)?\s*(\d{1,8})\s*[条项篇则]"
    r"|showing\s+(\d{1,8})\s+to\s+(\d{1,8})\s+of\s+(\d{1,8})\s+entries",
    re.IGNORECASE,
)
"""第 341 至 347 项，共 347 项: which articles of all a page shows."""
_MAX_SCRIPT = 200_000
_TITLED_TOTAL = "[title='总数'], [title='总记录数'], [title='总条数'], [title='Total record']"
"""EmpireCMS prints the total alone, and says what it is in a title."""
_TITLED_WORDS = ("总数".encode(), "总记录数".encode(), "总条数".encode(), b"total record")
_COMMENT_PAGE = re.compile(r"[?&](?:c|comment|reply|msg)_?page=|comment-page-\d", re.IGNORECASE)
_COMMENT_BOX = re.compile(
    r"(?:^|[\s_-])(?:comments?|pinglun|liuyan|msg|message-?board|repl(?:y|ies)|guestbook)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CURSOR = re.compile(
    r"(?:^|&)(?:\w*p(?:age)?\w*=\d|\w*(?:last|max|min|since|before|after|cursor|offset|start|begin|next)\w*=\w)",
    re.I,
)
"""What says in an address where the next articles begin: a page's number, the last one's id."""
_LONGEST_STEP = 16


def is_pager_text(text: str) -> bool:
    """Whether a link's text is a page number or a step."""
    return len(text) <= _LONGEST_STEP and bool(
        _PAGER_WORDS.match(text) or NEXT.match(text) or _PREVIOUS.match(text)
    )


def read_pager(
    tree: LexborHTMLParser, walk: AnchorWalk, *, url: str, page_number: int | None = None
) -> Pager:
    """The next page, the totals and the signs of more of a list page.

    ``page_number`` is the number that the page was asked for as, from 1: some scripts say only
    with it whether they count from 0.
    """
    scripts = _scripts(tree)
    if (called := read_call(scripts, url, walk.base, page_number)) is not None:
        return Pager(
            called.next_page,
            called.page_number,
            called.page_count,
            called.item_count,
            more=tuple(said_part(walk.loose_texts)) if called.is_last else (),
            found=True,
        )
    anchors, base = walk.anchors, walk.base
    words = _pager_words(walk.loose_texts)
    fields = tree.css("input[type=hidden]") if holds(tree, b"<input") else ()
    hidden = (field.attributes for field in fields)
    counts = read_counts(scripts, walk.counted, hidden)
    choice = page_choice(tree)
    living = list(controls(walk.short_texts, tree))
    count = _first_number(_COUNTS, words)
    stated = count is not None
    count = counts.pages if count is None else count
    items = _stated_items(tree, words, counts)
    size = _first_number(_SIZES, words) or counts.size
    steps = [
        a
        for a in anchors
        if (NEXT.match(a.text or a.title) or _loads_more(a, url)) and not _of_comments(a)
    ]
    numbered = numbered_links(anchors, url)
    lone = _LONE_ITEMS.findall(words)
    if items is None and len(lone) == 1 and (steps or numbered or living):
        items = int(lone[0])
    number = _own_number(walk, words, numbered, counts, choice, url)
    if choice is not None:
        count = choice.count if count is None else count
    next_page = _stated_next(tree, steps, url=url, base=base)
    if next_page is None and number is not None:
        next_page = _by_number(anchors, numbered, number)
    if next_page is None and number is None and not steps and 2 in numbered and 1 not in numbered:
        # No number says where we are, and page 2 is offered, page 1 is not: this is page 1.
        next_page, number = numbered[2], 1
    if count is None and (fraction := fraction_of(walk.short_texts)) is not None:
        number, count = fraction[0] if number is None else number, fraction[1]
    if count is None and (shown := _SHOWN_ITEMS.search(words)):
        first, last, items = (int(part) for part in shown.groups() if part)
        number = 1 if number is None and first <= 1 else number
        if last >= items:
            count = number
        elif number is not None and number > 1:
            size = (first - 1) // (number - 1)
        else:
            size = last - first + 1 if first <= 1 else size
    if count is None and items is not None and size:
        count = -(-items // size)
    if count is None:
        count = _page_of_last(anchors, living, next_page, number)
    if count is None and numbered and number is not None and next_page is None:
        count = number if max(numbered) <= number else None
    if number is None and count is not None and (count == 1 or _lead_here(steps, url)):
        number = count
    more = tuple(
        more_signs(living, walk, counts, choice, scripts, number or page_number or 1, items)
    )
    if next_page is None and (number is None or count is None or number < count):
        here = number or page_number or 1
        next_page = _built_next(living, choice, scripts, here, url, base)
    if _is_last(number, count):
        next_page = None
    says_end = end_words(walk) or (counts.no_more if not counts.more else None)
    if not more and next_page is None and says_end is None and not _is_last(number, count):
        more = tuple(traces(tree, walk, living, scripts, number or page_number or 1, url))
    elif not more and next_page is None and _is_last(number, count):
        more = tuple(said_part(walk.loose_texts))
    is_pager = bool(steps or len(numbered) > 1 or stated or count or next_page)
    return Pager(next_page, number, count, items, size, more, says_end, is_pager)


def _is_last(number: int | None, count: int | None) -> bool:
    return number is not None and count is not None and number >= count


def _stated_items(tree: LexborHTMLParser, words: str, counts: Counts) -> int | None:
    """How many articles the list says that it holds: in words, to its script, under a title."""
    items = _first_number(_ITEMS, words)
    items = counts.items if items is None else items
    if items is not None or not holds(tree, *_TITLED_WORDS):
        return items
    total = tree.css_first(_TITLED_TOTAL)
    printed = "" if total is None else (total.text() or "").strip()
    return int(printed) if printed.isdecimal() else None


def _own_number(
    walk: AnchorWalk,
    words: str,
    numbered: dict[int, str],
    counts: Counts,
    choice: Choice | None,
    url: str,
) -> int | None:
    """The number of the page itself, by the first that says one.

    A choice of pages prints all of their numbers: the one it has chosen goes before words.
    """
    number = choice.chosen if choice is not None else None
    number = _first_number(_CURRENT, words) if number is None else number
    if number is None:
        number = unlinked_number(walk.anchors, numbered) or number_in(url, numbered, walk.base)
    if number is None:
        number = marked_number(walk) or counts.number or behind_previous(walk.anchors, url)
    if number is None and choice is not None:
        number = _chosen(choice, url, walk.base)
    return number


def _by_number(anchors: Sequence[Anchor], numbered: dict[int, str], number: int) -> str | None:
    """The page behind page ``number`` by the numbers printed, or by the step to further ones."""
    if number + 1 in numbered:
        return numbered[number + 1]
    if numbered and number >= max(numbered):
        return next((anchor.url for anchor in anchors if NEXT_SET.match(anchor.text)), None)
    return None


def _loads_more(anchor: Anchor, url: str) -> bool:
    """A link 加载更多 that leads to a page of this very list, not to another column."""
    if not (LOAD_MORE.match(anchor.text) or BARE_MORE.match(anchor.text)):
        return False
    here, there = urlsplit(url), urlsplit(anchor.url)
    same = (here.netloc, here.path) == (there.netloc, there.path)
    return same and _CURSOR.search(there.query) is not None


def _of_comments(anchor: Anchor) -> bool:
    """Whether a step turns the pages of what readers wrote, not those of the list."""
    if _COMMENT_PAGE.search(anchor.url):
        return True
    element = anchor.node.parent
    for _ in range(3):
        if element is None:
            return False
        name = f"{element.attributes.get('class') or ''} {element.attributes.get('id') or ''}"
        if _COMMENT_BOX.search(name):
            return True
        element = element.parent
    return False


def _chosen(choice: Choice, url: str, base: str) -> int | None:
    """The page that a choice of pages shows: the chosen one, or the one that leads here."""
    if choice.chosen is not None:
        return choice.chosen
    for number, value in enumerate(choice.values, start=1):
        if leads_somewhere(value) and front(urljoin(base, value)) == front(url):
            return number
    return None


def _page_of_last(
    anchors: Sequence[Anchor], living: Sequence[Control], next_page: str | None, number: int | None
) -> int | None:
    """The number that 尾页 names, in its script or in its address beside the next page's."""
    for control in living:
        if LAST.match(control.text) and control.page is not None:
            return control.page
    if next_page is None or number is None:
        return None
    for anchor in anchors:
        if LAST.match(anchor.text or anchor.title):
            ours, last = re.split(r"(\d+)", next_page), re.split(r"(\d+)", anchor.url)
            differing = [
                (one, other) for one, other in zip(ours, last, strict=False) if one != other
            ]
            if len(ours) == len(last) and not differing:
                return number + 1
            if len(ours) != len(last) or len(differing) != 1:
                return None
            one, other = differing[0]
            if one.isdecimal() and other.isdecimal() and int(other) > int(one):
                return number + 1 + int(other) - int(one)
    return None


def _built_next(
    living: Sequence[Control],
    choice: Choice | None,
    scripts: Sequence[str],
    number: int,
    url: str,
    base: str,
) -> str | None:
    """The next page's address where the page's own markup or script makes it with certainty."""
    target: str | None = None
    for control in living:
        found = NUMBER.match(control.text)
        if NEXT.match(control.text) or (found and int(found[1]) == number + 1):
            page = control.page
            if page is not None and page != number + 1:
                continue
            target = control.address or (
                page_address(scripts, control.function, number + 1) if control.function else None
            )
            if target:
                break
    if target is None and choice is not None and number < choice.count:
        value = choice.values[number]
        target = value if leads_somewhere(value) else None
    if target is None:
        target = page_address(scripts, None, number + 1)
    if target is None:
        return None
    try:
        address = urljoin(base, target)
    except ValueError:
        return None
    is_http = address.startswith(("http://", "https://"))
    return (
        address
        if is_http and not _same(address, url) and site_of(address) == site_of(url)
        else None
    )


def _scripts(tree: LexborHTMLParser) -> list[str]:
    texts = [node.text() or "" for node in tree.css("script")]
    return [text for text in texts if text and len(text) <= _MAX_SCRIPT]


def _pager_words(loose_texts: Sequence[str]) -> str:
    """The short loose texts, where totals stand; an abstract that says 共 3 项 is long."""
    return " ".join(text for text in loose_texts if len(text) <= 40)


def _first_number(patterns: Sequence[re.Pattern[str]], text: str) -> int | None:
    for pattern in patterns:
        found = pattern.search(text)
        if found:
            return int(next(group for group in found.groups() if group).replace(",", ""))
    return None


def _stated_next(
    tree: LexborHTMLParser, steps: Sequence[Anchor], *, url: str, base: str
) -> str | None:
    """The target of 下一页, unless it leads here again, as it does on many last pages."""
    for anchor in steps:
        if _same(anchor.url, url):
            continue
        return anchor.url
    # A stray tag closes a head early, and its links stand in the body then.
    link = tree.css_first('link[rel~="next"][href]') if holds(tree, b"<link") else None
    href = link.attributes.get("href") if link else None
    target = urljoin(base, href) if href else None
    return target if target and not _same(target, url) else None


def _lead_here(steps: Sequence[Anchor], url: str) -> bool:
    """Whether 下一页 has an address, and it is that of the page itself: this is the last one.

    A step that a script answers (``href="?" onclick="go(2)"``) may lead anywhere.
    """
    hrefs = [(step.node.attributes.get("href") or "").strip() for step in steps]
    return bool(steps) and all(
        href
        and href[0] != "#"
        and not href.startswith("javascript:")
        and _same(step.url, url)
        and not is_scripted(step.node.attributes)
        for href, step in zip(hrefs, steps, strict=True)
    )


def _same(one: str, other: str) -> bool:
    return one.rstrip("/#?") == other.rstrip("/#?")
