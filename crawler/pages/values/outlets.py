"""The outlet: whom a page credits (来源), which for a repost is not the site.

Labels decide; then names beside the date, what stands at the end, the metas, the page's data.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.pages.layout.header import BARE_OUTLET_LABEL, OUTLET_LABEL, header_by
from crawler.pages.layout.page import Line, Page
from crawler.pages.layout.text import Text
from crawler.pages.rules.limits import LONGEST_LABELLED, PERSON_CHARS
from crawler.pages.values.head import Head
from crawler.pages.values.lookalikes import NO_OUTLET, NOBODY
from crawler.pages.values.people import is_person
from storage.records import Evidence

NEXT_LABEL = re.compile(
    r"(?:作\s*者|记\s*者|撰\s*文|(?:图片|文字|视频|值班|执行|网络|美术)\s*编辑|责任编辑|责\s*编|编\s*辑|编\s*审|审\s*核|校\s*对|监\s*制|来\s*源|(?:发布|发表|更新|添加|录入|上传|创建)(?:时间|日期)|日\s*期|时\s*间|浏览|点击|阅读|访问|评论|字\s*[号体]|分\s*享|打\s*印|收\s*藏|关\s*闭|通讯员|摄\s*影|举\s*报|责\s*任)\s*[:：(（【\[/]?"
)
DATE = re.compile(r"(?:19|20)\d\d\s*[-/.年]|\d{1,2}[-/月]\d{1,2}|\d{1,2}\s*[:：]\s*\d\d")
_DAY = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]|\d{1,2}[-/月]\d{1,2}|[今昨前]天|\d\s*(?:分钟|小时|天|个月|年)前"
)
EDGE = " \t\u3000:：|｜丨,，;；。、-—·•[]【】()（）<>/\\'\"“”"
DATE_AND_CLOCK = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?|\d{1,2}\s*[:：]\s*\d\d(?:[:：]\d\d)?"
    r"|[一二][〇○零Ｏ九][〇○零Ｏ一二三四五六七八九]{2}\s*年[元正一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
    r"|\d{1,2}[-/月]\d{1,2}日?|星期.|\d{1,2}\s*(?:分钟|小时|天|个月|年)前|发布于|发布(?=\s*[:：])|(?:https?://|www\.)[\w./-]+|\b[AP]M\b"
)
# 2017-03-18 13:05 青岚镕媒: nothing but a day and one name
_DATE_AND_NAME = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?\s+[\u4e00-\u9fff]{4,12}"
)
_DISPATCH = ("网讯", "报讯", "社讯", "体育讯", "新闻讯", "财经讯")
_IN_PRINT = re.compile(
    r"《\s*([^》]{2,16}?)\s*》\s*[（(]\s*(?:19|20)\d\d\s*[年-][^（）()]{4,20}版\s*[）)]"
    r"|^\W*《\s*([^》]{2,16}?报)\s*》\s*(?:19|20)\d\d\s*[年-][^（）()，。]{4,20}版\W*$"
)
_IN_BRACKETS = re.compile(
    r"[（(【]\s*(?:(?:本文|文章|信息)?(?:来源于?|转载?自|摘自|选自|原载|稿源)|据)\s*[:：]?\s*"
    r"([^（()）：:，。\d【】]{2,24}?)(?:\s+(?:作者|编辑|记者)\s*[:：].{2,20})?\s*[)）】]\W*$"
)
_WIRE = re.compile(r"(?:电|消息|报道|讯)$")
_ENDING = 60
SITE_PARTS = re.compile(r"\s*(?:[_|｜»>]+|(?<![-–—])[-–—](?![-–—])|--)\s*")
_BARE_LABELLED = re.compile(r"(?:[来來]源|稿源)\s+(\S{2,20})$")
_MICROBLOG = re.compile(r"\s*[(（]?微博[)）]?$")
_DASHES = frozenset("-–—·")
_SAID_OTHERWISE = frozenset(("some_time_ago", "day_written_otherwise"))
_OFFICES = tuple("委办部室组处科")
"""文史委 has the form of a person's name."""
_OUTLET_NAME = re.compile(
    r"(?<=\S)(?:网|报|社|日报|晚报|新闻|电视台|广播|客户端|频道|杂志|在线|周刊|政协|发布|融媒|传媒|头条号|研究院|委员会|人民政府|办公室|协会|学会|公众号|号|台|通讯|观察|时报|快讯|论坛|观点|热线|局|厅|文联|法院|检察院"
    r"|大学|学院|头条|电台|APP|App|门户网站|官网|之声|之窗|视频|微信|周末|月刊|融媒体中心|记者站)$"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
CHANNEL = re.compile(
    r"^(?:国内|国际|社会|时政|财经|体育|娱乐|综合|本地|地方|文化|教育|科技|军事|图片|视频|滚动|最新|今日|头条|民生|政务)*"
    r"(?:新闻|要闻|资讯|快讯|热点|观点)$"
)
_BOOK = re.compile(r"《([^》]{2,20})》\s*(?:$|[（(]|\d|第)")
_ACCOUNT_QUOTED = re.compile(
    r"(?:官方)?(?:微信)?(?:公众号|视频号|订阅号|微信|微博)\s*[“\"「]([^”\"」]{2,20})[”\"」]?"
)
_QUOTED = re.compile(
    r"[“\"「]([^“”\"「」]{2,20})[”\"」]\s*(?:官方)?(?:微信|微博|公众号|视频号|订阅号|客户端|APP|网站)"
)
_SOURCE_NAMED = re.compile(r"source|laiyuan|ly\b|\bsrc\b|media|\bfrom\b|come")
_ACCOUNT_NAMED = re.compile(
    r"(?:author|user|\bu|nick|account|media|mp|screen)[-_]?name\b|\baccount\b"
)
_ACCOUNT_CHARS = (4, 20)
_OF_THE_SITE = re.compile(r"本[站网]")
"""来源：本站: the site itself, which its masthead names."""
_LABEL = re.compile(
    r"\W*(?:文\s*号|主题(?:分类|词)|体裁(?:分类)?|(?:成文|发文|生成|发布|公开)(?:日期|时间|方式)|有\s*效\s*性|名\s*称|标\s*题"
    r"|索\s*引\s*号|关键词|内容概述|公开范围|服务对象|信息类别)\W*"
)
"""The next cell's label, where a table of a government's page leaves the outlet empty."""
_METAS = ("contentsource", "source", "mediaid", "article:source", "laiyuan", "og:article:source")
_STOPS = re.compile(r"[，。！？；]")
_SCRIPT_KEYS = ('"media', '"source', "mediaName", "copyfrom")
_WECHAT_ACCOUNT = re.compile(
    r"(?:\bnickname\s*=|\bnick_name\s*:)\s*(?:\w+\(\s*)?([\"'])([^\"'<>{}\\]{2,24})\1"
)
_SCRIPT_OUTLET = re.compile(
    r"\"?(?:media(?:_?[nN]ame)?|source(?:_?[nN]ame)?|copyfrom)[\"']?\s*[:=]\s*"
    r"([\"'])([^\"'<>{}\\/:]{2,24})\1"
)


@dataclass(frozen=True, slots=True)
class Credit:
    """One credited name and the words that credit it; ``labelled`` where they say as what."""

    name: str
    evidence: Evidence
    labelled: bool = False  # 来源：, not a name beside the date or in a meta


def credit_of(
    about: str, rule: str, where: str, name: str, quote: str, *, labelled: bool = False
) -> Credit:
    quote = quote.strip()[:200]
    evidence = Evidence(about=about, rule=rule, field=where, span=(0, len(quote)), quote=quote)
    return Credit(name, evidence, labelled)


def joined_pieces(page: Page, index: int) -> str:
    return "  ".join(page.lines[index].pieces)


def _outlet_after_label(joined: str) -> str | None:
    """The name behind 来源： in a line whose pieces are joined by two spaces."""
    found = OUTLET_LABEL.search(joined)
    if not found or "注明" in joined:  # 凡本网注明“来源：…” credits nobody
        return None
    return clean_outlet(joined[found.end() :])


def clean_outlet(rest: str) -> str | None:
    """The first name in what follows a label; None when there is none."""
    rest = rest.strip(" \u3000\t")
    cut = len(rest)
    for pattern in (NEXT_LABEL, DATE):
        found = pattern.search(rest)
        if found:
            if found.start() == 0:
                return None
            cut = min(cut, found.start())
    name = rest[:cut]
    bare = name.strip(" \u3000\t")
    if account := _ACCOUNT_QUOTED.match(bare) or _QUOTED.match(bare):
        return account[1]
    if book := _BOOK.match(name.strip(" \u3000\t【[")):
        return book[1].strip()
    name = re.split(r"\s*[|｜]\s*|\s{2,}|[\x00-\x1f]", name.strip())[0]
    name = _first_word(name)
    name = _MICROBLOG.sub("", name.strip(EDGE.replace("》", "")))
    for opened, closed in ("()", "（）"):
        if name.count(opened) > name.count(closed):  # 三湘早报(长沙), its end taken for an edge
            name += closed
    if name.endswith("《") or not name:
        return None
    if "://" in name or name.startswith("www."):
        return None
    if "、" in name:
        name = name.removesuffix("等")
    return name if 2 <= len(name) <= 40 and not NOBODY.holds(name) else None


def _first_word(name: str) -> str:
    """A blank ends a Chinese name, not an English one."""
    words = name.split(" ")
    kept = words[0]
    for word in words[1:]:
        joined = word in _DASHES or kept[-1:] in _DASHES  # 秦风网 — 三秦晨报 is one credit
        if kept and word and (joined or (kept[-1].isascii() and word[0].isascii())):
            kept = f"{kept} {word}"
        else:
            break
    return kept


def find_outlet(
    page: Page, head: Head, header: list[int], tail: list[int], text: Text, title: int | None
) -> Credit | None:
    """Whom the page credits; ``header`` and ``tail`` are the lines round the text."""
    return (
        labelled_outlet(page, [index for index in header if index != title])
        or _labelled_behind(page, tail)
        or _beside_date(page, header, title, frozenset(SITE_PARTS.split(head.title)[1:]))
        or _pictured(page, header)
        or _of_paper(head)
        or _of_metas(head)
        or _with_its_page(page, tail)
        or _account(page, header)
        or _ending([*text.paragraphs[-1:], *[page.lines[index].text for index in tail]])
    )


def states_no_outlet(page: Page, header: list[int]) -> bool:
    """Whether a label for the outlet stands over the text, and names nobody: 来源：转载文章.

    来源：本站 names the site.
    """
    for index in header:
        joined = joined_pieces(page, index)
        if len(page.lines[index].text) <= LONGEST_LABELLED.value:
            label = OUTLET_LABEL.search(joined)
            if label and not _OF_THE_SITE.match(joined[label.end() :].strip()):
                return True
    return False


def labelled_outlet(page: Page, header: list[int]) -> Credit | None:
    """The name behind 来源： in the header, on the next line, or in the words of a picture."""
    for index in header:
        joined = joined_pieces(page, index)
        if len(joined) > LONGEST_LABELLED.value:
            continue
        if BARE_OUTLET_LABEL.match(joined) and index + 1 < len(page.lines):
            joined = f"{joined}：{joined_pieces(page, index + 1)}"
        label = OUTLET_LABEL.search(joined)
        if not label:
            continue
        rest = joined[label.end() :]
        name = clean_outlet(rest)
        if name is None and not rest.strip():
            name = _drawn(page, index)
            if (
                name is None
                and index + 1 in header
                and not _STOPS.search(page.lines[index + 1].text)
                and not _LABEL.fullmatch(page.lines[index + 1].text)
            ):
                name = clean_outlet(joined_pieces(page, index + 1))
        if name and not _is_bare_person(name):
            return credit_of("outlet", "printed with a label", "html", name, joined, labelled=True)
    return None


def _is_bare_person(name: str) -> bool:
    """Whether a labelled name is a person's: 来源：王建国 says who sent the text in."""
    whole = is_person(name) and len(name) == PERSON_CHARS.value
    return whole and not names_outlet(name) and not name.endswith(_OFFICES)


def _drawn(page: Page, index: int) -> str | None:
    """The outlet whose logo stands behind the label, by the picture's words."""
    for picture in page.pictures:
        if index <= picture.line <= index + 1 and picture.alt:
            return clean_outlet(picture.alt)
    return None


def _pictured(page: Page, header: list[int]) -> Credit | None:
    """The outlet whose logo stands beside the date without a label, by the picture's words."""
    dated = [index for index in header if states_when(page.lines[index].text)]
    for picture in page.pictures:
        words = picture.alt
        beside = any(index == picture.line for index in dated)
        if beside and words and names_outlet(words) and (name := clean_outlet(words)):
            return credit_of("outlet", "a picture beside the date", "html", name, words)
    return None


def _labelled_behind(page: Page, tail: list[int]) -> Credit | None:
    for index in tail:
        joined = joined_pieces(page, index)
        name = _outlet_after_label(joined) if len(joined) < LONGEST_LABELLED.value else None
        if name:
            return credit_of("outlet", "printed at the end", "html", name, joined)
    return None


def _of_paper(head: Head) -> Credit | None:
    """The paper that the Founder comment of an e-paper's page names."""
    for key in ("sourcename", "source"):
        words = head.enp.get(key)
        if words and (name := clean_outlet(words)):
            return credit_of("outlet", "enpproperty", "html", name, words)
    return None


def _of_metas(head: Head) -> Credit | None:
    for key in _METAS:
        content = head.metas.get(key)
        name = clean_outlet(content) if content else None
        if name and content:
            return credit_of("outlet", f"meta {key}", "meta", name, content)
    return None


def _with_its_page(page: Page, tail: list[int]) -> Credit | None:
    """《清江日报》（2022年01月05日 第 13 版）, behind the text."""
    for index in tail:
        if printed := _IN_PRINT.search(page.lines[index].text):
            words = page.lines[index].text
            return credit_of(
                "outlet", "printed with its page", "html", printed[1] or printed[2], words
            )
    return None


def _ending(lines: Sequence[str]) -> Credit | None:
    """The outlet in brackets at the text's very end: （来源：新华网）, （据新华社）."""
    for words in lines:
        found = _IN_BRACKETS.search(words[-_ENDING:])
        name = clean_outlet(_WIRE.sub("", found[1])) if found else None
        if found and name:
            return credit_of("outlet", "printed at the end", "text", name, found[0])
    return None


def _account(page: Page, header: list[int]) -> Credit | None:
    """The account that a platform names in a box of its own; a short name is a person's."""
    for index in header:
        line = page.lines[index]
        if _ACCOUNT_CHARS[0] <= len(line.text) <= _ACCOUNT_CHARS[1]:
            named = _ACCOUNT_NAMED.search(page.boxes[line.box].name) is not None
            if named and not NO_OUTLET.holds(line.text):
                return credit_of("outlet", "the account's name", "html", line.text, line.text)
    return None


def names_outlet(name: str) -> bool:
    """Whether a name ends as outlets' names do."""
    return _OUTLET_NAME.search(name) is not None


def placed_outlet(places: dict[str, str]) -> Credit | None:
    """The outlet at an id that means nothing else, wherever the page puts it."""
    for place, words in places.items():
        label = OUTLET_LABEL.search(words)
        name = clean_outlet(words[label.end() :] if label else words)
        if name:
            return credit_of("outlet", f"at {place}", "html", name, words)
    return None


def outlet_in_script(text: str) -> Credit | None:
    """The outlet that the page's own data names, where they name no second one."""
    named: dict[str, str] = {}
    if "js_article" in text and (account := _WECHAT_ACCOUNT.search(text)):
        return credit_of("outlet", "inline script", "html", account[2], account[0])
    for key in _SCRIPT_KEYS:
        at = text.find(key)
        while at >= 0:
            found = _SCRIPT_OUTLET.match(text, at)
            if found and _HAN.search(found[2]):
                named[found[2]] = found[0]
            at = text.find(key, at + 1)
    if len(named) != 1:
        return None
    words, quote = named.popitem()
    name = clean_outlet(words)
    return credit_of("outlet", "inline script", "html", name, quote) if name else None


def _beside_date(
    page: Page, header: list[int], title: int | None, site: frozenset[str]
) -> Credit | None:
    """A name without a label: on the date's line, next to it, or in a box named for the source.

    What ends like an outlet's name goes before what may be anything else but a person.
    """
    dated = {index for index in header if states_when(page.lines[index].text)}
    on_a_day = {index for index in dated if _DAY.search(page.lines[index].text)}
    other: Credit | None = None
    for index in header:
        line = page.lines[index]
        if index == title or len(line.text) > 80:
            continue
        if len(line.pieces) > 2 and line.linked * 2 > len(line.text):
            continue  # a bar of links
        named = _SOURCE_NAMED.search(page.boxes[line.box].name) is not None
        if not (named or {index - 1, index, index + 1} & dated):
            continue
        if printed := _IN_PRINT.search(line.text):
            paper = printed[1] or printed[2]
            return credit_of("outlet", "printed with its page", "html", paper, line.text)
        for name in names_beside(line):
            words = [word for word in name.split() if word in site or _OUTLET_NAME.search(word)]
            words = [word for word in words if not CHANNEL.match(word)]
            if words:
                return credit_of("outlet", "printed beside the date", "html", words[0], line.text)
            # 00:17 and a headline are a film and how long it takes
            alone = named or (index in on_a_day and len(line.pieces) > 1)
            alone = alone or (index in dated and _DATE_AND_NAME.fullmatch(line.text) is not None)
            short = not named and len(name) < PERSON_CHARS.value  # 步青 6月2日: who wrote it
            if other is None and alone and not short and not is_person(name.split()[-1]):
                other = credit_of("outlet", "printed beside the date", "html", name, line.text)
    return other


def states_when(text: str) -> bool:
    """Whether a header's line states a day, or how long ago."""
    return DATE.search(text) is not None or header_by(text) in _SAID_OTHERWISE


def names_beside(line: Line) -> list[str]:
    """The unlabelled names on a header's line, its date and clock taken out."""
    pieces = line.pieces
    names: list[str] = []
    for before, piece in zip(["", *pieces], pieces, strict=False):
        if before.rstrip()[-1:] in ("：", ":"):
            continue
        name = _plain_name(piece)
        words = [name] if name else [_plain_name(word) for word in _among_names(piece)]
        names.extend(word for word in words if word)
    return names


def _among_names(piece: str) -> list[str]:
    """The words of a piece that end as outlets' names do: 记者 王晓明 清河日报."""
    return [word for word in piece.split() if names_outlet(word)]


def _plain_name(piece: str) -> str | None:
    """What a piece of the date's line leaves when the date is gone; None for what is no name."""
    name = _MICROBLOG.sub("", DATE_AND_CLOCK.sub("", piece).strip(EDGE))
    bare = _BARE_LABELLED.match(name)
    if bare:
        name = bare[1]
    if name.endswith(_DISPATCH):
        name = name[:-1]
    if label := NEXT_LABEL.search(name):
        name = name[: label.start()].strip(EDGE)
        if not _OUTLET_NAME.search(name):
            return None
    if not 2 <= len(name) <= 20 or NO_OUTLET.holds(name):
        return None
    return None if CHANNEL.match(name) else name
