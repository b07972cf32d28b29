"""What a page calls itself, the site round it left out; how far a printed line agrees with it."""

import re
from functools import lru_cache

from crawler.pages.layout.comparable import comparable
from crawler.pages.rules.limits import ANCHOR, SHORTEST_TITLE
from crawler.pages.values.head import Head

_SITE = re.compile(
    r"\s*(?:[_|｜»]|\s[-–—]+\s?|[-–—]+\s|--+|——|(?<=[\u4e00-\u9fff”》）！？])[-–—](?=[\u4e00-\u9fff]))\s*"
)
_CRUMBS = re.compile(r"\s*(?:>{1,2}|＞|›)\s*")
"""海风体育 >> 足球 >> the title: what stands last is the page's own name."""
_SITE_WORDS = re.compile(
    r"(?:网|频道|门户|首页|官网|官方网站|网站|中心|日报|晚报|早报|时报|客户端|新闻|融媒|在线|热线|政协|数字报|电子报|电子版|数字版)$"
)
_CHANNELS = re.compile(
    r"(?:工作|综合|政协|时政|本地|图片|最新|部门|基层|委员|通知)?(?:动态|要闻|资讯|公告|信息|之窗|风采|天地)|正文"
)
"""What a list of articles is called: as the last word of a short title it names no article."""
_OWN_MARKS = frozenset(("｜", "丨", "|", "——", "—"))
"""Marks that part a title's own halves (年终盘点｜, 履职为民——) as well as the site from it."""
_SITE_AND_COLON = re.compile(r"^\S{1,8}(?:网|日报|晚报|客户端|在线|频道)\s*[:：]\s*(?=.{8})")
_SITE_IN_BRACKETS = re.compile(r"^【[^】]{1,8}(?:网|日报|晚报|客户端|在线)】(?=.{6})")
_SITE_BEHIND_DOT = re.compile(
    r"(?<=.{6})\s*[·•]\s*\S{1,8}(?:网|新闻|日报|晚报|频道|客户端|门户|在线)$"
)
_META = (
    *("articletitle", "og:title", "twitter:title", "title", "dc.title", "contenttitle"),
    "name",  # of schema.org, as what a share is called
)


@lru_cache(maxsize=256)
def without_site(title: str) -> str:
    """``<title>`` without the site's name and the channels round it."""
    crumbs = _CRUMBS.split(title)
    title = crumbs[0] if _SITE_WORDS.search(crumbs[-1]) else crumbs[-1] or title
    title = _SITE_BEHIND_DOT.sub("", _SITE_IN_BRACKETS.sub("", title)) or title
    title = _SITE_AND_COLON.sub("", title)
    found = [part for part in _SITE.split(title) if part and part.strip()]
    if not found:
        return title.strip()
    parts = [part.strip() for part in found]
    if len(parts) > 1 and is_site(parts[0]) and not is_site(parts[-1]):
        behind = [part for part in parts[1:] if not is_site(part)]
        return max(behind, key=len)
    first = parts[0]
    if len(parts) == 1 or _SITE_WORDS.search(parts[1]):
        return first
    between = _between(title, first, parts[1])
    if len(first) < 6 or (between.strip() in _OWN_MARKS and len(parts[1]) >= ANCHOR.value):
        return f"{first}{between}{parts[1]}" if len(parts[1]) > len(first) // 2 else first
    return first


def _between(title: str, first: str, second: str) -> str:
    """What stands between the first two parts of a title; a blank where it is a site's mark."""
    begin = title.find(first) + len(first)
    between = title[begin : title.find(second, begin)]
    return between if between.strip() in _OWN_MARKS else " "


def is_site(name: str) -> bool:
    return len(name) <= ANCHOR.value + 2 and _SITE_WORDS.search(name) is not None


def names_of(head: Head) -> list[str]:
    """The page's own names for itself, as far as they may hold the title."""
    names = [head.title] if head.title else []
    if head.title and len(crumbs := _CRUMBS.split(head.title)) > 1:
        names.append(crumbs[-1])
    names.extend(head.metas[name] for name in _META if name in head.metas)
    if "title" in head.enp:
        names.append(head.enp["title"])
    return names


@lru_cache(maxsize=256)
def last_parts(names: str) -> frozenset[str]:
    """The last part of each of a page's names (a line each) that has several."""
    parts = [[part for part in _SITE.split(name) if part.strip()] for name in names.split("\n")]
    return frozenset(found[-1].strip() for found in parts if len(found) > 1)


def keys_of(head: Head, names: list[str]) -> list[str]:
    """What a printed line is compared with: the page's names for itself, its title alone."""
    keys = list(dict.fromkeys(filter(None, map(comparable, names))))
    own = comparable(without_site(head.title))
    if own and not any(key.startswith(own) for key in keys):
        keys.append(own)
    return keys


def names_site(text: str) -> bool:
    if len(text) < ANCHOR.value:
        return True
    last = text.split()[-1]
    return len(text) <= 16 and (
        _SITE_WORDS.search(text) is not None or _CHANNELS.fullmatch(last) is not None
    )


def uncut(words: str, head: Head) -> str | None:
    """The whole of a heading that breaks off (省政协晒出2020年履…), as the page names itself."""
    stem = comparable(words)
    for name in (*(head.metas[name] for name in _META if name in head.metas), head.title):
        whole = without_site(name)
        key = comparable(whole)
        if len(stem) >= SHORTEST_TITLE.value and key.startswith(stem) and len(key) > len(stem):
            return whole
    return None


def ends(name: str, key: str) -> bool:
    """Whether a title makes up the end of what a page calls itself, behind site and channel."""
    return 2 * len(key) >= max(len(name), 2 * ANCHOR.value) and name.endswith(key)


def agreement_of(key: str, wanted: list[str]) -> float:
    """How far a printed line is what the page calls itself; 0 when not at all."""
    best = 0.0
    for name in wanted:
        if not name:
            continue
        if name.startswith(key):
            value = 3.0 + 2.0 * min(1.0, len(key) / max(10, len(name)))
        elif key.startswith(name) and len(name) >= 6:
            value = 3.0 + 1.5 * len(name) / len(key)
        elif ends(name, key):
            value = 3.0 + len(key) / len(name)  # the site stands first, set off by a blank
        elif len(key) >= 6 and key in name:
            value = 2.0 + 2.0 * len(key) / len(name)
        else:
            shared = _shared_prefix(key, name)
            value = 3.0 * shared / len(key) if shared >= 6 and shared * 2 > len(key) else 0.0
        best = max(best, value)
    return best


def _shared_prefix(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
