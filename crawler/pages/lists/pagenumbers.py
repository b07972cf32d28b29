"""Which page of its list a page is, by the numbers among its links and its own address."""

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from crawler.pages.lists.anchors import Anchor, AnchorWalk
from crawler.pages.lists.controls import NUMBER, is_in_pager
from crawler.pages.raw.urls import registered_domain, url_date

_PAGE_FIELD = re.compile(
    r"(?:^|&)(page|p|pn|pageno|pagenum|pageindex|currpage|start|offset)=(\d{1,5})(?:&|$)", re.I
)
_OFFSETS = frozenset(("start", "offset"))
_DAY_OF_MONTH = re.compile(r"(?:19|20)\d\d[-/_]?(?:0?[1-9]|1[0-2])[-/_]?(\d{1,2})(?:\.\w+|/)?$")
_MONTH_OF_DAYS = 20
"""Links to days from which they are a calendar's."""
_PREVIOUS_PAGE = re.compile(r"^\W*[上前]一?[页頁]\W*$")


def numbered_links(anchors: Sequence[Anchor], url: str) -> dict[int, str]:
    """Page number -> URL, of links whose whole text is a number; a calendar's days are none."""
    numbered: dict[int, str] = {}
    site, own_day = site_of(url), url_date(url)
    has_calendar = False
    days = 0
    for anchor in anchors:
        found = NUMBER.match(anchor.text)
        if not found or not 0 < int(found[1]) < 10_000 or site_of(anchor.url) != site:
            continue
        if _is_year(int(found[1]), anchor.url):
            continue
        days += _is_day(int(found[1]), anchor.url)
        if url_date(anchor.url) in (None, own_day):
            numbered.setdefault(int(found[1]), anchor.url)
        else:
            has_calendar = True
    if has_calendar and own_day is not None:
        numbered.pop(own_day.day, None)  # the page itself among its month's days
    if days >= _MONTH_OF_DAYS:
        return numbered_links([one for one in anchors if not _is_days(one)], url)
    return numbered


def _is_days(anchor: Anchor) -> bool:
    found = NUMBER.match(anchor.text)
    return found is not None and _is_day(int(found[1]), anchor.url)


def _is_day(number: int, url: str) -> bool:
    """Whether an address is that of a day of a month: ``/2025-12/07.html`` under 7."""
    found = _DAY_OF_MONTH.search(urlsplit(url).path)
    return found is not None and int(found[1]) == number


def _is_year(number: int, url: str) -> bool:
    """Whether a number is a year, by its address: ``/archives/2024/``, not ``/page/2024/``."""
    path = urlsplit(url).path.lower()
    return 1980 <= number <= 2100 and bool(re.search(rf"(?<!page)/{number}(?:/|\.\w+)?$", path))


def unlinked_number(anchors: Sequence[Anchor], numbered: dict[int, str]) -> int | None:
    """The current page: a number among the page links that is no link, or is marked."""
    targets = set(numbered.values())
    for anchor in anchors:
        if not NUMBER.match(anchor.text) or anchor.url not in targets:
            continue
        row = anchor.node.parent
        if row is not None and row.tag == "li":
            row = row.parent
        if row is None:
            continue
        for node in row.css("span, b, strong, em, font, i, a, li")[:60]:
            found = NUMBER.match((node.text() or "").strip())
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


def number_in(url: str, numbered: dict[int, str], base: str) -> int | None:
    """The number whose link leads here."""
    here = {front(url), front(urljoin(base, url))}
    return next((n for n, target in numbered.items() if front(target) in here), None)


def front(url: str) -> str:
    """``/dir/index.html`` is ``/dir/``."""
    return re.sub(r"/(?:index|default)\.(?:s?html?|jhtml)$", "/", url)


def behind_previous(anchors: Sequence[Anchor], url: str) -> int | None:
    """The page number in this address, where 上一页 leads to the one before it.

    An offset (``start=60`` behind ``start=40``) is a number of as many pages.
    """
    own = _PAGE_FIELD.search(urlsplit(url).query)
    if own is None:
        return None
    for anchor in anchors:
        if not _PREVIOUS_PAGE.match(anchor.text):
            continue
        before = _PAGE_FIELD.search(urlsplit(anchor.url).query)
        if before is None or before[1] != own[1]:
            continue
        here, step = int(own[2]), int(own[2]) - int(before[2])
        if own[1].lower() in _OFFSETS:
            return here // step + 1 if step > 1 and here % step == 0 else None
        return here if step == 1 else None
    return None


def marked_number(walk: AnchorWalk) -> int | None:
    """The current page among numbers that only a script answers: marked, or without an action."""
    numbers = [short for short in walk.short_texts if NUMBER.match(short.text)]
    if len(numbers) < 2:
        numbers = [short for short in numbers if is_in_pager(short.node)]
    for short in numbers:
        element: LexborNode | None = short.node
        for _ in range(2):
            if element is None:
                break
            name = element.attributes.get("class") or ""
            if _MARKED.search(name) or element.attributes.get("aria-current"):
                return int((NUMBER.match(short.text) or [0, 0])[1])
            element = element.parent
    return None


def site_of(url: str) -> str:
    """The registered domain of an address; "" where it has no host."""
    return registered_domain(urlsplit(url).hostname or "")
