"""The events of a ten-events publication: its list found, and each item split."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from statistics import median

from crawler.reading.selection.chains import MAX_ITEMS, MIN_ITEMS, Chain, other_pages_at
from crawler.reading.words.folding import Folded, fold
from crawler.reading.words.markers import SYMBOL, Marker, line_markers
from crawler.reading.words.numerals import ordinal
from storage.records import Event, Image

_CLOSING = re.compile(
    r"^\s*(?:[(\[【].{0,40}(?:提供|记者|通讯员|摄影|摄|来源|编辑|供稿|责编|文图|图文|报道|"
    r"整理)[^\n]{0,30}[)\]】]\s*$"
    r"|(?:责任编辑|责编|编辑|主编|监制|来源|审核|校对|作者|记者|撰稿|供稿|文字|图片|摄影|排版|"
    r"统筹|策划|编审|终审|初审|二审|三审|制作|本版|扫码|相关链接|相关阅读|延伸阅读|推荐阅读|"
    r"推荐新闻|最新推荐|上一篇|下一篇|分享到|声明|版权|原标题|END|— ?END)\s*(?:[:/|丨]|$)"
    r"|(?:最新推荐|相关新闻|热门推荐|返回|打印|关闭|特此公[告布]|以上(?:十|\d+)|(?:推荐|"
    r"相关)(?:新闻|阅读)))",
)
_FULL_STOP = re.compile(r"。(?=[^”\"』」)]|$)")
_SENTENCE_END = re.compile(r"[。!?](?=[^”\"』」)]|$)|[。!?]”?$")
_DATE = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)\s*年\s*)?(?<!\d)(?P<m>1[0-2]|0?[1-9])\s*月(?:\s*(?P<d>3[01]|[12]\d|"
    r"0?[1-9])\s*日)?"
)
_YEAR_ONLY = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?=[,以来年初底末]|全年)")
_BULLET = re.compile(rf"^[ \t]*([{SYMBOL}]|——)\ufe0f?[ \t]*(?=\S)", re.MULTILINE)
_QUOTED = re.compile(r"“([^“”\n]{4,80})”")
_SUFFIXED = re.compile(
    r"^[ \t]*([^\n(]{4,60})\(之?([一二三四五六七八九十\d]{1,3})\)[ \t]*$", re.MULTILINE
)
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Selection:
    """The items found and what contradicts the number that the publication states."""

    events: tuple[Event, ...] = ()
    issues: tuple[str, ...] = ()


def events_of(
    text: Folded,
    stated: int | None,
    years: tuple[int, ...],
    images: tuple[Image, ...] = (),
    chain: Chain | None = None,
) -> Selection:
    """The events of a selection, in its printed order, and what does not add up.

    ``chain`` is the list that ``list_found`` found in ``text`` for ``stated``.
    """
    end = other_pages_at(text.text)
    if chain is None or chain.markers[-1].start < end:
        text = Folded(text.original, text.text[:end], text.positions)
    suffixed = list(islice(_SUFFIXED.finditer(text.text), MAX_ITEMS + 1)) if stated else []
    if stated and [ordinal(head.group(2)) for head in suffixed] == [*range(1, stated + 1)]:
        chain, events = None, _numbered_behind(text, suffixed, years)
    elif chain is not None and _is_the_list(chain, stated):
        chain = _without_gap(text.text, chain, stated)
        events = _split(text, chain, years)
        if stated is not None and not (chain.line_led and chain.length == stated):
            unnumbered = _unnumbered(text, stated, years)
            if chain.length != stated or _encloses(unnumbered, events):
                events = unnumbered or events
    else:
        events = _unnumbered(text, stated, years)
    if len(events) < (stated or MIN_ITEMS):
        captioned = _captioned(images, stated, years)
        events = captioned if len(captioned) > len(events) else events
    issues = [*_issues(events, stated), *_misprints(chain, events)]
    return Selection(tuple(events), tuple(issues))


_SHARE_SHOWN = 3


def _is_the_list(chain: Chain, stated: int | None) -> bool:
    """A list in running text of less than a third of the events is one of an event's own."""
    return stated is None or chain.line_led or chain.length * _SHARE_SHOWN >= stated


def _encloses(outer: Sequence[Event], inner: Sequence[Event]) -> bool:
    """Whether ``inner`` is a list inside the items of ``outer``."""
    if not (outer and inner and outer[0].span and outer[-1].span):
        return False
    if not (inner[0].span and inner[-1].span):
        return False
    return outer[0].span[0] < inner[0].span[0] and inner[-1].span[0] < outer[-1].span[1]


def _without_gap(text: str, chain: Chain, stated: int | None) -> Chain:
    """The chain with its one missing item put back, where one line in the gap can be its head."""
    markers = chain.markers
    gaps = [(a, b) for a, b in pairwise(markers) if b.number == a.number + 2]
    if not chain.line_led or stated != len(markers) + 1 or len(gaps) != 1:
        return chain
    before, after = gaps[0]
    number = before.number + 1
    first = text.find("\n", before.end, after.start)
    if first < 0:
        return chain
    numbered = re.compile(rf"^[ \t]*0?{number}[^\d\n]", re.MULTILINE)
    heads = [m.start() for m in islice(numbered.finditer(text, first, after.start), 2)]
    if not heads:
        heads = [first + start for start, _ in _short_lines(text[first : after.start])]
    if len(heads) != 1:
        return chain
    words, printed = _own_number(text, heads[0], number)
    put_back = Marker(before.kind, number, heads[0], words, printed=printed)
    return replace(chain, markers=tuple(sorted((*markers, put_back), key=lambda m: m.start)))


def _own_number(text: str, start: int, number: int) -> tuple[int, int | None]:
    """Where the words of a line begin behind the number that it carries, and that number."""
    marker = next(line_markers(text, start, start + _LONGEST_NUMBER), None)
    if marker is not None and not marker.loose and not text[start : marker.start].strip():
        return marker.end, marker.number
    plain = re.compile(rf"\s*0?{number}[^\w\s]").match(text, start)
    return (plain.end(), number) if plain else (start, None)


_LONGEST_NUMBER = 30


def _issues(events: Sequence[Event], stated: int | None) -> Iterable[str]:
    if stated is not None and len(events) != stated:
        yield f"the publication states {stated} events, {len(events)} were found"
    numbers = [event.ordinal for event in events]
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    if missing:
        yield f"no event is numbered {', '.join(map(str, missing))}"


def _misprints(chain: Chain | None, events: Sequence[Event]) -> Iterable[str]:
    """The item numbers that are printed wrongly; a list that counts down has none."""
    if (
        chain is None
        or chain.length != len(events)
        or not events
        or chain.markers[0].printed == chain.length
    ):
        return
    for marker in chain.markers:
        if marker.printed not in (None, marker.number):
            yield f"event {marker.number} is printed as number {marker.printed}"


def _split(text: Folded, chain: Chain, years: tuple[int, ...]) -> list[Event]:
    bounds = []
    for marker, after in zip(chain.markers, [*chain.markers[1:], None], strict=True):
        stop = after.start if after else _closing(text.text, marker.end)
        bounds.append((marker, stop))
    shortest = _shortest_body(text.text, [(marker.end, stop) for marker, stop in bounds])
    return [
        _event(text, marker.number, (marker.start, marker.end, stop), years, shortest)
        for marker, stop in bounds
    ]


def _shortest_body(text: str, items: list[tuple[int, int]]) -> int:
    """How much must follow a colon to be a body: little where all items are printed so."""
    rests = []
    for start, stop in items:
        end = text.find("\n", start, stop)
        end = stop if end < 0 else end
        colon = _COLON.match(text, start, end)
        if colon and "。" in text[colon.end() : end]:
            rests.append(end - colon.end())
    uniform = len(rests) >= _UNIFORM * len(items)
    return 0 if uniform and median(rests) > _COUPLET else _LONG_BODY


def _closing(text: str, start: int) -> int:
    """Where the last item ends: before the credits and links that follow a list."""
    first = True
    for line in _LINE.finditer(text, start):
        if not first and _CLOSING.match(line.group()):
            return line.start()
        first = False
    return len(text)


def _event(
    text: Folded,
    number: int,
    bounds: tuple[int, int, int],
    years: tuple[int, ...],
    shortest: int = 30,
) -> Event:
    """The item whose number, words and end stand at ``bounds``."""
    start, words, stop = bounds
    while start < words and text.text[start].isspace():
        start += 1
    while stop > words and text.text[stop - 1].isspace():
        stop -= 1
    words = _behind_number(text.text, words, stop, number)
    at, body_at = _heading_span(text.text, words, stop, shortest)
    heading = _unbracketed(text.quote(*at).strip())
    body = "\n".join(
        line for part in text.quote(body_at, stop).splitlines() if (line := part.strip())
    )
    return Event(
        ordinal=number,
        heading=heading,
        body=body,
        date=_date(text.text[words:stop], years),
        span=text.span(start, stop),
    )


def _unbracketed(heading: str) -> str:
    """A heading without the bracket that its number opened: 【亮点一：…】."""
    for opening, closing in ("【】", "[]", "〔〕"):
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
_MAX_HEADING_LINE = 60
_UNIFORM = 0.8  # the share of items with a colon that makes it the list's own separator
_COUPLET = 14  # the longest second half of a heading in two halves
_LONG_BODY = 30
_COLON = re.compile(r"[^。!?;:\n]{4,40}:(?=[^\n]{12})")
_SPACE = re.compile(
    r"[^。!?;\n]{4,48}?(?:[ \t]+(?=(?:(?:19|20)\d\d年|\d{1,2}月|一年来|全年|去年|今年))|"
    r"\t(?=[^\n]{4,80}[。;]))"
)
_GAP = re.compile(r"[^。!?;\n]{4,48}?[ \t]{2,}(?=[^\n]{8,80}[。;])")
_TRIM = "。;,、:|* \t"


def _heading_span(text: str, start: int, stop: int, shortest: int) -> tuple[tuple[int, int], int]:
    """Where the heading of the item in [start, stop) stands, and where its body begins."""
    end = text.find("\n", start, stop)
    end = stop if end < 0 else end
    sentence = _first_sentence(text, start, end)
    whole = end - start <= _MAX_HEADING_LINE or sentence is None
    inner = 0 <= text.find("。", start, end) < end - 1
    if end < stop and (whole and not inner):
        return (start, _trimmed(text, start, end)), end
    for pattern, least in ((_GAP, 0), (_COLON, shortest), (_SPACE, 10)):
        match = pattern.match(text, start, end)
        if match and least and sentence and _is_couplet(match, sentence, end):
            continue
        if (
            match
            and end - match.end() > least
            and sentence is not None
            and match.end() <= sentence.start() + 1
        ):
            return (start, _trimmed(text, start, match.end())), match.end()
    if sentence is not None:
        return (start, _trimmed(text, start, sentence.end())), sentence.end()
    return (start, _trimmed(text, start, end)), end


def _is_couplet(colon: re.Match[str], sentence: re.Match[str], end: int) -> bool:
    """Whether a colon only halves a heading that ends with a full stop: 与侨同行：携手圆梦。"""
    halves = sentence.start() - colon.end()
    return 0 < halves <= _COUPLET and sentence.end() < end


def _first_sentence(text: str, start: int, end: int) -> re.Match[str] | None:
    """The end of the first sentence; an exclamation ends one only in a long line."""
    stop = _FULL_STOP.search(text, start, end)
    limit = stop.end() if stop else end
    if limit - start <= _MAX_HEADING_LINE:
        return stop
    return _SENTENCE_END.search(text, start, end)


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    return end


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


def _unnumbered(text: Folded, stated: int | None, years: tuple[int, ...]) -> list[Event]:
    """Items without numbers: bulleted, headed by short lines, or a run of quoted titles."""
    if stated is None or not MIN_ITEMS <= stated <= MAX_ITEMS:
        return []
    for starts in (_bullets(text.text), _short_lines(text.text)):
        if len(starts) == stated:
            stops = [start for start, _ in starts[1:]] + [_closing(text.text, starts[-1][1])]
            return [
                _event(
                    text, i, (start, max(words, _own_number(text.text, start, i)[0]), stop), years
                )
                for i, ((start, words), stop) in enumerate(zip(starts, stops, strict=True), 1)
            ]
    quoted = list(islice(_QUOTED.finditer(text.text), MAX_ITEMS + 1))
    if len(quoted) == stated:
        return [
            Event(
                ordinal=i,
                heading=text.quote(*m.span(1)),
                body="",
                date=_date(m.group(1), years),
                span=text.span(*m.span(1)),
            )
            for i, m in enumerate(quoted, 1)
        ]
    return []


def _numbered_behind(
    text: Folded, heads: list[re.Match[str]], years: tuple[int, ...]
) -> list[Event]:
    """Items whose number ends their heading: 召开工作会议（之一）."""
    stops = [head.start() for head in heads[1:]] + [_closing(text.text, heads[-1].end())]
    events = []
    for i, (head, stop) in enumerate(zip(heads, stops, strict=True), 1):
        event = _event(text, i, (head.start(), head.start(), stop), years)
        events.append(replace(event, heading=text.quote(*head.span(1)).strip()))
    return events


def _bullets(text: str) -> list[tuple[int, int]]:
    kinds: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for match in _BULLET.finditer(text):
        kinds[match.group(1)].append((match.start(), match.end()))
        if len(kinds[match.group(1)]) > MAX_ITEMS:
            return []
    return max(kinds.values(), key=len, default=[])


_SHORT = 40
_STOPS = "。;!?,:…"
_CLOSERS = "”)』】"


def _short_lines(text: str) -> list[tuple[int, int]]:
    """Short lines without a full stop that a longer paragraph follows."""
    lines = [m for m in _LINE.finditer(text) if m.group().strip()]
    starts = []
    for line, after in pairwise(lines):
        words = line.group().strip()
        below = after.group().strip()
        if (
            len(words) <= _SHORT
            and len(words) < len(below)
            and words[-1] not in _STOPS
            and (below.rstrip(_CLOSERS) or below)[-1] in _STOPS
        ):
            starts.append((line.start(), line.start()))
            if len(starts) > MAX_ITEMS:
                return []
    return starts


def _captioned(
    images: tuple[Image, ...], stated: int | None, years: tuple[int, ...]
) -> list[Event]:
    """Items that exist only as the captions of their pictures, numbered or as many as stated."""
    printed = dict.fromkeys(image.caption.strip() for image in images if image.caption)
    captions = [fold(caption) for caption in islice(printed, MAX_ITEMS)]
    numbered: list[Event] = []
    for caption in captions:
        marker = next(iter(line_markers(caption.text)), None)
        if marker is None or marker.start != 0 or marker.number != len(numbered) + 1:
            continue
        event = _event(caption, marker.number, (0, marker.end, len(caption.text)), years)
        numbered.append(replace(event, span=None))
    if len(numbered) < MIN_ITEMS and len(captions) == stated:
        return [
            replace(_event(caption, i, (0, 0, len(caption.text)), years), span=None)
            for i, caption in enumerate(captions, 1)
        ]
    return numbered
