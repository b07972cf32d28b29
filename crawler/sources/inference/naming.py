"""What a site calls itself, where it belongs and what kind it is, by its own words.  Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.pages.raw.urls import registered_domain
from crawler.sources.declaration import NATIONAL, REGIONS

_BETWEEN = re.compile(r"\s*[-_|—–>»›·•]+\s*|\s{2,}|\s*/\s*")
_DECORATION = re.compile(
    r"^(?:欢迎(?:您|来到|光临|访问)*|您?现在的位置[:：]?|首\s*页|网站首页|主页|门户网站|官方网站)+"
    r"|(?:首\s*页|网站首页|主页|官方网站|欢迎您?)+$"
)
_PAGE_OF_ISSUE = re.compile(
    r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?|第?\s*[A-Z]?\d{1,3}\s*[版期页](?:[:：]\S*)?"
    r"|星期[一二三四五六日天]"
)
_COLUMN = re.compile(r"^[\u4e00-\u9fff\w]{2,12}$")
_NATIONAL = re.compile(r"中国人民政治协商会议全国委员会|全国政协|^中国政协|^人民政协")
LEAST_MENTIONS = 3


def segments(title: str) -> list[str]:
    """The parts of a page's title, without greetings, days and the numbers of pages (版)."""
    plain = _PAGE_OF_ISSUE.sub(" _ ", title)
    parts = (_DECORATION.sub("", part.strip()).strip() for part in _BETWEEN.split(plain))
    return [part for part in parts if len(part) >= 2 and not part.isdecimal()]


def name_of(list_title: str, home_title: str, *, is_paper: bool = False) -> str | None:
    """The site's name: what the titles of its list and of its home have in common, or end with.

    An issue of a paper is headed by the paper.  None where neither says one.
    """
    listed, home = segments(list_title), segments(home_title)
    for part in reversed(listed):
        if part in home:
            return part
    for part in home:
        if any(part in other or other in part for other in listed[1:]):
            return part
    if is_paper and listed:
        return listed[0]
    if len(listed) > 1:
        return listed[-1]
    return home[0] if home else None


def columns_in(titles: Sequence[str], name: str) -> tuple[str, ...]:
    """The name of the column in the titles of a list's pages; () where they share none."""
    if not titles:
        return ()
    first = [part for part in segments(titles[0]) if part != name and part not in name]
    for part in first:
        if _COLUMN.match(part) and all(part in title for title in titles):
            return (part,)
    return ()


def region_in(name: str, words: str) -> str | None:
    """The region of a site: in its name, or the one that its own pages name by far the most."""
    if _NATIONAL.search(name):
        return NATIONAL
    named = [region for region in REGIONS if region in name]
    if len(named) == 1:
        return named[0]
    counts = Counter({region: words.count(region) for region in REGIONS})
    (first, most), (_, second) = counts.most_common(2)
    return first if most >= LEAST_MENTIONS and most >= 3 * second else None


def kind_of(name: str, *, is_paper: bool) -> str:
    """The kind of a source by its name and family."""
    if "政协" in name or "协商" in name:
        paper = is_paper or name.endswith(("报", "杂志", "周刊"))
        return "committee_paper" if paper else "committee_site"
    return "daily_epaper" if is_paper else "portal"


def id_of(url: str, *, is_paper: bool = False) -> str:
    """An id to begin with: the registered name, with the sub-domain where it says more."""
    host = (urlsplit(url).hostname or "").lower()
    site = registered_domain(host)
    label = site.split(".")[0]
    below = [part for part in host.removesuffix(site).strip(".").split(".") if part]
    names = [label, *(part for part in below if part not in ("www", "m", "wap"))]
    made = re.sub(r"[^a-z0-9]+", "_", "_".join(names)).strip("_")
    if is_paper and not below:
        made += "_epaper"
    return made if made[:1].isalpha() else f"s_{made}"
