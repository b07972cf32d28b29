"""The events of a ten-events publication: its list found, and each item split."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from crawler.reading.selection.chains import Chain, chains_of, other_pages_at
from crawler.reading.selection.counts import MAX_ITEMS, MIN_ITEMS, PLAIN, TITLE, Counts
from crawler.reading.selection.headings import Heading, Item, headings_of, item_at
from crawler.reading.selection.parts import Parts, is_head, lines_of, parts_of
from crawler.reading.words.folding import Folded, fold
from crawler.reading.words.markers import Marker, line_markers
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
_DATE = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)\s*年\s*)?(?<!\d)(?P<m>1[0-2]|0?[1-9])\s*月(?:\s*(?P<d>3[01]|[12]\d|"
    r"0?[1-9])\s*日)?"
)
_YEAR_ONLY = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?=[,以来年初底末]|全年)")
_SUFFIXED = re.compile(
    r"^[ \t]*([^\n(]{4,60})\(之?([一二三四五六七八九十\d]{1,3})\)[ \t]*$", re.MULTILINE
)
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Selection:
    """The items found and what contradicts the number that the publication states.

    ``firm``: the text itself says that it selects so many, and so many stand there.
    """

    events: tuple[Event, ...] = ()
    issues: tuple[str, ...] = ()
    firm: bool = False


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to cut the text, and what speaks for it."""

    score: float
    number: int
    chain: Chain | None = None
    parts: Parts | None = None
    suffixed: bool = False

    @property
    def starts(self) -> tuple[int, ...]:
        """Where its items begin."""
        if self.chain is not None:
            return tuple(marker.start for marker in self.chain.markers)
        return tuple(start for start, _ in self.parts.starts) if self.parts else ()


def select(
    text: Folded,
    counts: Counts,
    years: tuple[int, ...],
    images: tuple[Image, ...] = (),
    *,
    sure: bool = True,
) -> Selection:
    """The events of a selection, in its printed order, and what does not add up.

    Where it is not ``sure`` that the text is a selection, only a firm one is given.
    """
    stated = next((n for n in counts.ranked if counts.weight(n) == TITLE), None)
    if not sure and not counts.chosen:
        return Selection()
    end = other_pages_at(text.text)
    best = _best(text.text[:end], counts, stated)
    if end < len(text.text) and (best is None or not counts.weight(best.number)):
        whole = _best(text.text, counts, stated)
        if whole is not None and whole.chain is not None:
            goes_on = whole.chain.markers[0].start < end and (
                stated is None or whole.number == stated > _LONGEST_OF_LINKS
            )
            if goes_on:
                best, end = whole, len(text.text)
    if end < len(text.text):
        text = Folded(text.original, text.text[:end], text.positions)
    firm = (
        best is not None
        and best.number in counts.chosen
        and best.number >= _FIRM_ITEMS
        and best.score >= _FIRM
    )
    if not sure and not firm:
        return Selection()
    events: list[Event] = []
    if best is not None and (sure or firm):
        events = _events(text, best, years)
    if len(events) < (stated or MIN_ITEMS):
        captioned = _captioned(images, stated, years)
        if len(captioned) > len(events):
            best, events = None, captioned
    chain = best.chain if best else None
    issues = [*_issues(events, stated), *_misprints(chain, events)]
    return Selection(tuple(events), tuple(issues), firm)


_LONGEST_OF_LINKS = 4
_MOST_COUNTS = 8
_FIRM = 7.5
_FIRM_ITEMS = 6  # a prose review has three to five parts


def _best(text: str, counts: Counts, stated: int | None) -> _Choice | None:
    """The way to cut ``text`` that has most to say for it; None where nothing makes a list."""
    choices = list(_choices(text, counts, stated))
    best = max(choices, key=lambda choice: choice.score, default=None)
    if best is None or best.parts is None or best.parts.kind not in _LED:
        return best
    for other in choices:
        if other.number == best.number and other is not best and _heads(text, other, best):
            return other
    return best


_LED = frozenset({"const", "symbol", "parallel", "ending", "spaced", "pictograph", "dated"})


def _heads(text: str, outer: _Choice, inner: _Choice) -> bool:
    """Whether each item of ``inner`` is the line below the first line of one of ``outer``."""
    above, below = outer.starts, inner.starts
    if len(above) != len(below):
        return False
    return all(
        high < low and text.count("\n", high, low) == 1
        for high, low in zip(above, below, strict=False)
    )


def _choices(text: str, counts: Counts, stated: int | None) -> Iterator[_Choice]:
    suffixed = list(islice(_SUFFIXED.finditer(text), MAX_ITEMS + 1)) if stated else []
    if stated and [ordinal(head.group(2)) for head in suffixed] == [*range(1, stated + 1)]:
        yield _Choice(_SUFFIXED_SCORE, stated, suffixed=True)
    for chain in chains_of(text, counts.ranked[:_MOST_COUNTS]):
        if not _is_the_list(chain, stated):
            continue
        if stated is not None:
            chain = _without_gap(text, chain, stated)
        regular = _NUMBERED if chain.line_led else _NUMBERED_INSIDE
        if chain.line_led and any(marker.loose for marker in chain.markers):
            regular -= 0.6
        covered = _covered(text, chain.markers[0].start, chain.markers[-1].start)
        said = max(
            counts.weight(chain.length),
            *(_NEARLY * counts.weight(chain.length + off) for off in (-1, 1)),
        )
        yield _Choice(regular + 2 * said + covered, chain.length, chain=chain)
    for parts in parts_of(text, counts):
        number = len(parts.starts)
        covered = _covered(text, parts.starts[0][0], parts.starts[-1][0])
        score = parts.regular + 2 * counts.weight(number) + covered
        if counts.weight(number) == PLAIN and parts.regular < _REGULAR_ENOUGH:
            continue
        yield _Choice(score, number, parts=parts)


_SUFFIXED_SCORE = 20.0
_NUMBERED = 5.0
_NUMBERED_INSIDE = 3.9
_NEARLY = 0.5  # what a count says for a list that has one item more or less
_REGULAR_ENOUGH = 4.0


def _covered(text: str, first: int, last: int) -> float:
    """The share of the text that a list covers, with twice its weight."""
    return 2 * (last - first) / max(1, len(text))


def _events(text: Folded, choice: _Choice, years: tuple[int, ...]) -> list[Event]:
    if choice.suffixed:
        heads = list(islice(_SUFFIXED.finditer(text.text), MAX_ITEMS + 1))
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
        own, printed = _own_number(text.text, start, number)
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


_SHARE_SHOWN = 3


def _is_the_list(chain: Chain, stated: int | None) -> bool:
    """A list in running text of less than a third of the events is one of an event's own."""
    return stated is None or chain.line_led or chain.length * _SHARE_SHOWN >= stated


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
        heads = [
            first + line.start for line in lines_of(text[first : after.start]) if is_head(line.text)
        ]
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
        _event(text, number, item, heading, years)
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
    if parts is None or parts.kind not in ("bracket", "dated"):
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
        len([line for line in text[a[1] : b[1]].split("\n") if line.strip()])
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


def _closing(text: str, start: int) -> int:
    """Where the last item ends: before the credits and links that follow a list."""
    first = True
    for line in _LINE.finditer(text, start):
        if not first and _CLOSING.match(line.group()):
            return line.start()
        first = False
    return len(text)


def _event(text: Folded, number: int, item: Item, at: Heading, years: tuple[int, ...]) -> Event:
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
        events.append(_event(text, i, item, at, years))
    return events


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
        numbered.append(_caption(caption, marker.number, marker.end, years))
    if len(numbered) < MIN_ITEMS and len(captions) == stated:
        return [_caption(caption, i, 0, years) for i, caption in enumerate(captions, 1)]
    return numbered


def _caption(caption: Folded, number: int, words: int, years: tuple[int, ...]) -> Event:
    item = item_at(caption.text, 0, words, len(caption.text))
    return replace(
        _event(caption, number, item, headings_of(caption.text, [item])[0], years), span=None
    )
