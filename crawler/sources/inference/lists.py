"""Where a page leads to lists: columns of a home page, interfaces its scripts ask, feeds.  Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.errors import LayoutChangedError
from crawler.families.items import ItemPaths, values_in_scripts
from crawler.pages.lists.addresses import url_grade
from crawler.pages.lists.pager import is_pager_text
from crawler.pages.raw.urls import registered_domain, url_date
from crawler.sources.inference.documents import Rows, as_written, find_rows

_WANTED = (
    (re.compile(r"政协(?:要闻|动态|新闻|工作)|(?:要闻|工作)动态"), 5),
    (re.compile(r"时政|要闻|政协"), 4),
    (re.compile(r"新闻|动态|资讯"), 3),
    (re.compile(r"综合|本地|[省市区州]内|头条"), 2),
)
_UNWANTED = re.compile(
    r"图片|视频|专题|公告|通知|人事|提案|文史|机构|概况|领导|委员名|下载|更多|投稿"
)
_FRONT = re.compile(r"^/?(?:(?:index|default|home|main)\.\w+)?$", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"""["'`]((?:https?:)?/?/?[\w./?=&%:${}+-]{4,200})["'`]""")
_ANSWERS = re.compile(r"json|api|ajax|getlist|articlelist|newslist|[?&]\w*=", re.IGNORECASE)
_NO_ANSWER = re.compile(r"\.(?:js|css|png|jpe?g|gif|svg|ico|s?html?|woff2?)(?:\?|$)", re.IGNORECASE)
_JOINED = re.compile(r"\s*\+\s*[\w.]+\s*\+\s*[\"'`](\.\w+)")
_NAMED_VALUE = re.compile(r"([A-Za-z_$][\w$.]*)['\"]?\s*[=:(]\s*(?=[\[{])")

PAGE_KEYS = re.compile(
    r"(?:page|p|pn|cp|pg|pageno|pageindex|pagenum(?:ber)?|pgnum|cur(?:rent)?page|curpage|pageno\w*)",
    re.IGNORECASE,
)
START_KEYS = re.compile(
    r"(?:start|offset|skip|skipcount|from|begin|startindex|first)", re.IGNORECASE
)


def is_front(url: str) -> bool:
    """Whether an address is that of a site's first page."""
    parts = urlsplit(url)
    return bool(_FRONT.match(parts.path)) and not parts.query


def columns_of(html: str, url: str) -> list[tuple[str, str]]:
    """(address, words) of the columns that a home page leads to, the likeliest first."""
    site = registered_domain(urlsplit(url).hostname or "")
    ranked: dict[str, tuple[int, str]] = {}
    for node in LexborHTMLParser(html).css("a[href]"):
        href = (node.attributes.get("href") or "").strip()
        words = "".join((node.text() or node.attributes.get("title") or "").split())
        if not href or href.startswith(("#", "javascript", "mailto")) or not 2 <= len(words) <= 10:
            continue
        address = urljoin(url, href).split("#")[0]
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or is_pager_text(words):
            continue
        if registered_domain(parts.hostname or "") != site or is_front(address):
            continue
        if url_grade(address) > 1 and url_date(address):
            continue
        worth = next((worth for wanted, worth in _WANTED if wanted.search(words)), 0)
        if not worth or _UNWANTED.search(words):
            continue
        known = ranked.get(address)
        if known is None or worth > known[0]:
            ranked[address] = (worth, words)
    order = sorted(ranked.items(), key=lambda item: -item[1][0])  # stable: the page's own order
    return [(address, words) for address, (_, words) in order]


def feeds_in(html: str, url: str) -> list[str]:
    """The feeds that a page names in its head."""
    found = []
    for node in LexborHTMLParser(html).css("link[href]"):
        kind = (node.attributes.get("type") or "").lower()
        if kind in ("application/rss+xml", "application/atom+xml"):
            found.append(urljoin(url, node.attributes.get("href") or ""))
    return list(dict.fromkeys(found))


def scripts_of(html: str, url: str) -> list[str]:
    """The addresses of a page's own scripts, on its own site."""
    site = registered_domain(urlsplit(url).hostname or "")
    found = [
        urljoin(url, node.attributes.get("src") or "")
        for node in LexborHTMLParser(html).css("script[src]")
    ]
    return [
        address
        for address in dict.fromkeys(found)
        if registered_domain(urlsplit(address).hostname or "") == site
        and not re.search(r"jquery|bootstrap|swiper|vendor|layui|vue|polyfill", address)
    ]


def interfaces_in(script: str, url: str) -> list[str]:
    """Addresses in a script (or the scripts of a page) that may answer a list as JSON.

    One that is completed by a number of a page is given with the first: ``…?page=`` as
    ``…?page=1``.
    """
    texts = [found[1] for found in _SCRIPT.finditer(script)] or [script]
    found: dict[str, None] = {}
    for text in texts:
        for match in _ADDRESS.finditer(text):
            words = re.sub(r"\$\{[^}]*\}|\{\w+\}", "1", match[1])
            joined = _JOINED.match(text, match.end()) if words.endswith(("_", "/", "-")) else None
            if joined:
                words += f"1{joined[1]}"
            if _NO_ANSWER.search(words) or not _ANSWERS.search(words) or "/" not in words:
                continue
            if words.endswith("="):
                words += "0" if START_KEYS.fullmatch(re.split(r"[?&]", words[:-1])[-1]) else "1"
            address = urljoin(url, words)
            if "$" not in address and "+" not in address:
                found[address] = None
    return list(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """A list of articles that stands in a script: the name it is assigned to, and the list."""

    variable: str
    rows: Rows
    document: object


def scripted_in(html: str, url: str) -> Scripted | None:
    """The longest list of articles in a page's scripts that a declaration can name."""
    best: Scripted | None = None
    names: dict[str, None] = {}
    for script in _SCRIPT.finditer(html):
        names |= dict.fromkeys(found[1] for found in _NAMED_VALUE.finditer(script[1]))
    for name in list(names)[:100]:
        for value in values_in_scripts(html, name):
            rows = find_rows(value)
            if rows is None or rows.url is None or not _readable(rows, value, url):
                continue
            if best is None or len(rows.rows) > len(best.rows.rows):
                best = Scripted(variable=name, rows=rows, document=value)
    return best


def _readable(rows: Rows, value: object, url: str) -> bool:
    paths = ItemPaths(items=rows.items, url=rows.url, title=rows.title, day=rows.day)
    items = paths.list_in(value)
    try:
        return bool(items and paths.links(items, url))
    except LayoutChangedError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """One way in which the addresses of an interface may count: a template and its first number.

    ``by`` is ``page`` or ``start``.
    """

    template: str
    by: str
    first: int

    def url(self, number: int, size: int) -> str:
        """The address of the ``number``-th page (from 1), of ``size`` articles each."""
        return self.template.format(page=self.first + number - 1, start=size * (number - 1))


def pagings_of(url: str) -> Iterator[Paged]:
    """The ways in which an interface's address may count its pages, the likeliest first."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    for key, value in query:
        if not value.isdecimal():
            continue
        if PAGE_KEYS.fullmatch(key):
            yield Paged(template=_with(url, key, "{page}"), by="page", first=min(int(value), 1))
        elif START_KEYS.fullmatch(key):
            yield Paged(template=_with(url, key, "{start}"), by="start", first=0)
    if found := re.search(r"^(.*?[/_-])(\d{1,3})(/?(?:\.\w+)?)$", parts.path):
        path = f"{as_written(found[1])}{{page}}{as_written(found[3])}"
        template = urlunsplit((parts.scheme, parts.netloc, path, as_written(parts.query), ""))
        yield Paged(template=template, by="page", first=min(int(found[2]), 1))


def unpaged(url: str) -> Iterator[Paged]:
    """Ways to ask for further pages of an address that has no number in it."""
    for key in ("page", "pageNo", "p"):
        joint = "&" if urlsplit(url).query else "?"
        yield Paged(template=f"{as_written(url)}{joint}{key}={{page}}", by="page", first=1)


def _with(url: str, key: str, value: str) -> str:
    parts = urlsplit(url)
    kept = []
    for pair in parts.query.split("&"):
        name = pair.partition("=")[0]
        kept.append(f"{name}={value}" if name == key else as_written(pair))
    return urlunsplit((parts.scheme, parts.netloc, as_written(parts.path), "&".join(kept), ""))


def without_clock(url: str) -> str:
    """The address without what a script adds against caches: ``_=1611456000000``."""
    parts = urlsplit(url)
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (re.fullmatch(r"_|_?t|r|rnd|random|v", key) and re.fullmatch(r"[\d.]{9,}", value))
    ]
    if len(kept) == len(parse_qsl(parts.query, keep_blank_values=True)):
        return url
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))
