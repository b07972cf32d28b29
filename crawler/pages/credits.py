"""Outlet, author and editor as the page prints them.

The outlet is whom the page credits (来源), which for a repost is not the site; an editor is
never an author; reporters named in the text are authors.
"""

import re
from dataclasses import dataclass

from crawler.pages.head import Head
from crawler.pages.tree import Page
from storage.records import Evidence

_OUTLET_LABEL = re.compile(
    r"(?:信息|稿件|文章|新闻|内容|本文|资料|消息|原文|转载)?\s*(?:来\s*源|稿\s*源|出\s*处|转载?自|发布机构|发布单位|发稿单位|供稿单位)\s*(?:于|为)?\s*[:：﹕]\s*"
)
_AUTHOR_LABEL = re.compile(
    r"(?:作\s*者|撰\s*文|撰\s*稿|记\s*者|文字|采写|通讯员|供稿人?|文)\s*[:：/丨|／]\s*"
)
_EDITOR_LABEL = re.compile(r"(?:责任编辑|责\s*编|编\s*辑|编\s*审)\s*[:：/丨|／]\s*")
_NEXT_LABEL = re.compile(
    r"(?:作\s*者|记\s*者|撰\s*文|责任编辑|责\s*编|编\s*辑|编\s*审|审\s*核|校\s*对|监\s*制|来\s*源|发布时间|发布日期|发表时间|更新时间|日\s*期|时\s*间|浏览|点击|阅读|访问|评论|字\s*[号体]|分\s*享|打\s*印|收\s*藏|关\s*闭|通讯员|摄\s*影|举\s*报|责\s*任)\s*[:：(（【\[/]?"
)
_DATE = re.compile(r"(?:19|20)\d\d\s*[-/.年]|\d{1,2}[-/月]\d{1,2}|\d{1,2}\s*[:：]\s*\d\d")
_EDGE = " \t\u3000:：|｜丨,，;；。、-—·•[]【】()（）<>/\\'\"“”"
_OUTLET_NAME = re.compile(
    r"(?:网|报|社|日报|晚报|新闻|电视台|广播|客户端|频道|杂志|在线|周刊|政协|发布|融媒|传媒|头条号|研究院|委员会|人民政府|办公室|协会|学会|公众号|号|台|通讯|观察|时报|快讯|论坛|观点|热线)$"
)
_SOURCE_NAMED = re.compile(r"source|laiyuan|ly\b|\bsrc\b|media|\bfrom\b|come")


@dataclass(frozen=True, slots=True)
class Credit:
    """One credited name and the words that credit it."""

    name: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Credits:
    """Who is credited; None where the page credits nobody."""

    outlet: Credit | None = None
    author: Credit | None = None
    editor: Credit | None = None


def _credit(about: str, rule: str, where: str, name: str, quote: str) -> Credit:
    quote = quote.strip()[:200]
    return Credit(
        name, Evidence(about=about, rule=rule, field=where, span=(0, len(quote)), quote=quote)
    )


def _outlet_after_label(joined: str) -> str | None:
    """The name behind 来源： in a line whose pieces are joined by two spaces."""
    found = _OUTLET_LABEL.search(joined)
    if not found:
        return None
    return clean_outlet(joined[found.end() :])


def clean_outlet(rest: str) -> str | None:
    """The first name in what follows a label; None when there is none."""
    rest = rest.strip(" \u3000\t")
    cut = len(rest)
    for pattern in (_NEXT_LABEL, _DATE):
        found = pattern.search(rest)
        if found:
            if found.start() == 0:
                return None
            cut = min(cut, found.start())
    name = rest[:cut]
    name = re.split(r"\s*[|｜]\s*|\s{2,}|[\x00-\x1f]", name.strip())[0]
    name = _first_word(name)
    name = name.strip(_EDGE.replace("》", ""))
    if name.endswith("《") or not name:
        return None
    return name if 2 <= len(name) <= 40 else None


def _first_word(name: str) -> str:
    """A blank ends a Chinese name, not an English one."""
    words = name.split(" ")
    kept = words[0]
    for word in words[1:]:
        if kept and word and kept[-1].isascii() and word[0].isascii():
            kept = f"{kept} {word}"
        else:
            break
    return kept


def _joined(page: Page, index: int) -> str:
    return "  ".join(page.lines[index].pieces)


def find_credits(
    page: Page, head: Head, *, title: int | None, start: int, end: int, dropped: list[int]
) -> Credits:
    """Read the header round the title, then the tail of the body, then the metas."""
    first = title if title is not None and title <= start else max(0, start - 8)
    header = [
        *range(first, min(start + 3, len(page.lines))),
        *range(first - 1, max(-1, first - 6), -1),
    ]
    tail = [index for index in dropped if index >= start] + list(
        range(end, min(end + 8, len(page.lines)))
    )
    return Credits(
        outlet=_outlet(page, head, header, tail, title),
        author=_labelled(page, "author", _AUTHOR_LABEL, header[:12]),
        editor=_labelled(page, "editor", _EDITOR_LABEL, [*tail, *header]),
    )


def _outlet(
    page: Page, head: Head, header: list[int], tail: list[int], title: int | None
) -> Credit | None:
    for index in header:
        joined = _joined(page, index)
        if len(joined) > 200 or index == title:
            continue
        label = _OUTLET_LABEL.search(joined)
        if not label:
            continue
        name = clean_outlet(joined[label.end() :])
        if name is None and not joined[label.end() :].strip() and index + 1 < len(page.lines):
            name = clean_outlet(_joined(page, index + 1))
        if name:
            return _credit("outlet", "printed with a label", "html", name, joined)
    for index in header:
        if index == title or len(page.lines[index].text) > 80:
            continue
        line = page.lines[index]
        if not _DATE.search(line.text) and not _SOURCE_NAMED.search(page.boxes[line.box].name):
            continue
        for piece in line.pieces:
            name = _DATE.split(piece)[0].strip(_EDGE)
            if 2 <= len(name) <= 20 and _OUTLET_NAME.search(name) and not _NEXT_LABEL.search(name):
                return _credit("outlet", "printed beside the date", "html", name, line.text)
    for index in tail:
        joined = _joined(page, index)
        name = _outlet_after_label(joined) if len(joined) < 200 else None
        if name:
            return _credit("outlet", "printed at the end", "html", name, joined)
    for key in (
        "contentsource",
        "source",
        "mediaid",
        "article:source",
        "laiyuan",
        "og:article:source",
    ):
        content = head.metas.get(key)
        name = clean_outlet(content) if content else None
        if name and content:
            return _credit("outlet", f"meta {key}", "meta", name, content)
    return None


def _labelled(page: Page, about: str, label: re.Pattern[str], lines: list[int]) -> Credit | None:
    for index in lines:
        joined = _joined(page, index)
        if len(joined) > 200:
            continue
        found = label.search(joined)
        if not found:
            continue
        rest = joined[found.end() :]
        stop = _NEXT_LABEL.search(rest)
        name = (rest[: stop.start()] if stop else rest).strip(_EDGE)
        name = re.split(r"\s{2,}|[|｜】）)\]]", name)[0].strip(_EDGE)
        if 2 <= len(name) <= 30:
            return _credit(about, "printed with a label", "html", name, joined)
    return None
