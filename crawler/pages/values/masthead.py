"""The site as its own outlet, where a page credits nobody: as its masthead names it.

What a page prints as its source always goes before; the rule says where the name stands.
"""

import re
from collections.abc import Iterator

from crawler.pages.layout.page import Page
from crawler.pages.values.head import Head
from crawler.pages.values.outlets import CHANNEL, SITE_PARTS, Credit, clean_outlet, credit_of

_OWN_METAS = ("og:site_name", "sitename", "application-name")
_OWN_NAME = re.compile(
    r".{2}(?:网|报|社|新闻|电视台|广播|客户端|在线|周刊|政协|融媒|融媒体中心|传媒|台|政协网站|观察|热线|人民政府|门户网站)$"
)
_E_PAPER = re.compile(r"^(\S{2,10}报)(?:多媒体)?(?:数字报|电子报|电子版|数字版)")
"""What an e-paper calls its pages: 清江日报数字报, an article's title behind it or none."""
_E_PAPER_SUFFIX = re.compile(r"(?<=报)(?:多媒体)?(?:数字报|电子报|电子版|数字版)$")
_NAMED_SITE = re.compile(r"\bsite[-_]?(?:title|name)\b|\bnavbar-brand\b")
_LOGO = re.compile(r"logo|banner|masthead")
_ABOVE = 40
"""Lines of a page among which its masthead stands."""
_LONGEST = 20
_RIGHTS = (
    re.compile(
        r"(?:©|[Cc]opyright|版权所有)[\s:：©(c)C（）]*(?:(?:19|20)\d\d\s*(?:[-–—~至]\s*(?:19|20)\d\d)?)?\s*年?\s*"
        r"([\u4e00-\u9fff]{3,16}?)(?=社?\s*(?:版权|All\s|互联网|[|｜,，.。]|\s|$))"
    ),
    re.compile(r"^\W*([\u4e00-\u9fff]{3,16}?)社?\s*版权所有"),
)
_FOOT = 8
"""Lines at the foot of a page among which it says whose it is."""
_NO_SITE = frozenset(("微信公众平台",))


def find_masthead(head: Head, page: Page) -> Credit | None:
    """The site's own name; None where it names itself nowhere as an outlet is named.

    A name counts that ends as outlets' names do, or stands in a box that is named for the site's;
    a channel's (新闻中心) does not.
    """
    for where, words, sure in _named(head, page):
        name = clean_outlet(_E_PAPER_SUFFIX.sub("", words))
        if not name or len(name) > _LONGEST or CHANNEL.match(name) or name in _NO_SITE:
            continue
        if sure or _OWN_NAME.search(name):
            return credit_of("outlet", f"the site itself, {where}", "meta", name, words)
    return None


def _named(head: Head, page: Page) -> Iterator[tuple[str, str, bool]]:
    """Where a page names its site, in which words, and whether nothing else can stand there."""
    for key in _OWN_METAS:
        if key in head.metas:
            yield "meta " + key, head.metas[key], False
    parts = [part.strip() for part in SITE_PARTS.split(head.title)]
    for part in reversed(parts[1:]):
        yield "<title>", part, False
    if parts and (paper := _E_PAPER.search(parts[0])):
        yield "<title>", paper[1], False
    if len(parts) > 1:
        yield "<title>", parts[0], False
    for line in page.lines[:_ABOVE]:
        box = page.boxes[line.box]
        above = page.boxes[box.parent].name if box.parent >= 0 else ""
        if len(line.text) <= _LONGEST and _NAMED_SITE.search(f"{box.name} {above}"):
            yield "masthead", line.text, True
    for picture in page.pictures:
        if picture.line <= _ABOVE and picture.alt:
            holder = page.boxes[picture.box].name
            if _LOGO.search(f"{holder} {picture.source}".lower()):
                yield "masthead", picture.alt, False
    for line in page.lines[-_FOOT:]:
        for rights in _RIGHTS:
            if found := rights.search(line.text):
                yield "line of its rights", found[1], False
