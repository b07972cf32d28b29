"""Where the heading of each item ends: decided for a whole list, whose items look alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from crawler.reading.selection.parts import DATED
from crawler.reading.words.markers import SYMBOL

_MAX_HEADING_LINE = 60
_UNIFORM = 0.8  # the share of items with a colon that makes it the list's own separator
_MOSTLY = 0.6
_HALF = 0.5
_SOME = 0.25
_STOPS = "。;!?”"
_COUPLET = 14  # the longest second half of a heading in two halves
_HALF_COUPLET = 9
_LONG_BODY = 30
_FULL_STOP = re.compile(r"。(?=[^”\"』」)]|$)")
_SENTENCE_END = re.compile(r"[。!?](?=[^”\"』」)]|$)|[。!?]”?$")
_COLON = re.compile(r"[^。!?;:\n]{4,40}:(?=[^\n]{12})")
_SPACE = re.compile(
    r"[^。!?;\n]{4,48}?(?:[ \t]+(?=(?:(?:19|20)\d\d年|\d{1,2}月|一年来|全年|去年|今年))|"
    r"\t(?=[^\n]{4,80}[。;]))"
)
_GAP = re.compile(r"[^。!?;\n]{4,48}?[ \t]{2,}(?=[^\n]{8,80}[。;])")
_TRIM = "。;,、:|* \t"
_MARKS = " \t\n\r:、,.|—–~*·丨。"
# A mark or picture between an item's number and its words.
_LEFT = re.compile(rf"[{SYMBOL}\ufe0f\u200d](?!\ufe0f?\u20e3)")
_BAR = re.compile(r"[^|丨\n。]{3,48}[|丨](?=[^\n]{2})")
_BRACKETED = re.compile(r"[【\[〔〖][^】\]〕〗\n]{2,24}[】\]〕〗][ \t]*(?=[^\n]{2})")
_TOLD = re.compile(r"[^。!?;:,\n]{3,40}:(?=[^\n]{2,}[。;!?…”]$)", re.MULTILINE)
_DASH = re.compile(r"[^—\n。]{3,48}?——(?=[^\n]{2})")
_ONE_SPACE = re.compile(r"[^。;:\s]{4,48}[ \t]+(?=[^\s][^\n]*[。!?…”)]$)")
_QUOTED = re.compile(r"“[^“”\n]*”|《[^《》\n]*》|\([^()\n]*\)|‘[^‘’\n]*’")
_LEAD_DATE = re.compile(rf"{DATED.pattern}[ \t|丨·】\]]+")
_DATE_LINE = re.compile(
    rf"[【\[〔]?{DATED.pattern}(?:[ \t(][^\n。,]{{0,8}})?[】\]〕]?[ \t]*\n\s*(?=[^\n]{{4}})"
)
# A figure over what it counts: 6次, and below it 常委会会议专题协商.
_FIGURE_LINE = re.compile(
    r"\d[\d.,]*[百千万亿余多]{0,2}[\u4e00-\u9fff%]{1,3}[ \t]*\n\s*(?=[^\n。,;]{4,30}\n)"
)
_CAPTION_DATE = re.compile(rf"{DATED.pattern},")
_VOTES = re.compile(r"[ \t(,]*(?:得票|获)?[ \t]*[\d,.]+万?票\)?$")
# A clause that only says when, or about what: the deed comes behind it.
_UNTOLD = re.compile(
    rf"(?:{DATED.pattern}|.*(?:\d日|\d月|[中上下]旬|[之以会年月日天周]后|[之以]前|之际|期间|以来|时|会议?上|决定|的事)"
    r"|.{1,5})$"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item in a folded text: [start, words) is its mark, [words, stop) heading and body."""

    start: int
    words: int
    stop: int
    line_end: int  # where its first line ends

    @property
    def has_more(self) -> bool:
        """Whether lines stand below its first one."""
        return self.line_end < self.stop


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a heading stands, and where the body begins."""

    start: int
    end: int
    body: int


# Where a picture stood: no line of the item above it.
_NO_WORDS = re.compile(r"\s*\n[ \t]*[(\[【]?(?:图片?|视频|照片)[)\]】]?\s*$")
_PLACEHOLDER = 16


def item_at(text: str, start: int, words: int, stop: int) -> Item:
    """The item of these bounds, without marks and white space at its ends."""
    while start < words and text[start].isspace():
        start += 1
    while stop > words and text[stop - 1].isspace():
        stop -= 1
    while placeholder := _NO_WORDS.search(text, max(words, stop - _PLACEHOLDER), stop):
        stop = placeholder.start()
    while words < stop and (text[words] in _MARKS or _LEFT.match(text, words)):
        words += 1
    end = text.find("\n", words, stop)
    return Item(start, words, stop, stop if end < 0 else end)


def headings_of(text: str, items: Sequence[Item]) -> list[Heading]:
    """The heading of each item."""
    items = _captions(text, _without_dates(text, items))
    flat = [item for item in items if not _is_headed(text, item)]
    separator = _separator(text, flat) if len(flat) >= _HALF * len(items) else None
    shortest = _shortest_body(text, items)
    bare = all(not item.has_more for item in items)
    found = []
    for item in items:
        if separator is not None and not _is_headed(text, item):
            match = separator.match(text, item.words, item.line_end)
            end = match.end() if match else None
            if match and end is not None:
                mark = end
                while mark > item.words and text[mark - 1] in "|丨—:, \t】]〕〗":
                    mark -= 1
                first = item.words + (text[item.words] in "【[〔〖")
                found.append(Heading(first, _trimmed(text, first, mark), end))
                continue
        heading = _heading(text, item, shortest)
        if bare or not item.has_more:
            heading = _first_clause(text, item, heading, items)
        found.append(heading)
    if all(_SAID.fullmatch(text, heading.start, heading.end) for heading in found):
        found = [_unquoted(text, heading) for heading in found]
    tails = [_DATED_TAIL.search(text, heading.start, heading.end) for heading in found]
    if sum(map(bool, tails)) >= _UNIFORM * len(found):
        found = [
            Heading(heading.start, tail.start(), heading.body) if tail else heading
            for heading, tail in zip(found, tails, strict=True)
        ]
    return [_without_votes(text, heading) for heading in found]


_DATED_TAIL = re.compile(rf"[ \t]*\({DATED.pattern}\)$")


_SAID = re.compile(r"“[^“”]+”")


def _unquoted(text: str, heading: Heading) -> Heading:
    """What was said, where each heading is a quotation: “这口井不打，我不走。”."""
    start = heading.start + 1
    return Heading(start, _trimmed(text, start, heading.end - 1), heading.body)


def _is_headed(text: str, item: Item) -> bool:
    """Whether the first line is the heading and the body stands below."""
    sentence = _first_sentence(text, item.words, item.line_end)
    whole = item.line_end - item.words <= _MAX_HEADING_LINE or sentence is None
    inner = 0 <= text.find("。", item.words, item.line_end) < item.line_end - 1
    return item.has_more and whole and not inner


def _without_dates(text: str, items: Sequence[Item]) -> Sequence[Item]:
    """The items behind the date that leads all of them, where it stands apart from the words."""
    for pattern in (_LEAD_DATE, _DATE_LINE, _FIGURE_LINE):
        leads = [pattern.match(text, item.words, item.stop) for item in items]
        if sum(map(bool, leads)) >= _UNIFORM * len(items):
            return [
                item_at(text, item.start, lead.end(), item.stop) if lead else item
                for item, lead in zip(items, leads, strict=True)
            ]
    return items


def _captions(text: str, items: Sequence[Item]) -> Sequence[Item]:
    """Captions without the day on which the picture was taken and who took it."""
    if sum(text.startswith(_PICTURE, item.start) for item in items) < _UNIFORM * len(items):
        return items
    items = [_without_credit(text, item) for item in items]
    dates = [_CAPTION_DATE.match(text, item.words, item.line_end) for item in items]
    if sum(map(bool, dates)) < _UNIFORM * len(items):
        return items
    return [
        item_at(text, item.start, date.end(), item.stop) if date else item
        for item, date in zip(items, dates, strict=True)
    ]


def _without_credit(text: str, item: Item) -> Item:
    credit = _CREDIT.search(text, item.words, item.line_end)
    if credit is None:
        return item
    end = credit.start()
    return replace(item, line_end=end, stop=item.stop if item.has_more else end)


_CREDIT = re.compile(r"\([^()\n]{0,30}(?:摄|供图|图|资料)[^()\n]{0,6}\)$")
_PICTURE = ("图", "【图", "[图", "(图")


def _separator(text: str, flat: Sequence[Item]) -> re.Pattern[str] | None:
    """What stands between heading and body in most of the items that have one line for both."""
    if len(flat) < 3:
        return None
    for pattern, share in (
        (_BRACKETED, _MOSTLY),
        (_GAP, _MOSTLY),
        (_BAR, _MOSTLY),
        (_DASH, _MOSTLY),
        (_TOLD, _MOSTLY),
        (_ONE_SPACE, _HALF),
    ):
        found = [pattern.match(text, item.words, item.line_end) for item in flat]
        if sum(map(bool, found)) < share * len(flat):
            continue
        rests = [
            item.line_end - match.end() for item, match in zip(flat, found, strict=True) if match
        ]
        if pattern is _TOLD and median(rests) <= _HALF_COUPLET:
            continue
        if pattern is _ONE_SPACE and any(
            "。" in text[item.words : item.line_end - 1]
            for item, match in zip(flat, found, strict=True)
            if not match
        ):
            continue
        return pattern
    return None


def _shortest_body(text: str, items: Sequence[Item]) -> int:
    """How much must follow a colon to be a body: little where all items are printed so."""
    rests = []
    for item in items:
        colon = _COLON.match(text, item.words, item.line_end)
        if colon and "。" in text[colon.end() : item.line_end]:
            rests.append(item.line_end - colon.end())
    uniform = len(rests) >= _UNIFORM * len(items)
    return 0 if uniform and median(rests) > _COUPLET else _LONG_BODY


def _heading(text: str, item: Item, shortest: int) -> Heading:
    """The heading of one item by itself."""
    start, stop, end = item.words, item.stop, item.line_end
    sentence = _first_sentence(text, start, end)
    if _is_headed(text, item):
        return Heading(start, _trimmed(text, start, end), end)
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
            return Heading(start, _trimmed(text, start, match.end()), match.end())
    if sentence is not None:
        return Heading(start, _trimmed(text, start, sentence.end()), sentence.end())
    return Heading(start, _trimmed(text, start, end), min(end, stop))


def _first_clause(text: str, item: Item, heading: Heading, items: Sequence[Item]) -> Heading:
    """The first clause that names a deed, where an item is one sentence and others show that
    a heading is shorter: they have a body behind it, or most of them go on behind a comma.
    """
    if heading.body < item.stop and text[heading.body : item.stop].strip(_TRIM + "”』"):
        return heading
    if item.stop < len(text) and text[item.stop - 1] not in _STOPS and text[item.stop] == "\n":
        return heading  # a title, printed as one
    going_on = sum(_clause_end(text, other) is not None for other in items)
    bodied = sum(
        0 <= text.find("。", other.words, other.line_end) < other.line_end - 2 for other in items
    )
    if bodied < _SOME * len(items) and (going_on < _HALF * len(items) or _couplets(text, items)):
        return heading
    end = _clause_end(text, item)
    return heading if end is None else Heading(heading.start, end, end + 1)


def _couplets(text: str, items: Sequence[Item]) -> bool:
    """Whether commas only halve the items: 文史馆开门，黑陶说古今; a half with a total does not."""
    lengths = [item.stop - item.words for item in items]
    adds_up = sum(_ADDS_UP.search(text, item.words, item.stop) is not None for item in items)
    return median(lengths) <= 2 * _COUPLET and adds_up < _HALF * len(items)


_ADDS_UP = re.compile(r",[^。;\n]*\d")


def _clause_end(text: str, item: Item) -> int | None:
    """Where the first clause that names a deed ends; None where that is all there is."""
    words = text[item.words : item.line_end]
    plain = _QUOTED.sub(lambda match: "“" * len(match.group()), words)
    for stop in _CLAUSE_STOP.finditer(plain):
        at = stop.start()
        last = plain.rfind(",", 0, at) + 1
        if not _UNTOLD.match(plain[last:at]) and len(plain[at + 1 :].strip(_TRIM)) >= 4:
            return item.words + at
    return None


_CLAUSE_STOP = re.compile(r",|(?<!—)——(?=[^—])")


def _without_votes(text: str, heading: Heading) -> Heading:
    """A heading without the votes that it won."""
    votes = _VOTES.search(text, heading.start, heading.end)
    if votes is None or votes.end() != heading.end or votes.start() - heading.start < 4:
        return heading
    return Heading(heading.start, votes.start(), heading.body)


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
