"""Reporters whom a text names itself: in its lead, in a line of their own, at its end."""

import re
from collections.abc import Sequence

from crawler.pages.rules.limits import LEAD, TAIL
from storage.records import Evidence

_ROLE = (
    r"(?:(?:全媒体|融媒体?|见习|实习|首席|特派|特约|驻\S{2,4})?[记記]者|通[讯訊][员員]|[实實][习習]生"
    r"|特约撰稿人?|撰稿人?|评论员|本报评论员)"
)
_OUTLET = r"[\u4e00-\u9fff\w·（(]{0,16}?[)）]?"
_NAME = r"[\u4e00-\u9fff]{1,4}(?:·[\u4e00-\u9fff]{1,8})*"
_NAMES = rf"{_NAME}(?:[\s、,，/]+(?:{_OUTLET}{_ROLE}\s*)?{_NAME}){{0,7}}"
_IN_BRACKETS = re.compile(
    rf"[（(【]\s*{_OUTLET}(?:{_ROLE}\s*[:：]?|作者\s*[:：])\s*({_NAMES})"
    r"(?:\s*[/／文摄报道图整理综合]{0,6})?\s*[)）】，,]"
)
_OWN_LINE = re.compile(
    rf"[\s　□■◎●（(]*(?:(?:作者|采写|撰文|文字?|文图|图文)\s*[/:：丨|]\s*(?:{_OUTLET}{_ROLE}\s*)?"
    rf"|{_OUTLET}{_ROLE}\s*[:：/]?\s*)"
    rf"({_NAMES})\s*[)）]?\s*(?:文/?图?|报道|摄)?\s*$"
)
_ROLES = re.compile(rf"{_OUTLET}{_ROLE}")
_SPLIT = re.compile(r"[\s、,，/]+")
_NO_NAME = re.compile(r"报道|获悉|了解|从|在|日前|今天|近日|采访|发现|看到|表示|摄影|摄$")
_WORK = frozenset({"整合", "综合", "整理", "摄", "文", "图", "报道", "摄影", "摄制"})
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
    "雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳"
    "屈柯符臧曲祝项祁骆耿翁裴甘冉谷郁盛童柏庄涂覃霍卜苗纪凌窦舒游阮詹蓝解佟邢俞缪戚匡邬鄢褚晏"
)
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,3}")


def is_person(name: str) -> bool:
    """Whether a name without any label reads as a person's: a usual surname and one or two more."""
    return _PERSON.fullmatch(name) is not None and name[0] in _SURNAMES


_SIGNED = re.compile(r"[□■◎●○◇◆▢☐]\s*([\u4e00-\u9fff]{2,4})")


def signed_by(line: str) -> str | None:
    """Whom a paper names behind a square in a line of its own (□ 郁离); None for no such line."""
    found = _SIGNED.fullmatch(line.strip())
    return found[1] if found else None


def reporters(paragraphs: Sequence[str]) -> tuple[str, Evidence] | None:
    """The named reporters joined by 、 and the words that name them; None when none are."""
    offset = 0
    last = len(paragraphs) - TAIL.value
    for number, paragraph in enumerate(paragraphs):
        near = number < LEAD.value or number >= last
        if near:
            found = _OWN_LINE.match(paragraph) if len(paragraph) < 60 else None
            found = found or _IN_BRACKETS.search(paragraph)
            names = _names(found[1]) if found else ()
            if found and names:
                span = (offset + found.start(), offset + found.end())
                evidence = Evidence(
                    about="author",
                    rule="named in the text",
                    field="text",
                    span=span,
                    quote=found[0].strip(),
                )
                return "、".join(names), evidence
        offset += len(paragraph) + 1
    return None


_BY_ROLE = re.compile(rf"(?:{_OUTLET}{_ROLE})\s*[:：/]?\s*({_NAMES})")
_ENDS_NAMES = re.compile(
    r"责任编辑|责编|编\s*辑|来\s*源|稿\s*源|时\s*间|日\s*期|浏览|点击|阅读|字\s*号|校\s*对|审\s*核|分\s*享|打\s*印"
    r"|发布|评论|摄\s*影|访问|\d|[|｜]"
)


def named_by_role(words: str) -> str | None:
    """The names behind 全媒体记者, 通讯员 and the like in a header's words; None when none are."""
    role = _ROLES.search(words)
    if role is None:
        return None
    end = _ENDS_NAMES.search(words, role.end())
    found = _BY_ROLE.match(words, role.start(), end.start() if end else len(words))
    names = _names(found[1]) if found else ()
    return "、".join(names) or None


def _names(text: str) -> tuple[str, ...]:
    """Two short pieces in a row are one name set wide (王 磊)."""
    words = [word for word in _SPLIT.split(_ROLES.sub(" ", text)) if word]
    names: list[str] = []
    for word in words:
        if _NO_NAME.search(word):
            return ()
        if word in _WORK:
            continue
        if names and len(names[-1]) == 1:
            names[-1] += word
        else:
            names.append(word)
    return tuple(name for name in names if len(name) >= 2)
