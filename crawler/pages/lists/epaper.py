"""Issues of e-papers: the pages (版) of one day's issue, the articles on them, which days exist.

An e-paper is told by its URLs: page files and article files share one dated folder.  The
names are those of the engines behind about four fifths of Chinese papers.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from crawler.errors import LayoutChangedError
from crawler.pages.lists.anchors import Anchor
from crawler.pages.lists.linktitles import is_better_title
from crawler.pages.raw.charset import decode
from crawler.pages.raw.gate import refuse_challenge, refuse_not_found, refuse_other_files
from crawler.pages.raw.urls import canonical_url, parts_of, url_date

_ENGINE_FILE = re.compile(
    r"/(?:node(?:_?[A-Z]{0,2}\d+[A-Z]?)?|nbs\.D\d+\w*|(?:col|l|n|v|page)_?(?-i:[A-Z]{0,3})\d{1,3}[A-Z]{0,2}"
    r"|szbz[A-Z]?\d{1,2}|\d{8}_\d{2,3}|vlist|Qpaper)\.s?html?$",
    re.IGNORECASE,
)
# Names that articles and lists have as well: only a link that says 版 makes them a page.
_PLAIN_FILE = re.compile(
    r"/(?:default|index|paper)\.s?html?$|/[A-Z]?\d{1,3}(?:\.s?html?|/index(?:\.html)?|/?)$",
    re.IGNORECASE,
)
_SAYS_PAGE = re.compile(r"^\W*第?\s*[A-Z]{0,2}\d{1,3}\s*版")
_FRONT_FILE = re.compile(r"/(?:default|index|paper)\.s?html?$", re.IGNORECASE)
_PAGE_NAME = re.compile(r"版|^\W*[A-Z]?\d{1,2}(?:\W|$)")
_STEP = re.compile(r"[上下前后][一1]?[版个页]")
_ISSUE_STEP = re.compile(r"[上下前后][一1]?期|往期|今日")
_OTHER_FILE = re.compile(r"\.(?:pdf|jpe?g|png|gif|swf|zip|rar|docx?|xlsx?|mp[34])$", re.IGNORECASE)
ADVERTISEMENT = re.compile(
    r"^[\s【\[（(]*(?:(?:公益|分类|整版|商业|形象|图片)?广告|分类信息|广而告之|遗失声明|中缝|报眼广告|广告热线)[\s\d】\]）)]*$"
)
_CONTROL = re.compile(
    r"^(?:上一篇|下一篇|放大|缩小|默认|返回|PDF|下载|版面导航|标题导航|版面概览|打印)", re.I
)


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One page of an issue: its day, the issue's other pages in order, its article links."""

    day: date
    other_pages: tuple[str, ...]
    articles: tuple[Anchor, ...]


def read_issue_page(anchors: Sequence[Anchor], *, url: str) -> IssuePage | None:
    """The e-paper page behind these links; None where it is no e-paper.

    Excluded are advertisements, PDF and picture files, other days and other papers of the
    same house, and places on the page's picture that its list of titles does not name.
    """
    own_day = _page_day(url)
    pages = [(anchor, day) for anchor in anchors if (day := _linked_day(anchor))]
    folder = _folder(url)
    if own_day is None:
        votes = Counter((day, _folder(anchor.url)) for anchor, day in pages)
        if not votes or votes.most_common(1)[0][1] < 2:
            return None
        own_day, folder = votes.most_common(1)[0][0]
    inside = [a for a, day in pages if day == own_day and _folder(a.url) == folder]
    articles = _articles(anchors, own_day, url)
    if not inside and len(articles) <= _articles_of_other_days(anchors, own_day):
        return None  # a dated list or topic, not an issue
    named = [a for a in inside if not _STEP.search(a.text) and not _ISSUE_STEP.search(a.text)]
    steps = [a for a in inside if _STEP.search(a.text)]
    return IssuePage(own_day, _distinct((a.url for a in (*named, *steps)), url), articles)


def _is_page_file(path: str) -> bool:
    return bool(_ENGINE_FILE.search(path) or _PLAIN_FILE.search(path))


def _page_day(url: str) -> date | None:
    """The issue's day where the URL is that of a page of an issue."""
    day = url_date(url) or url_date(url.rstrip("/") + "/")
    return day if day is not None and _is_page_file(parts_of(url)[1]) else None


def _linked_day(anchor: Anchor) -> date | None:
    """The issue's day where a link leads to a page of an issue."""
    if _SAYS_PAGE.search(anchor.text):
        return url_date(anchor.url) or url_date(anchor.url.rstrip("/") + "/")
    day = _page_day(anchor.url)
    if day is None or _ENGINE_FILE.search(urlsplit(anchor.url).path):
        return day
    return day if _PAGE_NAME.search(anchor.text) else None


def _articles_of_other_days(anchors: Sequence[Anchor], day: date) -> int:
    return sum(
        url_date(anchor.url) not in (None, day) and not _is_page_file(urlsplit(anchor.url).path)
        for anchor in anchors
    )


def _folder(url: str) -> str:
    """Host and folder with all numbers levelled: the same for all pages of one paper."""
    parts = urlsplit(canonical_url(url))
    folder = parts.path.rstrip("/").rsplit("/", 1)[0]
    return re.sub(r"\d+", "0", f"{parts.netloc}{folder}")


def _articles(anchors: Sequence[Anchor], day: date, url: str) -> tuple[Anchor, ...]:
    """Article links of the day, one per URL in page order, under their longest title."""
    host = urlsplit(canonical_url(url)).netloc
    chosen: dict[str, Anchor] = {}
    listed = False
    for anchor in anchors:
        parts = urlsplit(anchor.url)
        if _OTHER_FILE.search(parts.path) or _FRONT_FILE.search(parts.path):
            continue
        if _linked_day(anchor) is not None:
            continue
        if url_date(anchor.url) != day or urlsplit(canonical_url(anchor.url)).netloc != host:
            continue
        if _CONTROL.match(anchor.text) or (anchor.in_side_block and not anchor.title):
            continue
        listed = listed or (not anchor.is_area and len(anchor.title) > 1)
        identity = canonical_url(anchor.url)
        known = chosen.get(identity)
        if known is None:
            chosen[identity] = anchor
        elif is_better_title(anchor.title, known.title):
            known.title = anchor.title
    return tuple(
        anchor
        for anchor in chosen.values()
        if not ADVERTISEMENT.match(anchor.title) and (anchor.title or not listed)
    )


def _distinct(urls: Iterable[str], own: str) -> tuple[str, ...]:
    seen = {canonical_url(own)}
    kept: list[str] = []
    for url in urls:
        identity = canonical_url(url)
        if identity not in seen:
            seen.add(identity)
            kept.append(url)
    return tuple(kept)


_PERIOD_DAY = re.compile(
    r"<period_date>\s*(?:<!\[CDATA\[)?\s*(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})", re.IGNORECASE
)
_PERIOD_ROOT = re.compile(r"<(?:period|periods|period_list|paper)\b", re.IGNORECASE)


def read_period(body: bytes, *, url: str | None = None) -> tuple[date, ...]:
    """The days that have an issue, ascending, from an e-paper's monthly ``period.xml``.

    () for a month without issues; a PageError for anything that is no such index.
    """
    refuse_other_files(body, url)
    text = decode(body).text
    days = set()
    for year, month, day in _PERIOD_DAY.findall(text):
        try:
            days.add(date(int(year), int(month), int(day)))
        except ValueError as exc:
            raise LayoutChangedError(f"no such day: {year}-{month}-{day}", url=url) from exc
    if not days and not _PERIOD_ROOT.search(text):
        visible = re.sub(r"<[^>]{0,2000}>", "", text)
        refuse_challenge("", visible, text, url)
        refuse_not_found("", visible, url)
        raise LayoutChangedError("not an index of issues: no <period> element", url=url)
    return tuple(sorted(days))
