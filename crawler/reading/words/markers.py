"""The item numbers of enumerated lists, in every style that publications print."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.reading.words.numerals import CIRCLED, ordinal

MAX_MARKERS = 5000
MAX_ITEM_NUMBER = 60

_CN = r"[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3}"
_ANY = rf"(?:{_CN}|\d{{1,2}})"
_LABEL = (
    r"(?:履职|工作|年度|重点|十大|十件|政协)?"
    r"(?:大事要事|大事件|大事|要事|实事|好事|亮点|事件|成果|成效|成就|关键词|热词|看点|新闻|"
    r"瞬间|印记|镜头|举措|答卷|品牌|创新|成绩|突破|变化|篇章)"
)
# Any other word that leads every item with its number: 关键事一｜, 【故事01】, 序号3：.
_WORD = r"(?![第其表附注])[\u4e00-\u9fff]{0,5}(?![一二三四五六七八九十])[\u4e00-\u9fff]"
SYMBOL = "·•※\u2190-\u21ff\u2580-\u25ff\u2600-\u2775\u2794-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff"
_SPEAKER = r"(?:(?:男|女|甲|乙|旁白|主持人|主播|解说)\d?:)?"
_LEAD = rf"^(?!\n)[ \t]*{_SPEAKER}(?:[{SYMBOL}#*\-—]+[ \t]*)?"
_OPEN = r"[【\[〔<(“\"]?"
_CLOSE = r"[】\]〕>)”\"]?"

# Each kind: its pattern with the number as group "n".  Order matters: the first that fits wins.
_LINE_KINDS: tuple[tuple[str, str], ...] = (
    (
        "label",
        rf"{_OPEN}{_LABEL}(?:之)?[ \t]*(?P<n>{_ANY}|[{CIRCLED}]){_CLOSE}"
        rf"(?:[ \t]*(?:[:、,.|丨·-]|—{{1,2}})[ \t]*|[ \t]+|(?<=[】\]〕>)])|(?=[ \t]*$))",
    ),
    (
        "of",
        rf"{_OPEN}之(?P<n>{_ANY}){_CLOSE}(?:[ \t]*(?:[:、,.|丨]|—{{1,2}})[ \t]*|[ \t]+|"
        rf"(?=[ \t]*$))",
    ),
    (
        "ordinal",
        rf"{_OPEN}第(?P<n>{_ANY}|[{CIRCLED}])(?:[大件项条个则桩]|{_LABEL}|"
        rf"[大件项条个]{_LABEL})?(?:[大要实]事|事(?=[,:、]))?{_CLOSE}"
        rf"(?:[ \t]*[:、,.|丨][ \t]*|[ \t]+|"
        rf"(?<=[】\]〕>)])|(?=[ \t]*$)|(?<=[件项条桩])(?=[^\s提])|"
        rf"(?=[\u4e00-\u9fff]{{1,2}}(?:[:|丨]|[ \t]*$)))(?:[\u4e00-\u9fff]{{1,2}}[:|丨][ \t]*)?",
    ),
    (
        "number",
        rf"{_OPEN}(?:NO|No|no|N0|TOP|Top|top|PART|Part|part|№|"
        rf"#)[.:]?[ \t]*(?P<n>\d{{1,2}}){_CLOSE}[ \t]*[.:、|丨]?[ \t]*",
    ),
    ("of_all", rf"{_OPEN}(?P<n>\d{{1,2}})[ \t]?/[ \t]?\d{{1,2}}(?=[】\]〕)\s]){_CLOSE}[ \t]*"),
    ("bracket", rf"[【\[〔〈《<](?P<n>{_ANY})[】\]〕〉》>][ \t]*[.:、]?[ \t]*"),
    ("paren_cn", rf"\((?P<n>{_CN})\)[ \t]*[.:、]?[ \t]*"),
    ("paren", r"\((?P<n>\d{1,2})\)[ \t]*[.:、]?[ \t]*"),
    ("circled", rf"(?P<n>[{CIRCLED}])[ \t]*[.:、]?[ \t]*"),
    ("keycap", "(?P<n>\\d{1,2}|\U0001f51f)(?:\ufe0f?\u20e3|(?<=\U0001f51f))[ \\t]*[.:、]?[ \\t]*"),
    ("lost", r"(?P<n>\d{1,2})\?{1,3}[ \t]*"),
    ("chinese", rf"其?(?P<n>{_CN})(?:[ \t]*[、.,:|丨)·][ \t]*|[ \t]+)(?!是[,:])"),
    ("dashed", r"[~～\-—][ \t]*(?P<n>\d{1,2})[ \t]*[~～\-—][ \t]*"),
    (
        "arabic",
        r"(?P<n>\d{1,2}|[1-6] \d(?=[、.]))"
        r"[ \t]*(?:[、)|丨/]|:(?!\d)|——|[·\-—](?!\d)|[.](?!\d+(?:[万亿%]|[.]\d))|,(?!\d))[ \t]*",
    ),
    ("medal", "(?P<n>[\U0001f947-\U0001f949])[ \\t]*"),
    (
        "scanned",  # O1, l、 and S. are what a scanner makes of 01, 1 and 5
        r"(?P<n>[lIOS][\dlIO]?|\d[lIO])(?:[ \t]*[、.)|:](?!\d)[ \t]*|"
        r"[ \t]+(?=[\u4e00-\u9fff“《\d]))",
    ),
    (
        "spaced",
        r"(?P<n>\d{1,2})(?:[ \t]+(?=[^\s年月日时点%.])|(?=[“\"《【<]))",
    ),
    ("alone", r"(?P<n>\d{1,2})[ \t]*$"),
    ("alone_cn", rf"(?P<n>{_CN})[ \t]*$"),
    (
        "glued",
        r"(?P<n>\d{1,2})(?=[\u4e00-\u9fff])(?![年月日时点届次个件项位名人条万亿千百余多类大场家篇岁周天期份户座种级度号所支位部本批套张册幅只台辆栋成倍分层方])",
    ),
    ("wide", rf"[^\w\s]{{1,3}}[ \t]*(?P<n>{_ANY})[ \t]*[^\w\s“《(【]{{1,3}}[ \t]*"),
    (
        "word",
        rf"{_OPEN}(?P<w>{_WORD})(?P<n>{_ANY}|[{CIRCLED}]){_CLOSE}"
        rf"(?:[ \t]*[:|丨][ \t]*|[ \t]+|(?<=[】\]〕>{CIRCLED}])|(?=[ \t]*$))",
    ),
)
_INLINE_KINDS: tuple[tuple[str, str], ...] = (
    ("label", rf"[【\[]{_LABEL}(?:之)?(?P<n>{_ANY})[】\]][:、]?[ \t]*"),
    ("label_colon", rf"(?<![^。;!?\s]){_LABEL}(?:之)?(?P<n>{_ANY})[:、][ \t]*"),
    (
        "ordinal",
        rf"(?<![^。;!?\s:“中是])第(?P<n>{_ANY})(?:[大件项条个则桩])?(?:[大要实]事)?[:、,][ \t]*",
    ),
    ("number", r"(?:NO|No|TOP)\.?[ \t]*(?P<n>\d{1,2})[ \t]*[.:、]?[ \t]*"),
    ("circled", rf"(?P<n>[{CIRCLED}])[ \t]*[.:、]?[ \t]*"),
    ("keycap", "(?P<n>\\d{1,2}|\U0001f51f)(?:\ufe0f?\u20e3|(?<=\U0001f51f))[ \\t]*"),
    ("paren_cn", rf"\((?P<n>{_CN})\)[ \t]*"),
    ("paren", r"\((?P<n>\d{1,2})\)[ \t]*"),
    ("lost", r"(?<![\d.])(?P<n>\d{1,2})\?{1,3}[ \t]*(?=[\u4e00-\u9fff“\"《])"),
    (
        "arabic",
        r"(?<![\d.,%\-])(?P<n>\d{1,2})"
        r"(?:、|(?<![(（]\d)(?<![(（]\d\d)\)|[.](?!\d{1,3}(?!\d))|(?:(?<=[。;:!?\n]\d)|"
        r"(?<=[。;:!?\n]\d\d))[.](?!\d+[万亿%]))[ \t]*(?=\S)",
    ),
    ("its", rf"(?<![^。;!?\s:”,])其(?P<n>{_CN})[,:、][ \t]*(?=[^\s])"),
    ("chinese", rf"(?<![^。;!?\s:”]){_CN}(?<!第)(?:、)[ \t]*(?=[^\s])"),
    ("one_is", rf"(?<![^。;!?\s:”]){_CN}是(?=[^\s,。])"),
    ("spaced", r"(?<![^。;!?”\s])(?P<n>\d{1,2})[ \t]+(?=[\u4e00-\u9fff“\"《])(?![月日年][ \t]*\d)"),
)


def _compile(kinds: tuple[tuple[str, str], ...], lead: str) -> re.Pattern[str]:
    parts = []
    for name, pattern in kinds:
        if "(?P<n>" in pattern:
            pattern = pattern.replace("(?P<n>", f"(?P<n_{name}>")
        else:
            pattern = pattern.replace(_CN, f"(?P<n_{name}>{_CN})", 1)
        parts.append(f"(?P<{name}>{pattern})")
    return re.compile(lead + "(?:" + "|".join(parts) + ")", re.MULTILINE)


_LINE = _compile(_LINE_KINDS, _LEAD)
_INLINE = _compile(_INLINE_KINDS, "")
# Kinds that only differ in what the printer did with the separator.
_SAME = {
    "spaced": "arabic",
    "glued": "arabic",
    "alone": "arabic",
    "lost": "arabic",
    "scanned": "arabic",
    "keycap": "arabic",
    "alone_cn": "chinese",
    "label_colon": "label",
}
_LOOSE = frozenset({"glued", "alone", "spaced", "lost", "alone_cn"})


_PICTURED = {"\U0001f51f": 10, "\U0001f947": 1, "\U0001f948": 2, "\U0001f949": 3}
_SCANNED = str.maketrans("lIOS", "1105")


@dataclass(frozen=True, slots=True)
class Marker:
    """One item number: where it is printed, and where its item's words begin."""

    kind: str
    number: int
    start: int
    end: int
    loose: bool = False
    printed: int | None = None  # another number than its place in the list, where one stands


def line_markers(text: str, start: int = 0, stop: int = sys.maxsize) -> Iterator[Marker]:
    """Numbers that lead a line of [start, stop)."""
    return _markers(_LINE, text, start, stop)


def inline_markers(text: str) -> Iterator[Marker]:
    """Numbers inside running text."""
    return _markers(_INLINE, text, 0, sys.maxsize)


def _markers(pattern: re.Pattern[str], text: str, start: int, stop: int) -> Iterator[Marker]:
    found = 0
    for match in pattern.finditer(text, start, stop):
        kind = match.lastgroup or ""
        kind = kind.removeprefix("n_")
        written = match.group(f"n_{kind}").replace(" ", "")
        number = _PICTURED.get(written) or ordinal(written.translate(_SCANNED))
        if number is None or not 1 <= number <= MAX_ITEM_NUMBER:
            continue
        loose, group = kind in _LOOSE, _SAME.get(kind, kind)
        if kind == "word":
            word = match.group("w")
            group, loose = f"word {word}", word.startswith("图")  # a picture's number or an item's
        yield Marker(group, number, match.start(), match.end(), loose)
        found += 1
        if found >= MAX_MARKERS:
            return
