"""Where a list goes on, and the totals that it declares.

Nothing is guessed: a next page is a link of the page, or what the page's own script would
make.  Where a page counts more pages than it shows a way to, ``next_page`` is None while
``page_number < page_count``, which a crawler must read as "not the end".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.lists.anchors import Anchor
from crawler.pages.raw.urls import registered_domain, url_date


@dataclass(frozen=True, slots=True)
class Pager:
    """What a list page says of its pages; None where it says nothing."""

    next_page: str | None = None
    page_number: int | None = None
    page_count: int | None = None
    item_count: int | None = None
    found: bool = False


_NEXT = re.compile(
    r"^[\s\[(（【<>›»→]*(?:下一?[页頁张]|后一?[页頁]|下[1１]?[页頁]|next(?:\s*page)?|older|>{1,2}|[›»→])"
    r"[\s\])）】<>›»→]*$",
    re.IGNORECASE,
)
_PREVIOUS = re.compile(
    r"^[\s\[(（【<«‹]*(?:上一?[页頁]|前一?[页頁]|首\s?[页頁]|第一[页頁]|尾[页頁]|末[页頁]|最后一[页頁])"
)
_NUMBER = re.compile(r"^[\s\[(（【第]*(\d{1,4})[\s\])）】页]*$")
_PAGER_WORDS = re.compile(
    r"^(?:[\[<«‹]*\s*)?(?:[上下首尾末前后][一]?[页頁]|第?\d{1,4}页?|[<>«»‹›]{1,2}|更多|\.\.\.|GO)\s*[\]>»›]*$",
    re.IGNORECASE,
)

# createPageHTML(55,0,"index","shtml"), also with the id of its box first and the number of
# items last.  TRS counts from 0: page 2 is index_1.
_TRS = re.compile(
    r"""(?<!function\s)\bcreatePage(?:HTML|Html)?\w*\(\s*(?:['"][\w#.-]+['"]\s*,\s*)?(\d+)\s*,\s*(\d+)\s*,"""
    r"""\s*['"]([\w/-]+)['"]\s*,\s*['"](\w+)['"]\s*(?:,\s*['"]?(\d+)['"]?)?""",
)
_COUNTS = (
    re.compile(r"共\s*(?:有|计)?\s*(\d{1,6})\s*[页頁]"),
    re.compile(
        r"(?:页次|頁次|页码|第)\s*[:：]?\s*\d{1,6}\s*[页頁]?\s*/\s*共?\s*(\d{1,6})\s*[页頁]?"
    ),
    re.compile(r"(?<![\d/.-])\d{1,6}\s*/\s*(\d{1,6})\s*[页頁]"),
    re.compile(r"总页数\s*[:：]?\s*(\d{1,6})|<totalpage>\s*(\d{1,6})", re.IGNORECASE),
)
_ITEMS = (
    re.compile(
        r"(?:共|总共|合计)\s*(?:有|计|找到)?\s*(\d{1,8})\s*"
        r"(?:条(?!.{0,2}措施|例|件)|篇|则|个?(?:记录|结果)|项(?=[\s，,。;；/|]|$)|件(?=[\s/|]|$))"
    ),
    re.compile(r"(?:总条数|总记录数?|总数|记录总数|记录数)\s*[:：]?\s*(\d{1,8})"),
)
# PHPCMS prints "236条" alone; a choice of page sizes prints several such.
_LONE_ITEMS = re.compile(r"(?:^|(?<!每页)\s)(\d{1,8})\s*条(?:记录|信息)?(?=\s|$)")
_CURRENT = (
    re.compile(r"第\s*(\d{1,6})\s*[页頁]"),
    re.compile(r"(?:页次|頁次|页码|当前页)\s*[:：]?\s*(\d{1,6})"),
    re.compile(r"(?<![\d/.-])(\d{1,6})\s*/\s*\d{1,6}\s*[页頁]"),
)
_SCRIPT_COUNTS = (
    re.compile(
        r"\b(?:countPage|pageCount|totalPages?|total_page|m_nPageCount|pageTotal)['\"]?\s*[:=]\s*['\"]?(\d{1,6})\b",
        re.IGNORECASE,
    ),
)
_SCRIPT_ITEMS = (
    re.compile(
        r"\b(?:recordCount|totalRecords?|totalCount|total_count|totalRows?|total_record)['\"]?\s*[:=]\s*['\"]?(\d{1,8})\b",
        re.IGNORECASE,
    ),
    re.compile(r"<totalrecord>\s*(\d{1,8})", re.IGNORECASE),
)
_MAX_SCRIPT = 200_000


def is_pager_text(text: str) -> bool:
    """Whether a link's text is a page number or a step."""
    return bool(_PAGER_WORDS.match(text) or _NEXT.match(text) or _PREVIOUS.match(text))


def read_pager(
    tree: LexborHTMLParser,
    anchors: Sequence[Anchor],
    loose_texts: Sequence[str],
    *,
    url: str,
    base: str,
) -> Pager:
    """The next page and the totals of a list page."""
    scripts = _scripts(tree)
    trs = _TRS.search(scripts)
    if trs:
        return _trs_pager(trs, url, base)
    words = _pager_words(loose_texts)
    count = _first_number(_COUNTS, words)
    count = _first_number(_SCRIPT_COUNTS, scripts) if count is None else count
    items = _first_number(_ITEMS, words)
    items = _first_number(_SCRIPT_ITEMS, scripts) if items is None else items
    steps = [a for a in anchors if _NEXT.match(a.text or a.title)]
    numbered = _numbered(anchors, url)
    lone = _LONE_ITEMS.findall(words)
    if items is None and len(lone) == 1 and (steps or numbered):
        items = int(lone[0])
    number = _first_number(_CURRENT, words)
    if number is None:
        number = _unlinked_number(anchors, numbered) or _number_in(url, numbered, base)
    next_page = _stated_next(tree, steps, url=url, base=base)
    if next_page is None and number is not None:
        next_page = numbered.get(number + 1)
    if next_page is None and number is None and 2 in numbered and not steps:
        # No number says where we are, and page 2 is offered, page 1 is not: this is page 1.
        next_page = numbered[2] if 1 not in numbered else None
        number = 1 if next_page else None
    if count is None and numbered and number is not None and next_page is None:
        count = number if max(numbered) <= number else None
    if number is None and count == 1:
        number = 1
    if number is not None and count is not None and number >= count:
        next_page = None
    found = bool(steps or len(numbered) > 1 or count or next_page)
    return Pager(next_page, number, count, items, found)


def _trs_pager(call: re.Match[str], url: str, base: str) -> Pager:
    """``createPageHTML(count, current, name, extension[, items])``, counted from zero."""
    count, current, name, extension = int(call[1]), int(call[2]), call[3], call[4]
    items = int(call[5]) if call[5] else None
    one_based = _counts_from_one(current, name, url)
    number = current if one_based else current + 1
    next_page = None
    if number < count:
        suffix = number + 1 if one_based else number
        next_page = urljoin(base, f"{name}_{suffix}.{extension}")
    return Pager(next_page, number, count, items, found=True)


def _counts_from_one(current: int, name: str, url: str) -> bool:
    """Some sites call the same function with 1 on the page that is no ``index_N``."""
    if current == 0:
        return False
    file = urlsplit(url).path.rsplit("/", 1)[-1]
    return not re.match(rf"{re.escape(name)}_\d+\.", file)


def _site(url: str) -> str:
    return registered_domain(urlsplit(url).hostname or "")


def _scripts(tree: LexborHTMLParser) -> str:
    texts = [node.text() or "" for node in tree.css("script")]
    return "\n".join(text for text in texts if len(text) <= _MAX_SCRIPT)


def _pager_words(loose_texts: Sequence[str]) -> str:
    """The short loose texts, where totals stand; an abstract that says 共 3 项 is long."""
    return " ".join(text for text in loose_texts if len(text) <= 40)


def _first_number(patterns: Sequence[re.Pattern[str]], text: str) -> int | None:
    for pattern in patterns:
        found = pattern.search(text)
        if found:
            return int(next(group for group in found.groups() if group))
    return None


def _numbered(anchors: Sequence[Anchor], url: str) -> dict[int, str]:
    """Page number -> URL, of links whose whole text is a number; a calendar's days are none."""
    numbered: dict[int, str] = {}
    site, own_day = _site(url), url_date(url)
    for anchor in anchors:
        found = _NUMBER.match(anchor.text)
        if not found or not 0 < int(found[1]) < 10_000:
            continue
        if _site(anchor.url) == site and url_date(anchor.url) in (None, own_day):
            numbered.setdefault(int(found[1]), anchor.url)
    return numbered


def _unlinked_number(anchors: Sequence[Anchor], numbered: dict[int, str]) -> int | None:
    """The current page: a number among the page links that is no link, or is marked."""
    targets = set(numbered.values())
    for anchor in anchors:
        if not _NUMBER.match(anchor.text) or anchor.url not in targets:
            continue
        row = anchor.node.parent
        if row is not None and row.tag == "li":
            row = row.parent
        if row is None:
            continue
        for node in row.css("span, b, strong, em, font, i, a, li")[:60]:
            found = _NUMBER.match((node.text() or "").strip())
            if found and _adjoins(int(found[1]), numbered) and _is_current(node):
                return int(found[1])
        return None
    return None


_MARKED = re.compile(
    r"(?:^|[\s_-])(?:cur\w*|active|on|hover|selected|this|(?:page-?)?(?:on|now))(?:$|[\s_-])",
    re.IGNORECASE,
)


def _is_current(node: LexborNode) -> bool:
    link = node if node.tag == "a" else node.css_first("a")
    is_link = link is not None and bool(link.attributes.get("href"))
    return not is_link or bool(_MARKED.search(node.attributes.get("class") or ""))


def _adjoins(number: int, numbered: dict[int, str]) -> bool:
    return number + 1 in numbered or number - 1 in numbered


def _number_in(url: str, numbered: dict[int, str], base: str) -> int | None:
    """The number whose link leads here."""
    here = {_front(url), _front(urljoin(base, url))}
    return next((n for n, target in numbered.items() if _front(target) in here), None)


def _front(url: str) -> str:
    """``/dir/index.html`` is ``/dir/``."""
    return re.sub(r"/(?:index|default)\.(?:s?html?|jhtml)$", "/", url)


def _stated_next(
    tree: LexborHTMLParser, steps: Sequence[Anchor], *, url: str, base: str
) -> str | None:
    """The target of 下一页, unless it leads here again, as it does on many last pages."""
    for anchor in steps:
        if _same(anchor.url, url):
            continue
        return anchor.url
    link = tree.css_first('link[rel="next"][href]')
    href = link.attributes.get("href") if link else None
    target = urljoin(base, href) if href else None
    return target if target and not _same(target, url) else None


def _same(one: str, other: str) -> bool:
    return one.rstrip("/#?") == other.rstrip("/#?")
