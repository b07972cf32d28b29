"""A list's items made events: where each begins and ends, its heading, body and date."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise

from crawler.reading.selection.choices import SUFFIXED, Choice, own_number
from crawler.reading.selection.counts import MAX_ITEMS, MIN_ITEMS
from crawler.reading.selection.headings import Heading, Item, headings_of, item_at
from crawler.reading.selection.parts import Parts
from crawler.reading.words.folding import Folded
from crawler.reading.words.markers import line_markers
from storage.records import Event

_CLOSING = re.compile(
    r"^\s*(?:[(\[【].{0,40}(?:提供|记者|通讯员|摄影|摄|来源|编辑|供稿|责编|文图|图文|报道|"
    r"整理)[^\n]{0,30}[)\]】]\s*$"
    r"|(?:责任编辑|责编|编辑|主编|监制|来源|审核|校对|作者|记者|撰稿|供稿|文字|图片|摄影|排版|"
    r"统筹|策划|编审|终审|初审|二审|三审|制作|本版|扫码|相关链接|相关阅读|延伸阅读|推荐阅读|"
    r"推荐新闻|最新推荐|上一篇|下一篇|分享到|声明|版权|原标题|END|— ?END)\s*(?:[:/|丨]|$)"
    r"|(?:最新推荐|相关新闻|热门推荐|返回|打印|关闭|特此公[告布]|以上(?:十|\d+)|(?:推荐|"
    r"相关)(?:新闻|阅读)))",
)
_DATE = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)\s*年\s*)?(?<!\d)(?P<m>1[0-2]|0?[1-9])\s*月(?:\s*(?P<d>3[01]|[12]\d|"
    r"0?[1-9])\s*日)?"
)
_YEAR_ONLY = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?=[,以来年初底末]|全年)")
_LINE = re.compile(r"[^\n]+")


def events_of(text: Folded, choice: Choice, years: tuple[int, ...]) -> list[Event]:
    if choice.suffixed:
        heads = list(islice(SUFFIXED.finditer(text.text), MAX_ITEMS + 1))
        return _numbered_behind(text, heads, years)
    if choice.chain is not None:
        marks = [(m.number, m.start, m.end) for m in choice.chain.markers]
        return _split(text, marks, years)
    if choice.parts is None:
        return []
    if choice.parts.kind in _QUOTING:
        return _quotations(text, choice.parts, years)
    marks = []
    for number, (start, words) in enumerate(choice.parts.starts, 1):
        own, printed = own_number(text.text, start, number)
        marks.append((number, start, max(words, own) if printed == number else words))
    return _split(text, marks, years, choice.parts)


_QUOTING = frozenset({"quoted", "quotations"})


def _quotations(text: Folded, parts: Parts, years: tuple[int, ...]) -> list[Event]:
    events = []
    for number, (start, _) in enumerate(parts.starts, 1):
        close = "”" if text.text[start] == "“" else "》"
        stop = text.text.find(close, start + 1)
        span = (start + 1, stop) if close == "”" else (start, stop + 1)
        words = text.text[slice(*span)]
        events.append(
            Event(
                ordinal=number,
                heading=text.quote(*span).strip(),
                body="",
                date=_date(words, years),
                span=text.span(*span),
            )
        )
    return events


def _split(
    text: Folded,
    marks: Sequence[tuple[int, int, int]],
    years: tuple[int, ...],
    parts: Parts | None = None,
) -> list[Event]:
    """The events that begin at ``marks``: (number, start, where the words begin)."""
    words = text.text
    stops = [start for _, start, _ in marks[1:]]
    if parts is not None and parts.end is not None:
        stops.append(parts.end)
    else:
        stops.append(_last_end(words, marks))
    items = [
        item_at(words, start, _behind_number(words, at, stop, number), stop)
        for (number, start, at), stop in zip(marks, stops, strict=True)
    ]
    items = [_said(words, item) for item in _unlabelled(words, items, parts)]
    return [
        event_at(text, number, item, heading, years)
        for (number, _, _), item, heading in zip(
            marks, items, headings_of(words, items), strict=True
        )
    ]


def _said(text: str, item: Item) -> Item:
    """An item that somebody reads out, up to the end of the quotation."""
    if text[item.start - 1 : item.start] != "“" and text[item.start : item.start + 1] != "“第":
        return item
    close = text.find("”", item.words, item.stop)
    return item if close < 0 else item_at(text, item.start, item.words, close)


def _unlabelled(text: str, items: list[Item], parts: Parts | None) -> list[Item]:
    """Items behind the bracket that leads each, where brackets hold dates or numbers only."""
    if parts is None or parts.kind not in ("bracket", "dated", "months"):
        return items
    heads = [_BRACKETED.match(text, item.words, item.stop) for item in items]
    labels = sum(1 for head in heads if head and _LABEL.search(head.group(1)))
    if labels < _LABELLED * len(items):
        return items
    return [
        item_at(text, item.start, head.end(), item.stop) if head else item
        for head, item in zip(heads, items, strict=True)
    ]


_BRACKETED = re.compile(r"[【\[〔〖]([^】\]〕〗\n]{1,16})[】\]〕〗][ \t]*")
_LABEL = re.compile(r"[\d一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾①-⑳]")
_LABELLED = 0.8


def _last_end(text: str, marks: Sequence[tuple[int, int, int]]) -> int:
    """Where the last item ends: it has no more lines than the others, and credits are no part."""
    start = marks[-1][2]
    end = _closing(text, start)
    lines = [
        len([line for line in text[a[1] : b[1]].split("\n") if _WORDS.match(line)])
        for a, b in pairwise(marks)
    ]
    if len(lines) < MIN_ITEMS - 1:
        return end
    usual, times = Counter(lines).most_common(1)[0]
    most = usual if times >= _USUAL * len(lines) else max(lines)
    seen = 0
    for line in _LINE.finditer(text, marks[-1][1], end):
        if line.group().strip():
            seen += 1
        if seen >= most:
            return line.end()
    return end


_USUAL = 0.7
# A line with words, not the place of a picture.
_WORDS = re.compile(r"\s*(?![(\[【]?(?:图片?|视频|照片)[)\]】]?\s*$)\S")


def _closing(text: str, start: int) -> int:
    """Where the last item ends: before the credits and links that follow a list."""
    first = True
    for line in _LINE.finditer(text, start):
        if not first and _CLOSING.match(line.group()):
            return line.start()
        first = False
    return len(text)


def event_at(text: Folded, number: int, item: Item, at: Heading, years: tuple[int, ...]) -> Event:
    """The event of an item whose heading stands ``at``."""
    heading = _unbracketed(text.quote(at.start, at.end).strip())
    body = "\n".join(
        line for part in text.quote(at.body, item.stop).splitlines() if (line := part.strip(_ENDS))
    )
    return Event(
        ordinal=number,
        heading=heading,
        body=body,
        date=_date(text.text[item.start : item.stop], years),
        span=text.span(item.start, item.stop),
    )


_ENDS = " \t\u3000\r;；"


def _unbracketed(heading: str) -> str:
    """A heading without the bracket that its number opened: 【亮点一：…】."""
    for opening, closing in ("【】", "[]", "〔〕"):
        inside = heading[1:-1]
        if heading[:1] == opening and heading[-1:] == closing and opening not in inside:
            return inside.strip()
        if heading.endswith(closing) and opening not in heading:
            return heading[:-1].rstrip()
    return heading


def _behind_number(text: str, start: int, stop: int, number: int) -> int:
    """Where the words begin behind marks that a number leaves, or a number printed again."""
    at = _behind_marks(text, start, stop)
    if "\n" not in text[start:at]:
        return at
    again = next(line_markers(text, start, min(stop, at + 30)), None)
    if again is None or again.number != number or again.start > at:
        return at
    return _behind_marks(text, again.end, stop)


def _behind_marks(text: str, start: int, stop: int) -> int:
    while start < stop and text[start] in _MARKS:
        start += 1
    return start


_MARKS = " \t\n\r:、,.|—–~*"


def _date(words: str, years: tuple[int, ...]) -> str | None:
    """The first date of an item; a date without year takes the only year covered."""
    year = years[0] if len(years) == 1 else None
    match = _DATE.search(words)
    only = _YEAR_ONLY.search(words)
    if match is None:
        return only.group(1) if only else None
    stated = match.group("y") or year
    if stated is None:
        return None
    month = f"{int(stated)}-{int(match.group('m')):02d}"
    return f"{month}-{int(match.group('d')):02d}" if match.group("d") else month


def _numbered_behind(
    text: Folded, heads: list[re.Match[str]], years: tuple[int, ...]
) -> list[Event]:
    """Items whose number ends their heading: 召开工作会议（之一）."""
    stops = [head.start() for head in heads[1:]] + [_closing(text.text, heads[-1].end())]
    events = []
    for i, (head, stop) in enumerate(zip(heads, stops, strict=True), 1):
        item = item_at(text.text, head.start(), head.start(), stop)
        at = Heading(item.words, head.end(1), head.end())
        events.append(event_at(text, i, item, at, years))
    return events
